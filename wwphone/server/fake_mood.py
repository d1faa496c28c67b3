"""The part of the PBX in memory that refuses and dawdles as a test tells it to."""

from __future__ import annotations

import asyncio

from wwphone.server.api import PbxError


class FakeMood:
    """What the next actions come to."""

    def __init__(self) -> None:
        super().__init__()
        self._errors: list[PbxError] = []
        self._quick = asyncio.Event()
        self._quick.set()

    def fail_next(self, error: PbxError) -> None:
        """Let the next action raise this."""
        self._errors.append(error)

    def hold_actions(self, *, held: bool) -> None:
        """Let pick-ups wait for their devices to answer, or answer now."""
        (self._quick.clear if held else self._quick.set)()

    def _may_fail(self) -> None:
        if self._errors:
            raise self._errors.pop(0)
