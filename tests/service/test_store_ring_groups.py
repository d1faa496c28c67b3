"""Who is logged out of which ring group, in the store, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.service.test_store_database import upgraded_to
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES, entry
from wwphone.domain.presence import JournalEntry, JournalSubject, PresenceStatus
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.server.ring_group_api import PbxRingGroup, PbxWaiting, WaitingSound
from wwphone.server.store.engine import make_engine, store_url
from wwphone.server.store.sql_store import SqlStore

HOTLINE = PbxRingGroup("300", "Hotline", ("anna", "juerg"))


def change(user: str, *, logged_in: bool, minutes: int = 0) -> JournalEntry:
    """A member logs in or out."""
    at = NOON + timedelta(minutes=minutes)
    plain = entry(user, PresenceStatus.AVAILABLE, at)
    return replace(plain, subject=JournalSubject.RING_GROUP, subject_name="Hotline", subject_on=logged_in)


@pytest.fixture
async def peopled(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    await store.replace_ring_group(HOTLINE)
    return store


async def test_log_ins_and_their_journal_come_back(peopled: SqlStore, database_url: str) -> None:
    out, back = change("anna", logged_in=False), change("anna", logged_in=True, minutes=5)
    other = change("juerg", logged_in=False)
    for one in (out, other, back):
        await peopled.save_ring_group_login("300", one)
    await peopled.close()
    again = SqlStore(database_url)
    await again.open()

    assert await again.ring_group_logins() == {
        ("300", "anna"): RingGroupLogin(True, back.at, "PC-7"),
        ("300", "juerg"): RingGroupLogin(False, NOON, "PC-7"),
    }
    assert await again.journal(None, 10) == (back, other, out)
    await again.close()


async def test_limit_and_queue_come_back(peopled: SqlStore) -> None:
    waiting = PbxWaiting(7, 90, WaitingSound.RINGING, "+41445550199")
    queued = replace(HOTLINE, calls_at_once=3, waiting=waiting)
    await peopled.replace_ring_group(queued)
    assert await peopled.ring_groups() == (queued,)
    mailbox = replace(queued, waiting=PbxWaiting(then_mailbox_of="anna"))
    await peopled.replace_ring_group(mailbox)
    assert await peopled.ring_groups() == (mailbox,)
    assert not mailbox.is_plain
    assert HOTLINE.is_plain


async def test_who_is_no_member_leaves_nothing(peopled: SqlStore) -> None:
    with pytest.raises(KeyError):
        await peopled.save_ring_group_login("301", change("anna", logged_in=False))
    with pytest.raises(KeyError):
        await peopled.save_ring_group_login("300", change("zoe", logged_in=False))
    assert await peopled.ring_group_logins() == {}
    assert await peopled.journal(None, 10) == ()


async def test_a_change_of_the_group_keeps_members_as_they_are_and_forgets_others(peopled: SqlStore) -> None:
    for user in ("anna", "juerg"):
        await peopled.save_ring_group_login("300", change(user, logged_in=False))
    await peopled.replace_ring_group(PbxRingGroup("300", "Help", ("juerg",)))
    assert set(await peopled.ring_group_logins()) == {("300", "juerg")}
    await peopled.replace_ring_group(HOTLINE)
    assert set(await peopled.ring_group_logins()) == {("300", "juerg")}, "a new member is logged in"
    await peopled.remove_ring_group("300")
    assert await peopled.ring_group_logins() == {}


async def test_a_removed_user_takes_the_log_in_along_and_leaves_the_journal(peopled: SqlStore) -> None:
    await peopled.save_ring_group_login("300", change("anna", logged_in=False))
    await peopled.remove_user("anna")
    assert await peopled.ring_group_logins() == {}
    assert [one.subject_name for one in await peopled.journal("anna", 10)] == ["Hotline"]


async def test_only_what_another_process_writes_is_announced(peopled: SqlStore) -> None:
    before = await peopled.directory_revision()
    await peopled.save_ring_group_login("300", change("anna", logged_in=False))
    assert await peopled.directory_revision() == before
    await peopled.save_ring_group_login("300", change("anna", logged_in=True), announce=True)
    assert await peopled.directory_revision() == before + 1


async def test_entries_of_an_older_journal_are_about_presence(database_url: str) -> None:
    upgraded_to(database_url, "0004")
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
    assert (kept.user, kept.subject) == ("anna", JournalSubject.PRESENCE)
    await store.close()
