"""What is done with a call of the record at the server or in another program, and what is said of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.history import HistoryEntry, TaskState
from wwphone.gui.call_pages import open_page
from wwphone.gui.context import Context
from wwphone.gui.history_mail import mail_of
from wwphone.gui.history_words import caller
from wwphone.gui.numbers import written
from wwphone.gui.words import refusal


class HistoryActions(QObject):
    """Ticks tasks, with a way back where the call goes out of sight, and sends calls as e-mail."""

    undo_offered = Signal(str, str, object)
    """What was done, the text of the button, and what it does; an empty text: nothing to undo any more."""
    problem_told = Signal(str)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def toggle_task(self, entry: HistoryEntry) -> None:
        """Tick a missed call, or open it again; other calls are no tasks."""
        if entry.task is not TaskState.NONE:
            self._context.run(self._set_task(entry, done=entry.task is TaskState.OPEN))

    def write_mail(self, entry: HistoryEntry) -> None:
        """Begin a message about a call."""
        if not open_page(mail_of(self._context, entry)):
            self.problem_told.emit(self.tr("This desktop has no program that writes e-mails."))

    # ------------------------------------------------------------ inside

    async def _set_task(self, entry: HistoryEntry, *, done: bool) -> None:
        history = self._context.services.history
        try:
            await history.set_tasks([entry], done=done)
        except CommandRefusedError as error:
            self.problem_told.emit(refusal(error.error))
            return
        self.problem_told.emit("")
        if done and history.rows.get(entry.entry_id) is None:
            text = self.tr("The call of {name} is done.").replace(
                "{name}", written(caller(self._context, entry).name)
            )
            self.undo_offered.emit(text, self.tr("Undo"), lambda: self._undo(entry))

    def _undo(self, entry: HistoryEntry) -> None:
        self.undo_offered.emit("", "", None)
        self._context.run(self._set_task(entry, done=False))
