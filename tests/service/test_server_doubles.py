"""Merging doubles over the wire: all or nothing, by whom one may, never over somebody's change, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.raw_cti import RawCtiClient
from tests.service.test_server_favourites import mark
from tests.service.test_server_phonebook import MANAGING, PLUMBER, Reader, code_of, saved
from wwphone.server.certificates import IssuedFiles

OTHER = {"surname": "M\u00fcller", "company": "Aebi", "private": "0445550123", "note": "old"}
ONE = {**PLUMBER, "note": "old"}


@pytest.fixture
async def server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server with one who manages the phone book."""
    under_test = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH")
    await under_test.populate((*PEOPLE, user_record("ruth", "207", rights=MANAGING)))
    await under_test.start()
    yield under_test
    await under_test.stop()


async def merge(
    client: RawCtiClient, *entries: dict[str, Any], details: dict[str, str] = ONE
) -> dict[str, Any]:
    body = {
        "contact_ids": [one["contact_id"] for one in entries],
        "revisions": [one["revision"] for one in entries],
        "details": details,
    }
    return dict(await client.request("doubles.merge", body))


async def book_of(client: RawCtiClient) -> dict[str, dict[str, Any]]:
    reader = Reader(client)
    await reader.read()
    return reader.book


async def test_one_stays_the_other_goes_and_everybody_is_told(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    first, second = await saved(ruth, PLUMBER), await saved(ruth, OTHER)
    await mark(beat, second["contact_id"])
    reply = await merge(ruth, first, second)
    kept = reply["body"]["contact"]
    assert (kept["contact_id"], kept["details"]["note"], kept["changed_by"]) == (
        first["contact_id"],
        "old",
        "ruth",
    )
    await beat.wait_for_event("phonebook.changed", revision=kept["revision"])
    assert await book_of(beat) == {first["contact_id"]: kept}
    await beat.wait_for_event("favourites.changed", contact_id=first["contact_id"], favourite=True)

    body = {
        "contact_id": first["contact_id"],
        "known_revision": kept["revision"],
        "details": first["details"],
        "restored": [second["contact_id"]],
    }
    assert code_of(await ruth.request("doubles.undo", body)) == "phonebook.saved"
    book = await book_of(beat)
    assert book[first["contact_id"]]["details"] == first["details"]
    assert book[second["contact_id"]]["details"] == second["details"]
    assert code_of(await ruth.request("doubles.undo", body)) == "conflict", "only once"


async def test_nothing_is_merged_over_somebodys_change(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    first, second = await saved(ruth, PLUMBER), await saved(ruth, OTHER)
    changed = await saved(ruth, {**OTHER, "note": "new"}, contact_id=second["contact_id"])
    before = await book_of(ruth)
    assert code_of(await merge(ruth, first, second)) == "conflict"
    assert await book_of(ruth) == before
    assert code_of(await merge(ruth, first, changed)) == "phonebook.saved"


async def test_only_what_one_may_change_and_what_the_same_people_see(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    first, second = await saved(ruth, PLUMBER), await saved(ruth, OTHER)
    own, more = await saved(beat, PLUMBER, personal=True), await saved(beat, OTHER, personal=True)
    ruths = await saved(ruth, PLUMBER, personal=True)
    assert code_of(await merge(beat, first, second)) == "not_permitted"
    assert code_of(await merge(beat, own, first)) == "not_permitted"
    assert code_of(await merge(ruth, ruths, first)) == "invalid"
    assert code_of(await merge(ruth, own, more)) == "not_found"
    for entries in ((), (first,), (first, first)):
        assert code_of(await merge(ruth, *entries)) == "invalid"
    assert code_of(await merge(ruth, first, second, details={"note": "nobody"})) == "invalid"
    assert len(await book_of(ruth)) == 3
    assert code_of(await merge(beat, own, more)) == "phonebook.saved"
    assert sorted(one["personal"] for one in (await book_of(beat)).values()) == [False, False, True]
