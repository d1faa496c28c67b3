"""Port numbers nobody uses, on the loopback address."""

from __future__ import annotations

import contextlib
import socket

LOOPBACK = "127.0.0.1"
_TRIES = 200
_HIGHEST_PORT = 65_535
_given: set[int] = set()


def free_port() -> int:
    """Return a port free for TCP and for UDP on 127.0.0.1, never the same one twice in one test run.

    Raises OSError when none is found, which means that something eats ports.
    """
    return _free_row(1)


def free_port_pair() -> int:
    """Return the first of two neighbouring free ports, for programs that use "the next one" for TLS or RTCP."""
    return _free_row(2)


def _free_row(length: int) -> int:
    for _ in range(_TRIES):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as finder:
            finder.bind((LOOPBACK, 0))
            first = int(finder.getsockname()[1])
        row = range(first, first + length)
        if _given.isdisjoint(row) and all(is_free(port) for port in row):
            _given.update(row)
            return first
    raise OSError(f"no {length} ports in a row free for TCP and UDP on {LOOPBACK} in {_TRIES} tries")


def is_free(port: int) -> bool:
    """Whether nobody uses a port of 127.0.0.1, neither for TCP nor for UDP."""
    if port > _HIGHEST_PORT:
        return False
    with contextlib.suppress(OSError):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as taker:
                taker.bind((LOOPBACK, port))
        return True
    return False
