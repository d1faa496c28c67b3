"""The way to the mail server that the settings name, and to the mailbox of answers.

The library is loaded when there is one: a server without starts sooner.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from wwphone.domain.mail import MailEncryption, MailRoute
from wwphone.server.clock import Clock
from wwphone.server.inbox_api import Inbox
from wwphone.server.mail_api import MailSender
from wwphone.server.settings import ServerSettings, SettingsError


def open_mail(settings: ServerSettings) -> MailSender | None:
    """Make ready what sends; None when no mail server is named. Raises SettingsError."""
    if not settings.mail_host:
        return None
    from wwphone.server.mail.smtp import MailAccount, SmtpSender  # noqa: PLC0415 - see above

    return SmtpSender(
        MailAccount(
            host=settings.mail_host,
            port=settings.mail_port,
            encryption=settings.mail_encryption,
            tls=_tls(settings),
            sender=settings.mail_from_address,
            sender_name=settings.mail_from_name,
            user=settings.mail_user,
            password=settings.mail_password,
            time_limit_s=settings.mail_time_limit_s,
        )
    )


def route_of(settings: ServerSettings) -> MailRoute | None:
    """The way e-mails take by the settings, without the password; None when no mail server is named."""
    if not settings.mail_host:
        return None
    return MailRoute(
        settings.mail_host,
        settings.mail_port,
        settings.mail_encryption,
        settings.mail_from_address,
        settings.mail_from_name,
        settings.mail_user,
    )


def open_inbox(settings: ServerSettings, clock: Clock) -> Inbox | None:
    """Make ready what reads answers; None when no mailbox is named. Raises SettingsError."""
    if not settings.answers_host:
        return None
    from wwphone.server.mail.inbox import ImapInbox, InboxAccount  # noqa: PLC0415 - see above

    return ImapInbox(
        InboxAccount(
            host=settings.answers_host,
            port=settings.answers_port,
            encryption=settings.answers_encryption,
            tls=_verified(settings.answers_certificate_authority, "answers"),
            user=settings.answers_user,
            password=settings.answers_password,
            folder=settings.answers_folder,
            time_limit_s=settings.answers_time_limit_s,
        ),
        clock,
    )


def _tls(settings: ServerSettings) -> ssl.SSLContext | None:
    if settings.mail_encryption is MailEncryption.NONE:
        return None
    return _verified(settings.mail_certificate_authority, "mail")


def _verified(authority: Path | None, section: str) -> ssl.SSLContext:
    """Verified always: the password goes over it."""
    try:
        return ssl.create_default_context(cafile=str(authority) if authority is not None else None)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{section}.certificate_authority cannot be read: {error}") from error
