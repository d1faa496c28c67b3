"""The waiting queues of ring groups of the PBX in memory; a part of `FakePbx`, for tests only."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from wwphone.server.api import PbxEvent
from wwphone.server.ring_group_api import PbxTake, PbxWaitingCaller, PbxWaitingChanged, TakenMeanwhileError


class FakeQueues(ABC):
    """Who waits is said by the test."""

    _quick: asyncio.Event

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, tuple[PbxWaitingCaller, ...]] = {}
        self.taken: list[PbxTake] = []
        """What services asked for, in order."""

    def let_wait(self, number: str, *callers: PbxWaitingCaller) -> None:
        """These wait for a ring group now, and nobody else."""
        self._waiting[number] = callers
        self._tell(PbxWaitingChanged(number, callers))

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

    # -- the rest of `FakePbx`

    @abstractmethod
    def _must_be_connected(self) -> None:
        """See FakePbx."""

    @abstractmethod
    def _must_work(self, user: str = "") -> None:
        """See FakePbx."""

    @abstractmethod
    def _tell(self, event: PbxEvent) -> None:
        """See FakePbx."""
