"""Writes in the order they were asked for; what is asked for while the disk is busy shares the next transaction.

Waiting for the disk takes the same time for one change as for twenty, and so does most of the work around a transaction: a
store under load makes bigger transactions, not a longer queue (group commit). A write begins at once when none is under way;
what was asked for meanwhile begins `PAUSE_S` after it, with what comes until then. Writes of the same kind that follow each other are handed to the database as one.
Nobody is told of success before the database has confirmed. If one of several is refused, all of them are undone and done
again one by one, so that each has its own outcome; if the database itself fails, all are told.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from wwphone.server.api import StoreError
from wwphone.server.store.transactions import transact

logger = logging.getLogger(__name__)

T = TypeVar("T")
V = TypeVar("V")
Work = Callable[[sa.Connection], T]
WorkForMany = Callable[[sa.Connection, Sequence[V]], None]
"""Writes several values, in their order."""

MOST_AT_ONCE = 200
PAUSE_S = 0.01
"""From the beginning of one transaction to the next: it costs as much as ten changes in it. Longer would be seen by nobody, but by whoever waits for an answer."""


@dataclass(frozen=True, eq=False)
class _Order(Generic[T]):
    work: Work[T]
    outcome: asyncio.Future[T]

    @staticmethod
    def together(orders: Sequence[_Order[Any]], connection: sa.Connection) -> list[Any]:
        """Do all of the same kind; return what came of each."""
        return [order.work(connection) for order in orders]


@dataclass(frozen=True, eq=False)
class _OrderOfMany(_Order[None], Generic[V]):
    many: WorkForMany[V]
    value: V

    @staticmethod
    def together(orders: Sequence[Any], connection: sa.Connection) -> list[Any]:
        """See `_Order.together`; these have the same `many`."""
        orders[0].many(connection, [order.value for order in orders])
        return [None] * len(orders)


class WriteQueue:
    """All writes of one engine. It belongs to the event loop's thread, the work to one thread of the executor."""

    def __init__(self, engine: sa.Engine, executor: Executor) -> None:
        self._engine = engine
        self._executor = executor
        self._waiting: list[_Order[Any]] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._begun_s = float("-inf")

    async def write(self, work: Work[T]) -> T:
        """Do it and return what it returns. Raises StoreError, or what the work raises."""
        outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._take(_Order(work, outcome))
        return await outcome

    async def write_with_others(self, many: WorkForMany[V], value: V) -> None:
        """Do it for this value, at once for all values that are waiting. Raises StoreError, or what the work raises."""
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._take(_OrderOfMany(lambda connection: many(connection, [value]), outcome, many, value))
        await outcome

    async def finish(self) -> None:
        """Wait until nothing is waiting any more."""
        await self._idle.wait()

    # ------------------------------------------------------------ on the event loop

    def _take(self, order: _Order[Any]) -> None:
        self._waiting.append(order)
        if self._idle.is_set():
            self._idle.clear()
            self._work_off()

    def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        self._begun_s = loop.time()
        orders, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        done = loop.run_in_executor(self._executor, self._carry_out, orders)
        done.add_done_callback(partial(self._settle, orders))

    def _settle(self, orders: list[_Order[Any]], done: asyncio.Future[list[Any]]) -> None:
        for order, outcome in zip(orders, done.result(), strict=True):
            if order.outcome.done():
                continue  # whoever asked was cancelled
            if isinstance(outcome, BaseException):
                order.outcome.set_exception(outcome)
            else:
                order.outcome.set_result(outcome)
        if not self._waiting:
            self._idle.set()
            return
        loop = asyncio.get_running_loop()
        pause_s = self._begun_s + PAUSE_S - loop.time()
        if pause_s > 0 and len(self._waiting) < MOST_AT_ONCE:
            loop.call_later(pause_s, self._work_off)
        else:
            self._work_off()

    # ------------------------------------------------------------ on a thread of the executor

    def _carry_out(self, orders: list[_Order[Any]]) -> list[Any]:
        outcomes = self._together(orders) if len(orders) > 1 else None
        return outcomes if outcomes is not None else [self._alone(order) for order in orders]

    def _together(self, orders: list[_Order[Any]]) -> list[Any] | None:
        """What came of each; None when one was refused, and then nothing has happened."""
        try:
            return transact(
                self._engine,
                lambda connection: [
                    outcome for group in _alike(orders) for outcome in group[0].together(group, connection)
                ],
                writes=True,
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


def _alike(orders: Sequence[_Order[Any]]) -> Iterator[list[_Order[Any]]]:
    """Neighbours of the same kind together; the order stays."""
    for _, group in itertools.groupby(orders, lambda order: getattr(order, "many", order)):
        yield list(group)
