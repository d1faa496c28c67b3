"""Favourites: each user's own mark on entries of the phone book, kept here so that it counts on every PC."""

from __future__ import annotations

from collections.abc import Mapping

from wwphone.domain.favourites import MAX_FAVOURITES
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.favourites import FavouriteChanged, SetFavourite
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import Store
from wwphone.server.favourites_api import TooManyFavouritesError
from wwphone.server.phonebook_api import GLOBAL
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import KeyedLocks


class FavouritesService:
    """Everybody's marks. Those on removed entries stay: with the entry comes back that it is a favourite."""

    def __init__(self, store: Store, directory: DirectoryService, log: EventLog) -> None:
        self._store = store
        self._directory = directory
        self._log = log
        self._marked: dict[str, set[str]] = {}
        self._locks = KeyedLocks()

    async def start(self) -> None:
        """Load what was marked before. Raises StoreError."""
        self._marked = {user: set(ids) for user, ids in (await self._store.favourites()).items()}
        self._directory.on_change(self._on_directory_change)

    def of(self, user: str) -> tuple[str, ...]:
        """A user's favourites: ids of entries, in their order."""
        return tuple(sorted(self._marked.get(user, ())))

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetFavourite: self._on_set}

    async def set_favourite(self, user: str, contact_id: str, *, favourite: bool) -> None:
        """Mark an entry or take the mark away. Raises CommandRefusedError, StoreError."""
        async with self._locks.of(user):
            if (contact_id in self._marked.get(user, ())) is favourite:
                return
            if favourite:
                await self._add(user, contact_id)
            else:
                await self._store.remove_favourite(user, contact_id)
            self._note(user, contact_id, favourite=favourite)

    def follow(self, former: str, successor: str, owner: str) -> None:
        """The store has let marks follow an entry to its successor: note it and tell whose they are."""
        whose = tuple(self._marked) if owner == GLOBAL else (owner,)
        for user in whose:
            marked = self._marked.get(user, set())
            if former in marked and successor not in marked:
                self._note(user, successor, favourite=True)

    # ------------------------------------------------------------ inside

    async def _on_set(self, session: Session, command: SetFavourite) -> Result:
        await self.set_favourite(session.user, command.contact_id, favourite=command.favourite)
        return Done()

    async def _add(self, user: str, contact_id: str) -> None:
        try:
            await self._store.add_favourite(user, contact_id, MAX_FAVOURITES)
        except KeyError as error:
            raise _refused(ErrorCode.NOT_FOUND, "there is no such entry") from error
        except TooManyFavouritesError as error:
            sentence = f"nobody may have more than {MAX_FAVOURITES} favourites"
            raise _refused(ErrorCode.CONFLICT, sentence) from error

    def _note(self, user: str, contact_id: str, *, favourite: bool) -> None:
        marked = self._marked.setdefault(user, set())
        (marked.add if favourite else marked.discard)(contact_id)
        self._log.publish(FavouriteChanged(contact_id, favourite), only=user)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._marked.pop(record.user, None)


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
