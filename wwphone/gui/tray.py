"""The icon beside the clock: state at a glance, the window one click away, and missed calls while nobody looks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from wwphone.domain.calls import CallSnapshot, EndReason
from wwphone.gui.context import Context
from wwphone.gui.history_words import missed_count
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.states import presence_text, status_colour
from wwphone.gui.style.tokens import Colours
from wwphone.gui.widgets.painting import sized
from wwphone.gui.words import clock
from wwphone.services.account import AccountSnapshot

_READABLE_FROM, _MOST = 22, 9
_SIZES = (16, 22, 24, 32, 48, 64)
"""Pixels, as the desktops ask for them."""


def badged(shape: QIcon, count: int, colours: Colours) -> QIcon:
    """An icon with a number in its lower right corner; where no number can be read, a dot."""
    made = QIcon()
    for size in _SIZES:
        picture = shape.pixmap(size, size)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.negative))
        side = size * (0.5 if size < _READABLE_FROM else 0.62)
        place = QRectF(size - side, size - side, side, side)
        painter.drawEllipse(place)
        if size >= _READABLE_FROM:
            painter.setFont(sized(painter.font(), round(side * 0.7), QFont.Weight.Bold))
            painter.setPen(QColor(colours.on_negative))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(count) if count <= _MOST else "+")
        painter.end()
        made.addPixmap(picture)
    return made


class Tray(QObject):
    """Absent where the desktop has no such place."""

    def __init__(
        self, context: Context, show: Callable[[], None], end: Callable[[], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._show = show
        self._missed: set[str] = set()
        self.menu = QMenu()
        self._show_action = self.menu.addAction("", show)
        self.menu.addSeparator()
        self._end_action = self.menu.addAction("", end)
        self.icon = QSystemTrayIcon(icon(Icon.CALL, context.theme.colours.accent), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(show)
        services = context.services
        services.account.changed.subscribe(self._on_account_changed)
        services.presence.changed.subscribe(self._on_presence_changed)
        services.presence.replaced.subscribe(self._on_presence_replaced)
        services.history.changed.subscribe(lambda _: self._draw())
        services.recording.changed.subscribe(lambda _: self._draw())
        services.calls.changed.subscribe(self._on_call_changed)
        services.calls.removed.subscribe(self._missed.discard)
        context.theme.changed.connect(self._draw)
        self.retranslate()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    @property
    def visible(self) -> bool:
        """Whether the desktop shows it: only then may the window hide itself."""
        return self.icon.isVisible()

    def close(self) -> None:
        """Take it away."""
        self.icon.hide()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show_action.setText(self.tr("Show the window"))
        self._end_action.setText(self.tr("End wwphone"))
        self._draw()

    # ------------------------------------------------------------ state

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._draw()

    def _on_presence_changed(self, users: frozenset[str]) -> None:
        profile = self._context.services.account.snapshot.profile
        if profile and profile.user in users:
            self._draw()

    def _on_presence_replaced(self, _: None) -> None:
        self._draw()

    def _draw(self) -> None:
        own = self._context.services.presence.own
        colours = self._context.theme.colours
        if own and self._context.services.account.snapshot.live:
            missed = self._context.services.history.open_tasks
            shape = icon(STATUS_ICONS[own.status], status_colour(colours, own.status))
            self.icon.setIcon(badged(shape, missed, colours) if missed else shape)
            text = f"wwphone · {presence_text(own.status, own.back_at)}"
            if missed:
                text = " · ".join((text, missed_count(missed)))
            if self._context.services.recording.running:
                text = " · ".join((text, self.tr("a call is being recorded")))
            self.icon.setToolTip(text)
        else:
            self.icon.setIcon(icon(Icon.NO_PHONE, colours.status_grey))
            self.icon.setToolTip(self.tr("wwphone · not connected"))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._show()

    # ------------------------------------------------------------ missed calls

    def _on_call_changed(self, call: CallSnapshot) -> None:
        if call.end is None or call.end.reason is not EndReason.MISSED or call.call_id in self._missed:
            return
        self._missed.add(call.call_id)
        if self._window.isActiveWindow():
            return
        who = call.remote.name or written(call.remote.number) or self.tr("Unknown caller")
        text = self.tr("{name} called at {time}").format(name=who, time=clock(call.started_at))
        self.icon.showMessage(
            self.tr("Missed call"), text, icon(Icon.MISSED, self._context.theme.colours.status_red)
        )
