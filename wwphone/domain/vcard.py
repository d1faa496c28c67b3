"""vCard (RFC 2426, RFC 6350, and vCard 2.1 as telephones write it): content lines to entries of the phone book, and back.

A parser of ours: the kept library (vobject) knows nothing of version 4.0, gives no line numbers, and decodes every photo of a
file that is not ours. Lines are put together as bytes, since some programs fold in the middle of a letter.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wwphone.domain.contact_files import Entries, shortened, text_of
from wwphone.domain.imports import RefusalReason, RefusedLine, Values
from wwphone.domain.vcard_contact import CardProperty, contact_of

_VERSIONS = ("2.1", "3.0", "4.0")
_READ = frozenset({"N", "FN", "ORG", "TEL", "EMAIL", "NOTE", "KIND", "X-ADDRESSBOOKSERVER-KIND"})
_NAME = re.compile(rb"(?:[\w-]+\.)?([A-Za-z0-9-]+)[ \t]*[;:]")
_HEAD = re.compile(rb'([^":]*(?:"[^"]*"[^":]*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r'([^";]*(?:"[^"]*"[^";]*)*)(?:;|$)')
_MOST_BYTES = 64 * 1024
"""Of one line that is read; photos are longer, and are not."""
_MOST_CARD_LINES = 20_000
_CHARSETS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})


@dataclass
class _Card:
    begun: int
    version: str = ""
    properties: list[CardProperty] = field(default_factory=list)
    problem: RefusedLine | None = None

    def refuse(self, reason: RefusalReason, name: str = "", text: str = "") -> None:
        """Keep the first reason why the card cannot be imported."""
        self.problem = self.problem or RefusedLine(self.begun, reason, name, text)


def read_vcards(data: bytes) -> Entries:
    """Read what a file of cards holds, in any order of versions."""
    card: _Card | None = None
    outside = 0
    for number, line in _content_lines(data):
        name = _property_name(line)
        if name == "BEGIN":
            if card is not None:
                yield RefusedLine(card.begun, RefusalReason.NOT_ENDED)
            card = _Card(number)
        elif card is None:
            if number != outside + 1:  # a block of such lines is told once
                yield RefusedLine(number, RefusalReason.OUTSIDE, text=shortened(text_of(line[:200])))
            outside = number
        elif name == "END":
            yield _finished(card)
            card = None
        else:
            _take(card, name, line)
    if card is not None:
        yield RefusedLine(card.begun, RefusalReason.NOT_ENDED)


def _content_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines put together (RFC 6350, 3.2; soft line breaks of quoted-printable, too), with the number of the first."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    physical = (data if b"\n" in data else data.replace(b"\r", b"\n")).split(b"\n")
    begun, parts = 0, list[bytes]()
    soft = False
    for number, line in enumerate(physical, 1):
        line = line.removesuffix(b"\r")  # noqa: PLW2901 - its end is no part of it
        if soft:
            parts.append(line)
        elif line[:1] in (b" ", b"\t") and parts:
            parts.append(line[1:])
        else:
            if parts:
                yield begun, b"".join(parts)
            begun, parts = number, ([line] if line.strip() else [])
        soft = bool(parts) and line.endswith(b"=") and _is_quoted_printable(parts[0])
        if soft:
            parts[-1] = parts[-1][:-1]
    if parts:
        yield begun, b"".join(parts)


def _is_quoted_printable(line: bytes) -> bool:
    return b"QUOTED-PRINTABLE" in line.split(b":", 1)[0].upper()


def _property_name(line: bytes) -> str:
    found = _NAME.match(line[:200])
    return found[1].decode("ascii").upper() if found else ""


def _take(card: _Card, name: str, line: bytes) -> None:
    """Keep a property that is of use."""
    if name == "VERSION":
        card.version = shortened(text_of(line[:200]).partition(":")[2])
    if name not in _READ or card.problem is not None:
        return
    if len(line) > _MOST_BYTES or len(card.properties) > _MOST_CARD_LINES:
        card.refuse(RefusalReason.TOO_LONG)
        return
    try:
        card.properties.append(_property(name, line))
    except ValueError as error:
        card.refuse(RefusalReason.ENCODING, text=shortened(str(error)))


def _property(name: str, line: bytes) -> CardProperty:
    """Raises ValueError for a line that cannot be decoded."""
    found = _HEAD.fullmatch(line)
    if found is None:
        raise ValueError(text_of(line[:200]))
    types: set[str] = set()
    others: dict[str, str] = {}
    for parameter in _PARAMETER.findall(text_of(found[1]))[1:]:
        key, equals, value = parameter.strip().partition("=")
        values = value.replace('"', "").split(",") if equals else [key]
        if not equals or key.strip().upper() == "TYPE":  # 2.1 writes TEL;CELL:
            types.update(one.strip().lower() for one in values if one.strip())
        else:
            others[key.strip().upper()] = values[0].strip()
    if "quoted-printable" in types:
        others["ENCODING"] = "QUOTED-PRINTABLE"
    value = _decoded(found[2], others)
    return CardProperty(name, value, frozenset(types), preferred="pref" in types or others.get("PREF") == "1")


def _decoded(raw: bytes, parameters: dict[str, str]) -> str:
    """Raises ValueError for what no program writes into a text."""
    encoding = parameters.get("ENCODING", "").upper()
    charset = parameters.get("CHARSET", "").lower()
    if encoding not in ("", "8BIT", "7BIT", "QUOTED-PRINTABLE") or (charset and charset not in _CHARSETS):
        raise ValueError(f"{encoding} {charset}".strip())
    if encoding == "QUOTED-PRINTABLE":
        raw = binascii.a2b_qp(raw)
    return raw.decode(charset) if charset else text_of(raw)


def _finished(card: _Card) -> tuple[int, Values] | RefusedLine:
    if card.problem is not None:
        return card.problem
    if card.version not in _VERSIONS:
        return RefusedLine(card.begun, RefusalReason.VERSION, text=card.version)
    kinds = {one.value.strip().lower() for one in card.properties if one.name.endswith("KIND")}
    if "group" in kinds:
        return RefusedLine(card.begun, RefusalReason.GROUP)
    return card.begun, contact_of(card.properties, card.version, organisation="org" in kinds)


# ---------------------------------------------------------------- writing


def written_vcards(rows: Iterable[Values], version: str = "4.0") -> Iterator[str]:
    """Write entries as cards of a version (`3.0` or `4.0`), card by card."""
    for row in rows:
        lines = ["BEGIN:VCARD", f"VERSION:{version}", *_lines_of(row, version), "END:VCARD"]
        yield "".join(f"{_folded(line)}\r\n" for line in lines)


def _lines_of(row: Values, version: str) -> Iterator[str]:
    first_name, surname, company, office, mobile, private, email, note = map(_escaped, row)
    shown = f"{first_name} {surname}".strip() or company or office or mobile or private or email
    yield f"FN:{shown}"
    yield f"N:{surname};{first_name};;;"
    if company:
        yield f"ORG:{company}"
    for types, number in (("work,voice", office), ("cell,voice", mobile), ("home,voice", private)):
        if number:
            yield f"TEL;TYPE={types if version == '4.0' else types.upper()}:{number}"
    if email:
        yield f"EMAIL:{email}"
    if note:
        yield f"NOTE:{note}"


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line, letters whole (RFC 6350, 3.2)."""
    if len(line) <= 75 and line.isascii():
        return line
    parts, part, room = list[str](), "", 75
    for letter in line:
        size = len(letter.encode("utf-8"))
        if size > room:
            parts.append(part)
            part, room = "", 74
        part += letter
        room -= size
    return "\r\n ".join([*parts, part])
