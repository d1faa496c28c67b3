"""The colleagues panel: everybody by presence group, found as one types, called with Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.colleagues import ColleaguesModel
from wwphone.gui.style import tokens
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.gui.words import clock
from wwphone.services.presence import ColleagueLine


class ColleaguesPanel(QWidget):
    """A filter above a list. Typing anywhere in the list goes to the filter."""

    dial_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._filter = QLineEdit()
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._on_filter_changed)
        self._filter.installEventFilter(self)
        self._as_of = QLabel()
        self._as_of.setProperty("role", "muted")
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self.model = ColleaguesModel(context.services.presence, self)
        self._delegate = ColleagueDelegate(context.theme, self)
        self.list = self._make_list()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S)
        top.addWidget(self._filter)
        top.addWidget(self._as_of)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        self._search = self._filter.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        context.theme.changed.connect(self._on_theme_changed)
        self.model.modelReset.connect(self._on_model_reset)
        self.retranslate()
        self._on_model_reset()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._filter.setPlaceholderText(self.tr("Filter colleagues …"))
        self._filter.setAccessibleName(self.tr("Filter colleagues"))
        self.list.setAccessibleName(self.tr("Colleagues"))
        self._show_state()
        self.list.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the filter steer the list; letters in the list go to the filter."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._filter:
            return self._filter_key(event)
        text = event.text()
        if watched is self.list and text and text.isprintable() and not event.modifiers() & _COMMANDS:
            self._filter.setFocus()
            self._filter.setText(self._filter.text() + text)
            return True
        return False

    # ------------------------------------------------------------ inside

    def _make_list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.activated.connect(self._on_activated)
        view.installEventFilter(self)
        return view

    def _filter_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.list.setFocus()
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.first())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated(
                self.list.currentIndex() if self.list.currentIndex().isValid() else self.model.first()
            )
            return True
        if key == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
            return True
        return False

    def _on_filter_changed(self, text: str) -> None:
        self.model.set_filter(text)

    def _on_activated(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if isinstance(row, ColleagueLine):
            self.dial_wanted.emit(row.colleague.number)

    def _on_model_reset(self) -> None:
        self._show_state()

    def _show_state(self) -> None:
        as_of = self._context.services.presence.as_of
        self._delegate.stale = as_of is not None
        self._as_of.setText(self.tr("as of {time}").format(time=clock(as_of)) if as_of else "")
        self._as_of.setVisible(as_of is not None)
        people = self.model.people
        self.list.setVisible(people > 0)
        self._empty.setVisible(people == 0)
        if self._filter.text():
            self._empty.setText(self.tr("Nobody fits “{text}”.").format(text=self._filter.text()))
        else:
            self._empty.setText(self.tr("Your colleagues appear here as soon as you are signed in."))

    def _on_theme_changed(self) -> None:
        self._search.setIcon(icon(Icon.SEARCH, self._context.theme.colours.text_muted))
        self.list.viewport().update()


_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
