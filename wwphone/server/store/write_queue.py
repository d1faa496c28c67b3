"""Writes in the order they were asked for; what is asked for while the disk is busy shares the next transaction.

Waiting for the disk takes the same time for one change as for twenty, so a store under load makes bigger transactions, not
a longer queue (group commit). Nobody is told of success before the database has confirmed. If one of several is refused,
all of them are undone and done again one by one, so that each has its own outcome; if the database itself fails, all are told.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from wwphone.server.api import StoreError
from wwphone.server.store.transactions import transact

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class _Order(Generic[T]):
    work: Work[T]
    outcome: asyncio.Future[T]


class WriteQueue:
    """All writes of one engine. `write` belongs to the event loop's thread, the work to one thread of the executor."""

    def __init__(self, engine: sa.Engine, executor: Executor) -> None:
        self._engine = engine
        self._executor = executor
        self._waiting: list[_Order[Any]] = []
        self._lock = threading.Lock()
        self._busy = False

    async def write(self, work: Work[T]) -> T:
        """Do it and return what it returns. Raises StoreError, or what the work raises."""
        outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append(_Order(work, outcome))
            idle, self._busy = not self._busy, True
        if idle:
            self._executor.submit(self._work_off)
        return await outcome

    def _work_off(self) -> None:
        while True:
            with self._lock:
                orders, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                if not orders:
                    self._busy = False
                    return
            outcomes = self._together(orders) if len(orders) > 1 else None
            if outcomes is None:
                outcomes = [self._alone(order) for order in orders]
            loop = orders[0].outcome.get_loop()
            loop.call_soon_threadsafe(_settle, orders, outcomes)

    def _together(self, orders: list[_Order[Any]]) -> list[Any] | None:
        """What came of each; None when one was refused, and then nothing has happened."""
        try:
            return transact(
                self._engine, lambda connection: [order.work(connection) for order in orders], writes=True
            )
        except StoreError as error:
            # Each would wait as long again for a database that is locked or gone.
            cause = error.__cause__
            failed = isinstance(cause, SQLAlchemyError) and not isinstance(cause, IntegrityError)
            return [error] * len(orders) if failed else None
        except Exception as error:  # noqa: BLE001 - each is done again, and then its own error is told
            logger.debug("%d writes are done again one by one: %s", len(orders), type(error).__name__)
            return None

    def _alone(self, order: _Order[T]) -> T | BaseException:
        try:
            return transact(self._engine, order.work, writes=True)
        except Exception as error:  # noqa: BLE001 - told to whoever asked for it
            return error


def _settle(orders: list[_Order[Any]], outcomes: list[Any]) -> None:
    for order, outcome in zip(orders, outcomes, strict=True):
        if order.outcome.done():
            continue  # whoever asked was cancelled
        if isinstance(outcome, BaseException):
            order.outcome.set_exception(outcome)
        else:
            order.outcome.set_result(outcome)
