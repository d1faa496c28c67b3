"""What may stand in Asterisk's files.

Asterisk has no quoting that holds everywhere, so nothing is ever quoted: names for people lose the characters that mean
something to any of its parsers to look-alikes that mean nothing, everything else must be made of harmless characters to
begin with or is refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LOOK_ALIKES = str.maketrans(
    {'"': "'", "\\": "/", ";": ",", "<": "(", ">": ")", "[": "(", "]": ")", "{": "(", "}": ")"}
)
_LONGEST_NAME_BYTES = 60
"""Asterisk keeps names of callers in buffers of 80 bytes."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,40}")


def display_name(text: str, instead: str) -> str:
    """Return a name as phones may show it; `instead` when nothing of it can be shown.

    Quotes, backslash, semicolon and the brackets of variables, headers and sections become look-alikes; line breaks and
    everything invisible become spaces. Umlauts and all other letters stay.
    """
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    safe = " ".join(visible.translate(_LOOK_ALIKES).split())
    return safe.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore").strip() or instead


def token(text: str) -> str:
    """Return a word that stands for a group's name: itself when it is harmless, else a hash of it; empty stays empty."""
    if not text or _TOKEN.fullmatch(text):
        return text
    return f"g-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:16]}"
