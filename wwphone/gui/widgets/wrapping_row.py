"""Widgets beside each other; what has no room in a line begins the next one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wwphone.gui.style import tokens

_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class WrappingRow(QWidget):
    """Hidden while all of its parts are; a part that is wider than the row has a line of its own, and gives way there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[QWidget, ...] = ()
        self._places: tuple[int, ...] = ()
        """In which line each part stands."""
        self._lines: list[QHBoxLayout] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.SPACE_S)

    def set_parts(self, parts: Sequence[QWidget]) -> None:
        """Hold these, in this order."""
        self._parts = tuple(parts)
        for part in self._parts:
            line = QHBoxLayout()
            line.setSpacing(tokens.SPACE_S)
            line.addStretch()
            self._column.addLayout(line)
            self._lines.append(line)
            part.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            part.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another text, another part in sight: perhaps other lines."""
        if event.type() in _CHANGES:
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, perhaps other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def _place(self) -> None:
        places = self._places_at(self.width())
        if places != self._places:
            self._places = places
            for part, place in zip(self._parts, places, strict=True):
                for line in self._lines:
                    line.removeWidget(part)
                self._lines[place].insertWidget(self._lines[place].count() - 1, part)
        self.setVisible(any(not part.isHidden() for part in self._parts))

    def _places_at(self, width: int) -> tuple[int, ...]:
        places, line, used = [], 0, 0
        for part in self._parts:
            needed = 0 if part.isHidden() else part.sizeHint().width() + tokens.SPACE_S
            if used and used + needed - tokens.SPACE_S > width:
                line, used = line + 1, 0
            used += needed
            places.append(line)
        return tuple(places)
