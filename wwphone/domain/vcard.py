"""vCard 3.0 and 4.0 (RFC 2426, RFC 6350), as much of it as an entry of the phone book holds.

Read leniently where programs differ, and never without an end: what is no card is passed over, what is too long is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from wwphone.domain.phonebook import ContactDetails, NumberKind

MAX_LINES = 500
"""Lines of one card at most; what follows is not read, so a photograph is no obstacle and no danger."""
MAX_VALUE = 8_000
"""Characters of one value that are read."""

_READ = frozenset({"FN", "N", "ORG", "TEL", "EMAIL", "NOTE"})
_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t](?!\n)")
_LINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)(?:=("[^"]*"|[^;:,"]*)((?:,(?:"[^"]*"|[^;:,"]*))*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FAX = frozenset({"fax", "pager", "modem", "bbs", "video", "textphone"})
_MOBILE = frozenset({"cell", "mobile", "iphone", "car"})


@dataclass(frozen=True)
class CardLine:
    """One property of a card."""

    name: str
    """In capitals, without its group."""
    parameters: Mapping[str, frozenset[str]]
    """By name in capitals; values in small letters. A word without a name (vCard 2.1) counts as a TYPE."""
    value: str
    """As it is written, with its escapes."""


@dataclass(frozen=True)
class VCard:
    """The properties of one card that a phone book knows, in their order."""

    lines: tuple[CardLine, ...]

    @property
    def details(self) -> ContactDetails:
        """The card as an entry: the first value of each, numbers by their TYPE; unknown kinds take a free place."""
        surname, first_name = self._names()
        numbers = self._numbers()
        return ContactDetails(
            first_name,
            surname,
            self._company(),
            numbers.get(NumberKind.OFFICE, ""),
            numbers.get(NumberKind.MOBILE, ""),
            numbers.get(NumberKind.PRIVATE, ""),
            _plain(self._preferred("EMAIL")).strip(),
            _plain(self._first("NOTE")),
        )

    def _names(self) -> tuple[str, str]:
        """Surname and first names: of N; of FN where N is missing, unless that is only the company again."""
        parts = [*_parts(self._first("N"), ";"), "", "", ""]
        surname, first_name = parts[0].strip(), " ".join(f"{parts[1]} {parts[2]}".split())
        whole = _plain(self._first("FN")).strip()
        if surname or first_name or whole == self._company():
            return surname, first_name
        first_name, _, surname = whole.rpartition(" ")
        return surname, first_name

    def _company(self) -> str:
        return next(iter(_parts(self._first("ORG"), ";")), "").strip()

    def _numbers(self) -> dict[NumberKind, str]:
        found: dict[NumberKind, str] = {}
        others: list[str] = []
        for line in self._by_preference("TEL"):
            number = _number(line.value)
            types = line.parameters.get("TYPE", frozenset())
            if not number or types & _FAX:
                continue
            kind = _kind(types)
            if kind is None or kind in found:
                others.append(number)
            else:
                found[kind] = number
        for kind in NumberKind:
            if kind not in found and others:
                found[kind] = others.pop(0)
        return found

    def _first(self, name: str) -> str:
        return next((line.value for line in self.lines if line.name == name and line.value.strip("; ")), "")

    def _preferred(self, name: str) -> str:
        return next((line.value for line in self._by_preference(name) if line.value.strip()), "")

    def _by_preference(self, name: str) -> list[CardLine]:
        """Of this name; whatever is preferred (TYPE=pref, or RFC 6350's PREF) first."""
        return sorted((line for line in self.lines if line.name == name), key=_preference)


def vcards(text: str) -> Iterator[VCard]:
    """The cards in a text, one after the other; a card without an end is none."""
    return read_cards(_LINE.split(_FOLD.sub("", text.removeprefix("\ufeff"))))


def read_cards(lines: Iterable[str]) -> Iterator[VCard]:
    """The cards in lines that are unfolded already."""
    card: list[CardLine] | None = None
    count = 0
    for line in lines:
        mark = line[:12].strip().upper()
        if mark == "BEGIN:VCARD":
            card, count = [], 0
        elif mark == "END:VCARD":
            if card is not None:
                yield VCard(tuple(card))
            card = None
        elif card is not None and count < MAX_LINES:
            count += 1
            read = read_line(line)
            if read is not None and read.name in _READ:
                card.append(read)


def read_line(line: str) -> CardLine | None:
    """Read one unfolded line; None where it is no property."""
    name = _NAME.match(line)
    if name is None:
        return None
    parameters: dict[str, frozenset[str]] = {}
    at = name.end()
    while (found := _PARAMETER.match(line, at)) is not None:
        at = found.end()
        key = found[1].upper() if found[2] is not None else "TYPE"
        written = f"{found[2]}{found[3]}" if found[2] is not None else found[1]
        values = frozenset(one.strip().lower() for one in written.replace('"', "").split(",") if one.strip())
        parameters[key] = parameters.get(key, frozenset()) | values
    if line[at : at + 1] != ":":
        return None
    value = line[at + 1 : at + 1 + MAX_VALUE]
    return CardLine(name[1].upper(), MappingProxyType(parameters), value)


def _plain(value: str) -> str:
    r"""Take the escapes away (RFC 6350, section 3.4): \n is a line end, anything else stands for itself."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _parts(value: str, separator: str) -> list[str]:
    """The components of a structured value; separators with a backslash before them are none."""
    parts = [""]
    at = 0
    while at < len(value):
        if value[at] == "\\":
            parts[-1] += value[at : at + 2]
            at += 2
            continue
        if value[at] == separator:
            parts.append("")
        else:
            parts[-1] += value[at]
        at += 1
    return [_plain(part) for part in parts]


def _number(value: str) -> str:
    """A number: vCard 4.0 writes it as a link, tel:+41-44-… with parameters behind it."""
    text = _plain(value).strip()
    if text[:4].lower() == "tel:":
        return unquote(text[4:].partition(";")[0]).strip()
    return text


def _kind(types: frozenset[str]) -> NumberKind | None:
    if types & _MOBILE:
        return NumberKind.MOBILE
    if "home" in types:
        return NumberKind.PRIVATE
    return NumberKind.OFFICE if types & {"work", "main"} else None


def _preference(line: CardLine) -> int:
    if "pref" in line.parameters.get("TYPE", frozenset()):
        return 0
    given = next(iter(line.parameters.get("PREF", frozenset())), "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 101
