"""`wwphone-server phonebook …`: the entries that everybody sees; clients have a change within a second."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, fields

from wwphone.domain.imports import KEPT_DAYS
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.presence import BY_ADMINISTRATOR
from wwphone.server.api import Store
from wwphone.server.clock import utc_now
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.phonebook_api import GLOBAL, BookChange, ContactDraft, ContactRecord, new_contact_id
from wwphone.server.phonebook_rules import checked_details
from wwphone.server.services.phone_numbers import PhoneNumbers, internal_numbers
from wwphone.server.settings import ServerSettings, SettingsError

_PAGE = 1000


class PhoneBookCommands:
    """The commands that edit global entries."""

    def __init__(self, store: Store, settings: ServerSettings, console: Console) -> None:
        self._store = store
        self._settings = settings
        self._console = console

    async def add(self, options: argparse.Namespace) -> None:
        """Add an entry."""
        given = {one.name: getattr(options, one.name) or "" for one in fields(ContactDetails)}
        numbers = self._numbers()
        internal = internal_numbers(
            await self._store.users(), await self._store.ring_groups(), await self._store.rooms()
        )
        try:
            details = checked_details(ContactDetails(**given), lambda text: numbers.normal(text, internal))
        except ValueError as error:
            raise CommandFailedError(f"{error}; nothing was changed") from error
        draft = ContactDraft(new_contact_id(), GLOBAL, details)
        await self._store.change_contacts(BookChange(BY_ADMINISTRATOR, utc_now(), saved=(draft,)))
        self._console.say(f"added {details.name}: {draft.contact_id}")

    async def list(self, options: argparse.Namespace) -> None:
        """Show the global entries, or those in which all the given words stand."""
        words = [word.casefold() for word in options.words]
        found = [one async for one in self._all() if _holds(one.details, words)]
        found.sort(key=lambda one: (one.details.sort_text.casefold(), one.contact_id))
        if options.json:
            listed = [{"id": one.contact_id, **asdict(one.details)} for one in found]
            self._console.say(json.dumps(listed, ensure_ascii=False, indent=2))
            return
        cells = [
            (one.contact_id, one.details.name, one.details.company, " ".join(one.details.numbers.values()))
            for one in found
        ]
        self._console.table(("id", "name", "company", "numbers"), cells)

    async def remove(self, options: argparse.Namespace) -> None:
        """Take entries out of the book."""
        known = await self._known(options.ids)
        gone = [one for one in options.ids if known[one].removed]
        if gone:
            raise CommandFailedError(f"there is no global entry {gone[0]}; nothing was changed")
        order = BookChange(BY_ADMINISTRATOR, utc_now(), removed=tuple(options.ids))
        await self._store.change_contacts(order)
        for one in dict.fromkeys(options.ids):
            self._console.say(
                f"removed {known[one].details.name}: for {KEPT_DAYS} days `restore {one}` puts it back"
            )

    async def restore(self, options: argparse.Namespace) -> None:
        """Put removed entries back."""
        known = await self._known(options.ids)
        order = BookChange(BY_ADMINISTRATOR, utc_now(), restored=tuple(options.ids))
        try:
            await self._store.change_contacts(order)
        except KeyError as error:
            gone = f"{error.args[0]} was removed more than {KEPT_DAYS} days ago; nothing was changed"
            raise CommandFailedError(gone) from error
        for one in dict.fromkeys(options.ids):
            self._console.say(f"restored {known[one].details.name}")

    async def _known(self, ids: Sequence[str]) -> dict[str, ContactRecord]:
        known = await self._store.contacts(ids)
        for one in ids:
            if one not in known or known[one].owner != GLOBAL:
                raise CommandFailedError(f"there is no global entry {one}; nothing was changed")
        return known

    async def _all(self) -> AsyncIterator[ContactRecord]:
        after = 0
        while page := await self._store.contacts_seen(GLOBAL, after, _PAGE):
            for one in page:
                if not one.removed:
                    yield one
            after = page[-1].revision

    def _numbers(self) -> PhoneNumbers:
        try:
            return PhoneNumbers(self._settings.numbers_country, self._settings.pbx_trunk_prefix)
        except ValueError as error:
            raise SettingsError(f"numbers.country: {error}") from error


def _holds(details: ContactDetails, words: Sequence[str]) -> bool:
    text = " ".join(asdict(details).values()).casefold()
    return all(word in text for word in words)
