"""What is done with kept recordings besides listening: deleted and taken back, exported, asked who listened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.recording import RecordingEntry, RecordingPurpose
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_recordings import Ui_Recordings
from wwphone.gui.numbers import written
from wwphone.gui.recording_words import access_text, file_name, other_side
from wwphone.gui.words import QT_TRANSLATE_NOOP, refusal
from wwphone.services.recording_sound import OpenedSound, export

logger = logging.getLogger(__name__)

_REFUSALS: Mapping[ErrorCode, str] = MappingProxyType(
    {
        ErrorCode.NOT_FOUND: QT_TRANSLATE_NOOP("Recordings", "This recording is not there any more."),
        ErrorCode.CONFLICT: QT_TRANSLATE_NOOP(
            "Recordings",
            "This recording cannot be played: it is still being put away, is missing, or was changed.",
        ),
        ErrorCode.INVALID: QT_TRANSLATE_NOOP(
            "Recordings", "The server does not take this note: it is too long, or there are too many."
        ),
    }
)


def archive_refusal(error: WireError) -> str:
    """Why the server did not do something with a kept recording."""
    text = _REFUSALS.get(error.code)
    return QCoreApplication.translate("Recordings", text) if text else refusal(error)


class RecordingActions(QObject):
    """One export at a time; it can be cancelled, and the window goes on meanwhile."""

    noticed = Signal(str)
    problem_told = Signal(str)
    undo_offered = Signal(str, str, object)
    """What was done, the text of the button, and what it does; an empty text: nothing to undo any more."""

    def __init__(self, form: Ui_Recordings, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._parent = parent
        self._task: asyncio.Task[None] | None = None
        self.dialog: QFileDialog | None = None
        """Where the person says where to."""
        self._asked_for = ""
        """Whose listeners are shown."""
        form.export_frame.hide()
        form.accesses_frame.hide()
        form.export_cancel.clicked.connect(lambda _=False: self.cancel())
        form.accesses_close.clicked.connect(lambda _=False: self.hide_accesses())

    # ------------------------------------------------------------ deleting

    def delete(self, entry: RecordingEntry) -> None:
        """Delete it; the banner takes it back."""
        self._context.run(self._delete(entry))

    def restore(self, entry: RecordingEntry) -> None:
        """Take it back."""
        self._context.run(self._restore(entry))

    async def _delete(self, entry: RecordingEntry) -> None:
        try:
            await self._context.services.recordings.delete(entry.recording_id)
        except CommandRefusedError as error:
            self.problem_told.emit(archive_refusal(error.error))
            return
        self.problem_told.emit("")
        text = self.tr("The recording with {name} is deleted.")
        text = text.replace("{name}", written(other_side(self._context, entry).name))
        self.undo_offered.emit(text, self.tr("Undo"), lambda: self.restore(entry))

    async def _restore(self, entry: RecordingEntry) -> None:
        self.undo_offered.emit("", "", None)
        try:
            await self._context.services.recordings.restore(entry.recording_id)
        except CommandRefusedError as error:
            self.problem_told.emit(archive_refusal(error.error))
        else:
            self.problem_told.emit("")

    # ------------------------------------------------------------ who listened

    def show_accesses(self, entry: RecordingEntry) -> None:
        """Show who got the sound; once more: hide it."""
        if self._asked_for == entry.recording_id:
            self.hide_accesses()
            return
        self._asked_for = entry.recording_id
        self._context.run(self._show_accesses(entry))

    def hide_accesses(self) -> None:
        """Show it no more."""
        self._asked_for = ""
        self._form.accesses_frame.hide()

    async def _show_accesses(self, entry: RecordingEntry) -> None:
        try:
            accesses = await self._context.services.recordings.accesses(entry.recording_id)
        except CommandRefusedError as error:
            self._asked_for = ""
            self.problem_told.emit(archive_refusal(error.error))
            return
        if self._asked_for != entry.recording_id:
            return
        name = written(other_side(self._context, entry).name)
        self._form.accesses_title.setText(self.tr("Who has listened: {name}").replace("{name}", name))
        lines = [access_text(self._context, access) for access in accesses]
        self._form.accesses_text.setText("\n".join(lines) or self.tr("Nobody so far."))
        self._form.accesses_frame.show()

    # ------------------------------------------------------------ exporting

    def export(self, entry: RecordingEntry) -> None:
        """Get access, ask where to, then write."""
        if self._task is not None:
            self._form.export_cancel.setFocus()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = self.dialog = QFileDialog(self._parent, self.tr("Export the recording"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("FLAC files (*.flac)"))
        dialog.setDefaultSuffix("flac")
        dialog.selectFile(file_name(self._context, entry, ".flac"))
        dialog.fileSelected.connect(lambda file: self.write(entry, Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, entry: RecordingEntry, file: Path) -> None:
        """Write the sound to a file."""
        self._show(0.0)
        self._form.export_frame.show()
        self._task = self._context.tasks.start(self._write(entry, file))
        self._task.add_done_callback(lambda done: self._over() if done is self._task else None)

    def cancel(self) -> None:
        """Write no further, and leave nothing behind."""
        if self._task is not None:
            self._task.cancel()

    async def _write(self, entry: RecordingEntry, file: Path) -> None:
        sound: OpenedSound | None = None
        try:
            recordings = self._context.services.recordings
            sound = await recordings.open(entry.recording_id, RecordingPurpose.EXPORT)
            await export(sound, file, self._show)
        except CommandRefusedError as error:
            text = self.tr("The recording was not exported: {reason}")
            self.problem_told.emit(text.replace("{reason}", archive_refusal(error.error)))
        except OSError as error:
            logger.info("a recording was not exported: %s", error.strerror)
            text = self.tr("The recording was not exported: {file} cannot be written.")
            self.problem_told.emit(text.replace("{file}", file.name))
        else:
            self.noticed.emit(self.tr("Exported to {file}.").replace("{file}", file.name))
        finally:
            if sound is not None:
                sound.sound.close()
            self._over()

    def _over(self) -> None:
        self._task = None
        self._form.export_frame.hide()

    def _show(self, share: float) -> None:
        self._form.export_progress.setValue(round(share * 100))
        self._form.export_text.setText(self.tr("Exporting …"))
