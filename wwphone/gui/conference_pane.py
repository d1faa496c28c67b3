"""One of the two lists of the conference window, and what can be done with whom the cursor is at: by button, menu and key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton

from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon, put_icon
from wwphone.gui.models.conference import ConferenceModel, RowT
from wwphone.gui.shortcuts import ENTER, repeats_an_act
from wwphone.gui.style import tokens
from wwphone.gui.widgets.conference_delegate import ConferenceDelegate
from wwphone.gui.widgets.contact_list import ContactList

_TICK_MS = 1000


@dataclass(frozen=True)
class RowDeed:
    """Something that can be done with somebody, as things stand."""

    icon: Icon
    text: str
    keys: str
    """As menus and tooltips name it."""
    key: QKeyCombination | Qt.Key
    possible: bool
    act: Callable[[], object]


class ConferencePane(QObject, Generic[RowT]):
    """Owns model, look, buttons, menu and keys of a list."""

    def __init__(
        self,
        view: ContactList,
        tools: QHBoxLayout,
        context: Context,
        describe: Callable[[RowT], str],
        deeds: Callable[[RowT | None], tuple[RowDeed, ...]],
    ) -> None:
        """`deeds` tells all that can be done, always as many and in the same order; with nobody, nothing is possible."""
        super().__init__(view)
        self._context = context
        self.deeds = deeds
        self.list = view
        self.model: ConferenceModel[RowT] = ConferenceModel(describe, self)
        self.delegate = ConferenceDelegate(context, self)
        self.menu = QMenu(view)
        self.buttons: tuple[QToolButton, ...] = ()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        view.setModel(self.model)
        view.setItemDelegate(self.delegate)
        view.installEventFilter(self)
        view.menu_wanted.connect(self._on_menu_wanted)
        view.selectionModel().currentChanged.connect(lambda *_: self.show_deeds())
        view.activated.connect(self._on_activated)
        self._tools = tools
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(view.viewport().update)
        context.theme.changed.connect(self.show_deeds)

    @property
    def current(self) -> RowT | None:
        """Whom the cursor is at."""
        return self.model.row(self.list.currentIndex())

    def tick(self, *, on: bool) -> None:
        """Paint anew each second, since times run; only while somebody looks."""
        if on and not self._timer.isActive():
            self._timer.start()
        elif not on:
            self._timer.stop()

    def focus(self) -> None:
        """Let the person move among the rows."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.model.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))

    def show_deeds(self) -> None:
        """Let the buttons say what is possible with whom the cursor is at."""
        deeds = self.deeds(self.current)
        if not self.buttons:
            self.buttons = tuple(self._button(place) for place in range(len(deeds)))
            self._tools.insertStretch(len(deeds), 1)
        colour = self._context.theme.colours.text
        for button, deed in zip(self.buttons, deeds, strict=True):
            text = f"{deed.text} ({deed.keys})"
            put_icon(button, deed.icon, colour)
            if text != button.toolTip():
                button.setToolTip(text)
                button.setAccessibleName(text)
            button.setEnabled(deed.possible)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys in the list do what its buttons do."""
        if (
            watched is not self.list
            or not isinstance(event, QKeyEvent)
            or event.type() != QEvent.Type.KeyPress
        ):
            return False
        if repeats_an_act(event):
            return True
        pressed = event.keyCombination()
        for deed in self.deeds(self.current):
            if QKeyCombination(deed.key) == pressed and event.key() not in ENTER:
                if deed.possible:
                    deed.act()
                return True
        return False

    # ------------------------------------------------------------ inside

    def _button(self, place: int) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        button.clicked.connect(lambda _=False: self._do(place))
        self._tools.insertWidget(place, button)
        return button

    def _do(self, place: int) -> None:
        deed = self.deeds(self.current)[place]
        if deed.possible:
            deed.act()

    def _on_activated(self, _: QModelIndex) -> None:
        """Enter, or a double click."""
        for deed in self.deeds(self.current):
            if deed.key in ENTER and deed.possible:
                deed.act()

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        row = self.model.row(index)
        if row is None:
            return
        self.menu.clear()
        self.menu.setAccessibleName(row.name)
        for deed in self.deeds(row):
            action = QAction(
                icon(deed.icon, self._context.theme.colours.text), f"{deed.text}\t{deed.keys}", self.menu
            )
            action.setEnabled(deed.possible)
            action.triggered.connect(lambda _=False, deed=deed: deed.act())
            self.menu.addAction(action)
        self.menu.popup(at)
