"""What people write into an entry, as it is kept: single blanks, composed letters, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line end
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional ones (UAX #9): a name could look like another
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def clean_line(text: str) -> str:
    """Return one line without control and bidirectional characters, its letters composed (Unicode NFC)."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_composed(_LINE_END.sub(" ", text)).split())


def clean_note(text: str) -> str:
    """Return the same for several lines, without blanks at their ends or empty ones around them."""
    lines = _composed(_LINE_END.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
