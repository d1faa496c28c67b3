"""The recordings' panel: found and filtered, listened to, noted on, exported, deleted and taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from wwphone.domain.recording import RecordingEntry, RecordingState
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.forms.ui_recordings import Ui_Recordings
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.recordings import RecordingsModel
from wwphone.gui.periods import Midnight
from wwphone.gui.recording_actions import RecordingActions, archive_refusal
from wwphone.gui.recording_listening import STEP_MS, RecordingListening
from wwphone.gui.recording_menu import RecordingMenu
from wwphone.gui.recordings_filter import RecordingsFilterBar
from wwphone.gui.shortcuts import ENTER, repeats_an_act, repeats_enter
from wwphone.gui.style import tokens
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.recording_delegate import RecordingDelegate
from wwphone.gui.words import clock
from wwphone.services.account import Stage

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_EXPORT = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_S)
_ACCESSES_HEIGHT = 120


class RecordingsPanel(QWidget):
    """Filters above an endless list, the recording that is listened to below it."""

    dial_wanted = Signal(str)
    noticed = Signal(str)
    undo_offered = Signal(str, str, object)
    """What was done, the text of the button that undoes it, and what that calls."""
    problem_told = Signal(str)
    sign_in_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._service = context.services.recordings
        self._chosen_id = ""
        """Of the recording that has the cursor, while rows come and go."""
        self._play_id = ""
        """What another panel wants to be played as soon as it is here."""
        form = self._form = Ui_Recordings()
        form.setupUi(self)
        form.accesses_area.setMaximumHeight(_ACCESSES_HEIGHT)
        self.filters = RecordingsFilterBar(form, context, self)
        self.model = RecordingsModel(context, self)
        self.delegate = RecordingDelegate(context, self)
        self.list = form.recordings
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.listening = RecordingListening(form, context, self)
        self.doing = RecordingActions(form, context, self)
        self.menu = RecordingMenu(context, self)
        self.empty = EmptyState(Icon.RECORDINGS, context.theme)
        form.empty_column.addWidget(self.empty)
        self._search_action = form.search.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._play = self._tool(Icon.RESUME, self._play_entry)
        self._export = self._tool(Icon.EXPORT, self.doing.export)
        self._who = self._tool(Icon.LISTENED, self.doing.show_accesses)
        self._delete = self._tool(Icon.DELETE, self.doing.delete)
        self._restore = self._tool(Icon.UNDO, self.doing.restore)
        form.tools_row.addStretch(1)
        self._midnight = Midnight(self)
        self._midnight.passed.connect(self._on_midnight)
        self._connect()
        self._draw()
        self.retranslate()

    def begin(self) -> None:
        """Let the person move among the recordings: the keyboard goes to the list."""
        target = self.list if self.list.isVisible() else self._form.search
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.model.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def play(self, recording_id: str) -> None:
        """Show this one and play it, as the history wants it."""
        self._play_id = recording_id
        self.filters.only(recording_id)
        self._follow_rows()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._search_action.setText(self.tr("Search"))
        name_clear_button(self._form.search)
        for button, text in (
            (self._play, self.tr("Play (Enter)")),
            (self._export, self.tr("Export as FLAC (Ctrl+S)")),
            (self._who, self.tr("Who has listened")),
            (self._delete, self.tr("Delete (Del)")),
            (self._restore, self.tr("Take back")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.filters.retranslate()
        self.listening.retranslate()
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
        """No more than must be: what the window has left over goes to the list."""
        return self.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """See sizeHint: texts that wrap inside want nothing of the rest of the window."""
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys in the search steer the list; letters in the list go to the search."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._form.search:
            return repeats_enter(event) or self._search_key(event)
        return watched is self.list and (repeats_an_act(event) or self._list_key(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Wherever in the panel the keyboard is: J and L go ten seconds."""
        steps = {Qt.Key.Key_J: -STEP_MS, Qt.Key.Key_L: STEP_MS}
        if event.key() in steps and not event.modifiers() & _COMMANDS and self.listening.entry:
            self.listening.step(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space and self.listening.entry:
            if not event.isAutoRepeat():
                self.listening.toggle()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------ building

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        for part in (form.search, self.list):
            part.installEventFilter(self)
        form.retry_button.clicked.connect(lambda _=False: self._service.try_again())
        self.filters.changed.connect(self._on_filter_changed)
        self.doing.problem_told.connect(self.problem_told)
        self.listening.problem_told.connect(self.problem_told)
        self.doing.noticed.connect(self.noticed)
        self.doing.undo_offered.connect(self.undo_offered)
        self.listening.changed.connect(self._on_listening_changed)
        self.list.activated.connect(lambda _: self._with_entry(self._play_entry))
        self.list.menu_wanted.connect(self._on_menu_wanted)
        self.list.tick_wanted.connect(lambda _: self._with_entry(self._play_entry))
        self.list.selectionModel().currentChanged.connect(lambda *_: self._on_chosen())
        menu = self.menu
        menu.play_wanted.connect(self._play_entry)
        menu.export_wanted.connect(self.doing.export)
        menu.accesses_wanted.connect(self.doing.show_accesses)
        menu.delete_wanted.connect(self.doing.delete)
        menu.restore_wanted.connect(self.doing.restore)
        menu.call_wanted.connect(self.dial_wanted)
        menu.only_wanted.connect(self.filters.only_with)
        self._service.rows_changed.subscribe(lambda _: self._follow_rows())
        self._service.gone.subscribe(self._on_gone)
        self._service.changed.subscribe(lambda _: self._show_state())
        services.names.changed.subscribe(lambda _: self.model.refresh())
        services.account.changed.subscribe(lambda _: self._on_account_changed())
        self._context.theme.changed.connect(self._draw)

    def _tool(self, which: Icon, act: Callable[[RecordingEntry], object]) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        button.clicked.connect(lambda _=False: self._with_entry(act))
        button.setProperty("icon_name", which.name)
        self._form.tools_row.addWidget(button)
        return button

    # ------------------------------------------------------------ keyboard and pointer

    def _search_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.begin()
        elif key in ENTER:
            entry = self._current() or self.model.entry(self.model.index(0))
            if entry is not None:
                self._play_entry(entry)
        elif key == Qt.Key.Key_Escape and self._form.search.text():
            self._form.search.clear()
        else:
            return False
        return True

    def _list_key(self, event: QKeyEvent) -> bool:
        key, text = event.key(), event.text()
        if event.keyCombination() == _EXPORT:
            self._with_entry(self.doing.export)
        elif key == Qt.Key.Key_Delete:
            self._with_entry(self.doing.delete)
        elif key == Qt.Key.Key_Space and self.listening.entry is not None:
            self.listening.toggle()
        elif key == Qt.Key.Key_Escape and self.listening.entry is not None:
            self.listening.close()
        elif text.isprintable() and text.strip() and not event.modifiers() & _COMMANDS:
            self._form.search.setFocus()
            self._form.search.setText(self._form.search.text() + text)
        else:
            return False
        return True

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        entry = self.model.entry(index)
        if entry:
            self.menu.open(entry, at)

    def _current(self) -> RecordingEntry | None:
        return self.model.entry(self.list.currentIndex())

    def _with_entry(self, act: Callable[[RecordingEntry], object]) -> None:
        entry = self._current()
        if entry:
            act(entry)

    def _play_entry(self, entry: RecordingEntry) -> None:
        if entry.deleted_at is None and entry.state is RecordingState.READY and self._service.live:
            self.listening.begin(entry)

    # ------------------------------------------------------------ following

    def _on_filter_changed(self, typed: bool) -> None:
        self._chosen_id = ""
        self.list.setCurrentIndex(QModelIndex())
        self._search(typed=typed)

    def _search(self, *, typed: bool = False) -> None:
        self._service.show(self.filters.wanted, typed=typed)
        self._show_state()

    def _on_midnight(self) -> None:
        self.filters.day_changed()
        self.model.refresh()

    def _follow_rows(self) -> None:
        """The cursor stays on its recording, and so does the player."""
        if self._chosen_id:
            current = self._current()
            if current is None or current.recording_id != self._chosen_id:
                self.list.setCurrentIndex(self.model.index_of(self._chosen_id))
        played = self.listening.entry
        if played is not None and (known := self._service.get(played.recording_id)) is not None:
            self.listening.follow(known)
        wanted = self._service.get(self._play_id) if self._play_id else None
        if wanted is not None:
            self._play_id = ""
            self.list.setCurrentIndex(self.model.index_of(wanted.recording_id))
            self._play_entry(wanted)
        self._show_state()

    def _on_gone(self, recording_id: str) -> None:
        played = self.listening.entry
        if played is not None and played.recording_id == recording_id:
            self.listening.close()

    def _on_account_changed(self) -> None:
        if self._context.services.account.snapshot.stage is Stage.SIGNED_OUT:
            self.listening.close()
            self.doing.hide_accesses()
        self._show_state()

    def _on_listening_changed(self) -> None:
        entry = self.listening.entry
        self.delegate.played = entry.recording_id if entry is not None else ""
        self.list.viewport().update()

    def _on_chosen(self) -> None:
        current = self._current()
        if current is not None:
            self._chosen_id = current.recording_id
        self.doing.hide_accesses()
        self._show_tools()

    # ------------------------------------------------------------ what is shown

    def _show_state(self) -> None:
        form, rows = self._form, self.model.rowCount()
        text = self._line_text() if rows else ""
        form.note_line.setText(text)
        form.note_line.setVisible(bool(text))
        form.retry_button.setVisible(bool(rows and self._service.trouble))
        self.filters.set_enabled(enabled=self._service.live and self._service.supported)
        self.filters.show_choices()
        self.list.setVisible(rows > 0)
        form.tools.setVisible(rows > 0)
        self.empty.setVisible(rows == 0)
        if rows == 0:
            self._say_empty()
        self.list.viewport().update()
        self._show_tools()

    def _line_text(self) -> str:
        if not self._service.live:
            since = self._context.services.account.snapshot.link.since
            text = self.tr("No line to the server: these recordings are as of {time}.")
            return text.replace("{time}", clock(since))
        if self._service.trouble:
            return archive_refusal(self._service.trouble)
        if self.filters.wanted.deleted:
            text = self.tr("They are gone for good after {days} days.")
            return text.replace("{days}", str(self._service.state.undo_days))
        return ""

    def _say_empty(self) -> None:
        service, stage = self._service, self._context.services.account.snapshot.stage
        if stage is Stage.SIGNED_OUT:
            said = self.tr("Your recordings appear here as soon as you are signed in.")
            self.empty.say(said, self.tr("Sign in"), self.sign_in_wanted.emit)
        elif not service.live:
            self.empty.say(self.tr("No line to the server: your recordings appear as soon as it is back."))
        elif not service.supported:
            self.empty.say(self.tr("This server cannot record. Your administrator brings it up to date."))
        elif service.trouble:
            self.empty.say(archive_refusal(service.trouble), self.tr("Try again"), service.try_again)
        elif service.reading or not service.was_read:
            self.empty.say(self.tr("Your recordings are being fetched …"))
        elif self.filters.wanted.deleted:
            self.empty.say(self.tr("Nothing was deleted lately."))
        elif self.filters.is_narrow:
            self.empty.say(self.tr("No recording fits."), self.tr("Show everything"), self.filters.clear)
        elif not service.state.possible:
            self.empty.say(self.tr("This server is not set up to record calls."))
        elif not self._context.services.recording.has_right:
            said = self.tr("You lack the right to record calls. Your administrator can give it to you.")
            self.empty.say(said)
        else:
            said = self.tr("No recordings yet. The red dot on a call's card, or Ctrl+R, records it.")
            self.empty.say(said)

    def _show_tools(self) -> None:
        entry, live = self._current(), self._service.live
        kept = entry is not None and entry.deleted_at is None
        ready = kept and entry is not None and entry.state is RecordingState.READY
        for button, possible in (
            (self._play, ready and live),
            (self._export, ready and live),
            (self._who, kept and live),
            (self._delete, kept and live),
            (self._restore, not kept and entry is not None and live),
        ):
            button.setEnabled(bool(possible))
        shows_deleted = self.filters.wanted.deleted
        self._restore.setVisible(shows_deleted)
        for button in (self._play, self._export, self._who, self._delete):
            button.setVisible(not shows_deleted)

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self._search_action.setIcon(icon(Icon.SEARCH, colours.text_muted))
        for button in (self._play, self._export, self._who, self._delete, self._restore):
            button.setIcon(icon(Icon[button.property("icon_name")], colours.text))
        for button in (self._form.accesses_close,):
            button.setIcon(icon(Icon.CLOSE, colours.text))
        self.filters.draw()
        self.listening.draw()
        self.list.viewport().update()
