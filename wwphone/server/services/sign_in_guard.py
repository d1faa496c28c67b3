"""Blocks an address after too many refused passwords; the count survives a restart of the server.

A refused password counts for `window_s`; with `limit` of them an address has to wait until the oldest no longer counts.
Tries that run count as if refused until they are known, so that nobody gets more than `limit` by asking in parallel:
further ones wait for their turn. A right password ends the count.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.server.api import Store
from wwphone.server.clock import Clock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BlockRule:
    """How many refused passwords in how many seconds block an address."""

    limit: int = 5
    window_s: float = 600.0


def address_key(address: str) -> str:
    """The address as it is counted: an IPv6 customer has a whole /64 (RFC 6177), so that is one address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


class SignInGuard:
    """Counts refused passwords by address."""

    def __init__(self, store: Store, rule: BlockRule, clock: Clock) -> None:
        self._store = store
        self._rule = rule
        self._window = timedelta(seconds=rule.window_s)
        self._clock = clock
        self._failures: defaultdict[str, list[datetime]] = defaultdict(list)
        self._running: Counter[str] = Counter()
        self._decided = asyncio.Condition()

    async def start(self) -> None:
        """Read what was counted before the restart, and drop what no longer counts."""
        since = self._clock() - self._window
        await self._store.forget_sign_in_failures(since)
        for key, at in await self._store.sign_in_failures(since):
            self._failures[key].append(at)

    @contextlib.asynccontextmanager
    async def attempt(self, address: str) -> AsyncIterator[Attempt]:
        """Make one try from an address. Raises CommandRefusedError (ADDRESS_BLOCKED); waits for parallel tries."""
        key = address_key(address)
        async with self._decided:
            await self._decided.wait_for(lambda: self._may_enter(key))
            self._refuse_blocked(key)
            self._running[key] += 1
        try:
            yield Attempt(self, key)
        finally:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]
            async with self._decided:
                self._decided.notify_all()

    def _may_enter(self, key: str) -> bool:
        counted = len(self._counting(key))
        return counted >= self._rule.limit or counted + self._running[key] < self._rule.limit

    def _refuse_blocked(self, key: str) -> None:
        counting = self._counting(key)
        if len(counting) < self._rule.limit:
            return
        free_again = counting[-self._rule.limit] + self._window
        retry_after_s = max(1.0, (free_again - self._clock()).total_seconds())
        sentence = "too many wrong passwords from this address"
        raise CommandRefusedError(WireError(ErrorCode.ADDRESS_BLOCKED, sentence, retry_after_s=retry_after_s))

    def _counting(self, key: str) -> list[datetime]:
        since = self._clock() - self._window
        counting = [at for at in self._failures.get(key, ()) if at > since]
        if counting:
            self._failures[key] = counting
        else:
            self._failures.pop(key, None)
        return counting

    async def forget(self) -> None:
        """Drop what no longer counts, here and in the store; called now and then."""
        for key in tuple(self._failures):
            self._counting(key)
        await self._store.forget_sign_in_failures(self._clock() - self._window)

    async def failed(self, key: str) -> None:
        """Count a refused password."""
        at = self._clock()
        self._failures[key].append(at)
        if len(self._counting(key)) == self._rule.limit:
            logger.info("too many wrong passwords: %s is blocked for %.0f s", key, self._rule.window_s)
        await self._store.add_sign_in_failure(key, at)

    async def succeeded(self, key: str) -> None:
        """A right password ends the count."""
        if self._failures.pop(key, None):
            await self._store.clear_sign_in_failures(key)


@dataclass(frozen=True)
class Attempt:
    """A try that was let in: say how it went."""

    guard: SignInGuard
    key: str

    async def failed(self) -> None:
        """The password was wrong, or there is no such user."""
        await self.guard.failed(self.key)

    async def succeeded(self) -> None:
        """The password was right."""
        await self.guard.succeeded(self.key)
