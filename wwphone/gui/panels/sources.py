"""What other sources found, below the phone book's own results: there while one searches, called with Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wwphone.domain.phonebook import Contact
from wwphone.gui.contact_menu import SourceMenu, copy
from wwphone.gui.context import Context
from wwphone.gui.models.sources import SourcesModel
from wwphone.gui.widgets.contact_list import ContactList
from wwphone.gui.widgets.source_delegate import SourceDelegate

_COPY = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_C)
_MOST_OF_PANEL = 0.45


class SourcesList(ContactList):
    """As high as its rows, up to nearly half of the panel; hidden while nothing is searched elsewhere."""

    dial_wanted = Signal(str)
    add_wanted = Signal(object)
    """With the `ContactDetails` that are to be put into the phone book."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setUniformItemSizes(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sources = SourcesModel(context.services.sources.browsing, self)
        self.setModel(self.sources)
        self.setItemDelegate(SourceDelegate(context.theme, self))
        self.menu = SourceMenu(context, self)
        self.menu.call_wanted.connect(self.dial_wanted)
        self.menu.add_wanted.connect(self.add_wanted)
        self.activated.connect(self._on_activated)
        self.menu_wanted.connect(self._on_menu_wanted)
        context.services.sources.browsing.changed.subscribe(self._on_changed)
        context.theme.changed.connect(self.viewport().update)
        self.setObjectName("sources")
        self.hide()
        self._name()

    @property
    def at_start(self) -> bool:
        """Whether nothing stands above the cursor."""
        return self.currentIndex().row() <= self.sources.first().row()

    def enter(self) -> bool:
        """Take the keyboard at the first entry; False when there is none."""
        first = self.sources.first()
        if not first.isValid():
            return False
        self.setFocus()
        self.setCurrentIndex(first)
        return True

    def call_first(self) -> None:
        """Call the first entry that was found."""
        self._on_activated(self.sources.first())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the number."""
        contact = self.sources.contact(self.currentIndex())
        if event.keyCombination() == _COPY:
            if contact is not None:
                _with_number(contact, copy)
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name()
            self.sources.refresh()
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs no other height, another panel does."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """As high as the rows, but leave room for the phone book's own."""
        hints = (self.sizeHintForRow(row) for row in range(self.sources.rowCount()))
        panel = self.parentWidget()
        most = int((panel.height() if panel else 0) * _MOST_OF_PANEL)
        height = min(sum(hints) + 2 * self.frameWidth(), most)
        if height != self.height():
            self.setFixedHeight(height)

    # ------------------------------------------------------------ inside

    def _name(self) -> None:
        self.setAccessibleName(self.tr("Found in other sources"))

    def _on_changed(self, _: None) -> None:
        chosen = self.sources.contact(self.currentIndex())
        above = self.verticalScrollBar().value()
        if not self.sources.refresh():
            return
        self.setVisible(self.sources.rowCount() > 0)
        self.fit()
        self.doItemsLayout()
        self.verticalScrollBar().setValue(above)
        for row in range(self.sources.rowCount()) if chosen else ():
            if self.sources.contact(self.sources.index(row)) == chosen:
                self.setCurrentIndex(self.sources.index(row))
                return

    def _on_activated(self, index: QModelIndex) -> None:
        contact = self.sources.contact(index)
        if contact is not None:
            _with_number(contact, self.dial_wanted.emit)

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        contact = self.sources.contact(index)
        if contact is not None:
            self.menu.open(contact, at)


def _with_number(contact: Contact, act: Callable[[str], object]) -> None:
    number = contact.details.first_number
    if number:
        act(number)
