"""`python3 -m benchmarks.history_kills`: thousands of random calls through a real Asterisk, the CTI server killed meanwhile.

By hand, since it takes minutes; `python3 dev.py setup` makes ready what it needs. It prints what was done and whether the server's
record and Asterisk's CDR agree row by row, and ends with 1 when they do not, or when too little happened for that to say
anything. `tests/service/test_pbx_history_kills.py` is the same with 60 calls.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.service.random_calls import RandomCalls
from tests.service.two_records import Disagreement

_SETTLED_S = 60.0
_BETWEEN_KILLS = 15
"""Calls, so that enough of them are answered."""


async def _run(calls: RandomCalls, count: int, kills: int) -> Disagreement:
    await calls.run(count, kills)
    return await calls.settled(_SETTLED_S)


def _print(calls: RandomCalls, took_s: float) -> None:
    ours = calls.history()
    killed = len(calls.kills) + sum(kill.twice for kill in calls.kills)
    print(
        f"{calls.made} calls in {took_s:.0f} s, at most {calls.most_at_once} at once; the server killed {killed} times"
    )
    for kill in calls.kills:
        print(
            f"  during {kill.talks} talks; {kill.ended_without_it} calls ended before it was back, {kill.outlasted_it} outlasted it"
        )
    print(
        f"{len(ours.rows)} rows: {ours.count('outgoing')} of who called ({ours.count('outgoing', answered=True)} answered),"
        f" {ours.count('incoming')} of who was called ({ours.count('incoming', answered=True)} answered);"
        f" {len(ours.answered_in_group)} calls taken in a ring group"
    )


def main() -> int:
    """Run it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.calls < _BETWEEN_KILLS * (options.kills + 1):
        parser.error(f"so many kills need {_BETWEEN_KILLS * (options.kills + 1)} calls")
    with tempfile.TemporaryDirectory(prefix="history-kills-") as folder:
        calls = RandomCalls(Path(folder), options.seed, options.at_once)
        with calls.company:
            began_s = time.monotonic()
            left = asyncio.run(_run(calls, options.calls, options.kills))
            _print(calls, time.monotonic() - began_s)
            doubts = calls.doubts()
    print(f"THEY DIFFER: {left}" if left else "both records agree row by row")
    for doubt in doubts:
        print(f"IT SHOWS LITTLE: {doubt}")
    return 1 if left or doubts else 0


if __name__ == "__main__":
    sys.exit(main())
