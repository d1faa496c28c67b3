"""What the server's services may ask of the store and of the PBX (layer 2).

`server.store` and `server.asterisk` fulfil these. Every method may raise `StoreError` or `PbxError`; their texts are for the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from wwphone.domain.account import MediaEncryption, Right, Transport
from wwphone.domain.calls import CallKind, Leg, Party, PhoneState
from wwphone.domain.devices import Registration
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.domain.pickup import PickupRule
from wwphone.domain.presence import JournalEntry, Presence, PresenceGroup, PresenceStatus
from wwphone.domain.reachability import Forwarding, Reachability
from wwphone.domain.recording import AutomaticRecording
from wwphone.server.conference_api import ConferenceStore, ConferencingPbx, PbxConferenceEvent
from wwphone.server.conference_plans_api import ConferencePlansStore
from wwphone.server.desk_phone_api import PbxHeldEvent, SteeringPbx
from wwphone.server.history_api import CallRecordPbx, HistoryStore
from wwphone.server.mail_api import MailStore
from wwphone.server.phonebook_api import PhoneBookStore
from wwphone.server.recording_api import RecordedPbx
from wwphone.server.recordings_api import RecordingsStore
from wwphone.server.ring_group_api import (
    FlagPbx,
    PbxFlagKeyed,
    PbxRingGroup,
    PbxWaitingChanged,
    QueuePbx,
    RingGroupStore,
)
from wwphone.server.session_api import SessionStore
from wwphone.server.shown_api import ShownStore
from wwphone.server.switch_api import PbxSwitch, SwitchStore


class StoreError(Exception):
    """The database could not be reached or refused; nothing was changed."""


class StoreFullError(StoreError):
    """There is no room left where the database keeps its files; nothing was changed."""


class DuplicateError(StoreError):
    """A user name, number or group name is taken already."""


class PbxError(Exception):
    """The PBX is out of reach or refused the action."""


class NobodyThereError(PbxError):
    """A leg has nobody at its other end who could be parked: it rings, or several talk (a conference)."""


class PbxLostError(PbxError):
    """The line to the PBX broke while an action was under way: its outcome is unknown and it is not sent again."""


# ---------------------------------------------------------------- store


@dataclass(frozen=True)
class UserRecord:
    """A user with the settings of requirement 000 and 001 that exist so far."""

    user: str
    number: str
    nickname: str
    group: str
    sip_password: str = field(repr=False)
    cti_password_hash: str = field(repr=False)
    """argon2id, with its parameters inside."""
    first_name: str = ""
    surname: str = ""
    mobile: str = ""
    email: str = ""
    displayed_number: str = ""
    displayed_number_when_forwarding: str = ""
    """Shown instead of `displayed_number` to whoever gets a call of this user by a colleague's forwarding (requirement 000)."""
    rights: frozenset[Right] = frozenset({Right.CTI_ACCESS})
    offer_tls: bool = True  # False: requirement 000, "Do not offer TLS", for this user
    hidden: bool = False
    busy_when_in_call: bool = False
    busy_when_ringing: bool = False
    in_all_users: bool = True
    """False: requirement 000, "This user is not a member of the dial plan group ALLUSERS"."""
    automatic_recording: AutomaticRecording = AutomaticRecording.NONE
    shown_numbers: tuple[str, ...] = ()  # that may be shown besides the user's own, as the switchboard's
    room_pin: str = field(default="", repr=False)  # of the personal conference room


@dataclass(frozen=True)
class PbxRoom:
    """A conference room; stored as the PBX gets it."""

    number: str
    name: str
    pin: str = field(default="", repr=False)
    owner: str = ""
    """The user whom 901 leads here; each has one room at most."""


class Store(
    ConferenceStore,
    ConferencePlansStore,
    HistoryStore,
    MailStore,
    PhoneBookStore,
    RecordingsStore,
    RingGroupStore,
    SessionStore,
    ShownStore,
    SwitchStore,
    Protocol,
):
    """Everything that survives a restart. Methods run off the event loop's thread and return when it is durable."""

    async def open(self) -> None:
        """Connect and bring the schema up to date."""

    async def close(self) -> None:
        """Let go of the database."""

    async def users(self) -> tuple[UserRecord, ...]:
        """All users, by name."""

    async def user(self, name: str) -> UserRecord | None:
        """One user."""

    async def add_user(self, record: UserRecord) -> None:
        """Add a user; raises DuplicateError when name or number is taken, StoreError when there is no such group."""

    async def replace_user(self, record: UserRecord) -> None:
        """Change everything but the name; raises DuplicateError, or KeyError when there is none.

        Another CTI password ends the user's sessions.
        """

    async def remove_user(self, name: str) -> None:
        """Remove a user and what hangs on them, except the journal; raises KeyError when there is none."""

    async def groups(self) -> tuple[PresenceGroup, ...]:
        """All presence groups, in their order."""

    async def replace_groups(self, groups: tuple[PresenceGroup, ...]) -> None:
        """Write the list anew; a group that is left out must have no members."""

    async def directory_revision(self) -> int:
        """Grows with every change of the directory, whichever process makes it: a running server watches it.

        The directory: users, groups, ring groups, rooms and rules of pick-up.
        """

    async def rooms(self) -> tuple[PbxRoom, ...]:
        """All rooms that were made; those that come with a right are not among them. By number."""

    async def replace_room(self, room: PbxRoom) -> None:
        """Add a room or write it anew. Its number may be its owner's own, which 902 asks for.

        Raises DuplicateError when somebody else has the number or the owner has another room, StoreError when the
        owner is no user.
        """

    async def remove_room(self, number: str) -> None:
        """Remove a room; raises KeyError when there is none."""

    async def pickup_rules(self) -> tuple[PickupRule, ...]:
        """All rules of pick-up, by name; where there is none, members of the same group may do both."""

    async def replace_pickup_rule(self, rule: PickupRule) -> None:
        """Add a rule or write it anew; raises StoreError when one of its groups does not exist."""

    async def remove_pickup_rule(self, group: str, by: str) -> None:
        """Remove a rule; raises KeyError when there is none."""

    async def presences(self) -> dict[str, Presence]:
        """The chosen presence of everybody who ever chose one."""

    async def save_presence(self, entry: JournalEntry) -> None:
        """Write one's presence and its journal entry, both or neither."""

    async def journal(self, user: str | None, limit: int, before: int = 0) -> tuple[JournalEntry, ...]:
        """The latest entries, newest first, of one user or of all; those older than `before`, if that is one."""

    async def reachabilities(self) -> dict[str, Reachability]:
        """What everybody set who ever set do not disturb or a forwarding."""

    async def save_do_not_disturb(self, entry: JournalEntry) -> None:
        """Write whether one may be disturbed and the journal entry that says so, both or neither."""

    async def replace_forwardings(self, user: str, forwardings: tuple[Forwarding, ...]) -> None:
        """Write all forwardings of a user anew."""


# ---------------------------------------------------------------- PBX


@dataclass(frozen=True)
class PbxUser:
    """What the PBX must know of a user: one endpoint, up to three registrations."""

    user: str
    number: str
    display_name: str
    sip_password: str = field(repr=False)
    displayed_number: str = ""
    email: str = ""
    media_encryption: MediaEncryption = MediaEncryption.OFF
    """REQUIRED where TLS is offered: keys must not travel in the clear."""
    tls_only: bool = False
    pickup_group: str = ""
    """The presence group whose members' calls these are."""
    picks_up_in: tuple[str, ...] | None = None
    """The groups in which `*8` and `**` pick up; None: the user's own."""
    busy_when_in_call: bool = False
    busy_when_ringing: bool = False
    in_all_users: bool = True
    displayed_number_when_forwarding: str = ""
    operates_switches: bool = False
    shown_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PbxConfiguration:
    """All that our part of the PBX's configuration is generated from."""

    users: tuple[PbxUser, ...]
    ring_groups: tuple[PbxRingGroup, ...] = ()
    rooms: tuple[PbxRoom, ...] = ()
    language: str = "en"
    switches: tuple[PbxSwitch, ...] = ()
    conference_number: str = ""
    """What is dialled from outside to enter any conference by its PIN, as 902 is inside (E.164); empty: there is none."""


@dataclass(frozen=True)
class PbxReach:
    """Which calls ring a user, and where the others go: the PBX obeys it by itself, for every device."""

    status: PresenceStatus = PresenceStatus.AVAILABLE
    """Decides nothing by itself; for an administrator's own dial plan."""
    rings: frozenset[CallKind] = frozenset(CallKind)
    do_not_disturb: bool = False
    """Nothing rings, whatever `rings` says."""
    forwardings: tuple[Forwarding, ...] = ()
    """Those that count now, one for a cause at most. A call to a group is never forwarded."""


EVERYTHING_RINGS = PbxReach()  # of a user of whom the PBX was told nothing


@dataclass(frozen=True)
class PbxEndpoint:
    """Where clients reach the PBX by SIP, handed out with a SIP account."""

    host: str
    udp_port: int
    tls_port: int
    transport: Transport
    certificate_authority: str | None = None


@dataclass(frozen=True)
class PbxStateChanged:
    """The line to the PBX came up (everything else was told before this) or broke."""

    connected: bool
    detail: str = ""


@dataclass(frozen=True)
class PbxPhoneStateChanged:
    """All devices of a user together changed their state."""

    user: str
    state: PhoneState


@dataclass(frozen=True)
class PbxRegistrationsChanged:
    """Devices of a user came, went, or answered a probe; all of them."""

    user: str
    registrations: tuple[Registration, ...]


@dataclass(frozen=True)
class PbxLegChanged:
    """A leg of a user is new or changed."""

    leg: Leg


@dataclass(frozen=True)
class PbxLegEnded:
    """A leg of a user is over."""

    user: str
    leg_id: str
    cause: int


@dataclass(frozen=True)
class PbxPickedUp:
    """Somebody took a call that rang elsewhere, from a desk phone or by `pick_up`."""

    leg_id: str
    """The leg that rang; its end follows."""
    by_leg_id: str
    """The leg that took it; for `pick_up`, the id it was given."""
    user: str
    """Whose device that is; empty where the PBX does not tell."""


@dataclass(frozen=True)
class PbxRegistrationRefused:
    """A device was refused: a wrong password, or a fourth one (`too_many`)."""

    user: str
    address: str
    too_many: bool


@dataclass(frozen=True)
class PbxParkedChanged:
    """A call is parked; `parked_by` is a user, or empty."""

    call: ParkedCall


@dataclass(frozen=True)
class PbxParkedEnded:
    """A place is free again; `user` has the call now or is rung for it, empty when that is no user."""

    slot: str
    end: ParkingEnd
    user: str = ""


PbxEvent = (
    PbxStateChanged
    | PbxPhoneStateChanged
    | PbxRegistrationsChanged
    | PbxLegChanged
    | PbxLegEnded
    | PbxPickedUp
    | PbxRegistrationRefused
    | PbxParkedChanged
    | PbxParkedEnded
    | PbxFlagKeyed
    | PbxHeldEvent
    | PbxWaitingChanged
    | PbxConferenceEvent
)
PbxListener = Callable[[PbxEvent], None]


@dataclass(frozen=True)
class PbxPickUp:
    """Who takes which ringing leg, and what the device that takes it shows before there is sound."""

    user: str
    ringing_leg_id: str
    new_leg_id: str
    """What the leg that takes it is called from now on."""
    caller: Party
    kind: CallKind
    called: str
    contact: str = ""
    """The one device that is to take it, and answers by itself; empty: all that can be reached."""


class Pbx(FlagPbx, QueuePbx, CallRecordPbx, RecordedPbx, SteeringPbx, ConferencingPbx, Protocol):
    """The PBX as the services see it. It looks after its own line: lost, it comes back by itself and tells all anew."""

    @property
    def connected(self) -> bool:
        """Whether the line is up and the state is complete."""

    async def start(self, listener: PbxListener) -> None:
        """Begin to connect; returns at once, PbxStateChanged tells."""

    async def shutdown(self) -> None:
        """Let go of the PBX; calls there go on."""

    async def configure(self, configuration: PbxConfiguration) -> None:
        """Write our part of the configuration and reload what changed, without dropping calls."""

    async def set_reach(self, user: str, reach: PbxReach) -> None:
        """Let this count for a user from now on; it outlives every restart of the PBX and of the server.

        While the line is away it is remembered, and brought there before the PBX counts as connected. So nothing is
        raised for that, and before `start` is the time to tell of everybody.
        """

    async def originate(self, user: str, number: str, leg_id: str) -> None:
        """Ring the user's own devices, then dial `number`; returns when they ring. Raises PbxError, PbxLostError.

        All legs of the call get `leg_id` as their `call_id`; the one of a user's only device has it as its `leg_id`, too.
        """

    async def hang_up(self, leg_id: str) -> None:
        """End a leg. Raises PbxError, PbxLostError, KeyError when there is no such leg."""

    async def leg_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """The id of a user's leg, by its SIP Call-ID. Raises PbxError, PbxLostError, KeyError when there is none."""

    async def park(self, leg_id: str) -> str:
        """Park whom this leg is connected with, which ends the leg; return the place.

        Not fetched in time, the call rings at this leg's user. Raises NobodyThereError, PbxError, PbxLostError,
        KeyError when there is no such leg.
        """

    async def move(self, user: str, leg_id: str, contact: str, new_leg_id: str) -> None:
        """Ring the user's device registered as `contact`; answered, `new_leg_id` takes this leg's place.

        Returns when it rings. Raises NobodyThereError, PbxError, PbxLostError, KeyError when there is no such leg.
        """

    async def fetch_parked(self, user: str, slot: str, leg_id: str, contact: str = "") -> None:
        """Ring the user's device that is registered as `contact`, else as `originate` does, then connect it.

        Returns when it rings. Raises PbxError, PbxLostError, KeyError when nothing is parked there.
        """

    async def pick_up(self, order: PbxPickUp) -> None:
        """Let a user's own device take a call that rings elsewhere; returns when it has it.

        While it tries, the call rings on; when it fails, too. Raises PbxError, PbxLostError.
        """
