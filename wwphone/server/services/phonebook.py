"""The phone book: global entries for everybody, personal ones for their owner; who may change what, and who is told.

Entries stay in the store; here is known only how far the book is for whom. Whatever is changed, by a client here or by the
command line in another process, is read from the store after the revision that was told last, and told in the order of
revisions, so there is one way for both. Many changes at once are not told one by one: clients read them, page by page.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from wwphone.domain.account import Right
from wwphone.domain.imports import KEPT_DAYS
from wwphone.domain.phonebook import MAX_PERSONAL_CONTACTS, Contact, ContactDetails, PhoneBookState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.phonebook import (
    MAX_IDS,
    MAX_PAGE,
    ContactSaved,
    ContactsChanged,
    ContactsPage,
    ReadContacts,
    RemoveContacts,
    RestoreContacts,
    SaveContact,
)
from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.imports_api import BookMovedError
from wwphone.server.phonebook_api import (
    GLOBAL,
    BookChange,
    BookChanged,
    ContactDraft,
    ContactRecord,
    TooManyContactsError,
    new_contact_id,
)
from wwphone.server.phonebook_rules import DetailsRefusedError, checked_details
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.favourites import FavouritesService
from wwphone.server.services.phone_numbers import PhoneNumbers, internal_numbers
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

WATCH_S = 0.4
_WIPE_EVERY_S = 3600.0
_MOST_TOLD = 100
_MOST_CHARACTERS_TOLD = 64 * 1024
"""More entries, or longer ones, are left to be read: each of thousands of clients would be sent them at once."""
_MOST_CHARACTERS_READ = 512 * 1024
"""Of one page: far below `MAX_FRAME_BYTES`, whatever the letters, and encoded in a few milliseconds."""


class PhoneBookService:
    """Answers readers, checks and writes changes, tells what changed."""

    def __init__(
        self,
        store: Store,
        directory: DirectoryService,
        log: EventLog,
        clock: Clock,
        numbers: PhoneNumbers,
        favourites: FavouritesService,
        watch_s: float = WATCH_S,
    ) -> None:
        self._store = store
        self._directory = directory
        self._log = log
        self._clock = clock
        self._numbers = numbers
        self._favourites = favourites
        self._watch_s = watch_s
        self._book_id = ""
        self._told = 0
        self._latest: dict[str, int] = {}
        self._internal: frozenset[str] | None = None
        self._telling = asyncio.Lock()
        # Pages one after the other: however many clients read the whole book, other work waits for one page at most.
        self._reading = asyncio.Lock()
        self._tasks = TaskOwner("phone book")

    async def start(self) -> None:
        """Look how far the book is and begin to watch. Raises StoreError."""
        self._book_id = await self._store.phonebook_id()
        self._told = await self._store.phonebook_revision()
        self._latest = await self._store.latest_contact_revisions()
        self._directory.on_change(self._on_directory_change)
        self._tasks.start(self._watch())
        self._tasks.start(self._keep_house())

    async def shutdown(self) -> None:
        """Stop watching."""
        await self._tasks.shutdown()

    def state_for(self, user: str) -> PhoneBookState:
        """Where the book stands for a user."""
        numbers = self._numbers
        return PhoneBookState(self._book_id, self._revision_for(user), numbers.country, numbers.trunk.digits)

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            ReadContacts: self._on_read,
            SaveContact: self._on_save,
            RemoveContacts: self._on_remove,
            RestoreContacts: self._on_restore,
        }

    # ------------------------------------------------------------ reading

    async def read(self, user: str, after: int, limit: int) -> ContactsPage:
        """A page of what a user sees. Raises StoreError."""
        after, limit = max(after, 0), min(max(limit, 1), MAX_PAGE)
        async with self._reading:
            # Looked at before reading: the page has everything up to there, whatever is changed meanwhile.
            latest = self._revision_for(user)
            found = await self._store.contacts_seen(user, after, limit + 1)
        page = _that_fit(found[:limit])
        more = len(page) < len(found)
        last = page[-1].revision if page else 0
        return ContactsPage(
            tuple(one.contact for one in page if not one.removed),
            tuple(one.contact_id for one in page if one.removed),
            last if more else max(last, latest),
            more,
        )

    # ------------------------------------------------------------ changing

    async def save(self, user: str, command: SaveContact) -> ContactSaved:
        """Write an entry. Raises CommandRefusedError, StoreError."""
        owner = user if command.personal else GLOBAL
        former = None
        if command.contact_id:
            former = (await self.changeable(user, (command.contact_id,)))[command.contact_id]
        if owner == GLOBAL:
            self.must_manage(user)
        details = self.must_be_right(command.details)
        stays = former is not None and former.owner == owner
        contact_id = command.contact_id if stays else new_contact_id()
        # Who sees an entry is never changed: it goes for those who saw it, and comes under another id.
        gone = (command.contact_id,) if former is not None and not stays else ()
        draft = ContactDraft(contact_id, owner, details)
        now = self._clock()
        order = BookChange(
            user,
            now,
            gone,
            saved=(draft,),
            most_personal=MAX_PERSONAL_CONTACTS,
            successors=dict.fromkeys(gone, contact_id),
        )
        done = await self.change(order)
        contact = Contact(contact_id, command.personal, details, done.revision, user, now)
        return ContactSaved(contact, _overwritten(done, command, user))

    async def remove(self, user: str, ids: Sequence[str]) -> None:
        """Take entries out of the book. Raises CommandRefusedError, StoreError."""
        await self.changeable(user, ids)
        await self.change(BookChange(user, self._clock(), removed=tuple(ids)))

    async def restore(self, user: str, ids: Sequence[str]) -> None:
        """Put removed entries back. Raises CommandRefusedError, StoreError."""
        await self.changeable(user, ids)
        order = BookChange(user, self._clock(), restored=tuple(ids), most_personal=MAX_PERSONAL_CONTACTS)
        await self.change(order)

    async def wipe(self) -> None:
        """Forget the details of what was removed too long ago to be restored. Raises StoreError."""
        wiped = await self._store.wipe_removed_contacts(self._clock() - timedelta(days=KEPT_DAYS))
        if wiped:
            logger.info("%d removed entries of the phone book are wiped", wiped)

    async def changeable(self, user: str, ids: Sequence[str]) -> dict[str, ContactRecord]:
        """The entries with these ids, all of which this user may change. Raises CommandRefusedError, StoreError."""
        if len(ids) > MAX_IDS:
            raise _refused(ErrorCode.INVALID, f"at most {MAX_IDS} entries at once")
        found = await self._store.contacts(ids)
        if any(one not in found or found[one].owner not in (GLOBAL, user) for one in ids):
            raise _refused(ErrorCode.NOT_FOUND, "there is no such entry")
        if any(one.owner == GLOBAL for one in found.values()):
            self.must_manage(user)
        return found

    def must_be_right(self, details: ContactDetails) -> ContactDetails:
        """Return the details as they are stored. Raises CommandRefusedError."""
        try:
            return self.checked(details)
        except DetailsRefusedError as error:
            refused = WireError(ErrorCode.INVALID, str(error), reason=error.reason, field=error.field)
            raise CommandRefusedError(refused) from error

    async def change(self, order: BookChange) -> BookChanged:
        """Write, and tell before whoever asked gets an answer. Raises CommandRefusedError, StoreError."""
        try:
            done = await self._store.change_contacts(order)
        except KeyError as error:
            raise _refused(ErrorCode.NOT_FOUND, "the entry is gone for good") from error
        except BookMovedError as error:
            raise _refused(ErrorCode.CONFLICT, "somebody has changed these entries meanwhile") from error
        except TooManyContactsError as error:
            sentence = f"nobody may have more than {MAX_PERSONAL_CONTACTS} personal entries"
            raise _refused(ErrorCode.CONFLICT, sentence) from error
        await self.told()
        for former, successor in order.successors.items():
            self._favourites.follow(former, successor, _owner_of(order, successor))
        return done

    async def refresh(self) -> None:
        """Look for changes now and tell them. Raises StoreError."""
        async with self._telling:
            revision = await self._store.phonebook_revision()
            if revision > self._told:
                await self._tell()
                self._told = max(self._told, revision)  # whose entries went with them, nobody is told

    def may_manage(self, user: str) -> bool:
        """Whether this user may change everybody's entries."""
        record = self._directory.users.get(user)
        return record is not None and Right.MANAGE_PHONEBOOK in record.rights

    def must_manage(self, user: str) -> None:
        """Raise CommandRefusedError unless this user may change everybody's entries."""
        if not self.may_manage(user):
            raise _refused(ErrorCode.NOT_PERMITTED, "you may not change entries that everybody sees")

    def checked(self, details: ContactDetails) -> ContactDetails:
        """Return the details as they are stored. Raises DetailsRefusedError."""
        if self._internal is None:
            directory = self._directory
            self._internal = internal_numbers(
                directory.users.values(), directory.ring_groups, directory.rooms
            )
        internal = self._internal
        return checked_details(details, lambda text: self._numbers.normal(text, internal))

    async def told(self) -> None:
        """Tell what was changed a moment ago; later, when the store does not answer now."""
        try:
            await self.refresh()
        except StoreError as error:
            logger.info("a change of the phone book is told when the store is back: %s", error)

    # ------------------------------------------------------------ inside

    async def _on_read(self, session: Session, command: ReadContacts) -> Result:
        return await self.read(session.user, command.after, command.limit)

    async def _on_save(self, session: Session, command: SaveContact) -> Result:
        return await self.save(session.user, command)

    async def _on_remove(self, session: Session, command: RemoveContacts) -> Result:
        await self.remove(session.user, command.contact_ids)
        return Done()

    async def _on_restore(self, session: Session, command: RestoreContacts) -> Result:
        await self.restore(session.user, command.contact_ids)
        return Done()

    async def _tell(self) -> None:
        changed = await self._store.contacts_since(self._told, _MOST_TOLD + 1)
        if len(changed) > _MOST_TOLD:
            latest = await self._store.latest_contact_revisions(self._told)
            events = {owner: ContactsChanged(at, complete=False) for owner, at in latest.items()}
        else:
            by_owner: defaultdict[str, list[ContactRecord]] = defaultdict(list)
            for one in changed:
                by_owner[one.owner].append(one)
            events = {owner: _event(those) for owner, those in by_owner.items()}
        # In the order of revisions: a client that sees both stands at the later one afterwards.
        for owner, event in sorted(events.items(), key=lambda pair: pair[1].revision):
            self._told = self._latest[owner] = event.revision
            self._log.publish(event, only=None if owner == GLOBAL else owner)

    def _revision_for(self, user: str) -> int:
        return max(self._latest.get(GLOBAL, 0), self._latest.get(user, 0))

    def _on_directory_change(self, change: DirectoryChange) -> None:
        self._internal = None
        for record in change.removed:
            self._latest.pop(record.user, None)  # the database has removed the entries with their owner

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_s)
            try:
                await self.refresh()
            except StoreError as error:
                logger.debug("the phone book cannot be looked at: %s", error)  # the directory says it aloud

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_WIPE_EVERY_S)
            try:
                await self.wipe()
            except StoreError as error:
                logger.warning("removed entries of the phone book could not be wiped: %s", error)


def _event(changed: Sequence[ContactRecord]) -> ContactsChanged:
    """All changes of one owner's entries, in their order; without them when they are long."""
    revision = changed[-1].revision
    if sum(_length(one) for one in changed if not one.removed) > _MOST_CHARACTERS_TOLD:
        return ContactsChanged(revision, complete=False)
    there = tuple(one.contact for one in changed if not one.removed)
    return ContactsChanged(revision, there, tuple(one.contact_id for one in changed if one.removed))


def _that_fit(found: Sequence[ContactRecord]) -> Sequence[ContactRecord]:
    """The first ones, until they are too long for a page; at least one."""
    characters = 0
    for place, one in enumerate(found):
        characters += _length(one)
        if place and characters > _MOST_CHARACTERS_READ:
            return found[:place]
    return found


def _owner_of(order: BookChange, contact_id: str) -> str:
    return next(draft.owner for draft in order.saved if draft.contact_id == contact_id)


def _length(record: ContactRecord) -> int:
    return sum(map(len, vars(record.details).values()))


def _overwritten(done: BookChanged, command: SaveContact, user: str) -> str:
    former = done.before.get(command.contact_id)
    if former is None or former.revision <= command.known_revision or former.changed_by == user:
        return ""
    return former.changed_by


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
