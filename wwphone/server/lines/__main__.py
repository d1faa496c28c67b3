"""A line process: `python -m wwphone.server.lines LEVEL CHANNEL SOCKET…`, started by the server alone.

The numbers are those of open files that it has from the server: its end of the socket pair, and the sockets that are listened on.
Everything else it is told over the socket pair. It ends when that closes, and by no signal: what ends the whole service is
sent to all its processes at once, and clients are to hear the server's goodbye first.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys

from wwphone.server import garbage
from wwphone.server.event_loop import run
from wwphone.server.lines.keeper import LineKeeper

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


async def _keep(channel: int, listening: tuple[int, ...]) -> None:
    keeper = LineKeeper()
    garbage.settle()
    await keeper.run(
        socket.socket(fileno=channel), tuple(socket.socket(fileno=number) for number in listening)
    )


def main() -> None:
    """Keep lines until the server is gone."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    level, channel, *listening = sys.argv[1:]
    logging.basicConfig(format=_FORMAT, level=level.upper())
    for noisy in ("asyncio", "websockets"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    run(_keep(int(channel), tuple(map(int, listening))))


if __name__ == "__main__":
    main()
