"""What goes into the store comes out again, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from wwphone.domain.account import Right
from wwphone.domain.presence import JournalEntry, Presence, PresenceGroup, PresenceStatus
from wwphone.server.api import DuplicateError, StoreError, UserRecord
from wwphone.server.session_api import SessionRecord
from wwphone.server.store.sql_store import SqlStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SALES = PresenceGroup("Sales", 2)
RECEPTION = PresenceGroup("Réception & Empfang", 1)
JUERG = UserRecord(
    user="juerg",
    number="204",
    nickname="Jürg Müller-Bächtold",
    group=SALES.name,
    sip_password="sip-secret",
    cti_password_hash="$argon2id$one",
    first_name="Jürg",
    surname="Müller-Bächtold",
    mobile="+41 79 555 01 04",
    email="juerg@example.net",
    displayed_number="+41445550104",
    rights=frozenset({Right.CTI_ACCESS, Right.RECORD_CALLS}),
    offer_tls=False,
    hidden=True,
    busy_when_in_call=True,
    busy_when_ringing=True,
)
ANNA = UserRecord("anna", "201", "Anna", "", "other-secret", "$argon2id$two")


@pytest.fixture
async def peopled(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES, RECEPTION))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


def session(token_hash: str, user: str = "anna") -> SessionRecord:
    return SessionRecord(token_hash, user, "PC-7", softphone=True, since=NOON, last_seen=NOON)


def entry(user: str, status: PresenceStatus, at: datetime = NOON) -> JournalEntry:
    back_at = at + timedelta(hours=1) if status is PresenceStatus.BE_RIGHT_BACK else None
    return JournalEntry(at, user, Presence(status, at, back_at, "PC-7", connected=True), set_by=user)


async def test_users_come_back_as_they_went_in_and_by_name(peopled: SqlStore) -> None:
    assert await peopled.users() == (ANNA, JUERG)
    assert await peopled.user("juerg") == JUERG
    assert await peopled.user("nobody") is None


async def test_every_field_of_a_user_can_be_changed_but_the_name(peopled: SqlStore) -> None:
    changed = replace(ANNA, number="299", group=SALES.name, rights=frozenset(), hidden=True, mobile="1")
    await peopled.replace_user(changed)
    assert await peopled.user("anna") == changed
    with pytest.raises(KeyError):
        await peopled.replace_user(replace(ANNA, user="nobody"))


@pytest.mark.parametrize(
    "twin",
    [
        replace(ANNA, number="202"),
        replace(ANNA, user="other"),
        replace(ANNA, user="ANNA", number="202"),
    ],
    ids=["same name", "same number", "same name but for capitals"],
)
async def test_a_name_or_number_is_given_once(peopled: SqlStore, twin: UserRecord) -> None:
    with pytest.raises(DuplicateError):
        await peopled.add_user(twin)
    assert len(await peopled.users()) == 2


async def test_a_number_cannot_be_taken_over_by_a_change(peopled: SqlStore) -> None:
    with pytest.raises(DuplicateError):
        await peopled.replace_user(replace(ANNA, number=JUERG.number))
    assert await peopled.user("anna") == ANNA


async def test_a_group_must_exist(peopled: SqlStore) -> None:
    with pytest.raises(StoreError) as refusal:
        await peopled.add_user(replace(ANNA, user="eva", number="202", group="Unknown"))
    assert not isinstance(refusal.value, DuplicateError)
    assert "other-secret" not in str(refusal.value)
    assert await peopled.user("eva") is None


async def test_groups_are_ordered_and_rewritten(peopled: SqlStore) -> None:
    assert await peopled.groups() == (RECEPTION, SALES)
    new = (PresenceGroup("Sales", 0), PresenceGroup("Engineering", 5))
    await peopled.replace_groups(new)
    assert await peopled.groups() == new


async def test_a_group_with_members_cannot_be_left_out(peopled: SqlStore) -> None:
    with pytest.raises(StoreError):
        await peopled.replace_groups((RECEPTION,))
    assert await peopled.groups() == (RECEPTION, SALES)


async def test_the_directory_revision_grows_with_changes_that_happened_only(peopled: SqlStore) -> None:
    seen = [await peopled.directory_revision()]
    await peopled.replace_user(replace(ANNA, nickname="Änni"))
    seen.append(await peopled.directory_revision())
    await peopled.replace_groups((SALES,))
    seen.append(await peopled.directory_revision())
    await peopled.remove_user("juerg")
    seen.append(await peopled.directory_revision())
    assert seen == sorted(set(seen))
    with pytest.raises(KeyError):
        await peopled.remove_user("juerg")
    with pytest.raises(DuplicateError):
        await peopled.add_user(ANNA)
    await peopled.save_session(session("a"))
    assert await peopled.directory_revision() == seen[-1]


async def test_what_hangs_on_a_user_goes_with_them_except_the_journal(peopled: SqlStore) -> None:
    await peopled.save_session(session("a"))
    await peopled.save_session(session("j", "juerg"))
    await peopled.save_presence(entry("anna", PresenceStatus.UNAVAILABLE))
    await peopled.remove_user("anna")
    assert await peopled.sessions() == (session("j", "juerg"),)
    assert await peopled.presences() == {}
    assert [one.user for one in await peopled.journal(None, 10)] == ["anna"]


async def test_another_cti_password_ends_the_sessions_and_nothing_else_does(peopled: SqlStore) -> None:
    await peopled.save_session(session("a"))
    await peopled.save_session(session("j", "juerg"))
    await peopled.replace_user(replace(ANNA, nickname="Änni"))
    assert len(await peopled.sessions()) == 2
    await peopled.replace_user(replace(ANNA, cti_password_hash="$argon2id$new"))
    assert await peopled.sessions() == (session("j", "juerg"),)


async def test_presence_and_journal(peopled: SqlStore) -> None:
    first = entry("anna", PresenceStatus.BE_RIGHT_BACK)
    second = entry("juerg", PresenceStatus.DIRECT_ONLY, NOON + timedelta(seconds=1))
    third = entry("anna", PresenceStatus.AVAILABLE, NOON + timedelta(seconds=2))
    for one in (first, second, third):
        await peopled.save_presence(one)
    assert await peopled.presences() == {
        "anna": replace(third.presence, connected=False),
        "juerg": replace(second.presence, connected=False),
    }
    assert await peopled.journal(None, 10) == (third, second, first)
    assert await peopled.journal("anna", 10) == (third, first)
    assert await peopled.journal("anna", 1) == (third,)
    newest, older, _ = await peopled.journal(None, 10)
    assert await peopled.journal(None, 10, before=newest.entry_id) == (second, first)
    assert await peopled.journal("anna", 10, before=older.entry_id) == (first,)


async def test_presence_and_journal_are_written_both_or_neither(peopled: SqlStore) -> None:
    with pytest.raises(StoreError):
        await peopled.save_presence(entry("nobody", PresenceStatus.AVAILABLE))
    assert await peopled.journal(None, 10) == ()


async def test_times_keep_their_moment_and_lose_their_zone(peopled: SqlStore) -> None:
    zurich = timezone(timedelta(hours=2))
    local = NOON.astimezone(zurich)
    await peopled.save_presence(entry("anna", PresenceStatus.BE_RIGHT_BACK, local))
    kept = (await peopled.presences())["anna"]
    assert kept.since == NOON
    assert kept.since.tzinfo is UTC
    assert kept.back_at == NOON + timedelta(hours=1)


async def test_a_time_without_zone_is_refused(peopled: SqlStore) -> None:
    with pytest.raises(StoreError):
        await peopled.save_presence(entry("anna", PresenceStatus.AVAILABLE, NOON.replace(tzinfo=None)))


async def test_sessions_are_added_seen_and_ended(peopled: SqlStore) -> None:
    later = NOON + timedelta(minutes=5)
    for token_hash in ("a", "b", "c"):
        await peopled.save_session(session(token_hash))
    await peopled.save_session(replace(session("a"), softphone=False))
    await peopled.touch_sessions(["a", "b", "unknown"], later)
    await peopled.touch_sessions([], later)
    await peopled.remove_session("c")
    await peopled.remove_session("c")
    assert set(await peopled.sessions()) == {
        replace(session("a"), softphone=False, last_seen=later),
        replace(session("b"), last_seen=later),
    }


async def test_refused_passwords_are_counted_by_address_and_time(peopled: SqlStore) -> None:
    for minute, address in enumerate(("192.0.2.1", "2001:db8::/64", "192.0.2.1", "192.0.2.9")):
        await peopled.add_sign_in_failure(address, NOON + timedelta(minutes=minute))
    since_one = await peopled.sign_in_failures(NOON + timedelta(minutes=1))
    assert [address for address, _ in since_one] == ["2001:db8::/64", "192.0.2.1", "192.0.2.9"]
    await peopled.clear_sign_in_failures("192.0.2.1")
    await peopled.forget_sign_in_failures(NOON + timedelta(minutes=2))
    assert await peopled.sign_in_failures(NOON) == (("192.0.2.9", NOON + timedelta(minutes=3)),)


async def test_many_writers_at_once_lose_nothing(peopled: SqlStore) -> None:
    before = await peopled.directory_revision()
    records = [
        UserRecord(f"user-{number}", str(number), f"N {number}", "Sales", "s", "h")
        for number in range(300, 340)
    ]
    await asyncio.gather(*(peopled.add_user(record) for record in records))
    assert len(await peopled.users()) == 42
    assert await peopled.directory_revision() == before + 40
