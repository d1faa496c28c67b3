"""Conference rooms of a PBX in memory, for tests of the server's services. Never a feature of the product.

It keeps what services rely on: doors let people in by their PINs and times, also while the line is broken; who is there is told
anew when it comes up; a conference ends with its last participant, and its lock with it; a colleague's participant is a leg
of theirs, too. Invited people answer, or not, as the test says.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.conference import INVITATIONS_UNDER_WAY, MAX_PARTICIPANTS, InvitationState, Participant
from wwphone.server.api import PbxError, PbxEvent, PbxRoom, PbxUser
from wwphone.server.clock import Clock
from wwphone.server.conference_api import (
    PbxDoor,
    PbxInvitation,
    PbxInvitationChanged,
    PbxParticipantChanged,
    PbxParticipantLeft,
    PbxRoomLocked,
)
from wwphone.server.fake_mood import FakeMood

_NORMAL = 16
"""Q.850's cause of somebody who hung up."""


class NotLetInError(Exception):
    """Whoever dialled was refused; the text is why: `pin`, `early`, `late`, `locked` or `full`."""


class FakeConference:
    """Fulfils `ConferencePbx`; the methods below "what happens there" play the part of people at their phones."""

    def __init__(self, pbx: FakeConferencing) -> None:
        self._pbx = pbx
        self._there: dict[str, PbxParticipantChanged] = {}
        self._invitations: dict[str, PbxInvitation] = {}
        self._states: dict[str, InvitationState] = {}
        self.locked: set[str] = set()
        """Rooms that are locked."""
        self.doors: tuple[PbxDoor, ...] = ()
        """Those that count."""
        self.invited: list[PbxInvitation] = []
        """What services asked for, in order."""

    @property
    def participants(self) -> Mapping[str, Participant]:
        """Who is there."""
        return {name: one.participant for name, one in self._there.items()}

    # -- ConferencePbx

    async def set_doors(self, doors: Collection[PbxDoor]) -> None:
        """Let these count, also while the line is broken: they would be brought at once when it is mended."""
        self.doors = tuple(doors)

    async def invite(self, invitation: PbxInvitation) -> None:
        """Call somebody; `becomes` and `answer` say what comes of it."""
        self._pbx.must_confer()
        self.invited.append(invitation)
        self._invitations[invitation.invitation_id] = invitation
        self.becomes(invitation.invitation_id, InvitationState.CALLING)

    async def withdraw(self, invitation_id: str) -> None:
        """Stop calling. Raises KeyError when nobody is called by it."""
        self._pbx.must_confer()
        if self._states.get(invitation_id) not in INVITATIONS_UNDER_WAY:
            raise KeyError(invitation_id)
        self._forget(invitation_id)

    async def mute(self, participant_id: str, muted: bool) -> None:
        """Mute, and talk no more."""
        self._pbx.must_confer()
        self._change(participant_id, lambda one: replace(one, muted=muted, talking=one.talking and not muted))

    async def hang_up(self, participant_id: str) -> None:
        """Take somebody out. Raises KeyError."""
        self._pbx.must_confer()
        self.leave(participant_id)

    async def lock(self, room: str, locked: bool) -> None:
        """Lock. Raises PbxError while nobody is there."""
        self._pbx.must_confer()
        if not any(self._in(room)):
            raise PbxError("nobody is there")
        (self.locked.add if locked else self.locked.discard)(room)
        self._pbx.tell_of_conference(PbxRoomLocked(room, locked))

    async def set_chair(self, participant_id: str, chair: bool) -> None:
        """Remember it. Raises KeyError."""
        self._pbx.must_confer()
        self._change(participant_id, lambda one: replace(one, chair=chair))

    async def end(self, room: str) -> None:
        """Take everybody out, and stop calling."""
        self._pbx.must_confer()
        for invitation in list(self._invitations.values()):
            under_way = self._states.get(invitation.invitation_id) in INVITATIONS_UNDER_WAY
            if invitation.room == room and under_way:
                self._forget(invitation.invitation_id)
        for participant_id in list(self._in(room)):
            self.leave(participant_id)

    # -- what happens there

    def enter(self, room: str, number: str, *, name: str = "", pin: str = "", own: bool = False) -> str:
        """Let somebody dial in with a PIN, or an owner by 901 (`own`); return the participant's id.

        Colleagues are known by their number. Raises NotLetInError.
        """
        if own:
            return self._let_in(room, Party(number, name), chair=True)
        door = self._door(room, pin)
        if room in self.locked:
            raise NotLetInError("locked")
        if sum(1 for _ in self._in(room)) >= MAX_PARTICIPANTS:
            raise NotLetInError("full")
        if door is None:
            return self._let_in(room, Party(number, name))
        invitee = dict(door.pins)[pin]
        return self._let_in(room, Party(number, name), invitee=invitee, conference_id=door.conference_id)

    def leave(self, participant_id: str) -> None:
        """Somebody hangs up. Raises KeyError."""
        gone = self._there.pop(participant_id).participant
        if gone.invitation_id:
            self._forget(gone.invitation_id)
        self._pbx.tell_of_conference(PbxParticipantLeft(gone.room, participant_id))
        self._pbx.let_leg_end(participant_id)
        if gone.room in self.locked and not any(self._in(gone.room)):
            self.locked.discard(gone.room)

    def talk(self, participant_id: str, *, talking: bool = True) -> None:
        """Somebody begins to speak, or pauses."""
        self._change(participant_id, lambda one: replace(one, talking=talking))

    def mute_by_key(self, participant_id: str, *, muted: bool = True) -> None:
        """Somebody mutes themselves by a key of their phone."""
        self._change(participant_id, lambda one: replace(one, muted=muted))

    def becomes(self, invitation_id: str, state: InvitationState) -> None:
        """Something comes of an invitation. Raises KeyError."""
        if invitation_id not in self._invitations:
            raise KeyError(invitation_id)
        self._states[invitation_id] = state
        self._pbx.tell_of_conference(PbxInvitationChanged(invitation_id, state))

    def answer(self, invitation_id: str) -> str:
        """Somebody who is called answers, and is there; return the participant's id."""
        invitation = self._invitations[invitation_id]
        self.becomes(invitation_id, InvitationState.CONNECTED)
        return self._let_in(invitation.room, Party(invitation.number), invitation_id=invitation_id)

    # -- for FakeConferencing

    def events(self) -> Iterator[PbxEvent]:
        """Everything that there is."""
        yield from self._there.values()
        yield from (PbxRoomLocked(room, True) for room in sorted(self.locked))
        for invitation_id, state in self._states.items():
            if state in INVITATIONS_UNDER_WAY or state is InvitationState.CONNECTED:
                yield PbxInvitationChanged(invitation_id, state)

    def leg_ended(self, leg_id: str) -> None:
        """A colleague's leg is over, and so they are not there."""
        if leg_id in self._there:
            self.leave(leg_id)

    # -- inside

    def _in(self, room: str) -> Iterator[str]:
        return (name for name, one in self._there.items() if one.participant.room == room)

    def _forget(self, invitation_id: str) -> None:
        self._invitations.pop(invitation_id, None)
        self._states.pop(invitation_id, None)

    def _door(self, room: str, pin: str) -> PbxDoor | None:
        """The planned conference whose PIN that is; None: the room's own PIN lets in. Raises NotLetInError."""
        known = self._pbx.room(room)
        door = next((one for one in self.doors if one.room == room and pin in dict(one.pins)), None)
        if door is None:
            if known is None or pin != known.pin:
                raise NotLetInError("pin")
            return None
        now = self._pbx.now()
        if any(opening.opens_at <= now < opening.closes_at for opening in door.openings):
            return door
        raise NotLetInError("early" if any(now < opening.opens_at for opening in door.openings) else "late")

    def _let_in(
        self,
        room: str,
        party: Party,
        *,
        chair: bool = False,
        invitation_id: str = "",
        invitee: str = "",
        conference_id: str = "",
    ) -> str:
        user = self._pbx.user_at(party.number)
        name = self._pbx.make_leg(user, room)
        participant = Participant(
            name,
            room,
            party,
            self._pbx.now(),
            user,
            chair=chair,
            invitation_id=invitation_id,
            invitee=invitee,
        )
        self._there[name] = PbxParticipantChanged(participant, conference_id)
        self._pbx.tell_of_conference(self._there[name])
        return name

    def _change(self, participant_id: str, change: Callable[[Participant], Participant]) -> None:
        before = self._there[participant_id]
        after = replace(before, participant=change(before.participant))
        if after != before:
            self._there[participant_id] = after
            self._pbx.tell_of_conference(after)


class FakeConferencing(FakeMood, ABC):
    """The part of the PBX in memory that knows conferences."""

    _clock: Clock
    _legs: dict[str, Leg]
    _users: dict[str, PbxUser]

    def __init__(self) -> None:
        super().__init__()
        self.conference = FakeConference(self)
        self._rooms: tuple[PbxRoom, ...] = ()
        self._names = itertools.count(1)

    def must_confer(self) -> None:
        """Raise what the next action was told to."""
        self._must_work()

    def now(self) -> datetime:
        """The clock's time."""
        return self._clock()

    def room(self, number: str) -> PbxRoom | None:
        """A room of the latest configuration."""
        return next((room for room in self._rooms if room.number == number), None)

    def user_at(self, number: str) -> str:
        """The user who has this number; empty: nobody."""
        return next((user.user for user in self._users.values() if user.number == number), "")

    def make_leg(self, user: str, room: str) -> str:
        """Return a participant's id; a colleague's is the id of a leg, which is there from now on."""
        name = f"fake-conference-{next(self._names)}.0"
        if user:
            leg = Leg(name, name, user, CallDirection.OUTGOING, Party(room), LegState.UP, self._clock())
            self._set(leg)
        return name

    def let_leg_end(self, participant_id: str) -> None:
        """Whoever was there has hung up."""
        if participant_id in self._legs:
            self._end_leg(self._legs[participant_id], _NORMAL)

    def tell_of_conference(self, event: PbxEvent) -> None:
        """Tell it, if the line is whole."""
        self._tell(event)

    @abstractmethod
    def _end_leg(self, leg: Leg, cause: int) -> None:
        """See FakePbx."""

    @abstractmethod
    def _set(self, leg: Leg) -> None:
        """See FakePbx."""

    @abstractmethod
    def _tell(self, event: PbxEvent) -> None:
        """See FakePbx."""

    @abstractmethod
    def _must_work(self, user: str = "") -> None:
        """See FakePbx."""
