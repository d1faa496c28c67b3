"""Stand-ins for what the server's services lean on: a clock that moves on demand, cheap passwords, refused passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from wwphone.server.services.passwords import Passwords
from wwphone.server.store.sql_store import SqlStore

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class FakeClock:
    """A wall clock that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)


class FakeFailureStore(SqlStore):
    """The part of a store that counts refused passwords, in memory; everything else of it is closed."""

    def __init__(self) -> None:
        super().__init__("sqlite:///never-opened")
        self.failures: list[tuple[str, datetime]] = []

    async def sign_in_failures(self, since: datetime) -> tuple[tuple[str, datetime], ...]:
        return tuple((address, at) for address, at in self.failures if at >= since)

    async def add_sign_in_failure(self, address: str, at: datetime) -> None:
        self.failures.append((address, at))

    async def clear_sign_in_failures(self, address: str) -> None:
        self.failures = [one for one in self.failures if one[0] != address]

    async def forget_sign_in_failures(self, before: datetime) -> None:
        self.failures = [one for one in self.failures if one[1] >= before]


def cheap_passwords() -> Passwords:
    """Passwords whose hashes take no time; everything else about them is real."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
