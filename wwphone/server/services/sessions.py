"""Signed-in sessions: what survives a cut, and by default a restart.

A session is opened by a password and goes on by its token, over one connection after the other. The token is 256 random
bits; only its SHA-256 is kept, which is enough for a secret that cannot be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wwphone.domain.account import SessionInfo
from wwphone.protocol.errors import WireError
from wwphone.protocol.message import Result
from wwphone.protocol.record import CommandRecord
from wwphone.server.session_api import SessionRecord

_TOKEN_BYTES = 32


def new_token() -> str:
    """Make a token."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class SessionLink(Protocol):
    """The connection that serves a session now, as the services see it."""

    def answer(self, request_id: str, outcome: Result | WireError) -> None:
        """Record the outcome of a request and tell the client."""

    def goodbye(self, error: WireError) -> None:
        """End the connection and say why."""


@dataclass(eq=False)
class Session:
    """One signed-in client."""

    token_hash: str
    user: str
    host_name: str
    softphone: bool
    since: datetime
    last_seen: datetime
    record: CommandRecord = field(default_factory=CommandRecord)
    link: SessionLink | None = None

    @property
    def info(self) -> SessionInfo:
        """What is told of it to whoever signs in as well."""
        return SessionInfo(self.host_name, self.since)

    @property
    def stored(self) -> SessionRecord:
        """What is kept of it."""
        return SessionRecord(
            self.token_hash, self.user, self.host_name, self.softphone, self.since, self.last_seen
        )

    def answer(self, request_id: str, outcome: Result | WireError) -> None:
        """Answer a request over whichever connection serves the session now, or keep the answer for the next one."""
        if self.link is not None:
            self.link.answer(request_id, outcome)
        else:
            self.record.finish(request_id, outcome)


class Sessions:
    """All sessions, by token and by user."""

    def __init__(self) -> None:
        self._by_hash: dict[str, Session] = {}
        self._by_user: defaultdict[str, list[Session]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._by_hash)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_hash.values()))

    def add(self, session: Session) -> None:
        """Add a session."""
        self._by_hash[session.token_hash] = session
        self._by_user[session.user].append(session)

    def remove(self, session: Session) -> None:
        """Forget a session; one that is gone already is no error."""
        if self._by_hash.pop(session.token_hash, None) is None:
            return
        of_user = self._by_user[session.user]
        of_user.remove(session)
        if not of_user:
            del self._by_user[session.user]

    def holds(self, session: Session) -> bool:
        """Whether the session still exists."""
        return self._by_hash.get(session.token_hash) is session

    def by_token(self, token: str) -> Session | None:
        """The session a token opens."""
        return self._by_hash.get(hash_of(token))

    def of(self, user: str) -> tuple[Session, ...]:
        """All sessions of a user."""
        return tuple(self._by_user.get(user, ()))

    def is_connected(self, user: str) -> bool:
        """Whether a client of this user is connected."""
        return any(session.link is not None for session in self._by_user.get(user, ()))

    @property
    def connected(self) -> tuple[Session, ...]:
        """The sessions that a client is connected to."""
        return tuple(session for session in self._by_hash.values() if session.link is not None)
