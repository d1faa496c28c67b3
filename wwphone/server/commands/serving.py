"""`wwphone-server serve`: one server until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable

from wwphone.server import garbage
from wwphone.server.api import StoreError
from wwphone.server.assembly import CtiServer
from wwphone.server.commands.console import CommandFailedError

logger = logging.getLogger(__name__)


async def serve(make_server: Callable[[], CtiServer], notify_socket: str = "") -> None:
    """Start a server and run it until SIGTERM or SIGINT; SIGHUP reads a renewed certificate.

    `notify_socket`: where systemd wants to hear that we are ready (sd_notify(3)). Raises CommandFailedError.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        _on_signal(loop, name, stop.set)
    try:
        server = make_server()
        await server.start()
    except (StoreError, OSError) as error:
        raise CommandFailedError(f"the server cannot start: {error}") from error
    _on_signal(loop, "SIGHUP", server.reload_certificate)
    garbage.settle()
    _notify(notify_socket, "READY=1")
    try:
        await stop.wait()
    finally:
        _notify(notify_socket, "STOPPING=1")
        await server.stop()


def _on_signal(loop: asyncio.AbstractEventLoop, name: str, action: Callable[[], object]) -> None:
    """Act on a signal where there is such a thing; on Windows Ctrl-C cancels `serve`, which stops in order as well."""
    number = getattr(signal, name, None)
    if number is not None:
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, action)


def _notify(address: str, text: str) -> None:
    if not address:
        return
    # An abstract socket's name begins with a zero byte, written as @.
    path = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(text.encode(), path)
    except OSError as error:
        logger.warning("systemd could not be told %s: %s", text, error)
