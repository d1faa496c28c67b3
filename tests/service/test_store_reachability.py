"""Do not disturb, forwardings and their journal in the store, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.service.test_store_database import upgraded_to
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES, entry
from wwphone.domain.presence import PresenceStatus
from wwphone.domain.reachability import Forwarding, ForwardingCause, Reachability
from wwphone.server.api import StoreError
from wwphone.server.store.engine import make_engine, store_url
from wwphone.server.store.sql_store import SqlStore

ALWAYS, UNREGISTERED, BUSY, NO_ANSWER = ForwardingCause
TO_BEAT, TO_MAILBOX = Forwarding(ALWAYS, "202"), Forwarding(NO_ANSWER, "900", 15)


@pytest.fixture
async def peopled(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


async def test_what_was_set_comes_back(peopled: SqlStore, database_url: str) -> None:
    on = replace(entry("anna", PresenceStatus.AVAILABLE), do_not_disturb=True)
    await peopled.save_do_not_disturb(on)
    await peopled.replace_forwardings("anna", (TO_MAILBOX, TO_BEAT))
    await peopled.replace_forwardings("juerg", (TO_MAILBOX,))
    await peopled.close()
    again = SqlStore(database_url)
    await again.open()

    assert await again.reachabilities() == {
        "anna": Reachability(True, NOON, "PC-7", (TO_BEAT, TO_MAILBOX)),
        "juerg": Reachability(forwardings=(TO_MAILBOX,)),
    }
    await again.close()


async def test_a_later_word_replaces_the_former(peopled: SqlStore) -> None:
    on = replace(entry("anna", PresenceStatus.AVAILABLE), do_not_disturb=True)
    off = replace(on, at=NOON + timedelta(minutes=1), do_not_disturb=False)
    for change in (on, off):
        await peopled.save_do_not_disturb(change)
    await peopled.replace_forwardings("anna", (TO_BEAT, TO_MAILBOX))
    await peopled.replace_forwardings("anna", (Forwarding(ALWAYS, "203"),))
    assert await peopled.reachabilities() == {
        "anna": Reachability(False, off.at, "PC-7", (Forwarding(ALWAYS, "203"),))
    }
    await peopled.replace_forwardings("anna", ())
    assert (await peopled.reachabilities())["anna"].forwardings == ()


async def test_the_journal_holds_presence_and_do_not_disturb_in_their_order(peopled: SqlStore) -> None:
    first = entry("anna", PresenceStatus.AVAILABLE)
    second = replace(first, at=NOON + timedelta(seconds=1), do_not_disturb=True)
    third = replace(
        entry("anna", PresenceStatus.UNAVAILABLE, NOON + timedelta(seconds=2)), do_not_disturb=True
    )
    await peopled.save_presence(first)
    await peopled.save_do_not_disturb(second)
    await peopled.save_presence(third)

    assert await peopled.journal("anna", 10) == (third, second, first)
    assert (await peopled.presences())["anna"].status is PresenceStatus.UNAVAILABLE


async def test_both_or_neither(peopled: SqlStore) -> None:
    with pytest.raises(StoreError):
        await peopled.save_do_not_disturb(
            replace(entry("nobody", PresenceStatus.AVAILABLE), do_not_disturb=True)
        )
    with pytest.raises(StoreError):
        await peopled.replace_forwardings("nobody", (TO_BEAT,))
    assert await peopled.journal(None, 10) == ()
    assert await peopled.reachabilities() == {}


async def test_it_goes_with_the_user_and_the_journal_stays(peopled: SqlStore) -> None:
    await peopled.save_do_not_disturb(replace(entry("anna", PresenceStatus.AVAILABLE), do_not_disturb=True))
    await peopled.replace_forwardings("anna", (TO_BEAT,))
    await peopled.remove_user("anna")

    assert await peopled.reachabilities() == {}
    assert [one.do_not_disturb for one in await peopled.journal("anna", 10)] == [True]


async def test_the_number_for_forwarded_calls_is_kept(peopled: SqlStore) -> None:
    changed = replace(ANNA, displayed_number_when_forwarding="+41445550101")
    await peopled.replace_user(changed)

    assert await peopled.user("anna") == changed


async def test_entries_of_an_older_journal_say_that_one_could_be_disturbed(database_url: str) -> None:
    upgraded_to(database_url, "0002")
    engine = make_engine(store_url(database_url))
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                'INSERT INTO presence_journal (at, "user", status, since, set_from, connected, set_by) '
                "VALUES ('2026-03-01 12:00:00', 'anna', 'available', '2026-03-01 12:00:00', 'PC-1', true, 'anna')"
            )
        )
    engine.dispose()
    store = SqlStore(database_url)
    await store.open()
    (kept,) = await store.journal(None, 10)
    assert (kept.user, kept.do_not_disturb) == ("anna", False)
    await store.close()
