"""The bar in a call's card while the call goes to somebody else: whom, and the steps that are possible now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wwphone.domain.calls import Party
from wwphone.domain.numbers import DialTarget
from wwphone.domain.transfer import Transfer, TransferStage
from wwphone.gui.context import Context
from wwphone.gui.dial import DialField
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.hits import Hit, hit_number
from wwphone.gui.numbers import written
from wwphone.gui.shortcuts import ENTER, repeats_enter
from wwphone.gui.style import tokens


class TransferField(DialField):
    """Finds a person or number as the dial field does; what Enter means is the bar's business."""

    chosen = Signal(str)

    def __init__(self, field: QLineEdit, hint: QLabel, bar: TransferBar) -> None:
        self._bar = bar
        super().__init__(field, hint, bar.context, bar)

    def dial(self, text: str) -> bool:
        """Enter was pressed: the bar decides."""
        self.chosen.emit(text)
        return True

    def put(self, number: str) -> None:
        """Fill in a number that was chosen; nothing happens with it yet."""
        self._field.setText(number)
        self._preview(number)

    def retranslate(self) -> None:
        """Put every text anew."""
        text = self.tr("Name or number")
        self._field.setPlaceholderText(self.tr("Name or number …"))
        self._field.setAccessibleName(text)
        self._name_buttons()
        if not self._hint.isHidden():
            self._preview(self._field.text())

    def _on_hit_chosen(self, hit: Hit) -> None:
        self.put(hit_number(hit))

    def _look_at(self, target: DialTarget | None) -> None:
        """The choice of the shown number belongs to the dial field."""

    def _say_number(self, number: str) -> None:
        party = self._context.services.calls.named(Party(number))
        if party.name:
            self._say_whom(party.name, number)
        else:
            self._say(self._bar.promise(written(number)))

    def _say_whom(self, name: str, number: str) -> None:
        self._say(self._bar.promise(f"{name}, {written(number)}"))


class TransferBar(QFrame):
    """Says what the person wants; whoever owns the bar passes it to the transfer service."""

    entered = Signal(str)
    """Enter: call whom it goes to first; for a caller who still rings: send them on."""
    now_wanted = Signal(str)
    cancelled = Signal()
    complete_wanted = Signal()
    swap_wanted = Signal()
    back_wanted = Signal()
    left = Signal()
    """Nothing can be pressed here any more: the keyboard goes elsewhere."""

    def __init__(self, context: Context, *, deflects: bool = False) -> None:
        """`deflects`: the call still rings here, so nobody is talked to before."""
        super().__init__()
        self.context = context
        self.deflects = deflects
        self._transfer: Transfer | None = None
        self._swappable = False
        self._line = QLineEdit()
        self._line.setObjectName("deflect_field" if deflects else "transfer_field")
        self._line.setMaxLength(256)
        self._line.installEventFilter(self)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._text = QLabel()
        self._text.setProperty("role", "strong")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._first = _push("primary", lambda: self.entered.emit(self._line.text()))
        self._now = _push("", lambda: self.now_wanted.emit(self._line.text()))
        self._cancel = QToolButton()
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._cancel.clicked.connect(lambda _=False: self.cancelled.emit())
        self._complete = _push("primary", self.complete_wanted.emit)
        self._swap = _push("", self.swap_wanted.emit)
        self._back = _push("", self.back_wanted.emit)
        self._lay_out()
        self.field = TransferField(self._line, self._hint, self)
        self.field.chosen.connect(self.entered)
        context.theme.changed.connect(self._draw)
        self._show_stage()
        self._draw()

    @property
    def stage(self) -> TransferStage:
        """How far it is."""
        return self._transfer.stage if self._transfer else TransferStage.CHOOSING

    @property
    def has_keyboard(self) -> bool:
        """Whether what one types goes here."""
        focused: QWidget | None = self.window().focusWidget()  # of its window, which may have it only later
        return focused is not None and self.isAncestorOf(focused)

    def show_transfer(self, transfer: Transfer, *, swappable: bool) -> None:
        """Show how far it is; `swappable`: both others can be talked to."""
        entered = self._transfer is None or self._transfer.stage is not transfer.stage
        self._transfer, self._swappable = transfer, swappable
        had_focus = self.has_keyboard
        if entered and had_focus and transfer.stage is TransferStage.HANDING_OVER:
            self.left.emit()
        self._show_stage()
        if entered and had_focus and transfer.stage is TransferStage.CONSULTING:
            self._complete.setFocus()
        elif entered and had_focus and transfer.stage is TransferStage.CHOOSING:
            self.field.focus()

    def promise(self, whom: str) -> str:
        """What Enter will do."""
        if self.deflects:
            return self.tr("Enter sends the caller to {whom}").format(whom=whom)
        return self.tr("Enter calls {whom} first").format(whom=whom)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.field.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        name = self._transfer.target.name or written(self._transfer.target.number) if self._transfer else ""
        if self.stage is TransferStage.HANDING_OVER:
            self._text.setText(self.tr("Being transferred to {name} …").format(name=name))
        else:
            self._text.setText(self.tr("Transfer to {name}?").format(name=name))
        self._first.setText(self.tr("Send on") if self.deflects else self.tr("Call first"))
        self._first.setToolTip(self.tr("Enter"))
        self._now.setText(self.tr("Transfer now"))
        self._now.setToolTip(self.tr("Without talking before (Ctrl+Enter)"))
        cancel = self.tr("Do not send on (Esc)") if self.deflects else self.tr("Do not transfer (Esc)")
        self._cancel.setToolTip(cancel)
        self._cancel.setAccessibleName(cancel)
        self._complete.setText(self.tr("Transfer"))
        self._complete.setToolTip(self.tr("Connect the two (Ctrl+T)"))
        self._swap.setText(self.tr("Swap"))
        self._swap.setToolTip(self.tr("Talk to the other one (Ctrl+E)"))
        self._back.setText(self.tr("Back"))
        self._back.setToolTip(self.tr("End this call and take the first one back (Ctrl+B)"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape in the empty field gives up, Ctrl+Enter transfers at once."""
        if watched is not self._line or not isinstance(event, QKeyEvent):
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and not self._line.text():
            self.cancelled.emit()
            return True
        if repeats_enter(event):
            return True
        if (
            event.key() in ENTER
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and not self.deflects
        ):
            self.now_wanted.emit(self._line.text())
            return True
        return False

    # ------------------------------------------------------------ inside

    def _show_stage(self) -> None:
        choosing = self.stage is TransferStage.CHOOSING
        consulting = self.stage is TransferStage.CONSULTING
        for widget in (self._line, self._first, self._cancel):
            widget.setVisible(choosing)
        self._now.setVisible(choosing and not self.deflects)
        self._hint.setVisible(choosing and bool(self._hint.text()))
        self._text.setVisible(not choosing)
        for widget in (self._complete, self._swap, self._back):
            widget.setVisible(consulting)
        self._swap.setEnabled(self._swappable)
        self.retranslate()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.SPACE_S)
        for button in (self._first, self._now, self._complete, self._swap, self._back):
            buttons.addWidget(button)
        buttons.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self._line, 1)
        line.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self._text)
        column.addLayout(line)
        column.addWidget(self._hint)
        column.addLayout(buttons)

    def _draw(self) -> None:
        colours = self.context.theme.colours
        on_first = Icon.FORWARD if self.deflects else Icon.CALL
        self._first.setIcon(icon(on_first, colours.on_accent))
        self._complete.setIcon(icon(Icon.FORWARD, colours.on_accent))
        self._cancel.setIcon(icon(Icon.CLOSE, colours.text))


def _push(role: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton()
    button.setProperty("role", role)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
    button.clicked.connect(lambda _=False: act())
    return button
