"""Exporting entries of the phone book into a file."""

from __future__ import annotations

import asyncio
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from wwphone.domain.formats import ExportFormat
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_contact_export import Ui_ContactExport
from wwphone.gui.import_words import number
from wwphone.services.account import AccountSnapshot
from wwphone.services.exports import NotWrittenError, Selection

_FORMATS = (ExportFormat.CSV, ExportFormat.VCARD_4, ExportFormat.VCARD_3)


class Which(IntEnum):
    """Which entries, in the order of the list."""

    ALL = 0
    EVERYBODYS = 1
    MINE = 2
    SHOWN = 3
    """What the panel shows."""


_PERSONAL = {Which.ALL: None, Which.EVERYBODYS: False, Which.MINE: True}


class ExportDialog(QDialog):
    """Chooses what and how; the file is there whole or not at all."""

    def __init__(self, context: Context, shown: Selection, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._shown = shown
        self._task: asyncio.Task[None] | None = None
        profile = context.services.account.snapshot.profile
        self._user = profile.user if profile else ""
        form = self._form = Ui_ContactExport()
        form.setupUi(self)
        form.which.addItems(["" for which in Which if which is not Which.SHOWN or shown.is_narrowed])
        form.kind.addItems(["" for _ in _FORMATS])
        form.which.setCurrentIndex(form.which.count() - 1 if shown.is_narrowed else Which.ALL)
        form.kind.activated.connect(lambda _: self._show_state())
        form.cancel.clicked.connect(self._on_cancel_clicked)
        form.save.clicked.connect(self._on_save_clicked)
        self._unsubscribe = context.services.account.changed.subscribe(self._on_account_changed)
        self._retranslate()

    def begin(self) -> None:
        """Come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def close_down(self) -> None:
        """Follow nothing any more."""
        self._unsubscribe()

    def reject(self) -> None:
        """Stop, and close."""
        self._stop()
        super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()

    def export(self, path: Path) -> None:
        """Write the chosen entries into this file."""
        which = Which(self._form.which.currentIndex())
        selection = self._shown if which is Which.SHOWN else Selection(_PERSONAL[which])
        self._form.told.setText("")
        self._say_problem("")
        self._task = self._context.tasks.start(self._export(selection, path))
        self._show_state()

    # ------------------------------------------------------------ inside

    @property
    def _format(self) -> ExportFormat:
        return _FORMATS[self._form.kind.currentIndex()]

    def _on_save_clicked(self) -> None:
        chooser = QFileDialog(self, self.tr("Export entries"))
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        chooser.setDirectory(QStandardPaths.writableLocation(documents))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(self._format.suffix.removeprefix("."))
        chooser.setNameFilter(f"*{self._format.suffix}")
        chooser.selectFile(self.tr("phone book") + self._format.suffix)
        chooser.fileSelected.connect(lambda name: self.export(Path(name)))
        chooser.open()

    def _on_cancel_clicked(self) -> None:
        if self._task is not None:
            self._stop()
            self._show_state()
        else:
            self.reject()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        if (snapshot.profile.user if snapshot.profile else "") != self._user:
            self.reject()

    async def _export(self, selection: Selection, path: Path) -> None:
        try:
            count = await self._context.services.exports.export(
                selection, self._format, path, self._on_progress
            )
        except NotWrittenError as error:
            self._say_problem(self.tr("The file cannot be written: {reason}.").format(reason=error))
        else:
            text = self.tr("Entries written to {file}: {count}")
            self._form.told.setText(text.format(file=path.name, count=number(count)))
        self._task = None
        self._show_state()

    def _on_progress(self, done: int, most: int) -> None:
        self._form.progress.setRange(0, max(most, done))
        self._form.progress.setValue(done)

    def _say_problem(self, text: str) -> None:
        self._form.problem.setText(text)
        self._form.problem.setVisible(bool(text))

    def _show_state(self) -> None:
        form, busy = self._form, self._task is not None
        form.progress.setVisible(busy)
        for part in (form.which, form.kind, form.save):
            part.setEnabled(not busy)
        form.cancel.setText(self.tr("Cancel") if busy else self.tr("Close"))
        csv = self.tr("As the PBX reads it: names, company and numbers, without e-mail addresses and notes.")
        card = self.tr("Everything that stands in the entries, for other address books.")
        form.hint.setText(csv if self._format is ExportFormat.CSV else card)

    def _retranslate(self) -> None:
        form = self._form
        form.which.setItemText(Which.ALL, self.tr("All entries"))
        form.which.setItemText(Which.EVERYBODYS, self.tr("Everybody's entries"))
        form.which.setItemText(Which.MINE, self.tr("My own entries"))
        if self._shown.favourites and not self._shown.text:
            form.which.setItemText(Which.SHOWN, self.tr("My favourites"))
        elif self._shown.text:
            text = self.tr("What the search shows: “{text}”").format(text=self._shown.text)
            form.which.setItemText(Which.SHOWN, text)
        for place, text in enumerate(
            (self.tr("CSV of the PBX"), self.tr("vCard 4.0"), self.tr("vCard 3.0, for older programs"))
        ):
            form.kind.setItemText(place, text)
        self._say_problem("")
        self._show_state()
