"""Conferences that run: who is there and who is called in, as the server tells; dialled into and steered from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, LinkStateChanged, MirrorChanged, MirrorReplaced
from wwphone.domain.calls import CallSnapshot, Party
from wwphone.domain.conference import (
    INVITATIONS_UNDER_WAY,
    MAX_INVITED_AT_ONCE,
    ConferenceRoom,
    InvitationState,
    Participant,
    PhoneInvitation,
    RunningConference,
)
from wwphone.domain.numbers import CONFERENCE_ENTRY_NUMBER
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.conference import (
    ConferenceChanged,
    ConferenceEnded,
    ConferenceRoomsChanged,
    EndConference,
    HangUpParticipant,
    InvitationChanged,
    InvitationEnded,
    InviteByPhone,
    InvitedByPhone,
    LockConference,
    MuteParticipants,
    ParticipantChanged,
    ParticipantLeft,
    SetChair,
    SetRoomPin,
    WithdrawInvitation,
)
from wwphone.protocol.message import Command, Event, Result
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners

INVITED_AGAIN = frozenset(InvitationState) - INVITATIONS_UNDER_WAY - {InvitationState.CONNECTED}
"""Whoever is in one of these can be called once more."""


@dataclass(frozen=True)
class ConferenceNews:
    """What may look different now."""

    rooms: frozenset[str] = frozenset()
    """In which rooms somebody came, left, talks, is called and the like."""
    everything: bool = False
    """Also which rooms there are, what one may do, the names, and whether anything is possible."""


class ConferenceService:
    """All rooms that one may see. While the line is down, all stays as of the moment it broke."""

    def __init__(self, link: CtiLink, calls: CallsService) -> None:
        self._link = link
        self._calls = calls
        self._asking: dict[str, int] = {}
        """What the server was asked about and has not answered: ids of participants and invitations, and rooms."""
        self._rooms_of: dict[str, str] = {}
        """The rooms of participants and invitations: when their end is told, the mirror has forgotten them."""
        self._released = False
        self._entering: dict[str, str] = {}
        """Calls into rooms that were dialled and of which nothing is told yet, by room."""
        self._calls_in: dict[str, str] = {}
        """The rooms of calls that led into one, by call."""
        self.changed: Listeners[ConferenceNews] = Listeners()
        self.withdrawn: Listeners[None] = Listeners()
        """One may not hold conferences any more, while signed in."""
        calls.changed.subscribe(self._on_call_changed)
        calls.removed.subscribe(self._on_call_gone)
        calls.problems.subscribe(lambda problem: self._on_call_gone(problem.call_id))

    # ------------------------------------------------------------ what there is

    @property
    def can_open(self) -> bool:
        """Whether the administrator lets one hold conferences: the window may be opened."""
        return self._link.mirror.conferences.released

    @property
    def live(self) -> bool:
        """Whether the server could be asked now."""
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.pbx_connected

    @property
    def rooms(self) -> tuple[ConferenceRoom, ...]:
        """All rooms that one may see, one's own first."""
        return self._link.mirror.conferences.rooms

    @property
    def running(self) -> Mapping[str, RunningConference]:
        """The conferences that go on, by the numbers of their rooms."""
        return self._link.mirror.conferences.running

    def room(self, number: str) -> ConferenceRoom | None:
        """One room; None: one may not see it."""
        return next((room for room in self.rooms if room.number == number), None)

    def may_control(self, room: str) -> bool:
        """Whether one may invite, mute, hang up, lock and end there, and the server could be asked now."""
        found = self.room(room)
        return found is not None and found.may_control and self.live

    def participants(self, room: str) -> tuple[Participant, ...]:
        """Who is there, longest first, with the names we know them by."""
        mirrored = self._link.mirror.conferences.participants.values()
        there = sorted((one for one in mirrored if one.room == room), key=_order_of_participant)
        return tuple(self._named_participant(one) for one in there)

    def count(self, room: str) -> int:
        """How many are there."""
        return sum(one.room == room for one in self._link.mirror.conferences.participants.values())

    def participant(self, participant_id: str) -> Participant | None:
        """Somebody who is somewhere; None: they are gone."""
        found = self._link.mirror.conferences.participants.get(participant_id)
        return None if found is None else self._named_participant(found)

    def invitations(self, room: str) -> tuple[PhoneInvitation, ...]:
        """Who was called in by phone and what became of it, by name, with the names we know them by."""
        mirrored = self._link.mirror.conferences.invitations.values()
        named = [self._named_invitation(one) for one in mirrored if one.room == room]
        return tuple(sorted(named, key=_order_of_invitation))

    def invitation(self, invitation_id: str) -> PhoneInvitation | None:
        """One invitation; None: it was cleared away."""
        found = self._link.mirror.conferences.invitations.get(invitation_id)
        return None if found is None else self._named_invitation(found)

    def dropped(self, room: str) -> tuple[PhoneInvitation, ...]:
        """Who was called in, is not there and can be called again."""
        return tuple(one for one in self.invitations(room) if one.state in INVITED_AGAIN)

    def is_me(self, participant: Participant) -> bool:
        """Whether that is this person, at whatever device."""
        profile = self._link.mirror.profile
        return profile is not None and participant.user == profile.user

    def my_participant(self, room: str) -> Participant | None:
        """Oneself in a room: of several devices the one of this PC's call; None: one is not there."""
        mirrored = self._link.mirror.conferences.participants.values()
        there = sorted(
            (one for one in mirrored if one.room == room and self.is_me(one)), key=_order_of_participant
        )
        mine = [self._named_participant(one) for one in there]
        here = (one for one in mine if any(_is_at(one, call) for call in self._calls.running))
        return next(here, mine[0] if mine else None)

    def my_call(self, room: str) -> CallSnapshot | None:
        """The call by which one is in a room, or gets in just now, from here."""
        return next((call for call in self._calls.running if self.room_of(call) == room), None)

    def room_of(self, call: CallSnapshot) -> str:
        """The number of the room that a call of one's own leads into; empty: it is no conference."""
        if call.end is not None:
            return ""
        for one in self._link.mirror.conferences.participants.values():
            if self.is_me(one) and _is_at(one, call):
                return one.room
        if call.established and call.conference:
            return call.conference  # the server tells it a moment later
        return next((room.number for room in self.rooms if _leads_to(call, room)), "")

    def is_asked(self, what: str) -> bool:
        """Whether the server was asked about a participant, an invitation or a room and has not answered."""
        return what in self._asking

    # ------------------------------------------------------------ oneself

    def dial_in(self, room: str) -> str:
        """Enter a room with a call from where one's calls begin; return its id, or that of the call one is there by.

        Empty when there is no such room, or nobody gets in any more. Raises NotDiallableError, CannotDialError.
        """
        found = self.room(room)
        if found is None or not found.dial_in:
            return ""
        call = self.my_call(room)
        if call is not None:
            return call.call_id
        if room not in self._entering:
            self._entering[room] = self._calls.dial(found.dial_in)
        return self._entering[room]

    def leave(self, room: str) -> None:
        """Hang up one's own call there; the conference goes on."""
        call = self.my_call(room)
        if call is not None:
            self._calls.hang_up(call.call_id)

    # ------------------------------------------------------------ steering; all raise CommandRefusedError

    async def invite(self, room: str, parties: Iterable[Party]) -> tuple[str, ...]:
        """Call people in, as many as there are; return their invitations' ids."""
        wanted, made = list(parties), list[str]()
        for first in range(0, len(wanted), MAX_INVITED_AT_ONCE):
            some = tuple(wanted[first : first + MAX_INVITED_AT_ONCE])
            result = await self._ask((room,), InviteByPhone(room, some))
            assert isinstance(result, InvitedByPhone)
            made += result.invitation_ids
        return tuple(made)

    async def withdraw(self, invitation_id: str) -> None:
        """Stop calling somebody, or clear away what became of it; one who is there is hung up."""
        found = self._link.mirror.conferences.invitations.get(invitation_id)
        if found is None:
            return
        if found.state is InvitationState.CONNECTED:
            await self.hang_up(found.participant_id)
        else:
            await self._ask((invitation_id,), WithdrawInvitation(invitation_id))

    async def hang_up(self, participant_id: str) -> None:
        """Take somebody out."""
        found = self._link.mirror.conferences.participants.get(participant_id)
        if found is not None:
            await self._ask((participant_id,), HangUpParticipant(found.room, participant_id))

    async def set_muted(self, participant_ids: Iterable[str], *, muted: bool) -> None:
        """Let these not be heard, or be heard again; all in the room of the first one."""
        known = self._link.mirror.conferences.participants
        found = [known[each] for each in participant_ids if each in known]
        if found:
            ids = tuple(one.participant_id for one in found if one.room == found[0].room)
            await self._ask(ids, MuteParticipants(found[0].room, muted, ids))

    async def mute_all(self, room: str, *, muted: bool) -> None:
        """Let everybody but the chairs not be heard, or be heard again."""
        await self._ask((room,), MuteParticipants(room, muted))

    async def set_locked(self, room: str, *, locked: bool) -> None:
        """Let nobody dial in any more, or again."""
        await self._ask((room,), LockConference(room, locked))

    async def set_chair(self, participant_id: str, *, chair: bool) -> None:
        """Make somebody a chair, or no chair any more."""
        found = self._link.mirror.conferences.participants.get(participant_id)
        if found is not None:
            await self._ask((participant_id,), SetChair(found.room, participant_id, chair))

    async def end(self, room: str) -> None:
        """End it for everybody, those who are being called included."""
        await self._ask((room,), EndConference(room))

    async def set_pin(self, room: str, pin: str) -> None:
        """Set the PIN of one's own room; empty: none is asked for."""
        await self._ask((room,), SetRoomPin(room, pin))

    # ------------------------------------------------------------ what happens

    def name_anew(self) -> None:
        """Names may be others now."""
        mirror = self._link.mirror.conferences
        if mirror.participants or mirror.invitations:
            self.changed.tell(ConferenceNews(frozenset(mirror.running), everything=True))

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._note_rooms()
                self._tell_everything()
            case LinkStateChanged():
                self._tell_everything()
            case MirrorChanged(events):
                self._take(events)

    # ------------------------------------------------------------ inside

    def _on_call_changed(self, call: CallSnapshot) -> None:
        former = self._calls_in.get(call.call_id, "")
        room = self.room_of(call)
        self._on_call_gone(call.call_id)
        if room:
            self._calls_in[call.call_id] = room
        if former or room:
            self.changed.tell(ConferenceNews(frozenset({former, room} - {""})))

    def _on_call_gone(self, call_id: str) -> None:
        self._calls_in.pop(call_id, None)
        self._entering = {room: each for room, each in self._entering.items() if each != call_id}

    def _take(self, events: tuple[Event, ...]) -> None:
        rooms = set[str]()
        everything = False
        for event in events:
            match event:
                case ConferenceChanged(conference):
                    rooms.add(conference.room)
                case ConferenceEnded(room):
                    rooms.add(room)
                    self._forget_room(room)
                case ParticipantChanged(participant):
                    self._rooms_of[participant.participant_id] = participant.room
                    rooms.add(participant.room)
                case InvitationChanged(invitation):
                    self._rooms_of[invitation.invitation_id] = invitation.room
                    rooms.add(invitation.room)
                case ParticipantLeft(gone) | InvitationEnded(gone):
                    rooms.add(self._rooms_of.pop(gone, ""))
                case ConferenceRoomsChanged() | ProfileChanged() | PbxStateChanged():
                    everything = True
        rooms.discard("")
        if everything:
            self._note_rooms()
            self._tell_everything(frozenset(rooms))
        elif rooms:
            self.changed.tell(ConferenceNews(frozenset(rooms)))

    def _tell_everything(self, rooms: frozenset[str] = frozenset()) -> None:
        mirror = self._link.mirror.conferences
        withdrawn = self._released and not mirror.released and self._link.mirror.profile is not None
        self._released = mirror.released
        self.changed.tell(ConferenceNews(rooms | frozenset(mirror.running), everything=True))
        if withdrawn:
            self.withdrawn.tell(None)

    def _note_rooms(self) -> None:
        mirror = self._link.mirror.conferences
        self._rooms_of = {key: one.room for key, one in mirror.participants.items()}
        self._rooms_of.update((key, one.room) for key, one in mirror.invitations.items())

    def _forget_room(self, room: str) -> None:
        self._rooms_of = {key: where for key, where in self._rooms_of.items() if where != room}

    def _named_participant(self, participant: Participant) -> Participant:
        return replace(participant, party=self._calls.named(participant.party))

    def _named_invitation(self, invitation: PhoneInvitation) -> PhoneInvitation:
        return replace(invitation, party=self._calls.named(invitation.party))

    async def _ask(self, about: tuple[str, ...], command: Command) -> Result:
        for each in about:
            self._asking[each] = self._asking.get(each, 0) + 1
        self.changed.tell(self._news_about(about))
        try:
            return await self._link.request(command)
        finally:
            for each in about:
                self._asking[each] -= 1
                if not self._asking[each]:
                    del self._asking[each]
            self.changed.tell(self._news_about(about))

    def _news_about(self, about: tuple[str, ...]) -> ConferenceNews:
        return ConferenceNews(frozenset(self._rooms_of.get(each, each) for each in about))


def _order_of_participant(participant: Participant) -> tuple[object, ...]:
    return participant.since, participant.participant_id


def _order_of_invitation(invitation: PhoneInvitation) -> tuple[object, ...]:
    return invitation.party.name.casefold() or invitation.party.number, invitation.invitation_id


def _is_at(participant: Participant, call: CallSnapshot) -> bool:
    if call.leg_id:
        return participant.leg_id == call.leg_id
    return bool(call.sip_call_id) and participant.sip_call_id == call.sip_call_id


def _leads_to(call: CallSnapshot, room: ConferenceRoom) -> bool:
    """Whether a call was dialled to the room: 902 asks where one wants to go, and tells us nothing."""
    dialled = call.remote.number
    return bool(dialled) and dialled == room.dial_in and dialled != CONFERENCE_ENTRY_NUMBER
