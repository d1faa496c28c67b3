"""Ring groups and rooms in the store, on SQLite and on PostgreSQL; a number is given once, whatever it is for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.service.test_store_records import ANNA, JUERG, SALES
from wwphone.server.api import DuplicateError, PbxRoom, StoreError, UserRecord
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store.sql_store import SqlStore

SELLERS = PbxRingGroup("310", "Verkauf & Büro", ("anna", "juerg"))
BOARD = PbxRoom("400", "Sitzungszimmer", "4711", "anna")


@pytest.fixture
async def company(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    await store.replace_ring_group(SELLERS)
    await store.replace_room(BOARD)
    return store


async def test_they_come_back_as_they_went_in_and_by_number(company: SqlStore) -> None:
    hall = PbxRoom("399", "Halle")
    front = PbxRingGroup("300", "Empfang", ("juerg",))
    await company.replace_room(hall)
    await company.replace_ring_group(front)
    assert await company.ring_groups() == (front, SELLERS)
    assert await company.rooms() == (hall, BOARD)


async def test_they_are_written_anew_and_removed(company: SqlStore) -> None:
    changed = PbxRingGroup("310", "Sales", ("juerg", "juerg"))
    await company.replace_ring_group(changed)
    await company.replace_room(replace(BOARD, pin="", owner=""))
    assert await company.ring_groups() == (replace(changed, members=("juerg",)),)
    assert await company.rooms() == (PbxRoom("400", BOARD.name),)
    await company.remove_ring_group("310")
    await company.remove_room("400")
    assert (await company.ring_groups(), await company.rooms()) == ((), ())
    with pytest.raises(KeyError):
        await company.remove_ring_group("310")
    with pytest.raises(KeyError):
        await company.remove_room("400")


async def test_each_change_is_counted_and_what_fails_is_not(company: SqlStore) -> None:
    seen = [await company.directory_revision()]
    await company.replace_ring_group(replace(SELLERS, name="Sales"))
    seen.append(await company.directory_revision())
    await company.replace_room(replace(BOARD, pin="12345678"))
    seen.append(await company.directory_revision())
    await company.remove_room("400")
    seen.append(await company.directory_revision())
    await company.remove_ring_group("310")
    seen.append(await company.directory_revision())
    assert seen == list(range(seen[0], seen[0] + 5))
    with pytest.raises(KeyError):
        await company.remove_room("400")
    with pytest.raises(DuplicateError):
        await company.replace_room(PbxRoom("201", "Anna's number"))
    assert await company.directory_revision() == seen[-1]


async def test_who_is_removed_rings_no_more_and_the_room_stays_without_owner(company: SqlStore) -> None:
    await company.remove_user("anna")
    assert await company.ring_groups() == (replace(SELLERS, members=("juerg",)),)
    assert await company.rooms() == (replace(BOARD, owner=""),)


async def test_members_and_owners_must_be_users(company: SqlStore) -> None:
    with pytest.raises(StoreError) as refusal:
        await company.replace_ring_group(replace(SELLERS, members=("anna", "nobody")))
    assert not isinstance(refusal.value, DuplicateError)
    with pytest.raises(StoreError) as refusal:
        await company.replace_room(replace(BOARD, pin="98765432", owner="nobody"))
    assert "98765432" not in str(refusal.value)
    assert await company.ring_groups() == (SELLERS,)
    assert await company.rooms() == (BOARD,)


async def test_a_number_is_given_once_whatever_it_is_for(company: SqlStore) -> None:
    for number in ("201", "400"):
        with pytest.raises(DuplicateError, match=number):
            await company.replace_ring_group(PbxRingGroup(number, "Other", ("anna",)))
    for number in ("201", "310"):
        with pytest.raises(DuplicateError, match=number):
            await company.replace_room(PbxRoom(number, "Other"))
    for number in ("310", "400"):
        with pytest.raises(DuplicateError, match=number):
            await company.add_user(UserRecord("eva", number, "Eva", "", "s", "h"))
        with pytest.raises(DuplicateError, match=number):
            await company.replace_user(replace(JUERG, number=number))
    assert [one.number for one in await company.users()] == ["201", "204"]


async def test_a_room_may_have_its_owners_number_and_no_one_elses(company: SqlStore) -> None:
    await company.remove_room("400")
    own = PbxRoom("201", "Anna's room", "1234", "anna")
    await company.replace_room(own)
    await company.replace_user(replace(ANNA, nickname="Änni"))
    for owner in ("", "juerg"):
        with pytest.raises(DuplicateError, match="201"):
            await company.replace_room(replace(own, owner=owner))
    await company.remove_user("anna")
    with pytest.raises(DuplicateError, match="201"):
        await company.add_user(replace(ANNA, user="eva"))
    assert await company.rooms() == (replace(own, owner=""),)


async def test_nobody_owns_two_rooms(company: SqlStore) -> None:
    with pytest.raises(DuplicateError):
        await company.replace_room(PbxRoom("401", "Another", owner="anna"))
    await company.replace_room(PbxRoom("401", "Another"))
    await company.replace_room(PbxRoom("402", "And another"))
    assert [room.number for room in await company.rooms()] == ["400", "401", "402"]


async def test_of_those_who_want_a_number_at_once_one_gets_it(company: SqlStore) -> None:
    # Of different kinds: among equals the database's own keys would see to it. Many times, because it is a race.
    numbers = [str(number) for number in range(500, 540)]
    for number in numbers:
        await asyncio.gather(
            company.replace_ring_group(PbxRingGroup(number, "Group", ("anna",))),
            company.replace_room(PbxRoom(number, "Room")),
            company.add_user(UserRecord(f"u{number}", number, "User", "", "s", "h")),
            return_exceptions=True,
        )
    given = [
        *(one.number for one in await company.users()),
        *(one.number for one in await company.ring_groups()),
        *(one.number for one in await company.rooms()),
    ]
    assert sorted(given) == ["201", "204", "310", "400", *numbers]
