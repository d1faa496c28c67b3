"""The incoming pop-up: a small window of its own, top right, above all others, which never takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.notes import last_note
from wwphone.gui.numbers import written
from wwphone.gui.style import tokens
from wwphone.gui.widgets.avatar import Avatar
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.name_label import NameLabel
from wwphone.gui.widgets.send_on_button import SendOnButton
from wwphone.gui.words import word

_WIDTH = 384


class IncomingPopup(QWidget):
    """One ringing call. It stays as long as it rings."""

    def __init__(self, call: CallSnapshot, context: Context, deflect: Callable[[str], None]) -> None:
        """`deflect` asks the person whom this call is sent to."""
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
            # X11's window managers keep a full-screen window with the keyboard above all others they manage.
            | Qt.WindowType.X11BypassWindowManagerHint,
        )
        self.call = call
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self._make_texts()
        self.answer = self._push("positive")
        self.answer.clicked.connect(self._on_answer_clicked)
        self.decline = self._push("negative")
        self.decline.clicked.connect(self._on_decline_clicked)
        self.send_on = SendOnButton()
        self.send_on.setProperty("large", True)
        self.send_on.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.send_on.deflect_wanted.connect(lambda: deflect(self.call.call_id))
        self.send_on.voicemail_wanted.connect(self._on_voicemail_wanted)
        self._lay_out()
        context.theme.changed.connect(self._draw)
        self.show_call(call)
        self._draw()

    def show_call(self, call: CallSnapshot) -> None:
        """Show who calls whom."""
        self.call = call
        name = call.remote.name or written(call.remote.number) or self.tr("Unknown caller")
        self.setWindowTitle(self.tr("Incoming call"))
        self._kind.setText(self.tr("call into a conference") if call.conference else word(call.kind))
        self._name.show_name(name)
        self._avatar.show_person(call.remote.name)
        self._number.set_whole(written(call.remote.number) if call.remote.name else "")
        self._number.setVisible(bool(call.remote.name and call.remote.number))
        self._called.set_whole(self._about(call))
        former = self._context.services.notes.last(call.remote.number, besides=call.call_id)
        self._note.setText(last_note(former))
        self._note.setVisible(former is not None)
        self.answer.setText(self.tr("Answer"))
        self.answer.setToolTip("F5")
        self.answer.setVisible(not call.lift)
        self.decline.setText(self.tr("Decline"))
        self.decline.setToolTip("Shift+F5")
        self.send_on.retranslate()
        self.setAccessibleName(f"{self.windowTitle()}: {name}, {self._kind.text()}")

    def _about(self, call: CallSnapshot) -> str:
        """Which number was called, into which room one is called, or that it comes back, and from where."""
        if call.parked_slot:
            return self.tr("back from place {slot}").format(slot=call.parked_slot)
        if call.returned is not None:
            party = call.returned.party
            return self.tr("back from {name}").format(name=party.name or written(party.number))
        if call.conference:
            return self.tr("room {number}").replace("{number}", call.conference)
        called = self.tr("for {number}").format(number=call.called_number) if call.called_number else ""
        lift = self.tr("lift the receiver") if call.lift else ""
        return " · ".join(part for part in (called, lift) if part)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_call(self.call)

    def place(self, above: int) -> None:
        """Stand at the top right of the main screen, `above` pixels below its edge."""
        layout = self.layout()
        assert layout
        # Not adjustSize: it allows two thirds of the screen's height, which at 300 % cuts off the note.
        self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
        area = QGuiApplication.primaryScreen().availableGeometry()
        self.move(area.right() - self.width() - tokens.SPACE_L, area.top() + tokens.SPACE_L + above)

    # ------------------------------------------------------------ inside

    def _make_texts(self) -> None:
        self._avatar = Avatar(self._context.theme, tokens.AVATAR_LARGE)
        self._kind = QLabel()
        self._kind.setProperty("role", "tag")
        self._called = ElidedLabel()
        self._called.setProperty("role", "muted")
        self._name = NameLabel()
        self._number = ElidedLabel()
        self._number.setProperty("role", "quiet")
        self._note = QLabel()
        self._note.setProperty("role", "quiet")
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("role", "popup")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        tags = QHBoxLayout()
        tags.setSpacing(tokens.SPACE_S)
        tags.addWidget(self._kind)
        tags.addWidget(self._called, 1)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addWidget(self._name)
        who.addWidget(self._number)
        person = QHBoxLayout()
        person.setSpacing(tokens.SPACE_M)
        person.addWidget(self._avatar)
        person.addLayout(who, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.SPACE_M)
        buttons.addWidget(self.answer, 1)
        buttons.addWidget(self.decline, 1)
        buttons.addWidget(self.send_on)
        column = QVBoxLayout(frame)
        column.setContentsMargins(tokens.SPACE_L, tokens.SPACE_L, tokens.SPACE_L, tokens.SPACE_L)
        column.setSpacing(tokens.SPACE_M)
        column.addLayout(tags)
        column.addLayout(person)
        column.addWidget(self._note)
        column.addLayout(buttons)

    def _push(self, role: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", role)
        button.setProperty("large", True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setIconSize(QSize(tokens.SPACE_XL + tokens.ICON_GAP, tokens.SPACE_XL))
        return button

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self.answer.setIcon(icon(Icon.CALL, colours.on_positive))
        self.send_on.draw(colours)
        self.decline.setIcon(icon(Icon.HANG_UP, colours.on_negative))

    def _on_answer_clicked(self) -> None:
        self._context.services.calls.answer(self.call.call_id)

    def _on_decline_clicked(self) -> None:
        self._context.services.calls.decline(self.call.call_id)

    def _on_voicemail_wanted(self) -> None:
        self._context.services.transfer.send_to_voicemail(self.call.call_id)


class IncomingPopups:
    """A pop-up for each call that rings, one below the other."""

    def __init__(self, context: Context, deflect: Callable[[str], None]) -> None:
        self._context = context
        self._deflect = deflect
        self._popups: dict[str, IncomingPopup] = {}
        calls = context.services.calls
        self._unsubscribe = (
            calls.incoming.subscribe(self._on_incoming),
            calls.changed.subscribe(self._on_changed),
            calls.removed.subscribe(self._close),
            context.services.notes.changed.subscribe(self._on_notes_changed),
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
        popup = IncomingPopup(call, self._context, self._deflect)
        self._popups[call.call_id] = popup
        self._place()
        popup.show()

    def _on_changed(self, call: CallSnapshot) -> None:
        popup = self._popups.get(call.call_id)
        if popup is None:
            return
        if call.state is CallState.INCOMING:
            popup.show_call(call)
        else:
            self._close(call.call_id)

    def _on_notes_changed(self, _: None) -> None:
        for popup in self._popups.values():
            popup.show_call(popup.call)
        self._place()

    def _close(self, call_id: str) -> None:
        popup = self._popups.pop(call_id, None)
        if popup:
            popup.close()
            self._place()

    def _place(self) -> None:
        above = 0
        for popup in self._popups.values():
            popup.place(above)
            above += popup.height() + tokens.SPACE_S
