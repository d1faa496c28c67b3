"""Which recordings the panel shows: search, four buttons, and a menu with the rest; a line says what is chosen there."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from wwphone.domain.calls import CallDirection, Party
from wwphone.domain.recording import MAX_RECORDING_SEARCH, RecordingFilter
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_recordings import Ui_Recordings
from wwphone.gui.icons import Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.periods import Period, limits, moves_at_midnight, period_word
from wwphone.gui.recording_words import recordings_count
from wwphone.gui.style import tokens
from wwphone.gui.words import QT_TRANSLATE_NOOP

_Choice = TypeVar("_Choice", bound=Enum)


class Begun(Enum):
    """How a recording came about."""

    ANYHOW = "anyhow"
    BY_HAND = "by_hand"
    AUTOMATIC = "automatic"


_BEGUN = {
    Begun.ANYHOW: QT_TRANSLATE_NOOP("Recordings", "By hand and automatic"),
    Begun.BY_HAND: QT_TRANSLATE_NOOP("Recordings", "Only by hand"),
    Begun.AUTOMATIC: QT_TRANSLATE_NOOP("Recordings", "Only automatic"),
}
_WANTED = {Begun.ANYHOW: None, Begun.BY_HAND: False, Begun.AUTOMATIC: True}


class RecordingsFilterBar(QObject):
    """Tells when something else is wanted; `typed` says that more letters may follow."""

    changed = Signal(bool)
    """Whether letters are being typed."""

    def __init__(self, form: Ui_Recordings, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._party = Party("")
        self._recording_id = ""
        self.begun = Begun.ANYHOW
        self.period = Period.ALWAYS
        self.menu = QMenu(parent)
        self._begun_actions = self._choices(Begun, self._on_begun_chosen)
        self._period_actions = self._choices(Period, self._on_period_chosen)
        form.more_button.setMenu(self.menu)
        form.more_button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._is_silent = False
        form.dates.changed.connect(self._tell)
        form.search.textChanged.connect(lambda _: self._tell(typed=True))
        for button in (form.all_button, form.in_button, form.out_button, form.deleted_button):
            button.toggled.connect(lambda on: self._tell() if on else None)
        form.clear_button.clicked.connect(lambda _=False: self.clear_choices())
        self.show_choices()

    @property
    def wanted(self) -> RecordingFilter:
        """The filter for the server."""
        form = self._form
        since, until = limits(self.period, form.dates)
        return RecordingFilter(
            directions=self._directions(),
            automatic=_WANTED[self.begun],
            number=self._party.number,
            text=form.search.text().strip()[:MAX_RECORDING_SEARCH],
            since=since,
            until=until,
            deleted=form.deleted_button.isChecked(),
            recording_id=self._recording_id,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered at all."""
        return self.wanted != RecordingFilter()

    def only_with(self, party: Party) -> None:
        """Show only recordings with somebody, named as the window names them."""
        self._party = party
        self._tell()

    def only(self, recording_id: str) -> None:
        """Show only this one, whatever was chosen before."""
        self._is_silent = True
        self.clear()
        self._recording_id = recording_id
        self._is_silent = False
        self._tell()

    def clear_choices(self) -> None:
        """Take back what menus and other panels chose; search and buttons stay."""
        self._party, self._recording_id = Party(""), ""
        self.begun, self.period = Begun.ANYHOW, Period.ALWAYS
        self._tell()

    def clear(self) -> None:
        """Show everything."""
        was_silent, self._is_silent = self._is_silent, True
        self._form.search.clear()
        self._form.all_button.setChecked(True)
        self._is_silent = was_silent
        self.clear_choices()

    def day_changed(self) -> None:
        """Midnight is over: today is another day."""
        if moves_at_midnight(self.period):
            self._tell()

    def set_enabled(self, *, enabled: bool) -> None:
        """Without a line nobody can be asked."""
        form = self._form
        buttons = (form.all_button, form.in_button, form.out_button, form.deleted_button)
        for part in (form.search, *buttons, form.more_button, form.clear_button, form.dates):
            part.setEnabled(enabled)

    def retranslate(self) -> None:
        """Put every text anew."""
        for begun, action in self._begun_actions.items():
            action.setText(QCoreApplication.translate("Recordings", _BEGUN[begun]))
        for period, action in self._period_actions.items():
            action.setText(period_word(period))
        self.show_choices()

    def draw(self) -> None:
        """Follow the colours."""
        colours = self._context.theme.colours
        self._form.more_button.setIcon(icon(Icon.FILTER, colours.text))
        self._form.clear_button.setIcon(icon(Icon.CLOSE, colours.text))

    def show_choices(self) -> None:
        """Say what was chosen, and how many recordings that lets through."""
        form, parts = self._form, []
        self._begun_actions[self.begun].setChecked(True)
        self._period_actions[self.period].setChecked(True)
        if self._recording_id:
            parts.append(self.tr("Only the recording of one call"))
        if self._party.number:
            parts.append(self.tr("Only with {name}").replace("{name}", written(self._party.name)))
        if self.begun is not Begun.ANYHOW:
            parts.append(QCoreApplication.translate("Recordings", _BEGUN[self.begun]))
        if moves_at_midnight(self.period):
            parts.append(period_word(self.period))
        is_days = self.period is Period.DAYS
        form.dates.setVisible(is_days)
        form.chosen.setVisible(bool(parts) or is_days)
        service = self._context.services.recordings
        if service.was_read and not service.reading:
            parts.append(recordings_count(service.total))
        form.chosen_text.setText(" · ".join(parts))

    # ------------------------------------------------------------ inside

    def _choices(self, values: type[_Choice], chosen: Callable[[_Choice], None]) -> dict[_Choice, QAction]:
        group = QActionGroup(self.menu)
        actions: dict[_Choice, QAction] = {}
        if self.menu.actions():
            self.menu.addSeparator()
        for value in values:
            action = actions[value] = QAction(self.menu, checkable=True)
            action.triggered.connect(lambda _=False, value=value: chosen(value))
            group.addAction(action)
            self.menu.addAction(action)
        return actions

    def _directions(self) -> frozenset[CallDirection]:
        if self._form.in_button.isChecked():
            return frozenset({CallDirection.INCOMING})
        return frozenset({CallDirection.OUTGOING}) if self._form.out_button.isChecked() else frozenset()

    def _on_begun_chosen(self, begun: Begun) -> None:
        self.begun = begun
        self._tell()

    def _on_period_chosen(self, period: Period) -> None:
        self.period = period
        self._tell()
        if period is Period.DAYS:
            self._form.dates.begin()

    def _tell(self, *, typed: bool = False) -> None:
        if not self._is_silent:
            self.show_choices()
            self.changed.emit(typed)
