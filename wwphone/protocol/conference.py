"""Running conferences on the wire: rooms, who is there, who is called in, and what their chair does.

To enter a room one dials `ConferenceRoom.dial_in`; there is no command for it. All commands about a room are refused with
`not_found` when one may not see it or it does not have the participant, and with `not_permitted` when one may not control it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wwphone.domain.calls import Party
from wwphone.domain.conference import ConferenceRoom, Participant, PhoneInvitation, RunningConference
from wwphone.domain.conference_plans import PlannedConference, RememberedPlan
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class ConferencesState:
    """Everything about conferences that one may see; in the snapshot, each tuple by its ids."""

    released: bool = False
    """The administrator lets one hold conferences: the window may be opened."""
    mail_possible: bool = False
    """Invitations by e-mail can be sent."""
    rooms: tuple[ConferenceRoom, ...] = ()
    """One's own first, then by number."""
    running: tuple[RunningConference, ...] = ()
    participants: tuple[Participant, ...] = ()
    invitations: tuple[PhoneInvitation, ...] = ()
    plans: tuple[PlannedConference, ...] = ()
    """Those that one planned oneself, and that are not long over."""
    remembered: RememberedPlan = field(default_factory=RememberedPlan)
    feed: bool = False
    """There is a calendar feed of one's conferences (`conference.renew_feed`)."""


NO_CONFERENCES = ConferencesState()


@dataclass(frozen=True)
class InviteByPhone(Command):
    """Call people into a room; one that is empty counts as running from now on. At most `MAX_INVITED_AT_ONCE`.

    Refused with `invalid` for a number that cannot be dialled or too many, and with `conflict` when the room is full.
    """

    wire_name: ClassVar[str] = "conference.invite"
    room: str
    parties: tuple[Party, ...]
    """With the names one knows them by; what they hear and see is who invites."""


@dataclass(frozen=True)
class InvitedByPhone(Result):
    """They are being called; what becomes of it comes as events."""

    wire_name: ClassVar[str] = "conference.invited"
    invitation_ids: tuple[str, ...]


@dataclass(frozen=True)
class WithdrawInvitation(Command):
    """Stop calling somebody, or clear away what became of it. A connected one is hung up by `conference.hang_up`, and `conflict` here."""

    wire_name: ClassVar[str] = "conference.withdraw"
    invitation_id: str


@dataclass(frozen=True)
class HangUpParticipant(Command):
    """Take somebody out of a conference."""

    wire_name: ClassVar[str] = "conference.hang_up"
    room: str
    participant_id: str


@dataclass(frozen=True)
class MuteParticipants(Command):
    """Let some, or everybody but the chairs, not be heard, or be heard again. One may mute oneself without controlling the room."""

    wire_name: ClassVar[str] = "conference.mute"
    room: str
    muted: bool
    participant_ids: tuple[str, ...] = ()
    """Empty: everybody but the chairs."""


@dataclass(frozen=True)
class LockConference(Command):
    """Let nobody dial in any more, or again. Refused with `conflict` while nobody is there."""

    wire_name: ClassVar[str] = "conference.lock"
    room: str
    locked: bool


@dataclass(frozen=True)
class SetChair(Command):
    """Make somebody who is there a chair, or no chair any more: a colleague may control the conference as long as they are there."""

    wire_name: ClassVar[str] = "conference.set_chair"
    room: str
    participant_id: str
    chair: bool


@dataclass(frozen=True)
class EndConference(Command):
    """End it for everybody, those who are being called included."""

    wire_name: ClassVar[str] = "conference.end"
    room: str


@dataclass(frozen=True)
class SetRoomPin(Command):
    """Set the PIN of one's own room; empty: none is asked for. Refused with `invalid` (`ROOM_PIN_DIGITS`, or one that is easily guessed)."""

    wire_name: ClassVar[str] = "conference.set_room_pin"
    room: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class ConferenceRoomsChanged(Event):
    """Which rooms one may see, or what may be done there, is another now."""

    wire_name: ClassVar[str] = "conference.rooms_changed"
    released: bool
    mail_possible: bool
    rooms: tuple[ConferenceRoom, ...]
    """All of them; conferences in those that are left out are seen no more."""


@dataclass(frozen=True)
class ConferenceChanged(Event):
    """A conference began, or was locked or the like."""

    wire_name: ClassVar[str] = "conference.changed"
    conference: RunningConference


@dataclass(frozen=True)
class ConferenceEnded(Event):
    """Nobody is there and nobody is called any more; its participants and invitations are gone with it."""

    wire_name: ClassVar[str] = "conference.ended"
    room: str


@dataclass(frozen=True)
class ParticipantChanged(Event):
    """Somebody came, or talks, or was muted."""

    wire_name: ClassVar[str] = "conference.participant_changed"
    participant: Participant


@dataclass(frozen=True)
class ParticipantLeft(Event):
    """Somebody is not there any more."""

    wire_name: ClassVar[str] = "conference.participant_left"
    participant_id: str


@dataclass(frozen=True)
class InvitationChanged(Event):
    """Somebody is called in, or it came to something."""

    wire_name: ClassVar[str] = "conference.invitation_changed"
    invitation: PhoneInvitation


@dataclass(frozen=True)
class InvitationEnded(Event):
    """An invitation by phone was withdrawn or cleared away."""

    wire_name: ClassVar[str] = "conference.invitation_ended"
    invitation_id: str
