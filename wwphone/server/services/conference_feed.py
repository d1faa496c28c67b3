"""The calendar feed of one's planned conferences, behind an address that nobody guesses.

The server keeps a digest of the secret alone. Whoever has the address reads the feed: so it holds no PIN but one's own.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace

from wwphone.domain.conference_plans import PlannedConference
from wwphone.protocol.conference_plans import EndFeed, FeedChanged, FeedRenewed, RenewFeed
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import Store, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.conference_plans_api import ConferenceFeeds
from wwphone.server.services.commands import Handler
from wwphone.server.services.conference_book import ConferenceBook
from wwphone.server.services.conference_openings import folded
from wwphone.server.services.conference_plan_rules import may_plan
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session

FEED_PATH, FEED_SUFFIX = "/conferences/", ".ics"
"""Around the secret."""
_SECRET_BYTES = 32


class ConferenceFeedService:
    """Everybody's feeds."""

    def __init__(
        self,
        store: Store,
        book: ConferenceBook,
        writer: ConferenceFeeds,
        directory: DirectoryService,
        log: EventLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._book = book
        self._writer = writer
        self._directory = directory
        self._log = log
        self._clock = clock
        self._digests: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Load who has one. Raises StoreError."""
        self._digests = await self._store.feed_digests()
        self._directory.on_change(self._on_directory_change)

    def exists_for(self, user: str) -> bool:
        """Whether a user has a feed."""
        return user in self._digests

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {RenewFeed: self._on_renew, EndFeed: self._on_end}

    async def calendar(self, secret: str) -> bytes | None:
        """What is behind an address; None: nothing."""
        asked, whose = _digest(secret), ""
        # All are compared, so that the time it takes tells nothing.
        for user, digest in self._digests.items():
            if hmac.compare_digest(asked, digest):
                whose = user
        record = self._directory.users.get(whose)
        if record is None or not may_plan(record):
            return None
        told = [_own_pin_only(one, record) for one in self._book.told_to(whose)]
        language = told[-1].plan.language if told else "en"
        # The time of the latest change and not this one: what has not changed reads the same.
        changed = [one.record.changed_at for one in self._book.all() if one.record.owner == whose]
        now = max(changed, default=self._clock().replace(hour=0, minute=0, second=0))
        return (await asyncio.to_thread(self._writer.feed, told, language, now)).encode()

    # ------------------------------------------------------------ inside

    async def _on_renew(self, session: Session, command: RenewFeed) -> Result:
        del command
        record = self._directory.users.get(session.user)
        if record is None or not may_plan(record):
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "you may not hold conferences"))
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        await self._save(session.user, _digest(secret))
        return FeedRenewed(f"{FEED_PATH}{secret}{FEED_SUFFIX}")

    async def _on_end(self, session: Session, command: EndFeed) -> Result:
        del command
        await self._save(session.user, None)
        return Done()

    async def _save(self, user: str, digest: str | None) -> None:
        async with self._lock:
            await self._store.save_feed(user, digest)
            before = user in self._digests
            if digest is None:
                self._digests.pop(user, None)
            else:
                self._digests[user] = digest
        if before != (digest is not None):
            self._log.publish(FeedChanged(feed=digest is not None), only=user)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._digests.pop(record.user, None)


def _own_pin_only(one: PlannedConference, record: UserRecord) -> PlannedConference:
    """The conference with its owner as the only one who is invited, where they invited themselves."""
    own = folded(record.email)
    itself = [each for each in one.invitees if folded(each.address) == own]
    if not own:
        itself = list(one.invitees[:1])  # as one is asked to write one's own address first
    return replace(one, invitees=tuple(itself))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
