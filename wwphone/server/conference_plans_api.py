"""What may be asked of the store about planned conferences; part of `server.api`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationMail,
    PlannedConference,
    RememberedPlan,
    TimeAnswer,
)
from wwphone.server.conference_api import Organizer
from wwphone.server.mail_api import Letter, QueuedLetter

LETTER_PREFIX = "conference:"
"""Ids of the letters about planned conferences begin so."""


@dataclass(frozen=True)
class InviteeRecord:
    """Somebody invited, and what became of it."""

    address: str = field(repr=False)
    name: str = field(repr=False)
    pin: str = field(repr=False)
    letter_id: str = ""
    """Of the latest letter to them; empty: there was none."""
    mailed_at: datetime | None = None
    """When that was queued."""
    copies: int = 0
    """How often it was sent again."""
    mail: InvitationMail = InvitationMail.QUEUED
    mail_words: str = field(default="", repr=False)
    answer: Answer = Answer.NONE
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    """When the times were changed: an answer from before is one about other times. None: they never were."""
    times: tuple[TimeAnswer, ...] = ()
    """Answers for one time alone, by time; all of them later than `answered_at`."""


@dataclass(frozen=True)
class ConferenceRecord:
    """A planned conference as it is kept."""

    conference_id: str
    owner: str
    """Empty: who planned it is no user any more."""
    plan: ConferencePlan
    organizer: Organizer
    """As the invitations name who invites: a cancellation has to name the same."""
    sequence: int
    changed_at: datetime
    closes_at: datetime
    """When the last of its times is over."""
    extended_start: datetime | None = None
    """The time that was extended, by its start; None: none was."""
    extended_min: int = 0
    cancelled_at: datetime | None = None
    invitees: tuple[InviteeRecord, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class ConferenceMail:
    """A letter to be queued with a change."""

    letter: Letter
    replaces: str = ""
    """The id of a letter that is of no use any more: while it still waits in the queue it is taken out,"""
    instead: Letter | None = None
    """and then this one is queued; None: none at all, since they know of nothing."""


class ConferencePlansStore(Protocol):
    """The part of `server.api.Store` that keeps planned conferences."""

    async def planned_conferences(self) -> tuple[ConferenceRecord, ...]:
        """All of them, by id."""

    async def add_conference(
        self, record: ConferenceRecord, mails: Collection[ConferenceMail], remembered: RememberedPlan | None
    ) -> None:
        """Write a new one, what its owner's next one begins with, and queue the mails: all or nothing.

        Raises DuplicateError when another conference that is not over has one of its PINs.
        """

    async def change_conference(
        self,
        record: ConferenceRecord,
        mails: Collection[ConferenceMail],
        remembered: RememberedPlan | None = None,
    ) -> None:
        """Write it anew, as `add_conference`; a cancelled one's PINs are free again. Raises KeyError, DuplicateError."""

    async def note_invitees(self, conference_id: str, invitees: Collection[InviteeRecord]) -> None:
        """Write what became of some of the invited; those who are not invited any more are passed over."""

    async def free_pins(self, conference_ids: Collection[str]) -> None:
        """They are over: others may have their PINs."""

    async def forget_conferences(self, conference_ids: Collection[str]) -> None:
        """Forget all about them."""

    async def wish_conference_cancelled(self, conference_id: str) -> None:
        """Let a running server cancel it, or the next one that starts. Raises KeyError when there is none that could be."""

    async def unwanted_conferences(self) -> frozenset[str]:
        """Those that are to be cancelled by such a wish."""

    async def remembered_plans(self) -> dict[str, RememberedPlan]:
        """What each user's next invitation begins with."""

    async def feed_digests(self) -> dict[str, str]:
        """The digest of the secret of each user's feed."""

    async def save_feed(self, user: str, digest: str | None) -> None:
        """Write it, or (None) that there is no feed any more."""

    async def numbers_of_addresses(self, user: str, addresses: Collection[str]) -> dict[str, str]:
        """By which number the phone book of a user reaches these e-mail addresses (in small letters)."""


class ConferenceFeeds(Protocol):
    """Writes calendars that one subscribes to."""

    def feed(self, conferences: Collection[PlannedConference], language: str, now: datetime) -> str:
        """All of somebody's conferences (iCalendar, RFC 5545), each with its first invitee's PIN; `now`: their DTSTAMP."""


class LetterQueue(Protocol):
    """Who sends letters: `services.mail.MailService`."""

    @property
    def possible(self) -> bool:
        """Whether there is a mail server."""

    def wake(self) -> None:
        """There may be something in the queue."""

    def watch(self, prefix: str, listener: Callable[[QueuedLetter], None]) -> None:
        """Tell whenever a letter whose id begins so has come into a state, and at the start how each stands."""
