"""Tooltips that show names from outside as they are: Qt takes a text that looks like markup for markup."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt


def plain(text: str) -> str:
    """A text that Qt shows as it stands, whatever is in it; it is escaped only where Qt would read it as rich text."""
    if not Qt.mightBeRichText(text):
        return text
    escaped = html.escape(text, quote=False).replace("\n", "<br>")
    return f"<span>{escaped}</span>"
