"""What may be asked of the store about shown numbers; part of `server.api`."""

from __future__ import annotations

from typing import Protocol

from wwphone.domain.shown import Shown


class ShownStore(Protocol):
    """The part of `server.api.Store` that knows what is shown to whom."""

    async def shown_defaults(self) -> dict[str, dict[str, Shown]]:
        """Everybody's defaults, by user and number called."""

    async def save_shown_default(self, user: str, called: str, shown_number: Shown | None) -> None:
        """Write what is shown to a number, or (None) forget it; raises StoreError when there is no such user."""
