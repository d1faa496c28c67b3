"""An LDAP directory as a source: each search asks it anew."""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

from wwphone.domain.notes import last_digits
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import Source
from wwphone.server.source_settings import SourceSettings
from wwphone.server.sources.ldap_connection import LdapServer, connected
from wwphone.server.sources.ldap_messages import LdapEntry, Question, Substring
from wwphone.server.sources_api import SourceFinding

_PLAIN_PORT, _TLS_PORT = 389, 636
_DIGITS = re.compile(r"\+?\d+")
_SPELLED = (("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("ss", "ß"))
_BARE: Mapping[str, str] = MappingProxyType({"a": "ä", "o": "ö", "u": "ü"})
_MOST_BARE, _MOST_DOTTED = 4, 2
"""Of so many letters of a word, so many may be umlauts: ten spellings more at most, for a question of bounded length."""
_NUMBERS = ("office", "mobile", "private")


class LdapSource:
    """Asks over a connection of its own each time, so one that hangs holds up nothing but itself."""

    def __init__(self, settings: SourceSettings, tls: ssl.SSLContext | None) -> None:
        """`tls`: how its certificate is examined; None only on this very machine."""
        address = settings.address
        at_once = address.scheme == "ldaps"
        port = address.port or (_TLS_PORT if at_once else _PLAIN_PORT)
        self._settings = settings
        self._server = LdapServer(
            address.hostname or "", port, tls, at_once, settings.user, settings.password
        )
        self._numbers = tuple(name for key in _NUMBERS if (name := settings.attributes[key]))
        self._wanted = tuple(dict.fromkeys(name for name in settings.attributes.values() if name))

    @property
    def source(self) -> Source:
        """See SourceReader."""
        return Source(self._settings.source_id, self._settings.shown_name)

    @property
    def time_limit_s(self) -> float:
        """See SourceReader."""
        return self._settings.time_limit_s

    async def start(self) -> None:
        """Nothing goes on between the questions."""

    async def search(self, words: Sequence[str]) -> SourceFinding:
        """See SourceReader."""
        groups = tuple(self._conditions(word) for word in words)
        return await self._ask(groups, self._settings.most_results)

    async def with_number(self, number: str) -> SourceFinding:
        """See SourceReader; the digits may have blanks and hyphens between them (RFC 4517, section 4.2.29)."""
        digits = last_digits(number)
        return await self._ask((tuple(Substring(name, digits) for name in self._numbers),), 10)

    async def shutdown(self) -> None:
        """Nothing is open between the questions."""

    # ------------------------------------------------------------ inside

    def _conditions(self, word: str) -> tuple[Substring, ...]:
        """Where a word may stand: digits in numbers too, without the zeros that stand for a country or area."""
        spellings = _spellings(word)
        found = []
        for attribute in self._settings.searched:
            if attribute in self._numbers:
                if _DIGITS.fullmatch(word):
                    found.append(Substring(attribute, word.lstrip("0") or word))
            else:
                found += (Substring(attribute, spelling) for spelling in spellings)
        return tuple(found)

    async def _ask(self, groups: tuple[tuple[Substring, ...], ...], most: int) -> SourceFinding:
        if not all(groups):
            return SourceFinding(())  # nothing of what is searched could hold one of the words
        one = self._settings
        limit_s = math.ceil(one.time_limit_s)
        question = Question(one.base, one.object_class, groups, self._wanted, most, limit_s)
        async with connected(self._server) as connection:
            entries, more = await connection.search(question)
        return SourceFinding(tuple(_details(entry, one.attributes) for entry in entries), more)


def _spellings(word: str) -> tuple[str, ...]:
    """A word as it is typed, with umlauts spelled out, and with what may be umlauts as such: ue, and any one or two u."""
    word = word.lower()  # directories compare names without regard to capitals
    spelled = composed = word
    for letter, letters in _SPELLED:
        spelled, composed = spelled.replace(letter, letters), composed.replace(letters, letter)
    bare = [place for place, letter in enumerate(word) if letter in _BARE][:_MOST_BARE]
    chosen = (places for most in range(1, _MOST_DOTTED + 1) for places in combinations(bare, most))
    dotted = (
        "".join(_BARE[letter] if place in places else letter for place, letter in enumerate(word))
        for places in chosen
    )
    return tuple(dict.fromkeys((word, spelled, composed, *dotted)))


def _details(entry: LdapEntry, attributes: Mapping[str, str]) -> ContactDetails:
    def first(key: str) -> str:
        return next(iter(entry.attributes.get(attributes[key].lower(), ())), "")

    first_name, surname = first("first_name"), first("surname")
    if not first_name and not surname:
        surname = first("name")
    elif not first_name and first("name"):
        first_name, surname = "", first("name")
    numbers = {key: first(key) for key in _NUMBERS}
    return ContactDetails(first_name, surname, first("company"), email=first("email"), **numbers)
