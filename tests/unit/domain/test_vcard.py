"""vCards as real programs write them, in all versions; hostile ones; and that what is written is read again."""

from __future__ import annotations

import time

import pytest

from tests.helpers.waiting import SECONDS
from wwphone.domain.contact_files import ContactFile, FileKind, FileRefusal, FileRefusedError
from wwphone.domain.formats import ExportFormat, read_contacts, written
from wwphone.domain.imports import FIELDS, RefusalReason, Values


def read(text: str | bytes) -> ContactFile:
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    found = read_contacts(data, "cards.vcf")
    assert found.kind is FileKind.VCARD
    return found


def entry(**fields: str) -> Values:
    return tuple(fields.get(name, "") for name in FIELDS)


def card(*lines: str, version: str = "3.0") -> str:
    return "\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def one(*lines: str, version: str = "3.0") -> dict[str, str]:
    """The fields of a card that are not empty."""
    found = read(card(*lines, version=version))
    assert found.refused == ()
    return {name: text for name, text in zip(FIELDS, found.rows[0], strict=True) if text}


APPLE = """\
BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//macOS 14.5//EN
N:Brändli;Hans;;;
FN:Hans Brändli
ORG:Brändli Haustechnik GmbH;Service
EMAIL;type=INTERNET;type=WORK;type=pref:hans@braendli.example
TEL;type=CELL;type=VOICE;type=pref:+41 79 123 45 67
item1.TEL:052 333 44 55
item1.X-ABLabel:_$!<Other>!$_
TEL;type=WORK;type=FAX:052 333 44 56
NOTE:Schlüssel beim Nachbarn\\, 2. Stock\\nHund!
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/4QBARXhpZgAATU0AKgAAAAgAAYdpAAQA
 AAABAAAAGgAAAAAAAqACAAQAAAABAAAAQKADAAQAAAABAAAAQAAAAAD/7QA4UGhvdG9zaG9wIDMuMAA4
END:VCARD
"""
GOOGLE = """\
BEGIN:VCARD
VERSION:3.0
FN:Dr. Anita Oberholzer
N:Oberholzer;Anita;Maria;Dr.;
item1.ORG:Gemeinde Wetzikon
item1.X-ABLabel:
TEL;TYPE=WORK:044 931 23 45
TEL;TYPE=CELL:078 111 22 33
TEL;TYPE=HOME:044 932 00 00
EMAIL;TYPE=INTERNET;TYPE=HOME:anita@example.net
CATEGORIES:myContacts
END:VCARD
"""
OUTLOOK = """\
BEGIN:VCARD
VERSION:2.1
N;LANGUAGE=de-ch;CHARSET=Windows-1252:Müller;Jürg
FN;CHARSET=Windows-1252:Jürg Müller
ORG;CHARSET=Windows-1252:Müller & Söhne AG
TEL;WORK;VOICE:+41 (44) 268 12 12
TEL;CELL;VOICE:+41 (79) 222 33 44
ADR;WORK;PREF;CHARSET=Windows-1252:;;Hauptstrasse 1;Zürich;;8001;Schweiz
EMAIL;PREF;INTERNET:juerg@example.ch
PHOTO;TYPE=JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQ
 FxQYGBcUFhYaHSUfGhsj

X-MS-OL-DEFAULT-POSTAL-ADDRESS:2
REV:20240101T120000Z
END:VCARD
"""
THUNDERBIRD = """\
BEGIN:VCARD
VERSION:4.0
FN:Silvia Egli
EMAIL;PREF=1:silvia@egli.example
EMAIL:zweite@egli.example
N:Egli;Silvia;;;
ORG:Druckerei Egli
TEL;TYPE=work;VALUE=TEXT:044 450 00 00
TEL;TYPE=cell;VALUE=TEXT:079 555 66 77
NOTE:Mo\\;Di
UID:1d7a0b2e-0d2c-4a2a-9d4e-2f7f1f3b7c11
END:VCARD
"""
NEXTCLOUD = """\
BEGIN:VCARD
VERSION:4.0
PRODID:-//Sabre//Sabre VObject 4.5.4//EN
UID:7e0a5a8e-7f3e-4a0d-9a77-0e7b4f0cf0d4
FN:Özgür Yılmaz
N:Yılmaz;Özgür;;;
ORG:Anadolu Teknik
TEL;VALUE=uri;TYPE="work,voice":tel:+90-212-345-67-89
TEL;TYPE="HOME,VOICE":+90 216 111 22 33
EMAIL;TYPE=WORK:oezguer@example.com.tr
REV;VALUE=DATE-AND-OR-TIME:20240101T120000Z
END:VCARD
"""
ANDROID = """\
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=5A=C3=BC=72=63=68=65=72;=42=C3=A9=
=61=74=72=69=63=65;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=42=C3=A9=61=74=72=69=63=65=20=5A=C3=BC=72=63=68=65=72
TEL;CELL;PREF:0791112233
TEL;X-Schule:0445556677
EMAIL;HOME:beatrice@example.ch
END:VCARD
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            APPLE,
            entry(
                first_name="Hans", surname="Brändli", company="Brändli Haustechnik GmbH, Service",
                office="052 333 44 55", mobile="+41 79 123 45 67", email="hans@braendli.example",
                note="Schlüssel beim Nachbarn, 2. Stock\nHund!\nFax 052 333 44 56",
            ),
        ),
        (
            GOOGLE,
            entry(
                first_name="Anita Maria", surname="Oberholzer", company="Gemeinde Wetzikon",
                office="044 931 23 45", mobile="078 111 22 33", private="044 932 00 00",
                email="anita@example.net",
            ),
        ),
        (
            THUNDERBIRD,
            entry(
                first_name="Silvia", surname="Egli", company="Druckerei Egli", office="044 450 00 00",
                mobile="079 555 66 77", email="silvia@egli.example", note="Mo;Di\nzweite@egli.example",
            ),
        ),
        (
            NEXTCLOUD,
            entry(
                first_name="Özgür", surname="Yılmaz", company="Anadolu Teknik", office="+90-212-345-67-89",
                private="+90 216 111 22 33", email="oezguer@example.com.tr",
            ),
        ),
        (
            ANDROID,
            entry(
                first_name="Béatrice", surname="Zürcher", office="0445556677", mobile="0791112233",
                email="beatrice@example.ch",
            ),
        ),
    ],
    ids=["apple", "google", "thunderbird", "nextcloud", "android"],
)  # fmt: skip
def test_cards_of_real_programs(text: str, wanted: Values) -> None:
    found = read(text)
    assert (tuple(found.rows), found.refused) == ((wanted,), ())


def test_cards_of_outlook_are_in_windows_letters() -> None:
    assert tuple(read(OUTLOOK.replace("\n", "\r\n").encode("cp1252")).rows) == (
        entry(
            first_name="Jürg", surname="Müller", company="Müller & Söhne AG", office="+41 (44) 268 12 12",
            mobile="+41 (79) 222 33 44", email="juerg@example.ch",
        ),
    )  # fmt: skip


def test_many_cards_of_all_versions_in_one_file_keep_their_lines() -> None:
    found = read("\ufeff" + APPLE + ANDROID + "\n" + NEXTCLOUD)
    assert len(found.rows) == 3
    assert found.lines == (1, 16, 26)


def test_a_letter_may_be_folded_in_its_middle() -> None:
    data = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Mü".encode()[:-1] + b"\r\n \xbcller;Hans\r\nEND:VCARD\r\n"
    assert tuple(read(data).rows) == (entry(first_name="Hans", surname="Müller"),)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["FN:Hans Peter Müller"], {"first_name": "Hans Peter", "surname": "Müller"}),
        (["FN:Spital Uster", "ORG:Spital Uster"], {"company": "Spital Uster"}),
        (["FN:Spital Uster", "KIND:org"], {"company": "Spital Uster"}),
        (["N:van der Berg,Meier;Jan", "ORG:A\\;B;;C"], {"first_name": "Jan", "surname": "van der Berg Meier", "company": "A;B, C"}),
        (["FN:x", "TEL:1", "TEL:2", "TEL:3", "TEL:4"], {"surname": "x", "office": "1", "mobile": "2", "private": "3", "note": "4"}),
        (["FN:x", "TEL;TYPE=work:1", "TEL;TYPE=work,pref:2"], {"surname": "x", "office": "2", "note": "1"}),
        (["FN:x", "TEL;TYPE=work:1", "TEL:1"], {"surname": "x", "office": "1"}),
        (["FN:x", "TEL;TYPE=pager:1"], {"surname": "x", "note": "1"}),
        (["fn:x", "tel;type=\"cell\":tel:201;phone-context=example.ch"], {"surname": "x", "mobile": "201"}),
        (["FN:a\\\\b\\nc"], {"first_name": "a\\b", "surname": "c"}),
        (["FN:x", "X-SOMETHING;A=\"b:c;d\":e", "no colon here", "NOTE:"], {"surname": "x"}),
        (["FN;ALTID=1;LANGUAGE=\"a:b\":x"], {"surname": "x"}),
    ],
    ids=[
        "only a formatted name", "a company as a name", "kind org", "several names", "numbers without types",
        "two of a type", "the same number twice", "a pager", "small letters and a uri", "escapes", "odd lines",
        "a quoted colon",
    ],
)  # fmt: skip
def test_what_becomes_of_properties(lines: list[str], wanted: dict[str, str]) -> None:
    assert one(*lines, version="4.0") == wanted


GOOD = card("FN:x")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GOOD + "BEGIN:VCARD\nVERSION:3.0\nFN:y\n", 5, RefusalReason.NOT_ENDED),
        ("BEGIN:VCARD\nVERSION:3.0\nFN:y\n" + GOOD, 1, RefusalReason.NOT_ENDED),
        (GOOD + "FN:y\nTEL:1\n" + GOOD.replace("x", "z"), 5, RefusalReason.OUTSIDE),
        (GOOD + card("FN:y", version="5.0"), 5, RefusalReason.VERSION),
        (GOOD + "BEGIN:VCARD\nFN:y\nEND:VCARD\n", 5, RefusalReason.VERSION),
        (GOOD + card("FN:Team", "KIND:group", version="4.0"), 5, RefusalReason.GROUP),
        (GOOD + card("FN:Team", "X-ADDRESSBOOKSERVER-KIND:group"), 5, RefusalReason.GROUP),
        (GOOD + card("NOTE:nothing else"), 5, RefusalReason.EMPTY),
        (GOOD + card("FN:" + "y" * 201), 5, RefusalReason.TOO_LONG),
        (GOOD + card("FN:y", "NOTE:" + "y" * 70_000), 5, RefusalReason.TOO_LONG),
        (GOOD + card("FN;CHARSET=utf-7:y", version="2.1"), 5, RefusalReason.ENCODING),
        (GOOD + card("FN;ENCODING=BASE64:eA==", version="2.1"), 5, RefusalReason.ENCODING),
        (GOOD + card("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=FF", version="2.1"), 5, RefusalReason.ENCODING),
    ],
    ids=[
        "not ended", "begun twice", "outside", "version 5", "no version", "group", "apple's group", "empty",
        "long name", "long note", "charset", "base64", "broken letters",
    ],
)  # fmt: skip
def test_a_wrong_card_is_refused_with_its_line(text: str, line: int, reason: RefusalReason) -> None:
    found = read(text)
    assert [(each.line, each.reason) for each in found.refused] == [(line, reason)]
    assert entry(surname="x") in found.rows


def test_a_file_of_wrong_cards_only_has_nothing_to_import() -> None:
    assert tuple(read("BEGIN:VCARD\n").rows) == ()
    with pytest.raises(FileRefusedError) as caught:
        read("BEGIN:VCARD\nEND:VCARD\n" * 10_001)
    assert caught.value.refusal is FileRefusal.TOO_MANY_REFUSED


def test_hostile_cards_cost_no_eternity() -> None:
    started_s = time.process_time()
    read(card("FN:x", 'TEL;TYPE="' + 'a"b' * 15_000 + ":1"))
    read(card("FN:x", *["NOTE:" + "\\" * 60_000] * 20))
    read(card("FN:x", *["TEL:1"] * 30_000))
    read(card("FN:x", "PHOTO:" + "x" * 1000 + "\n " * 200_000))
    read("BEGIN:VCARD\n" * 9000)
    assert time.process_time() - started_s < 20 * SECONDS


ODD = (
    entry(first_name="Zoë; \\n", surname="Mül,ler", company="A;B\\C", note="one\ntwo, three; four"),
    entry(surname="ß" * 190, note="😀" * 500 + "\n" + "long " * 600 + "end"),
    entry(company="Only AG", office="+41445550123", mobile="201", private="*21", email="a@b.ch"),
    entry(office="+41445550123"),
    entry(email="only@example.net"),
)


@pytest.mark.parametrize("kind", [ExportFormat.VCARD_4, ExportFormat.VCARD_3], ids=["4.0", "3.0"])
def test_what_is_written_is_read_again(kind: ExportFormat) -> None:
    data = b"".join(written(ODD, kind))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert f"VERSION:{'4.0' if kind is ExportFormat.VCARD_4 else '3.0'}".encode() in data
    assert b"\r\nFN:" in data
    found = read_contacts(data, "cards.vcf")
    assert found.refused == ()
    assert tuple(found.rows) == ODD
