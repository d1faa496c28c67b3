"""Keeps the PBX told of which PINs open which room when; it decides by itself from then on, also while this server is down."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from wwphone.server.api import PbxError
from wwphone.server.clock import Clock
from wwphone.server.conference_api import ConferencePbx, PbxDoor
from wwphone.server.services.conference_book import ConferenceBook
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 30.0


class ConferenceDoors:
    """Tells the PBX all of them at the start, and whenever they are others."""

    def __init__(self, pbx: ConferencePbx, book: ConferenceBook, clock: Clock) -> None:
        self._pbx = pbx
        self._book = book
        self._clock = clock
        self._told: tuple[PbxDoor, ...] | None = None
        self._wanted = asyncio.Event()
        self._tasks = TaskOwner("doors of conferences")

    def start(self) -> None:
        """Begin; the PBX is told at once."""
        self._book.on_change(self.look)
        self.look()
        self._tasks.start(self._keep_told())

    async def shutdown(self) -> None:
        """Tell nothing any more; what was told counts."""
        await self._tasks.shutdown()

    def look(self) -> None:
        """They may be others now."""
        self._wanted.set()

    # ------------------------------------------------------------ inside

    def _doors(self) -> tuple[PbxDoor, ...]:
        now = self._clock()
        live = sorted(
            (one for one in self._book.all() if one.live(now)), key=lambda one: one.record.conference_id
        )
        return tuple(one.door(now) for one in live)

    async def _keep_told(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            doors = self._doors()
            if doors == self._told:
                continue
            try:
                await self._pbx.set_doors(doors)
            except PbxError as error:
                logger.info(
                    "the PBX did not take the conferences' times, again in %.0f s: %s", retry_s, error
                )
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(retry_s):
                        await self._wanted.wait()
                retry_s = min(2 * retry_s, _LONGEST_RETRY_S)
                self._wanted.set()
            else:
                self._told = doors
                retry_s = _FIRST_RETRY_S
