"""The record of one's calls: read from the server page by page as one scrolls, followed live, searched, ticked.

Theory. What is shown is the answer to one filter. A new filter, a reading that failed and a change too big to be told make
it stale; what is stale is read as soon as there is a line, and stays in sight until the answer is here. Each reading
bears a number: an answer to a former one is dropped. What the server tells while a page is on its way is newer than the page.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence

from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    ErrorCode,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    WireError,
)
from wwphone.domain.calls import Party
from wwphone.domain.history import HistoryEntry, HistoryFilter, HistoryPlace, HistoryState
from wwphone.domain.history_filter import lets_through
from wwphone.protocol.history import (
    MAX_HISTORY_IDS,
    MAX_HISTORY_PAGE,
    HistoryChanged,
    HistoryPage,
    MissedMailChanged,
    ReadHistory,
    SetMissedMail,
    SetTasks,
)
from wwphone.services.history_rows import (
    HistoryRows,
    RowChanged,
    RowRemoved,
    RowsEvent,
    RowsInserted,
    RowsReplaced,
    place_of,
)
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

PAGE = 200
"""Rows that are asked for at once: some windows full."""
TYPED_S = 0.25
"""How long a letter in the search waits for the next one."""
MOST_READ_ANEW = 1000
"""Rows that are read anew at most when what is shown is stale; older ones as one scrolls."""
_NO_LINE = (ErrorCode.NOT_EXECUTED, ErrorCode.UNKNOWN_OUTCOME, ErrorCode.SERVER_STOPPING)


class HistoryService:
    """Holds what one filter lets through, as far as it was scrolled to. Reads nothing before `show`."""

    def __init__(self, link: CtiLink, named: Callable[[Party], Party]) -> None:
        self._link = link
        self._named = named
        self._tasks = TaskOwner("history")
        self._typing: asyncio.TimerHandle | None = None
        self._reading_number = 0
        self._wanted: HistoryFilter | None = None
        self._answered: HistoryFilter | None = None
        """What the rows are the answer to."""
        self._is_stale = False
        self._goes_on = False
        """Whether the next page was wanted when the line broke."""
        self._meanwhile: dict[str, HistoryEntry] = {}
        """What was told since the reading that is under way began."""
        self._user = ""
        self.rows = HistoryRows()
        self.total = 0
        """Rows that the filter lets through, read or not."""
        self.more = False
        """Older rows follow."""
        self.reading = False
        """Whether the answer to what is wanted is on its way."""
        self.reading_on = False
        """Whether the next page is on its way."""
        self.was_read = False
        """Whether what is in `rows` is the answer to some filter, and not only nothing yet."""
        self.supported = True
        """Whether the server keeps a record at all; older ones do not."""
        self.trouble: WireError | None = None
        """Why the server did not answer what is wanted."""
        self.rows_changed: Listeners[RowsEvent] = Listeners()
        """Told after each change of `rows`."""
        self.changed: Listeners[None] = Listeners()
        """Anything but the rows: line, counters, readings under way."""

    async def shutdown(self) -> None:
        """Read nothing any more."""
        self._forget_typing()
        await self._tasks.shutdown()

    # ------------------------------------------------------------ what is shown

    @property
    def state(self) -> HistoryState:
        """Counters and switches, as the server tells them."""
        return self._link.mirror.history

    @property
    def open_tasks(self) -> int:
        """Missed calls that wait for somebody to call back."""
        return self.state.open_tasks

    @property
    def live(self) -> bool:
        """Whether there is a line to the server."""
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.profile is not None

    def show(self, wanted: HistoryFilter, *, typed: bool = False) -> None:
        """Show what this filter lets through; `typed`: more letters may follow, so the server is asked a moment later."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._is_stale = True
        self._reading_number += 1  # the answer to the former filter comes too late
        self.reading = self.reading_on = self._goes_on = False
        self._forget_typing()
        if typed:
            self._typing = asyncio.get_running_loop().call_later(TYPED_S, self._on_typed)
        else:
            self._follow()

    def read_on(self) -> None:
        """Ask for the next page, unless it is on its way or there is none."""
        if self.more and self.live and not (self.reading or self.reading_on or self._is_stale):
            self.reading_on = True
            self._tasks.start(self._read_on(self._reading_number))

    def try_again(self) -> None:
        """Ask anew what the server did not answer."""
        self._is_stale = True
        self._follow()

    async def pages(self, wanted: HistoryFilter) -> AsyncIterator[HistoryPage]:
        """Every page of a filter, whatever is shown. Raises CommandRefusedError."""
        after: HistoryPlace | None = None
        while True:
            page = await self._page(wanted, after, MAX_HISTORY_PAGE)
            yield page
            if not page.more or not page.entries:
                return
            after = place_of(page.entries[-1])

    # ------------------------------------------------------------ changing

    async def set_tasks(self, entries: Sequence[HistoryEntry], *, done: bool) -> None:
        """Tick missed calls, or open them again. Raises CommandRefusedError."""
        ids = tuple(entry.entry_id for entry in entries)
        for first in range(0, len(ids), MAX_HISTORY_IDS):
            await self._link.request(SetTasks(ids[first : first + MAX_HISTORY_IDS], done))

    async def set_missed_mail(self, *, on: bool, language: str = "") -> None:
        """Have missed calls sent by e-mail in a language (ISO 639-1), or not. Raises CommandRefusedError."""
        await self._link.request(SetMissedMail(on, language))

    # ------------------------------------------------------------ what the link tells

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._replaced()
            case MirrorChanged(events):
                for one in events:
                    if isinstance(one, HistoryChanged):
                        self._told(one)
                if any(isinstance(one, HistoryChanged | MissedMailChanged) for one in events):
                    self.changed.tell(None)
            case LinkStateChanged():
                self._follow()
                if self._goes_on and self.live:
                    self._goes_on = False
                    self.read_on()
                self.changed.tell(None)

    def _replaced(self) -> None:
        profile = self._link.mirror.profile
        self.supported = True
        self.trouble = None
        if profile is None or profile.user != self._user:
            self._forget_rows()
        self._user = profile.user if profile else ""
        self._is_stale = self._wanted is not None
        self._follow()
        self.changed.tell(None)

    def _forget_rows(self) -> None:
        """They are somebody else's."""
        self._reading_number += 1
        self.reading = self.reading_on = self._goes_on = self.more = self.was_read = False
        self.total = 0
        self.rows.replace(())
        self.rows_changed.tell(RowsReplaced())

    def _told(self, event: HistoryChanged) -> None:
        if self._wanted is None:
            return
        if not event.complete:
            self._is_stale = True
            self._follow()
        for entry in event.entries:
            if self.reading or self.reading_on:
                self._meanwhile[entry.entry_id] = entry
            if not self.reading and self.was_read:
                self._take_told(entry)

    def _take_told(self, entry: HistoryEntry) -> None:
        """Put a row that is new or changed where it belongs."""
        assert self._wanted is not None
        shown = lets_through(self._wanted, entry, self._named(entry.party).name)
        if self.rows.get(entry.entry_id) is not None:
            self._write_anew(entry, shown=shown)
            return
        end = self.rows.end
        if not shown or (self.more and end is not None and entry.started_at < end.started_at):
            return  # it comes with a page, or never
        self.total += 1
        self.rows_changed.tell(RowsInserted(self.rows.insert(entry)))

    def _write_anew(self, entry: HistoryEntry, *, shown: bool) -> None:
        place = self.rows.update(entry)
        if place is None:
            return
        if shown:
            self.rows_changed.tell(RowChanged(place))
            return
        self.rows.remove(entry.entry_id)
        self.total -= 1
        self.rows_changed.tell(RowRemoved(place))

    # ------------------------------------------------------------ reading

    def _follow(self) -> None:
        """Read what is stale, if there is a line and nobody is typing any more."""
        asks = self._is_stale and self._wanted is not None and self._typing is None
        if asks and self.live and self.supported:
            assert self._wanted is not None
            self._is_stale = False
            self._reading_number += 1
            self.reading, self.reading_on = True, False
            self.trouble = None
            self._tasks.start(self._read(self._reading_number, self._wanted))
            self.changed.tell(None)

    def _on_typed(self) -> None:
        self._typing = None
        self._follow()

    def _forget_typing(self) -> None:
        if self._typing is not None:
            self._typing.cancel()
            self._typing = None

    async def _read(self, number: int, wanted: HistoryFilter) -> None:
        self._meanwhile.clear()
        rows: list[HistoryEntry] = []
        enough = min(len(self.rows), MOST_READ_ANEW) if wanted == self._answered else 0
        try:
            page = await self._page(wanted, None)
            rows += page.entries
            while number == self._reading_number and page.more and page.entries and len(rows) < enough:
                page = await self._page(wanted, place_of(rows[-1]))
                rows += page.entries
        except CommandRefusedError as refused:
            if number == self._reading_number:
                self.reading = False
                self._refused(refused.error)
                if self.trouble is not None and wanted != self._answered:
                    self._forget_rows()  # they answer another question
            return
        if number != self._reading_number:
            return
        self.reading = False
        self._answered = wanted
        self.was_read = True
        self.total, self.more = page.total, page.more
        self.rows.replace(rows)
        self.rows_changed.tell(RowsReplaced())
        self._take_meanwhile()
        self.changed.tell(None)

    async def _read_on(self, number: int) -> None:
        self._meanwhile.clear()
        wanted, after = self._wanted, self.rows.end
        assert wanted is not None
        try:
            page = await self._page(wanted, after)
        except CommandRefusedError as refused:
            if number == self._reading_number:
                self.reading_on = False
                self._goes_on = refused.error.code in _NO_LINE
                if not self._goes_on:
                    self.more = False  # nobody scrolls into the same refusal again and again
                    self._refused(refused.error)
            return
        if number != self._reading_number:
            return
        self.reading_on = False
        self.total, self.more = page.total, page.more
        first = len(self.rows)
        count = self.rows.append(page.entries)
        if count:
            self.rows_changed.tell(RowsInserted(first, count))
        self._take_meanwhile()
        self.changed.tell(None)

    def _take_meanwhile(self) -> None:
        told, self._meanwhile = self._meanwhile, {}
        for entry in told.values():
            self._take_told(entry)

    def _refused(self, error: WireError) -> None:
        if error.code is ErrorCode.UNKNOWN_TYPE:
            self.supported = False
        elif error.code in _NO_LINE:
            self._is_stale = True  # read when the line is back, which it may be already
            if error.code is not ErrorCode.SERVER_STOPPING:
                self._follow()
        else:
            logger.info("the record of calls cannot be read: %s", error.code.value)
            self.trouble = error
        self.changed.tell(None)

    async def _page(self, wanted: HistoryFilter, after: HistoryPlace | None, limit: int = 0) -> HistoryPage:
        result = await self._link.request(ReadHistory(wanted, after, limit or PAGE))
        assert isinstance(result, HistoryPage)
        return result
