"""What clients may ask of the record of calls, and what may stand in a note."""

from __future__ import annotations

import re

from wwphone.domain.notes import MAX_NOTE
from wwphone.protocol.history import ReadHistory

_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters but for tab and line end, and those that turn the direction of text (UAX #9)."""
_MAX_NUMBER, _MAX_ID = 256, 512


def checked_note(note: str | None) -> str | None:
    """Return a note as it is stored; raise ValueError when it is too long."""
    if note is None:
        return None
    if len(note) > MAX_NOTE:
        raise ValueError(f"a note has at most {MAX_NOTE} characters")
    return _INVISIBLE.sub("", _LINE_END.sub("\n", note)).strip()


def checked_read(command: ReadHistory, longest_search: int) -> None:
    """Raise ValueError when a page cannot be asked for so."""
    wanted, after = command.filter, command.after
    if len(wanted.text) > longest_search:
        raise ValueError(f"one can search for {longest_search} characters at most")
    if len(wanted.number) > _MAX_NUMBER or (after is not None and len(after.entry_id) > _MAX_ID):
        raise ValueError("the number or the place is too long")
    texts = (wanted.text, wanted.number, after.entry_id if after is not None else "")
    if any(_INVISIBLE.search(text) for text in texts):
        raise ValueError("there are characters in it that stand in no row")
