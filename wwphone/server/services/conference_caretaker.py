"""What happens to planned conferences by themselves: by the clock, and because a user, a room or the administrator's will is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from wwphone.server.api import PbxRoom, Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.services.conference_book import ConferenceBook
from wwphone.server.services.conference_openings import Scheduled
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.pbx import personal_rooms
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_LOOK_S = 30.0
"""So often the clock is looked at, at least: it may have been set."""
_RETRY_S = 3.0


class ConferenceCaretaker:
    """Looks after all of them."""

    def __init__(
        self,
        store: Store,
        book: ConferenceBook,
        directory: DirectoryService,
        cancel: Callable[[Scheduled], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._book = book
        self._directory = directory
        self._cancel = cancel
        self._clock = clock
        self._seen: dict[str, tuple[datetime, bool, bool]] = {}
        """By id: the time that is the current one, whether it is open, and whether all are over."""
        self._current: dict[str, datetime] = {}
        """By id: the time before which no answers are kept."""
        self._untold: set[str] = set()
        """Those whose invited have fewer answers than was told."""
        self._freed: set[str] = set()
        """Those whose PINs others may have."""
        self._woken = asyncio.Event()
        self._house_changed = True
        self._tasks = TaskOwner("caretaker of conferences")

    async def start(self) -> None:
        """Begin."""
        now = self._clock()
        self._seen = {one.record.conference_id: _stage(one, now) for one in self._book.all()}
        self._directory.on_change(self._on_directory_change)
        self._book.on_change(self._woken.set)
        self._tasks.start(self._work())

    async def shutdown(self) -> None:
        """Look after nothing any more."""
        await self._tasks.shutdown()

    def look(self) -> None:
        """Look now."""
        self._woken.set()

    # ------------------------------------------------------------ inside

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._book.disown(record.user)
        self._house_changed = True
        self._woken.set()

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._look_at_house()
                await self._look_at_clock()
                wait_s = self._pause_s()
            except StoreError as error:
                logger.info("planned conferences wait for the store: %s", error)
                wait_s = _RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    def _pause_s(self) -> float:
        now = self._clock()
        next_at = min((one.next_change(now) for one in self._book.all()), default=None)
        return _LOOK_S if next_at is None else min(max((next_at - now).total_seconds(), 0.0), _LOOK_S)

    async def _look_at_house(self) -> None:
        if not self._house_changed:
            return
        self._house_changed = False  # what changes from here on is looked at again
        try:
            unwanted, rooms = await self._store.unwanted_conferences(), self._rooms()
            for one in self._book.all():
                if one.record.conference_id in unwanted or not _is_housed(one, rooms):
                    await self._look_at_one(one.record.conference_id, unwanted)
        except StoreError:
            self._house_changed = True
            raise

    async def _look_at_one(self, conference_id: str, unwanted: frozenset[str]) -> None:
        async with self._book.lock:
            one = self._book.get(conference_id)
            if one is None or not one.live(self._clock()):
                return
            rooms = self._rooms()  # they may be others by now
            if not one.record.owner or conference_id in unwanted:
                await self._cancel(one)
            elif not _is_housed(one, rooms):
                await self._leave_room(one, rooms)

    async def _leave_room(self, one: Scheduled, rooms: dict[str, PbxRoom]) -> None:
        """The room is gone: it takes place in the owner's own, which changes nothing for the invited; or it is cancelled."""
        own = [room.number for room in rooms.values() if room.owner == one.record.owner]
        if not own:
            await self._cancel(one)
            return
        await self._book.change(replace(one.record, plan=replace(one.record.plan, room=own[0])))

    def _rooms(self) -> dict[str, PbxRoom]:
        made = self._directory.rooms
        rooms = (*made, *personal_rooms(self._directory.users.values(), made))
        return {room.number: room for room in rooms}

    async def _look_at_clock(self) -> None:
        now = self._clock()
        gone = [one.record.conference_id for one in self._book.all() if one.goes_at() <= now]
        if gone:
            async with self._book.lock:
                await self._book.forget(gone)
        there = {one.record.conference_id: one for one in self._book.all()}
        stages = {conference_id: _stage(one, now) for conference_id, one in there.items()}
        changed = [key for key, stage in stages.items() if self._seen.get(key, stage) != stage]
        await self._forget_past_answers(stages)
        over = {key for key, one in there.items() if one.over(now)}
        if over - self._freed:
            await self._book.free_pins(over - self._freed)
        self._freed = over
        self._seen = stages
        for conference_id in self._untold.union(changed):
            self._book.tell(conference_id)
        self._untold.clear()
        if changed or gone:
            self._book.tell_followers()

    async def _forget_past_answers(self, stages: Mapping[str, tuple[datetime, bool, bool]]) -> None:
        """Of those whose current time is another one now; at the start, of all."""
        async with self._book.lock:
            for conference_id, (starts_at, *_) in stages.items():
                if self._current.get(conference_id) == starts_at:
                    continue
                if await self._book.forget_past_answers(conference_id):
                    self._untold.add(conference_id)
                self._current[conference_id] = starts_at
        for conference_id in self._current.keys() - stages.keys():
            del self._current[conference_id]


def _is_housed(one: Scheduled, rooms: Collection[str]) -> bool:
    """Whether it is somebody's, and its room is there."""
    return bool(one.record.owner) and one.record.plan.room in rooms


def _stage(one: Scheduled, now: datetime) -> tuple[datetime, bool, bool]:
    return one.current(now).starts_at, one.is_open(now), one.over(now)
