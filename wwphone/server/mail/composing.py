"""A letter as a message of the internet (RFC 5322, MIME), the same each time it is composed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from wwphone.domain.mail import MailOutcome
from wwphone.server.mail.addresses import ascii_form
from wwphone.server.mail_api import Letter, MailRefusedError
from wwphone.server.mail_rules import one_line

_MAX_NAME = 80
_CALENDAR_FILE = "invite.ics"
_WITH_REFERENCE = re.compile("<([0-9A-Za-z-]{1,64})[.][0-9a-f]{40}@")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True)
class Composed:
    """What goes to the mail server."""

    recipient: str
    """The address, its domain in ASCII."""
    content: bytes
    """Lines end with CR LF."""
    needs_utf8: bool
    """The address itself has letters beyond ASCII (RFC 6531)."""


def compose(letter: Letter, sender: str, sender_name: str) -> Composed:
    """Put headers and body together. Raises MailRefusedError when an address is none."""
    recipient = _address(letter.recipient, letter.recipient_name)
    needs_utf8 = not recipient.addr_spec.isascii()
    message = EmailMessage(SMTPUTF8 if needs_utf8 else SMTP)
    message["From"] = _address(sender, letter.sender_name or sender_name)
    message["To"] = recipient
    if letter.reply_to:
        message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = letter.at
    message["Message-ID"] = message_id(letter.letter_id, sender, letter.reference)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    # Quoted-printable throughout: neither 8BITMIME nor short lines are asked of anybody.
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        _add_calendar(message, letter)
    _name_boundaries(message, letter.letter_id)
    return Composed(recipient.addr_spec, message.as_bytes(), needs_utf8)


def message_id(letter_id: str, sender: str, reference: str = "") -> str:
    """The same for every attempt, so that whoever got a letter twice could tell; says of the matter only the reference."""
    before = f"{reference}." if reference else ""
    return f"<{before}{_digest(letter_id)}@{_address(sender).domain}>"


def reference_of(found_id: str) -> str:
    """The reference that a Message-ID was made with; empty: none, or it is none of ours."""
    match = _WITH_REFERENCE.search(found_id)
    return match[1] if match else ""


def _add_calendar(message: EmailMessage, letter: Letter) -> None:
    """As the great calendars do it (RFC 6047): the last alternative, which they act on, and a file for whose mail program shows none."""
    method = letter.calendar_method
    message.add_alternative(letter.calendar, subtype="calendar", params={"method": method}, cte="base64")
    message.add_attachment(
        letter.calendar.encode(), maintype="application", subtype="ics", filename=_CALENDAR_FILE
    )


def _name_boundaries(message: EmailMessage, letter_id: str) -> None:
    """The library would take others each time. No line of quoted-printable or base64 has `=_` in it (RFC 2045, section 6.7)."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{_digest(letter_id)}")


def _digest(letter_id: str) -> str:
    return hashlib.sha256(letter_id.encode()).hexdigest()[:40]


def _address(text: str, name: str = "") -> Address:
    """An address with a name before it; a domain beyond ASCII in its ASCII form (RFC 5890)."""
    user, _, domain = text.rpartition("@")
    try:
        if not user or not text.isprintable() or " " in text:
            raise ValueError(text)
        ascii_domain = ascii_form(domain)
        shown = one_line(name, _MAX_NAME)
        checked = Address(shown, addr_spec=f"{_BEYOND_ASCII.sub('x', user)}@{ascii_domain}")
        return checked if user.isascii() else Address(shown, username=user, domain=ascii_domain)
    except (
        ValueError,
        IndexError,
        MessageError,
    ) as error:  # of some broken addresses the parser falls off the end
        raise MailRefusedError(f"{one_line(text)} is no e-mail address", MailOutcome.RECIPIENT) from error
