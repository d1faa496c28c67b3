"""The colleagues panel: everybody by presence group, found as one types, called with Enter."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from wwphone.config.options import COLLEAGUES_DENSITY
from wwphone.domain.calls import PhoneState
from wwphone.gui.colleague_menu import ColleagueMenu
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.colleagues import ColleaguesModel
from wwphone.gui.panels.ringing import RingingStrip
from wwphone.gui.shortcuts import ENTER, repeats_an_act, repeats_enter
from wwphone.gui.style import tokens
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.gui.widgets.colleague_list import ColleagueList
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.words import clock
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.presence import ColleagueLine

logger = logging.getLogger(__name__)

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


_NEEDS_OTHER_ROOM = (QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)
_SET_PRESENCE = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_S)


class ColleaguesPanel(QWidget):
    """A filter above a list. Typing anywhere in the list goes to the filter."""

    dial_wanted = Signal(str)
    transfer_wanted = Signal(str, str)
    """Which call (empty: the one that the keyboard means), and the number of the colleague."""
    call_dropped = Signal(str, str, bool)
    """Which call, the number of the colleague, and whether to call them first."""
    sign_in_wanted = Signal()
    problem_told = Signal(str)
    """What was refused; empty: it worked."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._current = ""
        """The user under the cursor while the model is made anew."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._give_way)
        self.ringing = RingingStrip(context)
        self._top = QWidget()
        """Filter and density, and of when the list is."""
        self._filter, self._filter_action = self._make_filter()
        self._density = QToolButton()
        self._density.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._density.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._density.clicked.connect(self._on_density_clicked)
        self._as_of = QLabel()
        self._as_of.setProperty("role", "muted")
        self._empty = EmptyState(Icon.COLLEAGUES, context.theme)
        self.model = ColleaguesModel(context.services.presence, self)
        self._delegate = ColleagueDelegate(context.theme, self)
        self.list = ColleagueList(self.model, self._delegate)
        self.list.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.list.activated.connect(self._on_activated)
        self.list.call_dropped.connect(self._on_call_dropped)
        self.list.menu_wanted.connect(self._on_menu_wanted)
        self.list.installEventFilter(self)
        self.ringing.installEventFilter(self)
        self.menu = self._make_menu()
        self._lay_out()
        context.theme.changed.connect(self._draw)
        context.services.account.changed.subscribe(self._on_account_changed)
        self.model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        self.model.modelReset.connect(self._on_model_reset)
        self._show_density()
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._filter.setPlaceholderText(self.tr("Filter colleagues …"))
        self._filter.setAccessibleName(self.tr("Filter colleagues"))
        self._filter_action.setText(self.tr("Filter"))
        name_clear_button(self._filter)
        self.list.setAccessibleName(self.tr("Colleagues"))
        text = self.tr("Show as a list") if self._tiles else self.tr("Show as tiles")
        self._density.setToolTip(text)
        self._density.setAccessibleName(text)
        self._show_state()
        self.list.viewport().update()

    def begin(self) -> None:
        """Let the person type: the keyboard goes to the filter."""
        self._top.show()
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def minimumSizeHint(self) -> QSize:
        """Room for everything, also for what gives way now: how much is asked for must not depend on that."""
        if self.model.people == 0:
            return super().minimumSizeHint()
        rings = 0 if self.ringing.isHidden() else self.ringing.whole_height
        below = self._top.sizeHint().height() + self.list.minimumHeight()
        return QSize(super().minimumSizeHint().width(), rings + below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window something gives way."""
        super().resizeEvent(event)
        self._give_way()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the filter steer the list; letters in the list go to the filter, but P picks up."""
        if watched is self.ringing:
            if event.type() in _NEEDS_OTHER_ROOM:
                self._give_way()
            return False
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._soon.start()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._filter:
            return self._filter_key(event)
        return watched is self.list and (repeats_an_act(event) or self._list_key(event))

    # ------------------------------------------------------------ building

    def _make_filter(self) -> tuple[QLineEdit, QAction]:
        field = QLineEdit()
        field.setClearButtonEnabled(True)
        field.setMaxLength(64)
        field.textChanged.connect(self._on_filter_changed)
        field.installEventFilter(self)
        action = field.addAction(
            icon(Icon.FILTER, self._context.theme.colours.text_muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        return field, action

    def _make_menu(self) -> ColleagueMenu:
        menu = ColleagueMenu(self._context, self.list)
        menu.call_wanted.connect(self.dial_wanted)
        menu.pick_up_wanted.connect(self.ringing.take_at)
        menu.transfer_wanted.connect(lambda number: self.transfer_wanted.emit("", number))
        menu.problem_told.connect(self.problem_told)
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self._filter, 1)
        row.addWidget(self._density)
        top = QVBoxLayout(self._top)
        top.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_S)
        top.setSpacing(tokens.SPACE_XS)
        top.addLayout(row)
        top.addWidget(self._as_of)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.ringing)
        column.addWidget(self._top)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)

    def _give_way(self) -> None:
        """While there is no room for all, what rings stays whole: the filter goes, then that heading, then the list.

        A list without a person in sight says nothing; where it is gone the heading is back, as long as there is room for that.
        Whoever has the keyboard in filter or list keeps both.
        """
        typing = self._filter.hasFocus() or self.list.hasFocus()
        rings = not self.ringing.isHidden()
        room = self.height() - (self.ringing.whole_height if rings else 0)
        least = self.list.least_height
        gives_way = rings and not typing
        listed = not gives_way or room + self.ringing.spare_height >= least
        self._top.setHidden(gives_way and room < self._top.sizeHint().height() + least)
        self.list.setHidden(self.model.people == 0 or not listed)
        tight = room < 0 or (gives_way and listed and self.model.people > 0 and room < least)
        self.ringing.set_tight(tight=rings and tight)

    # ------------------------------------------------------------ keyboard and pointer

    def _filter_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if repeats_enter(event):
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.first())
            self.list.setFocus()
            return True
        if key in ENTER:
            current = self.list.currentIndex()
            self._on_activated(current if current.isValid() else self.model.first())
            return True
        if key == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
            return True
        return False

    def _list_key(self, event: QKeyEvent) -> bool:
        text = event.text()
        if self._sets_presence(event) or self._picks_up(event):
            return True
        if text.lower() == "t" and self._transfer_to_current():
            return True
        if text.isprintable() and text.strip() and not event.modifiers() & _COMMANDS:
            self._filter.setFocus()
            self._filter.setText(self._filter.text() + text)
            return True
        return False

    def _picks_up(self, event: QKeyEvent) -> bool:
        """P on a colleague whose phone rings takes that call; elsewhere it is a letter."""
        row = self.model.row(self.list.currentIndex())
        if event.key() != Qt.Key.Key_P or event.modifiers() & _COMMANDS or not isinstance(row, ColleagueLine):
            return False
        user, name = row.colleague.user, row.colleague.nickname
        rings = row.phone is PhoneState.RINGING and user != self._delegate.own_user
        if not rings and self._context.services.pickup.at(user) is None:
            return False
        self.ringing.take_at(user, name)
        return True

    def _sets_presence(self, event: QKeyEvent) -> bool:
        """Ctrl+S on a colleague opens their presence, for who may set it."""
        index = self.list.currentIndex()
        row = self.model.row(index)
        if not isinstance(row, ColleagueLine) or event.keyCombination() != _SET_PRESENCE:
            return False
        return self.menu.open_presence(row, self.list.below(index))

    def _on_menu_wanted(self, index: QModelIndex, at: QPoint) -> None:
        row = self.model.row(index)
        if isinstance(row, ColleagueLine):
            self.menu.open(row, at)

    def _on_filter_changed(self, text: str) -> None:
        self.list.setCurrentIndex(QModelIndex())  # Enter means the first hit again
        self.model.set_filter(text)

    def _transfer_to_current(self) -> bool:
        """While a call can be transferred, T means the colleague under the cursor and not the filter."""
        number = self._number(self.list.currentIndex())
        services = self._context.services
        if not number or not any(services.transfer.may_begin(call) for call in services.calls.running):
            return False
        self.transfer_wanted.emit("", number)
        return True

    def _on_call_dropped(self, call_id: str, index: QModelIndex, talk_first: bool) -> None:
        number = self._number(index)
        if number:
            self.call_dropped.emit(call_id, number, talk_first)

    def _number(self, index: QModelIndex) -> str:
        """A colleague's number; empty for oneself and for headings."""
        row = self.model.row(index)
        if isinstance(row, ColleagueLine) and row.colleague.user != self._delegate.own_user:
            return row.colleague.number
        return ""

    def _on_activated(self, index: QModelIndex) -> None:
        number = self._number(index)
        if number:
            self.dial_wanted.emit(number)

    # ------------------------------------------------------------ density

    @property
    def _tiles(self) -> bool:
        return self._context.settings.text(COLLEAGUES_DENSITY) == "tiles"

    def _on_density_clicked(self) -> None:
        try:
            self._context.settings.set(COLLEAGUES_DENSITY, "list" if self._tiles else "tiles")
        except OSError as error:
            logger.warning("the density is not remembered: %s", error)
        self._show_density()
        self.retranslate()

    def _show_density(self) -> None:
        self.list.set_tiles(tiles=self._tiles)
        self._draw()

    # ------------------------------------------------------------ what is shown

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        self._delegate.own_user = snapshot.profile.user if snapshot.profile else ""
        self._show_state()

    def _on_model_about_to_be_reset(self) -> None:
        row = self.model.row(self.list.currentIndex())
        self._current = row.colleague.user if isinstance(row, ColleagueLine) else ""

    def _on_model_reset(self) -> None:
        if self._current:
            self.list.setCurrentIndex(self.model.index_of(self._current))
        self._show_state()

    def _show_state(self) -> None:
        as_of = self._context.services.presence.as_of
        self._delegate.stale = as_of is not None
        self._as_of.setText(self.tr("as of {time}").format(time=clock(as_of)) if as_of else "")
        self._as_of.setVisible(as_of is not None)
        people = self.model.people
        self._empty.setVisible(people == 0)
        self._say_empty()
        self._give_way()

    def _say_empty(self) -> None:
        stage = self._context.services.account.snapshot.stage
        if self._filter.text():
            text = self.tr("Nobody fits “{text}”.").format(text=self._filter.text())
            self._empty.say(text, self.tr("Show everybody"), self._filter.clear)
        elif stage is Stage.SIGNED_IN:
            self._empty.say(
                self.tr("You have no colleagues yet. Your administrator adds them on the server.")
            )
        elif stage is Stage.SIGNING_IN:
            self._empty.say(self.tr("Signing in: your colleagues appear in a moment."))
        else:
            text = self.tr("Your colleagues appear here as soon as you are signed in.")
            self._empty.say(text, self.tr("Sign in"), self.sign_in_wanted.emit)

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self._filter_action.setIcon(icon(Icon.FILTER, colours.text_muted))
        self._density.setIcon(icon(Icon.LIST if self._tiles else Icon.TILES, colours.text_muted))
        self.list.viewport().update()
