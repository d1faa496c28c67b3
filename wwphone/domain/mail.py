"""The server's outgoing e-mail as an administrator sees it: how it is sent, what waits, what failed last, and a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MAX_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321, section 4.5.3.1.3)."""


class MailEncryption(Enum):
    """How the line to the mail server is encrypted."""

    STARTTLS = "starttls"
    """After a greeting in the clear (RFC 3207), as port 587 wants it; never without."""
    TLS = "tls"
    """At once (RFC 8314), as port 465 wants it."""
    NONE = "none"
    """Not at all: on this very machine only."""


class MailOutcome(Enum):
    """How far an e-mail came, when it was handed to the mail server."""

    TAKEN = "taken"
    """The mail server has it, and sends it on."""
    UNREACHABLE = "unreachable"
    """Nobody listens there, or the line broke before the text was begun."""
    SILENT = "silent"
    """The mail server did not answer in time, before the text was begun."""
    CERTIFICATE = "certificate"
    """Its certificate is not to be trusted; nothing was told it."""
    ENCRYPTION = "encryption"
    """It does not encrypt in the way that the settings say; nothing was told it."""
    SIGN_IN = "sign_in"
    """It does not let the server sign in."""
    SENDER = "sender"
    """It takes nothing from the address that our e-mails come from."""
    RECIPIENT = "recipient"
    """It takes nothing for that address."""
    LATER = "later"
    """It takes this e-mail later only (RFC 5321, section 4.2.1: 4yz)."""
    TEXT = "text"
    """It does not take what is written in it."""
    UNCERTAIN = "uncertain"
    """The line broke, or the time was over, between the text and the mail server's answer: it may have arrived."""


@dataclass(frozen=True)
class MailRoute:
    """The way our e-mails take. The password is not part of it."""

    host: str
    port: int
    encryption: MailEncryption
    sender: str
    """The address that they come from."""
    sender_name: str = ""
    user: str = ""
    """Who signs in; empty: nobody has to."""


@dataclass(frozen=True)
class MailFailure:
    """What the mail server said last when it took an e-mail of the queue not, or not now."""

    at: datetime
    words: str
    """The mail server's own, or what happened to the line; one line."""
    waits: bool
    """The e-mail is tried again by itself."""


@dataclass(frozen=True)
class MailOverview:
    """How e-mails are sent, and what stands in the queue."""

    route: MailRoute | None = None
    """None: no mail server is named, and none are sent."""
    waiting: int = 0
    """E-mails that are to be sent."""
    next_at: datetime | None = None
    """When the next one is tried; None: none waits."""
    failed: int = 0
    """E-mails that were refused or are uncertain, of those that are still kept."""
    last_failure: MailFailure | None = None
    own_address: str = ""
    """The e-mail address of whoever asks; empty: none is known."""


@dataclass(frozen=True)
class MailTest:
    """What became of a test."""

    address: str
    outcome: MailOutcome
    words: str
    """The mail server's own, or what happened to the line; one line, empty when there are none."""
    at: datetime
