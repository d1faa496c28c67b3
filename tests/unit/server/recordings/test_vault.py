"""Encrypted files: read from any place on; changed, cut, exchanged and foreign ones are found out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wwphone.server.recordings.vault import CHUNK, HEAD, VaultReader, VaultWriter, file_hash
from wwphone.server.recordings_api import SoundChangedError, SoundMissingError, WrongKeyError

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17)


def written(folder: Path, sound: bytes, name: str = "abcd", piece: int = 10_000) -> Path:
    path = folder / name
    with VaultWriter(path, KEY, name) as vault:
        for place in range(0, len(sound), piece):
            vault.write(sound[place : place + piece])
        vault.finish()
        assert vault.size == len(sound)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_is_read(tmp_path: Path, size: int) -> None:
    sound = os.urandom(size)
    path = written(tmp_path, sound)
    reader = VaultReader(path, KEY, "abcd")
    assert reader.size == size
    assert reader.read(0, size + 10) == sound
    for first in {0, 1, CHUNK - 1, CHUNK, CHUNK + 5, size - 1, size, size + 1}:
        for length in (0, 1, 100, CHUNK, 2 * CHUNK + 3):
            expected = sound[first : first + length] if first >= 0 else b""
            assert reader.read(first, length) == expected
    assert path.stat().st_mode & 0o077 == 0
    if size > 16:
        assert sound[:16] not in path.read_bytes()


def test_every_changed_byte_is_found_out(tmp_path: Path) -> None:
    path = written(tmp_path, os.urandom(2 * CHUNK + 100))
    whole = path.read_bytes()
    for place in (0, 10, HEAD - 1, HEAD, HEAD + CHUNK + 3, HEAD + 2 * (CHUNK + 16), len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((SoundChangedError, WrongKeyError)):
            VaultReader(path, KEY, "abcd").read(0, 3 * CHUNK)
    path.write_bytes(whole)
    assert len(VaultReader(path, KEY, "abcd").read(0, 3 * CHUNK)) == 2 * CHUNK + 100


def test_cut_exchanged_and_foreign_files_are_found_out(tmp_path: Path) -> None:
    path, other = written(tmp_path, os.urandom(3 * CHUNK)), written(tmp_path, os.urandom(CHUNK), "efgh")
    whole, step = path.read_bytes(), CHUNK + 16
    for cut in (HEAD + 2 * step, HEAD + step, HEAD + step + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(SoundChangedError):
            VaultReader(path, KEY, "abcd").read(0, 3 * CHUNK)
    first, second = whole[HEAD : HEAD + step], whole[HEAD + step : HEAD + 2 * step]
    path.write_bytes(whole[:HEAD] + second + first + whole[HEAD + 2 * step :])
    with pytest.raises(SoundChangedError):
        VaultReader(path, KEY, "abcd").read(0, 1)
    path.write_bytes(other.read_bytes())
    with pytest.raises(SoundChangedError):
        VaultReader(path, KEY, "abcd").read(0, 1)
    for left in (0, 7, HEAD, HEAD + 15):
        path.write_bytes(whole[:left])
        with pytest.raises(SoundChangedError):
            VaultReader(path, KEY, "abcd")
    path.unlink()
    with pytest.raises(SoundMissingError):
        VaultReader(path, KEY, "abcd")


def test_another_key_is_told_from_a_changed_file(tmp_path: Path) -> None:
    path = written(tmp_path, b"sound")
    with pytest.raises(WrongKeyError, match="another key"):
        VaultReader(path, OTHER_KEY, "abcd")


def test_the_same_sound_is_never_encrypted_the_same_way(tmp_path: Path) -> None:
    first, second = written(tmp_path, b"sound"), written(tmp_path, b"sound", "efgh")
    assert file_hash(first) != file_hash(second)
    assert first.read_bytes()[HEAD:] != second.read_bytes()[HEAD:]
