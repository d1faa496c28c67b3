"""Numbers as people write them: in the home country 044 555 01 23, elsewhere +49 30 123456. Only what one reads is written so.

What is dialled, copied and kept stays as it is; what is dialled outside with the PBX's trunk prefix in front is written without.
Home country and prefix come from the CTI server; without a country every number stays as it is. The numbering plans take a
tenth of a second to load, so they are loaded beside the window.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from types import ModuleType

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QWidget

from wwphone.domain.trunk_prefix import NO_TRUNK_PREFIX, trunk_prefix
from wwphone.gui.context import Context

_WORTH_WRITING = re.compile(r"\+[1-9][0-9]{4,14}|0[0-9]{6,15}")
"""E.164, and what lines bring without a country code. Internal numbers have no zero in front."""
_REMEMBERED = 4096


class _Plans:
    """The numbering plans, once they are loaded, the country whose numbers are written without its code, and what may stand in front."""

    library: ModuleType | None = None
    country = ""
    prefix = NO_TRUNK_PREFIX


def load() -> None:
    """Load the numbering plans; for a thread of its own."""
    import phonenumbers  # noqa: PLC0415 - where nobody waits for it

    _Plans.library = phonenumbers


def write_as_in(country: str, prefix: str = "") -> None:
    """Write numbers as in this country from now on (ISO 3166-1); empty or unknown: as they are. `prefix`: left out."""
    plans = _Plans.library
    plan = plans.PhoneMetadata.metadata_for_region(country) if plans is not None and country else None
    _Plans.country = country
    _Plans.prefix = trunk_prefix(prefix, plan)
    _written.cache_clear()


def written(number: str) -> str:
    """Return a number of the world as people write it, anything else as it is."""
    if _Plans.library is None or not _Plans.country:
        return number
    number = _Plans.prefix.without(number)
    if not _WORTH_WRITING.fullmatch(number):
        return number
    return _written(number)


@lru_cache(_REMEMBERED)
def _written(number: str) -> str:
    plans = _Plans.library
    assert plans is not None
    try:
        parsed = plans.parse(number, _Plans.country)
    except plans.NumberParseException:
        return number
    if not (plans.is_possible_number(parsed) if number.startswith("+") else plans.is_valid_number(parsed)):
        return number
    here = parsed.country_code == plans.country_code_for_region(_Plans.country)
    forms = plans.PhoneNumberFormat
    return str(plans.format_number(parsed, forms.NATIONAL if here else forms.INTERNATIONAL))


class HomeCountry(QObject):
    """Follows what the server says; what stands in the window is written anew when another country counts."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._country = self._prefix = ""
        context.services.phonebook.changed.subscribe(lambda _: self._look())

    def _look(self) -> None:
        book = self._context.services.phonebook
        if (book.country, book.trunk_prefix) != (self._country, self._prefix):
            self._country, self._prefix = book.country, book.trunk_prefix
            self._context.run(self._write_as_in(book.country, book.trunk_prefix))

    async def _write_as_in(self, country: str, prefix: str) -> None:
        if country:
            await asyncio.to_thread(load)
        if (country, prefix) == (self._country, self._prefix):
            write_as_in(country, prefix)
            QCoreApplication.postEvent(self._window, QEvent(QEvent.Type.LanguageChange))
