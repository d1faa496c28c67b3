"""A letter as a message of the internet (RFC 5322, MIME), the same each time it is composed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from wwphone.server.mail_api import Letter, MailRefusedError
from wwphone.server.mail_rules import one_line

_MAX_NAME = 80
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
    message["From"] = _address(sender, sender_name)
    message["To"] = recipient
    if letter.reply_to:
        message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = letter.at
    message["Message-ID"] = message_id(letter.letter_id, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    # Quoted-printable throughout: neither 8BITMIME nor short lines are asked of anybody.
    message.set_content(letter.text, cte="quoted-printable")
    if letter.calendar:
        method = {"method": "REQUEST"}
        message.add_alternative(letter.calendar, subtype="calendar", params=method, cte="base64")
    return Composed(recipient.addr_spec, message.as_bytes(), needs_utf8)


def message_id(letter_id: str, sender: str) -> str:
    """The same for every attempt, so that whoever got a letter twice could tell; says nothing of the matter."""
    return f"<{hashlib.sha256(letter_id.encode()).hexdigest()[:40]}@{_address(sender).domain}>"


def _address(text: str, name: str = "") -> Address:
    """An address with a name before it; a domain beyond ASCII in its ASCII form (RFC 5890)."""
    user, _, domain = text.rpartition("@")
    try:
        if not user or not text.isprintable() or " " in text:
            raise ValueError(text)
        ascii_domain = domain.encode("idna").decode("ascii")
        shown = one_line(name, _MAX_NAME)
        checked = Address(shown, addr_spec=f"{_BEYOND_ASCII.sub('x', user)}@{ascii_domain}")
        return checked if user.isascii() else Address(shown, username=user, domain=ascii_domain)
    except (
        ValueError,
        IndexError,
        MessageError,
    ) as error:  # of some broken addresses the parser falls off the end
        raise MailRefusedError(f"{one_line(text)} is no e-mail address") from error
