"""Commands over the link: answered once, whatever happens to the line."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer, FakeNetwork
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.cti_link.ear import ANNA, QUICK, Ear
from wwphone.cti.api import (
    CommandRefusedError,
    ErrorCode,
    LinkState,
    ServerAddress,
)
from wwphone.cti.link import WebSocketLink
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.calls import Dial, Dialled
from wwphone.protocol.message import Done
from wwphone.protocol.presence import SetPresence


async def test_commands_are_answered_or_refused(
    link: WebSocketLink, ear: Ear, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    assert await link.request(SetPresence(PresenceStatus.UNAVAILABLE)) == Done()
    assert isinstance(await link.request(Dial("207")), Dialled)
    assert len(link.mirror.legs) == 1
    await ear.equals(core)


async def test_while_interrupted_commands_fail_at_once(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    await network.stop()
    await ear.hears(LinkState.INTERRUPTED)
    with pytest.raises(CommandRefusedError) as caught:
        await link.request(Dial("207"))
    assert caught.value.error.code is ErrorCode.NOT_EXECUTED
    assert core.executed == []


async def test_a_command_in_flight_gets_its_answer_after_the_cut(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    core.hold.add(Dial)
    dialling = asyncio.create_task(link.request(Dial("207")))
    await wait_until_async(lambda: core.executed, "the command to run")
    network.cut()
    await ear.hears(LinkState.INTERRUPTED)
    core.release()
    assert isinstance(await dialling, Dialled)
    assert len(core.executed) == 1


async def test_a_command_the_restarted_server_knows_nothing_of(
    link: WebSocketLink, address: ServerAddress, server: FakeCtiServer, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    core.hold.add(Dial)
    dialling = asyncio.create_task(link.request(Dial("207")))
    await wait_until_async(lambda: core.executed, "the command to run")
    await server.kill()
    await server.start()
    with pytest.raises(CommandRefusedError) as caught:
        await dialling
    assert caught.value.error.code is ErrorCode.UNKNOWN_OUTCOME
    assert len(core.executed) == 1


async def test_a_command_that_never_arrived(
    link: WebSocketLink, ear: Ear, address: ServerAddress, network: FakeNetwork, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    network.swallows = True
    dialling = asyncio.create_task(link.request(Dial("207")))
    await asyncio.sleep(0)
    link.check_now()
    await ear.hears(LinkState.INTERRUPTED)
    network.swallows = False
    with pytest.raises(CommandRefusedError) as caught:
        await dialling
    assert caught.value.error.code is ErrorCode.NOT_EXECUTED
    assert core.executed == []


async def test_an_answer_that_never_comes(address: ServerAddress, core: FakeCtiCore) -> None:
    link = WebSocketLink(times=replace(QUICK, answer_limit_s=0.1 * SECONDS))
    await link.sign_in(address, ANNA)
    core.hold.add(Dial)
    with pytest.raises(CommandRefusedError) as caught:
        await link.request(Dial("207"))
    assert caught.value.error.code is ErrorCode.UNKNOWN_OUTCOME
    core.release()
    assert await link.request(SetPresence(PresenceStatus.AVAILABLE)) == Done()
    await link.shutdown()


async def test_who_waits_is_answered_when_the_link_is_shut_down(
    link: WebSocketLink, address: ServerAddress, core: FakeCtiCore
) -> None:
    await link.sign_in(address, ANNA)
    core.hold.add(Dial)
    dialling = asyncio.create_task(link.request(Dial("207")))
    await wait_until_async(lambda: core.executed, "the command to run")
    await link.shutdown()
    with pytest.raises(CommandRefusedError) as caught:
        await dialling
    assert caught.value.error.code is ErrorCode.UNKNOWN_OUTCOME
