"""What may stand in an entry of the phone book: cleaned where nobody loses anything, refused where somebody must decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, replace

from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.phonebook import MAX_CONTACT_NOTE, MAX_FIELD, ContactDetails
from wwphone.server.user_rules import check_email

_WORDS = {
    "first_name": "first name",
    "surname": "surname",
    "company": "company",
    "office": "office number",
    "mobile": "mobile number",
    "private": "private number",
    "email": "e-mail address",
    "note": "note",
}
_NUMBERS = ("office", "mobile", "private")
_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line end
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional ones (UAX #9): a name could look like another
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def checked_details(details: ContactDetails, normal_number: Callable[[str], str]) -> ContactDetails:
    """Return the details as they are stored; raise ValueError in words for whoever wrote them.

    Control and bidirectional characters fall away, blanks become single, letters composed (Unicode NFC).
    `normal_number` raises NotDiallableError.
    """
    cleaned = {one.name: _line(getattr(details, one.name)) for one in fields(details)}
    cleaned["note"] = _note(details.note)
    for name, text in cleaned.items():
        most = MAX_CONTACT_NOTE if name == "note" else MAX_FIELD
        if len(text) > most:
            raise ValueError(f"the {_WORDS[name]} has at most {most} characters")
    for name in _NUMBERS:
        try:
            cleaned[name] = normal_number(cleaned[name])
        except NotDiallableError as error:
            raise ValueError(f"the {_WORDS[name]} {cleaned[name]} cannot be dialled: {error}") from error
    check_email(cleaned["email"])
    if not any(text for name, text in cleaned.items() if name != "note"):
        raise ValueError("an entry needs a name, a company, a number or an e-mail address")
    return replace(details, **cleaned)


def _line(text: str) -> str:
    return " ".join(_composed(_LINE_END.sub(" ", text)).split())


def _note(text: str) -> str:
    lines = _composed(_LINE_END.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
