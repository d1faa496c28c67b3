"""`wwphone-server conferences` as an administrator uses it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from tests.service.test_store_conference_plans import record
from wwphone.domain.conference_plans import Repeat
from wwphone.server.clock import utc_now
from wwphone.server.store.sql_store import SqlStore


async def _fill() -> None:
    store = SqlStore(os.environ["WWPHONE_STORE_URL"])
    await store.open()
    now = utc_now()
    for place, (name, pin, owner) in enumerate((("a1", "482917", "anna"), ("b2", "730164", "beat"))):
        plan = replace(record(name, pin).plan, starts_at=now + timedelta(hours=1 + place))
        await store.add_conference(replace(record(name, pin, owner=owner), plan=plan), [], None)
    over = record("c3", "592813")
    once = replace(over.plan, repeat=Repeat.NONE, starts_at=now - timedelta(days=1))
    await store.add_conference(replace(over, plan=once), [], None)
    await store.close()


def test_what_is_planned_is_shown_and_cancelled_by_the_server(run: Run) -> None:
    assert run("conferences", "list")[1] == "nothing is planned\n"
    asyncio.run(_fill())
    code, out, _ = run("conferences", "list")
    assert code == 0
    head, *rows = (line.split() for line in out.splitlines())
    assert head[:3] == ["id", "user", "room"]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("c3", "anna", "over"),
        ("a1", "anna", "planned"),
        ("b2", "beat", "planned"),
    ]
    assert not [secret for secret in ("Grüsse", "482917", "guest") if secret in out]
    assert len(run("conferences", "list", "beat")[1].splitlines()) == 2
    for wrong in ("c3", "none"):
        code, _, err = run("conferences", "cancel", wrong, "--yes")
        assert (code, "could be cancelled" in err) == (1, True)
    code, out, _ = run("conferences", "cancel", "a1", "--yes")
    assert (code, "as soon as the server runs" in out) == (0, True)
    assert "being cancelled" in run("conferences", "list", "anna")[1]


def test_a_zone_that_this_machine_lost_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_fill())
    monkeypatch.setattr("wwphone.domain.conference_times.zone_names", lambda: frozenset({"UTC"}))
    code, out, _ = run("conferences", "list")
    assert (code, "the conference a1 is left out" in out) == (0, True)
    code, _, err = run("conferences", "cancel", "a1", "--yes")
    assert (code, "could be cancelled" in err) == (1, True)
