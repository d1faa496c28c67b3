"""The server's outgoing e-mail on the wire: looked at and tested by an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.mail import MailOverview, MailTest
from wwphone.protocol.message import Command, Result


@dataclass(frozen=True)
class ReadMail(Command):
    """Ask how e-mails are sent and what waits; needs the right `administrate`. Refused with `not_permitted`."""

    wire_name: ClassVar[str] = "mail.read"
    acts: ClassVar[bool] = False


@dataclass(frozen=True)
class MailRead(Result):
    """How e-mails are sent, and what waits."""

    wire_name: ClassVar[str] = "mail.overview"
    overview: MailOverview


@dataclass(frozen=True)
class SendTestMail(Command):
    """Send a test to an address now, past the queue; needs the right `administrate`.

    Answered when the mail server has answered, after a minute at the latest; what it refuses is an answer, too, and no error.
    One test runs at a time on a server, and ten in ten minutes. Refused with `not_permitted`; `invalid` for what is no
    address; `not_found` when no mail server is named; `conflict` with `taken_by` while somebody's test runs, and with
    `retry_after_s` when there were too many.
    """

    wire_name: ClassVar[str] = "mail.test"
    address: str
    language: str = "en"
    """In which the test is written; one that the server does not know counts as English."""


@dataclass(frozen=True)
class MailTested(Result):
    """What became of the test."""

    wire_name: ClassVar[str] = "mail.tested"
    test: MailTest
