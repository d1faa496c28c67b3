"""Imports in the store, on SQLite and on PostgreSQL: nothing half done, everything taken back but what was changed since."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES
from wwphone.domain.contact_csv import CSV_FIELDS
from wwphone.domain.imports import (
    FIELDS,
    ImportCounts,
    ImportRecord,
    UndoCounts,
    Values,
    import_plan,
    values_of,
)
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.api import StoreError
from wwphone.server.imports_api import BookMovedError, ImportOrder, OutOfStepError, StagedImport, StagedPage
from wwphone.server.phonebook_api import GLOBAL, BookChange, ContactDraft, TooManyContactsError
from wwphone.server.store import imports_writing
from wwphone.server.store.imports_comparing import Comparison
from wwphone.server.store.sql_store import SqlStore

HANS = ContactDetails("Hans", "Müller", office="+41445550100", email="h@example.net", note="nett")
ROSA = ContactDetails("Rosa", "Ott", mobile="+41795550101")
EVA = ContactDetails("Eva", "Aebi", "Aebi 😀 AG", private="201")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def book(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    await store.change_contacts(
        BookChange("juerg", NOON, saved=(ContactDraft("h", GLOBAL, HANS), ContactDraft("r", GLOBAL, ROSA)))
    )
    return store


async def staged(
    book: SqlStore,
    rows: Sequence[ContactDetails],
    owner: str = GLOBAL,
    import_id: str = "i",
    by: str = "anna",
) -> None:
    await book.begin_import(StagedImport(import_id, owner, by, "a.csv", CSV_FIELDS), NOON)
    for first, one in enumerate(rows):
        await book.stage_import(StagedPage(import_id, first, [(first + 2, values_of(one))], NOON))


async def carried_out(
    book: SqlStore, *, replaces_all: bool = False, most: int = 100, import_id: str = "i"
) -> ImportRecord:
    forecast = await book.forecast_import(import_id, replaces_all=replaces_all)
    order = ImportOrder(import_id, LATER, replaces_all, forecast.revision, most)
    record = await book.carry_out_import(order)
    assert record.counts == forecast.counts
    return record


async def seen(book: SqlStore, user: str = GLOBAL) -> dict[str, ContactDetails]:
    found = await book.contacts_seen(user, 0, 100)
    assert len({one.revision for one in found}) == len(found)
    return {one.contact_id: one.details for one in found if not one.removed}


def changing(contact_id: str, details: ContactDetails) -> BookChange:
    return BookChange("juerg", LATER, saved=(ContactDraft(contact_id, GLOBAL, details),))


HANS_MOVED = replace(HANS, office="+41445550199", email="", note="")


async def test_an_import_that_replaces_all_is_one_change_and_can_be_taken_back(book: SqlStore) -> None:
    before = await book.phonebook_revision()
    await staged(book, [HANS_MOVED, EVA])
    assert await seen(book) == {"h": HANS, "r": ROSA}, "what is staged is nobody's business"
    record = await carried_out(book, replaces_all=True)
    assert record == ImportRecord(
        "i", "anna", LATER, False, "a.csv", True, ImportCounts(new=1, changed=1, gone=1)
    )
    now = await seen(book)
    assert now["h"] == replace(HANS, office="+41445550199"), "what a CSV cannot hold stays"
    assert sorted(one.name for one in now.values()) == ["Eva Aebi", "Hans Müller"]
    assert await book.phonebook_revision() == before + 3
    changes = await book.contacts_since(before, 10)
    assert [(one.removed, one.changed_by) for one in changes] == [
        (True, "anna"),
        (False, "anna"),
        (False, "anna"),
    ]

    assert await book.undo_import("i", "juerg", LATER) == UndoCounts(removed=1, reverted=1, restored=1)
    assert await seen(book) == {"h": HANS, "r": ROSA}
    (told,) = await book.imports([GLOBAL], NOON)
    assert (told.undone_by, told.undone_at) == ("juerg", LATER)
    with pytest.raises(KeyError):
        await book.undo_import("i", "juerg", LATER)


async def test_undoing_leaves_what_was_changed_since(book: SqlStore) -> None:
    await staged(book, [HANS_MOVED, EVA])
    await carried_out(book, replaces_all=True)
    eva = next(one for one, details in (await seen(book)).items() if details.surname == "Aebi")
    await book.change_contacts(changing("h", replace(HANS, note="anders")))
    await book.change_contacts(changing(eva, replace(EVA, note="neu")))
    await book.change_contacts(BookChange("juerg", LATER, restored=("r",)))
    assert await book.undo_import("i", "anna", LATER) == UndoCounts(kept=2)
    assert await seen(book) == {"h": replace(HANS, note="anders"), eva: replace(EVA, note="neu"), "r": ROSA}


async def test_what_was_added_and_deleted_since_is_no_matter(book: SqlStore) -> None:
    await staged(book, [EVA])
    await carried_out(book)
    eva = next(one for one, details in (await seen(book)).items() if details.surname == "Aebi")
    await book.change_contacts(BookChange("juerg", LATER, removed=(eva,)))
    assert await book.undo_import("i", "anna", LATER) == UndoCounts()


async def test_adding_keeps_the_others(book: SqlStore) -> None:
    await staged(book, [EVA, ROSA, EVA])
    forecast = await book.forecast_import("i", replaces_all=False)
    assert (forecast.doubles, forecast.doubles_count, forecast.afterwards) == (((4, 2),), 1, 3)
    assert (await carried_out(book)).counts == ImportCounts(new=1, same=1)
    assert len(await seen(book)) == 3


async def test_a_change_of_meanwhile_stops_it_and_nothing_is_written(book: SqlStore) -> None:
    await staged(book, [EVA])
    forecast = await book.forecast_import("i", replaces_all=True)
    await book.change_contacts(changing("r", replace(ROSA, note="neu")))
    now, revision = await seen(book), await book.phonebook_revision()
    with pytest.raises(BookMovedError):
        await book.carry_out_import(ImportOrder("i", LATER, True, forecast.revision, 100))
    assert (await seen(book), await book.phonebook_revision()) == (now, revision)
    # Somebody else's own entries are no matter.
    forecast = await book.forecast_import("i", replaces_all=True)
    own = ContactDraft("o", "juerg", ROSA)
    await book.change_contacts(BookChange("juerg", LATER, saved=(own,)))
    record = await book.carry_out_import(ImportOrder("i", LATER, True, forecast.revision, 100))
    assert record.counts == ImportCounts(new=1, gone=2)
    assert len(await seen(book, "juerg")) == 2


async def test_asking_twice_imports_once(book: SqlStore) -> None:
    await staged(book, [EVA])
    forecast = await book.forecast_import("i", replaces_all=False)
    order = ImportOrder("i", LATER, False, forecast.revision, 100)
    assert await book.carry_out_import(order) == await book.carry_out_import(order)
    assert len(await seen(book)) == 3


async def test_nobody_gets_more_of_their_own_than_allowed(book: SqlStore) -> None:
    await staged(book, [EVA, ROSA], "anna")
    with pytest.raises(TooManyContactsError):
        await carried_out(book, most=1)
    assert len(await seen(book, "anna")) == 2
    await carried_out(book, most=2)
    assert len(await seen(book, "anna")) == 4
    assert len(await seen(book, "juerg")) == 2


async def test_pages_follow_each_other_and_unknown_imports_take_none(book: SqlStore) -> None:
    await staged(book, [EVA])
    page = StagedPage("i", 2, [(3, values_of(ROSA))], NOON)
    with pytest.raises(OutOfStepError):
        await book.stage_import(page)
    with pytest.raises(OutOfStepError):
        await book.stage_import(replace(page, first=0))
    for unknown in ("none", "i"):
        await book.drop_import("i")
        with pytest.raises(KeyError):
            await book.stage_import(replace(page, import_id=unknown))
        with pytest.raises(KeyError):
            await book.forecast_import(unknown, replaces_all=False)
        with pytest.raises(KeyError):
            await book.carry_out_import(ImportOrder(unknown, LATER, False, 99, 100))
        with pytest.raises(KeyError):
            await book.undo_import(unknown, "anna", LATER)


async def test_beginning_another_one_drops_what_the_same_person_staged(book: SqlStore) -> None:
    await staged(book, [EVA])
    await staged(book, [EVA], import_id="of juerg", by="juerg")
    await staged(book, [ROSA], import_id="j")
    assert await book.import_of("i") is None
    assert await book.import_of("of juerg") is not None
    found = await book.import_of("j")
    assert found == StagedImport("j", GLOBAL, "anna", "a.csv", CSV_FIELDS)


async def test_old_ones_are_forgotten(book: SqlStore) -> None:
    await staged(book, [EVA])
    await carried_out(book)
    await staged(book, [ROSA], import_id="j")
    assert await book.forget_imports(NOON, LATER) == 0
    assert await book.forget_imports(LATER, LATER) == 1
    assert await book.import_of("j") is None
    assert await book.forget_imports(LATER, LATER + timedelta(seconds=1)) == 1
    assert await book.imports([GLOBAL], NOON) == ()
    assert len(await seen(book)) == 3


async def test_imports_are_told_to_whom_they_concern(book: SqlStore) -> None:
    await staged(book, [EVA], "anna")
    await carried_out(book)
    assert await book.imports([GLOBAL, "juerg"], NOON) == ()
    assert [one.personal for one in await book.imports(["anna"], NOON)] == [True]
    assert await book.imports(["anna"], LATER + timedelta(seconds=1)) == ()
    await book.remove_user("anna")
    assert await book.imports(["anna"], NOON) == ()
    with pytest.raises(StoreError):
        await staged(book, [EVA], "nobody")


def _mixed(at: int) -> ContactDetails:
    """What the second file has of entry `at` of the first: the same, something else, less, or somebody new."""
    name, office, mobile = f"Nummer {at}", f"+4144{at:07}", f"+4179{at:07}"
    match at % 5:
        case 0:
            return ContactDetails("Hans", name, office=office)
        case 1:
            return ContactDetails("HANS", name, office=office, mobile=mobile)
        case 2:
            return ContactDetails("Hans", name, private=mobile)
        case 3:
            return ContactDetails("Rosa", name, "Aebi 😀 AG", mobile)
    return ContactDetails("Hans", "Nummer 0", office="+41440000000")


@pytest.mark.parametrize("replaces_all", [False, True], ids=["adding", "replacing"])
async def test_what_is_written_is_what_was_planned(book: SqlStore, *, replaces_all: bool) -> None:
    count = 1200
    first = [
        (at + 2, values_of(ContactDetails("Hans", f"Nummer {at}", office=f"+4144{at:07}", note="nett")))
        for at in range(count)
    ]
    await book.begin_import(StagedImport("first", GLOBAL, "anna", "a.vcf", FIELDS), NOON)
    await book.stage_import(StagedPage("first", 0, first, NOON))
    await carried_out(book, import_id="first")
    before = {
        one.contact_id: values_of(one.details) for one in await book.contacts_seen(GLOBAL, 0, 2 * count)
    }

    rows = [values_of(_mixed(at)) for at in range(count)]
    plan = import_plan(before.items(), rows, CSV_FIELDS, replaces_all=replaces_all)
    assert min(plan.counts.new, plan.counts.changed, plan.same, len(plan.doubles)) > 100
    await book.begin_import(StagedImport("i", GLOBAL, "anna", "a.csv", CSV_FIELDS), NOON)
    await book.stage_import(StagedPage("i", 0, list(enumerate(rows, 2)), NOON))
    assert (await carried_out(book, replaces_all=replaces_all)).counts == plan.counts
    after = {one.contact_id: values_of(one.details) for one in await book.contacts_seen(GLOBAL, 0, 4 * count)}
    new = [after.pop(contact_id) for contact_id in after.keys() - before.keys()]
    assert sorted(new) == sorted(plan.new)
    assert after == {one: before[one] for one in before.keys() - set(plan.gone)} | dict(plan.changed)

    counts = plan.counts
    undone = await book.undo_import("i", "anna", LATER)
    assert undone == UndoCounts(removed=counts.new, reverted=counts.changed, restored=counts.gone)
    found = await book.contacts_seen(GLOBAL, 0, 4 * count)
    assert len({one.revision for one in found}) == len(found)
    assert {one.contact_id: values_of(one.details) for one in found if not one.removed} == before


async def test_it_is_written_whole_when_whoever_asked_is_gone(
    book: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 1200
    rows = [(at + 2, values_of(ContactDetails("Hans", f"Nummer {at}", office="201"))) for at in range(count)]
    await book.begin_import(StagedImport("i", GLOBAL, "anna", "a.csv", FIELDS), NOON)
    await book.stage_import(StagedPage("i", 0, rows, NOON))
    forecast = await book.forecast_import("i", replaces_all=True)
    order = ImportOrder("i", LATER, True, forecast.revision, 100)
    has_begun, may_go_on = threading.Event(), threading.Event()
    carry_out = imports_writing.carry_out

    def held_up(connection: sa.Connection, order: ImportOrder, comparison: Comparison) -> ImportRecord:
        has_begun.set()
        assert may_go_on.wait(10 * SECONDS)
        return carry_out(connection, order, comparison)

    monkeypatch.setattr(imports_writing, "carry_out", held_up)
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    asked = asyncio.create_task(book.carry_out_import(order))
    await wait_until_async(has_begun.is_set, "the beginning of the transaction")
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await asyncio.to_thread(may_go_on.set)  # after whatever has to be let go
    assert (await book.carry_out_import(order)).counts == ImportCounts(new=count, gone=2)
    assert len(await book.contacts_seen(GLOBAL, 0, 2 * count)) == count


async def test_many_are_imported_and_undone(book: SqlStore) -> None:
    rows: list[tuple[int, Values]] = [
        (at + 2, values_of(ContactDetails("Hans", f"Nummer {at}", office=f"+4144{at:07}")))
        for at in range(1200)
    ]
    await book.begin_import(StagedImport("i", GLOBAL, "anna", "a.csv", FIELDS), NOON)
    await book.stage_import(StagedPage("i", 0, rows, NOON))
    assert (await carried_out(book, replaces_all=True)).counts == ImportCounts(new=1200, gone=2)
    assert await book.undo_import("i", "anna", LATER) == UndoCounts(removed=1200, restored=2)
    assert await seen(book) == {"h": HANS, "r": ROSA}
