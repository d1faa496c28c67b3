"""The reader of recordings' sound, loaded when something is played for the first time."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

from wwphone.cti.api import LinkFailedError, LinkProblem, ServerAddress
from wwphone.cti.link.line import Trust
from wwphone.cti.link.retry import RetryTimes

if TYPE_CHECKING:
    from wwphone.cti.link.sound import SoundReader


class SoundOnDemand:
    """An HTTP client takes a fifth of a second to load and some memory, which nobody needs who plays nothing."""

    def __init__(self, trust: Trust, times: RetryTimes) -> None:
        self._trust = trust
        self._times = times
        self._real: SoundReader | None = None

    async def read(
        self, server: ServerAddress | None, path: str, token: str, offset: int, size: int
    ) -> bytes:
        """See SoundReader; None: nobody is signed in, which fails."""
        if server is None:
            raise LinkFailedError(LinkProblem.LINE_LOST, "not signed in")
        # On a thread: the window goes on meanwhile.
        module = await asyncio.to_thread(importlib.import_module, "wwphone.cti.link.sound")
        if self._real is None:
            self._real = module.SoundReader(self._trust, self._times)
        return await self._real.read(server, path, token, offset, size)

    async def close(self) -> None:
        """See SoundReader; it can be used again."""
        real, self._real = self._real, None
        if real is not None:
            await real.close()
