"""The part of the store that keeps the outgoing mail; see `store.sql_store`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wwphone.server.mail_api import Letter, MailNote, MailQueue, QueuedLetter
from wwphone.server.store import mails
from wwphone.server.store.sql_part import SqlPart


class SqlMails(SqlPart):
    """`server.mail_api.MailStore`, on the transactions of whoever inherits it."""

    async def queue_letters(self, letters: Collection[Letter]) -> None:
        """Add letters whose ids are not there yet."""
        await self._write(mails.queue, letters)

    async def due_letters(self, now: datetime, limit: int) -> tuple[QueuedLetter, ...]:
        """Queued ones whose time has come."""
        return await self._read(mails.due, now, limit)

    async def next_letter_at(self) -> datetime | None:
        """When the next one is to be tried."""
        return await self._read(mails.next_at)

    async def note_letter(self, letter_id: str, note: MailNote) -> None:
        """Write what became of a letter; raises KeyError."""
        await self._write(mails.note, letter_id, note)

    async def settle_interrupted_letters(self, at: datetime) -> int:
        """Note as uncertain what was being handed over when the server ended."""
        return await self._write(mails.settle_interrupted, at)

    async def letters(self, prefix: str = "") -> tuple[QueuedLetter, ...]:
        """All of the queue whose ids begin so, oldest first."""
        return await self._read(mails.every, prefix)

    async def mail_queue(self) -> MailQueue:
        """How the queue stands."""
        return await self._read(mails.figures)

    async def forget_letters(self, before: datetime) -> int:
        """Forget those that have ended before a time."""
        return await self._write(mails.forget, before)

    async def missed_mail_wishes(self) -> dict[str, str]:
        """The language for each user to whom missed calls are sent."""
        return await self._read(mails.wishes)

    async def save_missed_mail_wish(self, user: str, language: str | None) -> None:
        """Write that a user wants them in a language, or (None) not."""
        await self._write(mails.save_wish, user, language)

    async def names_of_numbers(self, user: str, numbers: Collection[str]) -> dict[str, str]:
        """What the phone book of a user calls these numbers."""
        return await self._read(mails.names_of_numbers, user, numbers)
