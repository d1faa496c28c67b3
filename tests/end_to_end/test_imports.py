"""A file that one person imports is everybody's phone book, is undone as one, and is nothing before it is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.end_to_end.test_phonebook import found
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.seen import Part
from wwphone.domain.contact_csv import HEAD
from wwphone.domain.formats import read_contacts
from wwphone.domain.imports import FIELDS

pytestmark = pytest.mark.end_to_end

NUMBER = "+41445550123"
LADINA = "Ladina Caflisch"
FIRST = (
    "Ladina;Caflisch;Caflisch & Söhne;;044 555 01 23;",
    "Jürg;Zbären;;031 555 01 24;;079 555 01 25",
    ";;Aebi AG;;044 555 01 26;",
)
BAD = "Falsch;Verbunden;;;wie immer;"
MENU = "Import, export and doubles"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """A company in Switzerland."""
    plan = CompanyPlan(settings={"numbers": {"country": "CH"}})
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla may change everybody's entries."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def beat(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Beat may not."""
    with Client(seat_in(company, "beat"), tmp_path_factory.mktemp("beat")) as client:
        yield client.wait_until_reachable()


def csv_file(folder: Path, name: str, rows: Sequence[str]) -> Path:
    file = folder / name
    file.write_text("\r\n".join((";".join(HEAD), *rows, "")), "utf-8")
    return file


def dialog(client: Client, kind: str) -> Part | None:
    """The open window of a kind."""
    return next((window for window in client.windows() if window.kind == kind), None)


def says(client: Client, kind: str, *names: str) -> list[str]:
    """What parts of such a window say."""
    window = dialog(client, kind)
    parts = [window.find(name) if window else None for name in names]
    return [part.says if part else "" for part in parts]


def give_file(client: Client, file: Path, button: str) -> None:
    """Type a file's name into the open file dialog, which may be about to put a name of its own there, and press a button.

    Enter may only close the list of names that pops up while one types. The button is not always there at once.
    """

    def given() -> bool:
        window = dialog(client, "QFileDialog")
        if window is None:
            return True
        name = window.find("fileNameEdit")
        if name is None or name.says != str(file):
            client.type_into("fileNameEdit", str(file))
        elif any(part.says == button and part.enabled for part in window.walk()):
            client.press(button)
        return False

    client.wait_for(given, "the end of the file dialog")


def preview(client: Client, file: Path) -> None:
    """Choose a file to import, and wait for what it would do."""
    client.press("Phone book")
    client.choose(MENU, "Import …")
    client.press("Choose …")
    give_file(client, file, "Open")
    client.wait_for(lambda: says(client, "ImportDialog", "file") == [file.name], "the name of the file")
    client.press("Continue", "Import entries")
    client.wait_for(lambda: any(says(client, "ImportDialog", "new")), "what it would do")


def imported(client: Client, button: str) -> str:
    """Press the last button; return what the window says of it."""
    client.press(button, "Import entries")
    (told,) = client.wait_for(
        lambda: [text for text in says(client, "ImportDialog", "result") if text], "the result"
    )
    client.press("Close", "Import entries")
    return told


def past(client: Client) -> list[str]:
    """Open the list of past imports, and return it."""
    client.choose(MENU, "Past imports …")
    return client.wait_for(lambda: listed(client), "the list of past imports")


def listed(client: Client) -> list[str]:
    """What the open list of past imports says, latest first."""
    window = dialog(client, "PastImportsDialog")
    table = window.find("table") if window else None
    return list(table.rows) if table else []


def test_a_file_is_shown_before_and_found_by_everybody_afterwards(
    company: RealCompany, carla: Client, beat: Client, tmp_path: Path
) -> None:
    preview(carla, csv_file(tmp_path, "Kunden.csv", (*FIRST[:2], BAD, *FIRST[2:])))
    shown = says(carla, "ImportDialog", "new", "changed", "same", "refused", "refused_list")
    assert shown == [
        "New: 3",
        "Changed: 0",
        "The same as now: 0",
        "Refused: 1",
        "Line 4: “wie immer” is no number that can be dialled (office number)",
    ]
    assert found(beat, "") == []
    assert imported(carla, "Import") == "Imported from Kunden.csv. New: 3. Changed: 0. Deleted: 0."
    beat.wait_for(lambda: len(found(beat, "")) == 3, "three entries")
    beat.wait_for(
        lambda: any("Jürg Zbären" in row for row in found(beat, "zbaer 555")), "Jürg by name and number"
    )
    company.call_from_outside(company.member("beat").number, NUMBER)
    beat.wait_for_popup(f"{LADINA} · Caflisch & Söhne")
    beat.press("Decline")


def test_replacing_all_asks_once_more_and_is_undone_in_the_list(
    company: RealCompany, carla: Client, beat: Client, tmp_path: Path
) -> None:
    before = beat.wait_for(lambda: rows if len(rows := found(beat, "")) == 3 else None, "three entries")
    file = csv_file(
        tmp_path, "Neu.csv", ("Ladina;Caflisch;Caflisch & Söhne;;044 555 01 99;", "Regula;Würgler;;;;201")
    )
    preview(carla, file)
    carla.select("mode", "Replace all entries")
    counts = ["New: 1", "Changed: 1", "Deleted: 2"]
    carla.wait_for(lambda: says(carla, "ImportDialog", "new", "changed", "gone") == counts, "the counts")
    carla.press("Import", "Import entries")
    asked = "Entries that are not in the file and will be deleted: 2"
    carla.wait_for(lambda: says(carla, "ImportDialog", "sure") == [asked], "the question")
    assert found(beat, "") == before
    assert imported(carla, "Delete 2 and import").endswith("New: 1. Changed: 1. Deleted: 2.")
    beat.wait_for(lambda: ["Regula" in row for row in found(beat, "")] == [False, True], "what replaces it")

    latest, first = past(carla)
    assert latest.endswith("Carla Brändli, Neu.csv, Everybody's, 1, 1, 2")
    assert first.endswith("Carla Brändli, Kunden.csv, Everybody's, 3, 0, 0")
    carla.press("Undo this import", "Past imports")
    undone = "Undone. Taken away: 1. Put back: 3. Changed since, and left: 0."
    carla.wait_for(lambda: says(carla, "PastImportsDialog", "told") == [undone], "that it is undone")
    carla.wait_for(lambda: ", undone" in listed(carla)[0], "the list to say so")
    carla.press("Close", "Past imports")
    beat.wait_for(lambda: found(beat, "") == before, "what was there before")


def test_an_exported_file_holds_the_same(carla: Client, tmp_path: Path) -> None:
    carla.press("Phone book")
    carla.wait_for(lambda: len(found(carla, "")) == 3, "three entries")
    carla.choose(MENU, "Export …")
    carla.press("Save …", "Export entries")
    file = tmp_path / "Buch.csv"
    give_file(carla, file, "Save")
    told = "Entries written to Buch.csv: 3"
    carla.wait_for(lambda: says(carla, "ExportDialog", "told") == [told], "that it is written")
    carla.press("cancel", "Export entries")
    read = read_contacts(file.read_bytes(), file.name)
    assert not read.refused
    entries = [{name: text for name, text in zip(FIELDS, row, strict=True) if text} for row in read.rows]
    assert sorted(entries, key=str) == sorted(
        (
            {"first_name": "Ladina", "surname": "Caflisch", "company": "Caflisch & Söhne", "office": NUMBER},
            {"first_name": "Jürg", "surname": "Zbären", "private": "+41315550124", "mobile": "+41795550125"},
            {"company": "Aebi AG", "office": "+41445550126"},
        ),
        key=str,
    )


def test_whoever_is_killed_before_importing_leaves_nothing(
    carla: Client, beat: Client, tmp_path: Path
) -> None:
    file = csv_file(tmp_path, "Halb.csv", ("Ursina;Halb;;;044 555 01 30;",))
    preview(carla, file)
    carla.kill()
    carla.start().wait_until_reachable()
    preview(carla, file)
    assert says(carla, "ImportDialog", "new", "same") == ["New: 1", "The same as now: 0"], (
        "nothing of it was written"
    )
    carla.press("Cancel", "Import entries")
    assert len(past(carla)) == 2
    carla.press("Close", "Past imports")
    assert found(beat, "ursina") == []
    assert len(found(beat, "")) == 3
