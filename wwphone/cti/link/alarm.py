"""An alarm on the event loop for what may become due earlier or later than was thought."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Alarm:
    """Rings once; one that rings too early is set anew by whoever it wakes."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._timer: asyncio.Handle | None = None
        self._due_s = 0.0
        """Kept beside the timer: a handle of Qt's loop does not know when it is due."""

    def set(self, due_s: float | None) -> None:
        """Ring at this time of the loop's clock, or before; None: it need not ring."""
        if due_s is None or (self._timer is not None and self._due_s <= due_s):
            return
        self.off()
        self._timer = asyncio.get_running_loop().call_at(due_s, self._on_due)
        self._due_s = due_s

    def off(self) -> None:
        """Ring no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_due(self) -> None:
        self._timer = None
        self._ring()
