"""The PBX's CSV: what is read, what is refused and in which words, and that everything written is read again."""

from __future__ import annotations

import csv
import io
import time

import pytest

from tests.helpers.waiting import SECONDS
from wwphone.domain import contact_files
from wwphone.domain.contact_csv import CSV_FIELDS, HEAD
from wwphone.domain.contact_files import MAX_FILE_BYTES, ContactFile, FileRefusal, FileRefusedError
from wwphone.domain.formats import ExportFormat, known_fields, read_contacts, written
from wwphone.domain.imports import FIELDS, MAX_IMPORTED, RefusalReason, Values

HEAD_LINE = ";".join(HEAD)


def read(text: str | bytes, head: str = HEAD_LINE) -> ContactFile:
    data = text if isinstance(text, bytes) else f"{head}\r\n{text}".encode()
    return read_contacts(data, "book.csv")


def entry(**fields: str) -> Values:
    return tuple(fields.get(name, "") for name in FIELDS)


def refused(text: str | bytes) -> list[tuple[int, RefusalReason]]:
    return [(one.line, one.reason) for one in read(text).refused]


HANS = entry(first_name="Hans", surname="Müller", company="Müller AG", private="1", office="2", mobile="3")
LINE = "Hans;Müller;Müller AG;1;2;3\r\n"


def test_the_columns_are_the_customers() -> None:
    assert HEAD_LINE == "First name;Last name;Company;Number Private;Number Office;Number Mobile"
    assert tuple(read(LINE).rows) == (HANS,)
    assert known_fields(read(LINE).kind) == CSV_FIELDS


@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD_LINE}\r\n{LINE}".encode(),
        f"\ufeff{HEAD_LINE}\r\n{LINE}".encode(),
        f"{HEAD_LINE}\r\n{LINE}".encode("iso-8859-1"),
        f"{HEAD_LINE}\n{LINE}".replace("\r\n", "\n").encode(),
        f"{HEAD_LINE}\r\n{LINE}".replace("\r\n", "\r").encode(),
        f"{HEAD_LINE}\r\n{LINE}".rstrip().encode(),
        f"sep=;\r\n{HEAD_LINE}\r\n{LINE}".encode(),
        f"\r\n{HEAD_LINE};\r\n{LINE.rstrip()};;\r\n\r\n;;;;;\r\n".encode(),
        f"{HEAD_LINE.upper()}\r\n{LINE}".encode(),
        '"First name";"Last name";"Company";"Number Private";"Number Office";"Number Mobile"\r\n'
        '"Hans";"Müller";"Müller AG";"1";"2";"3"\r\n'.encode(),
    ],
    ids=[
        "utf-8", "with its mark", "iso-8859-1", "line feeds", "carriage returns", "no last line end", "sep",
        "empty lines and columns", "capitals", "all quoted",
    ],
)  # fmt: skip
def test_it_is_read_however_programs_write_it(data: bytes) -> None:
    assert (tuple(read(data).rows), read(data).refused) == ((HANS,), ())


def test_what_windows_writes_where_iso_8859_1_has_nothing_is_read() -> None:
    data = f"{HEAD_LINE}\r\nHans;Müller;Café „Rößli“ – 5 €;;;\r\n".encode("cp1252")
    assert read(data).rows[0][FIELDS.index("company")] == "Café „Rößli“ – 5 €"


def test_quotes_hold_semicolons_quotes_and_line_breaks() -> None:
    found = read('Hans;"Müller ""Jun.""; III";"Müller AG\r\nWerk 2";;;1\r\nEva;Ott;;;;2\r\n')
    assert tuple(found.rows) == (
        entry(first_name="Hans", surname='Müller "Jun."; III', company="Müller AG Werk 2", mobile="1"),
        entry(first_name="Eva", surname="Ott", mobile="2"),
    )
    assert found.lines == (2, 4)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hans;Müller\r\n" + LINE, [(2, RefusalReason.COLUMNS)]),
        (LINE + "Hans;Müller;;;;;1\r\n", [(3, RefusalReason.COLUMNS)]),
        ("Hans,Müller,,1,2,3\r\n" + LINE, [(2, RefusalReason.COLUMNS)]),
        ('"Hans;Müller;;;;\r\n' + LINE, [(2, RefusalReason.QUOTE)]),
        ('"Hans"x;Müller;;;;\r\n' + LINE, [(2, RefusalReason.QUOTE)]),
        (LINE + '"', [(3, RefusalReason.QUOTE)]),
        ("x" * 201 + ";;;;;\r\n" + LINE, [(2, RefusalReason.TOO_LONG)]),
        (";" * 5 + "1" * 70_000 + "\r\n" + LINE, [(2, RefusalReason.TOO_LONG)]),
        ("\u200f;\u202e;\x07;;;\r\n" + LINE, [(2, RefusalReason.EMPTY)]),
    ],
    ids=[
        "too few columns", "too many", "commas", "quote not closed", "behind a quote", "lone quote at the end",
        "long field", "endless line", "nothing visible",
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_number_and_the_others_are_read(
    text: str, wanted: list[tuple[int, RefusalReason]]
) -> None:
    assert refused(text) == wanted
    assert tuple(read(text).rows) == (HANS,)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", FileRefusal.NOTHING),
        (b"\xef\xbb\xbf \r\n\r\n", FileRefusal.NOTHING),
        (f"{HEAD_LINE}\r\n".encode(), FileRefusal.NOTHING),
        (LINE.encode(), FileRefusal.HEAD),
        (b"Vorname;Nachname;Firma;Privat;Arbeit;Mobil\r\n", FileRefusal.HEAD),
        (f"{HEAD_LINE.replace(';', ',')}\r\n".encode(), FileRefusal.COMMAS),
        (f"{HEAD_LINE.replace(';', chr(9))}\r\n".encode(), FileRefusal.COMMAS),
        (b'"First name;Last name\r\n', FileRefusal.HEAD),
        (f"{HEAD_LINE}\r\n{LINE}".encode("utf-16"), FileRefusal.UTF_16),
        (b"PK\x03\x04" + b"x" * 100, FileRefusal.WORKBOOK),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, FileRefusal.WORKBOOK),
        (b"\x7fELF\x02\x01\x01\x00\x00", FileRefusal.NO_TEXT),
        (HEAD_LINE.encode() + b"\r\n" + b"x\r\n" * 10_001, FileRefusal.TOO_MANY_REFUSED),
    ],
    ids=[
        "empty", "only blanks", "only the head", "no head", "another head", "commas", "tabs", "broken head",
        "utf-16", "xlsx", "xls", "a program", "all wrong",
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_as_a_whole(data: bytes, refusal: FileRefusal) -> None:
    with pytest.raises(FileRefusedError) as caught:
        read(data)
    assert caught.value.refusal is refusal


def test_a_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefusedError) as caught:
        read_contacts(b"x" * (MAX_FILE_BYTES + 1), "book.csv")
    assert caught.value.refusal is FileRefusal.TOO_LARGE
    monkeypatch.setattr(contact_files, "MAX_IMPORTED", 2)
    with pytest.raises(FileRefusedError) as caught:
        read("a;;;;;\r\nb;;;;;\r\nc;;;;;\r\n")
    assert caught.value.refusal is FileRefusal.TOO_MANY


def test_marks_that_are_never_closed_cost_no_eternity() -> None:
    started_s = time.process_time()
    found = read('"never closed;;;;;\r\n' * 9999)
    assert len(found.refused) == 9999
    assert time.process_time() - started_s < 20 * SECONDS


@pytest.mark.parametrize(
    "text",
    [
        '=cmd|" /C calc"!A0', "+1+cmd", "-2+3", "@SUM(A1)", "'=already", "''@twice", "'", "'Ndrangheta",
        "+41 44 1", "+", "=",
    ],
)  # fmt: skip
def test_formulas_are_made_harmless_and_come_back(text: str) -> None:
    row = entry(first_name=text, surname="x")
    data = b"".join(written([row], ExportFormat.CSV))
    cell = next(csv.reader(io.StringIO(data.decode("utf-8-sig").splitlines()[1]), delimiter=";"))[0]
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert tuple(read(data).rows) == (row,)


def test_numbers_stay_as_the_pbx_wants_them() -> None:
    row = entry(surname="x", office="+41445550123", mobile="201", private="*21")
    data = b"".join(written([row], ExportFormat.CSV))
    assert data.decode("utf-8-sig") == f"{HEAD_LINE}\r\n;x;;*21;+41445550123;201\r\n"
    assert data.startswith(b"\xef\xbb\xbf")


def test_control_and_bidirectional_characters_fall_away() -> None:
    found = read("Ha\x01ns\x1b[31m;\u202eMüller\u2069;\ufeffAG;;;\r\n")
    assert tuple(found.rows) == (entry(first_name="Hans[31m", surname="Müller", company="AG"),)


def test_a_hundred_thousand_lines_are_read_and_written_as_they_were() -> None:
    rows = [
        entry(first_name=f"Hans {at}", company='A; "B"', office=f"+4144{at:07}") for at in range(MAX_IMPORTED)
    ]
    assert tuple(read(b"".join(written(rows, ExportFormat.CSV))).rows) == tuple(rows)
