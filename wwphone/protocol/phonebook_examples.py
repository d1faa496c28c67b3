"""Examples of the messages about the phone book, part of `protocol.examples`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.domain.imports import ImportCounts, ImportRecord, RefusalReason, RefusedLine, UndoCounts
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.protocol.doubles import MergeContacts, UndoMerge
from wwphone.protocol.favourites import FavouriteChanged, SetFavourite
from wwphone.protocol.imports import (
    BeginImport,
    CarryOutImport,
    DropImport,
    ImportBegun,
    ImportDone,
    ImportPreview,
    ImportRow,
    ImportsRead,
    ImportUndone,
    PreviewImport,
    ReadImports,
    RowsTaken,
    SendRows,
    UndoImport,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.phonebook import (
    ContactSaved,
    ContactsChanged,
    ContactsPage,
    ReadContacts,
    RemoveContacts,
    RestoreContacts,
    SaveContact,
)

_USER = "anna_muster"


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


CONTACT = Contact(
    contact_id="5b0f40",
    personal=False,
    details=ContactDetails(
        "Regula", "Müller", "Müller AG", office="+41445550123", email="r.mueller@example.ch"
    ),
    revision=17,
    changed_by=_USER,
    changed_at=_at(9, 12),
)
_IMPORT = ImportRecord(
    "9f04c2",
    _USER,
    _at(9, 20),
    personal=False,
    file_name="phonebook.csv",
    replaces_all=True,
    counts=ImportCounts(new=1, gone=2),
)
CONVERSATIONS: Mapping[type[Command], tuple[Command, Result]] = MappingProxyType(
    {
        ReadContacts: (ReadContacts(after=0), ContactsPage((CONTACT,), (), revision=17, more=False)),
        SaveContact: (
            SaveContact(CONTACT.details, personal=False, contact_id=CONTACT.contact_id, known_revision=12),
            ContactSaved(CONTACT, overwritten="beat_keller"),
        ),
        RemoveContacts: (RemoveContacts((CONTACT.contact_id,)), Done()),
        RestoreContacts: (RestoreContacts((CONTACT.contact_id,)), Done()),
        MergeContacts: (
            MergeContacts(("5b0f40", "5b0f41"), (12, 16), CONTACT.details),
            ContactSaved(CONTACT),
        ),
        UndoMerge: (UndoMerge("5b0f40", 17, CONTACT.details, ("5b0f41",)), ContactSaved(CONTACT)),
        SetFavourite: (SetFavourite(CONTACT.contact_id, favourite=True), Done()),
        BeginImport: (
            BeginImport(personal=False, file_name="phonebook.csv", known=("first_name", "surname", "office")),
            ImportBegun(_IMPORT.import_id),
        ),
        SendRows: (
            SendRows(_IMPORT.import_id, first=0, rows=(ImportRow(2, CONTACT.details),)),
            RowsTaken(1, (RefusedLine(3, RefusalReason.NOT_DIALLABLE, "mobile", "n/a"),)),
        ),
        PreviewImport: (
            PreviewImport(_IMPORT.import_id, replaces_all=True),
            ImportPreview(_IMPORT.counts, revision=17),
        ),
        CarryOutImport: (
            CarryOutImport(_IMPORT.import_id, replaces_all=True, revision=17),
            ImportDone(_IMPORT),
        ),
        DropImport: (DropImport(_IMPORT.import_id), Done()),
        ReadImports: (ReadImports(), ImportsRead((_IMPORT,))),
        UndoImport: (UndoImport(_IMPORT.import_id), ImportUndone(UndoCounts(removed=1, restored=2))),
    }
)
"""Every command about the phone book with its answer."""

EVENTS: Mapping[type[Event], Event] = MappingProxyType(
    {
        ContactsChanged: ContactsChanged(17, (CONTACT,), removed=("5b0f3f",)),
        FavouriteChanged: FavouriteChanged(CONTACT.contact_id, favourite=True),
    }
)
"""Every event about the phone book."""
