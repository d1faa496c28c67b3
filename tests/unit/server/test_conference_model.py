"""Anything may happen in any order: what clients were told by events is always what a snapshot says, and nobody is told too much.

People come, go, talk, are called in, made chairs, lose rights, are hidden and removed; rooms come and go; the line to the PBX breaks.
After each step the mirror of everybody, and of somebody who came late, equals what the server would put into a snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.cti_server import user_record
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right, Transport
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState, PhoneInvitation
from wwphone.protocol.codec import decode_server_frame
from wwphone.protocol.conference import (
    ConferencesState,
    EndConference,
    HangUpParticipant,
    InviteByPhone,
    LockConference,
    MuteParticipants,
    SetChair,
    WithdrawInvitation,
)
from wwphone.protocol.conference_mirror import ConferenceMirror
from wwphone.protocol.errors import CommandRefusedError
from wwphone.protocol.frames import EventsFrame
from wwphone.protocol.message import Command
from wwphone.server.api import (
    PbxConfiguration,
    PbxEndpoint,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxRoom,
    UserRecord,
)
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.services import conference_runs
from wwphone.server.services.calls import CallService
from wwphone.server.services.conference import ConferenceService
from wwphone.server.services.conference_keeper import ConferenceKeeper, ConferenceNeighbours
from wwphone.server.services.conference_rooms import RoomBook
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.pbx import pbx_user, personal_rooms
from wwphone.server.services.sessions import Session
from wwphone.server.store.sql_store import SqlStore

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOLDS = frozenset({Right.CTI_ACCESS, Right.CONFERENCE_ROOM})
EVERYBODY = (
    user_record("anna", "201", rights=HOLDS),
    user_record("beat", "202", rights=HOLDS),
    user_record("chief", "203", rights=frozenset({Right.ADMINISTRATE})),
    user_record("dora", "204", hidden=True),
    user_record("emil", "205"),
)
NAMES = tuple(record.user for record in EVERYBODY)
ROOMS = (PbxRoom("400", "Hall", "40302010"), PbxRoom("450", "Den", "90807060", "emil"))
NUMBERS = ("201", "202", "400", "450")
STRANGERS = ("+41445550123", "+41445550124")


class InvitationsInMemory(SqlStore):
    """The part of a store that keeps who was called in; everything else of it is closed."""

    def __init__(self) -> None:
        super().__init__("sqlite:///never-opened")
        self.kept: dict[str, PhoneInvitation] = {}

    async def conference_invitations(self) -> tuple[PhoneInvitation, ...]:
        return tuple(self.kept.values())

    async def write_conference_invitations(
        self, changed: Collection[PhoneInvitation], removed: Collection[str]
    ) -> None:
        for each in removed:
            self.kept.pop(each, None)
        self.kept.update((one.invitation_id, one) for one in changed)


class Client:
    """A mirror that follows the event log, over the wire's JSON."""

    def __init__(self, log: EventLog, user: str, state: ConferencesState) -> None:
        self.user = user
        self.mirror = ConferenceMirror()
        self.mirror.replace(state)
        self._log = log
        self._revision = log.revision

    def follow(self) -> ConferencesState:
        batch = self._log.since(self._revision, self.user)
        assert batch is not None
        self._revision = batch.revision
        if batch.text is not None:
            frame = decode_server_frame(batch.text)
            assert isinstance(frame, EventsFrame)
            for event in frame.events:
                if type(event) in self.mirror.handlers:
                    self.mirror.handlers[type(event)](event)
        return self.mirror.state()


class House:
    """The service with a PBX in memory and a directory that the steps change."""

    def __init__(self) -> None:
        self.now = NOON
        self.log = EventLog()
        self.store = InvitationsInMemory()
        self.directory = DirectoryService(self.store, self.log)
        self.pbx = FakePbx(self.clock)
        self.users = {record.user: record for record in EVERYBODY}
        self.rooms = {room.number: room for room in ROOMS}
        self.clients: list[Client] = []
        self.service = self.calls = None  # type: Any

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    async def start(self) -> None:
        await self._configure(first=True)
        await self._serve()
        self.clients = [Client(self.log, user, self.service.state_for(user)) for user in NAMES]

    async def _serve(self) -> None:
        self.calls = CallService(self.pbx, self.directory, self.log)
        book = RoomBook(self.directory, "+41445550180", lambda: True)
        neighbours = ConferenceNeighbours(self.calls, self.directory, self.log, book)
        keeper = ConferenceKeeper(self.store, self.pbx, neighbours, self.clock, empty_s=0.001)
        self.service = ConferenceService(self.store, self.pbx, neighbours, keeper, self.clock)
        await self.service.start()
        await self.pbx.start(self._on_pbx_event)
        await asyncio.sleep(0)

    def _on_pbx_event(self, event: PbxEvent) -> None:
        match event:
            case PbxLegChanged():
                self.calls.on_leg_changed(event)
            case PbxLegEnded():
                self.calls.on_leg_ended(event)
        self.service.on_pbx_event(event)

    async def _configure(self, *, first: bool = False) -> None:
        records = tuple(self.users.values())
        self.directory._rooms = tuple(self.rooms.values())
        if first:
            self.directory._take(dict(self.users))
        else:
            self.directory._apply(dict(self.users), ())
        rooms = (*self.rooms.values(), *personal_rooms(records, self.rooms.values()))
        endpoint = PbxEndpoint("127.0.0.1", 5060, 5061, Transport.UDP)
        await self.pbx.configure(PbxConfiguration(tuple(pbx_user(r, endpoint) for r in records), rooms=rooms))

    # ------------------------------------------------------------ steps: each does what two numbers choose

    def enter(self, a: int, b: int) -> None:
        number = [*(record.number for record in EVERYBODY), *STRANGERS][a % 7]
        room = self.pbx.room(NUMBERS[b % 4])
        if room is not None and room.number not in self.pbx.conference.locked:
            name = {record.number: record.nickname for record in EVERYBODY}.get(number, "")
            self.pbx.conference.enter(room.number, number, name=name, pin=room.pin, own=bool(b & 4))

    def leave(self, a: int, b: int) -> None:
        del b
        if there := self._participant(a):
            self.pbx.conference.leave(there)

    def talk(self, a: int, b: int) -> None:
        if there := self._participant(a):
            self.pbx.conference.talk(there, talking=bool(b & 1))

    def key(self, a: int, b: int) -> None:
        if there := self._participant(a):
            self.pbx.conference.mute_by_key(there, muted=bool(b & 1))

    async def invite(self, a: int, b: int) -> None:
        parties = (Party(STRANGERS[a % 2], "Shop"), Party(EVERYBODY[a % 5].number))[: 1 + a % 2]
        await self._ask(b, InviteByPhone(NUMBERS[a % 4], parties))

    def answer(self, a: int, b: int) -> None:
        if one := self._called(a):
            if b & 1:
                self.pbx.conference.answer(one)
            else:
                states = (InvitationState.RINGING, InvitationState.BUSY, InvitationState.NO_ANSWER)
                self.pbx.conference.becomes(one, states[b % 3])

    async def withdraw(self, a: int, b: int) -> None:
        if one := self._called(a):
            await self._ask(b, WithdrawInvitation(one))

    async def steer(self, a: int, b: int) -> None:
        room, there = NUMBERS[a % 4], self._participant(a)
        commands: tuple[Command, ...] = (
            LockConference(room, locked=bool(a & 4)),
            MuteParticipants(room, muted=bool(a & 4)),
            MuteParticipants(room, bool(a & 4), (there,)),
            SetChair(room, there, chair=bool(a & 4)),
            HangUpParticipant(room, there),
            EndConference(room),
        )
        await self._ask(b, commands[a % 6])

    def cut(self, a: int, b: int) -> None:
        """What happens while the line is broken is told together when it comes back."""
        self.pbx.break_line()
        for step in ((self.leave, self.enter), (self.leave,), (self.answer,), (self.enter, self.talk))[a % 4]:
            step(b, a)
        if a & 4:
            self.pbx.restore_line()

    def mend(self, a: int, b: int) -> None:
        del a, b
        self.pbx.restore_line()

    async def change_user(self, a: int, b: int) -> None:
        record = EVERYBODY[a % 5]
        changes: tuple[Callable[[UserRecord], UserRecord], ...] = (
            lambda one: replace(one, rights=one.rights ^ {Right.CONFERENCE_ROOM}),
            lambda one: replace(one, rights=one.rights ^ {Right.ADMINISTRATE}),
            lambda one: replace(one, hidden=not one.hidden),
            lambda one: replace(one, nickname=f"{one.nickname}!"),
        )
        if record.user not in self.users:
            self.users[record.user] = record
        elif b % 6 == 5:
            del self.users[record.user]
            self.rooms = {
                n: replace(r, owner="") if r.owner == record.user else r for n, r in self.rooms.items()
            }
        else:
            self.users[record.user] = changes[b % 4](self.users[record.user])
        await self._configure()

    async def change_room(self, a: int, b: int) -> None:
        room = ROOMS[a % 2]
        if room.owner not in self.users:
            room = replace(room, owner="")
        if room.number in self.rooms and b & 1:
            del self.rooms[room.number]
        else:
            self.rooms[room.number] = replace(room, pin=f"9{b % 10_000:05}")
        await self._configure()

    async def let_time_pass(self, a: int, b: int) -> None:
        del a, b
        loop = asyncio.get_running_loop()
        then = loop.time() + 0.003
        await wait_until_async(lambda: loop.time() >= then, "a moment to pass")

    async def restart(self, a: int, b: int) -> None:
        del a, b
        await self.service.shutdown()
        await self.pbx.shutdown()
        self.log = EventLog()
        self.directory = DirectoryService(self.store, self.log)
        self.directory._rooms = tuple(self.rooms.values())
        self.directory._take(dict(self.users))
        await self._serve()
        self.clients = [Client(self.log, user, self.service.state_for(user)) for user in self.users]

    def late(self, a: int, b: int) -> None:
        del b
        user = NAMES[a % 5]
        if user in self.users:
            self.clients.append(Client(self.log, user, self.service.state_for(user)))

    # ------------------------------------------------------------ what holds

    def check(self) -> None:
        self.clients = [client for client in self.clients if client.user in self.users]
        for client in self.clients:
            state = client.follow()
            assert state == self.service.state_for(client.user), client.user
            self._must_be_allowed(client.user, state)

    def _must_be_allowed(self, user: str, state: ConferencesState) -> None:
        record, there = self.users[user], self.pbx.conference.participants.values()
        assert state.released is (Right.CONFERENCE_ROOM in record.rights)
        entered = {one.room for one in state.participants if one.user == user}
        for room in state.rooms:
            known = self.pbx.room(room.number)
            is_mine = known is not None and (
                known.owner == user or (not known.owner and Right.CONFERENCE_ROOM in record.rights)
            )
            assert is_mine or Right.ADMINISTRATE in record.rights or room.number in entered, room
            chairs = {one.user for one in state.participants if one.room == room.number and one.chair}
            may = is_mine or Right.ADMINISTRATE in record.rights or user in chairs
            assert room.may_control is may, room
            assert room.may_control or not room.pin
        seen = {room.number for room in state.rooms}
        assert {one.room for one in state.running} <= seen
        assert {one.room for one in state.participants} <= {one.room for one in state.running}
        assert {one.room for one in state.invitations} <= {one.room for one in state.running}
        for one in state.participants:
            assert one.user in ("", user) or not self.users[one.user].hidden
            assert one.user == user or not one.leg_id
        if self.pbx.connected:
            visible = {one.participant_id for one in there if one.room in seen}
            assert {one.participant_id for one in state.participants} == visible

    # ------------------------------------------------------------ inside

    def _participant(self, a: int) -> str:
        there = sorted(self.pbx.conference.participants)
        return there[a % len(there)] if there else ""

    def _called(self, a: int) -> str:
        called = [one.invitation_id for one in self.pbx.conference.invited]
        under_way = [one for one in called if one in self.pbx.conference._invitations]
        there = {one.invitation_id for one in self.pbx.conference.participants.values()}
        under_way = [one for one in under_way if one not in there]
        return under_way[a % len(under_way)] if under_way else ""

    async def _ask(self, by: int, command: Command) -> None:
        user = NAMES[by % 5]
        if user in self.users:
            session = Session("", user, "PC", softphone=False, since=NOON, last_seen=NOON)
            with suppress(CommandRefusedError):
                await self.service.commands()[type(command)](session, command)


Step = Callable[[int, int], Coroutine[Any, Any, None] | None]
STEPS = (
    *("enter", "enter", "enter", "leave", "talk", "talk", "key", "invite", "invite", "answer", "answer"),
    *("withdraw", "steer", "steer", "steer", "cut", "cut", "change_user", "change_user", "change_room"),
    *("mend", "let_time_pass", "late", "restart"),
)


async def live(steps: list[tuple[str, int, int]]) -> None:
    house = House()
    await house.start()
    for name, a, b in steps:
        step: Step = getattr(house, name)
        done = step(a, b)
        if done is not None:
            await done
        house.check()
    house.pbx.restore_line()
    for there in tuple(house.pbx.conference.participants):
        house.pbx.conference.leave(there)
    for called in tuple(house.pbx.conference._invitations):
        house.pbx.conference.becomes(called, InvitationState.NO_ANSWER)
    house.check()
    await wait_until_async(lambda: not house.service.running, "the end of everything")
    house.check()
    await house.service.shutdown()
    assert house.store.kept == {}, "nothing is left of what is over"


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 59), st.integers(0, 59)), min_size=30, max_size=60
    )
)
def test_clients_know_what_is_so_and_nothing_that_is_not_theirs(
    steps: list[tuple[str, int, int]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conference_runs, "TALK_S", 0.001)
        patch.setattr(conference_runs, "_TALK_S_FOR_EACH", 0.0)
        asyncio.run(live(steps))
