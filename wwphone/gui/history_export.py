"""Exporting what the panel shows: where to, how far, and how it ended."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.calls import CallDirection
from wwphone.domain.history import HistoryEntry, HistoryFilter
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_history import Ui_History
from wwphone.gui.history_words import caller, calls_count, kind_word, result_word, task_text
from wwphone.gui.phonebook_words import name_of
from wwphone.gui.words import refusal, word
from wwphone.services.history_export import HistoryExport

logger = logging.getLogger(__name__)


class HistoryExporting(QObject):
    """One export at a time; it can be cancelled, and the window goes on meanwhile."""

    noticed = Signal(str)
    problem_told = Signal(str)

    def __init__(self, form: Ui_History, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._parent = parent
        self._task: asyncio.Task[None] | None = None
        self.dialog: QFileDialog | None = None
        """Where the person says where to."""
        form.export_frame.hide()
        form.export_cancel.clicked.connect(lambda _=False: self.cancel())

    def begin(self, wanted: HistoryFilter) -> None:
        """Ask where to, then write what this filter lets through."""
        if self._task is not None:
            self._form.export_cancel.setFocus()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = self.dialog = QFileDialog(self._parent, self.tr("Export the history"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("CSV files (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(self.tr("calls.csv"))
        dialog.fileSelected.connect(lambda file: self.write(wanted, Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, wanted: HistoryFilter, file: Path) -> None:
        """Write what this filter lets through to a file."""
        self._show(0, 0)
        self._form.export_frame.show()
        self._task = self._context.tasks.start(self._write(wanted, file))
        self._task.add_done_callback(lambda done: self._over() if done is self._task else None)

    def cancel(self) -> None:
        """Write no further, and leave nothing behind."""
        if self._task is not None:
            self._task.cancel()

    async def _write(self, wanted: HistoryFilter, file: Path) -> None:
        export = HistoryExport(self._context.services.history, self._heading(), self._row)
        try:
            count = await export.write(wanted, file, self._show)
        except CommandRefusedError as error:
            self.problem_told.emit(
                self.tr("The history was not exported: {reason}").replace("{reason}", refusal(error.error))
            )
        except OSError as error:
            logger.info("the history was not exported: %s", error.strerror)
            text = self.tr("The history was not exported: {file} cannot be written.")
            self.problem_told.emit(text.replace("{file}", file.name))
        else:
            text = self.tr("Exported to {file}: {calls}.").replace("{calls}", calls_count(count))
            self.noticed.emit(text.replace("{file}", file.name))
        finally:
            self._over()

    def _over(self) -> None:
        """However it ended, and even if it was cancelled before it began."""
        self._task = None
        self._form.export_frame.hide()

    def _show(self, count: int, total: int) -> None:
        self._form.export_progress.setRange(0, total)
        self._form.export_progress.setValue(count)
        text, number = self.tr("{count} of {total}") if total else self.tr("Exporting …"), QLocale().toString
        self._form.export_text.setText(text.format(count=number(count), total=number(total)))

    # ------------------------------------------------------------ what stands in the file

    def _heading(self) -> list[str]:
        return [
            self.tr("Date and time"),
            self.tr("Direction"),
            self.tr("Kind"),
            self.tr("Group"),
            self.tr("Name"),
            self.tr("Number"),
            self.tr("Called"),
            self.tr("Result"),
            self.tr("Ringing (s)"),
            self.tr("Talk (s)"),
            self.tr("Taken by"),
            self.tr("Device"),
            self.tr("Line"),
            self.tr("Task"),
            self.tr("Note"),
        ]

    def _row(self, entry: HistoryEntry) -> list[str]:
        incoming = entry.direction is CallDirection.INCOMING
        return [
            entry.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            self.tr("incoming") if incoming else self.tr("outgoing"),
            kind_word(entry.kind),
            entry.group,
            caller(self._context, entry).name,
            entry.party.number,
            entry.called,
            result_word(entry.result),
            f"{entry.ring_s:.0f}",
            f"{entry.talk_s:.0f}",
            name_of(self._context, entry.taken_by) if entry.taken_by else "",
            entry.device,
            word(entry.quality) if entry.quality else "",
            task_text(self._context, entry),
            self._context.services.descriptions.note(entry),
        ]
