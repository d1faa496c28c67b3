"""The client's link against a real websocket server: signing in and out, and who is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer, FakeNetwork
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.cti_link.ear import ANNA, QUICK, Ear
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    ErrorCode,
    LinkEvent,
    LinkFailedError,
    LinkProblem,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    ServerAddress,
    SipAccountChanged,
    WireError,
)
from wwphone.cti.link import WebSocketLink
from wwphone.domain.calls import PhoneState
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.examples import SIGNED_IN, SNAPSHOT
from wwphone.protocol.session import LocalMisuseError


async def test_signing_in_gives_profile_account_and_state(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    answer = await link.sign_in(address, ANNA)
    assert answer.profile == SNAPSHOT.state.profile
    assert answer.sip_account == SIGNED_IN.sip_account
    assert link.mirror.state() == core.truth.state()
    assert [type(event) for event in ear.heard] == [
        LinkStateChanged,
        MirrorReplaced,
        SipAccountChanged,
        LinkStateChanged,
    ]
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]


async def test_what_happens_on_the_server_shows(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    event = PhoneStateChanged("beat_keller", PhoneState.RINGING)
    core.change(event)
    await wait_until_async(lambda: MirrorChanged((event,)) in ear.heard, "the event")
    assert link.mirror.phones["beat_keller"] is PhoneState.RINGING


@pytest.mark.parametrize("keep_trying", [False, True])
async def test_a_wrong_password_is_sent_once(
    link: WebSocketLink, address: ServerAddress, core: FakeCtiCore, keep_trying: bool
) -> None:
    with pytest.raises(CommandRefusedError) as caught:
        await link.sign_in(address, Credentials("anna_muster", "hunter2"), keep_trying=keep_trying)
    assert caught.value.error.code is ErrorCode.WRONG_PASSWORD
    assert link.state.state is LinkState.REFUSED
    assert len(core.sign_ins) == 1
    assert "hunter2" not in repr(link.state)
    link.check_now()
    await asyncio.sleep(0)
    assert len(core.sign_ins) == 1


async def test_moving_a_session_here(link: WebSocketLink, address: ServerAddress, core: FakeCtiCore) -> None:
    core.sign_in_error = WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "on PC X")
    with pytest.raises(CommandRefusedError):
        await link.sign_in(address, ANNA)
    await link.sign_in(address, ANNA, take_over=True)
    assert [one.take_over for one in core.sign_ins] == [False, True]
    assert link.state.state is LinkState.SIGNED_IN


async def test_without_a_server_a_first_sign_in_fails_at_once(
    link: WebSocketLink, address: ServerAddress, network: FakeNetwork
) -> None:
    await network.stop()
    with pytest.raises(LinkFailedError) as caught:
        await link.sign_in(address, ANNA)
    assert caught.value.problem is LinkProblem.CONNECTION_REFUSED
    assert (link.state.state, link.state.problem) == (LinkState.SIGNED_OUT, LinkProblem.CONNECTION_REFUSED)


async def test_or_keeps_trying(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork
) -> None:
    await network.stop()
    async with asyncio.TaskGroup() as group:
        signing_in = group.create_task(link.sign_in(address, ANNA, keep_trying=True))
        await wait_until_async(lambda: link.state.retry_in_s is not None, "the first try to fail")
        assert link.state.problem is LinkProblem.CONNECTION_REFUSED
        with pytest.raises(LocalMisuseError):
            await link.sign_in(address, ANNA)
        await network.start()
    assert (await signing_in).profile.user == "anna_muster"
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]


async def test_giving_up_to_sign_in(
    link: WebSocketLink, address: ServerAddress, network: FakeNetwork
) -> None:
    network.swallows = True
    signing_in = asyncio.create_task(link.sign_in(address, ANNA))
    await wait_until_async(lambda: network.accepted, "a connection")
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    assert link.state.state is LinkState.SIGNED_OUT


async def test_signing_out_while_signing_in(
    link: WebSocketLink, address: ServerAddress, network: FakeNetwork
) -> None:
    network.swallows = True
    signing_in = asyncio.create_task(link.sign_in(address, ANNA))
    await wait_until_async(lambda: network.accepted, "a connection")
    await link.sign_out()
    with pytest.raises(LinkFailedError):
        await signing_in


async def test_a_server_that_never_greets_is_given_up(
    address: ServerAddress, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.swallows = True
    link = WebSocketLink(times=replace(QUICK, connect_limit_s=0.3 * SECONDS))
    with pytest.raises(LinkFailedError) as caught:
        await link.sign_in(address, ANNA)
    assert caught.value.problem is LinkProblem.TIMEOUT
    await link.shutdown()


async def test_signing_out_ends_the_session_on_the_server(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    await link.sign_out()
    assert core.sessions == {}
    assert link.mirror.profile is None
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN, LinkState.SIGNED_OUT]
    assert ear.heard[-1] == link.state


async def test_signing_out_without_a_line_works_too(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork
) -> None:
    await link.sign_in(address, ANNA)
    await network.stop()
    await ear.hears(LinkState.INTERRUPTED)
    await link.sign_out()
    assert link.state.state is LinkState.SIGNED_OUT
    assert link.state.retry_in_s is None


async def test_shutting_down_leaves_the_session_for_the_next_start(
    link: WebSocketLink, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    await link.shutdown()
    await link.shutdown()
    assert len(core.sessions) == 1
    assert link.state.state is LinkState.SIGNED_OUT


async def test_signing_in_as_somebody_else_signs_out_first(
    link: WebSocketLink, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    await link.sign_in(address, ANNA)
    assert list(core.sessions) == ["token-2"]


async def test_a_listener_that_fails_does_not_break_the_line(
    link: WebSocketLink, ear: Ear, address: ServerAddress, expected_logs: Callable[..., object]
) -> None:
    expected_logs("a listener of the CTI link failed", logger="wwphone.cti")

    def fails(event: LinkEvent) -> None:
        raise ValueError("in a listener")

    stop = link.add_listener(fails)
    await link.sign_in(address, ANNA)
    stop()
    stop()
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]


async def test_on_this_machine_tls_may_be_off(core: FakeCtiCore, link: WebSocketLink, tmp_path: Path) -> None:
    async with FakeCtiServer(core, None) as server:
        await link.sign_in(ServerAddress("127.0.0.1", server.port, tls=False), ANNA)
        assert link.state.state is LinkState.SIGNED_IN
        await link.sign_out()
