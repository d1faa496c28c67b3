"""The CTI server is killed again and again while people call each other: its record must be Asterisk's, row by row."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers.waiting import SECONDS
from tests.service.random_calls import RandomCalls

pytestmark = pytest.mark.end_to_end

CALLS, KILLS, AT_ONCE = 60, 3, 6


def test_no_call_is_lost_or_doubled_however_often_the_server_is_killed(tmp_path: Path) -> None:
    calls = RandomCalls(tmp_path, seed=4711, most_at_once=AT_ONCE)
    with calls.company:

        async def scenario() -> None:
            await calls.run(CALLS, KILLS)
            left = await calls.settled(10 * SECONDS)
            assert not left, str(left)

        asyncio.run(scenario())
        assert calls.doubts() == []
    assert (calls.made, len(calls.kills)) == (CALLS, KILLS)
