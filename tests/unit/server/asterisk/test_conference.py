"""Conference rooms of Asterisk, when it does not take what it is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wwphone.server.api import PbxError, PbxLostError
from wwphone.server.asterisk.ami import Response
from wwphone.server.asterisk.conference import Conference
from wwphone.server.asterisk.spoken_names import SpokenNames
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import PbxDoor

DOOR = PbxDoor("c1", "850", (), (("660011", "carla@example.com"),))


class _Asterisk:
    """Answers as the test says, and remembers what was written."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.takes = True
        self.lost = False

    async def request(self, action: str, *fields: tuple[str, str]) -> Response:
        if self.lost:
            raise PbxLostError("the line broke")
        if action == "DBPut" and self.takes:
            self.written.append(dict(fields)["Key"])
        return Response("1", action != "DBPut" or self.takes, "no room", {})


def conference(asterisk: _Asterisk) -> Conference:
    state: Any = SimpleNamespace(users={}, legs=SimpleNamespace(in_call=lambda _: ()))
    made = Conference(
        state, asterisk.request, lambda _: None, lambda: None, utc_now, SpokenNames(Path(), "none", 0o600)
    )
    made.line_up()
    return made


async def test_doors_that_asterisk_refuses_are_told_so_and_taken_when_they_are_said_again(
    expected_logs: Any,
) -> None:
    expected_logs("could not be brought to Asterisk", logger="wwphone.server.asterisk.conference")
    asterisk = _Asterisk()
    rooms, asterisk.takes = conference(asterisk), False
    with pytest.raises(PbxError, match="no room"):
        await rooms.set_doors([DOOR])
    await rooms.bring()
    asterisk.takes = True
    await rooms.set_doors([DOOR])
    assert sorted(asterisk.written) == ["660011", "c1"]


async def test_a_line_that_breaks_is_no_failure() -> None:
    asterisk = _Asterisk()
    rooms, asterisk.lost = conference(asterisk), True
    await rooms.set_doors([DOOR])
    rooms.line_down()
    rooms.line_up()
    asterisk.lost = False
    await rooms.bring()
    assert sorted(asterisk.written) == ["660011", "c1"]
