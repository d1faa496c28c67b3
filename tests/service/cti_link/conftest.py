"""A real websocket server with TLS, a network that can be bad before it, and a link."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer, FakeNetwork
from tests.helpers.waiting import SECONDS
from tests.service.cti_link.ear import QUICK, Ear
from wwphone.cti.api import (
    ServerAddress,
)
from wwphone.cti.link import WebSocketLink
from wwphone.protocol.examples import SIGNED_IN, SNAPSHOT


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: CertificateAuthority) -> ServerCertificate:
    return authority.good()


@pytest.fixture
def core() -> FakeCtiCore:
    return FakeCtiCore(SNAPSHOT.state, heartbeat_s=5.0 * SECONDS, sip_account=SIGNED_IN.sip_account)


@pytest.fixture
async def server(core: FakeCtiCore, certificate: ServerCertificate) -> AsyncIterator[FakeCtiServer]:
    async with FakeCtiServer(core, certificate) as server:
        yield server


@pytest.fixture
async def network(server: FakeCtiServer) -> AsyncIterator[FakeNetwork]:
    async with FakeNetwork(server.port) as network:
        yield network


@pytest.fixture
def address(network: FakeNetwork, authority: CertificateAuthority) -> ServerAddress:
    return ServerAddress("127.0.0.1", network.port, str(authority.ca_file))


@pytest.fixture
async def link() -> AsyncIterator[WebSocketLink]:
    link = WebSocketLink(times=QUICK)
    yield link
    await link.shutdown()


@pytest.fixture
def ear(link: WebSocketLink) -> Ear:
    return Ear(link)
