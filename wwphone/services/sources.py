"""Searching sources beside the phone book: asked when one has stopped typing, each shown as soon as it answers.

The phone book's own results never wait for this. A source that does not answer keeps its line with that word, and the
others have theirs meanwhile; the server ends each question at its time limit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorReplaced,
)
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.domain.sources import MAX_SEARCH, MIN_SEARCH, NO_ANSWER, Source, SourceAnswer, SourceState
from wwphone.protocol.sources import AskName, NameFound, SearchSource, SourceSearched
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

PAUSE_S = 0.3
"""So long nothing must be typed until sources are asked: they belong to others."""
_MOST_NAMES = 1000
_NAME_KEPT_S = 600.0
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def as_contact(details: ContactDetails) -> Contact:
    """An entry that is in no phone book, in the shape of one that is."""
    return Contact("", personal=False, details=details, revision=0, changed_by="", changed_at=_NEVER)


@dataclass(frozen=True)
class SourceSearch:
    """What is known of one source about the text that is searched."""

    source: Source
    answer: SourceAnswer | None = None
    """None: it has not answered yet."""


class SourceSearching:
    """Holds one search at a time: the latest."""

    def __init__(
        self, link: CtiLink, tasks: TaskOwner, pause_s: float = PAUSE_S, *, dialling: bool = False
    ) -> None:
        self._link = link
        self._tasks = tasks
        self._pause_s = pause_s
        self._dialling = dialling
        self._text = ""
        self._answers: dict[str, SourceAnswer] = {}
        """By source, in the order in which they came."""
        self._asking: asyncio.Task[None] | None = None
        self.changed: Listeners[None] = Listeners()
        """The searches are others, or have been answered."""

    @property
    def searches(self) -> tuple[SourceSearch, ...]:
        """One for each source while something is searched, in the order of the server's settings."""
        if not self._text:
            return ()
        answers: Mapping[str, SourceAnswer] = MappingProxyType(self._answers)
        return tuple(SourceSearch(one, answers.get(one.source_id)) for one in self._link.mirror.sources)

    @property
    def found(self) -> tuple[tuple[Source, ContactDetails], ...]:
        """What was found so far; what came first stays first."""
        sources = {one.source_id: one for one in self._link.mirror.sources}
        return tuple(
            (sources[source_id], details)
            for source_id, answer in self._answers.items()
            if source_id in sources
            for details in answer.found
        )

    def search(self, text: str) -> None:
        """Search for the words of a text; too few letters: for nothing."""
        text = " ".join(text.split())[:MAX_SEARCH].strip()
        if len(text) < MIN_SEARCH or not self._link.mirror.sources:
            text = ""
        if text != self._text:
            self._text = text
            self.begin()

    def begin(self) -> None:
        """Ask for the text anew: it is another, or the sources may be."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._answers = {}
        if self._text:
            self._asking = self._tasks.start(self._ask_all(self._text))
        self.changed.tell(None)

    async def _ask_all(self, text: str) -> None:
        await asyncio.sleep(self._pause_s)
        answers = self._answers
        # By themselves, so that what is typed on meanwhile cancels none: the server does that.
        for one in self._link.mirror.sources:
            self._tasks.start(self._ask(one.source_id, text, answers))

    async def _ask(self, source_id: str, text: str, answers: dict[str, SourceAnswer]) -> None:
        try:
            result = await self._link.request(SearchSource(source_id, text, self._dialling))
        except CommandRefusedError as refused:
            logger.debug("the source %s: %s", source_id, refused)
            answer = NO_ANSWER
        else:
            assert isinstance(result, SourceSearched)
            answer = result.answer
        answers[source_id] = answer
        if answers is self._answers:  # else something else is searched by now
            self.changed.tell(None)


@dataclass(frozen=True)
class _Name:
    details: ContactDetails | None
    """None: nobody knows the number, or the sources are being asked."""
    until_s: float
    """When they are asked again."""


_UNASKED = _Name(None, 0.0)


class SourcesService:
    """Two searches, of which neither disturbs the other, and whose numbers the sources know."""

    def __init__(self, link: CtiLink, pause_s: float = PAUSE_S) -> None:
        self._link = link
        self._tasks = TaskOwner("sources")
        self.browsing = SourceSearching(link, self._tasks, pause_s)
        """Below the phone book."""
        self.dialling = SourceSearching(link, self._tasks, pause_s, dialling=True)
        """Below the field in which one dials."""
        self._names: dict[str, _Name] = {}
        """By number: whom the sources know."""
        self.named: Listeners[None] = Listeners()
        """A number has got a name."""

    async def shutdown(self) -> None:
        """Ask nothing any more."""
        await self._tasks.shutdown()

    def name_of(self, number: str) -> ContactDetails | None:
        """Whom the sources know by a number; asked the first time, and told by `named`."""
        known = self._names.get(number, _UNASKED)
        now_s = time.monotonic()
        if known.until_s <= now_s and self._is_live and self._link.mirror.sources:
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            self._names[number] = replace(known, until_s=now_s + _NAME_KEPT_S)
            self._tasks.start(self._ask_name(number))
        return known.details

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._names.clear()
                self.browsing.begin()
                self.dialling.begin()
            case LinkStateChanged(state=LinkState.SIGNED_OUT | LinkState.REFUSED):
                self._names.clear()

    # ------------------------------------------------------------ inside

    async def _ask_name(self, number: str) -> None:
        try:
            result = await self._link.request(AskName(number))
        except CommandRefusedError as refused:
            logger.debug("whose number it is cannot be asked: %s", refused)
            self._names.pop(number, None)
            return
        assert isinstance(result, NameFound)
        found = result.found
        if found.found:
            self._names[number] = _Name(found.found[0], time.monotonic() + _NAME_KEPT_S)
            self.named.tell(None)
        elif found.state is not SourceState.ANSWERED:
            self._names.pop(number, None)  # who was silent may know it the next time

    @property
    def _is_live(self) -> bool:
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.profile is not None
