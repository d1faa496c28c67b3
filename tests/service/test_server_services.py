"""The services by themselves, with a clock that moves on demand: housekeeping, expiry, failures of the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import GROUPS, PEOPLE, CtiServerUnderTest
from tests.helpers.migrated import put_migrated
from tests.helpers.raw_cti import PASSWORD
from tests.helpers.server_parts import FakeClock, cheap_passwords
from tests.helpers.waiting import wait_until_async, wait_until_told
from tests.service.fragile_store import FakeFragileStore
from wwphone.domain.account import Mode, Transport
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import JournalEntry, PresenceStatus
from wwphone.protocol.account import ClientInfo, Resume, SetMode, SignIn, SignOut
from wwphone.protocol.calls import Dial, HangUp
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Done, Result
from wwphone.protocol.presence import SetPresence
from wwphone.protocol.registry import COMMANDS
from wwphone.server.api import PbxEndpoint, PbxError, StoreError
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.metrics import Metrics
from wwphone.server.services.accounts import (
    MAX_SESSIONS_PER_USER,
    AccountService,
    Opened,
    SessionTimes,
    SignInDependencies,
)
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import CommandService
from wwphone.server.services.desk_phone import DeskPhoneService
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.favourites import FavouritesService
from wwphone.server.services.moving import MovingService
from wwphone.server.services.parking import ParkingService
from wwphone.server.services.pbx import PbxService
from wwphone.server.services.phone_numbers import PhoneNumbers
from wwphone.server.services.phonebook import PhoneBookService
from wwphone.server.services.pickup import PickupService
from wwphone.server.services.presence import PresenceService, PresenceTimes
from wwphone.server.services.reachability import ReachabilityService, Sources
from wwphone.server.services.ring_groups import RingGroupService
from wwphone.server.services.shown import ShownService
from wwphone.server.services.sign_in_guard import BlockRule, SignInGuard
from wwphone.server.services.sip_accounts import Peer, SipAccounts
from wwphone.server.services.switches import SwitchService
from wwphone.server.services.waiting import WaitingService

ENDPOINT = PbxEndpoint("pbx.example.net", 5060, 5061, Transport.TLS)
FAR = Peer("192.0.2.1", encrypted=True)


class FakeLink:
    """A connection that remembers what it was told."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, Result | WireError]] = []
        self.goodbyes: list[ErrorCode] = []

    def answer(self, request_id: str, outcome: Result | WireError) -> None:
        self.answers.append((request_id, outcome))

    def goodbye(self, error: WireError) -> None:
        self.goodbyes.append(error.code)


@dataclass
class Services:
    """Everything on one store, nothing listening."""

    store: FakeFragileStore
    clock: FakeClock
    log: EventLog
    directory: DirectoryService
    presence: PresenceService
    reachability: ReachabilityService
    calls: CallService
    parking: ParkingService
    pickup: PickupService
    moving: MovingService
    ring_groups: RingGroupService
    waiting: WaitingService
    switches: SwitchService
    shown: ShownService
    desk_phone: DeskPhoneService
    phonebook: PhoneBookService
    pbx: FakePbx
    pbx_service: PbxService
    accounts: AccountService

    async def open(self, user: str = "anna", **fields: Any) -> Opened:
        """Sign in by password."""
        client = ClientInfo("1", fields.pop("host_name", "PC-1"))
        return await self.accounts.sign_in(SignIn(user, PASSWORD, client, **fields), FAR)

    async def resume(self, opened: Opened, mode: Mode = Mode.SOFTPHONE) -> Opened:
        """Go on by token."""
        assert opened.token is not None
        return await self.accounts.resume(Resume(opened.token, mode=mode), FAR)


def code_in(refusal: pytest.ExceptionInfo[CommandRefusedError]) -> ErrorCode:
    return refusal.value.error.code


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    store = FakeFragileStore(await put_migrated(f"sqlite:///{tmp_path}/s.sqlite"))
    clock, log, pbx = FakeClock(), EventLog(), FakePbx()
    await store.open()
    await store.replace_groups(GROUPS)
    for record in PEOPLE:
        await store.add_user(record)
    directory = DirectoryService(store, log, watch_s=3600)
    presence = PresenceService(store, directory, clock, PresenceTimes(grace_s=0.01))
    calls, devices = CallService(pbx, directory, log), DeviceService(directory, log)
    parking = ParkingService(pbx, calls, devices, directory, log)
    moving = MovingService(pbx, calls, devices)
    desk_phone = DeskPhoneService(pbx, calls, devices, log)
    passwords = cheap_passwords()
    guard = SignInGuard(store, BlockRule(), clock)
    needs = SignInDependencies(passwords, guard, SipAccounts(ENDPOINT), directory, presence)
    accounts = AccountService(store, needs, clock, SessionTimes(lifetime_s=86_400, seen_every_s=0.02))
    pbx_service = PbxService(pbx, directory, calls, devices, parking, ENDPOINT)
    ring_groups = RingGroupService(store, pbx, directory, presence, lambda _: False, log, clock)
    switches = SwitchService(store, pbx, directory, presence, lambda _: False, log, clock)
    sources = Sources(directory, presence, calls, devices, ring_groups)
    reachability = ReachabilityService(store, pbx, sources, log, clock)
    pickup = PickupService(pbx, directory, devices, log)
    pbx_service.also_tell(pickup.on_pbx_event)
    shown = ShownService(store, directory, log)
    favourites = FavouritesService(store, directory, log)
    phonebook = PhoneBookService(store, directory, log, clock, PhoneNumbers(), favourites, watch_s=3600)
    starting = (directory, presence, ring_groups, switches, reachability, shown, accounts, pbx_service)
    for service in starting:
        await service.start()
    yield Services(
        store,
        clock,
        log,
        directory,
        presence,
        reachability,
        calls,
        parking,
        pickup,
        moving,
        ring_groups,
        WaitingService(pbx, directory, devices),
        switches,
        shown,
        desk_phone,
        phonebook,
        pbx,
        pbx_service,
        accounts,
    )
    store.broken = False
    for ending in (pbx_service, accounts, reachability, switches, ring_groups, presence, directory):
        await ending.shutdown()
    passwords.shutdown()
    await store.close()


# ---------------------------------------------------------------- sessions


async def test_connected_sessions_are_noted_and_lost_ones_expire(services: Services) -> None:
    kept, lost = await services.open("anna"), await services.open("beat")
    link, other = FakeLink(), FakeLink()
    services.accounts.attach(kept.session, link)
    services.accounts.attach(lost.session, other)
    services.accounts.detach(lost.session, other)
    services.clock.pass_by(86_401)
    await wait_until_async(lambda: len(services.accounts.sessions) == 1, "the expiry")
    with pytest.raises(CommandRefusedError) as refusal:
        await services.resume(lost)
    assert code_in(refusal) is ErrorCode.SESSION_EXPIRED

    async def only_anna_of_now() -> bool:
        stored = await services.store.sessions()
        return [(one.user, one.last_seen) for one in stored] == [("anna", services.clock())]

    await wait_until_told(only_anna_of_now, "what is stored of sessions")
    assert link.goodbyes == []


async def test_sessions_that_expired_while_the_server_was_down_are_not_loaded(services: Services) -> None:
    opened = await services.open("anna")
    services.clock.pass_by(86_401)
    needs = services.accounts._needs
    restarted = AccountService(services.store, needs, services.clock, SessionTimes(lifetime_s=86_400))
    await restarted.start()
    assert len(restarted.sessions) == 0
    assert opened.token is not None
    with pytest.raises(CommandRefusedError):
        await restarted.resume(Resume(opened.token), FAR)
    await restarted.shutdown()


async def test_a_store_that_fails_is_no_end_of_housekeeping(
    services: Services, expected_logs: Callable[..., list[Any]]
) -> None:
    logs = expected_logs("sessions could not be kept up to date", logger="wwphone.server.services.accounts")
    opened, link = await services.open(), FakeLink()
    services.accounts.attach(opened.session, link)
    services.store.broken = True
    await wait_until_async(lambda: logs, "a vain try")
    services.store.broken = False
    services.clock.pass_by(10)
    now = services.clock()

    async def noted() -> bool:
        (stored,) = await services.store.sessions()
        return stored.last_seen == opened.session.last_seen == now

    await wait_until_told(noted, "a further try")
    assert link.goodbyes == []


async def test_a_user_has_so_many_sessions_and_the_longest_unseen_gives_way(services: Services) -> None:
    first = await services.open("carla", host_name="PC-0")
    for number in range(1, MAX_SESSIONS_PER_USER + 1):
        services.clock.pass_by(1)
        await services.open("carla", host_name=f"PC-{number}")
    assert len(services.accounts.sessions) == MAX_SESSIONS_PER_USER
    with pytest.raises(CommandRefusedError):
        await services.resume(first)


async def test_a_desk_phone_session_becomes_a_softphone_when_no_other_is_alive(services: Services) -> None:
    desk = await services.open("anna", mode=Mode.DESK_PHONE)
    assert desk.sip_account is None
    soft = await services.open("anna", host_name="PC-2")
    services.accounts.attach(soft.session, FakeLink())
    with pytest.raises(CommandRefusedError) as refusal:
        await services.resume(desk, Mode.SOFTPHONE)
    assert code_in(refusal) is ErrorCode.SIGNED_IN_ELSEWHERE
    assert (await services.resume(desk, Mode.DESK_PHONE)).sip_account is None
    await services.accounts.sign_out(soft.session)
    changed = await services.resume(desk, Mode.FLEXIBLE)
    assert changed.sip_account is not None
    assert [record.softphone for record in await services.store.sessions()] == [True]


async def test_a_lost_session_keeps_others_out_for_a_minute_only(services: Services) -> None:
    first, link = await services.open("anna", host_name="PC-1"), FakeLink()
    services.accounts.attach(first.session, link)
    services.accounts.detach(first.session, link)
    services.clock.pass_by(59)
    with pytest.raises(CommandRefusedError) as refusal:
        await services.open("anna", host_name="PC-2")
    assert code_in(refusal) is ErrorCode.SIGNED_IN_ELSEWHERE
    services.clock.pass_by(2)
    await services.open("anna", host_name="PC-2")
    assert len(services.accounts.sessions) == 1


async def test_a_session_that_ended_meanwhile_cannot_be_attached(services: Services) -> None:
    opened = await services.open()
    await services.accounts.sign_out(opened.session)
    assert not services.accounts.attach(opened.session, FakeLink())
    assert not services.presence.of("anna").connected


async def test_names_of_pcs_are_made_harmless(services: Services) -> None:
    opened = await services.open(host_name="\x1b[31m" + "PC\n" * 50)
    assert opened.session.host_name == ("[31m" + "PC" * 50)[:64]
    assert (await services.open("beat", host_name="\t \n")).session.host_name == "unknown"


async def test_a_store_that_fails_lets_nobody_in_and_nothing_half_done(
    services: Services, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("sessions could not be kept", logger="wwphone.server.services.accounts", optional=True)
    services.store.broken = True
    with pytest.raises(StoreError):
        await services.open()
    assert len(services.accounts.sessions) == 0


# ---------------------------------------------------------------- presence


async def test_a_return_that_cannot_be_kept_is_tried_again(
    services: Services, expected_logs: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wwphone.server.services.presence._RETRY_S", 0.01)
    logs = expected_logs("could not be made available again", logger="wwphone.server.services.presence")
    expected_logs("sessions could not be kept", logger="wwphone.server.services.accounts", optional=True)
    back_at = services.clock() + timedelta(seconds=60)
    await services.presence.choose("anna", SetPresence(PresenceStatus.BE_RIGHT_BACK, back_at), "PC-1")
    services.store.broken = True
    services.clock.pass_by(61)
    services.presence._returns_changed.set()
    await wait_until_async(lambda: logs, "a vain try")
    assert services.presence.of("anna").status is PresenceStatus.BE_RIGHT_BACK
    services.store.broken = False
    await wait_until_async(
        lambda: services.presence.of("anna").status is PresenceStatus.AVAILABLE, "the return"
    )


async def test_a_choice_the_store_refuses_is_not_shown(
    services: Services, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("sessions could not be kept", logger="wwphone.server.services.accounts", optional=True)
    services.store.broken = True
    revision = services.log.revision
    with pytest.raises(StoreError):
        await services.presence.choose("anna", SetPresence(PresenceStatus.UNAVAILABLE), "PC-1")
    assert services.presence.of("anna").status is PresenceStatus.AVAILABLE
    assert services.log.revision == revision


async def test_a_time_without_its_zone_is_invalid(services: Services) -> None:
    back_at = services.clock().replace(tzinfo=None) + timedelta(seconds=60)
    with pytest.raises(CommandRefusedError) as refusal:
        await services.presence.choose("anna", SetPresence(PresenceStatus.BE_RIGHT_BACK, back_at), "PC-1")
    assert code_in(refusal) is ErrorCode.INVALID
    assert await services.store.journal(None, 10) == ()


async def test_the_journal_says_who_what_when_and_where(services: Services) -> None:
    services.presence.client_connected("anna")
    await services.presence.choose("anna", SetPresence(PresenceStatus.UNAVAILABLE), "PC-1")
    (entry,) = await services.store.journal("anna", 10)
    presence = services.presence.of("anna")
    assert entry == JournalEntry(services.clock(), "anna", presence, set_by="anna")
    assert (presence.set_from, presence.connected) == ("PC-1", True)


# ---------------------------------------------------------------- PBX and commands


async def test_users_who_go_take_their_calls_and_devices_along(services: Services) -> None:
    await wait_until_async(lambda: services.pbx.connected, "the PBX")
    services.pbx.register("beat", "sip:beat@192.0.2.2:5060")
    services.pbx.call("beat", "999999")
    services.pbx.register("anna", "sip:anna@192.0.2.1:5060")
    services.pbx.call("anna", "202")
    assert services.calls.legs_of("beat")
    await services.store.remove_user("beat")
    await services.directory.refresh()
    assert services.calls.legs_of("beat") == ()
    assert dict(services.calls.phones(["anna"])) == {"anna": PhoneState.BUSY}


async def test_the_pbx_is_configured_again_when_it_comes_back(
    services: Services, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    asked = services.pbx.asked.configurations
    await wait_until_async(lambda: len(asked) == 1, "the first configuration")
    services.pbx.break_line()
    services.pbx.fail_next(PbxError("nobody there"))
    await services.store.replace_user(replace(PEOPLE[1], displayed_number="+41445550100"))
    await services.directory.refresh()
    await wait_until_async(lambda: not services.pbx._errors, "the vain try")
    services.pbx.restore_line()
    await wait_until_async(lambda: len(asked) == 2, "the second configuration")
    assert asked[-1] == services.pbx_service.configuration()


def command_service(services: Services) -> CommandService:
    handlers = (
        services.presence,
        services.calls,
        services.reachability,
        services.parking,
        services.pickup,
        services.moving,
        services.ring_groups,
        services.waiting,
        services.switches,
        services.shown,
        services.desk_phone,
        services.phonebook,
    )
    return CommandService({k: v for one in handlers for k, v in one.commands().items()}, Metrics())


async def test_every_command_of_the_protocol_is_carried_out_by_somebody(
    cti_server: CtiServerUnderTest,
) -> None:
    by_the_connection = {SignIn, Resume, SignOut, SetMode}
    handled = set(cti_server.running._commands.handlers)
    assert handled | by_the_connection == set(COMMANDS.values())


async def test_answers_go_over_the_connection_of_the_moment_or_into_the_record(services: Services) -> None:
    commands = command_service(services)
    session = (await services.open()).session
    link = FakeLink()
    services.accounts.attach(session, link)
    session.record.begin("1")
    commands.begin(session, "1", SetPresence(PresenceStatus.UNAVAILABLE))
    await wait_until_async(lambda: link.answers, "the answer")
    assert link.answers == [("1", Done())]
    services.accounts.detach(session, link)
    session.record.begin("2")
    commands.begin(session, "2", SetPresence(PresenceStatus.AVAILABLE))
    await wait_until_async(lambda: session.record.answer("2"), "the record")
    await commands.shutdown()


async def test_a_command_that_never_ends_does_not_hold_up_the_end(services: Services) -> None:
    commands = command_service(services)
    session = (await services.open()).session
    session.record.begin("1")
    async with services.presence._locks.of("anna"):
        commands.begin(session, "1", SetPresence(PresenceStatus.UNAVAILABLE))
        await commands.shutdown(patience_s=0.05)
    assert session.record.answer("1") is None


async def test_hanging_up_by_the_id_of_a_click_works_whichever_device_took_it(services: Services) -> None:
    await wait_until_async(lambda: services.pbx.connected, "the PBX")
    services.pbx.register("anna", "sip:anna@192.0.2.1:5060")
    dialled = await services.calls.dial("anna", Dial("999999"))
    await services.calls.hang_up("anna", HangUp(dialled.leg_id))
    assert services.pbx.asked.hung_up == [dialled.leg_id]
    with pytest.raises(CommandRefusedError) as refusal:
        await services.calls.hang_up("anna", HangUp(dialled.leg_id))
    assert code_in(refusal) is ErrorCode.NOT_FOUND
