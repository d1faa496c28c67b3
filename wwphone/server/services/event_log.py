"""The one place where changes become events: numbered, encoded once, kept for those who come back.

Theory. Every event gets the next revision and one audience: everyone, one user, or a set of users. It is encoded when it is
published, never again. A connection remembers the revision it has sent and asks for what came `since`; connections that stand at the
same revision and may see the same private events share the very same text, so a change costs one encoding, one join a batch,
and one write a client. An event for a set of users costs beside that a mark for each of them (below a microsecond).
Listeners are woken at once after a quiet time and at most once in `batch_s` under load, and telling them never takes more than
half of the time; a slow loop makes the batches larger, never the queue longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from wwphone.protocol.codec import encode_event, encode_events
from wwphone.protocol.message import Event

CAPACITY = 20_000
BATCH_S = 0.03
"""A change is told at once when it is quiet. Under load a client gets what came meanwhile so often: people see no difference,
and a write to everybody costs the same for one change as for twenty."""


@dataclass(frozen=True)
class Batch:
    """What a user may see of the events after some revision."""

    revision: int
    """Where the user stands after it."""
    text: str | None
    """An events frame; None when there is nothing for this user."""


class EventLog:
    """The latest events, bounded. Belongs to the thread of the event loop."""

    def __init__(self, capacity: int = CAPACITY, batch_s: float = BATCH_S) -> None:
        self._capacity = capacity
        self._batch_s = batch_s
        self._entries: list[tuple[frozenset[str] | None, bytes]] = []
        self._oldest = 1
        self._revision = 0
        self._last_private: dict[str, int] = {}
        self._shared: dict[tuple[int, tuple[int, ...]], Batch] = {}
        """By the revision a client stands at, and which private events since then it may see."""
        self._listeners: set[Callable[[], None]] = set()
        self._wake: asyncio.Handle | None = None
        self._woken_s = float("-inf")
        self._pause_s = batch_s

    @property
    def revision(self) -> int:
        """The number of the latest event, 0 before the first."""
        return self._revision

    def __len__(self) -> int:
        return len(self._entries)

    def publish(self, event: Event, only: str | frozenset[str] | None = None) -> None:
        """Tell everyone, one user, or each of a set of users."""
        audience = frozenset({only}) if isinstance(only, str) else only
        self._revision += 1
        self._entries.append((audience, encode_event(event)))
        self._shared.clear()
        if audience is not None:
            self._last_private.update(dict.fromkeys(audience, self._revision))
        if len(self._entries) > self._capacity + self._capacity // 4:
            self._trim()
        self._schedule()

    def since(self, revision: int, user: str) -> Batch | None:
        """What `user` has missed since `revision`; None when that is forgotten or never was: a snapshot is due."""
        if not self._oldest - 1 <= revision <= self._revision:
            return None
        if revision == self._revision:
            return Batch(revision, None)
        private = self._private_since(revision, user) if self._last_private.get(user, 0) > revision else ()
        shared = self._shared.get((revision, private))
        if shared is None:
            shared = self._shared[revision, private] = self._batch(revision, frozenset(private))
        return shared

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when there is something new; it asks `since`."""
        self._listeners.add(wake)

    def unlisten(self, wake: Callable[[], None]) -> None:
        """Call it no more."""
        self._listeners.discard(wake)

    def shutdown(self) -> None:
        """Wake nobody any more."""
        self._listeners.clear()
        if self._wake is not None:
            self._wake.cancel()

    def _missed(self, revision: int) -> list[tuple[frozenset[str] | None, bytes]]:
        return self._entries[revision + 1 - self._oldest :]

    def _private_since(self, revision: int, user: str) -> tuple[int, ...]:
        """Which of the events that were missed are for some alone, and for this user among them."""
        missed = enumerate(self._missed(revision))
        return tuple(place for place, (audience, _) in missed if audience is not None and user in audience)

    def _batch(self, revision: int, private: frozenset[int]) -> Batch:
        parts = [
            text
            for place, (audience, text) in enumerate(self._missed(revision))
            if audience is None or place in private
        ]
        text = encode_events(self._revision, parts) if parts else None
        return Batch(self._revision, text)

    def _trim(self) -> None:
        surplus = len(self._entries) - self._capacity
        del self._entries[:surplus]
        self._oldest += surplus
        self._last_private = {
            user: latest for user, latest in self._last_private.items() if latest >= self._oldest
        }

    def _schedule(self) -> None:
        if self._wake is not None or not self._listeners:
            return
        loop = asyncio.get_running_loop()
        quiet_s = loop.time() - self._woken_s
        if quiet_s >= self._pause_s:
            self._wake = loop.call_soon(self._wake_all)
        else:
            self._wake = loop.call_later(self._pause_s - quiet_s, self._wake_all)

    def _wake_all(self) -> None:
        self._wake = None
        clock = asyncio.get_running_loop().time
        began_s = clock()
        for wake in tuple(self._listeners):
            wake()
        # From the end on: however long it takes to tell thousands, there is as much time for those who ask.
        self._woken_s = clock()
        self._pause_s = max(self._batch_s, self._woken_s - began_s)
