"""Passwords go to the one server that was named, and into no log, not even at DEBUG."""

from __future__ import annotations

import logging

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.fake_cti_core import PASSWORD, FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer, FakeNetwork
from tests.helpers.ports import LOOPBACK, free_port
from tests.service.cti_link.ear import ANNA, QUICK, Ear
from wwphone.cti.api import LinkFailedError, LinkProblem, LinkState, ServerAddress
from wwphone.cti.link import WebSocketLink
from wwphone.protocol.examples import SIGNED_IN


async def test_nothing_secret_is_logged(
    address: ServerAddress,
    network: FakeNetwork,
    core: FakeCtiCore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    link = WebSocketLink(times=QUICK)
    ear = Ear(link)
    await link.sign_in(address, ANNA)
    network.cut()
    await ear.hears(LinkState.INTERRUPTED)
    await ear.hears(LinkState.SIGNED_IN)
    told = f"{caplog.text}{link.__dict__}{ear.heard}"
    await link.sign_out()
    assert "CTI link interrupted" in told
    assert SIGNED_IN.sip_account is not None
    for secret in (PASSWORD, SIGNED_IN.sip_account.password, *core.sessions, "token-1"):
        assert secret not in told
    assert '{"kind":' not in told, "no frame at all is logged, not even shortened"


async def test_a_redirect_is_not_followed(core: FakeCtiCore, link: WebSocketLink) -> None:
    async with FakeCtiServer(core, None) as elsewhere:

        def redirect(connection: ServerConnection, request: Request) -> Response:
            return Response(302, "Found", Headers(Location=f"ws://{LOOPBACK}:{elsewhere.port}/cti"))

        async def never(connection: ServerConnection) -> None:
            raise AssertionError("the handshake cannot succeed")

        port = free_port()
        async with serve(never, LOOPBACK, port, process_request=redirect):
            with pytest.raises(LinkFailedError) as caught:
                await link.sign_in(ServerAddress(LOOPBACK, port, tls=False), ANNA)
        assert caught.value.problem is LinkProblem.NO_CTI_SERVER
        assert core.connections == []


async def test_the_password_is_forgotten_with_the_session(
    link: WebSocketLink, authority: CertificateAuthority, address: ServerAddress
) -> None:
    await link.sign_in(address, ANNA)
    assert link._plan is not None
    await link.sign_out()
    assert link._plan is None
