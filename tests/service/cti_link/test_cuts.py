"""Cuts, restarts, dead and slow lines, servers that misbehave: the link comes back by itself, or knows why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer, FakeNetwork
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.cti_link.ear import ANNA, QUICK, Ear
from wwphone.cti.api import (
    CommandRefusedError,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    LinkState,
    MirrorReplaced,
    SaidGoodbye,
    ServerAddress,
    SipAccountChanged,
    WireError,
)
from wwphone.cti.link import WebSocketLink
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import Colleague, PresenceStatus
from wwphone.protocol.calls import Dial, PhoneStateChanged
from wwphone.protocol.examples import SIGNED_IN, SNAPSHOT
from wwphone.protocol.message import Done
from wwphone.protocol.presence import SetPresence


async def test_a_cut_is_told_and_healed_with_what_was_missed(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    ear.forget()
    await network.stop()
    cut = await ear.hears(LinkState.INTERRUPTED)
    core.change(PhoneStateChanged("beat_keller", PhoneState.RINGING))
    assert link.mirror.phones["beat_keller"] is PhoneState.BUSY, "as of the cut"
    await wait_until_async(lambda: link.state.problem is LinkProblem.CONNECTION_REFUSED, "a try to fail")
    assert link.state.since == cut.since
    await network.start()
    await ear.equals(core)
    assert ear.states() == [LinkState.INTERRUPTED, LinkState.SIGNED_IN]
    assert MirrorReplaced() not in ear.heard, "events were enough"
    assert len(core.sign_ins) == 1, "the password was not sent again"
    assert core.resumes[-1].token


async def test_state_is_equal_within_half_a_second_of_the_line_coming_back(
    address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    link = WebSocketLink()  # with the times of the product
    ear = Ear(link)
    await link.sign_in(address, ANNA)
    clock = asyncio.get_running_loop().time
    for _ in range(3):
        network.cut()
        cut_s = clock()
        core.change(PhoneStateChanged("beat_keller", PhoneState.RINGING))
        core.change(PhoneStateChanged("anna_muster", PhoneState.RINGING))
        await ear.hears(LinkState.INTERRUPTED)
        await ear.hears(LinkState.SIGNED_IN)
        await ear.equals(core)
        assert clock() - cut_s < 1.5 * SECONDS
    await link.shutdown()
    rounds_s = [await _time_to_equal_after_restart(address, network, core) for _ in range(3)]
    assert min(rounds_s) < 0.5 * SECONDS, rounds_s


async def _time_to_equal_after_restart(
    address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> float:
    """Seconds from the line standing again to equal states, after a restart of the server."""
    link = WebSocketLink()
    ear = Ear(link)
    await link.sign_in(address, ANNA)
    core.restart()
    core.change(PhoneStateChanged("beat_keller", PhoneState.OFFLINE))
    network.cut()
    await ear.hears(LinkState.INTERRUPTED)
    await ear.equals(core)
    equal_at_s = asyncio.get_running_loop().time()
    await link.shutdown()
    return equal_at_s - network.accepted_at_s


async def test_a_killed_and_restarted_server_is_found_again(
    link: WebSocketLink, ear: Ear, address: ServerAddress, server: FakeCtiServer, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    await server.kill()
    await ear.hears(LinkState.INTERRUPTED)
    core.change(PhoneStateChanged("beat_keller", PhoneState.OFFLINE))
    await server.start()
    await ear.hears(LinkState.SIGNED_IN)
    await ear.equals(core)
    assert len(core.sign_ins) == 1


async def test_an_expired_session_is_opened_anew_with_the_password(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    core.sessions.clear()
    network.cut()
    await ear.hears(LinkState.INTERRUPTED)
    await ear.hears(LinkState.SIGNED_IN)
    assert len(core.sign_ins) == 2
    await ear.equals(core)


async def test_a_password_changed_meanwhile_is_tried_once(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    core.sessions.clear()
    core.sign_in_error = WireError(ErrorCode.WRONG_PASSWORD, "no")
    network.cut()
    await ear.hears(LinkState.REFUSED)
    assert len(core.sign_ins) == 2
    assert link.mirror.profile is None
    assert link.state.error is not None
    assert link.state.error.code is ErrorCode.WRONG_PASSWORD
    with pytest.raises(CommandRefusedError):
        await link.request(Dial("207"))


async def test_a_blocked_address_waits_as_long_as_told(
    address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    link = WebSocketLink(times=QUICK)
    await link.sign_in(address, ANNA)
    core.resume_error = WireError(ErrorCode.ADDRESS_BLOCKED, "later", retry_after_s=400.0)
    network.cut()
    await wait_until_async(lambda: (link.state.retry_in_s or 0) >= 400.0, "the long pause")
    assert link.state.state is LinkState.INTERRUPTED
    await link.shutdown()


async def test_another_pc_took_over(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore, network: FakeNetwork
) -> None:
    await link.sign_in(address, ANNA)
    gone = WireError(ErrorCode.SESSION_TAKEN_OVER, "signed in on LAPTOP-17")
    (connection,) = core.connections
    connection.put(connection.session.goodbye(gone, 0.0), 0.0)
    await ear.hears(LinkState.REFUSED)
    assert SaidGoodbye(gone) in ear.heard
    assert ear.heard[-1] == link.state
    assert SipAccountChanged(None) in ear.heard
    link.check_now()
    before = network.accepted
    await asyncio.sleep(0)
    assert network.accepted == before == 1


async def test_a_server_that_stops_politely_is_found_again(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    stopping = WireError(ErrorCode.SERVER_STOPPING, "back soon")
    (connection,) = core.connections
    connection.put(connection.session.goodbye(stopping, 0.0), 0.0)
    assert (await ear.hears(LinkState.INTERRUPTED)).problem is LinkProblem.SERVER_STOPPING
    await ear.hears(LinkState.SIGNED_IN)


async def test_the_sip_account_is_told_again_only_when_it_differs(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    ear.forget()
    for account in (SIGNED_IN.sip_account, None):
        core.sip_account = account
        network.cut()
        await ear.hears(LinkState.INTERRUPTED)
        await ear.hears(LinkState.SIGNED_IN)
    assert [event for event in ear.heard if isinstance(event, SipAccountChanged)] == [SipAccountChanged(None)]


# ---------------------------------------------------------------- dead and slow lines


async def test_a_half_open_line_is_noticed_by_its_silence(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    core.heartbeat_s = 0.2 * SECONDS
    await link.sign_in(address, ANNA)
    network.swallows = True
    assert (await ear.hears(LinkState.INTERRUPTED)).problem is LinkProblem.LINE_LOST
    network.swallows = False
    await ear.hears(LinkState.SIGNED_IN, 20 * SECONDS)
    await ear.equals(core)


async def test_a_quiet_line_is_kept_alive_by_heartbeats(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    core.heartbeat_s = 0.1 * SECONDS
    await link.sign_in(address, ANNA)
    clock = asyncio.get_running_loop().time
    end_s = clock() + 1.0 * SECONDS
    await wait_until_async(lambda: clock() > end_s, "ten heartbeats")
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]


async def test_a_slow_network_is_slow_and_nothing_else(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    colleagues = tuple(Colleague(f"user{n}", str(1000 + n), f"Nick {n}", "Sales") for n in range(2000))
    core.truth.replace(1, replace(SNAPSHOT.state, colleagues=colleagues))
    network.bytes_per_s = 64_000
    await link.sign_in(address, ANNA)
    await ear.equals(core)
    for number in range(50):
        core.change(PhoneStateChanged(f"user{number}", PhoneState.BUSY))
    assert await link.request(SetPresence(PresenceStatus.AVAILABLE)) == Done()
    await ear.equals(core)
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]


async def test_check_now_tries_at_once(
    address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    patient = replace(QUICK, first_s=1000.0, longest_s=1000.0)
    link = WebSocketLink(times=patient)
    ear = Ear(link)
    await link.sign_in(address, ANNA)
    network.cut()
    assert ((await ear.hears(LinkState.INTERRUPTED)).retry_in_s or 0) > 100
    link.check_now()
    await ear.hears(LinkState.SIGNED_IN)
    link.check_now()
    await ear.equals(core)
    await link.shutdown()


# ---------------------------------------------------------------- misbehaving servers


async def test_a_server_of_another_version(
    link: WebSocketLink,
    address: ServerAddress,
    core: FakeCtiCore,
    expected_logs: Callable[..., object],
) -> None:
    expected_logs("version 99", logger="wwphone.cti")
    core.protocol = 99
    with pytest.raises(LinkFailedError) as caught:
        await link.sign_in(address, ANNA)
    assert caught.value.problem is LinkProblem.UNSUPPORTED_VERSION


async def test_nonsense_costs_the_line_and_a_snapshot_mends_it(
    link: WebSocketLink,
    ear: Ear,
    address: ServerAddress,
    core: FakeCtiCore,
    expected_logs: Callable[..., object],
) -> None:
    expected_logs("misbehaved", logger="wwphone.cti")
    await link.sign_in(address, ANNA)
    ear.forget()
    (connection,) = core.connections
    connection.put(connection.session.send_events('{"kind":"events","revision":0,"events":[]}', 0.0), 0.0)
    assert (await ear.hears(LinkState.INTERRUPTED)).problem is LinkProblem.PROTOCOL
    await ear.hears(LinkState.SIGNED_IN)
    assert MirrorReplaced() in ear.heard
    await ear.equals(core)
