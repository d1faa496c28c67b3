"""The icon beside the clock: state at a glance, and the window one click away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from wwphone.gui.context import Context
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.states import status_colour
from wwphone.gui.words import word
from wwphone.services.account import AccountSnapshot
from wwphone.services.presence import ColleagueLine


class Tray(QObject):
    """Absent where the desktop has no such place."""

    def __init__(
        self, context: Context, show: Callable[[], None], end: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._menu = QMenu()
        self._show_action = self._menu.addAction("", show)
        self._menu.addSeparator()
        self._end_action = self._menu.addAction("", end)
        self._icon = QSystemTrayIcon(icon(Icon.CALL, context.theme.colours.accent), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(lambda reason: self._on_activated(reason, show))
        context.services.account.changed.subscribe(self._on_account_changed)
        context.services.presence.changed.subscribe(self._on_presence_changed)
        self.retranslate()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon.show()

    @property
    def visible(self) -> bool:
        """Whether the desktop shows it: only then may the window hide itself."""
        return self._icon.isVisible()

    def close(self) -> None:
        """Take it away."""
        self._icon.hide()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show_action.setText(QCoreApplication.translate("Tray", "Show the window"))
        self._end_action.setText(QCoreApplication.translate("Tray", "End wwphone"))
        self._draw()

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._draw()

    def _on_presence_changed(self, lines: tuple[ColleagueLine, ...]) -> None:
        profile = self._context.services.account.snapshot.profile
        if profile and any(line.colleague.user == profile.user for line in lines):
            self._draw()

    def _draw(self) -> None:
        own = self._context.services.presence.own
        colours = self._context.theme.colours
        if own and self._context.services.account.snapshot.live:
            self._icon.setIcon(icon(STATUS_ICONS[own.status], status_colour(colours, own.status)))
            self._icon.setToolTip(f"wwphone · {word(own.status)}")
        else:
            self._icon.setIcon(icon(Icon.NO_PHONE, colours.status_grey))
            self._icon.setToolTip("wwphone")

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason, show: Callable[[], None]) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            show()
