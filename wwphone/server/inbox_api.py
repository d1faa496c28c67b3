"""What may be asked of the mailbox that answers to invitations come to; part of `server.api`.

Each mail is looked at until it is marked there as done. So an answer may be read twice when this server ends in between,
which changes nothing: of two answers the later one counts, and they are of the same moment.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from wwphone.server.conference_api import ConferenceAnswer


@dataclass(frozen=True)
class ReadMail:
    """A mail of the mailbox, and what is of use in it."""

    uid: int
    """The mailbox's name for it (RFC 9051, section 2.3.1.1)."""
    answers: tuple[ConferenceAnswer, ...] = field(default=(), repr=False)
    remark: str = ""
    """Why an answer, if it was one, was passed over; empty: it is none, or of use."""


class InboxDelayedError(Exception):
    """The mailbox cannot be read now; the text is the mail server's, or tells why."""


class InboxLine(Protocol):
    """A line to the mailbox. All methods raise InboxDelayedError; the line is of no use afterwards."""

    async def look(self, most: int) -> tuple[ReadMail, ...]:
        """Those not done yet, the oldest first, so many at most."""

    async def mark_done(self, uid: int) -> None:
        """Mark a mail as done, for good."""

    async def wait(self, most_s: float) -> None:
        """Return when something came, or may have come, or the time is over."""


class Inbox(Protocol):
    """The mailbox."""

    def connected(self) -> AbstractAsyncContextManager[InboxLine]:
        """A line, encrypted and signed in, until the end of the block. Raises InboxDelayedError."""
