"""The entries of a menu by which a presence is chosen, one's own or a colleague's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu

from wwphone.domain.presence import PresenceStatus
from wwphone.gui.context import Context
from wwphone.gui.icons import STATUS_ICONS, icon
from wwphone.gui.states import status_colour
from wwphone.gui.words import effect, word

_BACK_IN_MINUTES = (10, 30, 60)

Choose = Callable[[PresenceStatus, datetime | None], None]


class PresenceChoices(QObject):
    """Each state with its icon and what it does to calls; *Be right back* with the times of return."""

    def __init__(self, context: Context, choose: Choose, parent: QObject) -> None:
        """`choose` is told the state, and when the person will be back, if that was chosen."""
        super().__init__(parent)
        self._context = context
        self._choose = choose
        self._explained: dict[PresenceStatus, QAction] = {}

    def add_to(self, menu: QMenu) -> None:
        """Put the entries at the end of a menu, which was cleared before."""
        menu.setToolTipsVisible(True)
        for submenu in menu.findChildren(QMenu):
            submenu.deleteLater()  # clear() leaves them
        self._explained.clear()
        for status in PresenceStatus:
            if status is PresenceStatus.BE_RIGHT_BACK:
                self._add_be_right_back(menu)
            elif status.selectable:
                action = self._explained[status] = menu.addAction(self._icon(status), word(status))
                action.triggered.connect(lambda _=False, status=status: self._choose(status, None))
        self.explain()

    def explain(self) -> None:
        """Say what each state does: the server's matrix comes with the sign-in."""
        reach = self._context.services.presence.reach
        for status, action in self._explained.items():
            action.setToolTip(effect(status, reach(status)))

    def _add_be_right_back(self, menu: QMenu) -> None:
        status = PresenceStatus.BE_RIGHT_BACK
        below = menu.addMenu(self._icon(status), word(status))
        self._explained[status] = below.menuAction()
        below.addAction(self.tr("without a time")).triggered.connect(lambda: self._choose(status, None))
        for minutes in _BACK_IN_MINUTES:
            action = below.addAction(self.tr("in {minutes} minutes").format(minutes=minutes))
            action.triggered.connect(
                lambda _=False, minutes=minutes: self._choose(
                    status, datetime.now(UTC) + timedelta(minutes=minutes)
                )
            )

    def _icon(self, status: PresenceStatus) -> QIcon:
        return icon(STATUS_ICONS[status], status_colour(self._context.theme.colours, status))
