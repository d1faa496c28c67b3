"""A stamp answers only for exactly what it was set for."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools.places import build_cache
from devtools.stamps import Stamp, files_under, hash_of


def test_a_stamp_answers_for_its_key_only(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "deep" / "stamp")

    assert stamp.result("a") is None
    stamp.set("a", "/somewhere")
    assert Stamp(tmp_path / "deep" / "stamp").result("a") == "/somewhere"
    assert stamp.result("b") is None
    stamp.set("b")
    assert stamp.result("b") == ""
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["stamp"]


def test_a_hash_changes_with_each_input(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    before = hash_of("text", one, [two])

    assert hash_of("text", one, [two]) == before
    two.write_text("")
    created = hash_of("text", one, [two])
    one.write_text("y")
    changed = hash_of("text", one, [two])
    other_text = hash_of("other", one, [two])
    assert len({before, created, changed, other_text}) == 4


def test_what_tools_leave_behind_does_not_count(tmp_path: Path) -> None:
    for name in ("build.py", "deep/a.conf", "__pycache__/build.pyc", ".mypy_cache/3.11/x.json"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")

    assert {file.name for file in files_under(tmp_path)} == {"build.py", "a.conf"}


def test_the_cache_is_where_the_person_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert build_cache() == tmp_path / "wwphone-build"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert build_cache().name == "wwphone-build"
    assert build_cache().is_relative_to(Path.home())
