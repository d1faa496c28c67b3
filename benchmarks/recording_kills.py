"""`python3 -m benchmarks.recording_kills`: the CTI server and Asterisk are killed at random moments of recorded calls.

By hand, since it takes minutes (`--server 10 --asterisk 3` of three calls at once: a minute and a half); `python3 dev.py setup` makes ready
what it needs. It prints how much of what was said is not in the
recordings, and ends with 1 when that is more than a second or anything is missing. `tests/service/test_pbx_recording_kills.py` is the
same with a few kills.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from tests.service.recorded_calls import PAIRS, RecordedCalls

_MOST_S = 1.0
_SOON_S = 1.0


def main() -> int:
    """Run it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=int, default=40, help="kills of the CTI server")
    parser.add_argument("--asterisk", type=int, default=10, help="kills of Asterisk")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=len(PAIRS), choices=range(1, len(PAIRS) + 1))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recording-kills-") as folder:
        calls = RecordedCalls(Path(folder), options.seed, options.at_once)
        with calls.company:
            calls.run(options.server, options.asterisk)
            kept, without = calls.losses()
    for what in ("server", "asterisk"):
        lost = sorted(loss.lost_s for loss in kept if loss.round.what == what)
        if lost:
            print(
                f"{what} killed, {len(lost)} recordings kept:"
                f" lost {statistics.median(lost):.3f} s (median), {lost[-1]:.3f} s at most"
            )
    print(
        f"{len(without)} calls of which no recording had begun when it was killed, and which were over when it was back"
    )
    late = [
        one
        for one in without
        if one.killed_after_s > _SOON_S or not (one.ended_while_away or one.what == "asterisk")
    ]
    for one in late:
        print(f"IT SHOULD HAVE BEGUN: {one}")
    return 1 if late or any(loss.lost_s > _MOST_S for loss in kept) else 0


if __name__ == "__main__":
    sys.exit(main())
