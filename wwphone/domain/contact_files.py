"""Files with contacts, as people bring them: decoded, told apart, read within bounds.

The file is not ours: whatever stands in it ends in entries, in lines that are refused with their number, or in one reason why
the whole file cannot be read. `domain.contact_csv` and `domain.vcard` know the two formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from wwphone.domain.contact_text import clean_line, clean_note
from wwphone.domain.imports import FIELDS, MAX_IMPORTED, RefusalReason, RefusedLine, Values
from wwphone.domain.phonebook import MAX_CONTACT_NOTE, MAX_FIELD

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_REFUSED = 10_000
"""A file with more lines that cannot be read is another one than it says."""
_FREED_AT_ONCE = 500
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel and its likes begin."""
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Windows puts these where ISO 8859-1 has control characters, which no name has: the euro, dashes, typographic quotes.
_OF_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
NOTE = FIELDS.index("note")


class FileKind(Enum):
    """The formats of contacts."""

    CSV = "csv"
    VCARD = "vcard"


class FileRefusal(Enum):
    """Why a file cannot be read at all."""

    UNREADABLE = "unreadable"
    """The operating system does not give it; `text` says why."""
    TOO_LARGE = "too_large"
    WORKBOOK = "workbook"
    """A workbook of a spreadsheet program, no CSV."""
    UTF_16 = "utf_16"
    NO_TEXT = "no_text"
    """Something else than text."""
    NOTHING = "nothing"
    """There is nothing in it."""
    COMMAS = "commas"
    """The head of the PBX's CSV, but with another sign than `;` between the columns; `text` is that sign."""
    HEAD = "head"
    """The first line (`text`) is not the head of the PBX's CSV."""
    TOO_MANY = "too_many"
    """More entries than `MAX_IMPORTED`."""
    TOO_MANY_REFUSED = "too_many_refused"
    """More than `MAX_REFUSED` lines cannot be read."""


class FileRefusedError(Exception):
    """The file cannot be read."""

    def __init__(self, refusal: FileRefusal, text: str = "") -> None:
        super().__init__(f"{refusal.value} {text}".strip())
        self.refusal = refusal
        self.text = text


@dataclass(frozen=True)
class ContactFile:
    """What was read of a file."""

    name: str
    kind: FileKind
    rows: list[Values]
    lines: tuple[int, ...]
    """Where each of `rows` begins."""
    refused: tuple[RefusedLine, ...]

    def let_go(self) -> None:
        """Free the entries some at a time: at once, it would keep all other threads waiting for longer than is felt."""
        while self.rows:
            del self.rows[-_FREED_AT_ONCE:]


Entries = Iterator[tuple[int, Values] | RefusedLine]
"""What a format makes of a file: entries with their line, and refused ones."""


def text_of(data: bytes) -> str:
    """Decode UTF-8 with or without its mark, else ISO 8859-1 (strict decoding decides)."""
    data = data.removeprefix(_UTF_8_MARK)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("iso-8859-1").translate(_OF_WINDOWS)


def read_contact_file(data: bytes, name: str, formats: Callable[[FileKind, bytes], Entries]) -> ContactFile:
    """Read a whole file. Raises FileRefusedError. `formats` reads one kind: `domain.formats.entries_of`."""
    _must_be_text(data)
    begins = data.removeprefix(_UTF_8_MARK).lstrip()[:12].upper()
    kind = FileKind.VCARD if begins.startswith(b"BEGIN:VCARD") else FileKind.CSV
    rows: list[Values] = []
    lines: list[int] = []
    refused: list[RefusedLine] = []
    for one in formats(kind, data):
        checked = one if isinstance(one, RefusedLine) else _checked(*one)
        if isinstance(checked, RefusedLine):
            refused.append(checked)
            if len(refused) > MAX_REFUSED:
                raise FileRefusedError(FileRefusal.TOO_MANY_REFUSED)
            continue
        if len(rows) == MAX_IMPORTED:
            raise FileRefusedError(FileRefusal.TOO_MANY)
        lines.append(checked[0])
        rows.append(checked[1])
    if not rows and not refused:
        raise FileRefusedError(FileRefusal.NOTHING)
    return ContactFile(name, kind, rows, tuple(lines), tuple(refused))


def _must_be_text(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise FileRefusedError(FileRefusal.TOO_LARGE)
    if data.startswith(_WORKBOOKS):
        raise FileRefusedError(FileRefusal.WORKBOOK)
    if data.startswith(_UTF_16_MARKS):
        raise FileRefusedError(FileRefusal.UTF_16)
    if b"\0" in data[:4096]:
        raise FileRefusedError(FileRefusal.NO_TEXT)
    if not data.removeprefix(_UTF_8_MARK).strip():
        raise FileRefusedError(FileRefusal.NOTHING)


def _checked(line: int, values: Values) -> tuple[int, Values] | RefusedLine:
    """The entry without what is invisible; refused when a field is too long or nothing is left."""
    cleaned = tuple(
        (clean_note(text) if place == NOTE else clean_line(text)) if text else ""
        for place, text in enumerate(values)
    )
    for place, text in enumerate(cleaned):
        if len(text) > (MAX_CONTACT_NOTE if place == NOTE else MAX_FIELD):
            return RefusedLine(line, RefusalReason.TOO_LONG, FIELDS[place], shortened(text))
    if not any(text for place, text in enumerate(cleaned) if place != NOTE):
        return RefusedLine(line, RefusalReason.EMPTY)
    return line, cleaned


def shortened(text: str, most: int = 60) -> str:
    """The beginning of a text that somebody else wrote, as it may be shown: one line, nothing invisible."""
    text = clean_line(text[: most * 4])
    return text if len(text) <= most else f"{text[: most - 1]}…"
