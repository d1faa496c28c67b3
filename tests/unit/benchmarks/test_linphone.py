"""The search of the phone book beside Linphone's: a stand-in answers as its process does, and, where it is installed, itself."""

from __future__ import annotations

import ctypes.util
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from benchmarks import phonebook
from benchmarks.linphone import Linphone, LinphoneMissingError, beside_linphone, person_of
from benchmarks.linphone_friends import Person, Ready
from tests.helpers.waiting import SECONDS
from wwphone.domain.phonebook import Contact, ContactDetails

PATIENCE_S = 30 * SECONDS

FINDS_NAMES = """
import json, sys
order = json.loads(sys.stdin.readline())
names = [person["name"] for person in order["people"] if person["name"] != "Nobody"]
print(json.dumps({"version": "5.1", "friends": len(names), "seconds": 2.0}), flush=True)
for line in sys.stdin:
    found = [name for name in names if json.loads(line) in name]
    print(json.dumps({"ms": 40.0, "processor_ms": 30.0, "found": len(found)}), flush=True)
"""
IS_MISSING = """
import json, sys
sys.stdin.readline()
print(json.dumps({"reason": "liblinphone is on holiday"}), flush=True)
"""
FAILS = "import sys; sys.exit('The core has no friends')"
KEEPS_SILENT = "import sys; sys.stdin.read()"


def a_program(folder: Path, text: str) -> tuple[str, str]:
    file = folder / "stand_in.py"
    file.write_text(text, "utf-8")
    return sys.executable, str(file)


def an_entry(first_name: str, surname: str, company: str = "", **numbers: str) -> Contact:
    details = ContactDetails(first_name, surname, company, **numbers)
    return Contact(f"{first_name} {surname}", False, details, 1, "anna", datetime.now(UTC))


def test_a_friend_has_the_numbers_that_the_entry_has() -> None:
    entry = an_entry("Anna", "Müller", "Berger AG", office="+41445550001", private="+41445550002")

    assert person_of(entry) == Person("Anna Müller", "Berger AG", ["+41445550001", "+41445550002"])


def test_somebody_with_one_name_has_no_space_in_it() -> None:
    assert person_of(an_entry("", "Müller")).name == "Müller"


def test_both_are_timed_for_each_text(tmp_path: Path) -> None:
    asked: list[str] = []

    def ours(text: str) -> int:
        asked.append(text)
        return 3

    entries = [an_entry("Anna", "Müller"), an_entry("Berta", "Meier")]
    with Linphone(tmp_path / "linphone", a_program(tmp_path, FINDS_NAMES)) as linphone:
        figure = beside_linphone(linphone, entries, ["M", "Mü", "Mx"], 100, ours)

    assert asked == ["M", "Mü", "Mx"]
    assert (figure.peer, figure.peer_name) == (30.0, "liblinphone 5.1")
    assert 0 < figure.ours < 1000 * PATIENCE_S
    assert "; something at 3 keys, 9 in all" in figure.remark
    assert "median 30.00 ms, by the clock 40.00 and p99 40.00; something at 2 keys, 3 in all" in figure.remark


def test_an_entry_that_it_does_not_take_is_no_comparison(tmp_path: Path) -> None:
    entries = [an_entry("Anna", "Müller"), an_entry("Nobody", "")]

    with (
        Linphone(tmp_path / "linphone", a_program(tmp_path, FINDS_NAMES)) as linphone,
        pytest.raises(RuntimeError, match="took 1 of 2 entries"),
    ):
        beside_linphone(linphone, entries, ["M"], 100, len)


def test_why_there_is_no_linphone_is_said(tmp_path: Path) -> None:
    with (
        Linphone(tmp_path / "linphone", a_program(tmp_path, IS_MISSING)) as linphone,
        pytest.raises(LinphoneMissingError, match="on holiday"),
    ):
        linphone.fill([], 100)


@pytest.mark.parametrize(
    ("library", "reason"),
    [
        ("None", "it comes with linphone-desktop"),
        pytest.param(
            "'libc.so.6'",
            "undefined symbol: linphone_",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="another library of C"),
        ),
    ],
    ids=["not here", "another one"],
)
def test_a_library_that_cannot_be_asked_is_a_reason(tmp_path: Path, library: str, reason: str) -> None:
    program = (
        f"import ctypes.util; ctypes.util.find_library = lambda name: {library};"
        "from benchmarks.linphone_friends import main; main()"
    )
    with (
        Linphone(tmp_path / "linphone", (sys.executable, "-c", program)) as linphone,
        pytest.raises(LinphoneMissingError, match=reason),
    ):
        linphone.fill([Person("Anna", "", [])], 100, PATIENCE_S)


def test_the_other_figures_come_without_linphone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(phonebook, "Linphone", partial(Linphone, command=a_program(tmp_path, IS_MISSING)))

    figures = phonebook.phonebook(tmp_path, entries=50)

    assert len(figures) == 3
    assert not any("Linphone" in figure.name for figure in figures)
    assert "not measured beside Linphone's: liblinphone is on holiday\n" in capsys.readouterr().err


def test_the_last_words_of_a_process_that_fails_are_told(tmp_path: Path) -> None:
    with (
        Linphone(tmp_path / "linphone", a_program(tmp_path, FAILS)) as linphone,
        pytest.raises(RuntimeError, match="The core has no friends"),
    ):
        linphone.fill([Person("Anna", "", ["+41445550001"])] * 5000, 100)


def test_a_process_that_keeps_silent_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with (
        Linphone(tmp_path / "linphone", a_program(tmp_path, KEEPS_SILENT)) as linphone,
        pytest.raises(RuntimeError, match=r"longer than 0\.1 s"),
    ):
        linphone.fill([], 100, timeout_s=0.1)


@pytest.mark.skipif(ctypes.util.find_library("linphone") is None, reason="liblinphone is not installed")
def test_linphone_itself_looks_for_the_whole_text_in_names_and_numbers(tmp_path: Path) -> None:
    people = [
        Person("Anna Müller", "Berger AG", ["+41445550001", "+41795550001"]),
        Person("Anna Meier", "Zürich AG", ["+41445550002"]),
        Person("Nora Huber", "", ["+41445559999"]),
    ]
    with Linphone(tmp_path / "linphone") as linphone:
        ready = linphone.fill(people, 2, PATIENCE_S)
        texts = ("anna", "müller", "anna m", "meier anna", "mueller", "berger", "445559", "+4144")
        found = {text: linphone.find(text, PATIENCE_S).found for text in texts}

    assert ready == Ready(ready.version, 3, ready.seconds)
    assert found == {
        "anna": 2, "müller": 1, "anna m": 2, "meier anna": 0, "mueller": 0, "berger": 0, "445559": 1,
        "+4144": 2,  # all three have it, and two are asked for
    }  # fmt: skip
