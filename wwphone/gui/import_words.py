"""Sentences about imports and exports: why a file or a line of it is refused, and what the server said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QLocale

from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.contact_csv import HEAD
from wwphone.domain.contact_files import MAX_FILE_BYTES, MAX_REFUSED, FileRefusal, FileRefusedError, shortened
from wwphone.domain.imports import MAX_IMPORTED, RefusalReason, RefusedLine
from wwphone.gui.words import QT_TRANSLATE_NOOP, refusal

_FILES: Mapping[FileRefusal, str] = MappingProxyType(
    {
        FileRefusal.UNREADABLE: QT_TRANSLATE_NOOP("Imports", "The file cannot be read: {text}."),
        FileRefusal.TOO_LARGE: QT_TRANSLATE_NOOP(
            "Imports", "The file is larger than {megabytes} MB. Divide it into several files."
        ),
        FileRefusal.WORKBOOK: QT_TRANSLATE_NOOP(
            "Imports", "This is a workbook. Save it as CSV in your spreadsheet program, and import that file."
        ),
        FileRefusal.UTF_16: QT_TRANSLATE_NOOP(
            "Imports", "The file is in UTF-16. Save it as UTF-8, and import that file."
        ),
        FileRefusal.NO_TEXT: QT_TRANSLATE_NOOP(
            "Imports", "This is no text file. Choose a CSV file or a vCard file."
        ),
        FileRefusal.NOTHING: QT_TRANSLATE_NOOP("Imports", "There are no entries in this file."),
        FileRefusal.COMMAS: QT_TRANSLATE_NOOP(
            "Imports",
            "The columns of this file are not separated by semicolons. Save it as CSV with semicolons.",
        ),
        FileRefusal.HEAD: QT_TRANSLATE_NOOP(
            "Imports", "The first line of a CSV file must be “{head}”. In this file it is “{text}”."
        ),
        FileRefusal.TOO_MANY: QT_TRANSLATE_NOOP(
            "Imports", "There are more than {most} entries in this file. Divide it into several files."
        ),
        FileRefusal.TOO_MANY_REFUSED: QT_TRANSLATE_NOOP(
            "Imports", "More than {refused} lines of this file cannot be read. Is it the right file?"
        ),
    }
)
_LINES: Mapping[RefusalReason, str] = MappingProxyType(
    {
        RefusalReason.COLUMNS: QT_TRANSLATE_NOOP("Imports", "Line {line}: {text} columns instead of six"),
        RefusalReason.QUOTE: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: a quotation mark is not closed, or stands in the wrong place"
        ),
        RefusalReason.TOO_LONG: QT_TRANSLATE_NOOP("Imports", "Line {line}: too long ({field})"),
        RefusalReason.NOT_DIALLABLE: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: “{text}” is no number that can be dialled ({field})"
        ),
        RefusalReason.BAD_EMAIL: QT_TRANSLATE_NOOP("Imports", "Line {line}: “{text}” is no e-mail address"),
        RefusalReason.EMPTY: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: without name, company, number and e-mail address"
        ),
        RefusalReason.DOUBLE: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: the same entry stands in line {text} already"
        ),
        RefusalReason.OUTSIDE: QT_TRANSLATE_NOOP("Imports", "Line {line}: “{text}” belongs to no card"),
        RefusalReason.NOT_ENDED: QT_TRANSLATE_NOOP("Imports", "Line {line}: this card has no end"),
        RefusalReason.VERSION: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: a card of a version that is not known (“{text}”)"
        ),
        RefusalReason.GROUP: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: a card of a group, not of one person"
        ),
        RefusalReason.ENCODING: QT_TRANSLATE_NOOP(
            "Imports", "Line {line}: a text in this card cannot be read (“{text}”)"
        ),
    }
)
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "": QT_TRANSLATE_NOOP("Imports", "the whole entry"),
        "first_name": QT_TRANSLATE_NOOP("Imports", "first name"),
        "surname": QT_TRANSLATE_NOOP("Imports", "surname"),
        "company": QT_TRANSLATE_NOOP("Imports", "company"),
        "office": QT_TRANSLATE_NOOP("Imports", "office number"),
        "mobile": QT_TRANSLATE_NOOP("Imports", "mobile number"),
        "private": QT_TRANSLATE_NOOP("Imports", "private number"),
        "email": QT_TRANSLATE_NOOP("Imports", "e-mail address"),
        "note": QT_TRANSLATE_NOOP("Imports", "note"),
    }
)


def file_refused(error: FileRefusedError) -> str:
    """Why a file cannot be read, and what to do."""
    return QCoreApplication.translate("Imports", _FILES[error.refusal]).format(
        text=shortened(error.text),
        head=";".join(HEAD),
        megabytes=MAX_FILE_BYTES // 1024 // 1024,
        most=number(MAX_IMPORTED),
        refused=number(MAX_REFUSED),
    )


def field_word(field: str) -> str:
    """What a field of an entry is called; empty: the whole entry."""
    return QCoreApplication.translate("Imports", _FIELDS.get(field, _FIELDS[""]))


def line_refused(line: RefusedLine) -> str:
    """Why a line cannot be imported."""
    field = field_word(line.field)
    text = QCoreApplication.translate("Imports", _LINES[line.reason])
    return text.format(line=number(line.line), text=shortened(line.text), field=field)


def import_refusal(error: WireError) -> str:
    """Why the server did not do it."""
    if error.code is ErrorCode.NOT_FOUND:
        return QCoreApplication.translate(
            "Imports", "The server has forgotten this import, because it waited too long. Begin again."
        )
    if error.code is ErrorCode.UNKNOWN_OUTCOME:
        return QCoreApplication.translate(
            "Imports", "The line broke before the answer. Try again: nothing is imported twice."
        )
    if error.code is ErrorCode.INVALID:
        # All else that the server finds invalid in an import would be a mistake of this program.
        return QCoreApplication.translate("Imports", "These are more entries than the server allows.")
    return refusal(error)


def number(count: int) -> str:
    """A number as people read it."""
    return QLocale().toString(count)
