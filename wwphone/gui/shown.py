"""The choice beside the dial field: which of one's numbers the next person called sees, or none."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.shown import Shown
from wwphone.gui.context import Context
from wwphone.gui.numbers import written
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.gui.words import refusal

_LAST = 4
"""Digits by which one tells one's own numbers apart."""


class ShownChoice(QObject):
    """Absent while there is nothing to choose from."""

    problem_told = Signal(str)
    """Why the server does not remember it; empty: it does."""

    def __init__(self, button: ElidedButton, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._button = button
        self._context = context
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
        chosen = self._shown.next
        if chosen is None:
            short = self._from(usual) if usual else self.tr("from: usual")
            whole = self._usual(usual)
        elif chosen.number:
            short, whole = self._from(chosen.number), written(chosen.number)
        else:
            short = whole = self.tr("no number")
        text = self.tr("Number shown to the next person you call: {number}").format(number=whole)
        self._button.set_whole(short, text)
        self._button.setAccessibleName(text)

    def _fill(self, usual: str) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
        self.menu.clear()
        self._add(self._usual(usual), None)
        for number in self._shown.choices:
            self._add(written(number), Shown(number))
        self.menu.addSeparator()
        self._add(self.tr("Show no number"), Shown())
        self._add_always()

    def _add_always(self) -> None:
        """Let the server remember it for the number in the dial field."""
        called, shown = self._shown.target, self._shown.next
        known = self._shown.default_for(called) if called else None
        if not called or (shown is None and known is None):
            return
        text = (
            self.tr("Always show the usual number to {number}")
            if shown is None
            else self.tr("Always show this to {number}")
        )
        self.menu.addSeparator()
        action = self.menu.addAction(text.format(number=written(called)))
        action.setCheckable(True)
        action.setChecked(shown is not None and shown == known)
        action.triggered.connect(lambda checked: self._on_always(called, shown if checked else None))

    def _on_always(self, called: str, shown: Shown | None) -> None:
        self._context.run(self._remember(called, shown))

    async def _remember(self, called: str, shown: Shown | None) -> None:
        try:
            await self._shown.remember(called, shown)
        except CommandRefusedError as error:
            self._show()  # the tick is where it was
            self.problem_told.emit(refusal(error.error))
        else:
            self.problem_told.emit("")

    def _add(self, text: str, shown: Shown | None) -> None:
        action = QAction(text, self.menu)
        action.setCheckable(True)
        action.setChecked(shown == self._shown.next)
        action.triggered.connect(lambda _=False: self._shown.choose(shown))
        self._group.addAction(action)
        self.menu.addAction(action)

    def _usual(self, usual: str) -> str:
        return (
            self.tr("{number} (usual)").format(number=written(usual))
            if usual
            else self.tr("The usual number")
        )

    def _from(self, number: str) -> str:
        short = number if len(number) <= _LAST else f"…{number[-_LAST:]}"
        return self.tr("from {number}").format(number=short)
