"""Events are numbered, encoded once, shared by those who stand at the same place, and bounded."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import PhoneState
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.codec import encode_event
from wwphone.server.services import event_log
from wwphone.server.services.event_log import Batch, EventLog


def event(user: str, state: PhoneState = PhoneState.BUSY) -> PhoneStateChanged:
    return PhoneStateChanged(user, state)


def users_in(batch: Batch | None) -> list[str]:
    assert batch is not None
    if batch.text is None:
        return []
    frame = json.loads(batch.text)
    assert frame["revision"] == batch.revision
    return [one["body"]["user"] for one in frame["events"]]


def test_an_empty_log_has_nothing_for_whoever_is_there() -> None:
    log = EventLog()
    assert log.since(0, "anna") == Batch(0, None)


def test_everyone_gets_what_is_for_everyone_and_one_gets_what_is_private() -> None:
    log = EventLog()
    log.publish(event("a"))
    log.publish(event("b"), only="beat")
    log.publish(event("c"))
    assert users_in(log.since(0, "beat")) == ["a", "b", "c"]
    assert users_in(log.since(0, "anna")) == ["a", "c"]
    assert users_in(log.since(1, "anna")) == ["c"]
    assert log.since(3, "anna") == Batch(3, None)


def test_a_set_of_users_gets_what_is_for_them_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []

    def counting(one: PhoneStateChanged) -> bytes:
        encoded.append(one.user)
        return encode_event(one)

    monkeypatch.setattr(event_log, "encode_event", counting)
    log = EventLog()
    log.publish(event("a"))
    log.publish(event("b"), only=frozenset({"beat", "carla"}))
    log.publish(event("c"))
    assert [users_in(log.since(0, user)) for user in ("beat", "carla", "anna")] == [
        ["a", "b", "c"],
        ["a", "b", "c"],
        ["a", "c"],
    ]
    assert log.since(2, "beat") is log.since(2, "anna"), "from then on they share again"
    assert encoded == ["a", "b", "c"]


def test_what_is_private_to_others_moves_the_revision_and_says_nothing() -> None:
    log = EventLog()
    log.publish(event("b"), only="beat")
    assert log.since(0, "anna") == Batch(1, None)


def test_clients_at_the_same_place_share_one_text_and_events_are_encoded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoded: list[str] = []

    def counting(one: PhoneStateChanged) -> bytes:
        encoded.append(one.user)
        return encode_event(one)

    monkeypatch.setattr(event_log, "encode_event", counting)
    log = EventLog()
    log.publish(event("a"))
    batches = [log.since(0, f"user-{number}") for number in range(1000)]
    assert encoded == ["a"]
    assert all(batch is batches[0] for batch in batches)


def test_a_shared_text_is_not_given_out_after_another_event() -> None:
    log = EventLog()
    log.publish(event("a"))
    assert users_in(log.since(0, "anna")) == ["a"]
    log.publish(event("b"))
    assert users_in(log.since(0, "anna")) == ["a", "b"]


def test_the_log_forgets_and_says_so() -> None:
    log = EventLog(capacity=100)
    for number in range(1, 1001):
        log.publish(event(str(number)), only="beat" if number == 1 else None)
    assert 100 <= len(log) <= 125
    assert log.since(0, "anna") is None
    oldest_known = 1000 - len(log)
    assert log.since(oldest_known - 1, "beat") is None
    assert len(users_in(log.since(oldest_known, "beat"))) == len(log)


@pytest.mark.parametrize("revision", [-1, 2, 10**9])
def test_a_revision_that_never_was_needs_a_snapshot(revision: int) -> None:
    log = EventLog()
    log.publish(event("a"))
    assert log.since(revision, "anna") is None


@given(st.lists(st.sampled_from([None, "anna", "beat"]), max_size=60), st.integers(5, 20), st.data())
def test_nobody_misses_or_sees_too_much_wherever_they_stand(
    audiences: list[str | None], capacity: int, data: st.DataObject
) -> None:
    log = EventLog(capacity=capacity)
    for number, only in enumerate(audiences, 1):
        log.publish(event(str(number)), only=only)
    revision = data.draw(st.integers(0, len(audiences)))
    for user in ("anna", "beat"):
        batch = log.since(revision, user)
        if batch is None:
            assert revision < len(audiences) - capacity
            continue
        due = [str(n) for n, only in enumerate(audiences, 1) if n > revision and only in (None, user)]
        assert users_in(batch) == due
        assert batch.revision == len(audiences)


async def test_listeners_are_woken_at_once_after_a_quiet_time() -> None:
    log = EventLog(batch_s=3600.0)
    woken: list[int] = []
    log.listen(lambda: woken.append(log.revision))
    log.publish(event("a"))
    assert woken == []
    await asyncio.sleep(0)
    assert woken == [1]
    log.shutdown()


async def test_a_burst_wakes_listeners_once_and_later_ones_wait_for_the_next_batch() -> None:
    log = EventLog(batch_s=0.02)
    woken: list[int] = []
    log.listen(lambda: woken.append(log.revision))
    for _ in range(50):
        log.publish(event("a"))
    await asyncio.sleep(0)
    assert woken == [50]
    started_s = asyncio.get_running_loop().time()
    for _ in range(50):
        log.publish(event("a"))
    await wait_until_async(lambda: len(woken) == 2, "the second batch")
    assert woken == [50, 100]
    assert asyncio.get_running_loop().time() - started_s >= 0.015
    log.shutdown()


async def test_telling_takes_no_more_than_half_of_the_time() -> None:
    log = EventLog(batch_s=0.001)
    clock = asyncio.get_running_loop().time
    told_s: list[tuple[float, float]] = []

    def wake() -> None:
        began_s = clock()
        while clock() < began_s + 0.03:
            continue  # thousands are told
        told_s.append((began_s, clock()))

    log.listen(wake)
    log.publish(event("a"))
    await wait_until_async(lambda: len(told_s) == 1, "the first batch")
    log.publish(event("a"))
    await wait_until_async(lambda: len(told_s) == 2, "the second batch")
    (began_s, ended_s), (again_s, _) = told_s
    assert again_s - ended_s >= 0.9 * (ended_s - began_s)
    log.shutdown()


async def test_who_no_longer_listens_is_not_woken() -> None:
    log = EventLog()
    woken: list[int] = []

    def wake() -> None:
        woken.append(log.revision)

    log.listen(wake)
    log.publish(event("a"))
    log.unlisten(wake)
    log.unlisten(wake)
    await asyncio.sleep(0)
    assert woken == []
    log.listen(wake)
    log.publish(event("a"))
    log.shutdown()
    await asyncio.sleep(0)
    assert woken == []
