"""The formats of contacts: which module reads and writes which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from wwphone.domain.contact_csv import CSV_FIELDS, read_csv, written_csv
from wwphone.domain.contact_files import ContactFile, Entries, FileKind, read_contact_file
from wwphone.domain.imports import FIELDS, Values
from wwphone.domain.vcard import read_vcards, written_vcards


class ExportFormat(Enum):
    """What can be written."""

    CSV = "csv"
    """The PBX's."""
    VCARD_4 = "vcard4"
    VCARD_3 = "vcard3"

    @property
    def suffix(self) -> str:
        """How names of such files end."""
        return ".csv" if self is ExportFormat.CSV else ".vcf"


def known_fields(kind: FileKind) -> tuple[str, ...]:
    """The fields that a file of this kind can hold."""
    return CSV_FIELDS if kind is FileKind.CSV else FIELDS


def read_contacts(data: bytes, name: str) -> ContactFile:
    """Read a file of either kind. Raises FileRefusedError."""
    return read_contact_file(data, name, _entries)


def written(rows: Iterable[Values], kind: ExportFormat) -> Iterator[bytes]:
    """Write entries, piece by piece. The CSV begins with UTF-8's mark, by which spreadsheet programs know it."""
    if kind is ExportFormat.CSV:
        yield b"\xef\xbb\xbf"
        texts = written_csv(rows)
    else:
        texts = written_vcards(rows, "4.0" if kind is ExportFormat.VCARD_4 else "3.0")
    for text in texts:
        yield text.encode("utf-8")


def _entries(kind: FileKind, data: bytes) -> Entries:
    return read_csv(data) if kind is FileKind.CSV else read_vcards(data)
