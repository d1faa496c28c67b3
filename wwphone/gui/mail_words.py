"""What the settings page on e-mail says: how e-mails are sent, what waits, and what came of a test.

What mail servers say comes from strangers: it is shown as it is, as plain text, and breaks where a line ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QLocale

from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.mail import MailEncryption, MailFailure, MailOutcome, MailOverview, MailRoute, MailTest
from wwphone.gui.words import QT_TRANSLATE_NOOP, clock, refusal

_LONG = re.compile(r"\S{33,}")
_PLACES = re.compile(r"(.{16}[@./_,;=&?>-]|.{24})(?=.)")


_OUTCOMES: Mapping[MailOutcome, str] = MappingProxyType(
    {
        MailOutcome.TAKEN: QT_TRANSLATE_NOOP(
            "Mail", "The mail server has taken the test for {address}. Look there whether it arrives."
        ),
        MailOutcome.UNREACHABLE: QT_TRANSLATE_NOOP(
            "Mail", "The mail server cannot be reached. Check its name, its port and the firewall."
        ),
        MailOutcome.SILENT: QT_TRANSLATE_NOOP(
            "Mail",
            "The mail server did not answer in time. Check its name, its port and the kind of encryption.",
        ),
        MailOutcome.CERTIFICATE: QT_TRANSLATE_NOOP(
            "Mail", "The mail server's certificate is not to be trusted, so it was told nothing."
        ),
        MailOutcome.ENCRYPTION: QT_TRANSLATE_NOOP(
            "Mail", "The mail server does not encrypt in this way. Check its port and the kind of encryption."
        ),
        MailOutcome.SIGN_IN: QT_TRANSLATE_NOOP(
            "Mail", "The mail server refused the sign-in. Check user name and password."
        ),
        MailOutcome.SENDER: QT_TRANSLATE_NOOP("Mail", "The mail server takes nothing from this sender."),
        MailOutcome.RECIPIENT: QT_TRANSLATE_NOOP("Mail", "The mail server takes nothing for {address}."),
        MailOutcome.LATER: QT_TRANSLATE_NOOP(
            "Mail",
            "The mail server does not take it now. Try again later; e-mails that wait do so by themselves.",
        ),
        MailOutcome.TEXT: QT_TRANSLATE_NOOP("Mail", "The mail server refuses what is written in the test."),
        MailOutcome.UNCERTAIN: QT_TRANSLATE_NOOP(
            "Mail",
            "There was no answer after the test was handed over: it may have arrived. Look there before you try again.",
        ),
    }
)
_ITS_OWN = frozenset(
    {
        MailOutcome.TAKEN,
        MailOutcome.SIGN_IN,
        MailOutcome.SENDER,
        MailOutcome.RECIPIENT,
        MailOutcome.LATER,
        MailOutcome.TEXT,
    }
)
"""Here the words are the mail server's; elsewhere they tell what happened to the line."""


def outcome_text(test: MailTest) -> str:
    """What came of a test, in a sentence."""
    text = QCoreApplication.translate("Mail", _OUTCOMES[test.outcome])
    return text.replace("{address}", breakable(test.address))


def outcome_words(test: MailTest) -> str:
    """What the mail server said to a test, or what happened to the line; empty when there is nothing to tell."""
    if not test.words:
        return ""
    if test.outcome in _ITS_OWN:
        text = QCoreApplication.translate("Mail", "It said: {words}")
    else:
        text = QCoreApplication.translate("Mail", "In detail: {words}")
    return text.replace("{words}", breakable(test.words))


def refused_text(error: WireError) -> str:
    """Why the server sent no test."""
    match error.code:
        case ErrorCode.CONFLICT if error.retry_after_s is not None:
            text = QCoreApplication.translate(
                "Mail", "Many tests were sent just now. The next one can be sent in {minutes} min."
            )
            return text.replace("{minutes}", str(max(1, -int(-error.retry_after_s // 60))))
        case ErrorCode.CONFLICT if error.taken_by:
            text = QCoreApplication.translate(
                "Mail", "{name} is sending a test just now. Try again in a minute."
            )
            return text.replace("{name}", error.taken_by)
        case ErrorCode.CONFLICT:
            return QCoreApplication.translate("Mail", "A test is being sent just now. Try again in a minute.")
        case ErrorCode.INVALID:
            return QCoreApplication.translate("Mail", "This is no e-mail address, such as name@example.com.")
        case ErrorCode.NOT_FOUND:
            return no_server_text()
    return refusal(error)


def no_server_text() -> str:
    """That no e-mails are sent, and what to do about it."""
    return QCoreApplication.translate(
        "Mail",
        "This server sends no e-mails: no mail server is named. It is named in the server's settings file, table mail.",
    )


def server_text(route: MailRoute) -> str:
    """Host and port."""
    text = QCoreApplication.translate("Mail", "{host}, port {port}")
    return text.replace("{port}", str(route.port)).replace("{host}", breakable(route.host))


def encryption_text(encryption: MailEncryption) -> str:
    """How the line is encrypted."""
    match encryption:
        case MailEncryption.STARTTLS:
            return QCoreApplication.translate("Mail", "TLS after a greeting (STARTTLS), certificate verified")
        case MailEncryption.TLS:
            return QCoreApplication.translate("Mail", "TLS from the start, certificate verified")
        case MailEncryption.NONE:
            return QCoreApplication.translate("Mail", "None: the mail server is on the same machine")


def sender_text(route: MailRoute) -> str:
    """Whom e-mails come from."""
    address = breakable(route.sender)
    return f"{route.sender_name} <{address}>" if route.sender_name else address


def user_text(route: MailRoute) -> str:
    """Who signs in at the mail server."""
    if route.user:
        return breakable(route.user)
    return QCoreApplication.translate("Mail", "Nobody: the mail server asks for no password")


def waiting_text(overview: MailOverview) -> str:
    """How many e-mails wait, and until when."""
    if not overview.waiting or overview.next_at is None:
        return QCoreApplication.translate("Mail", "None")
    if overview.waiting == 1:
        text = QCoreApplication.translate("Mail", "1 e-mail, next try {time}")
    else:
        text = QCoreApplication.translate("Mail", "{count} e-mails, next try {time}")
    number = QLocale().toString(overview.waiting)
    return text.replace("{count}", number).replace("{time}", clock(overview.next_at))


def failed_text(overview: MailOverview) -> str:
    """How many e-mails were not sent, and where they stand."""
    if not overview.failed:
        return QCoreApplication.translate("Mail", "None")
    if overview.failed == 1:
        return QCoreApplication.translate("Mail", "1 e-mail: “wwphone-server mail queue” names it")
    text = QCoreApplication.translate("Mail", "{count} e-mails: “wwphone-server mail queue” names them")
    return text.replace("{count}", QLocale().toString(overview.failed))


def failure_text(failure: MailFailure | None) -> str:
    """What failed last, when, and what comes of it."""
    if failure is None:
        return QCoreApplication.translate("Mail", "None so far")
    if failure.waits:
        text = QCoreApplication.translate("Mail", "{time}: {words} (it is tried again)")
    else:
        text = QCoreApplication.translate("Mail", "{time}: {words} (it was not sent)")
    return text.replace("{time}", clock(failure.at)).replace("{words}", breakable(failure.words))


def breakable(text: str) -> str:
    """A text that a narrow label can break, however long its words are."""
    return _LONG.sub(lambda word: _PLACES.sub("\\1\u200b", word[0]), text)
