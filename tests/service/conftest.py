"""Fixtures of the service tests: a store on each database we support."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.migrated import put_migrated
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.postgres import PostgresServer
from tests.service.brief_words import speak_briefly
from tests.service.conference_house import ConferenceHouse
from tests.service.pbx_company import Company
from wwphone.server.certificates import IssuedFiles, issue
from wwphone.server.store.sql_store import SqlStore


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run; every test makes a database of its own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/store.sqlite"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """An open store on an empty database; with PostgreSQL its migrations have just run."""
    store = SqlStore(await put_migrated(database_url))
    await store.open()
    yield store
    await store.close()


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> IssuedFiles:
    """A private authority and a certificate for this machine."""
    return issue(tmp_path_factory.mktemp("tls"), ["127.0.0.1", "localhost"])


@pytest.fixture
async def cti_server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server with some users."""
    async with CtiServerUnderTest(tmp_path, tls_files) as server:
        yield server


@pytest.fixture(scope="module")
def asterisk(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[ThrowawayPbx]:
    """A running Asterisk for one file, with the administrator's own part that the file names in `LOCAL_DIALPLAN`.

    Where nobody listens, the file says `BRIEF_WORDS = True`.
    """
    pbx = ThrowawayPbx(tmp_path_factory.mktemp("pbx"))
    if getattr(request.module, "BRIEF_WORDS", False):
        speak_briefly(pbx.asterisk)
    local_dialplan = getattr(request.module, "LOCAL_DIALPLAN", "")
    if local_dialplan:
        local = pbx.asterisk.configuration_dir.parent / "wwphone-local"
        local.mkdir()
        (local / "extensions.conf").write_text(local_dialplan, "utf-8")
    with pbx:
        yield pbx


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    """The people of the house at this Asterisk, and what the adapter tells of them."""
    company = Company(asterisk.asterisk)
    await company.open()
    yield company
    await company.close()


@pytest.fixture
async def house(asterisk: ThrowawayPbx) -> AsyncIterator[ConferenceHouse]:
    """A company with conference rooms at the file's Asterisk."""
    house = ConferenceHouse(asterisk.asterisk)
    await house.open()
    yield house
    await house.close()
