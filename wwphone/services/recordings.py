"""One's kept recordings: read from the server page by page, followed live, searched, noted on, deleted and taken back.

Theory. What is shown is the answer to one filter, as in `services.history`. Recordings change seldom, so a change that is told
is simply read: as many rows as are here, and an answer to a former question is dropped by its number.
"""

from __future__ import annotations

import asyncio
import logging

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
from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEntry,
    RecordingFilter,
    RecordingPlace,
    RecordingPurpose,
    RecordingsState,
)
from wwphone.protocol.recording import (
    MAX_RECORDINGS_PAGE,
    Accesses,
    DeleteRecordings,
    ReadAccesses,
    ReadRecordings,
    RecordingRulesChanged,
    RecordingsChanged,
    RecordingsPage,
    RestoreRecordings,
    SetRecordingNote,
)
from wwphone.services.observing import Listeners
from wwphone.services.recording_sound import OpenedSound, opened
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

TYPED_S = 0.25
"""How long a letter in the search waits for the next one."""
MOST_READ_ANEW = 1000
"""Rows that are read anew at most when something has changed; older ones as one scrolls."""
_NO_LINE = (ErrorCode.NOT_EXECUTED, ErrorCode.UNKNOWN_OUTCOME, ErrorCode.SERVER_STOPPING)


class RecordingsService:
    """Holds what one filter lets through, as far as it was scrolled to. Reads nothing before `show`."""

    def __init__(self, link: CtiLink) -> None:
        self._link = link
        self._tasks = TaskOwner("recordings")
        self._typing: asyncio.TimerHandle | None = None
        self._wanted: RecordingFilter | None = None
        self._answered: RecordingFilter | None = None
        """What the rows are the answer to."""
        self._is_stale = False
        self._number = 0
        self._user = ""
        self.rows: tuple[RecordingEntry, ...] = ()
        self.total = 0
        """Recordings that the filter lets through, read or not."""
        self.more = False
        """Older ones follow."""
        self.reading = False
        self.was_read = False
        """Whether `rows` is the answer to some filter, and not only nothing yet."""
        self.supported = True
        """Whether the server knows recordings at all; older ones do not."""
        self.trouble: WireError | None = None
        """Why the server did not answer what is wanted."""
        self.rows_changed: Listeners[None] = Listeners()
        self.gone: Listeners[str] = Listeners()
        """With the id of one that was deleted, here or elsewhere."""
        self.changed: Listeners[None] = Listeners()
        """Anything but the rows: line, readings under way, rules."""

    async def shutdown(self) -> None:
        """Read nothing any more."""
        self._forget_typing()
        await self._tasks.shutdown()

    # ------------------------------------------------------------ what is shown

    @property
    def state(self) -> RecordingsState:
        """Where one's recordings stand, as the server tells."""
        return self._link.mirror.recordings

    @property
    def live(self) -> bool:
        """Whether there is a line to the server."""
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.profile is not None

    def show(self, wanted: RecordingFilter, *, typed: bool = False) -> None:
        """Show what this filter lets through; `typed`: more letters may follow, so the server is asked a moment later."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._forget_typing()
        self._make_stale()
        if typed:
            self._typing = asyncio.get_running_loop().call_later(TYPED_S, self._on_typed)
        else:
            self._follow()

    def read_on(self) -> None:
        """Ask for the next page, unless something is on its way or there is none."""
        if self.more and self.live and not (self.reading or self._is_stale):
            self._start(len(self.rows) + MAX_RECORDINGS_PAGE)

    def try_again(self) -> None:
        """Ask anew what the server did not answer."""
        self._make_stale()
        self._follow()

    def get(self, recording_id: str) -> RecordingEntry | None:
        """One of the rows."""
        return next((row for row in self.rows if row.recording_id == recording_id), None)

    async def find(self, recording_id: str) -> RecordingEntry | None:
        """One of one's recordings, whatever is shown. Raises CommandRefusedError."""
        page = await self._page(RecordingFilter(recording_id=recording_id), None)
        return page.entries[0] if page.entries else None

    # ------------------------------------------------------------ doing

    async def open(self, recording_id: str, purpose: RecordingPurpose) -> OpenedSound:
        """Get access to its sound; it is written down by the server. Raises CommandRefusedError."""
        return await opened(self._link, recording_id, purpose)

    async def set_note(self, recording_id: str, at_ms: int, text: str) -> None:
        """Note something at a moment; an empty text takes the note away. Raises CommandRefusedError."""
        await self._link.request(SetRecordingNote(recording_id, at_ms, text))

    async def delete(self, recording_id: str) -> None:
        """Delete one; it can be taken back for some days. Raises CommandRefusedError."""
        await self._link.request(DeleteRecordings((recording_id,)))

    async def restore(self, recording_id: str) -> None:
        """Take a deleted one back. Raises CommandRefusedError."""
        await self._link.request(RestoreRecordings((recording_id,)))

    async def accesses(self, recording_id: str) -> tuple[RecordingAccess, ...]:
        """Who got the sound, newest first. Raises CommandRefusedError."""
        result = await self._link.request(ReadAccesses(recording_id))
        assert isinstance(result, Accesses)
        return result.accesses

    # ------------------------------------------------------------ what the link tells

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._replaced()
            case MirrorChanged(events):
                for one in events:
                    if isinstance(one, RecordingsChanged):
                        self._told(one)
                if any(isinstance(one, RecordingsChanged | RecordingRulesChanged) for one in events):
                    self.changed.tell(None)
            case LinkStateChanged():
                self._follow()
                self.changed.tell(None)

    def _told(self, event: RecordingsChanged) -> None:
        deleted = [entry.recording_id for entry in event.entries if entry.deleted_at is not None]
        for recording_id in (*deleted, *event.removed):
            self.gone.tell(recording_id)
        self._make_stale()
        self._follow()

    def _replaced(self) -> None:
        profile = self._link.mirror.profile
        self.supported, self.trouble = True, None
        user = profile.user if profile else ""
        if user != self._user:
            self._forget_rows()
        self._user = user
        self._make_stale()
        self._follow()
        self.changed.tell(None)

    def _forget_rows(self) -> None:
        """They are somebody else's."""
        self._number += 1
        self.reading = self.more = self.was_read = False
        self.rows, self.total = (), 0
        self.rows_changed.tell(None)

    # ------------------------------------------------------------ reading

    def _make_stale(self) -> None:
        self._is_stale = self._wanted is not None
        self._number += 1  # the answer to the former question comes too late
        self.reading = False

    def _follow(self) -> None:
        """Read what is stale, if there is a line and nobody is typing any more."""
        if self._is_stale and self._typing is None and self.live and self.supported:
            enough = min(len(self.rows), MOST_READ_ANEW) if self._wanted == self._answered else 0
            self._start(enough)

    def _start(self, enough: int) -> None:
        assert self._wanted is not None
        self._is_stale = False
        self._number += 1
        self.reading, self.trouble = True, None
        self._tasks.start(self._read(self._number, self._wanted, enough))
        self.changed.tell(None)

    async def _read(self, number: int, wanted: RecordingFilter, enough: int) -> None:
        rows: list[RecordingEntry] = []
        if enough > len(self.rows):
            rows += self.rows  # only the next page is missing
        try:
            while True:
                page = await self._page(wanted, _place(rows[-1]) if rows else None)
                if number != self._number:
                    return
                rows += page.entries
                if not page.more or not page.entries or len(rows) >= enough:
                    break
        except CommandRefusedError as refused:
            if number == self._number:
                self.reading = False
                self._refused(refused.error, is_other=wanted != self._answered)
            return
        self.reading, self.was_read, self._answered = False, True, wanted
        self.rows, self.total, self.more = tuple(rows), page.total, page.more
        self.rows_changed.tell(None)
        self.changed.tell(None)

    def _refused(self, error: WireError, *, is_other: bool) -> None:
        if error.code is ErrorCode.UNKNOWN_TYPE:
            self.supported = False
        elif error.code in _NO_LINE:
            self._is_stale = True  # read when the line is back, which it may be already
            if error.code is not ErrorCode.SERVER_STOPPING:
                self._follow()
        else:
            logger.info("the recordings cannot be read: %s", error.code.value)
            self.trouble = error
            if is_other:
                self._forget_rows()  # they answer another question
        self.changed.tell(None)

    def _on_typed(self) -> None:
        self._typing = None
        self._follow()

    def _forget_typing(self) -> None:
        if self._typing is not None:
            self._typing.cancel()
            self._typing = None

    async def _page(self, wanted: RecordingFilter, after: RecordingPlace | None) -> RecordingsPage:
        result = await self._link.request(ReadRecordings(wanted, after, MAX_RECORDINGS_PAGE))
        assert isinstance(result, RecordingsPage)
        return result


def _place(entry: RecordingEntry) -> RecordingPlace:
    return RecordingPlace(entry.started_at, entry.recording_id)
