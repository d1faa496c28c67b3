"""Sources beside the phone book, over the wire: a real LDAP directory, a real CardDAV server, one that hangs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import radicale, slapd
from tests.helpers.certificates import CertificateAuthority
from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.hanging import HangingServer
from tests.helpers.radicale import RadicaleServer
from tests.helpers.slapd import BASE, SlapdServer
from tests.helpers.waiting import SECONDS, wait_until_async, wait_until_told
from wwphone.domain.sources import SourceState
from wwphone.server.certificates import IssuedFiles
from wwphone.server.source_settings import SourceKind, SourceSettings
from wwphone.server.sources.carddav import CardDavSource
from wwphone.server.sources.opening import open_source
from wwphone.server.sources_api import SourceFailedError

_BIDI = "\u202e"
PEOPLE: dict[str, dict[str, str | bytes]] = {
    "hans": {
        "cn": "Hans Müller", "sn": "Müller", "givenName": "Hans", "o": "Müller AG",
        "telephoneNumber": "+41 44 555 01 23", "mobile": "079 123 45 67", "mail": "hans@mueller.example",
    },
    "rosa": {"cn": "Rosa Brüggstössel", "sn": "Brüggstössel", "telephoneNumber": "044 555 01 99"},
    "vera": {"cn": "Vera Müller", "sn": "Müller", "telephoneNumber": "044 555 01 24"},
    "mallory": {
        "cn": f"Mal{_BIDI}lory\x07", "sn": f"Mal{_BIDI}lory", "givenName": "x" * 5000,
        "telephoneNumber": "0900;phone-context=evil", "mail": "no address", "o": "Hostile *)(uid=*",
    },
    **{f"p{number}": {"cn": f"Peter {number}", "sn": f"Many{number}"} for number in range(30)},
}  # fmt: skip


def card(name: str, surname: str, number: str) -> str:
    lines = ["VERSION:3.0", f"UID:{name}", f"FN:{name} {surname}", f"N:{surname};{name};;;"]
    lines += ["ORG:Garten Müller;Blumen", f"TEL;TYPE=WORK,VOICE:{number}", "EMAIL:gruen@garten.example"]
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


GRETA = card("Greta", "Gärtner", "052 333 44 55")


@pytest.fixture(scope="module")
def directory() -> Iterator[SlapdServer]:
    with SlapdServer() as made:
        yield made.start(PEOPLE)


@pytest.fixture(scope="module")
def book() -> Iterator[RadicaleServer]:
    with RadicaleServer() as made:
        yield made.start({"greta": GRETA})


def ldap(directory: SlapdServer, **more: Any) -> SourceSettings:
    settings: dict[str, Any] = {
        "url": f"ldap://127.0.0.1:{directory.port}", "name": "Kunden", "user": slapd.USER,
        "password": slapd.PASSWORD, "base": BASE, "certificate_authority": directory.ca_file,
        "time_limit_s": 10 * SECONDS,
    }  # fmt: skip
    return SourceSettings("customers", SourceKind.LDAP, **{**settings, **more})


def carddav(book: RadicaleServer, **more: Any) -> SourceSettings:
    settings: dict[str, Any] = {
        "url": book.url, "name": "Partner", "user": radicale.USER, "password": radicale.PASSWORD,
        "certificate_authority": book.ca_file, "time_limit_s": 10 * SECONDS,
    }  # fmt: skip
    return SourceSettings("partners", SourceKind.CARDDAV, **{**settings, **more})


@pytest.fixture
async def hanging() -> AsyncIterator[HangingServer]:
    async with HangingServer() as made:
        yield made


@pytest.fixture
async def server(
    tmp_path: Path,
    tls_files: IssuedFiles,
    directory: SlapdServer,
    book: RadicaleServer,
    hanging: HangingServer,
) -> AsyncIterator[CtiServerUnderTest]:
    """A CTI server in Switzerland with three sources, of which the first never answers."""
    silent = replace(
        ldap(directory, url=f"ldap://127.0.0.1:{hanging.port}", time_limit_s=SECONDS), source_id="silent"
    )
    sources = (silent, ldap(directory), carddav(book))
    under_test = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH", sources=sources)
    async with under_test:
        yield under_test


async def found(settings: SourceSettings, *words: str) -> list[str]:
    """The names a source finds by itself."""
    reader = open_source(settings)
    await reader.start()
    try:
        return [one.name for one in (await reader.search(words)).entries]
    finally:
        await reader.shutdown()


async def test_a_source_that_hangs_delays_no_other_and_ends_at_its_limit(
    server: CtiServerUnderTest, hanging: HangingServer
) -> None:
    anna = await server.signed_in("anna")
    assert [one["source_id"] for one in anna.snapshot["sources"]] == ["silent", "customers", "partners"]
    order: list[str] = []

    async def ask(source_id: str) -> dict[str, Any]:
        reply = await anna.request("sources.search", {"source_id": source_id, "text": "müller"})
        order.append(source_id)
        return dict(reply["body"]["answer"])

    silent, customers, partners = await asyncio.gather(*map(ask, ("silent", "customers", "partners")))
    assert order[-1] == "silent"
    assert (silent["state"], silent["found"]) == ("silent", [])
    names = [(one["first_name"], one["surname"], one["office"]) for one in customers["found"]]
    assert names == [("Hans", "Müller", "+41445550123"), ("", "Vera Müller", "+41445550124")]
    assert [one["company"] for one in partners["found"]] == ["Garten Müller, Blumen"]
    await wait_until_async(lambda: not hanging.open, "the server to hang up")


async def test_a_newer_search_takes_the_place_of_the_former(
    server: CtiServerUnderTest, hanging: HangingServer
) -> None:
    anna = await server.signed_in("anna")

    def search(text: str) -> asyncio.Task[dict[str, Any]]:
        return asyncio.create_task(anna.request("sources.search", {"source_id": "silent", "text": text}))

    former = search("mü")
    await wait_until_async(lambda: hanging.open == 1, "the first question")
    dialling = asyncio.create_task(
        anna.request("sources.search", {"source_id": "silent", "text": "mül", "dialling": True})
    )
    await wait_until_async(lambda: hanging.connections == 2, "the question of the dial field")
    assert not former.done(), "one dials while the phone book is searched"
    newer = search("mül")
    assert (await former)["body"]["code"] == "conflict"
    for one in (newer, dialling):
        assert (await one)["body"]["answer"]["state"] == "silent"
    assert hanging.connections == 3
    for body, code in (
        ({"source_id": "nowhere", "text": "müller"}, "not_found"),
        ({"source_id": "customers", "text": " m "}, "invalid"),
        ({"source_id": "customers", "text": "m" * 101}, "invalid"),
        ({"source_id": "customers", "text": "mü\0"}, "invalid"),
    ):
        assert (await anna.request("sources.search", body))["body"]["code"] == code


async def test_a_caller_is_known_by_a_source_and_remembered(
    server: CtiServerUnderTest, hanging: HangingServer
) -> None:
    anna = await server.signed_in("anna")
    reply = await anna.request("sources.ask_name", {"number": "079 123 45 67"})
    assert [one["surname"] for one in reply["body"]["found"]["found"]] == ["Müller"]
    asked = hanging.connections
    assert asked == 1
    again = await anna.request("sources.ask_name", {"number": "+41791234567"})
    assert again["body"] == reply["body"]
    for internal in ("202", "117", "", "not a number"):
        nobody = await anna.request("sources.ask_name", {"number": internal})
        assert nobody["body"]["found"]["found"] == []
    assert hanging.connections == asked, "nobody is asked a second time, nor for numbers of this house"


@pytest.mark.parametrize("encrypted_at_once", [False, True], ids=["StartTLS", "ldaps"])
async def test_words_are_found_however_they_are_typed(
    directory: SlapdServer, encrypted_at_once: bool
) -> None:
    url = (
        f"ldaps://127.0.0.1:{directory.tls_port}"
        if encrypted_at_once
        else f"ldap://127.0.0.1:{directory.port}"
    )
    settings = ldap(directory, url=url)
    for words in (
        ["MUELLER", "hans"],
        ["mül", "ag"],
        ["muller", "hans"],
        ["mul", "ag"],
        ["0445550123"],
        ["+41445550123"],
        ["4567"],
    ):
        assert await found(settings, *words) == ["Hans Müller"], words
    assert await found(settings, "bruggstossel") == ["Rosa Brüggstössel"], "two umlauts in a word"
    for text in ("*", "(&)", "\\2a", "hans*", "*)(objectClass=*"):
        count = len(await found(settings, text))
        assert count == (1 if text == "*" else 0), f"{text}: an asterisk is a letter, no wildcard"


async def test_what_a_hostile_entry_says_is_cleaned_or_left_out(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    reply = await anna.request("sources.search", {"source_id": "customers", "text": "*)(uid=*"})
    [entry] = reply["body"]["answer"]["found"]
    assert {key: text for key, text in entry.items() if text} == {
        "surname": "Mallory",
        "company": "Hostile *)(uid=*",
    }
    many = await anna.request("sources.search", {"source_id": "customers", "text": "peter"})
    assert len(many["body"]["answer"]["found"]) == 20
    assert many["body"]["answer"]["more"] is True


async def test_wrong_certificates_and_passwords_have_their_words(
    directory: SlapdServer, book: RadicaleServer, tmp_path: Path
) -> None:
    stranger = CertificateAuthority(tmp_path, "stranger").ca_file
    nowhere = f"ldap://127.0.0.1:{directory.port}"
    cases = {
        SourceState.UNREACHABLE: [
            ldap(directory, certificate_authority=stranger),
            ldap(directory, url=f"ldaps://127.0.0.1:{directory.tls_port}", certificate_authority=stranger),
            carddav(book, certificate_authority=stranger),
            ldap(directory, url="ldap://127.0.0.1:1"),
        ],
        SourceState.REFUSED: [
            ldap(directory, password="wrong"),
            ldap(directory, base="dc=elsewhere"),
            ldap(directory, url=nowhere, certificate_authority=None, insecure_loopback=True),
            carddav(book, password="wrong"),
            carddav(book, url=book.url.replace("customers", "none")),
        ],
    }
    for state, settings in cases.items():
        for one in settings:
            with pytest.raises(SourceFailedError) as failed:
                await found(one, "müller")
            assert failed.value.state is state, one


async def test_an_address_book_follows_its_server_and_survives_its_end() -> None:
    with RadicaleServer() as book:
        book.start({"greta": GRETA})
        await _follows(book)


async def _follows(book: RadicaleServer) -> None:
    reader = open_source(carddav(book))
    assert isinstance(reader, CardDavSource)
    try:
        await reader.start()
        assert [one.office for one in (await reader.search(["gaertner", "0523334455"])).entries] == [
            "052 333 44 55"
        ]
        book.put("bruno", card("Bruno", "Baumann", "052 333 44 66"))
        await reader.refresh()
        assert [one.name for one in (await reader.search(["garten"])).entries] == [
            "Bruno Baumann",
            "Greta Gärtner",
        ]
        book.put("bruno", card("Bruno", "Buchmann", "052 333 44 66"))
        await reader.refresh()
        assert [one.name for one in (await reader.search(["3334466"])).entries] == ["Bruno Buchmann"]
        book.delete("bruno")
        await reader.refresh()
        assert not (await reader.search(["buchmann"])).entries

        book.kill()
        with pytest.raises(SourceFailedError):
            await reader.refresh()
        left = await reader.search(["gärtner"])
        assert (left.state, [one.name for one in left.entries]) == (
            SourceState.UNREACHABLE,
            ["Greta Gärtner"],
        )

        book.start()

        async def answers() -> bool:  # each search asks for another reading
            return (await reader.search(["gärtner"])).state is SourceState.ANSWERED

        await wait_until_told(answers, "the address book to be read again", 20 * SECONDS)
    finally:
        await reader.shutdown()


async def test_a_directory_that_was_killed_answers_again() -> None:
    with SlapdServer() as directory:
        settings = ldap(directory.start(PEOPLE))
        assert await found(settings, "vera")
        directory.kill()
        with pytest.raises(SourceFailedError) as failed:
            await found(settings, "vera")
        assert failed.value.state is SourceState.UNREACHABLE
        directory.start()
        assert await found(settings, "vera") == ["Vera Müller"]


async def test_an_address_book_that_hangs_is_silent(book: RadicaleServer, hanging: HangingServer) -> None:
    begun_s = time.monotonic()
    with pytest.raises(SourceFailedError) as failed:
        await found(
            carddav(book, url=f"https://127.0.0.1:{hanging.port}/", time_limit_s=0.3 * SECONDS), "müller"
        )
    assert failed.value.state in (SourceState.SILENT, SourceState.UNREACHABLE)
    assert time.monotonic() - begun_s < 20 * SECONDS
