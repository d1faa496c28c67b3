"""The header: who am I, can I be reached, and why not."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QMenu

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.banners import Banners
from wwphone.gui.connection import Connection
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.presence_choices import PresenceChoices
from wwphone.gui.reach_controls import ReachControls
from wwphone.gui.ring_groups import RingGroups
from wwphone.gui.states import presence_text, status_colour
from wwphone.gui.style import tokens
from wwphone.gui.switches import Switches
from wwphone.gui.widgets.avatar import Avatar
from wwphone.gui.words import effect, refusal
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.modes import ModeSnapshot
from wwphone.sip.api import RegistrationState


class Header(QObject):
    """Avatar, name, presence menu, reachability and connection; keeps the form's header true."""

    journal_wanted = Signal()

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._banners = banners
        self._avatar = Avatar(context.theme)
        form.header_row.insertWidget(0, self._avatar)
        self._menu = QMenu(form.presence_button)
        self._choices = PresenceChoices(context, self.choose, self)
        form.presence_button.setMenu(self._menu)
        form.presence_button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        form.connection_button.setIconSize(QSize(tokens.SPACE_XL, tokens.SPACE_XL))
        self.connection = Connection(form.connection_button, context, self)
        self.reach = ReachControls(form, context, banners, self)
        self.ring_groups = RingGroups(form, context, banners, self)
        self.switches = Switches(form, context, banners, self)
        form.duties.set_parts((form.duty, form.circuits))
        services = context.services
        services.account.changed.subscribe(self._on_account_changed)
        services.modes.changed.subscribe(self._on_modes_changed)
        services.presence.changed.subscribe(self._on_presence_changed)
        services.presence.replaced.subscribe(self._on_presence_replaced)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text and icon anew."""
        self._fill_menu()
        self.reach.retranslate()
        self.ring_groups.retranslate()
        self.switches.retranslate()
        self.connection.show_state()
        self._show_account()
        self._show_presence()

    def choose(self, status: PresenceStatus, back_at: datetime | None = None) -> None:
        """Set one's own presence."""
        self._context.run(self._choose(status, back_at))

    # ------------------------------------------------------------ who

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._show_account()
        self._show_presence()

    def _on_modes_changed(self, _: ModeSnapshot) -> None:
        self._show_account()
        self.connection.show_state()

    def _show_account(self) -> None:
        snapshot = self._context.services.account.snapshot
        profile = snapshot.profile
        name = profile.nickname if profile else snapshot.user
        if snapshot.stage is Stage.SIGNED_OUT or not name:
            name = self.tr("Not signed in")
        self._form.own_name.set_whole(name)
        line = self._own_line(snapshot)
        self._form.own_line.set_whole(line)
        self._form.own_line.setVisible(bool(line))

    def _own_line(self, snapshot: AccountSnapshot) -> str:
        number = snapshot.profile.number if snapshot.profile else ""
        state = snapshot.registration.state
        if snapshot.stage is Stage.SIGNING_IN and not snapshot.live:
            return self.tr("signing in …")
        if snapshot.stage is Stage.SIGNED_OUT:
            return ""
        if not snapshot.voice:
            remark = "" if self._context.services.modes.snapshot.device else self.tr("no phone")
            return " · ".join(part for part in (number, remark) if part)
        if state is RegistrationState.REGISTERED:
            return number
        # Why, a banner says: here is room for no more than a word or two.
        registering = state is RegistrationState.REGISTERING
        remark = self.tr("connecting …") if registering else self.tr("does not ring")
        return " · ".join(part for part in (number, remark) if part)

    # ------------------------------------------------------------ presence

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._choices.add_to(self._menu)
        self._menu.addSeparator()
        colour = self._context.theme.colours.text
        forward = self._menu.addAction(icon(Icon.FORWARD, colour), self.tr("Forward calls …"))
        forward.triggered.connect(self.reach.forwarding_wanted)
        journal = self._menu.addAction(icon(Icon.JOURNAL, colour), self.tr("My presence history"))
        journal.triggered.connect(self.journal_wanted)

    async def _choose(self, status: PresenceStatus, back_at: datetime | None) -> None:
        try:
            await self._context.services.presence.set(status, back_at)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))
        else:
            self._banners.say_problem("")

    def _on_presence_changed(self, users: frozenset[str]) -> None:
        profile = self._context.services.account.snapshot.profile
        if profile and profile.user in users:
            self._show_presence()

    def _on_presence_replaced(self, _: None) -> None:
        self._choices.explain()
        self._show_presence()

    def _show_presence(self) -> None:
        services = self._context.services
        own, live = services.presence.own, services.account.snapshot.live
        status = own.status if own else PresenceStatus.OFFLINE
        colours = self._context.theme.colours
        shade = status_colour(colours, status) if live else colours.status_grey
        button = self._form.presence_button
        button.setEnabled(live)
        button.setText(presence_text(status, own.back_at if own else None))
        button.setIcon(icon(STATUS_ICONS[status], shade))
        button.setToolTip(effect(status, services.presence.reach(status)))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        profile = services.account.snapshot.profile
        self._avatar.show_person(profile.nickname if profile else "", (STATUS_ICONS[status], shade))
