"""Files are replaced whole, only where they differ, and only their owner can read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wwphone.server.asterisk.configuration.files import write_changed


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "wwphone"

    assert write_changed(folder, {"a.conf": "1", "b.conf": "ü"}, 0o600) == ["a.conf", "b.conf"]
    before = (folder / "a.conf").stat()
    assert write_changed(folder, {"a.conf": "1", "b.conf": "2"}, 0o600) == ["b.conf"]
    assert (folder / "a.conf").stat() == before
    assert (folder / "b.conf").read_text("utf-8") == "2"
    assert write_changed(folder, {"a.conf": "1", "b.conf": "2"}, 0o600) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_rights_are_set_and_mended(tmp_path: Path) -> None:
    write_changed(tmp_path, {"a.conf": "1"}, 0o640)
    assert (tmp_path / "a.conf").stat().st_mode & 0o777 == 0o640

    assert write_changed(tmp_path, {"a.conf": "1"}, 0o600) == ["a.conf"]
    assert (tmp_path / "a.conf").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_the_old_file_and_no_scrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_changed(tmp_path, {"a.conf": "old"}, 0o600)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_changed(tmp_path, {"a.conf": "new"}, 0o600)

    assert [file.name for file in tmp_path.iterdir()] == ["a.conf"]
    assert (tmp_path / "a.conf").read_text() == "old"


def test_whoever_reads_sees_the_old_or_the_new_text(tmp_path: Path) -> None:
    texts = ["x" * 100_000, "y" * 100_000]
    write_changed(tmp_path, {"a.conf": texts[0]}, 0o600)
    with (tmp_path / "a.conf").open() as opened_before:
        write_changed(tmp_path, {"a.conf": texts[1]}, 0o600)
        assert opened_before.read() == texts[0]

    assert (tmp_path / "a.conf").read_text() == texts[1]
