"""My devices: what rings for me, where it is, how quickly it answers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from wwphone.domain.account import MAX_REGISTRATIONS, Transport
from wwphone.domain.devices import Registration
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.words import clock

_QUICK_MS, _SLOW_MS = 100, 400
"""Answer times up to here are good, and from here on poor: requirement 001, "Online statistics", names no figures."""


class DevicesPanel(QWidget):
    """A card for each registered device."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        page = QWidget()
        page.setProperty("role", "page")
        self._cards = QVBoxLayout(page)
        self._cards.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_M)
        self._cards.setSpacing(tokens.SPACE_S)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        context.services.devices.changed.subscribe(self._on_changed)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Draw everything anew."""
        self._on_changed(self._context.services.devices.registrations)

    def _on_changed(self, registrations: tuple[Registration, ...]) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in (self._count, self._empty):
                widget.deleteLater()
        text = self.tr("{count} of {most} devices are registered.")
        self._count.setText(text.format(count=len(registrations), most=MAX_REGISTRATIONS))
        self._empty.setText(
            self.tr(
                "No device of yours is registered, so nothing rings. Sign in on this PC, or switch a phone on."
            )
        )
        self._empty.setVisible(not registrations)
        self._count.setVisible(bool(registrations))
        self._cards.addWidget(self._count)
        for registration in registrations:
            self._cards.addWidget(self._card(registration))
        self._cards.addWidget(self._empty)
        self._cards.addStretch(1)

    def _card(self, registration: Registration) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        here = self._context.services.devices.is_this_pc(registration)
        name = ElidedLabel()
        name.setProperty("role", "title")
        name.set_whole(registration.user_agent or self.tr("Unknown device"))
        top = QHBoxLayout()
        top.setSpacing(tokens.SPACE_S)
        top.addWidget(
            self._symbol(Icon.THIS_PC if here else Icon.DESK_PHONE, self._context.theme.colours.text)
        )
        top.addWidget(name, 1)
        if here:
            tag = QLabel(self.tr("this PC"))
            tag.setProperty("role", "tag")
            top.addWidget(tag)
        top.addWidget(self._padlock(registration))
        column = QVBoxLayout(card)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(top)
        answers, shade = self._answers(registration)
        state = QHBoxLayout()
        state.setSpacing(tokens.SPACE_XS)
        state.addWidget(self._symbol(Icon.CONNECTED if registration.reachable else Icon.DISCONNECTED, shade))
        state.addWidget(QLabel(answers))
        state.addStretch(1)
        column.addLayout(state)
        details = ElidedLabel()
        details.setProperty("role", "muted")
        details.set_whole(self._details(registration))
        column.addWidget(details)
        card.setAccessibleName(f"{registration.user_agent}, {answers}, {self._details(registration)}")
        return card

    def _symbol(self, which: Icon, colour: str) -> QLabel:
        symbol = QLabel()
        symbol.setPixmap(icon(which, colour).pixmap(tokens.ICON, tokens.ICON))
        return symbol

    def _padlock(self, registration: Registration) -> QLabel:
        closed = registration.transport is Transport.TLS
        padlock = self._symbol(
            Icon.LOCK if closed else Icon.LOCK_OPEN, self._context.theme.colours.text_muted
        )
        text = self.tr("Encrypted") if closed else self.tr("Not encrypted")
        padlock.setToolTip(text)
        padlock.setAccessibleName(text)
        return padlock

    def _answers(self, registration: Registration) -> tuple[str, str]:
        colours = self._context.theme.colours
        if not registration.reachable:
            return self.tr("does not answer"), colours.status_red
        if registration.round_trip_ms is None:
            return self.tr("not measured yet"), colours.status_grey
        text = self.tr("answers in {ms} ms").format(ms=max(1, round(registration.round_trip_ms)))
        if registration.round_trip_ms <= _QUICK_MS:
            return text, colours.status_green
        return text, colours.status_yellow if registration.round_trip_ms < _SLOW_MS else colours.status_red

    def _details(self, registration: Registration) -> str:
        parts = [f"{registration.address}:{registration.port}", registration.transport.value.upper()]
        if registration.expires_at:
            parts.append(self.tr("registered until {time}").format(time=clock(registration.expires_at)))
        return " · ".join(parts)
