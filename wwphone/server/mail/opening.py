"""The way to the mail server that the settings name.

The library is loaded when there is one: a server without starts sooner.
"""

from __future__ import annotations

import ssl

from wwphone.server.mail_api import MailSender
from wwphone.server.settings import MailEncryption, ServerSettings, SettingsError


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


def _tls(settings: ServerSettings) -> ssl.SSLContext | None:
    """Verified always: the password goes over it."""
    if settings.mail_encryption is MailEncryption.NONE:
        return None
    authority = settings.mail_certificate_authority
    try:
        return ssl.create_default_context(cafile=str(authority) if authority is not None else None)
    except (OSError, ValueError) as error:
        raise SettingsError(f"mail.certificate_authority cannot be read: {error}") from error
