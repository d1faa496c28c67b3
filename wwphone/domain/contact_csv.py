"""The CSV of the PBX: `First name;Last name;Company;Number Private;Number Office;Number Mobile`, and nothing else (product, 6).

Quoting is RFC 4180's with `;`. What a spreadsheet program would run as a formula gets an apostrophe in front when it is
written, and loses it when it is read (OWASP, "CSV Injection"); plain numbers as +41445550123 stay as they are, for the PBX.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from wwphone.domain.contact_files import Entries, FileRefusal, FileRefusedError, shortened, text_of
from wwphone.domain.imports import FIELDS, RefusalReason, RefusedLine, Values

HEAD = ("First name", "Last name", "Company", "Number Private", "Number Office", "Number Mobile")
CSV_FIELDS = ("first_name", "surname", "company", "private", "office", "mobile")
"""What the columns are in an entry; e-mail address and note have none."""
_PLACES = tuple(FIELDS.index(name) for name in CSV_FIELDS)
_MOST_LINES = 100
"""Of one entry: quoted texts may have line breaks."""
_MOST_CHARACTERS = 64 * 1024
"""Of one entry. What one finds behind a mark that is never closed is not read again and again without end."""
_NUMBER = re.compile(r"\+?[0-9]+")
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_OTHER_SEPARATORS = (",", "\t", "|")


class _TooLongError(Exception):
    """An entry has too many lines or characters."""


class _Lines:
    """The lines of the file for the csv module; counts those of one entry, and can go back."""

    def __init__(self, text: str) -> None:
        self._source = io.StringIO(text, newline="")
        self._kept: list[str] = []
        """Those from the beginning of the entry on."""
        self._begun = self._characters = 0
        self.at = 0
        """How many lines were given."""

    @property
    def more(self) -> bool:
        """Whether a line is left."""
        return bool(self.next_line)

    @property
    def next_line(self) -> str:
        """The line that comes next; empty behind the last one."""
        place = self.at - self._begun
        if place == len(self._kept):
            line = self._source.readline()
            if not line:
                return ""
            self._kept.append(line)
        return self._kept[place]

    def begin(self, at: int) -> None:
        """Go on with an entry from here: from the last one's first line on, to the next one."""
        del self._kept[: at - self._begun]
        self.at = self._begun = at
        self._characters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.next_line
        if not line:
            raise StopIteration
        self._characters += len(line)
        if self.at - self._begun >= _MOST_LINES or self._characters > _MOST_CHARACTERS:
            raise _TooLongError
        self.at += 1
        return line


def read_csv(data: bytes) -> Entries:
    """Read what a file holds. Raises FileRefusedError when its first line is not the PBX's."""
    lines = _Lines(text_of(data))
    reader = csv.reader(lines, delimiter=";", strict=True)
    _skip_empty(lines)
    if lines.more and lines.next_line.strip().casefold() == "sep=;":  # Excel's own hint
        lines.begin(lines.at + 1)
    _must_be_head(lines, reader)
    while lines.more:
        begun = lines.at
        lines.begin(begun)
        try:
            cells = next(reader)
        except (csv.Error, _TooLongError) as error:
            too_long = isinstance(error, _TooLongError) and lines.at == begun
            lines.begin(begun + 1)
            yield RefusedLine(begun + 1, RefusalReason.TOO_LONG if too_long else RefusalReason.QUOTE)
            continue
        if any(cell.strip() for cell in cells):
            yield _entry(begun + 1, cells)


def written_csv(rows: Iterable[Values]) -> Iterator[str]:
    """Write entries as the PBX reads them, with its head, text by text. UTF-8 is the caller's business."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([_guarded(row[place]) for place in _PLACES])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _skip_empty(lines: _Lines) -> None:
    while lines.more and not lines.next_line.strip():
        lines.begin(lines.at + 1)


def _must_be_head(lines: _Lines, reader: Iterator[list[str]]) -> None:
    if not lines.more:
        raise FileRefusedError(FileRefusal.NOTHING)
    first = lines.next_line
    lines.begin(lines.at)
    try:
        found = _folded(next(reader))
    except (csv.Error, _TooLongError):
        found = ()
    while len(found) > len(HEAD) and not found[-1]:
        found = found[:-1]
    if found == _folded(HEAD):
        return
    for sign in _OTHER_SEPARATORS:
        if _folded(first.replace('"', "").split(sign)) == _folded(HEAD):
            raise FileRefusedError(FileRefusal.COMMAS, sign)
    raise FileRefusedError(FileRefusal.HEAD, shortened(first))


def _folded(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()).casefold() for cell in cells)


def _entry(line: int, cells: list[str]) -> tuple[int, Values] | RefusedLine:
    while len(cells) > len(HEAD) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(HEAD):
        return RefusedLine(line, RefusalReason.COLUMNS, text=str(len(cells)))
    values = [""] * len(FIELDS)
    for place, cell in zip(_PLACES, cells, strict=True):
        values[place] = cell[1:] if _GUARDED.match(cell) else cell
    return line, tuple(values)


def _guarded(cell: str) -> str:
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell
