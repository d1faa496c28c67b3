"""What may stand in an entry of the phone book: cleaned where nobody loses anything, refused where somebody must decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from wwphone.domain.contact_text import clean_line, clean_note
from wwphone.domain.imports import RefusalReason
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


class DetailsRefusedError(ValueError):
    """Details that cannot be in an entry, in words for whoever wrote them, and as what an import tells."""

    def __init__(self, sentence: str, reason: RefusalReason, field: str = "", text: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.field = field
        self.text = text


def checked_details(details: ContactDetails, normal_number: Callable[[str], str]) -> ContactDetails:
    """Return the details as they are stored; raise DetailsRefusedError for what cannot be.

    Control and bidirectional characters fall away, blanks become single, letters composed (Unicode NFC).
    `normal_number` raises NotDiallableError.
    """
    cleaned = {one.name: clean_line(getattr(details, one.name)) for one in fields(details)}
    cleaned["note"] = clean_note(details.note)
    for name, text in cleaned.items():
        most = MAX_CONTACT_NOTE if name == "note" else MAX_FIELD
        if len(text) > most:
            sentence = f"the {_WORDS[name]} has at most {most} characters"
            raise DetailsRefusedError(sentence, RefusalReason.TOO_LONG, name)
    for name in _NUMBERS:
        try:
            cleaned[name] = normal_number(cleaned[name])
        except NotDiallableError as error:
            sentence = f"the {_WORDS[name]} {cleaned[name]} cannot be dialled: {error}"
            raise DetailsRefusedError(sentence, RefusalReason.NOT_DIALLABLE, name, cleaned[name]) from error
    try:
        check_email(cleaned["email"])
    except ValueError as error:
        raise DetailsRefusedError(str(error), RefusalReason.BAD_EMAIL, "email", cleaned["email"]) from error
    if not any(text for name, text in cleaned.items() if name != "note"):
        sentence = "an entry needs a name, a company, a number or an e-mail address"
        raise DetailsRefusedError(sentence, RefusalReason.EMPTY)
    return replace(details, **cleaned)
