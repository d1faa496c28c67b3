"""The part of the store that keeps sessions and refused passwords; see `store.sql_store`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wwphone.server.session_api import SessionRecord
from wwphone.server.store import accounts
from wwphone.server.store.sql_part import SqlPart


class SqlSessions(SqlPart):
    """`server.session_api.SessionStore`, on the transactions of whoever inherits it."""

    async def sessions(self) -> tuple[SessionRecord, ...]:
        """All sessions that may be resumed."""
        return await self._read(accounts.all_sessions)

    async def save_session(self, record: SessionRecord) -> None:
        """Add a session or write it anew."""
        await self._write(accounts.save_session, record)

    async def touch_sessions(self, token_hashes: Collection[str], at: datetime) -> None:
        """Note when these sessions were last seen, in one transaction."""
        await self._write(accounts.touch_sessions, token_hashes, at)

    async def remove_session(self, token_hash: str) -> None:
        """End a session for good; unknown ones are no error."""
        await self._write(accounts.remove_session, token_hash)

    async def sign_in_failures(self, since: datetime) -> tuple[tuple[str, datetime], ...]:
        """Address and time of refused passwords, oldest first."""
        return await self._read(accounts.sign_in_failures, since)

    async def add_sign_in_failure(self, address: str, at: datetime) -> None:
        """Note a refused password."""
        await self._write(accounts.add_sign_in_failure, address, at)

    async def clear_sign_in_failures(self, address: str) -> None:
        """A right password ends the count."""
        await self._write(accounts.clear_sign_in_failures, address)

    async def forget_sign_in_failures(self, before: datetime) -> None:
        """Drop refused passwords that no longer count."""
        await self._write(accounts.forget_sign_in_failures, before)
