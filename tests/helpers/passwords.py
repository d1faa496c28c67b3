"""Which passwords the independent phones can be given."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_.~+/=!-]*")


def plain(password: str) -> str:
    """Return a password that means itself in the files of baresip and SIPp; ValueError (without it) for any other.

    Spaces, quotes, semicolons and brackets have a meaning there, and neither program offers a way around it.
    """
    if not _PLAIN.fullmatch(password):
        raise ValueError("this password has characters that baresip and SIPp cannot be given")
    return password
