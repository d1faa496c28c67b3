"""Importing a file of contacts over the wire: sent page by page, compared, carried out as one, taken back as one.

Nothing is written before `import.carry_out`. Whoever stops half way leaves nothing behind: what was sent is
forgotten after an hour, or when the same person begins another import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.imports import ImportCounts, ImportRecord, RefusedLine, UndoCounts
from wwphone.domain.phonebook import ContactDetails
from wwphone.protocol.message import Command, Result

MAX_ROWS = 500
"""Entries of one page at most."""


@dataclass(frozen=True)
class ImportRow:
    """One entry of the file."""

    line: int
    """Where it begins."""
    details: ContactDetails


@dataclass(frozen=True)
class BeginImport(Command):
    """Begin to send a file. Everybody's entries need the right `manage_phonebook`.

    Refused with `not_permitted`, and `invalid` for unknown fields.
    """

    wire_name: ClassVar[str] = "import.begin"
    personal: bool
    """Into one's own entries; else into everybody's."""
    file_name: str
    known: tuple[str, ...]
    """The fields of an entry that such a file can hold; the others stay as they are."""


@dataclass(frozen=True)
class ImportBegun(Result):
    """The file can be sent."""

    wire_name: ClassVar[str] = "import.begun"
    import_id: str


@dataclass(frozen=True)
class SendRows(Command):
    """Send the next entries; all of the page are taken or none.

    Refused with `not_found` when the import was forgotten, `conflict` when the page does not follow the last one,
    `invalid` for too many entries.
    """

    wire_name: ClassVar[str] = "import.send"
    import_id: str
    first: int
    """How many entries were taken so far."""
    rows: tuple[ImportRow, ...]


@dataclass(frozen=True)
class RowsTaken(Result):
    """The entries are put aside, but for those that are refused."""

    wire_name: ClassVar[str] = "import.taken"
    taken: int
    """How many of this page."""
    refused: tuple[RefusedLine, ...] = ()


@dataclass(frozen=True)
class PreviewImport(Command):
    """Ask what the import would do. Refused with `not_found`, `not_permitted`."""

    wire_name: ClassVar[str] = "import.preview"
    acts: ClassVar[bool] = False
    import_id: str
    replaces_all: bool
    """Whether entries that are not in the file go."""


@dataclass(frozen=True)
class ImportPreview(Result):
    """What the import would do, as the book is now."""

    wire_name: ClassVar[str] = "import.forecast"
    counts: ImportCounts
    revision: int
    """How far those entries were when they were compared."""
    doubles: tuple[RefusedLine, ...] = ()
    """The first thousand entries that stand in the file before."""
    doubles_count: int = 0
    too_many: int = 0
    """So many entries more than are allowed: it cannot be carried out."""


@dataclass(frozen=True)
class CarryOutImport(Command):
    """Write everything, or nothing. One that was carried out already is only told again, so asking twice does no harm.

    Refused with `conflict` when the entries were changed since the preview, `invalid` when there would be too many,
    `not_found`, `not_permitted`.
    """

    wire_name: ClassVar[str] = "import.carry_out"
    import_id: str
    replaces_all: bool
    revision: int
    """The preview's."""


@dataclass(frozen=True)
class ImportDone(Result):
    """Everything is written."""

    wire_name: ClassVar[str] = "import.done"
    record: ImportRecord


@dataclass(frozen=True)
class DropImport(Command):
    """Forget what was sent; one that was carried out stays."""

    wire_name: ClassVar[str] = "import.drop"
    import_id: str


@dataclass(frozen=True)
class ReadImports(Command):
    """Ask for the imports of the last 30 days that one may undo, latest first."""

    wire_name: ClassVar[str] = "import.list"
    acts: ClassVar[bool] = False


@dataclass(frozen=True)
class ImportsRead(Result):
    """Imports, latest first."""

    wire_name: ClassVar[str] = "import.listed"
    imports: tuple[ImportRecord, ...]


@dataclass(frozen=True)
class UndoImport(Command):
    """Take an import back as one; what somebody has changed since stays. Refused with `not_found`, `not_permitted`."""

    wire_name: ClassVar[str] = "import.undo"
    import_id: str


@dataclass(frozen=True)
class ImportUndone(Result):
    """The import is taken back."""

    wire_name: ClassVar[str] = "import.undone"
    counts: UndoCounts
