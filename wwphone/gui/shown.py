"""The choice beside the dial field: which of one's numbers the next person called sees, or none."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from wwphone.domain.shown import Shown
from wwphone.gui.context import Context

_LAST = 4
"""Digits by which one tells one's own numbers apart."""


class ShownChoice(QObject):
    """Absent while there is nothing to choose from."""

    def __init__(self, button: QToolButton, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._button = button
        self._shown = context.services.shown
        self.menu = QMenu(button)
        self._group = QActionGroup(self)
        button.setMenu(self.menu)
        self._shown.changed.subscribe(self._on_shown_changed)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show()

    def _on_shown_changed(self, _: None) -> None:
        self._show()

    def _show(self) -> None:
        self._button.setVisible(bool(self._shown.choices))
        usual = self._shown.usual
        self._fill(usual)
        chosen = self._shown.chosen
        if chosen is None:
            short = self._from(usual) if usual else self.tr("from: usual")
            whole = self._usual(usual)
        elif chosen.number:
            short, whole = self._from(chosen.number), chosen.number
        else:
            short = whole = self.tr("no number")
        self._button.setText(short)
        text = self.tr("Number shown to the next person you call: {number}").format(number=whole)
        self._button.setToolTip(text)
        self._button.setAccessibleName(text)

    def _fill(self, usual: str) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
        self.menu.clear()
        self._add(self._usual(usual), None)
        for number in self._shown.choices:
            self._add(number, Shown(number))
        self.menu.addSeparator()
        self._add(self.tr("Show no number"), Shown())

    def _add(self, text: str, shown: Shown | None) -> None:
        action = QAction(text, self.menu)
        action.setCheckable(True)
        action.setChecked(shown == self._shown.chosen)
        action.triggered.connect(lambda _=False: self._shown.choose(shown))
        self._group.addAction(action)
        self.menu.addAction(action)

    def _usual(self, usual: str) -> str:
        return self.tr("{number} (usual)").format(number=usual) if usual else self.tr("The usual number")

    def _from(self, number: str) -> str:
        short = number if len(number) <= _LAST else f"…{number[-_LAST:]}"
        return self.tr("from {number}").format(number=short)
