"""Port numbers nobody uses, on the loopback address."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import random
import socket
import sys
from pathlib import Path

from demo.private_asterisk import AsteriskPorts

LOOPBACK = "127.0.0.1"
_TRIES = 200
_HIGHEST_PORT = 65_535
_RTP_FROM, _RTP_PORTS, _RTP_RANGES = 10_000, 2_000, 2
_GIVEN_FROM, _GIVEN_TO = 14_000, 32_000
"""Below the ports systems choose for outgoing connections (from 32768 on Linux, 49152 elsewhere): one of those could
take a port between the moment it is given and the moment it is used."""
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_given: set[int] = set()


def free_port() -> int:
    """Return a port free for TCP and for UDP on 127.0.0.1, never the same one twice in one test run.

    Raises OSError when none is found, which means that something eats ports.
    """
    return _free_row(1)


def free_port_pair() -> int:
    """Return the first of two neighbouring free ports, for programs that use "the next one" for TLS or RTCP."""
    return _free_row(2)


def free_port_row(length: int) -> int:
    """Return the first of several neighbouring free ports."""
    return _free_row(length)


def asterisk_ports() -> AsteriskPorts:
    """Return ports for one Asterisk. All of this worker share a range for RTP: Asterisk passes over what somebody uses."""
    rtp_first = _RTP_FROM + _worker % _RTP_RANGES * _RTP_PORTS
    return AsteriskPorts(free_port(), free_port(), free_port(), rtp_first, rtp_first + _RTP_PORTS - 1)


def _free_row(length: int) -> int:
    own = (_GIVEN_TO - _GIVEN_FROM) // _workers
    own_from = _GIVEN_FROM + own * _worker
    for _ in range(_TRIES):
        first = random.randrange(own_from, own_from + own - length + 1)
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


def is_taken(port: int) -> bool:
    """Whether a program listens at a port (TCP) or has it (UDP); Linux only.

    Asks the kernel and leaves the port alone: trying to bind it, as `is_free` does, would be in the way of a program that
    is about to.
    """
    wanted = f"{port:04X}"
    for table, states in (("tcp", ("0A",)), ("tcp6", ("0A",)), ("udp", ("01", "07")), ("udp6", ("01", "07"))):
        for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            row = line.split()
            if row[1].partition(":")[2] == wanted and row[3] in states:
                return True
    return False


def bound_addresses(pid: int) -> set[str]:
    """Return the local IP addresses of all TCP and UDP sockets of a process, for example {"127.0.0.1"}; Linux only.

    "0.0.0.0" or "::" among them means that the network can reach it.
    """
    links = [link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    inodes = {
        name.removeprefix("socket:[").removesuffix("]") for name in links if name.startswith("socket:[")
    }
    rows = [
        line.split()
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]
    ]
    return {_address(row[1].partition(":")[0]) for row in rows if row[9] in inodes}


def _address(words: str) -> str:
    """Read an address as the kernel writes it: hexadecimal, in words of 32 bits in the machine's own byte order."""
    parts = [bytes.fromhex(words[start : start + 8]) for start in range(0, len(words), 8)]
    packed = b"".join(part[::-1] if sys.byteorder == "little" else part for part in parts)
    return str(ipaddress.ip_address(packed))
