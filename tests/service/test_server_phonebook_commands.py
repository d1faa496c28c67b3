"""`wwphone-server phonebook` as an administrator uses it."""

from __future__ import annotations

import json

import pytest

from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture


def test_an_entry_is_added_found_removed_and_restored(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WWPHONE_NUMBERS_COUNTRY", "CH")
    run("user", "add", "eva", "--number", "0445550123", "--generate-password")
    words = [
        "--first-name",
        "Jürg",
        "--surname",
        "Müller",
        "--company",
        "Aebi AG",
        "--office",
        "044 555 01 24",
    ]
    code, out, err = run("phonebook", "add", *words, "--mobile", "044 555 01 23", "--note", "Montags nie")
    assert (code, err) == (0, "")
    assert out.startswith("added Jürg Müller: ")
    contact_id = out.split()[-1]
    run("phonebook", "add", "--company", "Blanc SA", "--email", "info@example.net")
    lines = run("phonebook", "list")[1].splitlines()
    assert lines[0].split() == ["id", "name", "company", "numbers"]
    assert ["Blanc SA" in line for line in lines] == [False, True, False], "sorted as a printed book"
    assert lines[2].endswith("+41445550124 0445550123")
    (found,) = json.loads(run("phonebook", "list", "müller", "aebi", "--json")[1])
    assert (found["id"], found["office"], found["note"]) == (contact_id, "+41445550124", "Montags nie")
    assert found["mobile"] == "0445550123", "an internal number stays as it is"
    assert json.loads(run("phonebook", "list", "müller", "blanc", "--json")[1]) == []
    code, out, _ = run("phonebook", "remove", contact_id)
    assert (code, f"restore {contact_id}" in out) == (0, True)
    assert len(json.loads(run("phonebook", "list", "--json")[1])) == 1
    assert run("phonebook", "restore", contact_id) == (0, "restored Jürg Müller\n", "")
    assert len(json.loads(run("phonebook", "list", "--json")[1])) == 2


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["add"], "an entry needs a name"),
        (["add", "--surname", "x", "--office", "nobody"], "office number nobody cannot be dialled"),
        (["add", "--surname", "x", "--email", "nowhere"], "no e-mail address"),
        (["remove", "none"], "there is no global entry none"),
        (["restore", "none"], "there is no global entry none"),
    ],
)
def test_what_cannot_stand_in_the_phone_book_says_why(run: Run, words: list[str], complaint: str) -> None:
    code, out, err = run("phonebook", *words)
    assert (code, out) == (1, "")
    assert f"{complaint}" in err
    assert "nothing was changed" in err
    assert json.loads(run("phonebook", "list", "--json")[1]) == []


def test_an_unknown_country_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WWPHONE_NUMBERS_COUNTRY", "XX")
    assert "numbers.country" in run("phonebook", "add", "--surname", "x")[2]
