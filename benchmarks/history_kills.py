"""`python3 -m benchmarks.history_kills`: thousands of random calls through a real Asterisk with the CTI server killed meanwhile.

By hand, since it takes minutes: `python3 dev.py setup` first, and `WWPHONE_ASTERISK` as for tests. It prints what was done and whether
the server's record and Asterisk's CDR agree row by row, and ends with 1 when they do not. `tests/service/test_pbx_history_kills.py`
is the same with 60 calls.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.service.random_calls import Disagreement, RandomCalls, recorded


async def _run(calls: RandomCalls, count: int, kills: int) -> Disagreement:
    await calls.run(count, kills)
    return await calls.settled(120)


def main() -> int:
    """Run it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="history-kills-") as folder:
        calls = RandomCalls(Path(folder), options.seed)
        calls.most_at_once = options.at_once
        with calls.company:
            began_s = time.monotonic()
            left = asyncio.run(_run(calls, options.calls, options.kills))
            took_s = time.monotonic() - began_s
            count = len(recorded(calls.company))
    print(f"{calls.made} calls in {took_s:.0f} s, the CTI server killed {calls.kills} times, {count} rows")
    print("both records agree row by row" if left.none else f"THEY DIFFER: {left}")
    return 0 if left.none else 1


if __name__ == "__main__":
    sys.exit(main())
