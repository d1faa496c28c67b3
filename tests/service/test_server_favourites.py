"""Favourites over the wire: kept for each user, the same on every PC, following entries, gone with nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.raw_cti import RawCtiClient
from tests.service.test_server_phonebook import MANAGING, PLUMBER, code_of, saved
from wwphone.domain.favourites import MAX_FAVOURITES
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.phonebook_api import GLOBAL, BookChange, ContactDraft
from wwphone.server.store.sql_store import SqlStore


@pytest.fixture
async def server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server with one who manages the phone book."""
    under_test = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH")
    await under_test.populate((*PEOPLE, user_record("ruth", "207", rights=MANAGING)))
    await under_test.start()
    yield under_test
    await under_test.stop()


async def mark(client: RawCtiClient, contact_id: str, *, favourite: bool = True) -> dict[str, Any]:
    body = {"contact_id": contact_id, "favourite": favourite}
    return dict(await client.request("favourites.set", body))


async def test_a_favourite_is_ones_own_and_on_every_pc(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    contact = await saved(ruth, PLUMBER)
    contact_id = contact["contact_id"]
    assert code_of(await mark(beat, contact_id)) == "done"
    assert code_of(await mark(beat, contact_id)) == "done", "twice is no error"
    await beat.wait_for_event("favourites.changed", contact_id=contact_id)
    assert beat.event_bodies("favourites.changed") == [{"contact_id": contact_id, "favourite": True}]
    assert ruth.event_bodies("favourites.changed") == []
    await server.stop()
    await server.start()
    again, ruth = await server.signed_in("beat"), await server.signed_in("ruth")
    assert (again.snapshot["favourites"], ruth.snapshot["favourites"]) == ([contact_id], [])
    assert code_of(await mark(again, contact_id, favourite=False)) == "done"
    assert (await server.signed_in("beat", take_over=True)).snapshot["favourites"] == []


async def test_only_what_one_sees_can_be_marked(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    own = await saved(ruth, PLUMBER, personal=True)
    gone = await saved(ruth, PLUMBER)
    await ruth.request("phonebook.remove", {"contact_ids": [gone["contact_id"]]})
    for contact_id in (own["contact_id"], gone["contact_id"], "nothing", ""):
        assert code_of(await mark(beat, contact_id)) == "not_found"
    assert code_of(await mark(ruth, own["contact_id"])) == "done"


async def test_a_restored_entry_is_a_favourite_still(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    ids = {"contact_ids": [(await saved(ruth, PLUMBER))["contact_id"]]}
    await mark(beat, ids["contact_ids"][0])
    await ruth.request("phonebook.remove", ids)
    await ruth.request("phonebook.restore", ids)
    assert (await server.signed_in("beat", take_over=True)).snapshot["favourites"] == ids["contact_ids"]


async def test_marks_follow_an_entry_that_becomes_somebodys_own(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    contact = await saved(ruth, PLUMBER)
    for client in (ruth, beat):
        await mark(client, contact["contact_id"])
    own = await saved(ruth, PLUMBER, personal=True, contact_id=contact["contact_id"])
    assert own["contact_id"] != contact["contact_id"]
    await ruth.wait_for_event("favourites.changed", contact_id=own["contact_id"])
    ruths = (await server.signed_in("ruth", take_over=True)).snapshot["favourites"]
    assert own["contact_id"] in ruths
    beats = (await server.signed_in("beat", take_over=True)).snapshot["favourites"]
    assert own["contact_id"] not in beats


async def test_there_are_at_most_so_many(server: CtiServerUnderTest) -> None:
    drafts = tuple(
        ContactDraft(f"c{number}", GLOBAL, ContactDetails(f"N{number}"))
        for number in range(MAX_FAVOURITES + 1)
    )
    await server.stop()
    store = SqlStore(server.store_url)
    await store.open()
    await store.change_contacts(BookChange("ruth", utc_now(), saved=drafts))
    for draft in drafts[1:-1]:
        await store.add_favourite("beat", draft.contact_id, MAX_FAVOURITES)
    await store.close()
    await server.start()
    beat, ruth = await server.signed_in("beat"), await server.signed_in("ruth")
    assert code_of(await mark(beat, "c0")) == "done"
    assert code_of(await mark(beat, drafts[-1].contact_id)) == "conflict"
    await ruth.request("phonebook.remove", {"contact_ids": ["c1"]})
    assert code_of(await mark(beat, drafts[-1].contact_id)) == "done", "a removed one counts no more"
