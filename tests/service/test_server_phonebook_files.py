"""`wwphone-server phonebook import|export|imports|undo-import` as an administrator uses them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture

HEAD = "First name;Last name;Company;Number Private;Number Office;Number Mobile"


@pytest.fixture(autouse=True)
def _switzerland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WWPHONE_NUMBERS_COUNTRY", "CH")


def names(run: Run) -> list[str]:
    return [one["surname"] for one in json.loads(run("phonebook", "list", "--json")[1])]


def test_a_file_is_imported_listed_and_undone(run: Run, tmp_path: Path) -> None:
    run("phonebook", "add", "--surname", "Zbinden")
    file = tmp_path / "book.csv"
    file.write_text(f"{HEAD}\n;Aebi;;;044 555 01 24;\n;Blanc;;;bald;\n;Aebi;;;+41445550124;\nx\n", "utf-8")
    told = run("phonebook", "import", f"{file}", "--dry-run")[1]
    assert told.splitlines() == [
        "line 3: “bald” cannot be dialled (office)",
        "line 4: the same entry stands in line 2 already",
        "line 5: 1 columns instead of six",
        "new: 1, changed: 0, deleted: 0, the same: 0, refused: 3",
        "nothing was changed",
    ]
    assert names(run) == ["Zbinden"]
    code, told, err = run("phonebook", "import", f"{file}", "--replace-all", "--yes")
    assert (code, err) == (0, "")
    assert "new: 1, changed: 0, deleted: 1" in told
    assert names(run) == ["Aebi"]
    import_id = told.split("undo-import ")[1].split("`")[0]
    listed = run("phonebook", "imports")[1].splitlines()[1]
    assert listed.startswith(import_id)
    assert listed.endswith("book.csv")
    assert (
        run("phonebook", "undo-import", import_id)[1]
        == "taken away: 1, put back: 1, changed since and left: 0\n"
    )
    assert names(run) == ["Zbinden"]
    assert "nothing was changed" in run("phonebook", "undo-import", import_id)[2]
    assert "nothing was changed" in run("phonebook", "undo-import", "none")[2]


def test_deleting_is_asked_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("phonebook", "add", "--surname", "Zbinden")
    file = tmp_path / "book.vcf"
    file.write_text("BEGIN:VCARD\nVERSION:4.0\nN:Aebi;;;;\nEND:VCARD\n", "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    told = run("phonebook", "import", f"{file}", "--replace-all")[1]
    assert "1 entries are not in the file and will be deleted" in told
    assert told.endswith("nothing was changed\n")
    assert names(run) == ["Zbinden"]


@pytest.mark.parametrize("kind", ["csv", "vcard4", "vcard3"])
def test_what_is_exported_can_be_imported(run: Run, tmp_path: Path, kind: str) -> None:
    run("phonebook", "add", "--surname", "Zbinden", "--office", "044 555 01 24", "--company", "=A;B")
    file = tmp_path / "book"
    assert run("phonebook", "export", f"{file}", "--format", kind)[1] == f"1 entries written to {file}\n"
    told = run("phonebook", "import", f"{file}", "--replace-all")[1]
    assert "new: 0, changed: 0, deleted: 0, the same: 1, refused: 0" in told


def test_files_that_cannot_be_read_or_written_say_why(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    assert "cannot be read" in run("phonebook", "import", f"{file}")[2]
    file.write_text("Name\n")
    code, _, err = run("phonebook", "import", f"{file}")
    assert code == 1
    assert "its first line is not the head of the PBX's CSV but “Name”; nothing was changed" in err
    assert "cannot be written" in run("phonebook", "export", f"{tmp_path}/none/book.csv")[2]


def test_numbers_in_a_file_lose_the_trunk_prefix(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WWPHONE_PBX_TRUNK_PREFIX", "0")
    file = tmp_path / "book.csv"
    file.write_text(f"{HEAD}\n;Aebi;;0203;0044 555 01 24;0 0041 79 555 01 24\n", "utf-8")
    assert run("phonebook", "import", f"{file}")[0] == 0
    (aebi,) = json.loads(run("phonebook", "list", "--json")[1])
    assert (aebi["private"], aebi["office"], aebi["mobile"]) == ("0203", "+41445550124", "+41795550124")
