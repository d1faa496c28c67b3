"""What service codes leave in Asterisk's database, read without any line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wwphone.server.asterisk.ami import AmiEvent, Response
from wwphone.server.asterisk.flags import KEYED_EVENT, FlagKeeper, key_of
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = PbxFlag(PbxFlagKind.LOGGED_OUT, "300/anna")


class FakeDatabase:
    """Answers the AMI actions on AstDB."""

    def __init__(self, **entries: str) -> None:
        self.entries = {name.replace("__", "/"): value for name, value in entries.items()}

    async def request(self, action: str, *fields: tuple[str, str]) -> Response:
        given = dict(fields)
        name = f"{given['Family']}/{given.get('Key', '')}"
        if action == "DBPut":
            self.entries[name] = given["Val"]
        elif action == "DBDel":
            self.entries.pop(name, None)
        items = [
            AmiEvent("DBGetTreeResponse", {"Key": f"/{key}", "Val": value})
            for key, value in self.entries.items()
            if key.startswith(name)
        ]
        return Response("", True, "", {}, tuple(items))


def keeper(database: FakeDatabase) -> FlagKeeper:
    return FlagKeeper(database.request, lambda: NOON)


def told(flag: str, value: str) -> list[PbxFlagKeyed]:
    event = AmiEvent("UserEvent", {"UserEvent": KEYED_EVENT, "Flag": flag, "Keyed": value})
    return keeper(FakeDatabase()).apply(event)


def test_where_the_dial_plan_looks() -> None:
    assert key_of(ANNA) == ("wwphone-group", "300/anna")


def test_an_event_is_of_now() -> None:
    assert told("group/300/anna", "1|1|anna|snom 10.1") == [
        PbxFlagKeyed(ANNA, True, NOON, "anna", "snom 10.1")
    ]
    assert told("group/300/anna", "0|1|anna|") == [PbxFlagKeyed(ANNA, False, NOON, "anna", "")]


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("", ""),
        ("group", "1|1|anna|"),
        ("group/", "1|1|anna|"),
        ("other/300/anna", "1|1|anna|"),
        ("group/300/anna", ""),
        ("group/300/anna", "2|1|anna|"),
        ("group/300/anna", "1|x|anna|"),
        ("group/300/anna", f"1|{10**30}|anna|"),
    ],
)
def test_what_makes_no_sense_is_passed_over(flag: str, value: str) -> None:
    assert told(flag, value) == []


def test_other_events_of_the_dial_plan_are_none_of_it() -> None:
    event = AmiEvent(
        "UserEvent", {"UserEvent": "WwphoneOffer", "Flag": "group/300/anna", "Keyed": "1|1|anna|"}
    )
    assert keeper(FakeDatabase()).apply(event) == []


async def test_what_was_keyed_in_is_left_until_it_is_decided() -> None:
    seconds = int(NOON.timestamp())
    database = FakeDatabase(
        **{
            "wwphone-group/300/anna": "out",
            "wwphone-keyed/group/300/anna": f"1|{seconds}|anna|snom",
            "wwphone-group/300/gone": "out",
        }
    )
    flags = keeper(database)
    flags.want(ANNA, on=False)
    flags.want(PbxFlag(PbxFlagKind.LOGGED_OUT, "300/beat"), on=True)
    assert await flags.bring_all() == [PbxFlagKeyed(ANNA, True, NOON + timedelta(seconds=1), "anna", "snom")]
    assert database.entries == {
        "wwphone-group/300/anna": "out",
        "wwphone-keyed/group/300/anna": f"1|{seconds}|anna|snom",
        "wwphone-group/300/beat": "out",
    }
    await flags.bring(ANNA)
    assert database.entries == {"wwphone-group/300/beat": "out"}
