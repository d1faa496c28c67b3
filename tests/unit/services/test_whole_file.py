"""A file is written whole or not at all, and nothing else stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wwphone.services.whole_file import write_whole


def test_it_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / f"{'ä' * 60}.csv"
    for content in (b"old", b"new"):
        write_whole(file, [content[:1], content[1:]])
        assert file.read_bytes() == content
        assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_made_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("given up")

    file = tmp_path / "calls.csv"
    write_whole(file, [b"old"])
    with pytest.raises(ValueError, match="given up"):
        write_whole(file, broken())
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(OSError, match="nowhere"):
        write_whole(tmp_path / "nowhere" / "calls.csv", [b"x"])
