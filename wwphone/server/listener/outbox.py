"""What is still to be sent to one client: bounded, in order, taken by one writer."""

from __future__ import annotations

import asyncio
from collections import deque


class Outbox:
    """Texts on their way out."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._texts: deque[str] = deque()
        self._bytes = 0
        self._something = asyncio.Event()

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def size_of_next(self) -> int:
        """Characters of the next text, 0 when there is none."""
        return len(self._texts[0]) if self._texts else 0

    @property
    def is_full(self) -> bool:
        """Whether more waits here than a client may leave lying; one text alone never is too much."""
        return self._bytes > self._max_bytes and len(self._texts) > 1

    def put(self, text: str) -> None:
        """Add a text; the writer looks at it when it is woken, or after what it does now."""
        self._texts.append(text)
        self._bytes += len(text)

    def take(self) -> str | None:
        """The next text, None when there is none."""
        if not self._texts:
            return None
        text = self._texts.popleft()
        self._bytes -= len(text)
        return text

    def clear(self) -> None:
        """Throw away what waits."""
        self._texts.clear()
        self._bytes = 0

    def wake(self) -> None:
        """Make the writer look."""
        self._something.set()

    async def wait(self) -> None:
        """Wait until there is a reason to look."""
        await self._something.wait()
        self._something.clear()
