"""What may be asked of the outgoing mail: a queue in the store, and whoever hands letters to a mail server; part of `server.api`.

A letter is handed over at most once. Before its text goes to the mail server it is noted as being sent; when the line breaks
from there until the server's answer, nobody knows whether it arrived, and it is not sent again: it ends as `UNCERTAIN`.
Everything before that moment is tried again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from wwphone.domain.mail import MailFailure, MailOutcome

UNCERTAIN_WORDS = "the line was lost while it was handed over: it may have arrived, and is not sent again"
INTERRUPTED_WORDS = (
    "the server was ended while it was handed over: it may have arrived, and is not sent again"
)


class MailState(Enum):
    """Where a letter stands."""

    QUEUED = "queued"
    """It waits for its first or next attempt."""
    SENDING = "sending"
    """The mail server is being given its text."""
    SENT = "sent"
    """The mail server has taken it."""
    REFUSED = "refused"
    """The mail server does not want it, or took nothing until it was too late."""
    UNCERTAIN = "uncertain"
    """It was interrupted in `SENDING`."""


MOVES: Mapping[MailState, frozenset[MailState]] = MappingProxyType(
    {
        MailState.QUEUED: frozenset({MailState.QUEUED, MailState.SENDING, MailState.REFUSED}),
        MailState.SENDING: frozenset(
            {MailState.QUEUED, MailState.SENT, MailState.REFUSED, MailState.UNCERTAIN}
        ),
        MailState.SENT: frozenset(),
        MailState.REFUSED: frozenset({MailState.QUEUED}),
        MailState.UNCERTAIN: frozenset({MailState.QUEUED}),
    }
)
"""What may follow what. Back from an end only an administrator brings a letter, who takes the risk of a second copy."""
ENDS = frozenset({MailState.SENT, MailState.REFUSED, MailState.UNCERTAIN})


@dataclass(frozen=True)
class Letter:
    """An e-mail to one person. Who and what it is about shows in no repr and no log."""

    letter_id: str
    """The same for the same matter: a letter of an id that is in the queue already is not added."""
    recipient: str = field(repr=False)
    """An address (RFC 5321, Mailbox)."""
    subject: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    """When it was written; its Date."""
    expires_at: datetime
    """No attempt is made after this; one at least."""
    recipient_name: str = field(default="", repr=False)
    reply_to: str = field(default="", repr=False)
    calendar: str = field(default="", repr=False)
    """An invitation (iCalendar, RFC 5545) beside the text; empty: none."""
    owner: str = ""
    """The user whose matter it is: it goes with them. Empty: nobody's."""
    calendar_method: str = "REQUEST"
    """Its METHOD: what calendars are to do with it (RFC 5546, section 1.4)."""
    html: str = field(default="", repr=False)
    """The text as a page (HTML); empty: as plain text only."""
    sender_name: str = field(default="", repr=False)
    """Stands before the address it comes from; empty: the one of the settings."""
    reference: str = ""
    """Stands in its Message-ID: letters and digits by which a mail server's bounce is matched. Empty: none comes back."""


@dataclass(frozen=True)
class QueuedLetter:
    """A letter of the queue, and what has become of it."""

    letter: Letter
    state: MailState
    attempts: int
    """How often it was tried to hand it over."""
    changed_at: datetime
    next_at: datetime
    """While it is queued: when it is tried."""
    words: str = ""
    """What the mail server said last, or what went wrong; empty: nothing so far."""


@dataclass(frozen=True)
class MailNote:
    """What became of one attempt."""

    state: MailState
    at: datetime
    words: str = ""
    next_at: datetime | None = None
    attempts: int = 0
    """Attempts that are to be counted with it."""


@dataclass(frozen=True)
class MailQueue:
    """How the queue stands, in figures."""

    waiting: int
    next_at: datetime | None
    """When the next one is to be tried; None: none waits."""
    failed: int
    """Letters that were refused or are uncertain."""
    last_failure: MailFailure | None
    """Of those that failed, and of those that wait because they were not taken."""


class MailFailedError(Exception):
    """A letter was not handed over; the text is the mail server's own, or tells why, `outcome` how far it came."""

    def __init__(self, words: str, outcome: MailOutcome) -> None:
        super().__init__(words)
        self.outcome = outcome


class MailDelayedError(MailFailedError):
    """It cannot be handed over now (no line, or a temporary refusal)."""

    def __init__(self, words: str, outcome: MailOutcome = MailOutcome.UNREACHABLE) -> None:
        super().__init__(words, outcome)


class MailRefusedError(MailFailedError):
    """The mail server will never take this letter (RFC 5321, section 4.2.1: 5yz)."""

    def __init__(self, words: str, outcome: MailOutcome = MailOutcome.TEXT) -> None:
        super().__init__(words, outcome)


class MailUncertainError(MailFailedError):
    """The line was lost after the text had begun to be sent and before the mail server's answer."""

    def __init__(self, words: str) -> None:
        super().__init__(words, MailOutcome.UNCERTAIN)


class MailLine(Protocol):
    """A line to the mail server."""

    async def hand_over(self, letter: Letter, begin: Callable[[], Awaitable[None]]) -> str:
        """Hand a letter over and return the server's words; `begin` is awaited right before its text is sent.

        Raises MailDelayedError, MailRefusedError, MailUncertainError, and what `begin` raises; the line is of no use afterwards.
        """


class MailSender(Protocol):
    """Whoever speaks with the mail server."""

    def connected(self) -> AbstractAsyncContextManager[MailLine]:
        """A line, encrypted and signed in, until the end of the block. Raises MailDelayedError."""


class MailStore(Protocol):
    """The part of `server.api.Store` that keeps the outgoing mail, and who wants any."""

    async def queue_letters(self, letters: Collection[Letter]) -> None:
        """Add letters whose ids are not there yet."""

    async def due_letters(self, now: datetime, limit: int) -> tuple[QueuedLetter, ...]:
        """Queued ones whose time has come, in the order of their times."""

    async def next_letter_at(self) -> datetime | None:
        """When the next one is to be tried; None: none waits."""

    async def note_letter(self, letter_id: str, note: MailNote) -> None:
        """Write what became of a letter; of one that has ended well, the text is forgotten.

        Raises KeyError when there is none, or `MOVES` does not lead there.
        """

    async def settle_interrupted_letters(self, at: datetime) -> int:
        """Note as uncertain what was being handed over when the server ended; return how many."""

    async def letters(self, prefix: str = "") -> tuple[QueuedLetter, ...]:
        """All of the queue whose ids begin so, those that have ended too, oldest first."""

    async def mail_queue(self) -> MailQueue:
        """How the queue stands."""

    async def forget_letters(self, before: datetime) -> int:
        """Forget those that have ended before a time; return how many."""

    async def missed_mail_wishes(self) -> dict[str, str]:
        """The language for each user to whom missed calls are sent."""

    async def save_missed_mail_wish(self, user: str, language: str | None) -> None:
        """Write that a user wants them in a language, or (None) not."""

    async def names_of_numbers(self, user: str, numbers: Collection[str]) -> dict[str, str]:
        """What the phone book of a user calls these numbers (E.164); their own entries before everybody's."""
