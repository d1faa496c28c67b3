"""The phone book: everybody's entries and one's own, cached on this PC, searched here, changed on the server.

Theory. The cache follows the server by revisions: after each sign-in and resume it is read up to where the mirror says the
book stands; from then on the events carry every change. What comes while a reading is under way is read again at its end.
While the line is down the cache answers as of the moment it broke; at the start of the program, as of the last time.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from wwphone.config.phonebook import BookMark, PhoneBookCache, PhoneBookReader, PhoneBookUnavailableError
from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
)
from wwphone.domain.account import Right
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.protocol.favourites import FavouriteChanged, SetFavourite
from wwphone.protocol.phonebook import (
    ContactSaved,
    ContactsChanged,
    ContactsPage,
    ReadContacts,
    RemoveContacts,
    RestoreContacts,
    SaveContact,
)
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_LONG_NUMBER = re.compile(r"[+0-9][0-9\s()\-./]{2,}")
"""What is left of a number that was typed with the trunk prefix."""

PAGE = 500
"""Entries that are asked for at once: so few that taking them over is never felt in the window."""


class PhoneBookService:
    """Answers from the cache at once; what it cannot read is as if it were not there."""

    def __init__(self, link: CtiLink, cache: PhoneBookCache) -> None:
        self._link = link
        self._cache = cache
        self._tasks = TaskOwner("phone book")
        self._mark: BookMark | None = None
        self._opened = False
        self._complete = False
        """Whether the cache has, with what waits, everything of the server's."""
        self._marked = False
        """Whether the cache knows the favourites that the mirror has."""
        self._waiting: list[ContactsChanged] = []
        self._following: asyncio.Task[None] | None = None
        self._was_signed_in = False
        self.filling = False
        """Whether the book is read for the first time and is not there yet."""
        self.changed: Listeners[None] = Listeners()
        """What can be found is another, or what may be done with it."""

    def start(self) -> None:
        """Open the cache; everything else goes on meanwhile."""
        self._tasks.start(self._open())

    async def shutdown(self) -> None:
        """Leave the cache in order, and follow nothing any more."""
        self._opened = False
        await self._tasks.shutdown()
        await self._cache.shutdown()

    @property
    def country(self) -> str:
        """The home country by ISO 3166-1, whose numbers are written without a country code; empty: none."""
        return self._link.mirror.phonebook.country

    @property
    def trunk_prefix(self) -> str:
        """What may be dialled in front of numbers outside; empty: nothing."""
        return self._link.mirror.phonebook.trunk_prefix

    # ------------------------------------------------------------ finding

    @property
    def count(self) -> int:
        """How many entries there are."""
        return self._ask(lambda reader: reader.count(), 0)

    def places(
        self, text: str = "", *, personal: bool | None = None, after: int = 0, limit: int = 200
    ) -> tuple[int, ...]:
        """Where in the alphabet the next entries stand that hold every word of `text`; after the last, nothing.

        `personal`: only one's own entries (True), only everybody's (False). Ask on with the last place as `after`.
        """
        return self._ask(
            lambda reader: tuple(
                reader.places(self._meant(text), personal=personal, after=after, limit=limit)
            ),
            (),
        )

    def favourites(self, text: str = "", *, personal: bool | None = None) -> tuple[int, ...]:
        """Where all one's favourites stand that hold every word of `text`, in the order of the alphabet."""
        return self._ask(lambda reader: tuple(reader.favourites(self._meant(text), personal=personal)), ())

    def is_favourite(self, contact_id: str) -> bool:
        """Whether an entry is one of one's favourites."""
        nothing: frozenset[str] = frozenset()
        return contact_id in self._ask(lambda reader: reader.favourite_ids(), nothing)

    def at(self, places: Sequence[int]) -> dict[int, Contact]:
        """The entries at some places; without those that are gone meanwhile."""
        return self._ask(lambda reader: reader.at(places), {})

    def find(self, text: str, limit: int = 8) -> tuple[Contact, ...]:
        """The first entries that hold every word of a text, favourites before the others; none for an empty one."""
        if not text.strip():
            return ()
        places = tuple(dict.fromkeys((*self.favourites(text), *self.places(text, limit=limit))))[:limit]
        found = self.at(places)
        return tuple(found[place] for place in places if place in found)

    def contact(self, contact_id: str) -> Contact | None:
        """One entry."""
        return self._ask(lambda reader: reader.by_id(contact_id), None)

    def with_number(self, number: str) -> Contact | None:
        """Whose number this is, however it is written; one's own entry before everybody's."""
        prefix = self.trunk_prefix
        found = self._owner(number)
        if found is None and prefix and number.startswith(prefix) and number != prefix:
            return self._owner(number.removeprefix(prefix))
        return found

    # ------------------------------------------------------------ changing

    def may_change(self, *, personal: bool) -> bool:
        """Whether one may add, change and remove such entries, now."""
        profile = self._link.mirror.profile
        if profile is None or not self._is_live:
            return False
        return personal or Right.MANAGE_PHONEBOOK in profile.rights

    @property
    def may_mark(self) -> bool:
        """Whether favourites can be marked, now; everybody may."""
        return self._is_live

    async def set_favourite(self, contact: Contact, *, favourite: bool) -> None:
        """Mark an entry as a favourite on all one's PCs, or take the mark away. Raises CommandRefusedError."""
        await self._link.request(SetFavourite(contact.contact_id, favourite))

    async def doubles(self) -> tuple[tuple[str, ...], ...]:
        """Ids of entries that are alike, of those that one may change; found beside the window. None without a cache."""
        if self._reader is None or not self.may_change(personal=True):
            return ()
        try:
            return await self._cache.doubles(everybodys=self.may_change(personal=False))
        except PhoneBookUnavailableError as error:
            logger.warning("the cached phone book cannot be read: %s", error)
            return ()

    async def save(
        self, details: ContactDetails, *, personal: bool, former: Contact | None = None
    ) -> ContactSaved:
        """Add an entry, or write `former` anew. Raises CommandRefusedError, with a sentence about what cannot be."""
        contact_id, known = (former.contact_id, former.revision) if former else ("", 0)
        result = await self._link.request(SaveContact(details, personal, contact_id, known))
        assert isinstance(result, ContactSaved)
        return result

    async def remove(self, contacts: Iterable[Contact]) -> None:
        """Take entries out of the book. Raises CommandRefusedError."""
        await self._link.request(RemoveContacts(tuple(one.contact_id for one in contacts)))

    async def restore(self, contacts: Iterable[Contact]) -> None:
        """Put entries back that were removed. Raises CommandRefusedError."""
        await self._link.request(RestoreContacts(tuple(one.contact_id for one in contacts)))

    # ------------------------------------------------------------ what the link tells

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._was_signed_in = self._was_signed_in or self._link.mirror.profile is not None
                self._complete = False
                self._marked = False
                self._follow()
                self.changed.tell(None)
            case MirrorChanged(events):
                self._waiting += (one for one in events if isinstance(one, ContactsChanged))
                self._marked = self._marked and not any(isinstance(one, FavouriteChanged) for one in events)
                self._follow()
            case LinkStateChanged():
                self._follow()
                self.changed.tell(None)

    def _follow(self) -> None:
        """Catch up with the server, unless that is under way or not possible or not needed."""
        if self._is_behind and self._opened and self._is_live and self._following is None:
            self._following = self._tasks.start(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            while self._is_live and self._is_behind:
                if not await self._take_events():
                    await self._read()
                if not self._marked:
                    self._marked = True
                    await self._cache.mark_favourites(self._link.mirror.favourites)
                self.changed.tell(None)
        except CommandRefusedError as refused:
            logger.info("the phone book is read again later: %s", refused.error.code.value)
        except PhoneBookUnavailableError as error:
            logger.warning("the phone book cannot be cached: %s", error)
            self._complete = self._marked = (
                True  # until the next sign-in: nothing is gained by trying at once
            )
            self._waiting.clear()
        finally:
            self._following = None
            self.filling = False

    async def _take_events(self) -> bool:
        """Whether that was enough; else much is to be read."""
        events, self._waiting = self._waiting, []
        mark = self._mark
        if not self._complete or mark is None or not all(event.complete for event in events):
            return False
        for event in events:
            await self._cache.stage(event.contacts, event.removed)
            await self._finish(replace(mark, revision=event.revision), fresh=False)
        return True

    async def _read(self) -> None:
        profile, state, mark = self._link.mirror.profile, self._link.mirror.phonebook, self._mark
        assert profile is not None
        fresh = mark is None or (mark.user, mark.book_id) != (profile.user, state.book_id)
        fresh = fresh or mark is None or mark.revision > state.revision
        after = 0 if fresh or mark is None else mark.revision
        self.filling = fresh
        self._waiting.clear()
        self._marked = False
        self._complete = True  # what comes from now on waits for the end
        try:
            await self._cache.drop_staged()
            if fresh or after != state.revision:
                page = await self._page(after)
                while page.more:  # the server looks for the next page while this one is put aside
                    staged = self._cache.stage(page.contacts, page.removed)
                    _, page = await asyncio.gather(staged, self._page(page.revision))
                await self._cache.stage(page.contacts, page.removed)
                after = page.revision
            await self._finish(BookMark(profile.user, state.book_id, after), fresh=fresh)
        except BaseException:
            self._complete = False
            raise

    async def _page(self, after: int) -> ContactsPage:
        page = await self._link.request(ReadContacts(after, PAGE))
        assert isinstance(page, ContactsPage)
        return page

    async def _finish(self, mark: BookMark, *, fresh: bool) -> None:
        if mark != self._mark:
            await self._cache.finish(mark, fresh=fresh)
            self._mark = mark

    # ------------------------------------------------------------ inside

    def _owner(self, number: str) -> Contact | None:
        nobody: list[Contact] = []
        found = self._ask(lambda reader: reader.with_number(number), nobody)
        exact = [contact for contact in found if number in contact.details.numbers.values()]
        return next(iter(exact or found), None)

    def _meant(self, text: str) -> str:
        """A number that was typed with the trunk prefix is looked for without, when it is nobody's as it stands."""
        prefix = self.trunk_prefix
        typed = text.strip()
        rest = typed.removeprefix(prefix).strip()
        if not prefix or rest == typed or not _LONG_NUMBER.fullmatch(rest):
            return text
        as_it_stands = self._ask(
            lambda reader: bool(reader.places(text, personal=None, after=0, limit=1)), otherwise=True
        )
        return text if as_it_stands else rest

    async def _open(self) -> None:
        try:
            self._mark = await self._cache.open()
        except PhoneBookUnavailableError as error:
            logger.warning("the cached phone book cannot be opened: %s", error)
            return
        self._opened = True
        self._follow()
        self.changed.tell(None)

    @property
    def _is_behind(self) -> bool:
        return bool(self._waiting) or not (self._complete and self._marked)

    @property
    def _is_live(self) -> bool:
        mirror = self._link.mirror
        signed_in = self._link.state.state is LinkState.SIGNED_IN and mirror.profile is not None
        return signed_in and bool(mirror.phonebook.book_id)

    @property
    def _reader(self) -> PhoneBookReader | None:
        """None while there is nothing that this person may see."""
        profile = self._link.mirror.profile
        if self._mark is None or (profile is None and self._was_signed_in):
            return None
        return self._cache.reader if profile is None or profile.user == self._mark.user else None

    def _ask(self, question: Callable[[PhoneBookReader], _T], otherwise: _T) -> _T:
        reader = self._reader
        if reader is None:
            return otherwise
        try:
            return question(reader)
        except PhoneBookUnavailableError as error:
            logger.warning("the cached phone book cannot be read: %s", error)
            return otherwise
