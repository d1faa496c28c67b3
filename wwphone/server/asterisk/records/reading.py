"""Asterisk's records of calls as the `CallRecords` of `server.history_api`.

Theory. The mark that is kept with the rows is the place of the oldest call that goes on: after a restart everything from there
is read again, and since rows are made from the records alone, in their order, they are the same again. So nothing is lost
and nothing is doubled, whenever we are killed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from wwphone.server.api import PbxError
from wwphone.server.asterisk.records.calls import CallBook
from wwphone.server.asterisk.records.cel_file import CelFile, PlacedLine
from wwphone.server.asterisk.records.facts import fact_in
from wwphone.server.asterisk.records.house import House
from wwphone.server.asterisk.records.incoming import incoming_calls
from wwphone.server.asterisk.records.outgoing import outgoing_calls
from wwphone.server.asterisk.records.story import story_of
from wwphone.server.history_api import (
    CallRecordsUnreadableError,
    RecordedCall,
    RecordedCalls,
    RecordMark,
)

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0


class AsteriskRecords:
    """Reads the channel event log. `living` asks Asterisk for the uniqueids of all channels; it may raise PbxError."""

    def __init__(
        self,
        file: Path,
        house: Callable[[], House],
        living: Callable[[], Awaitable[frozenset[str]]],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._path = file
        self._file = CelFile(file)
        self._house = house
        self._living = living
        self._look_every_s = look_every_s
        self._book = CallBook()
        self._told: dict[str, RecordedCall] = {}
        self._damaged = 0
        self._looked_s = float("-inf")

    async def begin(self, mark: RecordMark | None) -> None:
        """See `CallRecords.begin`."""
        self._book = CallBook()
        self._told.clear()
        await asyncio.to_thread(self._file.begin, mark)

    async def read(self) -> RecordedCalls:
        """See `CallRecords.read`."""
        try:
            calls, more = await asyncio.to_thread(self._read, self._house())
        except OSError as error:
            raise CallRecordsUnreadableError(f"{self._path} cannot be read: {error.strerror}") from error
        if not more:
            await self._end_what_vanished()
        mark = self._book.first_place() or self._file.place
        return RecordedCalls(calls, mark, more)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    # -- inside

    def _read(self, house: House) -> tuple[tuple[RecordedCall, ...], bool]:
        lines, more = self._file.read()
        for line in lines:
            self._take(line)
        told: list[RecordedCall] = []
        for call in self._book.take_changed():
            story = story_of(call.in_order(), house.users)
            rows = [*incoming_calls(story, house), *outgoing_calls(story, house)]
            told += [row for row in rows if self._told.get(row.entry_id) != row]
            for row in rows:
                if call.is_over:
                    self._told.pop(row.entry_id, None)
                else:
                    self._told[row.entry_id] = row
        return tuple(told), more

    def _take(self, line: PlacedLine) -> None:
        try:
            fact = fact_in(line.text)
        except ValueError as error:
            self._damaged += 1
            if self._damaged <= 3:  # one is a full disk; thousands are another file
                logger.warning("a line of %s is passed over: %s", self._path, error)
            return
        if fact is not None:
            self._book.take(fact, line.place)

    async def _end_what_vanished(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._book.going_on or now - self._looked_s < self._look_every_s:
            return
        try:
            living = await self._living()
        except PbxError:
            return
        self._looked_s = now
        self._book.end_vanished(living)
