"""Several workers: what measures time has the machine for itself, and end-to-end tests stay together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.waiting import SECONDS
from tests.side_by_side import SideBySide, preferred_by

ROOT = Path(__file__).resolve().parents[2]
_TEST = """
import time
import pytest
from pathlib import Path

DIARY = Path(__file__).parent / "diary"

def note(what):
    with DIARY.open("a") as diary:
        diary.write(what + "\\n")

@pytest.mark.parametrize("number", range(6))
def test_anything(number):
    note("in")
    time.sleep(0.02)
    note("out")

{mark}
def test_that_measures():
    note("alone in")
    time.sleep(0.1)
    note("alone out")
"""
_CONFTEST = 'pytest_plugins = ["tests.side_by_side"]\n'


def test_nobody_is_in_the_room_with_who_wants_to_be_alone(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST, "utf-8")
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nmarkers = alone\npythonpath = {ROOT}\naddopts = --import-mode=importlib\n", "utf-8"
    )
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(_TEST.format(mark="@pytest.mark.alone"), "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "2",
            "--dist",
            "loadfile",
            "-q",
            "-p",
            "no:cacheprovider",
            tmp_path,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60 * SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    diary = (tmp_path / "diary").read_text("utf-8").splitlines()
    assert len(diary) == 2 * 14
    inside = 0
    for line in diary:
        if line == "alone in":
            assert inside == 0, diary
        inside += 1 if line.endswith("in") else -1
        assert inside <= 2


def test_all_end_to_end_tests_are_one_piece_of_work_and_other_files_one_each() -> None:
    scope = SideBySide._split_scope
    of = [
        scope(SideBySide.__new__(SideBySide), node)
        for node in (
            "tests/end_to_end/test_a.py::test_1",
            "tests/end_to_end/test_b.py::test_2[x]",
            "tests/unit/test_c.py::test_3",
        )
    ]
    assert of == ["tests/end_to_end", "tests/end_to_end", "tests/unit/test_c.py"]


def test_each_worker_has_work_of_its_own_and_helps_the_others_when_there_is_none_left() -> None:
    pieces = [
        "tests/end_to_end",
        "tests/gui/test_a.py",
        "tests/gui/test_look.py",
        "tests/service/test_b.py",
        "tests/test_c.py",
    ]
    assert [preferred_by(worker, pieces) for worker in ("gw0", "gw1", "gw2")] == [
        "tests/end_to_end",
        "tests/service/test_b.py",
        "tests/gui/test_look.py",
    ]
    assert preferred_by("gw3", pieces) == "tests/end_to_end"
    assert preferred_by("gw0", pieces[1:]) == preferred_by("gw1", pieces[1:3]) == "tests/gui/test_a.py"
    assert preferred_by("gw2", pieces[3:]) == "tests/service/test_b.py"
