"""A menu that is filled anew each time it is opened, with what can be done at that moment."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon


class ActionMenu(QObject):
    """Base of menus about what one points at."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.menu = QMenu(parent)
        self.menu.setToolTipsVisible(True)

    def _add(self, which: Icon, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(icon(which, self._context.theme.colours.text), text.replace("&", "&&"), self.menu)
        action.setToolTip("")
        action.triggered.connect(lambda _=False: act())
        self.menu.addAction(action)
        return action
