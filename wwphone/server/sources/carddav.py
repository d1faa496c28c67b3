"""A CardDAV address book as a source: read by and by into memory, and searched there.

The first reading fetches every card, later ones what has changed: by the server's sync token (RFC 6578), else by comparing
ETags. A server that hangs or is gone leaves what was read before, and a search says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import logging
import re
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from wwphone.domain.folding import folded
from wwphone.domain.imports import RefusedLine
from wwphone.domain.notes import last_digits
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import Source, SourceState
from wwphone.domain.vcard import read_vcards
from wwphone.server.source_settings import SourceSettings
from wwphone.server.sources import carddav_messages as messages
from wwphone.server.sources.carddav_connection import CardDavConnection, NotSupportedError, TooLongError
from wwphone.server.sources.carddav_messages import Multistatus, Resource
from wwphone.server.sources_api import SourceFailedError, SourceFinding
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

MAX_CARDS = 20_000
"""Cards of one address book at most; more are not read."""
_AT_ONCE = 50
"""Cards that are fetched with one question."""
_MOST_STEPS = 1_000
"""Answers that a server may cut one list into."""
_AGAIN_S = 60.0
"""After a failure; a search does not wait for it."""
_PAUSE_S = 1.0
"""Between two readings, however much is searched."""
_NO_DIGIT = re.compile(r"[^\d+]+")
_DIGITS = re.compile(r"\+?\d+")


@dataclass(frozen=True)
class Card:
    """One card as it is searched."""

    tag: str
    details: ContactDetails
    text: str
    """Names, company and address, folded."""
    order: str
    """What the alphabet sorts it by."""
    numbers: str
    """Their digits, with a blank between them."""


class CardDavSource:
    """Keeps its own copy; a search never waits for the network once that has been read."""

    def __init__(self, settings: SourceSettings, tls: ssl.SSLContext | None) -> None:
        """`tls`: how its certificate is examined; None only on this very machine."""
        self._settings = settings
        self._connection = CardDavConnection(settings, tls)
        self._path = urlsplit(settings.url).path
        self._cards: dict[str, Card] = {}
        self._token = ""
        self._state = SourceState.SILENT
        self._tried = asyncio.Event()
        self._wanted = asyncio.Event()
        self._refreshing = asyncio.Lock()
        self._tasks = TaskOwner(f"source {settings.source_id}")

    @property
    def source(self) -> Source:
        """See SourceReader."""
        return Source(self._settings.source_id, self._settings.shown_name)

    @property
    def time_limit_s(self) -> float:
        """See SourceReader."""
        return self._settings.time_limit_s

    async def start(self) -> None:
        """Begin to read."""
        self._tasks.start(self._follow())

    async def shutdown(self) -> None:
        """Read no more."""
        await self._tasks.shutdown()

    async def search(self, words: Sequence[str]) -> SourceFinding:
        """See SourceReader; in the order of the alphabet."""
        await self._must_have_cards()
        wanted = [(folded(word).split()[0], _digits(word)) for word in words if folded(word).strip()]
        most = self._settings.most_results
        # Some 20 ms for the largest book: not on the loop's thread. A reading puts another dictionary in its place.
        found = await asyncio.to_thread(_first_ones, self._cards.values(), wanted, most + 1)
        return SourceFinding(tuple(found[:most]), len(found) > most, self._state)

    async def with_number(self, number: str) -> SourceFinding:
        """See SourceReader."""
        await self._must_have_cards()
        digits = last_digits(number)
        found = (card.details for card in self._cards.values() if digits in card.numbers)
        return SourceFinding(tuple(found), state=self._state)

    async def refresh(self) -> None:
        """Read what has changed. Raises SourceFailedError."""
        async with self._refreshing:
            try:
                async with self._connection:
                    await self._read()
            except SourceFailedError as error:
                self._state = error.state
                raise
            else:
                self._state = SourceState.ANSWERED
            finally:
                self._tried.set()

    # ------------------------------------------------------------ following

    async def _follow(self) -> None:
        while True:
            self._wanted.clear()
            pause_s = self._settings.refresh_s
            try:
                await self.refresh()
            except SourceFailedError as error:
                logger.info("the source %s is read again later: %s", self._settings.source_id, error)
                pause_s = min(pause_s, _AGAIN_S)
            await asyncio.sleep(_PAUSE_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wanted.wait()

    async def _must_have_cards(self) -> None:
        """Wait for the first reading; try anew what failed. Raises SourceFailedError."""
        await self._tried.wait()
        if self._state is not SourceState.ANSWERED:
            self._wanted.set()
            if not self._cards:
                raise SourceFailedError(self._state, "it could not be read yet")

    # ------------------------------------------------------------ reading

    async def _read(self) -> None:
        listed, token, whole = await self._list()
        wanted = [one for one in listed if not one.gone]
        known = {one.href for one in wanted}
        cards = {href: card for href, card in self._cards.items() if not whole or href in known}
        for one in listed:
            if one.gone:
                cards.pop(one.href, None)
        changed = [
            one.href
            for one in wanted
            if one.href not in cards or not one.tag or cards[one.href].tag != one.tag
        ]
        for href in changed:
            cards.pop(href, None)  # what it says now may be no card any more
        room = MAX_CARDS - len(cards)
        if len(changed) > room:
            logger.info("the source %s has more than %d cards", self._settings.source_id, MAX_CARDS)
        for first in range(0, min(len(changed), room), _AT_ONCE):
            cards |= await self._fetch(changed[first : min(first + _AT_ONCE, room)])
        # Only now: what is searched is never half an address book, and a token without its cards is worth nothing.
        self._cards, self._token = cards, token

    async def _list(self) -> tuple[list[Resource], str, bool]:
        """What is new, changed or gone; the next token; whether that is the whole list."""
        if self._token:
            with contextlib.suppress(NotSupportedError):  # a token may grow too old: the whole list again
                listed, token = await self._changes(self._token)
                return listed, token, False
        try:
            listed, token = await self._changes("")
        except NotSupportedError:
            answer = await self._ask("PROPFIND", messages.TAGS_OF_ALL, depth="1")
            return list(answer.resources), "", True
        return listed, token, True

    async def _changes(self, token: str) -> tuple[list[Resource], str]:
        listed: list[Resource] = []
        for _ in range(_MOST_STEPS):
            answer = await self._ask("REPORT", messages.changes_since(token), depth="0")
            listed += answer.resources
            if not answer.token or (answer.more and answer.token == token):
                raise NotSupportedError("an answer without a token to go on with")
            token = answer.token
            if not answer.more:
                return listed, token
        raise SourceFailedError(SourceState.BROKEN, "a list without end")

    async def _fetch(self, hrefs: Sequence[str]) -> dict[str, Card]:
        """The cards behind these addresses; one that is too long for an answer is passed over."""
        try:
            data = await self._connection.ask("REPORT", messages.cards(hrefs), depth="1")
        except TooLongError:
            if len(hrefs) == 1:
                logger.info("a card of the source %s is too long", self._settings.source_id)
                return {}
            half = len(hrefs) // 2
            return await self._fetch(hrefs[:half]) | await self._fetch(hrefs[half:])
        return await asyncio.to_thread(_cards, data, self._path, frozenset(hrefs))

    async def _ask(self, method: str, body: str, depth: str) -> Multistatus:
        data = await self._connection.ask(method, body, depth)
        return await asyncio.to_thread(messages.read, data, self._path)


def _cards(data: bytes, path: str, hrefs: frozenset[str]) -> dict[str, Card]:
    """Read cards that were asked for; of several in one place, the first."""
    found = {}
    for one in messages.read(data, path).resources:
        if one.href not in hrefs:
            continue
        details = _details(one.card)
        if details is not None and details.name:
            found[one.href] = _card(one.tag, details)
    return found


def _details(card: str) -> ContactDetails | None:
    """The first entry that a text holds; None: there is none that can be read."""
    for read in read_vcards(card.encode()):
        if not isinstance(read, RefusedLine):
            return replace(ContactDetails(*read[1]), note="")  # shown nowhere, and may be long
    return None


def _first_ones(
    cards: Collection[Card], wanted: Sequence[tuple[str, str]], most: int
) -> list[ContactDetails]:
    """The first in the alphabet that hold every word."""
    found = (card for card in cards if _holds(card, wanted))
    return [card.details for card in heapq.nsmallest(most, found, key=lambda card: card.order)]


def _card(tag: str, details: ContactDetails) -> Card:
    named = (details.first_name, details.surname, details.company, details.email)
    numbers = " ".join(_NO_DIGIT.sub("", number) for number in details.numbers.values())
    return Card(tag, details, folded(" ".join(named)), folded(details.sort_text), numbers)


def _digits(word: str) -> str:
    """What to look for in numbers: without the zeros that stand for a country or area; empty for other words."""
    return (word.lstrip("0") or word) if _DIGITS.fullmatch(word) else ""


def _holds(card: Card, wanted: Sequence[tuple[str, str]]) -> bool:
    return all(word in card.text or (digits and digits in card.numbers) for word, digits in wanted)
