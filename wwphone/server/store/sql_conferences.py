"""The part of the store that keeps whom people called into conferences; see `store.sql_store`."""

from __future__ import annotations

from collections.abc import Collection

from wwphone.domain.conference import PhoneInvitation
from wwphone.server.store import conferences
from wwphone.server.store.sql_part import SqlPart


class SqlConferences(SqlPart):
    """`server.conference_api.ConferenceStore`, on the transactions of whoever inherits it."""

    async def conference_invitations(self) -> tuple[PhoneInvitation, ...]:
        """Of all conferences that had not ended."""
        return await self._read(conferences.all_invitations)

    async def write_conference_invitations(
        self, changed: Collection[PhoneInvitation], removed: Collection[str]
    ) -> None:
        """Add or write anew, and forget."""
        await self._write(conferences.write_invitations, changed, removed)

    async def set_room_pin(self, number: str, owner: str, pin: str) -> None:
        """Give a room a PIN; raises KeyError."""
        await self._write(conferences.set_room_pin, number, owner, pin)
