"""`python -m tests.helpers.killed_archive FOLDER`: archives to be killed, each in a process of its own that is quickly there.

For each line on standard input it forks one that works on FOLDER; it prints that one's process id, and "began" from there.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.helpers.recordings import archive_in
from wwphone.server.store.sql_store import SqlStore


async def _work(folder: Path) -> None:
    store = SqlStore(f"sqlite:///{folder}/store.sqlite")
    await store.open()
    archive = archive_in(folder, store)
    await archive.start()
    print("began", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Fork until there is no more line."""
    folder = Path(sys.argv[1])
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(_work(folder))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
