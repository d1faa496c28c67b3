"""`wwphone-server recordings …`: what is kept, whether all of it is there and unchanged, one of them as a file, a key."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from wwphone.domain.recording import RecordingAccess, RecordingPurpose
from wwphone.server.api import Store
from wwphone.server.clock import Clock, utc_now
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.recording_settings import RecordingSettings
from wwphone.server.recordings.files import RecordingFolders
from wwphone.server.recordings.keys import KeyUnusableError, find_key, new_key
from wwphone.server.recordings.vault import VaultReader, file_hash
from wwphone.server.recordings_api import ChainLink, SoundUnavailableError
from wwphone.server.store.recording_chain import BEFORE_THE_FIRST, link_hash

Findings = list[str]
"""Sentences for the administrator."""

_LINKS_AT_ONCE = 500
_PIECE = 1024 * 1024


def make_key(console: Console) -> None:
    """Print a new key; nothing else is changed."""
    console.say(new_key())


class RecordingCommands:
    """The commands that look into the archive."""

    def __init__(
        self,
        store: Store,
        settings: RecordingSettings,
        console: Console,
        key: Callable[[], bytes | None] = find_key,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._folders = RecordingFolders(settings)
        self._console = console
        self._find_key = key
        self._clock = clock

    async def list(self, options: argparse.Namespace) -> None:
        """Show what is kept of one or of all. Names and notes stay away: they are the owners' own."""
        entries = await self._store.all_recordings(options.user)
        heads = ("recording", "user", "start", "length", "number", "state", "deleted")
        self._console.table(
            heads,
            [
                (
                    one.recording_id,
                    one.user,
                    one.started_at.isoformat(timespec="seconds"),
                    f"{one.length_ms / 1000:.1f} s",
                    one.party.number,
                    one.state.value,
                    one.deleted_at.isoformat(timespec="seconds") if one.deleted_at is not None else "",
                )
                for one in entries
            ],
        )

    async def check(self, options: argparse.Namespace) -> None:
        """Walk the chain and compare it with what is there. Raises CommandFailedError when something is wrong."""
        findings: Findings = []
        linked: set[str] = set()
        number, last, noted = 0, BEFORE_THE_FIRST, not options.noted
        async for link in self._chain():
            findings += await asyncio.to_thread(self._wrong_with, link, number, last)
            if link.deleted_at is None:
                linked.add(link.recording_id)
            number, last = link.number, link.link_hash
            noted = noted or last == options.noted
        strangers = await self._not_in(linked)
        # What a running server has put away meanwhile is no finding.
        strangers -= {link.recording_id async for link in self._chain(number)}
        findings += [f"{one}: inserted: it is not in the chain" for one in sorted(strangers)]
        if not noted:
            findings.append(
                f"the chain does not hold {options.noted}: links are missing, or it was written anew"
            )
        for text in findings:
            self._console.say(text)
        if findings:
            raise CommandFailedError(f"{len(findings)} findings; the chain ends at {number} with {last}")
        self._console.say(
            f"{len(linked)} recordings are there and unchanged; the chain ends at {number} with {last}"
        )

    async def export(self, options: argparse.Namespace) -> None:
        """Write one recording as FLAC. That is an access, and written down as such. Raises CommandFailedError."""
        kept = await self._store.recording(options.id)
        if kept is None:
            raise CommandFailedError(f"there is no recording {options.id}")
        if not kept.entry.size:
            raise CommandFailedError(f"the recording {options.id} is {kept.entry.state.value}")
        try:
            key = await asyncio.to_thread(self._find_key)
            if key is None:
                raise CommandFailedError("there is no key: set WWPHONE_RECORDING_KEY")
            reader = VaultReader(self._folders.kept(options.id), key, options.id)
            await asyncio.to_thread(_verify, reader)
            by = f"administrator {_whoever()}"
            access = RecordingAccess(self._clock(), by, socket.gethostname(), RecordingPurpose.EXPORT)
            await self._store.note_access(options.id, access)
            await asyncio.to_thread(_write, reader, options.file)
        except (KeyUnusableError, SoundUnavailableError, OSError) as error:
            raise CommandFailedError(str(error)) from error
        if not kept.as_put_away:
            self._console.say("what is known about it is not what was put away: `recordings check`")
        self._console.say(f"{options.file}: {kept.entry.length_ms / 1000:.1f} s")

    # ------------------------------------------------------------ inside

    async def _chain(self, after: int = -1) -> AsyncIterator[ChainLink]:
        while links := await self._store.chain_links(after, _LINKS_AT_ONCE):
            for link in links:
                yield link
            after = links[-1].number

    def _wrong_with(self, link: ChainLink, before: int, previous: str) -> Findings:
        """What is wrong with one link and its recording, in words."""
        name = f"{link.recording_id} (number {link.number})"
        found: Findings = []
        if link.number != before + 1:
            found += [
                f"number {missing}: missing in the chain" for missing in range(before + 1, link.number)
            ][:100]
        elif link.previous_hash != previous:
            found.append(f"{name}: the link before it was changed or exchanged")
        hashed = link_hash(
            link.previous_hash, link.number, link.recording_id, link.file_hash, link.details_hash
        )
        if hashed != link.link_hash:
            found.append(f"{name}: its link in the chain was changed")
        if link.deleted_at is not None:
            return found
        if link.details_now is None:
            found.append(f"{name}: missing: nothing is known about it, and it was not deleted")
        elif link.details_now != link.details_hash:
            found.append(f"{name}: changed: what is known about it is not what was put away")
        try:
            if file_hash(self._folders.kept(link.recording_id)) != link.file_hash:
                found.append(f"{name}: changed: its file is not what was put away")
        except FileNotFoundError:
            found.append(f"{name}: missing: its file is not there")
        except (OSError, ValueError) as error:
            found.append(f"{name}: its file cannot be read: {error}")
        return found

    async def _not_in(self, linked: set[str]) -> set[str]:
        files = await asyncio.to_thread(lambda: set(self._folders.all_kept()))
        files -= {one.recording_id for one in await self._store.ended_recordings()}
        return (files | await self._store.kept_ids()) - linked


def _verify(reader: VaultReader) -> None:
    for first in range(0, reader.size, _PIECE):
        reader.read(first, _PIECE)


def _write(reader: VaultReader, file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        for first in range(0, reader.size, _PIECE):
            target.write(reader.read(first, _PIECE))


def _whoever() -> str:
    """Who is at the command line, as the system knows it."""
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or os.environ.get("LOGNAME") or "?"
