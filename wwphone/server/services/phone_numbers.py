"""Numbers as people write them, brought to E.164 by every country's numbering plan."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

import phonenumbers

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS, NotDiallableError, dial_target
from wwphone.domain.trunk_prefix import TrunkPrefix, trunk_prefix
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.ring_group_api import PbxRingGroup

_SCHEME = re.compile(r"(tel|callto):(//)?", re.IGNORECASE)
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Other programs copy numbers with invisible signs of direction around them."""
_MAX_INPUT = 200
_WORTH_WRITING = re.compile(r"\+[1-9][0-9]{4,14}|0[0-9]{6,15}")
"""As in the window: internal numbers have no zero in front."""


class PhoneNumbers:
    """Knows the home country, whose numbers are written without a country code, and what the PBX wants in front of them."""

    def __init__(self, country: str = "", prefix: str = "") -> None:
        """Name the country by ISO 3166-1; empty: none. Raises ValueError when there is no such country.

        `prefix`: the PBX's trunk prefix, which is known in a home country only.
        """
        if country and country not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"{country} is no country with telephone numbers")
        self.country = country
        self.trunk = trunk_prefix_in(country, prefix)

    def normal(self, text: str, internal: Container[str] = ()) -> str:
        """Return a valid number of any country in E.164, anything else as it is dialled; empty stays empty.

        `internal`: numbers that are dialled inside and never mean anything else. Raises NotDiallableError.
        """
        text = _MARKS.sub("", text).strip()
        if not text:
            return ""
        if "@" in text or len(text) > _MAX_INPUT:
            raise NotDiallableError("this is no number")
        dialled = _dialled(text)
        if dialled in internal or "*" in dialled or "#" in dialled:
            return dialled
        dialled = self._without_prefix(dialled)
        if dialled in EMERGENCY_NUMBERS:
            return dialled
        try:
            parsed = phonenumbers.parse(dialled or text, self.country or None)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is not None and parsed.extension:
            raise NotDiallableError("an extension cannot be dialled with it")
        if parsed is not None and phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if not dialled:
            raise NotDiallableError("this is no number")
        return dialled

    def written(self, number: str) -> str:
        """Return a number of the world as people of the home country write it, anything else as it is."""
        number = self.trunk.without(number)
        if not self.country or not _WORTH_WRITING.fullmatch(number):
            return number
        try:
            parsed = phonenumbers.parse(number, self.country)
        except phonenumbers.NumberParseException:
            return number
        if not phonenumbers.is_valid_number(parsed):
            return number
        here = parsed.country_code == phonenumbers.country_code_for_region(self.country)
        forms = phonenumbers.PhoneNumberFormat
        return str(phonenumbers.format_number(parsed, forms.NATIONAL if here else forms.INTERNATIONAL))

    def written_for_everybody(self, number: str) -> str:
        """Return a number of the world (E.164) as it is dialled and written in every country, anything else as it is."""
        if not number.startswith("+") or not _WORTH_WRITING.fullmatch(number):
            return number
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return number
        valid = phonenumbers.is_valid_number(parsed)
        form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return str(phonenumbers.format_number(parsed, form)) if valid else number

    def _without_prefix(self, number: str) -> str:
        """As somebody means it who wrote it down: with a country in front, if it can be; dialled it would be another."""
        if self.trunk.stands_abroad(number) and self._is_valid(number):
            return number
        rest = number.removeprefix(self.trunk.digits)
        return rest if rest in EMERGENCY_NUMBERS else self.trunk.without(number)

    def _is_valid(self, number: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number, self.country or None))
        except phonenumbers.NumberParseException:
            return False


def trunk_prefix_in(country: str, prefix: str) -> TrunkPrefix:
    """The PBX's trunk prefix, as numbers of this country are known behind it."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country) if country else None
    return trunk_prefix(prefix, plan)


def internal_numbers(
    users: Iterable[UserRecord], groups: Iterable[PbxRingGroup], rooms: Iterable[PbxRoom]
) -> frozenset[str]:
    """Everything that is dialled inside: people, ring groups, rooms, the PBX's own numbers and emergency numbers."""
    of_people, of_groups = {one.number for one in users}, {one.number for one in groups}
    return RESERVED_NUMBERS | EMERGENCY_NUMBERS | of_people | of_groups | {one.number for one in rooms}


def _dialled(text: str) -> str:
    """The text without what only separates; empty when more is in it than a number.

    Letters are left to the numbering plans: in "Tel. 044 …" they stand for no keys.
    """
    bare = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
    if any(letter.isalpha() for letter in bare):
        return ""
    try:
        return dial_target(text).address
    except NotDiallableError:
        return ""
