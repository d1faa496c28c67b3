"""The text cursor blinks while somebody types and stands still afterwards: a phone that waits should let the PC sleep.

Each blink wakes the program, the X server and the window manager, all day long on every desk.
"""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

_EDITS = (QEvent.Type.KeyPress, QEvent.Type.InputMethod, QEvent.Type.MouseButtonPress)
_RESTS_AFTER_MS = 10_000
"""As long as GTK lets a cursor blink (gtk-cursor-blink-timeout)."""


class RestingCaret(QObject):
    """Switches the blinking of the application's text cursor on with each edit, and off some seconds later."""

    def __init__(self, application: QApplication, rests_after_ms: int = _RESTS_AFTER_MS) -> None:
        super().__init__()
        self._application = application
        self._flash_ms = application.cursorFlashTime()
        self._field: QLineEdit | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(rests_after_ms)
        self._timer.timeout.connect(self._on_timeout)
        application.focusChanged.connect(self._on_focus_changed)

    def close(self) -> None:
        """Let it blink as before."""
        self._application.focusChanged.disconnect(self._on_focus_changed)
        self._follow(None)
        self._application.setCursorFlashTime(self._flash_ms)

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        del old
        self._follow(new if isinstance(new, QLineEdit) else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whatever is done in the field wakes the cursor."""
        del watched
        if event.type() in _EDITS:
            self._wake()
        return False

    def _follow(self, field: QLineEdit | None) -> None:
        if self._field is not None:
            with contextlib.suppress(RuntimeError):  # the field is gone
                self._field.removeEventFilter(self)
        self._field = field
        if field is None:
            self._timer.stop()
        else:
            field.installEventFilter(self)
            self._wake()

    def _wake(self) -> None:
        if self._application.cursorFlashTime() != self._flash_ms:
            self._application.setCursorFlashTime(self._flash_ms)
        self._timer.start()

    def _on_timeout(self) -> None:
        self._application.setCursorFlashTime(0)
