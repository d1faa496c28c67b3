"""A card for one registered device: what it is, whether it answers, where it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wwphone.domain.account import Transport
from wwphone.domain.devices import Registration
from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import clock

_QUICK_MS, _SLOW_MS = 100, 400
"""Answer times up to here are good, and from here on poor; requirement 001, "Online statistics", names no figures."""


class DeviceCard(QFrame):
    """Made anew whenever the registration changes."""

    move_wanted = Signal()
    """The call that runs is to go on here."""

    def __init__(
        self,
        registration: Registration,
        theme: Theme,
        *,
        here: bool,
        steered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.registration = registration
        self._theme = theme
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(self._what(here=here, steered=steered))
        column.addLayout(self._how())
        details = ElidedLabel()
        details.setProperty("role", "muted")
        details.set_whole(self._details())
        column.addWidget(details)
        self._move = QPushButton(self.tr("Move the call here"))
        self._move.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._move.clicked.connect(lambda _=False: self.move_wanted.emit())
        self._move.hide()
        name = registration.user_agent or registration.address
        self._move.setAccessibleName(self.tr("Move the call to {device}").format(device=name))
        column.addWidget(self._move, 0, Qt.AlignmentFlag.AlignLeft)

    def offer_move(self, *, possible: bool, rings: bool) -> None:
        """Say whether the call that runs could go on at this device, and whether it rings there for it."""
        self._move.setVisible(possible or rings)
        self._move.setEnabled(possible)
        self._move.setText(self.tr("It rings there …") if rings else self.tr("Move the call here"))

    def _what(self, *, here: bool, steered: bool) -> QHBoxLayout:
        symbol = Symbol()
        symbol.show_icon(Icon.THIS_PC if here else Icon.DESK_PHONE, self._theme.colours.text)
        name = ElidedLabel()
        name.setProperty("role", "title")
        name.set_whole(self.registration.user_agent or self.tr("Unknown device"))
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(symbol)
        row.addWidget(name, 1)
        if here or steered:
            tag = QLabel(self.tr("this PC") if here else self.tr("steered"))
            tag.setProperty("role", "tag")
            row.addWidget(tag)
        encrypted = self.registration.transport is Transport.TLS
        lock = Symbol(size=tokens.ICON_SMALL)
        text = self.tr("Encrypted") if encrypted else self.tr("Not encrypted")
        lock.show_icon(Icon.LOCK if encrypted else Icon.LOCK_OPEN, self._theme.colours.text_muted, text)
        row.addWidget(lock)
        self.setAccessibleName(", ".join((name.accessibleName(), text, self._answers()[1], self._details())))
        return row

    def _how(self) -> QHBoxLayout:
        which, text, shade = self._answers()
        symbol = Symbol(size=tokens.ICON_SMALL)
        symbol.show_icon(which, shade)
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_S)
        row.addSpacing((tokens.ICON - tokens.ICON_SMALL) // 2)
        row.addWidget(symbol)
        row.addSpacing((tokens.ICON - tokens.ICON_SMALL) // 2)
        row.addWidget(QLabel(text), 1)
        return row

    def _answers(self) -> tuple[Icon, str, str]:
        colours = self._theme.colours
        if not self.registration.reachable:
            return Icon.UNAVAILABLE, self.tr("does not answer"), colours.status_red
        round_trip_ms = self.registration.round_trip_ms
        if round_trip_ms is None:
            return Icon.OFFLINE, self.tr("not measured yet"), colours.status_grey
        text = self.tr("answers in {ms} ms").format(ms=max(1, round(round_trip_ms)))
        if round_trip_ms <= _QUICK_MS:
            return Icon.GOOD, text, colours.status_green
        if round_trip_ms < _SLOW_MS:
            return Icon.FAIR, text, colours.status_yellow
        return Icon.POOR, text, colours.status_red

    def _details(self) -> str:
        registration = self.registration
        host = f"[{registration.address}]" if ":" in registration.address else registration.address
        parts = [f"{host}:{registration.port}", registration.transport.value.upper()]
        if registration.expires_at:
            parts.append(self.tr("registered until {time}").format(time=clock(registration.expires_at)))
        return " · ".join(parts)
