"""The connection at the header's right edge: one icon for all lines together, a sentence for each on demand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from wwphone.cti.api import LinkState
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import refusal, sentence
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.calls import CannotDial
from wwphone.sip.api import RegistrationState

_WIDTH = 320


@dataclass(frozen=True)
class Line:
    """One line and how it is."""

    text: str
    good: bool


class Connection(QObject):
    """Keeps the button true; its menu is filled when it opens."""

    def __init__(self, button: QToolButton, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._button = button
        self._context = context
        self._menu = QMenu(button)
        self._menu.aboutToShow.connect(self._fill)
        button.setMenu(self._menu)
        context.services.account.changed.subscribe(self._on_account_changed)
        context.theme.changed.connect(self.show_state)
        self.show_state()

    def lines(self) -> list[Line]:
        """Voice, CTI and PBX, a sentence each."""
        snapshot = self._context.services.account.snapshot
        lines = [self._voice()]
        link = snapshot.link
        if link.state is LinkState.SIGNED_IN:
            lines.append(Line(self.tr("Colleagues and presence are live."), good=True))
            if not snapshot.pbx_connected:
                text = self.tr("The CTI server does not reach the PBX: states of phones may be old.")
                lines.append(Line(text, good=False))
        elif link.error is not None:
            lines.append(Line(refusal(link.error), good=False))
        elif link.problem is not None:
            lines.append(Line(sentence(link.problem), good=False))
        return lines

    def _voice(self) -> Line:
        """Where calls reach this person."""
        snapshot = self._context.services.account.snapshot
        if snapshot.voice:
            state = snapshot.registration.state
            return Line(sentence(state), state is RegistrationState.REGISTERED)
        device = self._context.services.modes.snapshot.device
        if device is None:
            return Line(sentence(CannotDial.NO_DESK_PHONE), good=False)
        text = self.tr("The desk phone {name} is steered from here.")
        return Line(text.format(name=device.user_agent or device.address), good=True)

    def show_state(self) -> None:
        """Draw icon and texts anew."""
        snapshot = self._context.services.account.snapshot
        which, shade = _look(snapshot, self._context.theme.colours, phone=self._voice().good)
        texts = [line.text for line in self.lines()]
        self._button.setIcon(icon(which, shade))
        self._button.setToolTip(plain("\n".join(texts)))
        self._button.setAccessibleDescription(" ".join(texts))

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self.show_state()

    def _fill(self) -> None:
        self._menu.clear()
        page = self._page()
        layout = page.layout()
        assert layout is not None
        page.setFixedSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))  # a menu asks no widget for its height
        action = QWidgetAction(self._menu)
        action.setDefaultWidget(page)
        self._menu.addAction(action)

    def _page(self) -> QWidget:
        page = QFrame()
        column = QVBoxLayout(page)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S)
        column.setSpacing(tokens.SPACE_S)
        colours = self._context.theme.colours
        for line in self.lines():
            row = QHBoxLayout()
            row.setSpacing(tokens.SPACE_S)
            symbol = Symbol()
            if line.good:
                symbol.show_icon(Icon.AVAILABLE, colours.status_green)
            else:
                symbol.show_icon(Icon.WARNING, colours.status_yellow)
            text = QLabel(line.text)
            text.setWordWrap(True)
            row.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(text, 1)
            column.addLayout(row)
        server = self._context.services.account.snapshot.server
        if server:
            where = QLabel(f"{server.host}:{server.port}")
            where.setProperty("role", "muted")
            column.addWidget(where)
        return page


def _look(snapshot: AccountSnapshot, colours: Colours, *, phone: bool) -> tuple[Icon, str]:
    state = snapshot.registration.state
    if phone:
        if snapshot.live and snapshot.pbx_connected:
            return Icon.REGISTERED, colours.status_green
        return Icon.HALF_CONNECTED, colours.status_yellow
    if (snapshot.voice and state is RegistrationState.REGISTERING) or snapshot.stage is Stage.SIGNING_IN:
        return Icon.REGISTERING, colours.status_grey
    return Icon.NOT_REGISTERED, colours.status_red
