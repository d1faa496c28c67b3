"""The phone book panel: everybody's entries and one's own, found as one types, called with Enter."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from wwphone.domain.phonebook import Contact
from wwphone.gui.contact_menu import ContactMenu, copy, write_to
from wwphone.gui.contact_tools import ContactTools
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.forms.ui_phonebook import Ui_PhoneBook
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.phonebook import PhoneBookModel
from wwphone.gui.panels.sources import SourcesList
from wwphone.gui.phonebook_words import change_refused, has_book
from wwphone.gui.shortcuts import ENTER, add_shortcut, repeats_an_act, repeats_enter
from wwphone.gui.style import tokens
from wwphone.gui.widgets.contact_delegate import ContactDelegate
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.exports import Selection

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_STAR = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_S)
_COPY = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_C)


class Whose(IntEnum):
    """Whose entries are shown, in the order of the list."""

    ALL = 0
    EVERYBODYS = 1
    MINE = 2
    FAVOURITES = 3


_PERSONAL = {Whose.ALL: None, Whose.EVERYBODYS: False, Whose.MINE: True, Whose.FAVOURITES: None}


class PhoneBookPanel(QWidget):
    """A search above an endless list; typing anywhere in the list goes to the search."""

    dial_wanted = Signal(str)
    new_wanted = Signal()
    edit_wanted = Signal(object)
    delete_wanted = Signal(object)
    """Both with the `Contact`."""
    favourite_wanted = Signal(object, bool)
    """With the `Contact`, and whether it shall be one."""
    sign_in_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_stale = False
        """Whether the book has changed while nobody looked."""
        form = self._form = Ui_PhoneBook()
        form.setupUi(self)
        self.model = PhoneBookModel(context.services.phonebook, self)
        self.list = form.contacts
        self.list.setModel(self.model)
        self.list.setItemDelegate(ContactDelegate(context.theme, self))
        self.empty = EmptyState(Icon.PHONE_BOOK, context.theme)
        form.empty_column.addWidget(self.empty)
        self.sources = SourcesList(context)
        form.sources_column.addWidget(self.sources)
        form.whose.addItems(["" for _ in Whose])
        self._search_action = form.search.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.menu = ContactMenu(context, self)
        self.tools = ContactTools(context, form.tools_row)
        self._connect()
        self._draw()
        self.retranslate()

    @property
    def more_button(self) -> QToolButton:
        """The button of the menu."""
        return self._form.more_button

    @property
    def _whose(self) -> Whose:
        return Whose(self._form.whose.currentIndex())

    @property
    def drop_places(self) -> tuple[QWidget, ...]:
        """Onto which a file may be dropped."""
        return self, self._form.search, self.list.viewport()

    @property
    def shown(self) -> Selection:
        """What the list shows."""
        whose = self._whose
        return Selection(_PERSONAL[whose], self._form.search.text().strip(), whose is Whose.FAVOURITES)

    def begin(self) -> None:
        """Let the person type: the keyboard goes to the search."""
        self._form.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._form.search.selectAll()

    def lead_to(self, contact: Contact) -> None:
        """Find an entry, by its name or else by what fewer share, and let the keyboard be on it."""
        self._form.whose.setCurrentIndex(Whose.ALL)
        for text in _found_by(contact):
            self._form.search.setText(text)
            self._search()
            index = self.model.index_near(contact.contact_id, 0)
            if index.isValid():
                self.list.setCurrentIndex(index)
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self._form.search.setText(contact.details.name)
        self.begin()

    def retranslate(self) -> None:
        """Put every text anew."""
        form = self._form
        self._search_action.setText(self.tr("Search"))
        name_clear_button(form.search)
        form.whose.setItemText(Whose.ALL, self.tr("All entries"))
        form.whose.setItemText(Whose.EVERYBODYS, self.tr("Everybody's entries"))
        form.whose.setItemText(Whose.MINE, self.tr("My own entries"))
        form.whose.setItemText(Whose.FAVOURITES, self.tr("My favourites"))
        self.tools.retranslate()
        self._show_state()
        self.list.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what has changed while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other sources have a share of the height."""
        super().resizeEvent(event)
        self.sources.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the search steer the list; letters in the list go to the search."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._form.search:
            return repeats_enter(event) or self._search_key(event)
        if watched is self.sources:
            return repeats_an_act(event) or self._sources_key(event)
        return watched is self.list and (repeats_an_act(event) or self._list_key(event))

    # ------------------------------------------------------------ building

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        form.search.textChanged.connect(self._on_search_changed)
        form.whose.activated.connect(lambda _: self._search())
        form.new_button.clicked.connect(self._on_new_clicked)
        for part in (form.search, self.list, self.sources):
            part.installEventFilter(self)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        add_shortcut("Ctrl+N", self, self._on_new_clicked, here)
        self.list.activated.connect(self._on_activated)
        self.list.menu_wanted.connect(self._on_menu_wanted)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_tools())
        tools = self.tools
        tools.call_clicked.connect(self._on_call_clicked)
        tools.copy_clicked.connect(lambda: self._with_number(copy))
        tools.email_clicked.connect(lambda: self._with_contact(lambda one: write_to(one.details.email)))
        tools.favourite_clicked.connect(self._on_favourite_clicked)
        tools.edit_clicked.connect(lambda: self._with_contact(self.edit_wanted.emit))
        tools.delete_clicked.connect(lambda: self._with_contact(self.delete_wanted.emit))
        self.menu.call_wanted.connect(self.dial_wanted)
        self.menu.edit_wanted.connect(self.edit_wanted)
        self.menu.delete_wanted.connect(self.delete_wanted)
        self.menu.favourite_wanted.connect(self.favourite_wanted)
        self.model.modelReset.connect(self._show_state)
        services.phonebook.changed.subscribe(self._on_book_changed)
        services.account.changed.subscribe(self._on_account_changed)
        self._context.theme.changed.connect(self._draw)

    # ------------------------------------------------------------ keyboard and pointer

    def _search_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.model.rowCount():
            self.sources.enter()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0))
            self.list.setFocus()
            return True
        if key in ENTER:
            current = self.list.currentIndex()
            if self.model.rowCount():
                self._on_activated(current if current.isValid() else self.model.index(0))
            else:
                self.sources.call_first()
            return True
        if key == Qt.Key.Key_Escape and self._form.search.text():
            self._form.search.clear()
            return True
        return False

    def _list_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        at_end = self.list.currentIndex().row() == self.model.rowCount() - 1
        if key == Qt.Key.Key_Down and at_end and self.sources.enter():
            return True
        if event.keyCombination() == _COPY:
            self._with_number(copy)
        elif event.keyCombination() == _STAR:
            self._on_favourite_clicked()
        elif key == Qt.Key.Key_F2:
            self._with_contact(self.edit_wanted.emit)
        elif key == Qt.Key.Key_Delete and self.tools.delete.isEnabled():
            self._with_contact(self.delete_wanted.emit)
        else:
            return self._typed(event)
        return True

    def _sources_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Up and self.sources.at_start:
            rows = self.model.rowCount()
            (self.list if rows else self._form.search).setFocus()
            self.list.setCurrentIndex(self.model.index(rows - 1))
            return True
        return self._typed(event)

    def _typed(self, event: QKeyEvent) -> bool:
        """Whether it was a letter, which goes to the search."""
        text = event.text()
        if not text.isprintable() or not text.strip() or event.modifiers() & _COMMANDS:
            return False
        self._form.search.setFocus()
        self._form.search.setText(self._form.search.text() + text)
        return True

    def _on_activated(self, index: QModelIndex) -> None:
        contact = self.model.contact(index)
        number = contact.details.first_number if contact else ""
        if number:
            self.dial_wanted.emit(number)

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        contact = self.model.contact(index)
        if contact:
            self.menu.open(contact, at)

    def _on_new_clicked(self) -> None:
        if self._form.new_button.isEnabled():
            self.new_wanted.emit()

    def _on_call_clicked(self) -> None:
        contact = self._current()
        if contact and len(contact.details.numbers) > 1:
            self.menu.open_numbers(contact, self.tools.call.mapToGlobal(QPoint(0, 0)))
        else:
            self._with_number(self.dial_wanted.emit)

    def _on_favourite_clicked(self) -> None:
        contact = self._current()
        if contact and self.tools.favourite.isEnabled():
            favourite = self._context.services.phonebook.is_favourite(contact.contact_id)
            self.favourite_wanted.emit(contact, not favourite)

    def _current(self) -> Contact | None:
        return self.model.contact(self.list.currentIndex())

    def _with_contact(self, act: Callable[[Contact], object]) -> None:
        contact = self._current()
        if contact:
            act(contact)

    def _with_number(self, act: Callable[[str], object]) -> None:
        contact = self._current()
        if contact and contact.details.first_number:
            act(contact.details.first_number)

    # ------------------------------------------------------------ following

    def _on_search_changed(self, _: str) -> None:
        self._search()

    def _search(self) -> None:
        self.list.setCurrentIndex(QModelIndex())  # Enter means the first hit again
        shown = self.shown
        self.model.show(shown.text, personal=shown.personal, favourites=shown.favourites)
        self.list.scrollToTop()
        self._context.services.sources.browsing.search(shown.text)

    def _on_book_changed(self, _: None) -> None:
        if self.isVisible():
            self._refresh()
        else:
            self._is_stale = True

    def _refresh(self) -> None:
        """Read anew, and leave cursor and place in the list where they are."""
        self._is_stale = False
        current, row = self._current(), self.list.currentIndex().row()
        above = self.list.verticalScrollBar().value()
        self.model.refresh()
        if current and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._index_of(current, row))
        self.list.doItemsLayout()
        self.list.verticalScrollBar().setValue(above)
        self._show_state()

    def _index_of(self, contact: Contact, row: int) -> QModelIndex:
        """Where an entry stands now that stood in a row; one that went far keeps the cursor's place for its neighbour."""
        near = self.model.index_near(contact.contact_id, row)
        if near.isValid() or self._context.services.phonebook.contact(contact.contact_id) is None:
            return near
        return self.model.index(min(row, self.model.rowCount() - 1))

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._show_state()

    # ------------------------------------------------------------ what is shown

    def _show_state(self) -> None:
        form, rows = self._form, self.model.rowCount()
        refused = change_refused(self._context, personal=True)
        form.new_button.setEnabled(not refused)
        form.new_button.setToolTip(refused or self.tr("Write a new entry (Ctrl+N)"))
        # Where nothing is to be seen, the empty state says the same.
        form.note.setText(refused if rows else "")
        form.note.setVisible(bool(refused and rows))
        self.list.setVisible(rows > 0)
        form.tools.setVisible(rows > 0)
        self.empty.setVisible(rows == 0)
        if rows == 0:
            self._say_empty()
        self._show_tools()

    def _say_empty(self) -> None:
        services, text = self._context.services, self._form.search.text().strip()
        stage = services.account.snapshot.stage
        if services.phonebook.filling:
            self.empty.say(self.tr("The phone book is being fetched …"))
        elif text and services.phonebook.count:
            said = self.tr("Nothing fits “{text}”.").format(text=text)
            self.empty.say(said, self.tr("Show everything"), self._show_everything)
        elif services.phonebook.count:
            self._say_nobody_of(self._whose)
        elif stage is Stage.SIGNED_OUT:
            said = self.tr("The phone book appears here as soon as you are signed in.")
            self.empty.say(said, self.tr("Sign in"), self.sign_in_wanted.emit)
        elif not services.account.snapshot.live:
            self.empty.say(self.tr("No line to the server: the phone book appears as soon as it is back."))
        elif not has_book(self._context):
            self.empty.say(self.tr("This server has no phone book. Your administrator brings it up to date."))
        else:
            said = self.tr("Nobody is in the phone book yet. Colleagues have their own list.")
            self.empty.say(said, self.tr("New entry"), self._on_new_clicked)

    def _say_nobody_of(self, whose: Whose) -> None:
        if whose is Whose.FAVOURITES:
            text = self.tr("You have no favourites yet: mark an entry with the star below the list.")
            self.empty.say(text, self.tr("Show everything"), self._show_everything)
        elif whose is Whose.MINE:
            text = self.tr("You have no entries of your own yet; only you see them.")
            self.empty.say(text, self.tr("New entry"), self._on_new_clicked)
        else:
            self.empty.say(self.tr("There are no entries for everybody yet."))

    def _show_everything(self) -> None:
        self._form.whose.setCurrentIndex(Whose.ALL)
        self._form.search.clear()
        self._search()

    def _show_tools(self) -> None:
        self.tools.show(self._current())

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self._search_action.setIcon(icon(Icon.SEARCH, colours.text_muted))
        self._form.new_button.setIcon(icon(Icon.ADD, colours.text))
        self._form.new_button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        self.tools.draw()
        self.list.viewport().update()


def _found_by(contact: Contact) -> list[str]:
    """What an entry may be searched by, the likeliest first."""
    details = contact.details
    return [text for text in (details.name, *details.numbers.values(), details.email) if text]
