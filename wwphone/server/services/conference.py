"""Running conferences: steered by those who may, told to those who see them, found again after every breakdown.

Theory. The PBX has the conferences and goes on with them while this server or the line between both is away; when the line comes up it
tells all anew, and what it does not tell is over. Here it is decided who sees and steers what (`conference_rooms`), and told (`conference_runs`).
What the PBX was asked for shows when the PBX tells that it is so.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping

from wwphone.domain.calls import Party
from wwphone.domain.conference import (
    INVITATIONS_UNDER_WAY,
    MAX_PARTICIPANTS,
    InvitationState,
    Participant,
    PhoneInvitation,
)
from wwphone.protocol.conference import (
    ConferencesState,
    EndConference,
    HangUpParticipant,
    InviteByPhone,
    InvitedByPhone,
    LockConference,
    MuteParticipants,
    SetChair,
    SetRoomPin,
    WithdrawInvitation,
)
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import Pbx, PbxEvent, Store, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.conference_api import (
    PlannedConferences,
)
from wwphone.server.conference_rules import checked_parties, checked_room_pin
from wwphone.server.services.commands import Handler
from wwphone.server.services.conference_keeper import ConferenceKeeper, ConferenceNeighbours
from wwphone.server.services.sessions import Session

logger = logging.getLogger(__name__)


class ConferenceService:
    """All rooms, and what runs in them."""

    def __init__(
        self, store: Store, pbx: Pbx, neighbours: ConferenceNeighbours, keeper: ConferenceKeeper, clock: Clock
    ) -> None:
        self._store = store
        self._pbx = pbx
        self._calls, self._directory = neighbours.calls, neighbours.directory
        self._book = neighbours.book
        self._keeper = keeper
        self._board, self._invitations = keeper.board, keeper.invitations
        self._clock = clock

    async def start(self) -> None:
        """Begin to follow; before the PBX connects. Raises StoreError."""
        await self._keeper.start()

    async def shutdown(self) -> None:
        """Tell nothing any more; conferences go on at the PBX."""
        await self._keeper.shutdown()

    @property
    def running(self) -> int:
        """How many conferences run."""
        return len(self._board.runs)

    def state_for(self, user: str) -> ConferencesState:
        """What a user sees of rooms and running conferences; what is planned is another service's."""
        return self._board.state_for(user)

    def watch_plans(self, planned: PlannedConferences) -> Callable[[], None]:
        """Say from now on which planned conference it is that runs; call what is returned when plans or their times change."""
        self._keeper.planned = planned
        return self._keeper.plans_changed

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Follow what happens in the rooms."""
        self._keeper.on_pbx_event(event)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            InviteByPhone: self._on_invite,
            WithdrawInvitation: self._on_withdraw,
            HangUpParticipant: self._on_hang_up,
            MuteParticipants: self._on_mute,
            LockConference: self._on_lock,
            SetChair: self._on_set_chair,
            EndConference: self._on_end,
            SetRoomPin: self._on_set_pin,
        }

    async def _on_invite(self, session: Session, command: InviteByPhone) -> Result:
        self._must_control(session.user, command.room)
        if not self._book.knows(command.room):
            raise _refused(ErrorCode.CONFLICT, "the room was removed; it goes on until everybody has left")
        people = {record.number: record for record in self._directory.users.values()}
        try:
            parties = checked_parties(command.parties, self._book.numbers - people.keys())
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        self._calls.must_be_connected()
        run = self._board.run(command.room)
        called = {party: self._invitations.under_way(run, party.number) if run else None for party in parties}
        new = [party for party, under_way in called.items() if under_way is None]
        if (run.expected if run else 0) + len(new) > MAX_PARTICIPANTS:
            raise _refused(ErrorCode.CONFLICT, f"at most {MAX_PARTICIPANTS} people are in one room")
        made = {party: self._invitation(session.user, command.room, party, people) for party in new}
        await asyncio.gather(*(self._keeper.call(one) for one in made.values()))
        ids = [(made.get(party) or under_way) for party, under_way in called.items()]
        return InvitedByPhone(tuple(one.invitation_id for one in ids if one is not None))

    async def _on_withdraw(self, session: Session, command: WithdrawInvitation) -> Result:
        known = self._board.invitation(command.invitation_id)
        if known is None or not self._book.sees(session.user, known.room):
            raise _refused(ErrorCode.NOT_FOUND, "there is no such invitation")
        self._must_control(session.user, known.room)
        if known.state is InvitationState.CONNECTED:
            raise _refused(ErrorCode.CONFLICT, "whoever was called is there already")
        if known.state in INVITATIONS_UNDER_WAY:
            self._calls.must_be_connected()
            try:
                await self._pbx.conference.withdraw(known.invitation_id)
            except KeyError:
                logger.debug("nobody was called any more by an invitation that was withdrawn")
        now = self._board.invitation(command.invitation_id)
        if now is not None and now.state is InvitationState.CONNECTED:
            raise _refused(ErrorCode.CONFLICT, "whoever was called has just answered")
        if now is not None:
            self._invitations.remove(now)
            self._keeper.settle(now.room)
        return Done()

    async def _on_hang_up(self, session: Session, command: HangUpParticipant) -> Result:
        self._must_control(session.user, command.room)
        self._participant(command.room, command.participant_id)
        self._calls.must_be_connected()
        await self._of_somebody(self._pbx.conference.hang_up(command.participant_id))
        return Done()

    async def _on_mute(self, session: Session, command: MuteParticipants) -> Result:
        room, ids = command.room, command.participant_ids
        if not self._book.sees(session.user, room):
            raise _no_such_room()
        chosen = [self._participant(room, each) for each in dict.fromkeys(ids)]
        if not chosen or any(one.user != session.user for one in chosen):
            self._must_control(session.user, room)
        if not ids:
            run = self._board.run(room)
            chosen = [one for one in run.participants.values() if not one.chair] if run else []
        self._calls.must_be_connected()
        others = [one for one in chosen if one.muted is not command.muted]
        asked = (self._pbx.conference.mute(one.participant_id, command.muted) for one in others)
        if ids:
            await asyncio.gather(*(self._of_somebody(one) for one in asked))
        else:
            _raise_worst(await asyncio.gather(*asked, return_exceptions=True))
        return Done()

    async def _on_lock(self, session: Session, command: LockConference) -> Result:
        self._must_control(session.user, command.room)
        run = self._board.run(command.room)
        if run is None or not run.participants:
            raise _refused(ErrorCode.CONFLICT, "nobody is there")
        self._calls.must_be_connected()
        await self._pbx.conference.lock(command.room, command.locked)
        return Done()

    async def _on_set_chair(self, session: Session, command: SetChair) -> Result:
        self._must_control(session.user, command.room)
        self._participant(command.room, command.participant_id)
        self._calls.must_be_connected()
        await self._of_somebody(self._pbx.conference.set_chair(command.participant_id, command.chair))
        return Done()

    async def _on_end(self, session: Session, command: EndConference) -> Result:
        self._must_control(session.user, command.room)
        self._calls.must_be_connected()
        await self._pbx.conference.end(command.room)
        self._keeper.end(command.room)
        return Done()

    async def _on_set_pin(self, session: Session, command: SetRoomPin) -> Result:
        room = self._book.room(command.room)
        if room is None or not self._book.sees(session.user, command.room):
            raise _no_such_room()
        if not self._book.owns(session.user, command.room):
            raise _refused(ErrorCode.NOT_PERMITTED, "it is not your room")
        try:
            checked_room_pin(command.pin, (command.room,))
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        try:
            await self._store.set_room_pin(command.room, room.owner, command.pin)
        except KeyError:
            raise _no_such_room() from None
        await self._directory.refresh()
        return Done()

    # ------------------------------------------------------------ inside

    def _invitation(
        self, by: str, room: str, party: Party, people: Mapping[str, UserRecord]
    ) -> PhoneInvitation:
        record = people.get(party.number)
        if record is not None:
            party = Party(record.number, party.name if record.hidden else record.nickname)
        user = record.user if record is not None else ""
        return PhoneInvitation(uuid.uuid4().hex, room, party, by, self._clock(), user=user)

    def _must_control(self, user: str, room: str) -> None:
        if not self._book.sees(user, room):
            raise _no_such_room()
        if not self._book.controls(user, room):
            raise _refused(ErrorCode.NOT_PERMITTED, "you do not control this room")

    def _participant(self, room: str, participant_id: str) -> Participant:
        run = self._board.run(room)
        found = run.participants.get(participant_id) if run is not None else None
        if found is None:
            raise _nobody()
        return found

    async def _of_somebody(self, asked: Awaitable[None]) -> None:
        try:
            await asked
        except KeyError:
            raise _nobody() from None


def _raise_worst(outcomes: Iterable[BaseException | None]) -> None:
    """Raise what one of several came to; whoever left meanwhile is no failure."""
    for outcome in outcomes:
        if outcome is not None and not isinstance(outcome, KeyError):
            raise outcome


def _no_such_room() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such room")


def _nobody() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "nobody there is called so")


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
