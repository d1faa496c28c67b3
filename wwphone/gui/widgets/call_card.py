"""A call card: who, how long, how good, and what can be done with the call right now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QFont, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wwphone.domain.calls import CallDirection, CallSnapshot, CallState, EndReason
from wwphone.gui.icons import QUALITY_ICONS, Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.states import quality_colour
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.call_note import CallNote
from wwphone.gui.widgets.carried_call import carried
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.keypad import Keypad
from wwphone.gui.widgets.recording_strip import RecordingStrip
from wwphone.gui.widgets.send_on_button import SendOnButton
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import duration, ending, word

_ORDINARY_ENDS = frozenset(
    {
        EndReason.HUNG_UP_HERE,
        EndReason.HUNG_UP_THERE,
        EndReason.CANCELLED,
        EndReason.DECLINED_HERE,
        EndReason.ANSWERED_ELSEWHERE,
        EndReason.PARKED,
        EndReason.TRANSFERRED,
        EndReason.DEFLECTED,
        EndReason.MOVED,
    }
)
"""Ends that need nobody's attention."""
_MOST_BESIDE_TEXT = 5
"""Tools beside a *Hang up* that is written out, in the narrowest window and the longest language."""
_LOOKS = {CallState.INCOMING: "ringing", CallState.ACTIVE: "active", CallState.ENDED: "ended"}


class CallCard(QFrame):
    """One call. Emits what the person wants; whoever owns the card passes it to the calls service."""

    hang_up_wanted = Signal()
    answer_wanted = Signal()
    hold_wanted = Signal()
    mute_wanted = Signal(bool)
    digit_pressed = Signal(str)
    park_wanted = Signal()
    record_wanted = Signal()
    transfer_wanted = Signal()
    merge_wanted = Signal()
    split_wanted = Signal()
    deflect_wanted = Signal()
    voicemail_wanted = Signal()
    call_again_wanted = Signal()
    dismiss_wanted = Signal()
    note_opened = Signal(bool)
    menu_wanted = Signal(QPoint)
    """Where on the screen: the right mouse button, or the menu key."""

    def __init__(self, call: CallSnapshot, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call = call
        self._theme = theme
        self._parkable = False
        self._transferable = self._mergeable = False
        self._pressed_at: QPoint | None = None
        self.setProperty("role", "card")
        self._make_texts()
        self._make_buttons()
        self._lay_out()
        self.show_call(call)

    def show_call(self, call: CallSnapshot) -> None:
        """Show the call as it is now."""
        self.call = call
        ended, incoming = call.state is CallState.ENDED, call.state is CallState.INCOMING
        self._duration.setVisible(call.answered_at is not None)
        self._encrypted.setVisible(call.encrypted and call.established and not call.merged)
        self._mute.setVisible(call.established and not call.merged)
        self._hold.setVisible(call.established and not call.merged)
        self._keypad_button.setVisible(
            call.state in (CallState.ACTIVE, CallState.RINGING) and not call.merged
        )
        self._note_button.setVisible(
            ended or not (call.merged or incoming)
        )  # no room beside what a caller needs
        self._split.setVisible(call.established and call.merged)
        self._end_one.setVisible(call.established and call.merged)
        self._hang_up.setVisible(not ended and not call.merged)
        self._answer.setVisible(incoming and not call.lift)
        self._send_on.setVisible(incoming)
        goes_on = call.end is not None and call.end.reason in (EndReason.PARKED, EndReason.MOVED)
        self._again.setVisible(ended and not goes_on and bool(call.remote.number))
        self._dismiss.setVisible(ended)
        self._mute.setChecked(call.muted)
        self._hold.setChecked(call.state is CallState.HELD)
        if self._keypad_button.isHidden():
            self._keypad_button.setChecked(False)
        self._keypad.setVisible(self._keypad_button.isChecked())
        self._show_possible()
        self._look("member" if call.merged and not ended else _LOOKS.get(call.state, ""))
        self.tick()
        self.retranslate()

    def offer_parking(self, *, possible: bool) -> None:
        """Say whether calls can be parked now."""
        self._parkable = possible
        self._show_possible()

    def offer(self, *, transfer: bool, merge: bool) -> None:
        """Say what is possible with the call besides what its state tells."""
        self._transferable, self._mergeable = transfer, merge
        self._show_possible()

    def offer_recording(self, *, possible: bool) -> None:
        """Say whether recording the call could begin now."""
        self._record.setVisible(possible and not self.call.merged)

    def show_bar(self, bar: QWidget) -> None:
        """Show something more below the buttons; whoever made it takes it away."""
        self._column.addWidget(bar)

    def tick(self) -> None:
        """Show how long the call runs; called once a second while any call runs, and an ended one keeps its length."""
        call = self.call
        if call.answered_at is not None and call.end is None:
            self._duration.setText(duration((datetime.now(UTC) - call.answered_at).total_seconds()))
            self.recording.tick()

    def retranslate(self) -> None:
        """Put every text into the language of the window."""
        call = self.call
        name = call.remote.name or written(call.remote.number) or self.tr("Unknown caller")
        self._name.set_whole(name)
        self._state.setText(self._state_text())
        held = call.state is CallState.HELD
        _explain(
            self._mute, self.tr("Microphone on (F8)") if call.muted else self.tr("Mute the microphone (F8)")
        )
        _explain(self._hold, self.tr("Resume the call (F7)") if held else self.tr("Hold the call (F7)"))
        _explain(self._keypad_button, self.tr("Keypad"))
        _explain(self._note_button, self.tr("Note"))
        self.note.retranslate()
        _explain(self._record, self.tr("Record the call (Ctrl+R)"))
        self.recording.retranslate()
        _explain(self._park, self.tr("Park the call (Ctrl+P)"))
        _explain(self._transfer, self.tr("Transfer the call (Ctrl+T)"))
        _explain(self._merge, self.tr("Merge with the other call (Ctrl+M)"))
        _explain(self._split, self.tr("Take out of the merged calls"))
        _explain(self._end_one, self.tr("Hang up"))
        _explain(self._dismiss, self.tr("Close"))
        self._send_on.retranslate()
        self._say_hang_up()
        self._answer.setText(self.tr("Answer"))
        self._answer.setToolTip("F5")
        self._again.setText(self.tr("Call again"))
        self.setAccessibleName(", ".join((name, *self._story())))
        self._draw()

    def draw_anew(self) -> None:
        """The theme changed: icons carry its colours."""
        self._draw()

    # ------------------------------------------------------------ what is shown

    def _state_text(self) -> str:
        """The line below the name: what the picture and the buttons do not say."""
        call = self.call
        parts = [written(call.remote.number)] if call.remote.name and call.remote.number else []
        if call.state is not CallState.ACTIVE:
            parts.append(self._state_word())
        parts += self._remarks()
        return " · ".join(parts) or word(call.state)

    def _story(self) -> list[str]:
        """All of it, for who does not see it."""
        call = self.call
        number = [written(call.remote.number)] if call.remote.name and call.remote.number else []
        return [*number, self._state_word(), *self._remarks(), *filter(None, (self.recording.text,))]

    def _state_word(self) -> str:
        end = self.call.end
        return ending(end) if end is not None else word(self.call.state)

    def _remarks(self) -> list[str]:
        call = self.call
        remarks = []
        if call.parked_slot and call.end is None:
            remarks.append(self.tr("back from {slot}: nobody fetched it").format(slot=call.parked_slot))
        if call.returned is not None and call.end is None:
            party = call.returned.party
            remarks.append(self.tr("back from {name}").format(name=party.name or written(party.number)))
        if call.conference and call.state is CallState.INCOMING:
            remarks.append(self.tr("calls you into a conference"))
        if call.lift and call.end is None:
            remarks.append(self.tr("lift the receiver"))
        if call.transferring and call.end is None:
            remarks.append(self.tr("being transferred"))
        if call.established and call.held_there:
            remarks.append(self.tr("holds you"))
        if call.established and call.muted:
            remarks.append(self.tr("muted"))
        if call.quality is not None and call.state is CallState.ACTIVE:
            remarks.append(word(call.quality.word))
        return remarks

    def _look(self, state: str) -> None:
        if self.property("state") != state:
            self.setProperty("state", state)
            self._name.setProperty("role", "strong" if state == "member" else "title")
            for widget in (self, self._name):
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def _draw(self) -> None:
        colours = self._theme.colours
        held = self.call.state is CallState.HELD
        self._mute.setIcon(icon(Icon.MUTE if self.call.muted else Icon.MICROPHONE, colours.text))
        self._hold.setIcon(icon(Icon.RESUME if held else Icon.HOLD, colours.text))
        self._keypad_button.setIcon(icon(Icon.KEYPAD, colours.text))
        self._note_button.setIcon(icon(Icon.NOTE, colours.text))
        self._record.setIcon(icon(Icon.RECORD, colours.status_red))
        self.recording.draw()
        self._park.setIcon(icon(Icon.PARKING, colours.text))
        self._transfer.setIcon(icon(Icon.FORWARD, colours.text))
        self._merge.setIcon(icon(Icon.MERGE, colours.text))
        self._split.setIcon(icon(Icon.SPLIT, colours.text))
        self._end_one.setIcon(icon(Icon.HANG_UP, colours.status_red))
        self._send_on.draw(colours)
        self._dismiss.setIcon(icon(Icon.CLOSE, colours.text))
        self._hang_up.setIcon(icon(Icon.HANG_UP, colours.on_negative))
        self._answer.setIcon(icon(Icon.CALL, colours.on_positive))
        self._again.setIcon(icon(Icon.CALL, colours.text))
        self._encrypted.show_icon(Icon.LOCK, colours.text_muted, self.tr("Encrypted"))
        self._symbol.show_icon(*self._symbol_look())

    def _symbol_look(self) -> tuple[Icon, str]:
        call, colours = self.call, self._theme.colours
        if call.end is not None:
            if call.end.reason is EndReason.MISSED:
                return Icon.MISSED, colours.status_red
            if call.end.reason not in _ORDINARY_ENDS:
                return Icon.ERROR, colours.status_red
        elif call.state is CallState.INCOMING:
            return Icon.RINGING, colours.status_green
        elif call.state is CallState.HELD or call.held_there:
            return Icon.HOLD, colours.status_yellow
        elif call.state is CallState.ACTIVE and call.quality is not None:
            return QUALITY_ICONS[call.quality.word], quality_colour(colours, call.quality.word)
        incoming = call.direction is CallDirection.INCOMING
        return (Icon.INCOMING if incoming else Icon.OUTGOING), colours.text_muted

    # ------------------------------------------------------------ building

    def _make_texts(self) -> None:
        self._name = ElidedLabel()
        self._name.setProperty("role", "title")
        self._duration = QLabel()
        self._duration.setProperty("role", "title")
        font = QFont(self._duration.font())
        font.setFeature(QFont.Tag.fromString("tnum"), 1)  # seconds must not make the line twitch
        self._duration.setFont(font)
        self._encrypted = Symbol(size=tokens.ICON_SMALL)
        self._symbol = Symbol(size=tokens.ICON_SMALL)
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setProperty("role", "quiet")

    def _make_buttons(self) -> None:
        self._dismiss = _tool(self.dismiss_wanted.emit)
        self._mute = _tool(self._on_mute_clicked, checkable=True)
        self._hold = _tool(self._on_hold_clicked, checkable=True)
        self._keypad_button = _tool(self._on_keypad_clicked, checkable=True)
        self._park = _tool(self.park_wanted.emit)
        self._record = _tool(self.record_wanted.emit)
        self._record.setProperty("role", "more")
        self._record.hide()
        self.recording = RecordingStrip(self._theme)
        """Says that the call is recorded, and ends one's own recording."""
        self._transfer = _tool(self.transfer_wanted.emit)
        self._merge = _tool(self.merge_wanted.emit)
        self._split = _tool(self.split_wanted.emit)
        self._end_one = _tool(self.hang_up_wanted.emit)
        self._send_on = SendOnButton()
        self._send_on.deflect_wanted.connect(self.deflect_wanted)
        self._send_on.voicemail_wanted.connect(self.voicemail_wanted)
        self._again = _push("", self.call_again_wanted.emit)
        self._answer = _push("positive", self.answer_wanted.emit)
        self._hang_up = _push("negative", self.hang_up_wanted.emit)
        self._note_button = _tool(self._on_note_clicked, checkable=True)
        self.note = CallNote()
        self.note.closed.connect(self._note_button.click)
        self._keypad = Keypad()
        self._keypad.digit_pressed.connect(self.digit_pressed)
        self._keypad.hide()

    def _lay_out(self) -> None:
        top = _row(self._name, self._encrypted, self._duration, self._split, self._end_one, self._dismiss)
        top.setStretch(0, 1)
        state = _row(self._symbol, self._state, self._record)
        state.setStretch(1, 1)
        self._tools = (
            *(self._mute, self._hold, self._keypad_button, self._park, self._note_button),
            *(self._transfer, self._merge),
        )
        actions = _row(*self._tools)
        actions.setSpacing(tokens.SPACE_XS)
        actions.addStretch(1)
        pushes = _row(self._again, self._answer, self._hang_up, self._send_on)
        actions.addLayout(pushes)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_M)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(top)
        column.addLayout(state)
        column.addWidget(self.recording)
        column.addSpacing(tokens.SPACE_XS)
        column.addLayout(actions)
        column.addWidget(self.note)
        column.addWidget(self._keypad)

    def _show_possible(self) -> None:
        self._park.setVisible(self._parkable and self.call.can_be_parked and not self.call.merged)
        self._transfer.setVisible(self.call.established and self._transferable)
        self._merge.setVisible(self.call.established and self._mergeable)
        self._say_hang_up()

    def _say_hang_up(self) -> None:
        """Where many tools stand beside it, the red button says by its picture alone what it does."""
        incoming = self.call.state is CallState.INCOMING
        text, key = (self.tr("Decline"), "Shift+F5") if incoming else (self.tr("Hang up"), "F6")
        crowded = sum(not tool.isHidden() for tool in self._tools) > _MOST_BESIDE_TEXT
        self._hang_up.setText("" if crowded else text)
        self._hang_up.setIconSize(QSize(tokens.ICON + (0 if crowded else tokens.ICON_GAP), tokens.ICON))
        self._hang_up.setToolTip(f"{text} ({key})" if crowded else key)
        self._hang_up.setAccessibleName(text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the number."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    # ------------------------------------------------------------ drawn onto a colleague, it is transferred

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where: a call may be drawn from here."""
        self._pressed_at = event.position().toPoint() if event.button() is Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the call away, if it can be transferred."""
        if self._pressed_at is None or not self._transferable:
            return
        distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._pressed_at = None
            drag = QDrag(self)
            drag.setMimeData(carried(self.call.call_id))
            drag.setPixmap(self.grab())
            drag.exec(Qt.DropAction.MoveAction)

    def _on_mute_clicked(self) -> None:
        self._mute.setChecked(self.call.muted)  # pressed in as soon as it is true, and not before
        self.mute_wanted.emit(not self.call.muted)

    def _on_hold_clicked(self) -> None:
        self._hold.setChecked(self.call.state is CallState.HELD)
        self.hold_wanted.emit()

    def _on_note_clicked(self) -> None:
        opened = self._note_button.isChecked()
        self.note.open(opened=opened)
        self.note_opened.emit(opened)
        if not opened:
            self._note_button.setFocus()

    def _on_keypad_clicked(self) -> None:
        self._keypad.setVisible(self._keypad_button.isChecked())
        self._keypad.setFocus()  # the keyboard's digits go to the call from now on


def _explain(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)


def _tool(act: Callable[[], object], *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(tokens.ICON, tokens.ICON))
    button.clicked.connect(lambda _=False: act())
    return button


def _push(role: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton()
    button.setProperty("role", role)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
    button.clicked.connect(lambda _=False: act())
    return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(tokens.SPACE_S)
    for widget in widgets:
        row.addWidget(widget)
    return row
