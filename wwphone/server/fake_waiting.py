"""The part of the PBX in memory that lets callers wait for a ring group, until a member takes one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wwphone.server.ring_group_api import PbxTake, PbxWaitingCaller, PbxWaitingChanged, TakenMeanwhileError

if TYPE_CHECKING:
    from wwphone.server.api import PbxEvent


class FakeWaiting:
    """Who waits is told by `let_wait`; whoever is taken waits no more."""

    _quick: asyncio.Event

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, tuple[PbxWaitingCaller, ...]] = {}
        self.taken: list[PbxTake] = []
        """What members asked for, in their order."""

    async def take_waiting(self, order: PbxTake) -> None:
        """Connect a member with who waits, at once or when `hold_actions` is over."""
        self._must_be_connected()
        self.taken.append(order)
        await self._quick.wait()
        self._must_work(order.user)
        waiting = self._waiting.get(order.number, ())
        if order.waiting not in waiting:
            raise TakenMeanwhileError(order.waiting.waiting_id)
        self.let_wait(order.number, *(one for one in waiting if one != order.waiting))

    def let_wait(self, number: str, *callers: PbxWaitingCaller) -> None:
        """These wait for a ring group now, and nobody else."""
        self._waiting[number] = callers
        self._tell(PbxWaitingChanged(number, callers))

    def _must_be_connected(self) -> None:
        raise NotImplementedError

    def _must_work(self, user: str = "") -> None:
        raise NotImplementedError

    def _tell(self, event: PbxEvent) -> None:
        raise NotImplementedError
