"""The database itself: migrations, durability, privacy of the file, and what happens when it is gone."""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.helpers.postgres import PostgresServer
from tests.helpers.waiting import wait_until_async
from tests.service.test_store_records import ANNA
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import StoreError
from wwphone.server.store.engine import WRITES, make_engine, store_url
from wwphone.server.store.schema import revisions, schema_state, upgrade
from wwphone.server.store.sql_store import SqlStore
from wwphone.server.store.tables import metadata


def upgraded_to(url: str, revision: str) -> None:
    engine = make_engine(store_url(url))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        upgrade(connection, revision)
    engine.dispose()


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_tables_after_the_migrations_are_those_the_program_expects(
    store: SqlStore, database_url: str
) -> None:
    await store.close()
    engine = make_engine(store_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


@pytest.mark.parametrize("revision", revisions())
async def test_each_revision_can_be_brought_up_to_date(database_url: str, revision: str) -> None:
    upgraded_to(database_url, revision)
    store = SqlStore(database_url)
    await store.open()
    await store.add_user(ANNA)
    assert await store.users() == (ANNA,)
    await store.close()
    state = await SqlStore(database_url).examine()
    assert state.up_to_date
    assert state.newest == revisions()[-1]


async def test_examining_changes_nothing(database_url: str) -> None:
    assert (await SqlStore(database_url).examine()).current is None
    assert (await SqlStore(database_url).examine()).current is None


async def test_two_programs_may_migrate_at_once(database_url: str) -> None:
    stores = [SqlStore(database_url) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    await stores[0].add_user(ANNA)
    assert [await store.users() for store in stores] == 4 * [(ANNA,)]
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_database_of_a_newer_version_is_left_alone(store: SqlStore, database_url: str) -> None:
    await store.close()
    engine = make_engine(store_url(database_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        await store.open()
    with engine.connect() as connection:
        assert schema_state(connection).current == "9999"
    engine.dispose()


async def test_migrating_leaves_logging_and_the_terminal_alone(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("wwphone").disabled)
    store = SqlStore(database_url)
    await store.open()
    await store.close()
    assert (root.level, list(root.handlers), logging.getLogger("wwphone").disabled) == before
    assert capfd.readouterr() == ("", "")


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "store.sqlite"
    store = SqlStore(f"sqlite:///{file}")
    await store.open()
    await store.add_user(ANNA)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    await store.close()
    assert modes == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.touch(0o644)
    store = SqlStore(f"sqlite:///{file}")
    await store.open()
    await store.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


_WRITE_AND_DIE = """
import asyncio, os, signal, sys
from tests.service.test_store_records import ANNA
from wwphone.server.store.sql_store import SqlStore
async def main():
    store = SqlStore(sys.argv[1])
    await store.open()
    await store.add_user(ANNA)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_what_was_confirmed_survives_the_death_of_the_process(database_url: str) -> None:
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITE_AND_DIE, database_url)
    assert await died.wait() == -signal.SIGKILL
    store = SqlStore(database_url)
    await store.open()
    assert await store.users() == (ANNA,)
    await store.close()


async def test_sqlite_waits_for_the_disk_and_checks_references(tmp_path: Path) -> None:
    engine = make_engine(store_url(f"sqlite:///{tmp_path}/store.sqlite"))
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_another_process_that_writes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    store = SqlStore(f"sqlite:///{file}")
    await store.open()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(store.add_user(ANNA))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await store.users() == (ANNA,)
    await store.close()


async def test_another_process_that_is_just_making_the_file_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE theirs (id INTEGER)")
    store = SqlStore(f"sqlite:///{file}")
    opening = asyncio.ensure_future(store.open())
    done, _ = await asyncio.wait([opening], timeout=0.1)
    assert not done
    other.execute("COMMIT")
    other.close()
    await opening
    assert await store.users() == ()
    await store.close()


async def test_what_is_still_being_read_when_it_closes_is_let_go_as_well(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.new_database()
    store = SqlStore(url)
    await store.open()
    engine = make_engine(store_url(url))
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    lock = sa.text("SELECT pg_advisory_lock(1)")
    with engine.connect() as holder:
        holder.execute(lock)
        reading = asyncio.ensure_future(store._read(lambda connection: connection.execute(lock).all()))
        await wait_until_async(lambda: holder.execute(waiting).scalar() == 1, "the reading to be under way")
        reading.cancel()
        closing = asyncio.ensure_future(store.close())
        await asyncio.sleep(0)
        assert not closing.done(), "it waits for what is being read"
        holder.execute(sa.text("SELECT pg_advisory_unlock(1)"))
        await closing
        await wait_until_async(lambda: holder.execute(others).scalar() == 0, "the end of its connections")
    engine.dispose()


async def test_a_database_that_went_away_is_an_error_and_comes_back() -> None:
    with PostgresServer() as server:
        store = SqlStore(server.new_database())
        await store.open()
        await store.add_user(ANNA)
        server.stop()
        with pytest.raises(StoreError) as failure:
            await store.users()
        assert ANNA.sip_password not in str(failure.value)
        server.start()
        assert await store.users() == (ANNA,)
        await store.close()


async def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/store.sqlite")
    with pytest.raises(StoreError, match="closed"):
        await store.users()
    await store.open()
    with pytest.raises(StoreError, match="open already"):
        await store.open()
    await store.close()
    await store.close()


async def test_an_sqlite_that_is_too_old_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    store = SqlStore(f"sqlite:///{tmp_path}/store.sqlite")
    for act in (store.open, store.examine):
        with pytest.raises(StoreError, match=r"SQLite 3\.35\.0 or newer is needed, and Python has 3\.34\.1"):
            await act()
    assert files_in(tmp_path) == []


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        await SqlStore(f"sqlite:///{tmp_path}/file/store.sqlite").open()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreError):
        await SqlStore(f"sqlite:///{tmp_path}/store.sqlite").open()


@pytest.mark.parametrize(
    "url", ["", "secret-word", "mysql://u:secret-word@h/d", "sqlite://", "sqlite:///:memory:"]
)
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ValueError, match="URL") as refusal:
        SqlStore(url)
    assert "secret-word" not in str(refusal.value)


async def test_secrets_never_reach_the_text_of_an_error(store: SqlStore) -> None:
    await store.replace_groups((PresenceGroup("Sales", 1),))
    broken = replace(ANNA, group="Nowhere", sip_password="hush-hush", cti_password_hash="hush-hash")
    with pytest.raises(StoreError) as failure:
        await store.add_user(broken)
    chain: BaseException | None = failure.value
    while chain is not None:
        assert "hush" not in str(chain)
        chain = chain.__cause__
