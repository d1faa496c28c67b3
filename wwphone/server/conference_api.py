"""What is asked of the PBX and of each other about conferences; part of `server.api`.

The PBX lets people in by itself, from what it was told (`PbxDoor`): it counts while this server is down, and a conference goes on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from wwphone.domain.conference import InvitationState, Participant, PhoneInvitation
from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationPreview,
    Invitee,
    PlannedConference,
    PlanRemark,
)
from wwphone.server.mail_api import Letter

# ---------------------------------------------------------------- PBX


@dataclass(frozen=True)
class PbxOpening:
    """One time of a planned conference."""

    opens_at: datetime
    starts_at: datetime
    closes_at: datetime
    """Nobody gets in from here on; who is there stays."""


@dataclass(frozen=True)
class PbxDoor:
    """With which PINs, and when, a planned conference lets people into its room."""

    conference_id: str
    room: str
    openings: tuple[PbxOpening, ...]
    """Those to come, in their order; not all of a long row need to be told at once."""
    pins: tuple[tuple[str, str], ...] = field(repr=False)
    """Each with whom it is of (`Participant.invitee`)."""
    zone: str = ""
    """IANA's name of the zone in which early callers are told when it opens; empty: the PBX's own."""


@dataclass(frozen=True)
class PbxInvitation:
    """Somebody to be called into a room."""

    invitation_id: str
    room: str
    number: str
    """As it is dialled from inside."""
    by: str
    """The user who invites: the call has the rights and shows the number of theirs."""
    by_name: str
    """Shown and, as far as the PBX can speak it, said to who is called."""


@dataclass(frozen=True)
class PbxParticipantChanged:
    """Somebody is in a room, or something of them changed."""

    participant: Participant
    """Its `party` is as signalled, without a number that of `user`; the name is the services' matter."""
    conference_id: str = ""
    """The planned conference whose PIN they came with."""


@dataclass(frozen=True)
class PbxParticipantLeft:
    """Somebody is not there any more."""

    room: str
    participant_id: str


@dataclass(frozen=True)
class PbxRoomLocked:
    """A room was locked or opened."""

    room: str
    locked: bool


@dataclass(frozen=True)
class PbxInvitationChanged:
    """What became of calling somebody into a room. `CONNECTED`: a participant with this invitation follows, or came before.

    `LEFT` is never told: `PbxParticipantLeft` says so.
    """

    invitation_id: str
    state: InvitationState


PbxConferenceEvent = PbxParticipantChanged | PbxParticipantLeft | PbxRoomLocked | PbxInvitationChanged


class ConferencePbx(Protocol):
    """The PBX's rooms. Whatever is there when the line comes up is told as events before the PBX counts as connected.

    All methods raise PbxError and PbxLostError; KeyError when there is no such participant or invitation.
    """

    async def set_doors(self, doors: Collection[PbxDoor]) -> None:
        """Let these count from now on, and no others.

        As with `Pbx.set_reach`, it is remembered while the line is away and outlives every restart of the PBX and of the server; nothing is raised for that.
        PbxError: the PBX refused it, and it has to be said again.
        """

    async def invite(self, invitation: PbxInvitation) -> None:
        """Call somebody into a room; returns when it is under way. They need no PIN, and a locked room lets them in."""

    async def withdraw(self, invitation_id: str) -> None:
        """Stop calling somebody; nothing more is told of it. KeyError also when nobody is being called by it any more."""

    async def mute(self, participant_id: str, muted: bool) -> None:
        """Let somebody not be heard, or be heard again."""

    async def hang_up(self, participant_id: str) -> None:
        """Take somebody out."""

    async def lock(self, room: str, locked: bool) -> None:
        """Let nobody dial in any more, or again. PbxError while nobody is there."""

    async def set_chair(self, participant_id: str, chair: bool) -> None:
        """Remember at the channel that somebody is a chair: a server that comes back finds it there."""

    async def end(self, room: str) -> None:
        """Take everybody out, and stop calling people there, of whom nothing more is told. An empty room is no error."""


class ConferencingPbx(Protocol):
    """The part of `server.api.Pbx` that knows conferences."""

    @property
    def conference(self) -> ConferencePbx:
        """Its rooms."""


# ---------------------------------------------------------------- store and neighbours


class ConferenceStore(Protocol):
    """The part of `server.api.Store` that keeps whom people called into conferences, and the PINs of personal rooms.

    All methods raise StoreError. Who is in a conference stands nowhere: the PBX knows it.
    """

    async def conference_invitations(self) -> tuple[PhoneInvitation, ...]:
        """Of all conferences that had not ended."""

    async def write_conference_invitations(
        self, changed: Collection[PhoneInvitation], removed: Collection[str]
    ) -> None:
        """Add or write anew, and forget, in one transaction; to forget what is not there is no error."""

    async def set_room_pin(self, number: str, owner: str, pin: str) -> None:
        """Give the room with this number a PIN: one that was made, else the personal one of its owner. Raises KeyError."""


class PlannedConferences(Protocol):
    """What is known of planned conferences where one runs."""

    def going_on(self, room: str) -> str:
        """The planned conference whose time it is in this room; empty: none."""

    def name_of(self, conference_id: str, invitee: str) -> str:
        """Whoever was invited at this address (`Participant.invitee`); empty: the name is not known."""


# ---------------------------------------------------------------- invitations by e-mail


class LetterKind(Enum):
    """What an e-mail about a planned conference says (RFC 5546 section 3.2)."""

    INVITATION = "invitation"
    UPDATE = "update"
    CANCELLATION = "cancellation"


@dataclass(frozen=True)
class Organizer:
    """Who invites."""

    name: str
    address: str = field(repr=False)
    """RFC 5545's ORGANIZER: where calendars send their answers; the mailbox that the server reads, where there is one."""
    reply_to: str = field(repr=False)
    """Where people's answers go."""


class ConferenceLetters(Protocol):
    """Writes the e-mails about planned conferences."""

    def check(self, plan: ConferencePlan) -> tuple[PlanRemark, ...]:
        """What is wrong with its texts and addresses; times and rooms are another's matter."""

    def invitees(self, plan: ConferencePlan) -> tuple[Invitee, ...]:
        """Its addresses taken apart, each once, in their order. Raises ValueError for one that `check` complains of."""

    def preview(self, conference: PlannedConference, organizer: Organizer) -> InvitationPreview:
        """The invitation of its first invitee."""

    def letter(
        self,
        conference: PlannedConference,
        invitee: Invitee,
        kind: LetterKind,
        organizer: Organizer,
        now: datetime,
    ) -> Letter:
        """The e-mail to one invitee; its id is made of conference, sequence, kind and address, so the same one is queued once."""


@dataclass(frozen=True)
class ConferenceAnswer:
    """What a calendar or a mail server sent back about an invitation."""

    conference_id: str
    address: str = field(repr=False)
    answer: Answer
    """`NONE`: the mail did not arrive."""
    at: datetime
    """When it was given (DTSTAMP): of two, the later one counts."""
    words: str = field(default="", repr=False)
    """A mail server's, of a mail that did not arrive; or the person's comment."""
    starts_at: datetime | None = None
    """The one time of a repeated conference that it is for, on the clock of the conference's zone where it has no zone; None: all of them."""


class ConferenceAnswers(Protocol):
    """Takes answers in."""

    async def note_answer(self, answer: ConferenceAnswer) -> bool:
        """Note what somebody answered; False: there is no such conference, or they are not invited. Raises StoreError."""
