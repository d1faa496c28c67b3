"""Importing a file into the phone book, step by step: which file, what it would do, done."""

from __future__ import annotations

import asyncio
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from wwphone.cti.api import CommandRefusedError, ErrorCode
from wwphone.domain.contact_files import FileRefusedError
from wwphone.domain.imports import ImportRecord
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_contact_import import Ui_ContactImport
from wwphone.gui.import_preview import show_forecast
from wwphone.gui.import_words import file_refused, import_refusal, line_refused, number
from wwphone.gui.phonebook_words import change_refused
from wwphone.gui.tooltips import plain
from wwphone.services.account import AccountSnapshot
from wwphone.services.imports import Forecast, SentFile


class Step(IntEnum):
    """Where the person is, in the order of the form's pages."""

    FILE = 0
    WORKING = 1
    PREVIEW = 2
    SURE = 3
    RESULT = 4


class Whose(IntEnum):
    """Into whose entries, in the order of the list."""

    EVERYBODY = 0
    ME = 1


class Way(IntEnum):
    """How, in the order of the list."""

    ADD = 0
    REPLACE = 1


class ImportDialog(QDialog):
    """Nothing is written before the last step; closing the window forgets everything."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._imports = context.services.imports
        self._path: Path | None = None
        self._sent: SentFile | None = None
        self._forecast: Forecast | None = None
        self._record: ImportRecord | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_writing = self._is_closed = False
        self._step = Step.FILE
        profile = context.services.account.snapshot.profile
        self._user = profile.user if profile else ""
        form = self._form = Ui_ContactImport()
        form.setupUi(self)
        form.whose.addItems(["" for _ in Whose])
        form.mode.addItems(["" for _ in Way])
        form.choose.clicked.connect(self._on_choose_clicked)
        form.mode.activated.connect(lambda _: self._on_way_chosen())
        form.cancel.clicked.connect(self._on_cancel_clicked)
        form.extra.clicked.connect(self._on_extra_clicked)
        form.go.clicked.connect(self._on_go_clicked)
        self._unsubscribe = (
            context.services.account.changed.subscribe(self._on_account_changed),
            context.services.phonebook.changed.subscribe(lambda _: self._offer_everybody()),
        )
        self._offer_everybody()
        may = not change_refused(context, personal=False)
        form.whose.setCurrentIndex(Whose.EVERYBODY if may else Whose.ME)
        self._retranslate()
        self._show(Step.FILE)

    def begin(self, path: Path | None = None) -> None:
        """Come to the front, perhaps with a file."""
        self.show()
        self.raise_()
        self.activateWindow()
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Import this file next."""
        if self._step is Step.FILE:
            self._path = path
            self._form.file.setText(path.name)
            self._form.file.setToolTip(plain(str(path)))
            self._say("")
            self._form.go.setFocus()

    def close_down(self) -> None:
        """Follow nothing any more."""
        self._is_closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def reject(self) -> None:
        """Forget what was sent, and close; not while it is written."""
        if not self._is_writing:
            self._stop()
            super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()
            self._show(self._step)

    # ------------------------------------------------------------ what the person does

    def _on_choose_clicked(self) -> None:
        chooser = QFileDialog(self, self.tr("Choose a file"))
        chooser.setDirectory(_folder())
        chooser.setNameFilter(self.tr("Contacts (*.csv *.vcf *.vcard *.txt)"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda name: self.take(Path(name)))
        chooser.open()

    def _on_go_clicked(self) -> None:
        match self._step:
            case Step.FILE:
                self._on_file_given()
            case Step.PREVIEW if self._forecast and self._forecast.counts.gone:
                self._show(Step.SURE)
            case Step.PREVIEW | Step.SURE:
                self._run(self._carry_out())
            case Step.RESULT:
                self.accept()

    def _on_file_given(self) -> None:
        if self._path is None:
            self._say(self.tr("Choose a file first."))
            self._form.choose.setFocus()
        else:
            self._run(self._prepare(self._path, personal=self._form.whose.currentIndex() == Whose.ME))

    def _on_cancel_clicked(self) -> None:
        if self._step is Step.SURE:
            self._show(Step.PREVIEW)
        elif self._step is Step.WORKING and not self._is_writing:
            self._stop()
            self._show(Step.FILE)
        else:
            self.reject()

    def _on_way_chosen(self) -> None:
        if self._sent is not None:
            self._run(self._compare(self._sent))

    def _on_extra_clicked(self) -> None:
        if self._step is Step.RESULT and self._record is not None:
            self._run(self._undo(self._record))
            return
        chooser = QFileDialog(self, self.tr("Save the refused lines"))
        chooser.setDirectory(_folder())
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("txt")
        chooser.selectFile(self.tr("refused lines.txt"))
        chooser.fileSelected.connect(lambda name: self.save_refused(Path(name)))
        chooser.open()

    def save_refused(self, path: Path) -> None:
        """Write the refused lines into a file."""
        if self._forecast is not None:
            lines = [line_refused(one) for one in self._forecast.refused]
            self._context.run(self._save(path, "".join(f"{line}\n" for line in lines)))

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        user = snapshot.profile.user if snapshot.profile else ""
        if user != self._user:
            self._is_writing = False
            self.reject()

    # ------------------------------------------------------------ what takes time

    def _run(self, work: object) -> None:
        self._say("")
        assert asyncio.iscoroutine(work)
        self._task = self._context.tasks.start(work)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
        sent, self._sent = self._sent, None
        if sent is not None and self._record is None:
            self._context.run(self._imports.drop(sent))

    async def _prepare(self, path: Path, *, personal: bool) -> None:
        self._work(self.tr("Reading {file} …").format(file=path.name))
        try:
            file = await self._imports.read(path)
            self._work(self.tr("Checking the entries …"))
            self._sent = await self._imports.send(file, personal=personal, progress=self._on_progress)
        except FileRefusedError as error:
            self._back(Step.FILE, file_refused(error))
        except CommandRefusedError as error:
            nothing = self.tr("Nothing was imported.")
            self._back(Step.FILE, f"{import_refusal(error.error)} {nothing}")
        else:
            await self._compare(self._sent)

    async def _compare(self, sent: SentFile, said: str = "") -> None:
        self._work(self.tr("Comparing with the phone book …"))
        replaces_all = self._form.mode.currentIndex() == Way.REPLACE
        try:
            self._forecast = await self._imports.forecast(sent, replaces_all=replaces_all)
        except CommandRefusedError as error:
            self._sent = None
            self._back(Step.FILE, import_refusal(error.error))
        else:
            self._back(Step.PREVIEW, said or self._too_many(self._forecast))

    async def _carry_out(self) -> None:
        assert self._sent is not None
        assert self._forecast is not None
        self._is_writing = True
        self._work(self.tr("Importing …"))
        try:
            self._record = await self._imports.carry_out(self._sent, self._forecast)
        except CommandRefusedError as error:
            self._is_writing = False
            await self._on_not_written(self._sent, error)
        else:
            self._is_writing = False
            self._show(Step.RESULT)
        finally:
            self._is_writing = False

    async def _on_not_written(self, sent: SentFile, error: CommandRefusedError) -> None:
        if error.error.code is ErrorCode.CONFLICT:
            said = self.tr("Somebody has changed the phone book meanwhile. These are the counts as of now.")
            await self._compare(sent, said)
        elif error.error.code is ErrorCode.NOT_FOUND:
            self._sent = None
            self._back(Step.FILE, import_refusal(error.error))
        else:
            self._back(Step.PREVIEW, import_refusal(error.error))

    async def _undo(self, record: ImportRecord) -> None:
        self._form.extra.setEnabled(False)
        try:
            counts = await self._imports.undo(record.import_id)
        except CommandRefusedError as error:
            self._say(import_refusal(error.error))
            self._form.extra.setEnabled(True)
            return
        self._form.extra.hide()
        self._form.result.setText(self.tr("The import is undone."))
        kept = self.tr("Entries that were changed since and stay: {count}").format(count=number(counts.kept))
        self._form.result_hint.setText(kept if counts.kept else "")
        self._form.go.setFocus()

    async def _save(self, path: Path, text: str) -> None:
        try:
            await self._imports.save_text(path, text)
        except OSError as error:
            if self._is_closed:
                return
            self._say(self.tr("The file cannot be written: {reason}.").format(reason=error.strerror or error))

    # ------------------------------------------------------------ what is shown

    def _work(self, text: str) -> None:
        self._form.work.setText(text)
        self._form.progress.setRange(0, 0)
        self._form.progress.setAccessibleName(text)
        self._show(Step.WORKING)

    def _on_progress(self, done: int, of: int) -> None:
        self._form.progress.setRange(0, of)
        self._form.progress.setValue(done)

    def _back(self, step: Step, said: str) -> None:
        self._show(step)
        self._say(said)

    def _say(self, text: str) -> None:
        self._form.problem.setText(text)
        self._form.problem.setVisible(bool(text))

    def _show(self, step: Step) -> None:
        form, self._step = self._form, step
        form.pages.setCurrentIndex(step)
        self._say("")
        if step is Step.PREVIEW and self._forecast is not None:
            show_forecast(form, self._forecast)
        form.go.setProperty("role", "negative" if step is Step.SURE else "primary")
        form.go.style().unpolish(form.go)
        form.go.style().polish(form.go)
        form.go.setVisible(step is not Step.WORKING)
        form.cancel.setVisible(step is not Step.RESULT and not self._is_writing)
        form.cancel.setText(self.tr("Back") if step is Step.SURE else self.tr("Cancel"))
        refused = bool(self._forecast and self._forecast.refused_count)
        form.extra.setVisible(step is Step.RESULT or (step is Step.PREVIEW and refused))
        form.extra.setEnabled(True)
        form.extra.setText(self.tr("Undo") if step is Step.RESULT else self.tr("Save the refused lines …"))
        self._show_go(step)

    def _show_go(self, step: Step) -> None:
        form, forecast, record = self._form, self._forecast, self._record
        form.go.setEnabled(True)
        match step:
            case Step.FILE:
                form.go.setText(self.tr("Continue"))
            case Step.PREVIEW if forecast is not None:
                counts = forecast.counts
                form.go.setText(self.tr("Import"))
                changes = counts.new + counts.changed + counts.gone
                form.go.setEnabled(changes > 0 and not forecast.too_many)
            case Step.SURE if forecast is not None:
                gone = number(forecast.counts.gone)
                asked = self.tr("Entries that are not in the file and will be deleted: {count}")
                form.sure.setText(asked.format(count=gone))
                form.sure_hint.setText(self.tr("For 30 days the whole import can be undone."))
                form.go.setText(self.tr("Delete {count} and import").format(count=gone))
            case Step.RESULT if record is not None:
                self._show_result(record)
                form.go.setText(self.tr("Close"))
        if form.go.isVisibleTo(self) and form.go.isEnabled():
            (form.cancel if step is Step.SURE else form.go).setFocus()

    def _show_result(self, record: ImportRecord) -> None:
        counts = record.counts
        text = self.tr("Imported from {file}. New: {new}. Changed: {changed}. Deleted: {gone}.")
        self._form.result.setText(
            text.format(
                file=record.file_name,
                new=number(counts.new),
                changed=number(counts.changed),
                gone=number(counts.gone),
            )
        )
        self._form.result_hint.setText(
            self.tr(
                "For 30 days you can undo it here or under “Past imports …” in the menu of the phone book."
            )
        )

    def _too_many(self, forecast: Forecast) -> str:
        if not forecast.too_many:
            return ""
        text = self.tr("You would have {count} entries of your own more than are allowed.")
        return text.format(count=number(forecast.too_many))

    def _offer_everybody(self) -> None:
        """Without the right, one imports into one's own entries."""
        model = self._form.whose.model()
        assert isinstance(model, QStandardItemModel)
        model.item(Whose.EVERYBODY).setEnabled(not change_refused(self._context, personal=False))

    def _retranslate(self) -> None:
        form = self._form
        form.whose.setItemText(Whose.EVERYBODY, self.tr("Everybody's entries"))
        form.whose.setItemText(Whose.ME, self.tr("My own entries"))
        form.mode.setItemText(Way.ADD, self.tr("Add new entries and change known ones"))
        form.mode.setItemText(Way.REPLACE, self.tr("Replace all entries"))
        form.file_hint.setText(
            self.tr(
                "A CSV file as the PBX has it, or a vCard file (.vcf) of an address book."
                " You see what it changes before anything is imported."
            )
        )


def _folder() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
