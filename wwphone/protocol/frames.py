"""Frames: what one websocket text message is. Messages travel inside.

Client to server: `RequestFrame`, `PingFrame`, `PongFrame`.
Server to client: `HelloFrame` first, then `ReplyFrame`, `FailureFrame`, `SnapshotFrame`, `EventsFrame`, `GoodbyeFrame`,
`PingFrame`, `PongFrame`.
"""

from __future__ import annotations

from dataclasses import dataclass

from wwphone.domain.account import Profile
from wwphone.domain.calls import CallKind, Leg, PhoneState
from wwphone.domain.desk_phone import HeldCall
from wwphone.domain.devices import Registration
from wwphone.domain.history import NO_HISTORY, HistoryState
from wwphone.domain.parking import ParkedCall
from wwphone.domain.phonebook import NO_PHONE_BOOK, PhoneBookState
from wwphone.domain.pickup import RingingCall
from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.domain.reachability import NOTHING_SET, Obstacle, Reachability
from wwphone.domain.recording import NO_RECORDINGS, RecordingsState, RunningRecording
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.domain.shown import ShownDefault
from wwphone.domain.sources import Source
from wwphone.domain.switches import Switch
from wwphone.protocol.conference import NO_CONFERENCES, ConferencesState
from wwphone.protocol.errors import WireError
from wwphone.protocol.message import Command, Event, Result

SUBPROTOCOL = "wwphone.cti.v1"
PROTOCOL_VERSION = 1
DEFAULT_PORT = 8443
"""Where a CTI server listens unless told otherwise."""
CTI_PATH = "/cti"
"""Where on the server the websocket is."""
MAX_REQUEST_BYTES = 64 * 1024
"""A request larger than this is refused before it is parsed."""
MAX_FRAME_BYTES = 16 * 1024 * 1024
"""A snapshot of 10,000 colleagues is about 3 MiB."""


@dataclass(frozen=True)
class MirroredState:
    """Everything a signed-in client mirrors, at one revision."""

    profile: Profile
    groups: tuple[PresenceGroup, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    """Whom this person may see; oneself included."""
    presences: tuple[tuple[str, Presence], ...] = ()
    phones: tuple[tuple[str, PhoneState], ...] = ()
    """Pairs of user and value, one for each colleague."""
    legs: tuple[Leg, ...] = ()
    registrations: tuple[Registration, ...] = ()
    ringing: tuple[RingingCall, ...] = ()
    """What rings elsewhere and this person may see or take."""
    pbx_connected: bool = False
    reachability: Reachability = NOTHING_SET
    obstacles: tuple[Obstacle, ...] = ()
    """What keeps one's own calls from ringing, weightiest first."""
    parked: tuple[ParkedCall, ...] = ()
    """All parked calls of the house."""
    ring_groups: tuple[RingGroupMembership, ...] = ()
    """The ring groups this person is a member of, by number."""
    switches: tuple[Switch, ...] = ()
    """The switches of the PBX this person may see, by name."""
    reach: tuple[tuple[PresenceStatus, tuple[CallKind, ...]], ...] = ()
    """Which kinds of call ring in which presence, by the server's configuration; empty: as the product's table says."""
    shown_defaults: tuple[ShownDefault, ...] = ()
    """What is shown to which number unless one chooses otherwise; one's own."""
    held: tuple[HeldCall, ...] = ()
    """What the PBX holds for one's own desk phone."""
    phonebook: PhoneBookState = NO_PHONE_BOOK
    """Where the phone book stands; its entries are read by `phonebook.read`."""
    sources: tuple[Source, ...] = ()
    """What can be searched beside the phone book, in the order of the administrator's settings."""
    history: HistoryState = NO_HISTORY
    """Where one's own record of calls stands; its rows are read by `history.read`."""
    recordings: RecordingsState = NO_RECORDINGS
    """Where one's own recordings stand; they are read by `recording.read`."""
    running_recordings: tuple[RunningRecording, ...] = ()
    """What is being recorded of one's own calls, by whomever."""
    favourites: tuple[str, ...] = ()
    """One's own favourites among the entries of the phone book: their ids, in their order."""
    conferences: ConferencesState = NO_CONFERENCES
    """Rooms and conferences that one may see, and those that one planned."""


@dataclass(frozen=True)
class HelloFrame:
    """The server's first frame."""

    protocol: int
    server_id: str
    """New at each start of the server: revisions and records of commands belong to it."""
    server_version: str
    heartbeat_s: float
    """Each side sends a ping when it has sent nothing for this long, and gives up after three times this silence."""


@dataclass(frozen=True)
class RequestFrame:
    """A command with the id by which its reply is recognised; ids are unique within a session."""

    request_id: str
    command: Command


@dataclass(frozen=True)
class ReplyFrame:
    """A command succeeded."""

    request_id: str
    result: Result


@dataclass(frozen=True)
class FailureFrame:
    """A command failed; without an id, something unreadable arrived."""

    request_id: str | None
    error: WireError


@dataclass(frozen=True)
class SnapshotFrame:
    """The whole state, replacing what the client had."""

    revision: int
    state: MirroredState


@dataclass(frozen=True)
class EventsFrame:
    """Changes in their order; `revision` is the state's after the last one. Revisions only grow, with gaps."""

    revision: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class GoodbyeFrame:
    """The server closes this session, and why."""

    error: WireError


@dataclass(frozen=True)
class PingFrame:
    """Are you there?"""


@dataclass(frozen=True)
class PongFrame:
    """I am."""


ClientFrame = RequestFrame | PingFrame | PongFrame
ServerFrame = (
    HelloFrame
    | ReplyFrame
    | FailureFrame
    | SnapshotFrame
    | EventsFrame
    | GoodbyeFrame
    | PingFrame
    | PongFrame
)
