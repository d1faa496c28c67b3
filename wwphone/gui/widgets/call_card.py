"""A call card: who, how long, how good, and what can be done with the call right now."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wwphone.domain.calls import CallSnapshot, CallState, QualityWord
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.words import duration, sentence, word

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


class CallCard(QFrame):
    """One call. Emits what the person wants; whoever owns the card passes it to the calls service."""

    hang_up_wanted = Signal()
    answer_wanted = Signal()
    hold_wanted = Signal()
    mute_wanted = Signal(bool)
    digit_pressed = Signal(str)
    call_again_wanted = Signal()
    dismiss_wanted = Signal()

    def __init__(self, call: CallSnapshot, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call = call
        self._theme = theme
        self.setProperty("role", "card")
        self._build()
        self.show_call(call)

    def show_call(self, call: CallSnapshot) -> None:
        """Show the call as it is now."""
        self.call = call
        who = call.remote.name or call.remote.number
        self._name.set_whole(who)
        self._number.setText(call.remote.number if call.remote.name else "")
        self._state.set_whole(self._state_text())
        self._encrypted.setVisible(call.encrypted and call.established)
        ended, incoming = call.state is CallState.ENDED, call.state is CallState.INCOMING
        self._mute.setVisible(call.established)
        self._hold.setVisible(call.established)
        self._keypad_button.setVisible(call.state in (CallState.ACTIVE, CallState.RINGING))
        self._hang_up.setVisible(not ended)
        self._answer.setVisible(incoming)
        self._again.setVisible(ended and bool(call.remote.number))
        self._dismiss.setVisible(ended)
        self._mute.setChecked(call.muted)
        self._hold.setChecked(call.state is CallState.HELD)
        if not call.established and call.state is not CallState.RINGING:
            self._keypad_button.setChecked(False)
        self._look("ended" if ended else "ringing" if incoming else "")
        self.tick()
        self.retranslate()

    def tick(self) -> None:
        """Show how long the call runs; called once a second while any call runs."""
        call = self.call
        if call.answered_at is None or call.end is not None:
            if call.end is None:
                self._duration.setText("")
            return
        self._duration.setText(duration((datetime.now(UTC) - call.answered_at).total_seconds()))

    def retranslate(self) -> None:
        """Put every text into the language of the window."""
        call = self.call
        for button, text in (
            (
                self._mute,
                self.tr("Switch the microphone on") if call.muted else self.tr("Mute the microphone"),
            ),
            (
                self._hold,
                self.tr("Resume the call") if call.state is CallState.HELD else self.tr("Hold the call"),
            ),
            (self._keypad_button, self.tr("Keypad")),
            (self._dismiss, self.tr("Close")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        declines = call.state is CallState.INCOMING
        self._hang_up.setText(self.tr("Decline") if declines else self.tr("Hang up"))
        self._answer.setText(self.tr("Answer"))
        self._again.setText(self.tr("Call again"))
        self._encrypted.setToolTip(self.tr("Encrypted"))
        self._encrypted.setAccessibleName(self.tr("Encrypted"))
        self._state.set_whole(self._state_text())
        self.setAccessibleName(f"{self._name.accessibleName()}, {self._state.accessibleName()}")
        self._draw_icons()

    def draw_anew(self) -> None:
        """The theme changed: icons carry its colours."""
        self._draw_icons()

    # ------------------------------------------------------------ inside

    def _state_text(self) -> str:
        call = self.call
        if call.end is not None:
            return sentence(call.end.reason)
        if call.established and call.held_there:
            return self.tr("The other side holds you")
        text = word(call.state)
        if call.state is CallState.ACTIVE and call.muted:
            text = f"{text} · {self.tr('muted')}"
        if call.quality is not None and call.state is CallState.ACTIVE:
            text = f"{text} · {word(call.quality.word)}"
        return text

    def _look(self, state: str) -> None:
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def _draw_icons(self) -> None:
        colours = self._theme.colours
        held = self.call.state is CallState.HELD
        self._mute.setIcon(icon(Icon.MUTE if self.call.muted else Icon.MICROPHONE, colours.text))
        self._hold.setIcon(icon(Icon.RESUME if held else Icon.HOLD, colours.text))
        self._keypad_button.setIcon(icon(Icon.KEYPAD, colours.text))
        self._dismiss.setIcon(icon(Icon.CLOSE, colours.text))
        self._hang_up.setIcon(icon(Icon.HANG_UP, colours.on_negative))
        self._answer.setIcon(icon(Icon.CALL, colours.on_positive))
        self._again.setIcon(icon(Icon.CALL, colours.text))
        size = tokens.ICON - tokens.SPACE_XS
        self._encrypted.setPixmap(icon(Icon.LOCK, colours.text_muted).pixmap(size, size))
        quality = self.call.quality
        poor = quality is not None and quality.word is QualityWord.POOR and self.call.established
        self._state.setStyleSheet(f"color: {colours.caution}" if poor else "")

    def _build(self) -> None:
        self._name = ElidedLabel()
        self._name.setProperty("role", "title")
        self._number = QLabel()
        self._number.setProperty("role", "muted")
        self._duration = QLabel()
        self._duration.setProperty("role", "title")
        self._encrypted = QLabel()
        self._state = ElidedLabel()
        self._state.setProperty("role", "muted")
        self._dismiss = self._tool(self.dismiss_wanted.emit)
        top = QHBoxLayout()
        top.setSpacing(tokens.SPACE_S)
        top.addWidget(self._name, 1)
        for widget in (self._number, self._encrypted, self._duration, self._dismiss):
            top.addWidget(widget)
        self._mute = self._tool(self._on_mute_clicked, checkable=True)
        self._hold = self._tool(self.hold_wanted.emit, checkable=True)
        self._keypad_button = self._tool(self._on_keypad_clicked, checkable=True)
        self._again = QPushButton()
        self._again.clicked.connect(self.call_again_wanted)
        self._answer = QPushButton()
        self._answer.setProperty("role", "positive")
        self._answer.clicked.connect(self.answer_wanted)
        self._hang_up = QPushButton()
        self._hang_up.setProperty("role", "negative")
        self._hang_up.clicked.connect(self.hang_up_wanted)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.SPACE_XS)
        for button in (self._mute, self._hold, self._keypad_button):
            actions.addWidget(button)
        actions.addStretch(1)
        actions.setSpacing(tokens.SPACE_S)
        for push in (self._again, self._answer, self._hang_up):
            actions.addWidget(push)
        self._keypad = self._make_keypad()
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(top)
        column.addWidget(self._state)
        column.addLayout(actions)
        column.addWidget(self._keypad)

    def _tool(self, slot: object, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setCheckable(checkable)
        button.clicked.connect(slot)
        return button

    def _make_keypad(self) -> QWidget:
        keypad = QWidget()
        grid = QGridLayout(keypad)
        grid.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        grid.setSpacing(tokens.SPACE_S)
        for place, key in enumerate(_KEYS):
            button = QToolButton()
            button.setText(key)
            button.setProperty("role", "key")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, key=key: self.digit_pressed.emit(key))
            grid.addWidget(button, place // 3, place % 3)
        keypad.setVisible(False)
        return keypad

    def _on_mute_clicked(self) -> None:
        self.mute_wanted.emit(self._mute.isChecked())

    def _on_keypad_clicked(self) -> None:
        self._keypad.setVisible(self._keypad_button.isChecked())
