"""Notes in their file: there after a restart and a crash, nobody else's to read, and no loss of calls by a bad file."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.helpers.waiting import SECONDS
from wwphone.config.notes import NotesFile, NotesUnavailableError
from wwphone.domain.calls import QualityWord
from wwphone.domain.descriptions import CallDescription
from wwphone.domain.notes import Note

NOTE = Note(
    "c1",
    "anna",
    "+41442681212",
    "Müller & Söhne",
    "Angebot 17; 'DROP', ü 🎧",
    datetime(2026, 3, 5, 10, 42, tzinfo=UTC),
)
_CRASH = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from wwphone.config.notes import NotesFile
from wwphone.domain.notes import Note
async def main():
    await NotesFile(Path(sys.argv[1])).write(Note("c1", "anna", "204", "", "kept", datetime.now(UTC)))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notes.sqlite"


@pytest_asyncio.fixture
async def store(file: Path) -> AsyncIterator[NotesFile]:
    made = NotesFile(file)
    yield made
    await made.shutdown()


async def read_anew(file: Path) -> tuple[Note, ...]:
    following = NotesFile(file)
    try:
        return await following.read()
    finally:
        await following.shutdown()


async def test_notes_are_there_after_a_restart(store: NotesFile, file: Path) -> None:
    assert await store.read() == ()
    later = replace(NOTE, call_id="c2", text="second", changed_at=datetime(2026, 3, 6, tzinfo=UTC))
    await store.write(later)
    await store.write(replace(NOTE, text="first draft"))
    await store.write(NOTE)
    assert await read_anew(file) == (NOTE, later)


async def test_an_empty_text_removes_the_note(store: NotesFile, file: Path) -> None:
    await store.write(NOTE)
    await store.write(replace(NOTE, text=""))
    assert await read_anew(file) == ()


async def test_nobody_else_can_read_them(store: NotesFile, file: Path) -> None:
    await store.write(NOTE)
    for each in file.parent.iterdir():
        assert each.stat().st_mode & 0o077 == 0, each.name


async def test_what_was_written_survives_a_crash(file: Path) -> None:
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", _CRASH, str(file)], check=False, timeout=30 * SECONDS
    )
    assert ended.returncode == -9
    assert [note.text for note in await read_anew(file)] == ["kept"]


async def test_a_damaged_file_is_set_aside(
    store: NotesFile, file: Path, expected_logs: Callable[..., object]
) -> None:
    await asyncio.to_thread(file.write_bytes, b"SQLite format 4? no " * 500)
    expected_logs("the notes were damaged", logger="wwphone.config")
    await store.write(NOTE)
    assert await store.read() == (NOTE,)
    assert (file.parent / "notes.damaged.sqlite").read_bytes().startswith(b"SQLite format 4")


async def test_without_a_folder_it_says_so_and_not_what_the_note_says(tmp_path: Path) -> None:
    store = NotesFile(tmp_path / "gone" / "notes.sqlite")
    with pytest.raises(NotesUnavailableError) as refused:
        await store.write(NOTE)
    assert "Angebot" not in str(refused.value)
    await store.shutdown()


async def test_a_full_disk_is_told_without_the_text(store: NotesFile, file: Path) -> None:
    await store.write(NOTE)
    with contextlib.closing(sqlite3.connect(file)) as another:
        another.execute("DROP TABLE notes")
    with pytest.raises(NotesUnavailableError) as refused:
        await store.write(NOTE)
    assert "Angebot" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_half_a_character_is_told_without_the_text(store: NotesFile) -> None:
    await store.write(NOTE)
    with pytest.raises(NotesUnavailableError) as refused:
        await store.write(replace(NOTE, text="Angebot \ud800"))
    assert "Angebot" not in str(refused.value)
    assert await store.read() == (NOTE,), "what stood there stays"


async def test_notes_of_former_versions_are_read(store: NotesFile, file: Path) -> None:
    columns = '"user" VARCHAR NOT NULL, number VARCHAR NOT NULL, name VARCHAR NOT NULL, text VARCHAR NOT NULL'
    with contextlib.closing(sqlite3.connect(file)) as former, former:
        former.execute(
            f"CREATE TABLE notes (call_id VARCHAR NOT NULL, {columns}, changed_at FLOAT NOT NULL, PRIMARY KEY (call_id))"
        )
        values = (NOTE.call_id, NOTE.user, NOTE.number, NOTE.name, NOTE.text, NOTE.changed_at.timestamp())
        former.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?)", values)
    assert await store.read() == (NOTE,)
    later = replace(NOTE, text="anders")
    await store.write(later)
    assert await store.read() == (later,)


async def test_what_the_server_was_not_told_is_there_after_a_restart(file: Path, store: NotesFile) -> None:
    first = CallDescription("c1", "anna", "pbx", NOTE.changed_at, sip_call_id="x@y", note="ü; 'DROP'")
    second = replace(
        first, key="entry:r1", sip_call_id="", entry_id="r1", note=None, quality=QualityWord.FAIR
    )
    for each in (second, first):
        await store.keep_untold(each)
    rewritten = replace(
        first, note="", quality=QualityWord.GOOD, made_at=NOTE.changed_at + timedelta(hours=1)
    )
    await store.keep_untold(rewritten)

    following = NotesFile(file)
    assert await following.read_untold() == (second, rewritten)
    await following.drop_untold(second.key)
    await following.shutdown()
    assert await store.read_untold() == (rewritten,)
