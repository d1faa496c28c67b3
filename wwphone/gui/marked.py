"""The text a person has marked, in whatever window: what "dial marked text" means."""

from __future__ import annotations

from PySide6.QtGui import QClipboard, QGuiApplication

from wwphone.domain.actions import MAX_ADDRESS


def marked_text() -> str:
    """The marked text where the system has such a thing (X11, Wayland), else the copied one; empty without any.

    Line ends become blanks. A text too long for a number counts as none: somebody marked a page.
    """
    clipboard = QGuiApplication.clipboard()
    modes = [QClipboard.Mode.Selection] if clipboard.supportsSelection() else []
    for mode in (*modes, QClipboard.Mode.Clipboard):
        text = " ".join(clipboard.text(mode).split())
        if text:
            return text if len(text) <= MAX_ADDRESS else ""
    return ""
