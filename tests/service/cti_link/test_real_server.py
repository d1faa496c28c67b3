"""The product's link and the product's server, over TLS, with a network between them that can be bad."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.fake_cti_server import FakeNetwork
from tests.helpers.raw_cti import PASSWORD
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.cti_link.ear import QUICK, Ear
from wwphone.cti.api import CommandRefusedError, Credentials, ErrorCode, LinkProblem, LinkState, ServerAddress
from wwphone.cti.link import RetryTimes, WebSocketLink
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.message import Done
from wwphone.protocol.presence import SetPresence


class Person:
    """Somebody with a link of their own, over a network of their own."""

    def __init__(self, server: CtiServerUnderTest, user: str, times: RetryTimes) -> None:
        self.network = FakeNetwork(server.running.listener.port)
        self.link = WebSocketLink(times=times)
        self.ear = Ear(self.link)
        self._authority = str(server.settings.sip_certificate_authority)
        self._credentials = Credentials(user, PASSWORD)

    async def sign_in(self) -> None:
        await self.network.start()
        address = ServerAddress("127.0.0.1", self.network.port, self._authority)
        await self.link.sign_in(address, self._credentials)

    async def leave(self) -> None:
        await self.link.shutdown()
        await self.network.stop()

    def sees(self, user: str) -> PresenceStatus:
        return self.link.mirror.presences[user].shown


@asynccontextmanager
async def signed_in(
    server: CtiServerUnderTest, user: str, times: RetryTimes = QUICK
) -> AsyncIterator[Person]:
    person = Person(server, user, times)
    try:
        await person.sign_in()
        yield person
    finally:
        await person.leave()


async def test_two_people_see_each_other(cti_server: CtiServerUnderTest) -> None:
    async with signed_in(cti_server, "anna") as anna, signed_in(cti_server, "beat") as beat:
        assert anna.ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]
        assert await beat.link.request(SetPresence(PresenceStatus.DIRECT_ONLY)) == Done()
        assert beat.sees("beat") is PresenceStatus.DIRECT_ONLY, "an answer never comes before its effect"
        await wait_until_async(lambda: anna.sees("beat") is PresenceStatus.DIRECT_ONLY, "Anna to see it")
        await beat.link.sign_out()
        await wait_until_async(lambda: anna.sees("beat") is PresenceStatus.OFFLINE, "Beat to be offline")


async def test_what_was_missed_is_there_half_a_second_after_the_line(cti_server: CtiServerUnderTest) -> None:
    async with (
        signed_in(cti_server, "anna", RetryTimes()) as anna,
        signed_in(cti_server, "beat") as beat,
    ):
        choices = (PresenceStatus.UNAVAILABLE, PresenceStatus.AVAILABLE, PresenceStatus.DIRECT_ONLY)
        rounds_s = [await _time_to_see(anna, beat, status) for status in choices]
        assert min(rounds_s) < 0.5 * SECONDS, rounds_s
        assert anna.link.mirror.colleagues == beat.link.mirror.colleagues


async def _time_to_see(anna: Person, beat: Person, status: PresenceStatus) -> float:
    """Seconds from Anna's line coming back to her seeing what Beat chose meanwhile."""
    await anna.network.stop()
    await anna.ear.hears(LinkState.INTERRUPTED)
    await beat.link.request(SetPresence(status))
    await anna.network.start()
    await wait_until_async(lambda: anna.sees("beat") is status, "what was missed")
    return asyncio.get_running_loop().time() - anna.network.accepted_at_s


async def test_a_restart_of_the_server_is_survived(cti_server: CtiServerUnderTest) -> None:
    async with signed_in(cti_server, "anna", RetryTimes()) as anna:
        await anna.link.request(SetPresence(PresenceStatus.INTERNAL_ONLY))
        await cti_server.restart()
        anna.network.target_port = cti_server.running.listener.port
        assert (await anna.ear.hears(LinkState.INTERRUPTED)).problem is LinkProblem.SERVER_STOPPING
        await anna.ear.hears(LinkState.SIGNED_IN)
        assert anna.sees("anna") is PresenceStatus.INTERNAL_ONLY
        assert await anna.link.request(SetPresence(PresenceStatus.AVAILABLE)) == Done()


async def test_the_session_moves_and_the_first_pc_stays_out(cti_server: CtiServerUnderTest) -> None:
    async with signed_in(cti_server, "anna") as first:
        second = Person(cti_server, "anna", QUICK)
        with pytest.raises(CommandRefusedError) as caught:
            await second.sign_in()
        assert caught.value.error.code is ErrorCode.SIGNED_IN_ELSEWHERE
        assert caught.value.error.sessions
        address = ServerAddress(
            "127.0.0.1", second.network.port, str(cti_server.settings.sip_certificate_authority)
        )
        await second.link.sign_in(address, Credentials("anna", PASSWORD), take_over=True)
        refused = await first.ear.hears(LinkState.REFUSED)
        assert refused.error is not None
        assert refused.error.code is ErrorCode.SESSION_TAKEN_OVER
        assert first.link.mirror.profile is None
        await second.leave()
