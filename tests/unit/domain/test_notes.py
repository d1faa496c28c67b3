"""Whose notes belong together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wwphone.domain.notes import Note, line_key


@pytest.mark.parametrize(
    "number", ["+41442681212", "+41 44 268 12 12", "0041442681212", "044 268 12 12", "044/268-12-12"]
)
def test_one_line_however_it_is_written(number: str) -> None:
    assert line_key(number) == line_key("+41442681212")


@pytest.mark.parametrize("other", ["204", "2041", "+41442681213", "1212", "", "anonymous", "anna@example.ch"])
def test_others_are_others(other: str) -> None:
    assert line_key(other) != line_key("+41442681212")


def test_short_numbers_count_as_a_whole() -> None:
    assert line_key("204") != line_key("1204")
    assert line_key("*98") != line_key("98")
    assert line_key("Anna@Example.ch ") == line_key("anna@example.ch")
    assert line_key("anonymous") == ""


def test_a_note_tells_nothing_about_persons() -> None:
    note = Note("call", "anna", "+41442681212", "Beat Keller", "is on leave", datetime.now(UTC))
    assert "leave" not in repr(note)
    assert "Beat" not in repr(note)
