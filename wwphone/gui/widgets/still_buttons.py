"""What moves under the pointer is not pressed by who aimed at something else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtGui import QCursor, QMouseEvent, QMoveEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

STILL_MS = 300
"""Nobody sees that something has moved, and stops a press, within less."""
_NEAR = 4
"""Pixels that a pointer moves between a press and the news of it."""
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class StillButtons(QObject):
    """Watches parts of a window that others push aside, and what comes into sight there.

    A button that came under the pointer by itself is deaf to the mouse until a person can have seen it. Keys always press.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._deaf: QAbstractButton | None = None
        self._timer = QTimer(self, singleShot=True, interval=STILL_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def waits(self) -> bool:
        """Whether a button is deaf now."""
        return self._deaf is not None

    def watch(self, part: QWidget) -> None:
        """A part that may be moved, or come into sight."""
        part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the class."""
        if isinstance(event, QMouseEvent) and event.type() in _PRESSES:
            return watched is self._deaf and _is_by_pointer(event)
        if isinstance(watched, QWidget):
            if isinstance(event, QMoveEvent) and watched.isVisible():
                self._came(watched, event.pos() - event.oldPos())
            elif event.type() == QEvent.Type.Show:
                self._came(watched, None)
        return False

    def _came(self, part: QWidget, moved: QPoint | None) -> None:
        """A part was moved by so much; None: it was not to be seen before."""
        pointer = QCursor.pos()
        button = _button_at(part, pointer)
        if button is None:
            return
        before = None if moved is None else button.mapFromGlobal(pointer) + moved
        if before is None or not button.rect().contains(before):
            button.installEventFilter(self)
            self._deaf = button
            self._timer.start()

    def _on_timeout(self) -> None:
        self._deaf = None


def _is_by_pointer(press: QMouseEvent) -> bool:
    """Whether it comes from where the pointer is: what presses in a person's place says where by itself."""
    return (press.globalPosition().toPoint() - QCursor.pos()).manhattanLength() <= _NEAR


def _button_at(part: QWidget, pointer: QPoint) -> QAbstractButton | None:
    """The button in a part, or the part itself, at a place on the screen."""
    at = part.mapFromGlobal(pointer)
    if not part.rect().contains(at):
        return None
    found: QWidget | None = part.childAt(at) or part
    while found is not None and not isinstance(found, QAbstractButton):
        found = found.parentWidget() if found is not part else None
    return found
