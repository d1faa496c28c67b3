"""Examples of the messages about outgoing e-mail, part of `protocol.examples`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.domain.mail import MailEncryption, MailFailure, MailOutcome, MailOverview, MailRoute, MailTest
from wwphone.protocol.mail import MailRead, MailTested, ReadMail, SendTestMail
from wwphone.protocol.message import Command, Result


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


_OVERVIEW = MailOverview(
    MailRoute("mail.example.net", 587, MailEncryption.STARTTLS, "phone@example.net", "wwphone", "phone"),
    waiting=2,
    next_at=_at(10, 20),
    failed=1,
    last_failure=MailFailure(_at(10, 15), "451 4.3.0 Temporary lookup failure", waits=True),
    own_address="anna@example.net",
)
_TEST = MailTest(
    "anna@example.net", MailOutcome.RECIPIENT, "550 5.1.1 <anna@example.net>: no such person", _at(10, 16)
)

CONVERSATIONS: Mapping[type[Command], tuple[Command, Result]] = MappingProxyType(
    {
        ReadMail: (ReadMail(), MailRead(_OVERVIEW)),
        SendTestMail: (SendTestMail("anna@example.net", "de"), MailTested(_TEST)),
    }
)
