"""The notes on a call card: what was written the last time, and a field for what is to be remembered now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from wwphone.domain.notes import MAX_NOTE
from wwphone.gui.style import tokens

_LINES = 3
_MARGIN = 6
_FRAME = 2


class NoteField(QPlainTextEdit):
    """Some lines of plain text. Tab goes on to the next field, Escape says that one is done."""

    written = Signal(str)
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(_MARGIN)
        self._fit()
        self.textChanged.connect(self._on_text_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See QPlainTextEdit."""
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        frame = 2 * (_MARGIN + _FRAME)
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + frame)

    def _on_text_changed(self) -> None:
        text = self.toPlainText()
        if len(text) > MAX_NOTE:
            self.setPlainText(text[:MAX_NOTE])  # comes here again
            self.moveCursor(QTextCursor.MoveOperation.End)
        else:
            self.written.emit(text)


class CallNote(QWidget):
    """Takes no room while there is neither a former note nor an open field."""

    written = Signal(str)
    closed = Signal()
    """The person is done with the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = QLabel()
        self._last.setProperty("role", "quiet")
        self._problem = QLabel()
        self._problem.setProperty("role", "strong")
        self._field = NoteField()
        self._field.written.connect(self.written)
        self._field.written.connect(self._problem.hide)
        self._field.done.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_XS, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        for label in (self._last, self._problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for part in (self._last, self._field, self._problem):
            part.hide()
            column.addWidget(part)
        self._arrange()

    def show_last(self, text: str) -> None:
        """Show what was written the last time; empty: nothing was."""
        self._last.setText(text)
        self._last.setVisible(bool(text))
        self._arrange()

    def show_text(self, text: str) -> None:
        """Put what is kept of this call into the field."""
        if text != self._field.toPlainText():
            self._field.setPlainText(text)

    def tell_unstored(self) -> None:
        """The note counts until the program ends, and could not be stored."""
        self._problem.setText(self.tr("The note could not be stored: copy it if you need it later."))
        self._problem.setVisible(not self._field.isHidden())

    def open(self, *, opened: bool) -> None:
        """Show or hide the field; an opened one has the keyboard."""
        self._field.setVisible(opened)
        if not opened:
            self._problem.hide()
        self._arrange()
        if opened:
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Put every text anew."""
        self._field.setPlaceholderText(self.tr("What is to be remembered of this call …"))
        self._field.setAccessibleName(self.tr("Note about this call"))

    def _arrange(self) -> None:
        self.setVisible(not (self._last.isHidden() and self._field.isHidden()))
