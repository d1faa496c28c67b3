"""Merging doubles of the phone book: one entry stays, the others go, in one transaction that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping

from wwphone.domain.doubles import MAX_MERGED
from wwphone.domain.phonebook import MAX_PERSONAL_CONTACTS, Contact
from wwphone.protocol.doubles import MergeContacts, UndoMerge
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.phonebook import ContactSaved
from wwphone.server.clock import Clock
from wwphone.server.phonebook_api import GLOBAL, BookChange, ContactDraft
from wwphone.server.services.commands import Handler
from wwphone.server.services.phonebook import PhoneBookService
from wwphone.server.services.sessions import Session


class DoublesService:
    """Looks only whether it may be done; which entries are doubles, people decide."""

    def __init__(self, phonebook: PhoneBookService, clock: Clock) -> None:
        self._phonebook = phonebook
        self._clock = clock

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {MergeContacts: self._on_merge, UndoMerge: self._on_undo}

    async def merge(self, user: str, command: MergeContacts) -> ContactSaved:
        """Make one entry of several. Raises CommandRefusedError, StoreError."""
        ids = command.contact_ids
        if not 1 < len(ids) <= MAX_MERGED or len(set(ids)) != len(ids) or len(command.revisions) != len(ids):
            raise _invalid(f"from 2 to {MAX_MERGED} entries are merged, each with its revision")
        found = await self._phonebook.changeable(user, ids)
        owner = found[ids[0]].owner
        if any(one.owner != owner for one in found.values()):
            raise _invalid("entries that others see are not merged with one's own")
        kept, others = ids[0], ids[1:]
        order = BookChange(
            user,
            self._clock(),
            removed=others,
            saved=(ContactDraft(kept, owner, self._phonebook.must_be_right(command.details)),),
            successors=dict.fromkeys(others, kept),
            expected=dict(zip(ids, command.revisions, strict=True)),
        )
        return await self._written(order)

    async def undo(self, user: str, command: UndoMerge) -> ContactSaved:
        """Take a merging back. Raises CommandRefusedError, StoreError."""
        kept, restored = command.contact_id, command.restored
        if not 0 < len(restored) < MAX_MERGED or kept in restored:
            raise _invalid(f"from 1 to {MAX_MERGED - 1} other entries are put back")
        found = await self._phonebook.changeable(user, (kept, *restored))
        order = BookChange(
            user,
            self._clock(),
            restored=restored,
            saved=(ContactDraft(kept, found[kept].owner, self._phonebook.must_be_right(command.details)),),
            most_personal=MAX_PERSONAL_CONTACTS,
            expected={kept: command.known_revision},
        )
        return await self._written(order)

    async def _written(self, order: BookChange) -> ContactSaved:
        done = await self._phonebook.change(order)
        draft = order.saved[0]
        personal = draft.owner != GLOBAL
        contact = Contact(draft.contact_id, personal, draft.details, done.revision, order.by, order.at)
        return ContactSaved(contact)

    async def _on_merge(self, session: Session, command: MergeContacts) -> Result:
        return await self.merge(session.user, command)

    async def _on_undo(self, session: Session, command: UndoMerge) -> Result:
        return await self.undo(session.user, command)


def _invalid(sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(ErrorCode.INVALID, sentence))
