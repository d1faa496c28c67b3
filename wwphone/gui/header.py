"""The header: who am I, can I be reached, and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from wwphone.cti.api import CommandRefusedError, LinkState
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.widgets.colleague_delegate import status_colour
from wwphone.gui.words import clock, effect, refusal, sentence, word
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.presence import ColleagueLine
from wwphone.sip.api import RegistrationState

_BACK_IN_MINUTES = (10, 30, 60)


class Header(QObject):
    """Name, presence menu and connection; keeps the form's header true."""

    def __init__(self, form: Ui_MainWindow, context: Context, problem: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._problem = problem
        self._presence_menu = QMenu(form.presence_button)
        self._presence_menu.setToolTipsVisible(True)
        self._connection_menu = QMenu(form.connection_button)
        form.presence_button.setMenu(self._presence_menu)
        form.connection_button.setMenu(self._connection_menu)
        services = context.services
        services.account.changed.subscribe(self._on_account_changed)
        services.presence.changed.subscribe(self._on_presence_changed)
        services.presence.replaced.subscribe(self._on_presence_replaced)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text and icon anew."""
        self._fill_presence_menu()
        self._show_account(self._context.services.account.snapshot)
        self._show_presence()

    # ------------------------------------------------------------ who and whether connected

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        self._show_account(snapshot)
        self._show_presence()

    def _show_account(self, snapshot: AccountSnapshot) -> None:
        profile = snapshot.profile
        self._form.own_name.set_whole(
            profile.nickname if profile else snapshot.user or self.tr("Not signed in")
        )
        self._form.own_line.set_whole(self._own_line(snapshot))
        good = snapshot.live and snapshot.registration.state is RegistrationState.REGISTERED
        colours = self._context.theme.colours
        which, shade = (
            (Icon.CONNECTED, colours.status_green) if good else (Icon.DISCONNECTED, colours.status_red)
        )
        button = self._form.connection_button
        button.setIcon(icon(which, shade))
        button.setToolTip("\n".join(self.connection_lines()))
        button.setAccessibleDescription(". ".join(self.connection_lines()))
        self._fill_connection_menu(snapshot)

    def _own_line(self, snapshot: AccountSnapshot) -> str:
        number = snapshot.profile.number if snapshot.profile else ""
        if snapshot.stage is Stage.SIGNING_IN and not snapshot.live:
            return self.tr("signing in …")
        state = snapshot.registration.state
        if state is RegistrationState.REGISTERED:
            return number
        return " · ".join(part for part in (number, word(state)) if part)

    def connection_lines(self) -> list[str]:
        """The state of voice, CTI line and PBX, a sentence each."""
        snapshot = self._context.services.account.snapshot
        lines = [sentence(snapshot.registration.state)]
        link = snapshot.link
        if link.state is LinkState.SIGNED_IN:
            lines.append(self.tr("Colleagues and presence are live."))
            if not snapshot.pbx_connected:
                lines.append(self.tr("The CTI server does not reach the PBX: states of phones may be old."))
        elif link.problem is not None:
            lines.append(refusal(link.error) if link.error else sentence(link.problem))
        return lines

    def _fill_connection_menu(self, snapshot: AccountSnapshot) -> None:
        menu = self._connection_menu
        menu.clear()
        for line in self.connection_lines():
            menu.addAction(line).setEnabled(False)
        if snapshot.server:
            menu.addSeparator()
            menu.addAction(f"{snapshot.server.host}:{snapshot.server.port}").setEnabled(False)

    # ------------------------------------------------------------ presence

    def _fill_presence_menu(self) -> None:
        menu = self._presence_menu
        menu.clear()
        for status in PresenceStatus:
            if not status.selectable:
                continue
            if status is PresenceStatus.BE_RIGHT_BACK:
                self._add_be_right_back(menu)
                continue
            action = menu.addAction(self._status_icon(status), word(status))
            action.setToolTip(effect(status))
            action.triggered.connect(lambda _=False, status=status: self.choose(status))

    def _add_be_right_back(self, menu: QMenu) -> None:
        status = PresenceStatus.BE_RIGHT_BACK
        below = menu.addMenu(self._status_icon(status), word(status))
        below.addAction(self.tr("without a time")).triggered.connect(lambda: self.choose(status))
        for minutes in _BACK_IN_MINUTES:
            action = below.addAction(self.tr("in {minutes} minutes").format(minutes=minutes))
            action.triggered.connect(
                lambda _=False, minutes=minutes: self.choose(status, timedelta(minutes=minutes))
            )

    def choose(self, status: PresenceStatus, back_in: timedelta | None = None) -> None:
        """Set one's own presence."""
        back_at = datetime.now(UTC) + back_in if back_in else None
        self._context.run(self._choose(status, back_at))

    async def _choose(self, status: PresenceStatus, back_at: datetime | None) -> None:
        try:
            await self._context.services.presence.set(status, back_at)
        except CommandRefusedError as error:
            self._problem.say(refusal(error.error), self.tr("OK"), lambda: self._problem.say(""))
        else:
            self._problem.say("")

    def _on_presence_changed(self, lines: tuple[ColleagueLine, ...]) -> None:
        profile = self._context.services.account.snapshot.profile
        if profile and any(line.colleague.user == profile.user for line in lines):
            self._show_presence()

    def _on_presence_replaced(self, _: None) -> None:
        self._show_presence()

    def _show_presence(self) -> None:
        own = self._context.services.presence.own
        button = self._form.presence_button
        live = self._context.services.account.snapshot.live
        button.setEnabled(live)
        status = own.status if own and live else PresenceStatus.OFFLINE
        text = word(status)
        if own and live and own.back_at:
            text = f"{text} · {clock(own.back_at)}"
        button.setText(text)
        button.setIcon(self._status_icon(status))
        button.setToolTip(effect(status))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _status_icon(self, status: PresenceStatus) -> QIcon:
        return icon(STATUS_ICONS[status], status_colour(self._context.theme.colours, status))
