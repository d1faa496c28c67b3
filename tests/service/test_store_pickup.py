"""Rules of pick-up in the store, on SQLite and on PostgreSQL, and from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.service.test_store_records import SALES
from wwphone.domain.pickup import PickupRule
from wwphone.domain.presence import PresenceGroup
from wwphone.server import app
from wwphone.server.api import StoreError
from wwphone.server.store.sql_store import SqlStore

STORES = PresenceGroup("Lager & Büro", 9)
RULE = PickupRule(SALES.name, STORES.name, pick_up=True, see_caller=False)


async def test_rules_are_written_changed_counted_and_go_with_their_group(store: SqlStore) -> None:
    await store.replace_groups((SALES, STORES))
    seen = [await store.directory_revision()]
    await store.replace_pickup_rule(RULE)
    seen.append(await store.directory_revision())
    other = PickupRule(SALES.name, SALES.name, pick_up=False, see_caller=False)
    await store.replace_pickup_rule(other)
    changed = PickupRule(SALES.name, STORES.name, pick_up=True, see_caller=True)
    await store.replace_pickup_rule(changed)
    assert set(await store.pickup_rules()) == {changed, other}
    await store.remove_pickup_rule(SALES.name, SALES.name)
    with pytest.raises(KeyError):
        await store.remove_pickup_rule(SALES.name, SALES.name)
    with pytest.raises(StoreError):
        await store.replace_pickup_rule(PickupRule("nobody", SALES.name, pick_up=True, see_caller=True))
    seen.append(await store.directory_revision())
    assert seen == sorted(set(seen))
    await store.replace_groups((SALES,))
    assert await store.pickup_rules() == ()


def test_the_administrator_allows_forbids_and_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WWPHONE_STORE_URL", f"sqlite:///{tmp_path}/data/store.sqlite")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    def run(*words: str) -> tuple[int, str, str]:
        code = app.main(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    run("groups", "Reception", "Sales")
    words = ("pickup", "set", "Sales", "--by", "Reception")
    assert run(*words, "--pick-up")[1] == "Reception, of calls in Sales: pick up\n"
    assert run(*words, "--see-caller")[1] == "Reception, of calls in Sales: pick up and see callers\n"
    assert run("pickup", "set", "Sales", "--by", "Sales", "--no-pick-up")[1] == (
        "Sales, of calls in Sales: see callers\n"
    )
    lines = [" ".join(line.split()) for line in run("pickup", "list")[1].splitlines()]
    assert lines == [
        "calls in members of because may",
        "Reception Reception usual pick up and see callers",
        "Sales Reception rule pick up and see callers",
        "Sales Sales rule see callers",
    ]
    assert run("pickup", "remove", "Sales", "--by", "Sales")[0] == 0
    assert "Sales Sales usual pick up and see callers" in " ".join(run("pickup", "list")[1].split())
    for text, reason in (
        ("remove Sales --by Sales", "there is no rule for Sales in Sales"),
        ("set Nowhere --by Sales --pick-up", "there is no presence group Nowhere"),
        ("set Sales --by Sales", "name --pick-up"),
    ):
        code, _, err = run("pickup", *text.split())
        assert (code, reason in err) == (1, True), err
