"""The imports of the last 30 days, each of which can be undone as one."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.imports import ImportRecord
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_contact_imports import Ui_ContactImports
from wwphone.gui.icons import Icon
from wwphone.gui.import_words import import_refusal, number
from wwphone.gui.phonebook_words import change_refused, name_of
from wwphone.gui.style import tokens
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.words import clock
from wwphone.services.account import AccountSnapshot

_ROW_HEIGHT = 36


class PastImportsDialog(QDialog):
    """Asks the server each time it comes to the front, and after undoing."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._imports: tuple[ImportRecord, ...] = ()
        self._is_busy = self._is_closed = False
        profile = context.services.account.snapshot.profile
        self._user = profile.user if profile else ""
        form = self._form = Ui_ContactImports()
        form.setupUi(self)
        self.model = QStandardItemModel(self)
        form.table.setModel(self.model)
        form.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        form.table.horizontalHeader().setStretchLastSection(True)
        form.table.horizontalHeader().setHighlightSections(False)
        form.table.selectionModel().currentChanged.connect(lambda *_: self._show_state())
        self.empty = EmptyState(Icon.JOURNAL, context.theme)
        form.empty_column.addWidget(self.empty)
        form.undo.clicked.connect(self._on_undo_clicked)
        form.close_button.clicked.connect(self.reject)
        self._unsubscribe = context.services.account.changed.subscribe(self._on_account_changed)
        self._say("", "")
        self._fill()
        self.empty.say(self.tr("Loading …"))

    def begin(self) -> None:
        """Come to the front, and ask the server."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.load()

    def close_down(self) -> None:
        """Follow nothing any more; answers that come later find nobody."""
        self._is_closed = True
        self._unsubscribe()

    def load(self) -> None:
        """Ask the server."""
        if self.isVisible() and not self._is_busy:
            self._context.run(self._load())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._fill()

    # ------------------------------------------------------------ inside

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        if (snapshot.profile.user if snapshot.profile else "") != self._user:
            self.reject()

    async def _load(self) -> None:
        try:
            found = await self._context.services.imports.imports()
        except CommandRefusedError as error:
            if self._is_closed:
                return
            self.empty.say(import_refusal(error.error), self.tr("Try again"), self.load)
            if self._imports:
                self._say("", import_refusal(error.error))
            return
        if self._is_closed:
            return
        self._imports = found
        self._fill()
        self.empty.say(self.tr("Nothing was imported in the last 30 days."))

    def _current(self) -> ImportRecord | None:
        row = self._form.table.currentIndex().row()
        return self._imports[row] if 0 <= row < len(self._imports) else None

    def _on_undo_clicked(self) -> None:
        record = self._current()
        if record is not None and not self._is_busy:
            self._context.run(self._undo(record))

    async def _undo(self, record: ImportRecord) -> None:
        self._is_busy = True
        self._say(self.tr("The import is being undone …"), "")
        self._show_state()
        told = problem = ""
        try:
            counts = await self._context.services.imports.undo(record.import_id)
        except CommandRefusedError as error:
            problem = import_refusal(error.error)
        else:
            text = self.tr(
                "Undone. Taken away: {removed}. Put back: {back}. Changed since, and left: {kept}."
            )
            back = counts.reverted + counts.restored
            told = text.format(removed=number(counts.removed), back=number(back), kept=number(counts.kept))
        self._is_busy = False
        if not self._is_closed:
            self._say(told, problem)
            await self._load()

    def _say(self, told: str, problem: str) -> None:
        for label, text in ((self._form.told, told), (self._form.problem, problem)):
            label.setText(text)
            label.setVisible(bool(text))

    def _fill(self) -> None:
        current = max(self._form.table.currentIndex().row(), 0)
        self.model.clear()
        self.model.setHorizontalHeaderLabels(
            (
                self.tr("Time"),
                self.tr("Person"),
                self.tr("File"),
                self.tr("Into"),
                self.tr("New"),
                self.tr("Changed"),
                self.tr("Deleted"),
                self.tr("State"),
            )
        )
        for record in self._imports:
            self.model.appendRow([QStandardItem(text) for text in self._cells(record)])
        table = self._form.table
        table.resizeColumnsToContents()
        for column in range(self.model.columnCount() - 1):
            table.setColumnWidth(column, table.columnWidth(column) + tokens.SPACE_L)
        table.setVisible(bool(self._imports))
        self.empty.setVisible(not self._imports)
        if self._imports:
            table.setCurrentIndex(self.model.index(min(current, len(self._imports) - 1), 0))
        self._show_state()

    def _cells(self, record: ImportRecord) -> tuple[str, ...]:
        counts = record.counts
        undone = ""
        if record.undone_at is not None:
            text = self.tr("undone, {time}")
            undone = text.format(time=clock(record.undone_at))
        return (
            clock(record.at),
            self._name(record.by),
            record.file_name,
            self.tr("My own") if record.personal else self.tr("Everybody's"),
            number(counts.new),
            number(counts.changed),
            number(counts.gone),
            undone,
        )

    def _name(self, user: str) -> str:
        return name_of(self._context, user)

    def _show_state(self) -> None:
        record = self._current()
        refused = change_refused(self._context, personal=record.personal) if record else ""
        undone = record is not None and record.undone_at is not None
        self._form.undo.setVisible(record is not None)
        self._form.undo.setEnabled(not self._is_busy and not refused and not undone)
        self._form.undo.setToolTip(refused)
