"""My devices: what rings for me, where it is, how quickly it answers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.account import MAX_REGISTRATIONS
from wwphone.domain.calls import CallSnapshot
from wwphone.domain.devices import Registration
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.device_card import DeviceCard
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.words import refusal
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.modes import ModeSnapshot

_What = tuple[Registration, bool, bool]
"""What a card shows: the device, whether it is this PC, whether it is steered."""


class DevicesPanel(QWidget):
    """A card for each registered device; while a call runs, it can be moved to any of them.

    Cards are made only when somebody sees them: the window should not be held up for what is not shown.
    """

    problem_told = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._empty = EmptyState(Icon.DEVICES, context.theme)
        self._cards: list[DeviceCard] = []
        self._drawn: list[_What] | None = None
        self._column = self._lay_out()
        context.services.devices.changed.subscribe(self._on_changed)
        context.services.moving.changed.subscribe(self._on_moving_changed)
        context.services.moving.not_taken.subscribe(self._on_not_taken)
        context.services.account.changed.subscribe(self._on_account_changed)
        context.services.modes.changed.subscribe(self._on_modes_changed)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._show()

    def retranslate(self) -> None:
        """Draw everything anew."""
        self._title.setText(self.tr("My devices"))
        self._say_empty()
        self._drawn = None
        self._show()

    # ------------------------------------------------------------ inside

    def _lay_out(self) -> QVBoxLayout:
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M)
        column.setSpacing(tokens.SPACE_S)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._count)
        column.addLayout(top)
        column.addWidget(self._empty, 1)
        column.addStretch(0)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        return column

    def _on_changed(self, _: tuple[Registration, ...]) -> None:
        self._show()

    def _on_modes_changed(self, _: ModeSnapshot) -> None:
        self._show()

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._say_empty()

    def _show(self) -> None:
        devices = self._context.services.devices
        wanted = [(one, devices.is_this_pc(one), devices.is_steered(one)) for one in devices.registrations]
        if wanted == self._drawn or not self.isVisible():
            return
        self._drawn = wanted
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(*what) for what in wanted]
        for card in self._cards:
            self._column.insertWidget(self._column.count() - 1, card)
        self._on_moving_changed(None)
        text = self.tr("{count} of {most} registered")
        self._count.setText(text.format(count=len(wanted), most=MAX_REGISTRATIONS))
        self._count.setVisible(bool(wanted))
        self._empty.setVisible(not wanted)
        self._say_empty()

    def _card(self, registration: Registration, here: bool, steered: bool) -> DeviceCard:
        card = DeviceCard(registration, self._context.theme, here=here, steered=steered)
        card.move_wanted.connect(lambda: self._context.run(self._move(registration)))
        return card

    def _on_moving_changed(self, _: None) -> None:
        moving = self._context.services.moving
        for card in self._cards:
            device = card.registration
            card.offer_move(possible=moving.can_take(device), rings=moving.contact == device.contact)

    def _on_not_taken(self, _: CallSnapshot) -> None:
        self.problem_told.emit(self.tr("The other device did not take the call; it goes on here."))

    async def _move(self, registration: Registration) -> None:
        try:
            await self._context.services.moving.move(registration)
        except CommandRefusedError as error:
            self.problem_told.emit(refusal(error.error))

    def _say_empty(self) -> None:
        if self._context.services.account.snapshot.stage is Stage.SIGNED_IN:
            self._empty.say(self.tr("No device of yours is registered, so nothing rings. Switch a phone on."))
        else:
            self._empty.say(self.tr("Your phones and PCs appear here as soon as you are signed in."))
