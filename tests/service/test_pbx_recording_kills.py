"""The CTI server and Asterisk are killed while calls are recorded: nothing is lost, or at most a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.waiting import SECONDS
from tests.service.recorded_calls import RecordedCalls

pytestmark = pytest.mark.end_to_end

SERVER_KILLS, ASTERISK_KILLS = 3, 1


def test_what_was_said_is_kept_whatever_is_killed(tmp_path: Path) -> None:
    calls = RecordedCalls(tmp_path, seed=4)
    with calls.company:
        calls.run(SERVER_KILLS, ASTERISK_KILLS)
        kept, without = calls.losses()
    assert kept
    for one in without:  # killed before Asterisk was asked, and over before the server was back
        assert one.ended_while_away or one.what == "asterisk"
        assert one.killed_after_s < 1.0 * SECONDS
    for loss in kept:
        longest_s = 1.0 if loss.round.what == "asterisk" else 0.3
        assert loss.lost_s < longest_s * SECONDS, str(loss)
