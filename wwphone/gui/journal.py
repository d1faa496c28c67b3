"""The presence history: one's own changes, and with the right to administrate those of others."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QDialog, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.account import Right
from wwphone.domain.presence import JournalEntry
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_journal import Ui_Journal
from wwphone.gui.icons import Icon
from wwphone.gui.models.journal import Column, JournalModel
from wwphone.gui.people_completer import PeopleCompleter
from wwphone.gui.style import tokens
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.words import refusal
from wwphone.services.presence import ColleagueLine
from wwphone.services.reachability import EVERYBODY, JOURNAL_LENGTH, ReachabilitySnapshot

_ROW_HEIGHT = 36


class Whose(IntEnum):
    """Whose history is shown, in the order of the list."""

    MINE = 0
    EVERYBODY = 1
    PERSON = 2


class JournalDialog(QDialog):
    """Follows while it is open: a change made elsewhere appears."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._question = 0
        """Grows with each question to the server: late answers are not shown."""
        self._shown: str | None = None
        """Whose entries are shown, or asked for: older ones of somebody else do not belong under them."""
        form = self._form = Ui_Journal()
        form.setupUi(self)
        self.model = JournalModel(context.services.presence, context.theme, self._load_older, self)
        self.empty = EmptyState(Icon.JOURNAL, context.theme)
        """What stands there without entries: why, and what can be done."""
        form.empty_column.addWidget(self.empty)
        form.whose.addItems(["" for _ in Whose])
        form.whose.activated.connect(self._on_whose_activated)
        form.person.returnPressed.connect(self.load)
        PeopleCompleter(form.person, context, colleagues_only=True).chosen.connect(self._on_person_chosen)
        form.close_button.clicked.connect(self.reject)
        self._set_up_table()
        context.services.reachability.changed.subscribe(self._on_reachability_changed)
        context.services.presence.changed.subscribe(self._on_presence_changed)
        context.theme.changed.connect(form.entries.viewport().update)
        self._retranslate()

    def begin(self) -> None:
        """Open it with one's own history."""
        profile = self._context.services.account.snapshot.profile
        may_see_others = profile is not None and Right.ADMINISTRATE in profile.rights
        self._form.choice.setVisible(may_see_others)
        self._form.whose.setCurrentIndex(Whose.MINE)
        self._form.person.clear()
        self._show([])
        self.show()
        self.raise_()
        self.activateWindow()
        self.load()

    def load(self) -> None:
        """Ask the server."""
        self._question += 1
        self._form.person.setVisible(self._whose is Whose.PERSON)
        self._form.entries.setColumnHidden(Column.PERSON, self._whose is Whose.MINE)
        if self._whose is Whose.PERSON and not self._person():
            self._show([])
            self._empty_table(self._nobody())
            return
        if self._user() != self._shown:
            self._show([])
        self._shown = self._user()
        if self.model.rowCount() == 0:
            self._empty_table(self.tr("Loading …"))
        self._context.run(self._load(self._question))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()
            if self.isVisible():
                self.load()

    # ------------------------------------------------------------ asking

    @property
    def _whose(self) -> Whose:
        return Whose(self._form.whose.currentIndex())

    def _person(self) -> str:
        """The user whom the field means; empty for nobody."""
        found = self._context.services.presence.find(self._form.person.text(), 1)
        return found[0].user if found else ""

    def _user(self) -> str | None:
        match self._whose:
            case Whose.MINE:
                return None
            case Whose.EVERYBODY:
                return EVERYBODY
            case Whose.PERSON:
                return self._person()

    async def _load(self, question: int) -> None:
        try:
            entries = await self._context.services.reachability.read_journal(self._shown)
        except CommandRefusedError as error:
            if question == self._question:
                self._show([])
                self._empty_table(refusal(error.error), self.tr("Try again"))
            return
        if question == self._question:
            self._show(entries)
            if not entries:
                self._empty_table(self.tr("No change yet. Each one will stand here."))

    def _load_older(self, before: int) -> None:
        self._context.run(self._add_older(self._shown, before))

    async def _add_older(self, user: str | None, before: int) -> None:
        try:
            entries = await self._context.services.reachability.read_journal(user, before)
        except CommandRefusedError as error:
            if user == self._shown and self.model.add((), before=before, more=True):
                self._form.remark.setText(refusal(error.error))  # scrolling asks again
            return
        more = len(entries) >= JOURNAL_LENGTH
        if user == self._shown and self.model.add(entries, before=before, more=more):
            self._say_how_many()

    def _on_whose_activated(self, _: int) -> None:
        self._show([])
        self.load()
        if self._whose is Whose.PERSON:
            self._form.person.setFocus()

    def _on_person_chosen(self, _: ColleagueLine) -> None:
        self.load()

    def _on_reachability_changed(self, snapshot: ReachabilitySnapshot) -> None:
        if not self.isVisible():
            return
        if not snapshot.signed_in:
            self.reject()
        elif snapshot.live:
            self.load()

    def _on_presence_changed(self, users: frozenset[str]) -> None:
        profile = self._context.services.account.snapshot.profile
        if self.isVisible() and profile and profile.user in users:
            self.load()

    # ------------------------------------------------------------ what is shown

    def _set_up_table(self) -> None:
        table = self._form.entries
        table.setModel(self.model)
        table.setIconSize(QSize(tokens.ICON_SMALL, tokens.ICON_SMALL))
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)

    def _show(self, entries: list[JournalEntry] | tuple[JournalEntry, ...]) -> None:
        if entries:
            self.model.show(entries, more=len(entries) >= JOURNAL_LENGTH)
        else:
            self.model.clear()
        table = self._form.entries
        table.setVisible(bool(entries))
        table.resizeColumnsToContents()
        for column in tuple(Column)[:-1]:  # the last one takes what is left
            if not table.isColumnHidden(column):
                table.setColumnWidth(column, table.columnWidth(column) + tokens.SPACE_L)
        if entries and self._form.close_button.hasFocus():
            table.setFocus()  # where the arrow keys lead from entry to entry
        self.empty.setVisible(not entries)
        self._say_how_many()

    def _say_how_many(self) -> None:
        latest = self.tr("These are the latest {count} changes. Older ones come when you scroll to the end.")
        text = latest.format(count=self.model.rowCount()) if self.model.more else ""
        self._form.remark.setText(text)

    def _empty_table(self, text: str, button: str = "") -> None:
        self.empty.say(text, button, self.load if button else None)

    def _nobody(self) -> str:
        if self._form.person.text().strip():
            return self.tr("Nobody of this name or number.")
        return self.tr("Type whose history you want to see.")

    def _retranslate(self) -> None:
        for whose, text in (
            (Whose.MINE, self.tr("My own")),
            (Whose.EVERYBODY, self.tr("Everybody")),
            (Whose.PERSON, self.tr("One person")),
        ):
            self._form.whose.setItemText(whose, text)
