"""Port numbers nobody uses, on the loopback address."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"
_TRIES = 200
_given: set[int] = set()


def free_port() -> int:
    """Return a port free for TCP and for UDP on 127.0.0.1, never the same one twice in one test run.

    Raises OSError when none is found, which means that something eats ports.
    """
    for _ in range(_TRIES):
        port = _port_free_for_both()
        if port is not None and port not in _given:
            _given.add(port)
            return port
    raise OSError(f"no port free for both TCP and UDP on {LOOPBACK} in {_TRIES} tries")


def _port_free_for_both() -> int | None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
    ):
        stream.bind((LOOPBACK, 0))
        port = int(stream.getsockname()[1])
        try:
            datagram.bind((LOOPBACK, port))
        except OSError:
            return None
        return port
