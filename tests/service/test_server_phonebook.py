"""The phone book over the wire: who may read and change what, who is told, and what a client finds that was away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.raw_cti import PASSWORD, RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.fragile_store import FakeFragileStore
from wwphone.cti.api import Credentials, ServerAddress
from wwphone.cti.link import WebSocketLink
from wwphone.domain.account import Right
from wwphone.domain.phonebook import MAX_CONTACT_NOTE, MAX_FIELD, ContactDetails
from wwphone.protocol.phonebook import MAX_IDS, MAX_PAGE, ContactsPage, ReadContacts
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.phonebook_api import GLOBAL, BookChange, BookChanged, ContactDraft
from wwphone.server.store.sql_store import SqlStore

MANAGING = frozenset({Right.CTI_ACCESS, Right.MANAGE_PHONEBOOK})
TEAM = (
    *PEOPLE,
    user_record("ruth", "207", rights=MANAGING),
    user_record("rosa", "208", rights=MANAGING),
)
PLUMBER = {"surname": "Müller", "company": "Aebi AG", "office": "044 555 01 23", "mobile": "201"}


@pytest.fixture
async def server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server in Switzerland, with two who manage the phone book."""
    under_test = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH", pbx_trunk_prefix="0")
    await under_test.populate(TEAM)
    await under_test.start()
    yield under_test
    await under_test.stop()


class Reader:
    """What a client makes of pages and events, as the protocol says: a copy of the book."""

    def __init__(self, client: RawCtiClient) -> None:
        self.client = client
        self.book: dict[str, dict[str, Any]] = {}
        self.revision = 0

    async def read(self, limit: int = MAX_PAGE) -> int:
        """Read until nothing follows; return the number of pages."""
        for pages in range(1, 1000):
            reply = await self.client.request("phonebook.read", {"after": self.revision, "limit": limit})
            page = reply["body"]
            assert len(page["contacts"]) + len(page["removed"]) <= limit
            self._take(page)
            if not page["more"]:
                return pages
        raise AssertionError("pages without end")

    def take_events(self) -> bool:
        """Apply what was told since; False when there was more than was told."""
        complete = True
        for event in self.client.event_bodies("phonebook.changed"):
            if event["revision"] > self.revision:
                complete = complete and event.get("complete", True)
                self._take(event)
        return complete

    def names(self) -> list[str]:
        return sorted(one["details"]["surname"] for one in self.book.values())

    def _take(self, told: dict[str, Any]) -> None:
        self.book.update((one["contact_id"], one) for one in told["contacts"])
        for contact_id in told["removed"]:
            self.book.pop(contact_id, None)
        self.revision = told["revision"]


def follows(reader: Reader, names: list[str]) -> bool:
    return reader.take_events() and reader.names() == names


async def save(client: RawCtiClient, details: dict[str, str], *, personal: bool = False, **more: Any) -> Any:
    body = {"details": details, "personal": personal, **more}
    return await client.request("phonebook.save", body)


async def saved(client: RawCtiClient, details: dict[str, str], **more: Any) -> dict[str, Any]:
    reply = await save(client, details, **more)
    assert reply["kind"] == "reply", reply
    return dict(reply["body"]["contact"])


def code_of(reply: dict[str, Any]) -> str:
    return str(reply["body"]["code"]) if reply["kind"] == "failure" else reply["type"]


def state_of(client: RawCtiClient) -> dict[str, Any]:
    """Where the book stands by the snapshot and the events after it, as the mirror has it."""
    state = dict(client.snapshot["phonebook"])
    for event in client.event_bodies("phonebook.changed"):
        state["revision"] = event["revision"]
    return state


async def test_a_global_entry_reaches_everybody_with_its_numbers_in_e164(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    contact = await saved(ruth, PLUMBER)
    assert contact["details"]["office"] == "+41445550123"
    assert contact["details"]["mobile"] == "201", "a colleague's number stays internal"
    assert (contact["changed_by"], contact["personal"]) == ("ruth", False)
    told = await beat.wait_for_event("phonebook.changed", revision=contact["revision"])
    assert (told["contacts"], told["removed"], told["complete"]) == ([contact], [], True)
    reader = Reader(beat)
    await reader.read()
    assert reader.book == {contact["contact_id"]: contact}
    assert (state_of(beat)["country"], state_of(beat)["trunk_prefix"]) == ("CH", "0")


async def test_a_personal_entry_is_nobody_elses_business(server: CtiServerUnderTest) -> None:
    anna, ruth = await server.signed_in("anna"), await server.signed_in("ruth")
    mine = await saved(anna, {"surname": "Rosa"}, personal=True)
    shared = await saved(ruth, PLUMBER)
    await ruth.wait_for_event("phonebook.changed", revision=shared["revision"])
    assert [one["revision"] for one in ruth.event_bodies("phonebook.changed")] == [shared["revision"]]
    reader = Reader(ruth)
    await reader.read()
    assert reader.names() == ["Müller"]
    ids = {"contact_ids": [mine["contact_id"]]}
    assert code_of(await save(ruth, PLUMBER, contact_id=mine["contact_id"])) == "not_found"
    assert code_of(await ruth.request("phonebook.remove", ids)) == "not_found"
    assert code_of(await anna.request("phonebook.remove", ids)) == "done"
    assert code_of(await ruth.request("phonebook.restore", ids)) == "not_found"
    assert code_of(await anna.request("phonebook.restore", ids)) == "done"
    own = Reader(anna)
    await own.read()
    assert own.names() == ["Müller", "Rosa"]


async def test_global_entries_need_the_right_from_the_moment_it_is_given(server: CtiServerUnderTest) -> None:
    ruth, anna = await server.signed_in("ruth"), await server.signed_in("anna")
    contact = await saved(ruth, PLUMBER)
    ids = {"contact_ids": [contact["contact_id"]]}
    mine = await saved(anna, {"surname": "Rosa"}, personal=True)
    for reply in (
        await save(anna, PLUMBER),
        await save(anna, PLUMBER, contact_id=contact["contact_id"]),
        await save(anna, PLUMBER, contact_id=contact["contact_id"], personal=True),
        await save(anna, PLUMBER, contact_id=mine["contact_id"]),
        await anna.request("phonebook.remove", ids),
        await anna.request("phonebook.remove", {"contact_ids": [mine["contact_id"], *ids["contact_ids"]]}),
        await anna.request("phonebook.restore", ids),
    ):
        assert code_of(reply) == "not_permitted"
    reader = Reader(anna)
    await reader.read()
    assert reader.names() == ["Müller", "Rosa"]
    record = next(one for one in TEAM if one.user == "anna")
    await server.edit(replace(record, rights=MANAGING))
    await server.running.directory.refresh()
    assert code_of(await anna.request("phonebook.remove", ids)) == "done"


async def test_the_last_change_wins_and_names_whose_it_wrote_over(server: CtiServerUnderTest) -> None:
    ruth, rosa = await server.signed_in("ruth"), await server.signed_in("rosa")
    contact = await saved(ruth, PLUMBER)
    edit = {"contact_id": contact["contact_id"], "known_revision": contact["revision"]}
    first = (await save(rosa, {**PLUMBER, "company": "Aebi GmbH"}, **edit))["body"]
    second = (await save(ruth, {**PLUMBER, "surname": "Meier"}, **edit))["body"]
    assert (first["overwritten"], second["overwritten"]) == ("", "rosa")
    again = {**edit, "known_revision": first["contact"]["revision"]}
    third = (await save(ruth, PLUMBER, **again))["body"]
    assert third["overwritten"] == "", "one's own change from another PC is no news"
    await ruth.request("phonebook.remove", {"contact_ids": [contact["contact_id"]]})
    known = {**edit, "known_revision": third["contact"]["revision"]}
    revived = (await save(rosa, {**PLUMBER, "surname": "Iten"}, **known))["body"]
    assert revived["overwritten"] == "ruth", "a removal is a change like any other"
    reader = Reader(rosa)
    await reader.read()
    assert reader.book == {contact["contact_id"]: revived["contact"]}
    assert revived["contact"]["changed_by"] == "rosa"


async def test_an_entry_that_becomes_personal_goes_for_all_others(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    contact = await saved(ruth, PLUMBER)
    mine = await saved(ruth, PLUMBER, contact_id=contact["contact_id"], personal=True)
    assert mine["contact_id"] != contact["contact_id"]
    await wait_until_async(
        lambda: any(
            event["removed"] == [contact["contact_id"]] for event in beat.event_bodies("phonebook.changed")
        ),
        "the others to lose it",
    )
    for client, left in ((ruth, {mine["contact_id"]: mine}), (beat, {})):
        reader = Reader(client)
        reader.take_events()
        assert reader.book == left
        fresh = Reader(client)
        await fresh.read()
        assert fresh.book == left


async def test_removed_entries_come_back_until_they_are_wiped(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    contacts = [await saved(ruth, {"surname": name}) for name in ("Aebi", "Blanc", "Caflisch")]
    ids = [one["contact_id"] for one in contacts]
    assert code_of(await ruth.request("phonebook.remove", {"contact_ids": [ids[0], "none"]})) == "not_found"
    assert code_of(await ruth.request("phonebook.remove", {"contact_ids": ids[:2]})) == "done"
    assert code_of(await ruth.request("phonebook.remove", {"contact_ids": ids[:2]})) == "done", "gone is gone"
    reader = Reader(beat)
    await reader.read()
    assert reader.names() == ["Caflisch"]
    assert code_of(await ruth.request("phonebook.restore", {"contact_ids": ids[:1]})) == "done"
    await reader.read()
    assert reader.names() == ["Aebi", "Caflisch"]
    server.running.phonebook._clock = lambda: utc_now() + timedelta(days=31)
    await server.running.phonebook.wipe()
    assert code_of(await ruth.request("phonebook.restore", {"contact_ids": ids})) == "not_found"
    too_many = {"contact_ids": ["x"] * (MAX_IDS + 1)}
    assert code_of(await ruth.request("phonebook.remove", too_many)) == "invalid"


async def test_what_cannot_be_is_refused_in_a_sentence(
    server: CtiServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await server.signed_in("anna")
    for details, sentence, reason, field in (
        ({}, "needs a name", "empty", ""),
        ({"surname": "x" * 201}, "at most 200", "too_long", "surname"),
        ({"surname": "x", "email": "nowhere"}, "no e-mail address", "bad_email", "email"),
        ({"surname": "x", "office": "Anna"}, "cannot be dialled", "not_diallable", "office"),
    ):
        failure = await save(anna, details, personal=True)
        assert code_of(failure) == "invalid"
        assert sentence in failure["body"]["sentence"]
        assert (failure["body"]["reason"], failure["body"]["field"]) == (reason, field)
    assert code_of(await save(anna, {"surname": "x"}, personal=True, contact_id="none")) == "not_found"
    hostile = await saved(anna, {"surname": "Anna\u202e\x00'; DROP TABLE contacts--"}, personal=True)
    assert hostile["details"]["surname"] == "Anna'; DROP TABLE contacts--"
    monkeypatch.setattr("wwphone.server.services.phonebook.MAX_PERSONAL_CONTACTS", 1)
    assert code_of(await save(anna, {"surname": "x"}, personal=True)) == "conflict"
    changed = await save(anna, {"surname": "y"}, personal=True, contact_id=hostile["contact_id"])
    assert code_of(changed) == "phonebook.saved", "a change is none more"
    for after, limit in ((-5, 10**9), (0, -1), (10**15, 5)):
        page = await anna.request("phonebook.read", {"after": after, "limit": limit})
        assert (page["kind"], page["body"]["more"]) == ("reply", False)


async def test_snapshot_and_events_lead_to_the_same(server: CtiServerUnderTest) -> None:
    ruth, anna, beat = [await server.signed_in(user) for user in ("ruth", "anna", "beat")]
    assert state_of(anna)["revision"] == 0
    contact = await saved(ruth, PLUMBER)
    await saved(anna, {"surname": "Rosa"}, personal=True)
    await saved(beat, {"surname": "Mama"}, personal=True)
    await ruth.request("phonebook.remove", {"contact_ids": [contact["contact_id"]]})
    await saved(anna, {"surname": "Papa"}, personal=True)
    last = await saved(ruth, {"surname": "Iten"})
    for user, client in (("ruth", ruth), ("anna", anna), ("beat", beat)):
        await client.wait_for_event("phonebook.changed", revision=last["revision"])
        revisions = [event["revision"] for event in client.event_bodies("phonebook.changed")]
        assert revisions == sorted(revisions)
        fresh = server.running.phonebook.state_for(user)
        assert state_of(client)["revision"] == fresh.revision
        followed, read = Reader(client), Reader(client)
        followed.take_events()
        await read.read()
        assert (followed.book, followed.revision) == (read.book, read.revision)


async def test_after_a_restart_a_client_reads_only_what_it_missed(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    contacts = [await saved(ruth, {"surname": f"N{number:02}"}) for number in range(12)]
    reader = Reader(ruth)
    assert await reader.read(limit=5) == 3
    book_id = state_of(ruth)["book_id"]
    await server.stop()
    await edit_elsewhere(server, removed=(contacts[3]["contact_id"],), saved=(draft("new", "X"),))
    await server.start()
    reader.client = await server.signed_in("ruth", host_name="PC-2", take_over=True)
    state = state_of(reader.client)
    assert (state["book_id"], state["revision"]) == (book_id, 14)
    reply = await reader.client.request("phonebook.read", {"after": reader.revision})
    assert len(reply["body"]["contacts"]) == len(reply["body"]["removed"]) == 1
    await reader.read()
    assert reader.names() == [f"N{number:02}" for number in range(12) if number != 3] + ["X"]
    nothing = (await reader.client.request("phonebook.read", {"after": 14}))["body"]
    assert nothing == {"contacts": [], "removed": [], "revision": 14, "more": False}


async def test_what_another_program_writes_is_told(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await edit_elsewhere(server, saved=(draft("g1", "Global"), draft("p1", "Personal", "anna")))
    for client, names in ((anna, ["Global", "Personal"]), (beat, ["Global"])):
        reader = Reader(client)
        await wait_until_async(partial(follows, reader, names), "the events")


async def test_very_many_changes_have_to_be_read(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    many = tuple(draft(f"g{number:03}", f"N{number:03}") for number in range(150))
    await edit_elsewhere(server, saved=(*many, draft("p1", "Z", "anna")))
    told = await beat.wait_for_event("phonebook.changed", complete=False)
    assert (told["contacts"], told["removed"], told["revision"]) == ([], [], 150)
    await anna.wait_for_event("phonebook.changed", revision=151)
    reader = Reader(anna)
    assert not reader.take_events()
    reader.revision = 0
    await reader.read()
    assert len(reader.book) == 151
    long = replace(ContactDetails(surname="L"), note="x" * 4000)
    novels = tuple(ContactDraft(f"n{number}", GLOBAL, long) for number in range(20))
    await edit_elsewhere(server, saved=novels)
    assert not (await beat.wait_for_event("phonebook.changed", revision=171))["complete"]


async def test_long_entries_make_more_pages_never_a_frame_too_large(server: CtiServerUnderTest) -> None:
    novel = replace(ContactDetails(surname="😀" * MAX_FIELD), note="😀" * MAX_CONTACT_NOTE)
    await edit_elsewhere(server, tuple(ContactDraft(f"n{number:03}", GLOBAL, novel) for number in range(300)))
    await server.running.phonebook.refresh()
    reader = Reader(await server.signed_in("beat"))
    assert await reader.read() == 3
    assert len(reader.book) == 300


async def test_who_is_removed_leaves_no_personal_entries(server: CtiServerUnderTest) -> None:
    beat, anna = await server.signed_in("beat"), await server.signed_in("anna")
    await saved(beat, {"surname": "Mama"}, personal=True)
    store = await opened(server)
    await store.remove_user("beat")
    assert await store.contacts_since(0, 10) == ()
    await server.running.directory.refresh()
    assert server.running.phonebook.state_for("beat").revision == 0
    await store.add_user(next(one for one in TEAM if one.user == "beat"))
    await store.close()
    await server.running.directory.refresh()
    again = await server.signed_in("beat", host_name="PC-9")
    assert state_of(again)["revision"] == 0
    assert (await anna.request("phonebook.read", {"after": 0}))["body"]["contacts"] == []


async def test_a_change_that_is_written_is_no_failure_when_the_store_goes_away(
    server: CtiServerUnderTest, expected_logs: Any
) -> None:
    """What is on the disk is answered as done, and told when the store is back."""
    expected_logs("out of reach", logger="wwphone.server", optional=True)
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    store = FakeFragileStore(server.store_url)
    await store.open()
    book = server.running.phonebook
    former, book._store = book._store, store
    write = store.change_contacts

    async def and_away(change: BookChange) -> BookChanged:
        done = await write(change)
        store.broken = True
        return done

    store.change_contacts = and_away  # type: ignore[method-assign]
    contact = await saved(ruth, PLUMBER)
    assert beat.event_bodies("phonebook.changed") == []
    store.broken = False
    await beat.wait_for_event("phonebook.changed", revision=contact["revision"])
    store.broken = True
    expected_logs("phonebook.save failed", logger="wwphone.server")
    assert code_of(await save(ruth, PLUMBER)) == "internal"
    book._store, store.broken = former, False
    await store.close()


async def test_a_hundred_thousand_entries_are_read_page_by_page(
    server: CtiServerUnderTest, tls_files: IssuedFiles
) -> None:
    """The wire's part of the first fill: reading, encoding, TLS and decoding, in one process, whose work is measured."""
    await server.stop()
    store = await opened(server)
    for start in range(0, 100_000, 20_000):
        numbered = range(start, start + 20_000)
        drafts = tuple(
            ContactDraft(
                f"{number:016x}",
                "anna" if number % 1000 == 0 else GLOBAL,
                ContactDetails("Anna", f"Müller {number}", "Käslin & Söhne AG", f"+4144{number:07}"),
            )
            for number in numbered
        )
        await store.change_contacts(BookChange("anna", utc_now(), saved=drafts))
    await store.close()
    started_s = time.process_time()
    await server.start()
    start_s = time.process_time() - started_s
    link = WebSocketLink()
    address = ServerAddress("127.0.0.1", server.running.listener.port, str(tls_files.authority))
    await link.sign_in(address, Credentials("beat", PASSWORD))
    started_s = time.process_time()
    pages = [await page_of(link, 0)]
    while pages[-1].more:
        pages.append(await page_of(link, pages[-1].revision))
    worked_s = time.process_time() - started_s
    assert len(pages) == 100
    assert len({one.contact_id for page in pages for one in page.contacts}) == 99_900
    started_s = time.process_time()
    assert len((await page_of(link, 99_900)).contacts) == 100
    last_s = time.process_time() - started_s
    await link.sign_out()
    await link.shutdown()
    print(f"start {start_s:.2f} s, all pages {worked_s:.2f} s, the last page {last_s * 1000:.1f} ms")
    assert start_s < 3 * SECONDS
    assert worked_s < 8 * SECONDS, "work of both ends"
    assert last_s < 0.1 * SECONDS, "the last page costs no more than the first"


async def page_of(link: WebSocketLink, after: int) -> ContactsPage:
    page = await link.request(ReadContacts(after))
    assert isinstance(page, ContactsPage)
    return page


def draft(contact_id: str, surname: str, owner: str = GLOBAL) -> ContactDraft:
    return ContactDraft(contact_id, owner, ContactDetails(surname=surname))


async def opened(server: CtiServerUnderTest) -> SqlStore:
    store = SqlStore(server.store_url)
    await store.open()
    return store


async def edit_elsewhere(
    server: CtiServerUnderTest, saved: tuple[ContactDraft, ...] = (), removed: tuple[str, ...] = ()
) -> None:
    """Change the book as the command line does: from another store on the same database."""
    store = await opened(server)
    await store.change_contacts(BookChange("(administrator)", utc_now(), removed, saved=saved))
    await store.close()
