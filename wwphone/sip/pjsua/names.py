"""Where a registrar is, and from which of our addresses it is reached.

PJSIP asks the system's resolver on the SIP thread, which stands still for seconds when the network is gone. So a name
is looked up on a thread of its own before each attempt to register, and PJSIP is asked only when there is an answer.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable

_LOG = logging.getLogger(__name__)

_DISCARD_PORT = 9


def literal(host: str) -> str | None:
    """The IP address that a host is given as, without brackets; None: it is a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


def is_ipv6(address: str) -> bool:
    """Whether this IP address is of version 6."""
    return ":" in address


def local_address_towards(address: str) -> str:
    """Our own IP address on the way to `address`, by the routing table; empty: there is no way. Sends nothing."""
    family = socket.AF_INET6 if is_ipv6(address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, _DISCARD_PORT))
            return str(probe.getsockname()[0])
    except OSError as unreachable:
        _LOG.debug("no way to %s: %s", address, unreachable)
        return ""


def look_up(host: str, then: Callable[[str], None]) -> None:
    """Find the address of a name, IPv4 before IPv6, and call `then` with it; empty: it cannot be found.

    `then` is called on another thread.
    """

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except OSError as unknown:
            _LOG.debug("%s cannot be found: %s", host, unknown)
            found = []
        addresses = [str(entry[4][0]) for entry in found]
        then(next((each for each in addresses if not is_ipv6(each)), next(iter(addresses), "")))

    threading.Thread(target=ask, name="look up", daemon=True).start()
