"""Which calls the panel shows: search, four buttons, and a menu with the rest; a line says what is chosen there."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.history import MAX_HISTORY_SEARCH, TASK_RESULTS, HistoryFilter
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_history import Ui_History
from wwphone.gui.history_words import calls_count
from wwphone.gui.icons import Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.periods import Period, limits, moves_at_midnight, period_word
from wwphone.gui.style import tokens
from wwphone.gui.words import QT_TRANSLATE_NOOP

_Choice = TypeVar("_Choice", bound=Enum)


class Whose(Enum):
    """Calls to whom."""

    ALL = "all"
    MINE = "mine"
    GROUPS = "groups"


_WHOSE = {
    Whose.ALL: QT_TRANSLATE_NOOP("History", "My own and my groups’ calls"),
    Whose.MINE: QT_TRANSLATE_NOOP("History", "Only my own calls"),
    Whose.GROUPS: QT_TRANSLATE_NOOP("History", "Only my groups’ calls"),
}
_KINDS = {
    Whose.ALL: frozenset[CallKind](),
    Whose.MINE: frozenset({CallKind.INTERNAL, CallKind.DIRECT}),
    Whose.GROUPS: frozenset({CallKind.GROUP}),
}


class HistoryFilterBar(QObject):
    """Tells when something else is wanted; `typed` says that more letters may follow."""

    changed = Signal(bool)
    """Whether letters are being typed."""
    export_wanted = Signal()

    def __init__(self, form: Ui_History, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._party = Party("")
        self.whose = Whose.ALL
        self.period = Period.ALWAYS
        self.menu = QMenu(parent)
        self._whose_actions = self._choices(Whose, self._on_whose_chosen)
        self._period_actions = self._choices(Period, self._on_period_chosen)
        self._open_only = QAction(self.menu, checkable=True)
        self._open_only.toggled.connect(lambda _: self._tell())
        self.menu.addAction(self._open_only)
        self._recorded_only = QAction(self.menu, checkable=True)
        self._recorded_only.toggled.connect(lambda _: self._tell())
        self.menu.addAction(self._recorded_only)
        self.menu.addSeparator()
        self._export = QAction(self.menu)
        self._export.triggered.connect(lambda _=False: self.export_wanted.emit())
        self.menu.addAction(self._export)
        form.more_button.setMenu(self.menu)
        form.more_button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        form.search.textChanged.connect(lambda _: self._tell(typed=True))
        for button in (form.all_button, form.missed_button, form.in_button, form.out_button):
            button.toggled.connect(self._on_show_toggled)
        form.clear_button.clicked.connect(lambda _=False: self.clear_choices())
        form.dates.changed.connect(self._tell)
        self._is_silent = False
        self.show_choices()

    @property
    def wanted(self) -> HistoryFilter:
        """The filter for the server."""
        form = self._form
        since, until = limits(self.period, form.dates)
        return HistoryFilter(
            directions=self._directions(),
            results=TASK_RESULTS if form.missed_button.isChecked() else frozenset(),
            kinds=_KINDS[self.whose],
            recorded=self._recorded_only.isChecked(),
            open_tasks=self._open_only.isChecked(),
            number=self._party.number,
            text=form.search.text().strip()[:MAX_HISTORY_SEARCH],
            since=since,
            until=until,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered at all."""
        return self.wanted != HistoryFilter()

    def only_with(self, party: Party) -> None:
        """Show only calls with somebody, named as the window names them."""
        self._party = party
        self._tell()

    def clear_choices(self) -> None:
        """Take back what the menus chose; search and buttons stay."""
        self._is_silent = True
        self._party = Party("")
        self.whose, self.period = Whose.ALL, Period.ALWAYS
        self._open_only.setChecked(False)
        self._recorded_only.setChecked(False)
        self._is_silent = False
        self._tell()

    def clear(self) -> None:
        """Show everything."""
        self._is_silent = True
        self._form.search.clear()
        self._form.all_button.setChecked(True)
        self._is_silent = False
        self.clear_choices()

    def day_changed(self) -> None:
        """Midnight is over: today is another day."""
        if moves_at_midnight(self.period):
            self._tell()

    def set_enabled(self, *, enabled: bool) -> None:
        """Without a line nobody can be asked."""
        form = self._form
        for part in (
            form.search,
            form.all_button,
            form.missed_button,
            form.in_button,
            form.out_button,
            form.more_button,
            form.clear_button,
            form.dates,
        ):
            part.setEnabled(enabled)

    def retranslate(self) -> None:
        """Put every text anew."""
        for whose, action in self._whose_actions.items():
            action.setText(QCoreApplication.translate("History", _WHOSE[whose]))
        for period, action in self._period_actions.items():
            action.setText(period_word(period))
        self._open_only.setText(self.tr("Only calls to be called back"))
        self._recorded_only.setText(self.tr("Only recorded calls"))
        self._export.setText(self.tr("Export as CSV …"))
        self.show_choices()

    def draw(self) -> None:
        """Follow the colours."""
        colours = self._context.theme.colours
        self._form.more_button.setIcon(icon(Icon.FILTER, colours.text))
        self._form.clear_button.setIcon(icon(Icon.CLOSE, colours.text))
        self._export.setIcon(icon(Icon.EXPORT, colours.text))

    def show_choices(self) -> None:
        """Say what the menus chose, and how many calls that lets through."""
        form, parts = self._form, []
        self._whose_actions[self.whose].setChecked(True)
        self._period_actions[self.period].setChecked(True)
        if self._party.number:
            parts.append(self.tr("Only calls with {name}").replace("{name}", written(self._party.name)))
        if self.whose is not Whose.ALL:
            parts.append(QCoreApplication.translate("History", _WHOSE[self.whose]))
        if moves_at_midnight(self.period):
            parts.append(period_word(self.period))
        if self._open_only.isChecked():
            parts.append(self._open_only.text())
        if self._recorded_only.isChecked():
            parts.append(self._recorded_only.text())
        is_days = self.period is Period.DAYS
        form.dates.setVisible(is_days)
        form.chosen.setVisible(bool(parts) or is_days)
        history = self._context.services.history
        if history.was_read and not history.reading:
            parts.append(calls_count(history.total))
        form.chosen_text.setText(" · ".join(parts))

    # ------------------------------------------------------------ inside

    def _choices(self, values: type[_Choice], chosen: Callable[[_Choice], None]) -> dict[_Choice, QAction]:
        group = QActionGroup(self.menu)
        actions: dict[_Choice, QAction] = {}
        for value in values:
            action = actions[value] = QAction(self.menu, checkable=True)
            action.triggered.connect(lambda _=False, value=value: chosen(value))
            group.addAction(action)
            self.menu.addAction(action)
        self.menu.addSeparator()
        return actions

    def _directions(self) -> frozenset[CallDirection]:
        if self._form.in_button.isChecked():
            return frozenset({CallDirection.INCOMING})
        return frozenset({CallDirection.OUTGOING}) if self._form.out_button.isChecked() else frozenset()

    def _on_whose_chosen(self, whose: Whose) -> None:
        self.whose = whose
        self._tell()

    def _on_period_chosen(self, period: Period) -> None:
        self.period = period
        self._tell()
        if period is Period.DAYS:
            self._form.dates.begin()

    def _on_show_toggled(self, on: bool) -> None:
        if on:
            self._tell()

    def _tell(self, *, typed: bool = False) -> None:
        if not self._is_silent:
            self.show_choices()
            self.changed.emit(typed)
