"""Which property of a vCard becomes which field of an entry; what finds no field goes into its note, so nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from wwphone.domain.imports import Values

_TOKEN = re.compile(r"\\.|[^\\]|\\$", re.DOTALL)
_SCHEME = re.compile(r"(?:tel|callto|mailto):(?://)?", re.IGNORECASE)
_NO_VOICE = frozenset({"fax", "pager", "modem", "bbs", "textphone", "isdn"})
_MOBILE = frozenset({"cell", "mobile", "iphone", "car", "pcs"})
_OFFICE = frozenset({"work", "main", "company", "assistant", "office"})
_PRIVATE = frozenset({"home"})


@dataclass(frozen=True)
class CardProperty:
    """One content line, decoded; its value is escaped still."""

    name: str
    value: str
    types: frozenset[str]
    """In lower case."""
    preferred: bool = False


def contact_of(properties: Sequence[CardProperty], version: str, *, organisation: bool) -> Values:
    """The entry that a card stands for; `organisation`: the card says that it is of no person."""
    structured = version != "2.1"
    by_name: dict[str, list[CardProperty]] = {}
    for one in properties:
        by_name.setdefault(one.name, []).append(one)
    company = ", ".join(
        part.strip() for part in _parts(_first(by_name, "ORG"), structured=structured) if part.strip()
    )
    office, mobile, private, others = _numbers(by_name.get("TEL", ()))
    email, *more = _emails(by_name.get("EMAIL", ())) or [""]
    no_names = {text.casefold() for text in (company, office, mobile, private, email)}
    first_name, surname = _person(by_name, no_names, structured=structured)
    if organisation and not company:
        first_name, surname, company = "", "", f"{first_name} {surname}".strip()
    notes = [_text(one.value, structured=structured) for one in by_name.get("NOTE", ())]
    note = "\n".join(text for text in (*notes, *others, *more) if text.strip())
    return first_name, surname, company, office, mobile, private, email, note


def _person(
    by_name: dict[str, list[CardProperty]], no_names: Container[str], *, structured: bool
) -> tuple[str, str]:
    """First name and surname; by the formatted name, where that is one, if the structured one is missing."""
    parts = [
        _text(part, structured=structured, commas=True)
        for part in _raw_parts(_first(by_name, "N"), ";", structured=structured)
    ]
    surname, first_name, middle = (*parts, "", "", "")[:3]
    first_name = f"{first_name} {middle}".strip()
    if first_name.strip() or surname.strip():
        return first_name, surname
    whole = " ".join(_text(_first(by_name, "FN"), structured=structured).split())
    if not whole or whole.casefold() in no_names:
        return "", ""
    before, _, last = whole.rpartition(" ")
    return before, last


def _numbers(found: Sequence[CardProperty]) -> tuple[str, str, str, list[str]]:
    """Office, mobile, private, and what has no place among them; preferred ones first."""
    places: dict[str, str] = {}
    untyped: list[str] = []
    others: list[str] = []
    for one in sorted(found, key=lambda one: not one.preferred):
        number = _number(one.value)
        if not number or number in places.values():
            continue
        kind = _kind(one.types)
        if one.types & _NO_VOICE and not one.types & {"voice", "cell"}:
            others.append(f"Fax {number}" if "fax" in one.types else number)
        elif not kind:
            untyped.append(number)
        elif kind in places:
            others.append(number)
        else:
            places[kind] = number
    for number in untyped:
        free = next((kind for kind in ("office", "mobile", "private") if kind not in places), "")
        if number in places.values():
            continue
        if free:
            places[free] = number
        else:
            others.append(number)
    return places.get("office", ""), places.get("mobile", ""), places.get("private", ""), others


def _kind(types: frozenset[str]) -> str:
    if types & _MOBILE:
        return "mobile"
    if types & _OFFICE:
        return "office"
    return "private" if types & _PRIVATE else ""


def _number(value: str) -> str:
    """Without the scheme of a URI (RFC 3966) and its parameters, but for the extension."""
    text = _text(value, structured=True).strip()
    if not _SCHEME.match(text):
        return text
    number, *parameters = _SCHEME.sub("", text, count=1).split(";")
    extension = next((one for one in parameters if one.lower().startswith("ext=")), "")
    return f"{number};{extension}" if extension else number


def _emails(found: Sequence[CardProperty]) -> list[str]:
    addresses = [
        _SCHEME.sub("", _text(one.value, structured=True).strip(), count=1)
        for one in sorted(found, key=lambda one: not one.preferred)
    ]
    return list(dict.fromkeys(address for address in addresses if address))


def _first(by_name: dict[str, list[CardProperty]], name: str) -> str:
    found = by_name.get(name, ())
    return next((one.value for one in found if one.preferred), found[0].value if found else "")


def _parts(value: str, *, structured: bool) -> list[str]:
    return [_text(part, structured=structured) for part in _raw_parts(value, ";", structured=structured)]


def _raw_parts(value: str, separator: str, *, structured: bool) -> list[str]:
    """Split where the separator is not escaped."""
    if "\\" not in value or (not structured and "\\;" not in value):
        return value.split(separator)
    parts = [""]
    for token in _TOKEN.findall(value):
        if token == separator:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def _text(value: str, *, structured: bool, commas: bool = False) -> str:
    """Without escapes (RFC 6350, 3.4); vCard 2.1 escapes nothing but semicolons. `commas`: they separate names."""
    if commas and structured:
        value = " ".join(part.strip() for part in _raw_parts(value, ",", structured=True))
    if "\\" not in value:
        return value
    if not structured:
        return value.replace("\\;", ";")
    return "".join(_unescaped(token) for token in _TOKEN.findall(value))


def _unescaped(token: str) -> str:
    if len(token) < 2:
        return token
    return "\n" if token in ("\\n", "\\N") else token[1]
