"""A note of a former call in words, as card and pop-up show it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from wwphone.domain.notes import Note
from wwphone.gui.words import clock

_SHOWN = 160
"""Characters: about three lines of a card."""


def last_note(note: Note | None) -> str:
    """The note with its time, on one line and shortened; empty for none."""
    if note is None:
        return ""
    text = " ".join(note.text.split())
    if len(text) > _SHOWN:
        text = text[: _SHOWN - 1].rstrip() + "…"
    whole = QCoreApplication.translate("Notes", "Last note, {time}: {text}")
    return whole.replace("{time}", clock(note.changed_at)).replace("{text}", text)
