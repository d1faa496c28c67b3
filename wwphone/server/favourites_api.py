"""What may be asked of the store about favourites; part of `server.api`."""

from __future__ import annotations

from typing import Protocol


class TooManyFavouritesError(Exception):
    """Somebody would have more favourites than one may have; nothing was changed."""


class FavouriteStore(Protocol):
    """The part of `server.api.Store` that knows whose favourites are which entries of the phone book."""

    async def favourites(self) -> dict[str, frozenset[str]]:
        """Everybody's favourites, by user: ids of entries, of removed ones too, which may come back."""

    async def add_favourite(self, user: str, contact_id: str, most: int) -> None:
        """Mark an entry; it may be marked already.

        Raises KeyError when the user does not see such an entry, TooManyFavouritesError when there would be more than `most`
        that are not removed, StoreError when there is no such user.
        """

    async def remove_favourite(self, user: str, contact_id: str) -> None:
        """Take a mark away; there need be none."""
