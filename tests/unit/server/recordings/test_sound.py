"""Two raw files to one FLAC: sides, lengths, files that stopped at any byte, how loud it is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.recordings import KEY, RATE, decoded, samples, wave, write_raw
from tests.helpers.waiting import SECONDS
from wwphone.domain.recording import WAVEFORM_STEPS
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings.raw_files import RawFileError, raw_file
from wwphone.server.recordings.sound import NothingRecordedError, StoppedError, put_away
from wwphone.server.recordings.vault import VaultReader
from wwphone.server.recordings_api import KeptSound

A, B = samples(440, 2), samples(1000, 2)


def made(folder: Path, mine: bytes | None, others: bytes | None, suffix: str = ".sln24") -> KeptSound:
    files = RecordingFiles(folder / f"mine{suffix}", folder / f"others{suffix}")
    write_raw(files, mine, others)
    return put_away(files, folder / "kept", KEY, "abcd", threading.Event())


def frames_in(folder: Path) -> np.ndarray:
    reader = VaultReader(folder / "kept", KEY, "abcd")
    return decoded(reader.read(0, reader.size))[0]


def as_samples(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<i2")


def test_left_is_mine_and_right_the_others(tmp_path: Path) -> None:
    kept = made(tmp_path, A, B)
    frames = frames_in(tmp_path)
    assert np.array_equal(frames[:, 0], as_samples(A))
    assert np.array_equal(frames[:, 1], as_samples(B))
    assert kept.length_ms == 2000
    assert kept.file_size == (tmp_path / "kept").stat().st_size
    assert kept.sound_size == VaultReader(tmp_path / "kept", KEY, "abcd").size


@pytest.mark.parametrize(
    ("mine", "others"),
    [(A, B[:-480]), (A[:-480], B), (A, b""), (b"", B), (A, None), (None, B), (A + b"x", B), (A, B[:-1])],
    ids=[
        "others short",
        "mine short",
        "others empty",
        "mine empty",
        "no others",
        "no mine",
        "a byte",
        "half",
    ],
)
def test_what_is_missing_is_silent(tmp_path: Path, mine: bytes | None, others: bytes | None) -> None:
    kept = made(tmp_path, mine, others)
    frames = frames_in(tmp_path)
    assert len(frames) == max(len(mine or b""), len(others or b"")) // 2
    for channel, data in enumerate((mine, others)):
        there = as_samples((data or b"")[: len(data or b"") // 2 * 2])
        assert np.array_equal(frames[: len(there), channel], there)
        assert not frames[len(there) :, channel].any()
    assert kept.length_ms == round(len(frames) / RATE * 1000)


def test_nothing_at_all_is_told(tmp_path: Path) -> None:
    for mine, others in ((None, None), (b"", b"x"), (None, b"")):
        with pytest.raises(NothingRecordedError):
            made(tmp_path, mine, others)


@pytest.mark.parametrize("said", [0, 0xFFFFFFFF, 100, None])
def test_a_header_that_was_never_completed_does_not_matter(tmp_path: Path, said: int | None) -> None:
    kept = made(tmp_path, wave(A, said), wave(B, said), ".wav16")
    assert np.array_equal(frames_in(tmp_path)[:, 0], as_samples(A))
    assert kept.length_ms == len(A) // 2 / 16_000 * 1000


def test_a_file_may_stop_at_any_byte(tmp_path: Path) -> None:
    whole, path = wave(A[:60]), tmp_path / "mine.wav16"
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        found = raw_file(path)
        expected = max(size - 44, 0) // 2
        assert (found.frames if found is not None else 0) == expected
        if found is not None:
            assert found.rate == 16_000
            assert np.array_equal(found.read(0, expected), as_samples(A[: 2 * expected]))


def test_other_things_than_samples_are_refused(tmp_path: Path) -> None:
    stereo = bytearray(wave(A))
    stereo[22] = 2
    for name, data in (("a.wav16", b"no RIFF at all, but text"), ("b.wav16", bytes(stereo)), ("c.sln7", A)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RawFileError):
            raw_file(tmp_path / name)
    files = RecordingFiles(tmp_path / "m.sln24", tmp_path / "o.sln16")
    write_raw(files, A, B)
    with pytest.raises(RawFileError, match="rates"):
        put_away(files, tmp_path / "kept", KEY, "abcd", threading.Event())


def test_the_waveform_shows_who_spoke_when(tmp_path: Path) -> None:
    silence = bytes(len(A))
    kept = made(tmp_path, A + silence, silence + B)
    left, right = kept.waveform.left, kept.waveform.right
    assert (len(left), len(right)) == (80, 80), "twenty a second"
    assert left[:40] == right[40:] == (75,) * 40, "12 dB below the loudest: a quarter of 48 dB"
    assert not any(left[40:] + right[:40])
    long = made(tmp_path, A * 30, b"")
    assert len(long.waveform.left) == WAVEFORM_STEPS
    assert set(long.waveform.left) == {75}
    assert not any(long.waveform.right)
    assert made(tmp_path, A[:2], b"").waveform.right == (0,)
    assert made(tmp_path, b"\x00\x80" * 100, b"").waveform.left == (100,)


def test_it_stops_when_told_and_leaves_the_raw_files(tmp_path: Path) -> None:
    files = RecordingFiles(tmp_path / "mine.sln24", tmp_path / "others.sln24")
    write_raw(files, A, B)
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        put_away(files, tmp_path / "kept", KEY, "abcd", stop)
    assert (files.mine.read_bytes(), files.others.read_bytes()) == (A, B)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RecordingFiles(tmp_path / "mine.sln24", tmp_path / "others.sln24")
    noise = np.random.default_rng(1).integers(-20_000, 20_000, 600_000, dtype="<i2").tobytes()
    for data in (A[:2], A, noise):
        write_raw(files, data, data)
        with pytest.raises(OSError, match="No space left"):
            put_away(files, Path("/dev/full"), KEY, "abcd", threading.Event())
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "w+b", buffering=0))  # noqa: SIM115, PTH123
    for data in (A[:2], A, noise):
        write_raw(files, data, data)
        with pytest.raises(OSError, match=r"FLAC|No space left"):
            put_away(files, tmp_path / "kept", KEY, "abcd", threading.Event())


_GUARDED = """
import ctypes, sys, threading
from pathlib import Path
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings.sound import put_away
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    print("not here")
    sys.exit()
folder = Path(sys.argv[1])
kept = put_away(RecordingFiles(folder / "m.sln24", folder / "o.sln24"), folder / "kept", bytes(32), "abcd", threading.Event())
print(kept.length_ms)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a promise of the Linux kernel")
def test_it_works_where_no_memory_may_be_executed_that_was_written(tmp_path: Path) -> None:
    """As under our systemd unit: PR_SET_MDWE (prctl(2)) is what MemoryDenyWriteExecute asks for."""
    (tmp_path / "m.sln24").write_bytes(A)
    words = [sys.executable, "-c", _GUARDED, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60 * SECONDS, check=False)
    if done.stdout == "not here\n":
        pytest.skip("this kernel is older than 6.3")
    assert (done.stdout, done.returncode) == ("2000\n", 0), done.stderr
