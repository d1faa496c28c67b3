"""What may be asked of the store about sessions and refused passwords; part of `server.api`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class SessionRecord:
    """A session that may be resumed. The token itself is never stored, only its SHA-256."""

    token_hash: str
    user: str
    host_name: str
    softphone: bool
    since: datetime
    last_seen: datetime


class SessionStore(Protocol):
    """The part of `server.api.Store` that keeps who is signed in, and who could not."""

    async def sessions(self) -> tuple[SessionRecord, ...]:
        """All sessions that may be resumed."""

    async def save_session(self, record: SessionRecord) -> None:
        """Add a session or note that it was seen."""

    async def touch_sessions(self, token_hashes: Collection[str], at: datetime) -> None:
        """Note when these sessions were last seen, all in one transaction."""

    async def remove_session(self, token_hash: str) -> None:
        """End a session for good; unknown ones are no error."""

    async def sign_in_failures(self, since: datetime) -> tuple[tuple[str, datetime], ...]:
        """Address and time of refused passwords, for the block that survives a restart."""

    async def add_sign_in_failure(self, address: str, at: datetime) -> None:
        """Note a refused password."""

    async def clear_sign_in_failures(self, address: str) -> None:
        """A right password ends the count."""

    async def forget_sign_in_failures(self, before: datetime) -> None:
        """Drop refused passwords that no longer count."""
