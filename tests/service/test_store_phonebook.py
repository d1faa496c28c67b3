"""The phone book in the store, on SQLite and on PostgreSQL: revisions, pages, changes made together or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.service.test_store_records import ANNA, JUERG, NOON, SALES
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.api import StoreError
from wwphone.server.favourites_api import TooManyFavouritesError
from wwphone.server.imports_api import BookMovedError
from wwphone.server.phonebook_api import (
    GLOBAL,
    BookChange,
    ContactDraft,
    ContactRecord,
    TooManyContactsError,
)
from wwphone.server.store.engine import make_engine, store_url
from wwphone.server.store.sql_store import SqlStore

DETAILS = ContactDetails(
    "Zoë", "Müller 😀", "Käslin & Söhne", "+41445550100", "+41795550101", "201", "z@example.net", "a\nb"
)
PLUMBER, SISTER = (
    ContactDraft("aa", GLOBAL, DETAILS),
    ContactDraft("bb", "anna", ContactDetails(surname="Rosa")),
)


@pytest.fixture
async def book(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


def saving(*drafts: ContactDraft, by: str = "anna", most: int | None = None) -> BookChange:
    return BookChange(by, NOON, saved=drafts, most_personal=most)


def removing(*ids: str, by: str = "anna") -> BookChange:
    return BookChange(by, NOON + timedelta(hours=1), removed=ids)


def restoring(*ids: str) -> BookChange:
    return BookChange("juerg", NOON + timedelta(hours=2), restored=ids)


async def seen(book: SqlStore, user: str, after: int = 0) -> list[tuple[str, bool]]:
    return [(one.contact_id, one.removed) for one in await book.contacts_seen(user, after, 100)]


async def test_entries_come_back_as_they_went_in(book: SqlStore) -> None:
    done = await book.change_contacts(saving(PLUMBER, SISTER))
    assert (dict(done.before), done.revision) == ({}, 2)
    plumber = ContactRecord("aa", GLOBAL, DETAILS, 1, "anna", NOON)
    sister = ContactRecord("bb", "anna", SISTER.details, 2, "anna", NOON)
    assert await book.contacts(("bb", "none", "aa")) == {"aa": plumber, "bb": sister}
    assert await book.contacts_seen("anna", 0, 10) == (plumber, sister)
    assert plumber.contact.details == DETAILS
    assert (plumber.contact.personal, sister.contact.personal) == (False, True)


async def test_a_personal_entry_is_seen_by_its_owner_alone(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    assert await seen(book, "juerg") == [("aa", False)]
    assert await seen(book, GLOBAL) == [("aa", False)]
    assert [one.contact_id for one in await book.contacts_since(0, 10)] == ["aa", "bb"]


async def test_each_change_has_a_revision_of_its_own_and_tells_what_was_before(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    anew = replace(PLUMBER, details=ContactDetails(company="Aebi"))
    done = await book.change_contacts(saving(anew, by="juerg"))
    assert done.revision == await book.phonebook_revision() == 3
    assert done.before["aa"].details == DETAILS
    (changed,) = (await book.contacts(["aa"])).values()
    assert (changed.details, changed.revision, changed.changed_by) == (anew.details, 3, "juerg")
    assert await seen(book, "anna") == [("bb", False), ("aa", False)]
    assert await book.latest_contact_revisions() == {GLOBAL: 3, "anna": 2}
    assert await book.latest_contact_revisions(2) == {GLOBAL: 3}


async def test_a_removed_entry_is_told_to_who_was_away_and_can_be_put_back(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    await book.change_contacts(removing("aa"))
    assert await seen(book, "anna") == [("bb", False)]
    assert await seen(book, "juerg", after=1) == [("aa", True)]
    (gone,) = (await book.contacts(["aa"])).values()
    assert (gone.details, gone.removed, gone.revision) == (DETAILS, True, 3)
    await book.change_contacts(restoring("aa"))
    (back,) = (await book.contacts(["aa"])).values()
    assert (back.details, back.removed, back.revision, back.changed_by) == (DETAILS, False, 4, "juerg")


async def test_what_is_so_already_gets_no_new_revision(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER))
    await book.change_contacts(restoring("aa"))
    await book.change_contacts(removing("aa", "aa"))
    assert (await book.change_contacts(removing("aa"))).revision == 2
    assert await book.phonebook_revision() == 2


async def test_of_changes_together_one_that_fails_leaves_nothing(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    for order in (removing("aa", "none"), replace(saving(SISTER), removed=("aa",), restored=("none",))):
        with pytest.raises(KeyError, match="none"):
            await book.change_contacts(order)
    foreign = ContactDraft("cc", "nobody", DETAILS)
    with pytest.raises(StoreError):
        await book.change_contacts(replace(saving(foreign), removed=("aa",)))
    with pytest.raises(ValueError, match="owner"):
        await book.change_contacts(saving(replace(PLUMBER, owner="anna")))
    assert await seen(book, "anna") == [("aa", False), ("bb", False)]
    assert await book.phonebook_revision() == 2


async def test_nobody_gets_more_personal_entries_than_allowed(book: SqlStore) -> None:
    third = replace(SISTER, contact_id="cc")
    await book.change_contacts(saving(PLUMBER, SISTER, third, most=2))
    with pytest.raises(TooManyContactsError):
        await book.change_contacts(saving(replace(SISTER, contact_id="dd"), most=2))
    await book.change_contacts(saving(SISTER, replace(PLUMBER, contact_id="ee"), most=2))
    await book.change_contacts(removing("cc"))
    await book.change_contacts(saving(replace(SISTER, contact_id="dd"), most=2))
    with pytest.raises(TooManyContactsError):
        await book.change_contacts(replace(restoring("cc"), most_personal=2))


async def test_pages_follow_each_other_without_a_gap(book: SqlStore) -> None:
    drafts = [ContactDraft(f"{n:03}", "anna" if n % 3 else GLOBAL, DETAILS) for n in range(50)]
    await book.change_contacts(saving(*drafts))
    await book.change_contacts(removing("010", "020"))
    found, after = [], 0
    while page := await book.contacts_seen("anna", after, 7):
        assert len(page) == 7 or page[-1].revision == 52
        found += [one.contact_id for one in page if not one.removed]
        after = page[-1].revision
    assert found == [draft.contact_id for draft in drafts if draft.contact_id not in ("010", "020")]


async def test_after_some_time_only_id_and_revision_are_left(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    await book.change_contacts(removing("aa"))
    removed_at = NOON + timedelta(hours=1)
    assert await book.wipe_removed_contacts(removed_at) == 0
    assert await book.wipe_removed_contacts(removed_at + timedelta(seconds=1)) == 1
    assert await book.wipe_removed_contacts(removed_at + timedelta(seconds=1)) == 0
    (gone,) = (await book.contacts(["aa"])).values()
    assert (gone.details, gone.removed, gone.wiped, gone.revision) == (ContactDetails(), True, True, 3)
    assert await seen(book, "juerg", after=1) == [("aa", True)]
    with pytest.raises(KeyError):
        await book.change_contacts(restoring("aa"))
    await book.change_contacts(saving(PLUMBER))
    (anew,) = (await book.contacts(["aa"])).values()
    assert (anew.details, anew.removed, anew.wiped) == (DETAILS, False, False)


async def test_personal_entries_go_with_their_owner_and_global_ones_stay(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    await book.remove_user("anna")
    assert [one.contact_id for one in await book.contacts_since(0, 10)] == ["aa"]
    assert await book.latest_contact_revisions() == {GLOBAL: 1}


async def test_the_book_keeps_its_name_and_another_one_has_another(book: SqlStore, database_url: str) -> None:
    name = await book.phonebook_id()
    await book.close()
    await book.open()
    assert await book.phonebook_id() == name != ""
    engine = make_engine(store_url(database_url))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM counters WHERE name = 'phonebook_id'")) == 1
    engine.dispose()


async def test_who_writes_at_once_gets_revisions_in_the_order_they_become_visible(
    book: SqlStore, database_url: str
) -> None:
    other = SqlStore(database_url)
    await other.open()
    gaps: list[tuple[int, ...]] = []

    async def write(store: SqlStore, letter: str) -> None:
        for number in range(25):
            await store.change_contacts(saving(ContactDraft(f"{letter}{number}", GLOBAL, DETAILS)))

    async def look() -> None:
        while (await book.phonebook_revision()) < 50:
            found = tuple(one.revision for one in await book.contacts_since(0, 100))
            if found != tuple(range(1, len(found) + 1)):
                gaps.append(found)

    await asyncio.gather(write(book, "a"), write(other, "b"), look())
    await other.close()
    assert gaps == []
    assert len(await book.contacts_since(0, 100)) == 50


async def test_favourites_are_of_entries_that_one_sees_and_follow_their_successors(book: SqlStore) -> None:
    await book.change_contacts(saving(PLUMBER, SISTER))
    await book.add_favourite("anna", "aa", 1)
    await book.add_favourite("anna", "aa", 1)
    with pytest.raises(TooManyFavouritesError):
        await book.add_favourite("anna", "bb", 1)
    with pytest.raises(KeyError):
        await book.add_favourite("juerg", "bb", 9)
    await book.add_favourite("juerg", "aa", 1)
    own = ContactDraft("cc", "juerg", DETAILS)
    await book.change_contacts(BookChange("juerg", NOON, ("aa",), saved=(own,), successors={"aa": "cc"}))
    assert await book.favourites() == {"anna": {"aa"}, "juerg": {"aa", "cc"}}
    assert await book.wipe_removed_contacts(NOON + timedelta(days=1)) == 1
    assert await book.favourites() == {"juerg": {"cc"}}
    await book.remove_favourite("juerg", "cc")
    assert await book.favourites() == {}


async def test_nothing_is_changed_when_an_entry_has_another_revision(book: SqlStore) -> None:
    revision = (await book.change_contacts(saving(PLUMBER))).revision
    for expected in ({"aa": revision - 1}, {"aa": revision, "zz": 1}):
        with pytest.raises(BookMovedError):
            await book.change_contacts(replace(removing("aa"), expected=expected))
    assert await seen(book, "anna") == [("aa", False)]
    await book.change_contacts(replace(removing("aa"), expected={"aa": revision}))
    assert await seen(book, "anna") == []
