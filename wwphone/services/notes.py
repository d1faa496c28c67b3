"""Notes about calls: written while one talks, stored within half a second, shown when the number comes up again."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from wwphone.config.notes import NotesStore, NotesUnavailableError
from wwphone.domain.calls import Party
from wwphone.domain.notes import MAX_NOTE, Note, line_key
from wwphone.services.account import AccountService
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

STORED_WITHIN_S = 0.5
"""How long a letter waits for more of them before it is stored: a crash costs no more than that."""


class NotesService:
    """The signed-in person's notes; in memory at once, on the disk a moment later."""

    def __init__(self, store: NotesStore, calls: CallsService, account: AccountService) -> None:
        self._store = store
        self._calls = calls
        self._account = account
        self._tasks = TaskOwner("notes")
        self._notes: dict[str, Note] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self.changed: Listeners[None] = Listeners()
        """Notes of former times have been read."""
        self.written: Listeners[str] = Listeners()
        """What is noted about this call says something else."""
        self.failed: Listeners[str] = Listeners()
        """The note about this call could not be stored."""

    def start(self) -> None:
        """Read the notes of former times; calls go on meanwhile."""
        self._tasks.start(self._read())

    async def shutdown(self) -> None:
        """Store what is still to be stored."""
        for call_id in tuple(self._waiting):
            await self._store_now(call_id)
        await self._tasks.shutdown()
        await self._store.shutdown()

    def text(self, call_id: str) -> str:
        """What was written about this call."""
        note = self._notes.get(call_id)
        return note.text if note else ""

    def last(self, number: str, besides: str = "") -> Note | None:
        """The newest of one's notes about this number, other than that of the call `besides`; None for no number."""
        key, user = line_key(number), self._user
        found = [
            note
            for note in self._notes.values()
            if key
            and note.text
            and note.user == user
            and note.call_id != besides
            and line_key(note.number) == key
        ]
        return max(found, key=lambda note: note.changed_at, default=None)

    def write(self, call_id: str, text: str) -> None:
        """Keep this text about a call in sight; beyond `MAX_NOTE` characters it is cut. An empty one removes the note."""
        call = self._calls.call(call_id)
        text = text[:MAX_NOTE]
        if call is None or text == self.text(call_id):
            return
        self.keep(call_id, call.remote, text)
        self.written.tell(call_id)

    def keep(self, call_id: str, remote: Party, text: str) -> None:
        """Keep this text about a call of whatever time with somebody; an empty one removes the note."""
        self._notes[call_id] = Note(
            call_id, self._user, remote.number, remote.name, text if text.strip() else "", datetime.now(UTC)
        )
        if call_id not in self._waiting:
            loop = asyncio.get_running_loop()
            self._waiting[call_id] = loop.call_later(
                STORED_WITHIN_S, lambda: self._tasks.start(self._store_now(call_id))
            )

    @property
    def _user(self) -> str:
        profile = self._account.snapshot.profile
        return profile.user if profile else ""

    async def _read(self) -> None:
        try:
            former = await self._store.read()
        except NotesUnavailableError as error:
            logger.warning("the notes of former calls cannot be read: %s", error)
            return
        self._notes = {**{note.call_id: note for note in former}, **self._notes}
        self.changed.tell(None)

    async def _store_now(self, call_id: str) -> None:
        handle = self._waiting.pop(call_id, None)
        if handle is None:
            return  # the program's end was quicker
        handle.cancel()
        try:
            await self._store.write(self._notes[call_id])
        except NotesUnavailableError as error:
            logger.warning("a note cannot be stored: %s", error)
            self.failed.tell(call_id)
