"""What the fake server makes of running conferences: rooms, who is there, who is called in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.conference import (
    ConferenceRoom,
    InvitationState,
    Participant,
    PhoneInvitation,
    RunningConference,
)
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
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror

_OVER = frozenset(InvitationState) - {
    InvitationState.CALLING,
    InvitationState.RINGING,
    InvitationState.CONNECTED,
}


class FakeConference:
    """Answers the commands about running conferences; what people and phones do is said by the test."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self._ids = (f"invitation-{number}" for number in itertools.count(1))

    def set_rooms(self, *rooms: ConferenceRoom, released: bool = True, mail_possible: bool = True) -> None:
        """These are the rooms that one may see from now on."""
        self._publish(ConferenceRoomsChanged(released, mail_possible, rooms))

    def come(self, participant: Participant) -> None:
        """Somebody enters, or something of them changes; with an invitation's id: whom it called takes the call."""
        room = participant.room
        mirror = self._truth.conferences
        if room not in mirror.running:
            self._publish(ConferenceChanged(RunningConference(room, self._now())))
        self._publish(ParticipantChanged(participant))
        invitation = mirror.invitations.get(participant.invitation_id)
        if invitation is not None and invitation.state is not InvitationState.CONNECTED:
            here = replace(invitation, participant_id=participant.participant_id, at=self._now())
            self._publish(InvitationChanged(replace(here, state=InvitationState.CONNECTED)))

    def go(self, participant_id: str) -> None:
        """Somebody leaves; the last one ends it, unless somebody was called in and can be called again."""
        gone = self._truth.conferences.participants[participant_id]
        self._publish(ParticipantLeft(participant_id))
        if gone.invitation_id in self._truth.conferences.invitations:
            self.become(gone.invitation_id, InvitationState.LEFT)
        self._end_if_empty(gone.room)

    def become(self, invitation_id: str, state: InvitationState) -> None:
        """Something came of calling somebody."""
        known = self._truth.conferences.invitations[invitation_id]
        self._publish(InvitationChanged(replace(known, state=state, at=self._now(), participant_id="")))

    def carry_out(self, command: Command) -> Result | None:
        """Do it; None for other commands. Raises CommandRefusedError."""
        match command:
            case InviteByPhone():
                return self._invite(command)
            case WithdrawInvitation(invitation_id):
                return self._withdraw(invitation_id)
            case MuteParticipants():
                return self._mute(command)
            case HangUpParticipant() | LockConference() | SetChair() | EndConference():
                return self._steer(command)
            case SetRoomPin():
                return self._set_pin(command)
        return None

    # ------------------------------------------------------------ inside

    def _invite(self, command: InviteByPhone) -> Result:
        self._controlled(command.room)
        mirror = self._truth.conferences
        if command.room not in mirror.running:
            self._publish(ConferenceChanged(RunningConference(command.room, self._now())))
        me, made = self._truth.state().profile.user, []
        for party in command.parties:
            former = [one for one in mirror.invitations.values() if one.party.number == party.number]
            for one in former:
                if one.room == command.room and one.state in _OVER:
                    self._publish(InvitationEnded(one.invitation_id))
            made.append(next(self._ids))
            user = next((c.user for c in self._truth.colleagues.values() if c.number == party.number), "")
            invitation = PhoneInvitation(made[-1], command.room, party, me, self._now(), user=user)
            self._publish(InvitationChanged(invitation))
        return InvitedByPhone(tuple(made))

    def _mute(self, command: MuteParticipants) -> Result:
        there = [one for one in self._truth.conferences.participants.values() if one.room == command.room]
        if command.participant_ids:
            chosen = [self._known(command.room, each) for each in command.participant_ids]
        else:
            chosen = [one for one in there if not one.chair]
        me = self._truth.state().profile.user
        if any(one.user != me for one in chosen) or not command.participant_ids:
            self._controlled(command.room)
        for one in chosen:
            self._publish(ParticipantChanged(replace(one, muted=command.muted)))
        return Done()

    def _steer(self, command: HangUpParticipant | LockConference | SetChair | EndConference) -> Result:
        self._controlled(command.room)
        running = self._truth.conferences.running.get(command.room)
        match command:
            case HangUpParticipant(room, participant_id):
                self._known(room, participant_id)
                self.go(participant_id)
            case SetChair(room, participant_id, chair):
                self._publish(ParticipantChanged(replace(self._known(room, participant_id), chair=chair)))
            case LockConference(_, locked):
                if running is None:
                    raise _refused(ErrorCode.CONFLICT)
                self._publish(ConferenceChanged(replace(running, locked=locked)))
            case EndConference(room):
                if running is not None:
                    self._publish(ConferenceEnded(room))
        return Done()

    def _withdraw(self, invitation_id: str) -> Result:
        known = self._truth.conferences.invitations.get(invitation_id)
        if known is None:
            raise _refused(ErrorCode.NOT_FOUND)
        if known.state is InvitationState.CONNECTED:
            raise _refused(ErrorCode.CONFLICT)
        self._publish(InvitationEnded(invitation_id))
        self._end_if_empty(known.room)
        return Done()

    def _set_pin(self, command: SetRoomPin) -> Result:
        self._controlled(command.room)
        mirror = self._truth.conferences
        if command.pin and not (command.pin.isdigit() and 4 <= len(command.pin) <= 10):
            raise _refused(ErrorCode.INVALID)
        rooms = tuple(
            replace(each, pin=command.pin) if each.number == command.room else each for each in mirror.rooms
        )
        self._publish(ConferenceRoomsChanged(mirror.released, mirror.mail_possible, rooms))
        return Done()

    def _end_if_empty(self, room: str) -> None:
        mirror = self._truth.conferences
        there = [one for one in mirror.participants.values() if one.room == room]
        called = [one for one in mirror.invitations.values() if one.room == room]
        if room in mirror.running and not there and not called:
            self._publish(ConferenceEnded(room))

    def _controlled(self, room: str) -> None:
        found = next((one for one in self._truth.conferences.rooms if one.number == room), None)
        if found is None:
            raise _refused(ErrorCode.NOT_FOUND)
        if not found.may_control:
            raise _refused(ErrorCode.NOT_PERMITTED)

    def _known(self, room: str, participant_id: str) -> Participant:
        found = self._truth.conferences.participants.get(participant_id)
        if found is None or found.room != room:
            raise _refused(ErrorCode.NOT_FOUND)
        return found


def _refused(code: ErrorCode) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, code.value))
