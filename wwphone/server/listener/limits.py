"""How much a client may ask of the server's patience, and how many connections an address may have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wwphone.server.services.sign_in_guard import address_key


@dataclass(frozen=True)
class ListenerLimits:
    """Bounds of one server and of each connection."""

    connections: int = 5_000
    connections_per_address: int = 500
    """An IPv6 /64 counts as one address; a whole office may stand behind one."""
    handshake_s: float = 10.0
    """For TLS, and again for the websocket's opening handshake."""
    lag_events: int = 15_000
    """A client whose line is full and that is so many events behind is dropped; less than the event log keeps."""
    stall_s: float = 15.0
    """A client that takes nothing of what is sent (pieces of 64 KiB) for so long is dropped."""
    queue_bytes: int = 24 * 1024 * 1024
    """Unsent answers and snapshots of one client; a snapshot of 10,000 colleagues is about 3 MiB."""
    linger_s: float = 5.0
    """So long a goodbye may take before the line is cut."""


class Admission:
    """Counts connections and says whether there may be one more."""

    def __init__(self, limits: ListenerLimits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._open.total()

    def refusal(self, address: str) -> str | None:
        """Why no more connection of this address is taken; None: it is welcome."""
        if self._open.total() >= self._limits.connections:
            return "full"
        if self._open[address_key(address)] >= self._limits.connections_per_address:
            return "address_full"
        return None

    def enter(self, address: str) -> None:
        """A connection begins."""
        self._open[address_key(address)] += 1

    def leave(self, address: str) -> None:
        """A connection is over."""
        key = address_key(address)
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]
