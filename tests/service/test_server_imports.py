"""Imports over the wire: who may, what is refused, what others see, what is left by whoever goes half way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_phonebook import TEAM, Reader, code_of, saved
from wwphone.domain.contact_csv import CSV_FIELDS
from wwphone.domain.imports import MAX_IMPORTED
from wwphone.domain.phonebook import MAX_PERSONAL_CONTACTS
from wwphone.protocol.imports import MAX_ROWS
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.services.imports import STAGED_S

AEBI = {"surname": "Aebi", "office": "044 555 01 23"}
BLANC = {"company": "Blanc SA", "mobile": "+41 79 555 01 01"}


@pytest.fixture
async def server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server in Switzerland; ruth and rosa manage the phone book."""
    under_test = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH")
    await under_test.populate(TEAM)
    await under_test.start()
    yield under_test
    await under_test.stop()


async def begun(client: RawCtiClient, *, personal: bool = False, **more: Any) -> str:
    body = {"personal": personal, "file_name": "a.csv", "known": CSV_FIELDS, **more}
    return str((await client.request("import.begin", body))["body"]["import_id"])


async def send(client: RawCtiClient, import_id: str, *rows: dict[str, str], first: int = 0) -> Any:
    lines = [{"line": first + at + 2, "details": row} for at, row in enumerate(rows)]
    return await client.request("import.send", {"import_id": import_id, "first": first, "rows": lines})


async def previewed(client: RawCtiClient, import_id: str, *, replaces_all: bool = False) -> Any:
    return await client.request("import.preview", {"import_id": import_id, "replaces_all": replaces_all})


async def carry_out(client: RawCtiClient, import_id: str, *, replaces_all: bool = False) -> Any:
    preview = await previewed(client, import_id, replaces_all=replaces_all)
    body = {"import_id": import_id, "replaces_all": replaces_all, "revision": preview["body"]["revision"]}
    return await client.request("import.carry_out", body)


async def names(client: RawCtiClient) -> list[str]:
    reader = Reader(client)
    await reader.read()
    return sorted(one["details"]["surname"] or one["details"]["company"] for one in reader.book.values())


async def test_an_import_reaches_everybody_at_once_and_is_undone(server: CtiServerUnderTest) -> None:
    ruth, beat = await server.signed_in("ruth"), await server.signed_in("beat")
    await saved(ruth, {"surname": "Zbinden"})
    import_id = await begun(ruth)
    sent = await send(ruth, import_id, AEBI, BLANC, {"surname": "x", "office": "wie immer"}, {"email": "x"})
    assert sent["body"] == {
        "taken": 2,
        "refused": [
            {"line": 4, "reason": "not_diallable", "field": "office", "text": "wie immer"},
            {"line": 5, "reason": "bad_email", "field": "email", "text": "x"},
        ],
    }
    assert await names(beat) == ["Zbinden"]
    preview = (await previewed(ruth, import_id, replaces_all=True))["body"]
    assert preview["counts"] == {"new": 2, "changed": 0, "same": 0, "gone": 1}
    done = await carry_out(ruth, import_id, replaces_all=True)
    record = done["body"]["record"]
    assert (record["by"], record["file_name"], record["counts"]) == ("ruth", "a.csv", preview["counts"])
    reader = Reader(beat)
    await wait_until_async(lambda: bool(reader.take_events() and len(reader.book) == 2), "the others to know")
    assert next(one["details"]["office"] for one in reader.book.values()) == "+41445550123"
    listed = (await ruth.request("import.list"))["body"]["imports"]
    assert listed == [record]
    assert (await beat.request("import.list"))["body"]["imports"] == []
    undone = await ruth.request("import.undo", {"import_id": import_id})
    assert undone["body"]["counts"] == {"removed": 2, "reverted": 0, "restored": 1, "kept": 0}
    await wait_until_async(
        lambda: bool(reader.take_events() and reader.names() == ["Zbinden"]), "the others to have it back"
    )
    assert code_of(await ruth.request("import.undo", {"import_id": import_id})) == "not_found"


async def test_the_right_is_needed_at_every_step(server: CtiServerUnderTest) -> None:
    ruth, anna = await server.signed_in("ruth"), await server.signed_in("anna")
    body = {"personal": False, "file_name": "a.csv", "known": CSV_FIELDS}
    assert code_of(await anna.request("import.begin", body)) == "not_permitted"
    import_id = await begun(ruth)
    await send(ruth, import_id, AEBI)
    assert code_of(await send(anna, import_id, BLANC, first=1)) == "not_found"
    assert code_of(await previewed(anna, import_id)) == "not_found"
    assert code_of(await anna.request("import.drop", {"import_id": import_id})) == "done"
    assert code_of(await previewed(ruth, import_id)) == "import.forecast", "it is not anna's to drop"
    preview = (await previewed(ruth, import_id))["body"]
    record = next(one for one in TEAM if one.user == "anna")
    losing = next(one for one in TEAM if one.user == "ruth")
    await server.edit(type(losing)(**{**vars(losing), "rights": record.rights}))
    await server.running.directory.refresh()
    order = {"import_id": import_id, "replaces_all": False, "revision": preview["revision"]}
    assert code_of(await ruth.request("import.carry_out", order)) == "not_permitted"
    assert await names(ruth) == []


async def test_ones_own_entries_are_imported_and_undone_by_oneself_alone(server: CtiServerUnderTest) -> None:
    anna, ruth = await server.signed_in("anna"), await server.signed_in("ruth")
    import_id = await begun(anna, personal=True)
    await send(anna, import_id, AEBI)
    assert code_of(await carry_out(anna, import_id)) == "import.done"
    assert (await names(anna), await names(ruth)) == (["Aebi"], [])
    assert (await ruth.request("import.list"))["body"]["imports"] == []
    assert code_of(await ruth.request("import.undo", {"import_id": import_id})) == "not_found"
    assert code_of(await anna.request("import.undo", {"import_id": import_id})) == "import.undone"
    assert await names(anna) == []


async def test_who_goes_half_way_leaves_nothing(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    import_id = await begun(ruth)
    await send(ruth, import_id, AEBI)
    await ruth.cut()
    server.clock = lambda: utc_now() + timedelta(seconds=STAGED_S + 60)
    await server.restart()
    again = await server.signed_in("ruth")
    assert await names(again) == []
    await server.running.imports.forget()
    assert code_of(await previewed(again, import_id)) == "not_found"


async def test_a_cut_line_is_no_end_for_who_comes_back(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    import_id = await begun(ruth)
    await send(ruth, import_id, AEBI)
    await ruth.cut()
    again = await server.signed_in("ruth")
    await send(again, import_id, BLANC, first=1)
    first = await carry_out(again, import_id)
    second = await again.request(
        "import.carry_out", {"import_id": import_id, "replaces_all": False, "revision": 0}
    )
    assert first["body"] == second["body"], "asking again only tells"
    assert await names(again) == ["Aebi", "Blanc SA"]


async def test_a_change_of_meanwhile_is_told(server: CtiServerUnderTest) -> None:
    ruth, rosa = await server.signed_in("ruth"), await server.signed_in("rosa")
    import_id = await begun(ruth)
    await send(ruth, import_id, AEBI)
    preview = (await previewed(ruth, import_id, replaces_all=True))["body"]
    await saved(rosa, {"surname": "Blanc"})
    order = {"import_id": import_id, "replaces_all": True, "revision": preview["revision"]}
    assert code_of(await ruth.request("import.carry_out", order)) == "conflict"
    assert await names(ruth) == ["Blanc"]
    assert (await previewed(ruth, import_id, replaces_all=True))["body"]["counts"]["gone"] == 1


async def test_what_makes_no_sense_is_refused(
    server: CtiServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruth = await server.signed_in("ruth")
    for known in ([], ["revision"]):
        body = {"personal": True, "file_name": "a.csv", "known": known}
        assert code_of(await ruth.request("import.begin", body)) == "invalid"
    import_id = await begun(ruth, personal=True)
    assert code_of(await send(ruth, import_id, *[{}] * (MAX_ROWS + 1))) == "invalid"
    assert code_of(await send(ruth, import_id, AEBI, first=MAX_IMPORTED)) == "invalid"
    assert code_of(await send(ruth, import_id, AEBI, first=1)) == "conflict"
    monkeypatch.setattr("wwphone.server.services.imports.MAX_PERSONAL_CONTACTS", 1)
    await send(ruth, import_id, AEBI, BLANC)
    assert (await previewed(ruth, import_id))["body"]["too_many"] == 1
    assert code_of(await carry_out(ruth, import_id)) == "invalid"
    assert await names(ruth) == []
    assert MAX_PERSONAL_CONTACTS < MAX_IMPORTED


async def test_a_file_name_is_cleaned(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    import_id = await begun(ruth, file_name="\u202egnp.exe\x00" + "x" * 300)
    await send(ruth, import_id, AEBI)
    record = (await carry_out(ruth, import_id))["body"]["record"]
    assert record["file_name"] == ("gnp.exe" + "x" * 300)[:200]


async def test_undoing_ends_after_thirty_days(server: CtiServerUnderTest) -> None:
    ruth = await server.signed_in("ruth")
    import_id = await begun(ruth)
    await send(ruth, import_id, AEBI)
    await carry_out(ruth, import_id)
    server.clock = lambda: utc_now() + timedelta(days=31)
    await server.restart()
    again = await server.signed_in("ruth")
    assert (await again.request("import.list"))["body"]["imports"] == []
    assert code_of(await again.request("import.undo", {"import_id": import_id})) == "not_found"
    assert await names(again) == ["Aebi"]
