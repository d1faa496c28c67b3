"""Certificates are verified, a bad one is named by its fault, and nobody hammers at such a door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer
from tests.helpers.ports import free_port
from tests.helpers.waiting import SECONDS
from tests.service.cti_link.ear import ANNA, QUICK, Ear
from wwphone.cti.api import LinkFailedError, LinkProblem, LinkState, ServerAddress
from wwphone.cti.link import WebSocketLink

Maker = Callable[[CertificateAuthority], ServerCertificate]

BAD: dict[str, tuple[Maker, LinkProblem]] = {
    "expired": (CertificateAuthority.expired, LinkProblem.CERTIFICATE_EXPIRED),
    "not yet valid": (CertificateAuthority.not_yet_valid, LinkProblem.CERTIFICATE_EXPIRED),
    "for another host": (CertificateAuthority.for_another_host, LinkProblem.CERTIFICATE_WRONG_HOST),
    "self-signed": (CertificateAuthority.self_signed, LinkProblem.CERTIFICATE_UNTRUSTED),
}


async def failure(link: WebSocketLink, address: ServerAddress) -> LinkFailedError:
    with pytest.raises(LinkFailedError) as caught:
        await link.sign_in(address, ANNA)
    return caught.value


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_certificate_is_named(
    name: str, authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink
) -> None:
    make, problem = BAD[name]
    async with FakeCtiServer(core, make(authority)) as server:
        address = ServerAddress("127.0.0.1", server.port, str(authority.ca_file))
        error = await failure(link, address)
    assert error.problem is problem
    assert error.detail
    assert link.state.problem is problem
    assert core.sign_ins == [], "no password reaches a server we do not trust"


async def test_a_certificate_for_another_name_by_name(
    authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink
) -> None:
    async with FakeCtiServer(core, authority.for_another_host()) as server:
        error = await failure(link, ServerAddress("localhost", server.port, str(authority.ca_file)))
    assert error.problem is LinkProblem.CERTIFICATE_WRONG_HOST


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_right_name_is_accepted(
    host: str, authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink
) -> None:
    async with FakeCtiServer(core, authority.good()) as server:
        await link.sign_in(ServerAddress(host, server.port, str(authority.ca_file)), ANNA)
        assert link.state.state is LinkState.SIGNED_IN
        await link.sign_out()


async def test_an_authority_nobody_named_is_not_trusted(
    authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink, tmp_path: Path
) -> None:
    other = CertificateAuthority(tmp_path, name="somebody else")
    async with FakeCtiServer(core, authority.good()) as server:
        by_the_system = await failure(link, ServerAddress("127.0.0.1", server.port))
        by_another = await failure(link, ServerAddress("127.0.0.1", server.port, str(other.ca_file)))
    assert by_the_system.problem is LinkProblem.CERTIFICATE_UNTRUSTED
    assert by_another.problem is LinkProblem.CERTIFICATE_UNTRUSTED


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_a_file_of_authorities_that_is_none(
    content: str | None, core: FakeCtiCore, link: WebSocketLink, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    error = await failure(link, ServerAddress("127.0.0.1", 9, str(file)))
    assert error.problem is LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE
    assert str(file) in error.detail


async def test_a_file_of_authorities_that_changed_is_read_again(
    authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink, tmp_path: Path
) -> None:
    other = CertificateAuthority(tmp_path / "other", name="somebody else")
    file = tmp_path / "trusted.pem"
    async with FakeCtiServer(core, authority.good()) as server:
        address = ServerAddress("127.0.0.1", server.port, str(file))
        file.write_bytes(other.ca_file.read_bytes())
        assert (await failure(link, address)).problem is LinkProblem.CERTIFICATE_UNTRUSTED
        file.write_bytes(other.ca_file.read_bytes() + authority.ca_file.read_bytes())
        await link.sign_in(address, ANNA)
        await link.sign_out()


async def test_a_server_that_answers_tls_with_http(link: WebSocketLink) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    port = free_port()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        error = await failure(link, ServerAddress("127.0.0.1", port))
    assert error.problem is LinkProblem.TLS_FAILED


async def test_a_server_that_hangs_up_at_tls(core: FakeCtiCore, link: WebSocketLink) -> None:
    async with FakeCtiServer(core, None) as server:
        error = await failure(link, ServerAddress("127.0.0.1", server.port))
    assert error.problem in (LinkProblem.LINE_LOST, LinkProblem.TLS_FAILED)


async def test_a_websocket_server_of_something_else(
    authority: CertificateAuthority, core: FakeCtiCore, link: WebSocketLink
) -> None:
    async with FakeCtiServer(core, authority.good(), subprotocol="chat") as server:
        error = await failure(link, ServerAddress("127.0.0.1", server.port, str(authority.ca_file)))
    assert error.problem is LinkProblem.NO_CTI_SERVER


async def test_a_certificate_that_went_bad_is_not_hammered_at(
    authority: CertificateAuthority, core: FakeCtiCore
) -> None:
    """The second try comes after the longest pause, not after the shortest, but it does come."""
    link = WebSocketLink(times=replace(QUICK, first_s=0.01, longest_s=0.4 * SECONDS), chance=lambda: 1.0)
    ear = Ear(link)
    good = FakeCtiServer(core, authority.good())
    bad = FakeCtiServer(core, authority.expired())
    bad.port = good.port
    await good.start()
    await link.sign_in(ServerAddress("127.0.0.1", good.port, str(authority.ca_file)), ANNA)
    await good.kill()
    await bad.start()
    while (told := await ear.hears(LinkState.INTERRUPTED)).problem is not LinkProblem.CERTIFICATE_EXPIRED:
        pass
    assert told.retry_in_s == 0.4 * SECONDS
    clock = asyncio.get_running_loop().time
    began_s = clock()
    await bad.stop()
    await good.start()
    await ear.hears(LinkState.SIGNED_IN)
    assert clock() - began_s > 0.2 * SECONDS
    await link.shutdown()
    await good.stop()


@pytest.mark.parametrize("host", ["192.0.2.1", "pbx.example.com", "::2", "0.0.0.0"])
def test_only_this_machine_may_do_without_tls(host: str) -> None:
    with pytest.raises(ValueError, match="without TLS"):
        ServerAddress(host, 5039, tls=False)
    assert ServerAddress(host, 5039).tls


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_may(host: str) -> None:
    assert not ServerAddress(host, 5039, tls=False).tls


@pytest.mark.parametrize(("host", "port"), [("", 5039), ("x", 0), ("x", 65_536)])
def test_an_address_has_host_and_port(host: str, port: int) -> None:
    with pytest.raises(ValueError, match="host and a port"):
        ServerAddress(host, port)
