"""What may stand in one line of a mail: names of strangers come there, who would like to write more lines, or turn text round."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What turns the direction of text (UAX #9), is not seen, or is no character."""
MAX_LINE = 200


def one_line(text: str, most: int = MAX_LINE) -> str:
    """Return a text as one line of at most so many characters, without what is not seen."""
    line = _BREAKS.sub(" ", _INVISIBLE.sub("", text)).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
