"""Writes that are asked for at the same time: shared transactions, and an outcome for each."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.test_store_records import ANNA
from wwphone.domain.presence import JournalEntry, Presence, PresenceGroup, PresenceStatus
from wwphone.server.api import DuplicateError, PbxRoom, StoreError
from wwphone.server.store.sql_store import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(number: int) -> JournalEntry:
    presence = Presence(PresenceStatus.BE_RIGHT_BACK, NOON, NOON + timedelta(minutes=number), "PC-1")
    return JournalEntry(NOON, "anna", presence, "anna", do_not_disturb=False)


async def with_anna(store: SqlStore) -> None:
    await store.replace_groups((PresenceGroup("Sales", 1),))
    await store.add_user(replace(ANNA, group="Sales"))


async def test_what_is_asked_for_at_once_shares_transactions_and_keeps_its_order(
    store: SqlStore, database_url: str
) -> None:
    await with_anna(store)
    assert store._engine is not None
    commits: list[object] = []
    sa.event.listen(store._engine, "commit", commits.append)
    await asyncio.gather(*(store.save_presence(entry(number)) for number in range(150)))
    assert 1 <= len(commits) <= 3, "the first alone, the rest together"
    await store.close()
    again = SqlStore(database_url)
    await again.open()
    kept = [one.presence.back_at for one in await again.journal(None, 1000)]
    assert kept == [entry(number).presence.back_at for number in reversed(range(150))]
    assert (await again.presences())["anna"].back_at == entry(149).presence.back_at
    await again.close()


async def test_each_has_its_own_outcome_when_some_are_refused(store: SqlStore) -> None:
    await with_anna(store)
    users = [
        replace(ANNA, user=f"user{number}", number=str(300 + number), group="Sales") for number in range(20)
    ]
    twin, stranger = replace(users[0], user="twin"), replace(users[0], user="stranger")
    taken = PbxRoom(users[0].number, "Room")  # refused by the store's own rule, not by a key of the database
    outcomes = await asyncio.gather(
        *(store.add_user(user) for user in users[:10]),
        store.add_user(twin),
        store.replace_user(stranger),
        store.replace_room(taken),
        *(store.add_user(user) for user in users[10:]),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [
        DuplicateError,
        KeyError,
        DuplicateError,
    ]
    assert {user.user for user in await store.users()} == {"anna", *(user.user for user in users)}


async def test_one_presence_that_is_refused_does_not_take_the_others_along(store: SqlStore) -> None:
    await with_anna(store)
    stranger = replace(entry(3), user="nobody")
    entries = [entry(1), entry(2), stranger, entry(4)]
    outcomes = await asyncio.gather(
        *(store.save_presence(one) for one in [entry(0), *entries]), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 3 + [StoreError, type(None)]
    kept = [one.presence.back_at for one in await store.journal(None, 10)]
    assert kept == [entry(number).presence.back_at for number in (4, 2, 1, 0)]
    assert (await store.presences())["anna"].back_at == entry(4).presence.back_at


async def test_closing_waits_for_what_was_asked_for(store: SqlStore, database_url: str) -> None:
    await with_anna(store)
    asked = [asyncio.ensure_future(store.save_presence(entry(number))) for number in range(5)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*asked)
    again = SqlStore(database_url)
    await again.open()
    assert len(await again.journal(None, 10)) == len(asked)
    await again.close()


async def test_all_are_told_when_the_database_fails(store: SqlStore) -> None:
    await with_anna(store)
    assert store._writes is not None

    begun, gate = threading.Event(), threading.Event()

    def wait(connection: sa.Connection) -> None:
        del connection
        begun.set()
        assert gate.wait(10 * SECONDS)

    def broken(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT something FROM nowhere")

    first = asyncio.create_task(store._writes.write(wait))
    await wait_until_async(begun.is_set, "the first to be under way")
    rest = asyncio.gather(
        store.save_presence(entry(1)),
        store._writes.write(broken),
        store.save_presence(entry(2)),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    gate.set()
    await first
    assert [type(outcome) for outcome in await rest] == [StoreError] * 3
    assert await store.journal(None, 10) == ()
    await store.save_presence(entry(3))
    assert len(await store.journal(None, 10)) == 1


async def test_who_gave_up_waiting_does_not_keep_others(store: SqlStore) -> None:
    await with_anna(store)
    tasks = [asyncio.create_task(store.save_presence(entry(number))) for number in range(5)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for place, outcome in enumerate(outcomes) if place != 2] == [None] * 4
    with pytest.raises(asyncio.CancelledError):
        await tasks[2]
