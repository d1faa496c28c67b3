"""`voicemail.conf`: a mailbox for each user, opened by the user's own phones without a PIN."""

from __future__ import annotations

import hashlib

from wwphone.server.api import PbxConfiguration, PbxUser
from wwphone.server.asterisk.configuration.escaping import display_name

MAILBOX_CONTEXT = "wwphone"
"""The group of mailboxes that is ours; a mailbox is called like its user's internal number."""

_SEPARATORS = str.maketrans(",|", "  ")


def voicemail_conf(configuration: PbxConfiguration) -> str:
    """Return the file for these users.

    Asterisk splits a mailbox's line at commas, so a name loses them. No address is given: notices by mail are the CTI
    server's.
    """
    lines = [f"[{MAILBOX_CONTEXT}]"]
    for user in configuration.users:
        name = display_name(user.display_name.translate(_SEPARATORS), user.user)
        lines.append(f"{user.number} => -{_pin(user)},{name}")
    return "\n".join([*lines, ""])


def _pin(user: PbxUser) -> str:
    """Return a PIN nobody is told: it closes the box to other phones. The "-" before it keeps phones from changing it."""
    text = f"mailbox:{user.user}:{user.sip_password}".encode()
    return str(int.from_bytes(hashlib.sha256(text).digest()[:8]) % 10**12).zfill(12)
