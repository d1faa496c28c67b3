"""What clients may ask of recordings that are kept, and what may stand in a note."""

from __future__ import annotations

import re

from wwphone.domain.recording import MAX_RECORDING_NOTE, MAX_RECORDING_SEARCH, RecordingNote
from wwphone.protocol.recording import MAX_RECORDING_IDS, ReadRecordings, SetRecordingNote

_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters but for tab and line end, and those that turn the direction of text (UAX #9)."""
_MAX_NUMBER, _MAX_ID = 256, 128
_MOST_MS = 2**53


def checked_note(command: SetRecordingNote) -> RecordingNote:
    """Return a note as it is stored; raise ValueError when it is too long, or at no moment."""
    checked_ids((command.recording_id,))
    if len(command.text) > MAX_RECORDING_NOTE:
        raise ValueError(f"a note has at most {MAX_RECORDING_NOTE} characters")
    if not 0 <= command.at_ms < _MOST_MS:
        raise ValueError("this moment is not in the recording")
    return RecordingNote(command.at_ms, _INVISIBLE.sub("", _LINE_END.sub("\n", command.text)).strip())


def checked_read(command: ReadRecordings) -> None:
    """Raise ValueError when a page cannot be asked for so."""
    wanted, after = command.filter, command.after
    if len(wanted.text) > MAX_RECORDING_SEARCH:
        raise ValueError(f"one can search for {MAX_RECORDING_SEARCH} characters at most")
    place = after.recording_id if after is not None else ""
    if len(wanted.number) > _MAX_NUMBER or max(len(place), len(wanted.recording_id)) > _MAX_ID:
        raise ValueError("the number, the id or the place is too long")
    if any(_INVISIBLE.search(text) for text in (wanted.text, wanted.number, wanted.recording_id, place)):
        raise ValueError("there are characters in it that stand in no recording")


def checked_ids(ids: tuple[str, ...]) -> None:
    """Raise ValueError when these are too many, or cannot be ids."""
    if len(ids) > MAX_RECORDING_IDS:
        raise ValueError(f"at most {MAX_RECORDING_IDS} recordings at once")
    if any(len(one) > _MAX_ID or _INVISIBLE.search(one) for one in ids):
        raise ValueError("this is no recording's id")
