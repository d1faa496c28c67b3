"""The block of an address: limit, window, restart, parallel tries, IPv6."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.helpers.server_parts import FakeClock, FakeFailureStore
from wwphone.protocol.errors import CommandRefusedError, ErrorCode
from wwphone.server.services.sign_in_guard import BlockRule, SignInGuard, address_key

ATTACKER = "192.0.2.7"


def guard_over(store: FakeFailureStore, clock: FakeClock) -> SignInGuard:
    return SignInGuard(store, BlockRule(limit=5, window_s=600), clock)


async def fail(guard: SignInGuard, address: str = ATTACKER, times: int = 1) -> None:
    for _ in range(times):
        async with guard.attempt(address) as attempt:
            await attempt.failed()


async def blocked_for(guard: SignInGuard, address: str = ATTACKER) -> float | None:
    """Seconds the address has to wait; None when it may try."""
    try:
        async with guard.attempt(address):
            return None
    except CommandRefusedError as refusal:
        if refusal.error.code is not ErrorCode.ADDRESS_BLOCKED:
            raise
        return refusal.error.retry_after_s


async def test_four_wrong_passwords_block_nobody_and_the_fifth_does() -> None:
    guard = guard_over(FakeFailureStore(), FakeClock())
    await fail(guard, times=4)
    assert await blocked_for(guard) is None
    await fail(guard)
    assert await blocked_for(guard) == 600
    assert await blocked_for(guard, "192.0.2.8") is None


async def test_the_block_ends_when_the_oldest_no_longer_counts() -> None:
    clock = FakeClock()
    guard = guard_over(FakeFailureStore(), clock)
    await fail(guard, times=2)
    clock.pass_by(100)
    await fail(guard, times=3)
    clock.pass_by(200)
    assert await blocked_for(guard) == 300
    clock.pass_by(300)
    assert await blocked_for(guard) is None
    await fail(guard, times=2)
    assert await blocked_for(guard) == pytest.approx(100)


async def test_tries_while_blocked_do_not_prolong_it() -> None:
    clock = FakeClock()
    guard = guard_over(FakeFailureStore(), clock)
    await fail(guard, times=5)
    for _ in range(10):
        clock.pass_by(50)
        await blocked_for(guard)
    clock.pass_by(100)
    assert await blocked_for(guard) is None


async def test_the_block_survives_a_restart() -> None:
    store, clock = FakeFailureStore(), FakeClock()
    await fail(guard_over(store, clock), times=5)
    restarted = guard_over(store, clock)
    await restarted.start()
    clock.pass_by(60)
    assert await blocked_for(restarted) == 540


async def test_a_restart_forgets_what_no_longer_counts() -> None:
    store, clock = FakeFailureStore(), FakeClock()
    await fail(guard_over(store, clock), times=5)
    clock.pass_by(601)
    restarted = guard_over(store, clock)
    await restarted.start()
    assert await blocked_for(restarted) is None
    assert store.failures == []


async def test_a_right_password_ends_the_count() -> None:
    store = FakeFailureStore()
    guard = guard_over(store, FakeClock())
    await fail(guard, times=4)
    async with guard.attempt(ATTACKER) as attempt:
        await attempt.succeeded()
    assert store.failures == []
    await fail(guard, times=4)
    assert await blocked_for(guard) is None


async def test_parallel_tries_get_no_more_than_the_limit() -> None:
    guard = guard_over(FakeFailureStore(), FakeClock())
    checked = asyncio.Semaphore(0)
    tried = 0

    async def one_try() -> ErrorCode | None:
        nonlocal tried
        try:
            async with guard.attempt(ATTACKER) as attempt:
                tried += 1
                await checked.acquire()
                await attempt.failed()
        except CommandRefusedError as refusal:
            return refusal.error.code
        return None

    tries = [asyncio.create_task(one_try()) for _ in range(20)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert tried == 5
    for _ in range(20):
        checked.release()
    results = await asyncio.gather(*tries)
    assert tried == 5
    assert results.count(ErrorCode.ADDRESS_BLOCKED) == 15


async def test_right_passwords_behind_one_address_all_get_their_turn() -> None:
    guard = guard_over(FakeFailureStore(), FakeClock())

    async def one_try() -> bool:
        async with guard.attempt(ATTACKER) as attempt:
            await asyncio.sleep(0)
            await attempt.succeeded()
        return True

    assert all(await asyncio.gather(*(one_try() for _ in range(200))))


async def test_a_try_that_is_given_up_lets_the_next_one_in() -> None:
    guard = guard_over(FakeFailureStore(), FakeClock())

    async def hang() -> None:
        async with guard.attempt(ATTACKER):
            await asyncio.Event().wait()

    hanging = [asyncio.create_task(hang()) for _ in range(5)]
    waiting = asyncio.create_task(blocked_for(guard))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    assert await waiting is None


async def test_looking_after_the_house_drops_what_no_longer_counts() -> None:
    store, clock = FakeFailureStore(), FakeClock()
    guard = guard_over(store, clock)
    await fail(guard, times=3)
    clock.pass_by(601)
    await guard.forget()
    assert store.failures == []


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_whole_64_is_one_address(address: str, counted_as: str) -> None:
    assert address_key(address) == counted_as


def test_the_clock_of_these_tests_moves_on_demand_only() -> None:
    clock = FakeClock()
    before = clock()
    clock.pass_by(1)
    assert clock() - before == timedelta(seconds=1)
