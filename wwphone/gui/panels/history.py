"""The history panel: every call, found and filtered, called back, noted, ticked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QKeyCombination,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from wwphone.domain.history import HistoryEntry, TaskState
from wwphone.gui.contact_menu import copy
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.forms.ui_history import Ui_History
from wwphone.gui.history_actions import HistoryActions
from wwphone.gui.history_detail import HistoryDetail
from wwphone.gui.history_export import HistoryExporting
from wwphone.gui.history_filter import HistoryFilterBar
from wwphone.gui.history_menu import HistoryMenu
from wwphone.gui.history_state import line_text, say_empty
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.history import HistoryModel
from wwphone.gui.periods import Midnight
from wwphone.gui.shortcuts import ENTER, repeats_an_act, repeats_enter
from wwphone.gui.style import tokens
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.history_delegate import HistoryDelegate
from wwphone.services.history_rows import RowsEvent, RowsInserted, RowsReplaced

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_COPY = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_C)
_DETAIL_SHARE = 0.5
"""Of the panel's height, for the details; they scroll beyond."""


class HistoryPanel(QWidget):
    """Filters above an endless list, the chosen call's details below it."""

    dial_wanted = Signal(str)
    add_wanted = Signal(object)
    """With the `Party` that is to be put into the phone book."""
    contact_wanted = Signal(object)
    """With the `Contact` to be shown."""
    recording_wanted = Signal(str)
    """With the id of the recording that is to be played."""
    noticed = Signal(str)
    undo_offered = Signal(str, str, object)
    """What was done, the text of the button that undoes it, and what that calls."""
    problem_told = Signal(str)
    sign_in_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._history = context.services.history
        self._chosen_id = ""
        """Of the call that has the cursor, while rows come and go."""
        self._is_other_list = False
        """Whether the rows to come answer another filter."""
        self._waits_for_list = False
        """Whether the keyboard goes to the list as soon as there are rows."""
        form = self._form = Ui_History()
        form.setupUi(self)
        self.filters = HistoryFilterBar(form, context, self)
        self.model = HistoryModel(context, self)
        self.list = form.calls
        self.list.setModel(self.model)
        self.list.setItemDelegate(HistoryDelegate(context, self))
        self.detail = HistoryDetail(form, context, self)
        self.exporting = HistoryExporting(form, context, self)
        self.doing = HistoryActions(context, self)
        self.menu = HistoryMenu(context, self)
        self.empty = EmptyState(Icon.HISTORY, context.theme)
        form.empty_column.addWidget(self.empty)
        self._search_action = form.search.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._call = self._tool(Icon.CALL, lambda: self._with_number(self.dial_wanted.emit))
        self._details = self._tool(Icon.DETAILS, self._show_chosen)
        self._details.setCheckable(True)
        self._copy = self._tool(Icon.COPY, lambda: self._with_number(copy))
        self._add = self._tool(Icon.PHONE_BOOK, lambda: self._with_entry(self.menu.add))
        self._email = self._tool(Icon.EMAIL, lambda: self._with_entry(self.doing.write_mail))
        self._listen = self._tool(Icon.RECORDINGS, self._play_recording)
        self._tick = self._tool(Icon.TASK_DONE, lambda: self._with_entry(self.doing.toggle_task))
        form.tools_row.addStretch(1)
        self._midnight = Midnight(self)
        self._midnight.passed.connect(self._on_midnight)
        self._connect()
        self._draw()
        self.retranslate()

    def begin(self) -> None:
        """Let the person move among the calls: the keyboard goes to the list."""
        self._waits_for_list = not self.list.isVisible()
        target = self._form.search if self._waits_for_list else self.list
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.model.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def retranslate(self) -> None:
        """Put every text anew."""
        self._search_action.setText(self.tr("Search"))
        name_clear_button(self._form.search)
        _name(self._call, self.tr("Call back (Enter)"))
        _name(self._details, self.tr("Details (F2)"))
        _name(self._copy, self.tr("Copy the number (Ctrl+C)"))
        _name(self._email, self.tr("Send as e-mail"))
        _name(self._listen, self.tr("Play the recording (Ctrl+Enter)"))
        self.filters.retranslate()
        self.detail.retranslate()
        self.model.refresh()
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks for the first time: now the server is asked."""
        super().showEvent(event)
        self._midnight.look()
        self._search()

    def sizeHint(self) -> QSize:
        """No more than must be: what the window has left over goes to the list and the details."""
        return self.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """See sizeHint: texts that wrap inside want nothing of the rest of the window."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The details leave room for the list."""
        super().resizeEvent(event)
        self._form.detail_area.setMaximumHeight(round(self.height() * _DETAIL_SHARE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the search steer the list; letters in the list go to the search."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._form.search:
            return repeats_enter(event) or self._search_key(event)
        return watched is self.list and (repeats_an_act(event) or self._list_key(event))

    # ------------------------------------------------------------ building

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        for part in (form.search, self.list):
            part.installEventFilter(self)
        form.note.done.connect(self.list.setFocus)
        form.retry_button.clicked.connect(lambda _=False: self._history.try_again())
        self.filters.changed.connect(self._on_filter_changed)
        self.filters.export_wanted.connect(lambda: self.exporting.begin(self.filters.wanted))
        self.exporting.noticed.connect(self.noticed)
        self.exporting.problem_told.connect(self.problem_told)
        self.doing.problem_told.connect(self.problem_told)
        self.doing.undo_offered.connect(self.undo_offered)
        self.list.activated.connect(self._on_activated)
        self.list.menu_wanted.connect(self._on_menu_wanted)
        self.list.tick_wanted.connect(lambda _: self._with_entry(self.doing.toggle_task))
        self.list.selectionModel().currentChanged.connect(lambda *_: self._on_chosen())
        menu = self.menu
        menu.call_wanted.connect(self.dial_wanted)
        menu.add_wanted.connect(self.add_wanted)
        menu.contact_wanted.connect(self.contact_wanted)
        menu.only_wanted.connect(self.filters.only_with)
        menu.tick_wanted.connect(self.doing.toggle_task)
        menu.mail_wanted.connect(self.doing.write_mail)
        menu.recording_wanted.connect(self.recording_wanted)
        menu.details_wanted.connect(lambda _: self._open_details())
        self._history.rows_changed.subscribe(self._on_rows_changed)
        self._history.changed.subscribe(lambda _: self._show_state())
        services.descriptions.told.subscribe(lambda _: self.list.viewport().update())
        services.names.changed.subscribe(lambda _: self.model.refresh())
        services.presence.replaced.subscribe(lambda _: self.model.refresh())
        services.account.changed.subscribe(lambda _: self._show_state())
        self._context.theme.changed.connect(self._draw)

    def _tool(self, which: Icon, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        button.clicked.connect(lambda _=False: act())
        button.setProperty("icon_name", which.name)
        self._form.tools_row.addWidget(button)
        return button

    # ------------------------------------------------------------ keyboard and pointer

    def _search_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.begin()
            return True
        if key in ENTER:
            current = self.list.currentIndex()
            self._on_activated(current if current.isValid() else self.model.index(0))
            return True
        if key == Qt.Key.Key_Escape and self._form.search.text():
            self._form.search.clear()
            return True
        return False

    def _list_key(self, event: QKeyEvent) -> bool:
        key, text = event.key(), event.text()
        if event.keyCombination() == _COPY:
            self._with_number(copy)
        elif key in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._play_recording()
        elif key == Qt.Key.Key_F2:
            self._open_details()
        elif key == Qt.Key.Key_Space:
            self._with_entry(self.doing.toggle_task)
        elif key == Qt.Key.Key_Escape and self._details.isChecked():
            self._details.click()
        elif text.isprintable() and text.strip() and not event.modifiers() & _COMMANDS:
            self._form.search.setFocus()
            self._form.search.setText(self._form.search.text() + text)
        else:
            return False
        return True

    def _on_activated(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry and entry.party.number:
            self.dial_wanted.emit(self._context.services.names.named(entry.party).number)

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        entry = self.model.entry(index)
        if entry:
            self.menu.open(entry, at)

    def _open_details(self) -> None:
        """Show the details, and let the person write there: what they type next is the note."""
        if self._current() is not None:
            self._details.setChecked(True)
            self._show_chosen()
            self.detail.begin()

    def _play_recording(self) -> None:
        entry = self._current()
        if entry and entry.recording_id:
            self.recording_wanted.emit(entry.recording_id)

    def _current(self) -> HistoryEntry | None:
        return self.model.entry(self.list.currentIndex())

    def _with_entry(self, act: Callable[[HistoryEntry], object]) -> None:
        entry = self._current()
        if entry:
            act(entry)

    def _with_number(self, act: Callable[[str], object]) -> None:
        entry = self._current()
        if entry and entry.party.number:
            act(self._context.services.names.named(entry.party).number)

    # ------------------------------------------------------------ following

    def _on_filter_changed(self, typed: bool) -> None:
        self._chosen_id = ""
        self.list.setCurrentIndex(QModelIndex())  # Enter means the first hit again
        self._is_other_list = True
        self._search(typed=typed)

    def _search(self, *, typed: bool = False) -> None:
        self._history.show(self.filters.wanted, typed=typed)
        self._show_state()

    def _on_rows_changed(self, event: RowsEvent) -> None:
        """The cursor stays on its call and the rows in sight where they are, whatever comes above them."""
        match event:
            case RowsReplaced() if self._is_other_list:
                self._is_other_list = False
                self.list.scrollToTop()
            case RowsInserted(first, count):
                self._stay(first, count)
        current = self._current()
        if self._chosen_id and (current is None or current.entry_id != self._chosen_id):
            above = self.list.verticalScrollBar().value()
            self.list.setCurrentIndex(self.model.index_of(self._chosen_id))
            self.list.verticalScrollBar().setValue(above)
        self._show_state()
        if self._waits_for_list and self.model.rowCount():
            self._waits_for_list = False
            if self._form.search.hasFocus() and not self._form.search.text():
                self.begin()

    def _stay(self, first: int, count: int) -> None:
        bar = self.list.verticalScrollBar()
        above = bar.value()
        if above > 0 and first < self.list.rowAt(1):
            bar.setValue(above + count * self.list.rowHeight(first))

    def _on_chosen(self) -> None:
        current = self._current()
        if current is not None:
            self._chosen_id = current.entry_id
        self._show_tools()
        self._show_chosen()

    def _on_midnight(self) -> None:
        self.filters.day_changed()
        self.model.refresh()

    # ------------------------------------------------------------ what is shown

    def _show_chosen(self) -> None:
        current = self._current() if self._details.isChecked() else None
        appears = current is not None and self._form.detail_area.isHidden()
        self.detail.show(current)
        if appears:
            QTimer.singleShot(0, self, lambda: self.list.scrollTo(self.list.currentIndex()))

    def _show_state(self) -> None:
        form, rows = self._form, self.model.rowCount()
        text = line_text(self._context) if rows else ""
        form.note_line.setText(text)
        form.note_line.setVisible(bool(text))
        form.retry_button.setVisible(bool(rows and self._history.trouble))
        self.filters.set_enabled(enabled=self._history.live and self._history.supported)
        self.filters.show_choices()
        self.list.setVisible(rows > 0)
        form.tools.setVisible(rows > 0)
        self.empty.setVisible(rows == 0)
        if rows == 0:
            say_empty(self._context, self.empty, self.filters, self.sign_in_wanted.emit)
        self.list.viewport().update()
        self._show_tools()
        self._show_chosen()

    def _show_tools(self) -> None:
        entry = self._current()
        number = bool(entry and entry.party.number)
        refused = self.menu.add_refused(entry) if entry else ""
        for button, possible in (
            (self._call, number),
            (self._copy, number),
            (self._add, bool(entry and not refused)),
            (self._email, entry is not None),
            (self._listen, bool(entry and entry.recording_id)),
            (self._details, entry is not None or self._details.isChecked()),
            (self._tick, bool(entry and entry.task is not TaskState.NONE and self._history.live)),
        ):
            button.setEnabled(possible)
        known = bool(entry and self._context.services.names.contact(entry.party.number))
        _name(self._add, self.tr("Show in the phone book") if known else self.tr("Add to the phone book"))
        if refused:
            self._add.setToolTip(refused)
        is_done = bool(entry and entry.task is TaskState.DONE)
        _name(self._tick, self.tr("Open again (Space)") if is_done else self.tr("Mark as done (Space)"))

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self._search_action.setIcon(icon(Icon.SEARCH, colours.text_muted))
        for button in (
            self._call,
            self._details,
            self._copy,
            self._add,
            self._email,
            self._listen,
            self._tick,
        ):
            button.setIcon(icon(Icon[button.property("icon_name")], colours.text))
        self.filters.draw()
        self.list.viewport().update()


def _name(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)
