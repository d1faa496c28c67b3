"""`wwphone-server history` as an administrator uses it."""

from __future__ import annotations

import asyncio
import csv
import os

from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from tests.service.test_store_history import MARK, call, called_back
from wwphone.server.history_api import CallWords
from wwphone.server.store.sql_store import SqlStore


async def _fill(url: str) -> None:
    store = SqlStore(url)
    await store.open()
    calls = [call("eva", str(n), n, name='=cmd|"a"') for n in range(501)]
    await store.write_history([*calls, called_back("eva", "x", 600)], MARK)
    await store.describe_entry("eva", "x-eva", CallWords('a "note"\nof two lines'))
    await store.close()


def test_a_record_is_exported(run: Run) -> None:
    run("user", "add", "eva", "--number", "203", "--generate-password")
    asyncio.run(_fill(os.environ["WWPHONE_STORE_URL"]))
    code, out, err = run("history", "export", "eva")
    assert (code, err) == (0, "")
    head, newest, *others = list(csv.reader(out.splitlines(keepends=True)))
    assert head[:5] == ["start", "direction", "kind", "number", "name"]
    assert newest[1:4] == ["outgoing", "direct", "0442681204"]
    assert newest[13] == 'a "note"\nof two lines'
    assert len(others) == 501
    assert {row[3] for row in others} == {"+41442681204"}
    assert {row[4] for row in others} == {'\'=cmd|"a"'}, "no formula"

    code, out, err = run("history", "export", "nobody")
    assert (code, out, err) == (1, "", "wwphone-server: there is no user nobody\n")
