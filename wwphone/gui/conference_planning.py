"""Opens the planned conferences, one window of them at most; it goes away with the right to hold any."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from wwphone.gui.conference_plans import ConferencePlansDialog
from wwphone.gui.context import Context


class ConferencePlanning(QObject):
    """What the conference window opens."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self.dialog: ConferencePlansDialog | None = None

    def show_plans(self) -> None:
        """Show what is planned."""
        self._opened().begin()

    def plan(self) -> None:
        """Plan a conference, where there is a room for it; what is planned already stands behind it."""
        self.show_plans()
        if self._context.services.conference_plans.rooms:
            self._opened().plan()

    @property
    def windows(self) -> tuple[QDialog, ...]:
        """Those that are open."""
        editor = self.dialog.editor if self.dialog is not None else None
        return tuple(window for window in (editor, self.dialog) if window is not None)

    def close_down(self) -> None:
        """The window goes, with what is being planned."""
        if self.dialog is not None:
            self.dialog.give_up()

    def _opened(self) -> ConferencePlansDialog:
        if self.dialog is None:
            self.dialog = ConferencePlansDialog(self._context, self._window)
            self.dialog.finished.connect(lambda _: self._forget())
        return self.dialog

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.close_down()
            self.dialog.deleteLater()
            self.dialog = None
