"""Sentences about the phone book: why it cannot be changed, who was first, what the server refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.imports import RefusalReason
from wwphone.gui.context import Context
from wwphone.gui.import_words import field_word
from wwphone.gui.words import QT_TRANSLATE_NOOP, refusal

_REASONS: Mapping[RefusalReason | None, str] = MappingProxyType(
    {
        None: QT_TRANSLATE_NOOP("PhoneBook", "The server does not accept this entry."),
        RefusalReason.TOO_LONG: QT_TRANSLATE_NOOP("PhoneBook", "This text is too long: {field}."),
        RefusalReason.NOT_DIALLABLE: QT_TRANSLATE_NOOP("PhoneBook", "This cannot be dialled: {field}."),
        RefusalReason.BAD_EMAIL: QT_TRANSLATE_NOOP("PhoneBook", "This is no e-mail address."),
        RefusalReason.EMPTY: QT_TRANSLATE_NOOP(
            "PhoneBook", "An entry needs a name, a company, a number or an e-mail address."
        ),
    }
)
"""Why the server does not take an entry; what else an entry of a file may be refused for, it never says of one."""


def change_refused(context: Context, *, personal: bool) -> str:
    """Why one may not add, change or delete such entries now; empty: one may."""
    services = context.services
    if services.phonebook.may_change(personal=personal):
        return ""
    if not services.account.snapshot.live:
        return QCoreApplication.translate(
            "PhoneBook", "No line to the server: nothing can be changed at the moment."
        )
    if not has_book(context):
        return QCoreApplication.translate("PhoneBook", "This server has no phone book.")
    return QCoreApplication.translate(
        "PhoneBook",
        "You lack the right to change entries that everybody sees. Your administrator can give it to you.",
    )


def has_book(context: Context) -> bool:
    """Whether the server that one is signed in to has a phone book; one's own entries may be changed in any."""
    return context.services.phonebook.may_change(personal=True)


def name_of(context: Context, user: str) -> str:
    """A colleague's name; for others the user name."""
    line = context.services.presence.line(user)
    return line.colleague.nickname if line else user


def favourite_refusal(error: WireError) -> str:
    """Why the server did not mark an entry."""
    if error.code is ErrorCode.CONFLICT:
        return QCoreApplication.translate("PhoneBook", "You have as many favourites as the server allows.")
    return contact_refusal(error)


def contact_refusal(error: WireError) -> str:
    """Why the server did not take an entry."""
    if error.code is ErrorCode.INVALID:
        text = QCoreApplication.translate("PhoneBook", _REASONS.get(error.reason, _REASONS[None]))
        return text.format(field=field_word(error.field))
    if error.code is ErrorCode.CONFLICT:
        return QCoreApplication.translate("PhoneBook", "There are as many entries as the server allows.")
    if error.code is ErrorCode.NOT_FOUND:
        return QCoreApplication.translate("PhoneBook", "Somebody has deleted this entry meanwhile.")
    return refusal(error)
