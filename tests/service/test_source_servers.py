"""Sources that are served badly: CardDAV without sync tokens, answers without end, redirections, LDAP that is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from tests.helpers.ports import LOOPBACK
from wwphone.domain.sources import SourceState
from wwphone.server.source_settings import SourceKind, SourceSettings
from wwphone.server.sources.carddav import CardDavSource
from wwphone.server.sources.ldap import LdapSource
from wwphone.server.sources_api import SourceFailedError

HEAD = '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
Say = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OldServer:
    """A CardDAV server that knows no RFC 6578; `cards` by name, each with its tag."""

    def __init__(self) -> None:
        self.cards: dict[str, tuple[str, str]] = {}
        self.questions: list[str] = []
        self.other: Say | None = None
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        what = "sync" if "sync-collection" in body else "cards" if "multiget" in body else request.method
        self.questions.append(what)
        if self.other is not None:
            return await self.other(request)
        if what == "sync":
            return web.Response(status=403, text="<D:error/>")
        lines = []
        for name, (tag, text) in self.cards.items():
            data = f"<C:address-data>{text}</C:address-data>" if what == "cards" else ""
            if what != "cards" or f">/book/{name}<" in body:
                lines.append(
                    f"<D:response><D:href>/book/{name}</D:href><D:propstat><D:prop><D:getetag>{tag}</D:getetag>"
                    f"{data}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
                )
        return web.Response(status=207, text=f"{HEAD}{''.join(lines)}</D:multistatus>")


@pytest.fixture
async def old() -> AsyncIterator[OldServer]:
    made = OldServer()
    application = web.Application(client_max_size=0)
    application.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, 0)
    await site.start()
    [(host, port)] = runner.addresses
    made.url = f"http://{host}:{port}/book/"
    yield made
    await runner.cleanup()


def source(url: str) -> CardDavSource:
    settings = SourceSettings(
        "old", SourceKind.CARDDAV, url, insecure_loopback=True, user="phone", password="secret"
    )
    return CardDavSource(settings, None)


def card(name: str) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:+41 44 555 01 23\nEND:VCARD"


async def names(reader: CardDavSource) -> list[str]:
    return [one.name for one in (await reader.search(["5550123"])).entries]


async def test_without_sync_tokens_etags_are_compared(old: OldServer) -> None:
    old.cards = {f"{number}.vcf": ('"1"', card(f"Person {number}")) for number in range(70)}
    reader = source(old.url)
    await reader.refresh()
    assert len(await names(reader)) == 20
    assert old.questions == ["sync", "PROPFIND", "cards", "cards"]
    old.cards = {"1.vcf": ('"1"', card("Anna")), "2.vcf": ('"2"', card("Beat"))}
    old.questions.clear()
    await reader.refresh()
    assert await names(reader) == ["Person 1", "Beat"], "whose tag is the same is not fetched"
    assert old.questions == ["sync", "PROPFIND", "cards"]


async def test_a_card_that_is_too_long_costs_no_other(old: OldServer) -> None:
    long = card("Long").replace("TEL", f"PHOTO:{'A' * (17 * 1024 * 1024)}\nTEL")
    old.cards = {"a.vcf": ('"1"', card("Anna")), "l.vcf": ('"1"', long), "b.vcf": ('"1"', card("Beat"))}
    reader = source(old.url)
    await reader.refresh()
    assert await names(reader) == ["Anna", "Beat"]


async def test_a_redirection_is_not_followed_and_what_was_read_stays(old: OldServer) -> None:
    old.cards = {"a.vcf": ('"1"', card("Anna"))}
    reader = source(old.url)
    await reader.refresh()

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"{old.url}elsewhere/")

    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(status=207, text="<html>Welcome</html>")

    async def ill(_: web.Request) -> web.Response:
        return web.Response(status=503)

    cases = {elsewhere: SourceState.REFUSED, nonsense: SourceState.BROKEN, ill: SourceState.UNREACHABLE}
    for other, state in cases.items():
        old.other = other
        old.questions.clear()
        with pytest.raises(SourceFailedError) as failed:
            await reader.refresh()
        assert failed.value.state is state
        assert len(old.questions) == 1
        finding = await reader.search(["anna"])
        assert (finding.state, [one.name for one in finding.entries]) == (state, ["Anna"])


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\x7f\xff\xff\xff", b"\x30\x05\x02\x01\x01\x61\x00", b""],
    ids=["http", "two gigabytes", "cut short", "nothing"],
)
async def test_what_is_no_ldap_is_given_up_at_once(said: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(said)
        if not said:
            writer.close()
        await reader.read()  # until the other side has had enough
        writer.close()

    async with await asyncio.start_server(answer, LOOPBACK, 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = SourceSettings(
            "bad", SourceKind.LDAP, f"ldap://{LOOPBACK}:{port}", base="dc=x", insecure_loopback=True
        )
        with pytest.raises(SourceFailedError) as failed:
            await LdapSource(settings, None).search(["anna"])
        expected = SourceState.BROKEN if said else SourceState.UNREACHABLE
        assert failed.value.state is expected
