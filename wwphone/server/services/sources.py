"""Searching sources beside the phone book: each by itself, each with its time limit, and nothing they say is believed.

A search of one source knows nothing of the others: the client asks each by a command of its own. At most eight questions
run in one source at a time; who waits for a place waits within the time limit, so a source that hangs costs eight
connections and nobody more than that time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.phonebook import MAX_FIELD, ContactDetails
from wwphone.domain.sources import MAX_RESULTS, MAX_SEARCH, MIN_SEARCH, Source, SourceAnswer, SourceState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.sources import AskName, NameFound, SearchSource, SourceSearched
from wwphone.server.phonebook_rules import checked_details
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.phone_numbers import PhoneNumbers, internal_numbers
from wwphone.server.services.sessions import Session
from wwphone.server.sources_api import SourceFailedError, SourceFinding, SourceReader
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_AT_ONCE = 8
_MOST_WORDS = 8
_NAME_LIMIT_S = 2.0
"""For the name of a caller: later it helps nobody."""
_KEPT_S = 600.0
_KEPT_UNKNOWN_S = 60.0
_MOST_KEPT = 2_000
_SHORTEST_NUMBER = 7
"""Shorter ones are dialled inside, and nobody's outside."""


@dataclass(frozen=True)
class _Named:
    answer: SourceAnswer
    until_s: float


class SourcesService:
    """Answers what clients ask of the sources."""

    def __init__(
        self,
        readers: Sequence[SourceReader],
        directory: DirectoryService,
        numbers: PhoneNumbers,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._readers = {reader.source.source_id: reader for reader in readers}
        self._directory = directory
        self._numbers = numbers
        self._clock_s = clock_s
        self._places = {source_id: asyncio.Semaphore(_AT_ONCE) for source_id in self._readers}
        self._states = dict.fromkeys(self._readers, SourceState.ANSWERED)
        self._searching: dict[tuple[str, str, bool], asyncio.Task[SourceAnswer]] = {}
        self._named: dict[str, _Named] = {}
        self._tasks = TaskOwner("sources")

    @property
    def sources(self) -> tuple[Source, ...]:
        """What can be searched, in the order of the settings."""
        return tuple(reader.source for reader in self._readers.values())

    async def start(self) -> None:
        """Let the sources begin; none of them is waited for."""
        for reader in self._readers.values():
            await reader.start()

    async def shutdown(self) -> None:
        """End all questions."""
        await self._tasks.shutdown()
        for reader in self._readers.values():
            await reader.shutdown()

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SearchSource: self._on_search, AskName: self._on_ask_name}

    async def search(self, source_id: str, text: str) -> SourceAnswer:
        """Search one source, within its time limit. Raises KeyError when there is no such source."""
        reader = self._readers[source_id]
        words = text.split()[:_MOST_WORDS]
        return await self._asked(reader, lambda: reader.search(words), reader.time_limit_s)

    async def name_of(self, number: str) -> SourceAnswer:
        """Whose number it is, by the first source in the order of the settings that knows it."""
        internal = self._internal()
        try:
            number = self._numbers.normal(number, internal)
        except NotDiallableError:
            number = ""
        if number in internal or len(number) < _SHORTEST_NUMBER or not self._readers:
            return SourceAnswer(SourceState.ANSWERED)
        kept = self._named.get(number)
        if kept is not None and kept.until_s > self._clock_s():
            return kept.answer
        answers = await asyncio.gather(*(self._owner(one, number) for one in self._readers.values()))
        answer = next((one for one in answers if one.found), None)
        if answer is None:
            failed = next((one for one in answers if one.state is not SourceState.ANSWERED), None)
            answer = failed or SourceAnswer(SourceState.ANSWERED)
        self._keep(number, answer)
        return answer

    # ------------------------------------------------------------ inside

    async def _on_search(self, session: Session, command: SearchSource) -> Result:
        text = " ".join(command.text.split())
        if command.source_id not in self._readers:
            raise _refused(ErrorCode.NOT_FOUND, "there is no such source")
        if not MIN_SEARCH <= len(text) <= MAX_SEARCH or "\0" in text:
            raise _refused(ErrorCode.INVALID, f"a text has {MIN_SEARCH} to {MAX_SEARCH} characters")
        key = (session.token_hash, command.source_id, command.dialling)
        if key in self._searching:
            self._searching[key].cancel()
        task = self._searching[key] = self._tasks.start(self.search(command.source_id, text))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            if self._searching.get(key) is task:
                del self._searching[key]
        if task.cancelled():
            raise _refused(ErrorCode.CONFLICT, "a newer search took its place")
        return SourceSearched(task.result())

    async def _on_ask_name(self, _: Session, command: AskName) -> Result:
        return NameFound(await self.name_of(command.number))

    async def _owner(self, reader: SourceReader, number: str) -> SourceAnswer:
        limit_s = min(reader.time_limit_s, _NAME_LIMIT_S)
        answer = await self._asked(reader, lambda: reader.with_number(number), limit_s)
        # Sources look for some of the digits; whether it is this number is seen in E.164.
        owners = tuple(one for one in answer.found if number in one.numbers.values())
        return replace(answer, found=owners[:1], more=False)

    async def _asked(
        self,
        reader: SourceReader,
        question: Callable[[], Coroutine[Any, Any, SourceFinding]],
        limit_s: float,
    ) -> SourceAnswer:
        source_id = reader.source.source_id
        try:
            async with asyncio.timeout(limit_s), self._places[source_id]:
                finding = await question()
        except TimeoutError:
            return self._answered(source_id, SourceFinding((), state=SourceState.SILENT), "no answer in time")
        except SourceFailedError as error:
            return self._answered(source_id, SourceFinding((), state=error.state), str(error))
        return self._answered(source_id, finding, "")

    def _answered(self, source_id: str, finding: SourceFinding, why: str) -> SourceAnswer:
        if self._states[source_id] is not finding.state:
            self._states[source_id] = finding.state
            logger.info("the source %s: %s %s", source_id, finding.state.value, why)
        internal = self._internal() if finding.entries else frozenset()
        cleaned = (self._cleaned(one, internal) for one in finding.entries)
        found = tuple(dict.fromkeys(one for one in cleaned if one is not None))
        return SourceAnswer(finding.state, found[:MAX_RESULTS], finding.more or len(found) > MAX_RESULTS)

    def _cleaned(self, details: ContactDetails, internal: frozenset[str]) -> ContactDetails | None:
        """Take what may be shown and dialled; None where nothing of it is left.

        What does not fit the phone book's rules is left out by itself: a wrong number does not cost the name.
        """
        kept = {}
        for one in fields(details):
            text = getattr(details, one.name)[: 2 * MAX_FIELD]
            if one.name == "note" or not text:
                continue
            try:
                alone = checked_details(
                    ContactDetails(**{one.name: text}), lambda number: self._numbers.normal(number, internal)
                )
            except ValueError:
                continue
            kept[one.name] = getattr(alone, one.name)
        return ContactDetails(**kept) if kept else None

    def _internal(self) -> frozenset[str]:
        directory = self._directory
        return internal_numbers(directory.users.values(), directory.ring_groups, directory.rooms)

    def _keep(self, number: str, answer: SourceAnswer) -> None:
        if len(self._named) >= _MOST_KEPT:
            self._named.clear()
        kept_s = _KEPT_S if answer.found else _KEPT_UNKNOWN_S
        self._named[number] = _Named(answer, self._clock_s() + kept_s)


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
