"""The incoming pop-up: a small window of its own, top right, above all others, which never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.words import word

_WIDTH = 360


class IncomingPopup(QWidget):
    """One ringing call. It stays as long as it rings."""

    def __init__(self, call: CallSnapshot, context: Context) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.call = call
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "page")
        self._build()
        self.show_call(call)

    def show_call(self, call: CallSnapshot) -> None:
        """Show who calls whom."""
        self.call = call
        self.setWindowTitle(self.tr("Incoming call"))
        self._kind.setText(word(call.kind))
        self._name.set_whole(call.remote.name or call.remote.number or self.tr("Unknown caller"))
        self._number.setText(call.remote.number if call.remote.name else "")
        self._called.setText(self.tr("for {number}").format(number=call.called_number))
        self._called.setVisible(bool(call.called_number))
        self._answer.setText(self.tr("Answer"))
        self._decline.setText(self.tr("Decline"))
        self.setAccessibleName(f"{self.windowTitle()}: {self._name.accessibleName()}, {self._kind.text()}")

    def place(self, slot: int) -> None:
        """Stand at the top right of the main screen, below `slot` other pop-ups."""
        screen = QGuiApplication.primaryScreen()
        self.adjustSize()
        area = screen.availableGeometry()
        top = area.top() + tokens.SPACE_L + slot * (self.height() + tokens.SPACE_S)
        self.move(area.right() - self.width() - tokens.SPACE_L, top)

    def _build(self) -> None:
        colours = self._context.theme.colours
        self.setFixedWidth(_WIDTH)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setProperty("state", "ringing")
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(tokens.SPACE_L, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_L)
        column.setSpacing(tokens.SPACE_XS)
        self._kind = QLabel()
        self._kind.setProperty("role", "tag")
        self._called = QLabel()
        self._called.setProperty("role", "muted")
        tags = QHBoxLayout()
        tags.addWidget(self._kind)
        tags.addWidget(self._called)
        tags.addStretch(1)
        self._name = ElidedLabel()
        self._name.setProperty("role", "display")
        self._number = QLabel()
        self._number.setProperty("role", "muted")
        column.addLayout(tags)
        column.addWidget(self._name)
        column.addWidget(self._number)
        column.addSpacing(tokens.SPACE_S)
        self._answer = self._push("positive", icon(Icon.CALL, colours.on_positive))
        self._answer.clicked.connect(self._on_answer_clicked)
        self._decline = self._push("negative", icon(Icon.HANG_UP, colours.on_negative))
        self._decline.clicked.connect(self._on_decline_clicked)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.SPACE_M)
        buttons.addWidget(self._answer)
        buttons.addWidget(self._decline)
        column.addLayout(buttons)

    def _push(self, role: str, symbol: QIcon) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", role)
        button.setIcon(symbol)
        button.setMinimumHeight(tokens.POPUP_BUTTON_HEIGHT)
        return button

    def _on_answer_clicked(self) -> None:
        self._context.services.calls.answer(self.call.call_id)

    def _on_decline_clicked(self) -> None:
        self._context.services.calls.decline(self.call.call_id)


class IncomingPopups:
    """A pop-up for each call that rings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._popups: dict[str, IncomingPopup] = {}
        calls = context.services.calls
        self._unsubscribe = (
            calls.incoming.subscribe(self._on_incoming),
            calls.changed.subscribe(self._on_changed),
            calls.removed.subscribe(self._close),
        )

    @property
    def shown(self) -> tuple[IncomingPopup, ...]:
        """What is shown, oldest first."""
        return tuple(self._popups.values())

    def close(self) -> None:
        """Show nothing any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for call_id in tuple(self._popups):
            self._close(call_id)

    def _on_incoming(self, call: CallSnapshot) -> None:
        popup = IncomingPopup(call, self._context)
        popup.place(len(self._popups))
        self._popups[call.call_id] = popup
        popup.show()

    def _on_changed(self, call: CallSnapshot) -> None:
        popup = self._popups.get(call.call_id)
        if popup is None:
            return
        if call.state is CallState.INCOMING:
            popup.show_call(call)
        else:
            self._close(call.call_id)

    def _close(self, call_id: str) -> None:
        popup = self._popups.pop(call_id, None)
        if popup:
            popup.close()
