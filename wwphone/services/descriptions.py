"""Tells the server's record what only the client knows of a call: the note, and how good the line was.

Theory. What is to be told is kept on the disk from the first word on, and forgotten when the server has taken it; so
neither a lost line nor the program's end costs anything. Telling twice does no harm: the server keeps the latest.
A call that the server does not know yet is tried again a few times, then at the next sign-ins, for a week.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from wwphone.config.notes import NotesStore, NotesUnavailableError
from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    ErrorCode,
    LinkEvent,
    LinkState,
    LinkStateChanged,
)
from wwphone.domain.calls import CallSnapshot, QualityWord
from wwphone.domain.descriptions import CallDescription
from wwphone.domain.history import HistoryEntry
from wwphone.domain.notes import MAX_NOTE
from wwphone.protocol.history import DescribeCall
from wwphone.services.account import AccountService
from wwphone.services.calls import CallsService
from wwphone.services.notes import NotesService
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

TOLD_AFTER_S = 0.5
"""How long a letter waits for more of them."""
AGAIN_AFTER_S = 5.0
"""When a call that the server does not know yet is tried again."""
TRIES = 4
"""So often while the line holds."""
KEPT = timedelta(days=7)
"""For so long it is tried at each sign-in."""
_LATER = (
    ErrorCode.NOT_EXECUTED,
    ErrorCode.UNKNOWN_OUTCOME,
    ErrorCode.SERVER_STOPPING,
    ErrorCode.NOT_SIGNED_IN,
    ErrorCode.TOO_SLOW,
    ErrorCode.UNKNOWN_TYPE,
    ErrorCode.INTERNAL,
    ErrorCode.NO_SPACE,
)


@dataclass(frozen=True)
class DescriptionsGround:
    """What it listens to, and where it keeps what is not told yet."""

    store: NotesStore
    calls: CallsService
    notes: NotesService
    account: AccountService


class DescriptionsService:
    """In memory at once, on the disk and at the server a moment later."""

    def __init__(self, link: CtiLink, ground: DescriptionsGround) -> None:
        self._link = link
        self._ground = ground
        self._store = ground.store
        self._tasks = TaskOwner("descriptions")
        self._untold: dict[str, CallDescription] = {}
        self._qualities: dict[str, QualityWord] = {}
        """The last word on each line of this run of the program, told or not."""
        self._written: dict[str, tuple[int, str]] = {}
        """Notes of rows, with the revision they were written over: the server's answer comes before the changed row."""
        self._tries: dict[str, int] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._telling: set[str] = set()
        self.told: Listeners[str] = Listeners()
        """The server has taken what was written about a row, or never will; by entry id."""
        ground.calls.changed.subscribe(self._on_call_changed)
        ground.notes.written.subscribe(self._on_note_written)

    def start(self) -> None:
        """Read what a former run of the program has not told."""
        self._tasks.start(self._open())

    async def shutdown(self) -> None:
        """Put on the disk what waits; it is told the next time."""
        waiting = tuple(self._timers)
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        for key in waiting:
            await self._keep(key)
        await self._tasks.shutdown()

    def note(self, entry: HistoryEntry) -> str:
        """The note of a row as the person wrote it last, whether or not the server has it yet."""
        untold = self._untold.get(_key(entry.entry_id))
        if untold is not None and untold.note is not None:
            return untold.note
        revision, text = self._written.get(entry.entry_id, (-1, ""))
        return text if entry.revision <= revision else entry.note

    def waits(self, entry_id: str) -> bool:
        """Whether a note of a row waits for the server."""
        return _key(entry_id) in self._untold

    def write(self, entry: HistoryEntry, text: str) -> None:
        """Write the note of a row anew; beyond `MAX_NOTE` characters it is cut."""
        text = text[:MAX_NOTE]
        if text != self.note(entry):
            key = _key(entry.entry_id)
            self._written[entry.entry_id] = (entry.revision, text)
            self._change(key, _Name(entry_id=entry.entry_id), note=text if text.strip() else "")
            self._ground.notes.keep(key, entry.party, text)

    # ------------------------------------------------------------ what there is to tell

    def received(self, event: LinkEvent) -> None:
        """Tell what waits as soon as there is a line."""
        if isinstance(event, LinkStateChanged) and self._is_live:
            self._tries.clear()
            self._tell_all()

    def _on_call_changed(self, call: CallSnapshot) -> None:
        untold = self._untold.get(call.call_id)
        name = _name_of(call)
        if untold is not None and not untold.sip_call_id and not untold.leg_id and name != _Name():
            self._change(call.call_id, name)  # written before the call had a name
        if call.quality is None or call.answered_at is None:
            return
        quality = call.quality.word
        if self._qualities.get(call.call_id) is not quality:
            self._qualities[call.call_id] = quality
            self._change(call.call_id, name, quality=quality)

    def _on_note_written(self, call_id: str) -> None:
        call = self._ground.calls.call(call_id)
        if call is not None:
            self._change(call_id, _name_of(call), note=self._ground.notes.text(call_id))

    def _change(
        self, key: str, name: _Name, *, note: str | None = None, quality: QualityWord | None = None
    ) -> None:
        account = self._ground.account.snapshot
        user = account.profile.user if account.profile else account.user
        if not user or account.server is None:
            return  # without a server there is nobody to tell
        former = self._untold.get(key)
        if former is None:
            former = CallDescription(key, user, account.server.host, datetime.now(UTC))
        self._untold[key] = replace(
            former,
            entry_id=name.entry_id,
            leg_id=name.leg_id,
            sip_call_id=name.sip_call_id,
            note=former.note if note is None else note,
            quality=quality or former.quality,
        )
        if key not in self._timers:
            self._later(key, TOLD_AFTER_S)

    # ------------------------------------------------------------ telling

    def _later(self, key: str, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(delay_s, lambda: self._tasks.start(self._keep_and_tell(key)))

    def _tell_all(self) -> None:
        for key in tuple(self._untold):
            if key not in self._timers:
                self._tasks.start(self._tell(key))

    async def _keep_and_tell(self, key: str) -> None:
        if self._timers.pop(key, None) is not None:
            await self._keep(key)
            await self._tell(key)

    async def _tell(self, key: str) -> None:
        untold = self._untold.get(key)
        if untold is None or key in self._telling or not self._can_be_told(untold):
            return
        self._telling.add(key)
        try:
            await self._link.request(_command(untold))
        except CommandRefusedError as refused:
            await self._refused(untold, refused.error.code)
        else:
            await self._forget(untold)
        finally:
            self._telling.discard(key)
        if self._untold.get(key) not in (None, untold) and key not in self._timers:
            self._later(key, TOLD_AFTER_S)

    async def _refused(self, untold: CallDescription, code: ErrorCode) -> None:
        key = untold.key
        if datetime.now(UTC) - untold.made_at > KEPT:
            await self._forget(untold)
        elif code is ErrorCode.NOT_FOUND:
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] < TRIES and key not in self._timers:
                self._later(key, AGAIN_AFTER_S)
        elif code not in _LATER:
            logger.warning("the server does not take what is known of a call: %s", code.value)
            self._written.pop(untold.entry_id, None)
            await self._forget(untold)

    async def _forget(self, untold: CallDescription) -> None:
        """Unless it was written anew meanwhile."""
        if self._untold.get(untold.key) is not untold:
            return
        del self._untold[untold.key]
        self._tries.pop(untold.key, None)
        try:
            await self._store.drop_untold(untold.key)
        except NotesUnavailableError as error:
            logger.warning("what was told of a call stays on the disk: %s", error)
        if untold.entry_id:
            self.told.tell(untold.entry_id)

    async def _keep(self, key: str) -> None:
        untold = self._untold.get(key)
        if untold is None:
            return
        try:
            await self._store.keep_untold(untold)
        except NotesUnavailableError as error:
            logger.warning("what is known of a call is told only while the program runs: %s", error)

    async def _open(self) -> None:
        try:
            former = await self._store.read_untold()
        except NotesUnavailableError as error:
            logger.warning("what a former run knew of calls cannot be read: %s", error)
            return
        self._untold = {**{untold.key: untold for untold in former}, **self._untold}
        self._tell_all()

    def _can_be_told(self, untold: CallDescription) -> bool:
        """Whether the server is there, is the right one for the right person, and has a name for the call."""
        profile, server = self._link.mirror.profile, self._ground.account.snapshot.server
        if not self._is_live or profile is None or server is None:
            return False
        named = untold.entry_id or untold.leg_id or untold.sip_call_id
        return bool(named) and (untold.user, untold.server) == (profile.user, server.host)

    @property
    def _is_live(self) -> bool:
        return self._link.state.state is LinkState.SIGNED_IN


@dataclass(frozen=True)
class _Name:
    """How the server finds a call; nothing: it has no name yet."""

    entry_id: str = ""
    leg_id: str = ""
    sip_call_id: str = ""


def _name_of(call: CallSnapshot) -> _Name:
    return _Name(leg_id=call.leg_id, sip_call_id="" if call.leg_id else call.sip_call_id)


def _key(entry_id: str) -> str:
    return f"entry:{entry_id}"


def _command(untold: CallDescription) -> DescribeCall:
    return DescribeCall(
        untold.entry_id, untold.leg_id, untold.sip_call_id, note=untold.note, quality=untold.quality
    )
