"""Switches in the store, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.test_store_records import NOON, entry
from wwphone.domain.presence import JournalEntry, JournalSubject, PresenceStatus
from wwphone.domain.switches import SwitchState
from wwphone.server.api import DuplicateError
from wwphone.server.store.sql_store import SqlStore
from wwphone.server.switch_api import PbxRoute, PbxSwitch

NIGHT = PbxSwitch(
    "night", "Nacht", "1", True, (PbxRoute("202", to_mailbox_of="anna"), PbxRoute("300", "203"))
)
HOLIDAY = PbxSwitch("holiday", "Feiertag", "2", for_all=False)


def operated(*, on: bool, minutes: int = 0) -> JournalEntry:
    plain = entry("anna", PresenceStatus.AVAILABLE, NOON + timedelta(minutes=minutes))
    return replace(plain, subject=JournalSubject.SWITCH, subject_name="Nacht", subject_on=on)


async def test_switches_their_states_and_their_journal_come_back(store: SqlStore, database_url: str) -> None:
    await store.replace_switch(NIGHT)
    await store.replace_switch(HOLIDAY)
    on, off = operated(on=True), operated(on=False, minutes=5)
    for one in (on, off):
        await store.save_switch_state("night", one)
    await store.close()
    again = SqlStore(database_url)
    await again.open()
    assert await again.switches() == (HOLIDAY, NIGHT)
    assert await again.switch_states() == {"night": SwitchState(False, off.at, off.set_by, "PC-7")}
    assert await again.journal(None, 10) == (off, on)
    await again.close()


async def test_a_change_keeps_the_state_and_a_removal_takes_all(store: SqlStore) -> None:
    await store.replace_switch(NIGHT)
    await store.save_switch_state("night", operated(on=True))
    changed = replace(NIGHT, title="Nachtdienst", routes=())
    await store.replace_switch(changed)
    assert await store.switches() == (changed,)
    assert (await store.switch_states())["night"].on
    await store.remove_switch("night")
    assert (await store.switches(), await store.switch_states()) == ((), {})
    with pytest.raises(KeyError):
        await store.remove_switch("night")
    with pytest.raises(KeyError):
        await store.save_switch_state("night", operated(on=True))


async def test_a_code_belongs_to_one_switch(store: SqlStore) -> None:
    await store.replace_switch(NIGHT)
    with pytest.raises(DuplicateError):
        await store.replace_switch(replace(HOLIDAY, code="1"))
    assert await store.switches() == (NIGHT,)


async def test_only_what_another_process_writes_is_announced(store: SqlStore) -> None:
    await store.replace_switch(NIGHT)
    before = await store.directory_revision()
    await store.save_switch_state("night", operated(on=True))
    assert await store.directory_revision() == before
    await store.save_switch_state("night", operated(on=False), announce=True)
    assert await store.directory_revision() == before + 1
