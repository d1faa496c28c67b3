"""All that is known of one call, below the list; its note can be written there."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QWidget

from wwphone.domain.calls import CallDirection
from wwphone.domain.history import CallResult, HistoryEntry
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_history import Ui_History
from wwphone.gui.history_words import caller, kind_word, result_word, task_text
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import name_of
from wwphone.gui.words import duration, word


class HistoryDetail(QObject):
    """Follows the call that is chosen; what is being typed is never written over."""

    def __init__(self, form: Ui_History, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._entry: HistoryEntry | None = None
        self._is_putting = False
        form.note.written.connect(self._on_written)
        context.services.names.changed.subscribe(lambda _: self.show(self._entry))
        context.services.descriptions.told.subscribe(self._on_told)

    def show(self, entry: HistoryEntry | None) -> None:
        """Show this call, or nothing."""
        is_other = entry is None or self._entry is None or entry.entry_id != self._entry.entry_id
        self._entry = entry
        self._form.detail_area.setVisible(entry is not None)
        if entry is None:
            return
        self._show_facts(self._facts(entry))
        note = self._context.services.descriptions.note(entry)
        if note != self._form.note.toPlainText() and (is_other or not self._form.note.hasFocus()):
            self._is_putting = True
            self._form.note.setPlainText(note)
            self._is_putting = False
        self._show_note_state()

    def begin(self) -> None:
        """Let the person write the note, behind what stands there; the field says itself when they are done."""
        note = self._form.note
        note.setFocus(Qt.FocusReason.ShortcutFocusReason)
        note.moveCursor(QTextCursor.MoveOperation.End)
        # Its place is known when the details have been laid out.
        QTimer.singleShot(0, self, lambda: self._form.detail_area.ensureWidgetVisible(note, 0, 0))

    def retranslate(self) -> None:
        """Put every text anew."""
        self._form.note.setPlaceholderText(self.tr("What is to be remembered of this call …"))
        self._form.note.setAccessibleName(self.tr("Note about this call"))
        self.show(self._entry)

    # ------------------------------------------------------------ inside

    def _facts(self, entry: HistoryEntry) -> list[tuple[str, str]]:
        """What is known, named; what is not known has no line."""
        context, party = self._context, caller(self._context, entry)
        incoming = entry.direction is CallDirection.INCOMING
        moment = QDateTime.fromSecsSinceEpoch(int(entry.started_at.timestamp()))
        locale = QLocale()
        day = locale.toString(moment.date(), self.tr("ddd d MMM yyyy"))
        clock = locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
        direction = self.tr("incoming") if incoming else self.tr("outgoing")
        talked = entry.result is CallResult.ANSWERED or entry.talk_s > 0
        facts = [
            (self.tr("Caller") if incoming else self.tr("Called"), written(party.name)),
            (self.tr("Number"), written(party.number) if party.number != party.name else ""),
            (self.tr("Call"), ", ".join((direction, kind_word(entry.kind), result_word(entry.result)))),
            (self.tr("Group"), entry.group),
            (
                self.tr("Number called") if incoming else self.tr("Dialled"),
                written(_other(entry.called, party.number)),
            ),
            (self.tr("When"), f"{day}, {clock}"),
            (self.tr("Rang"), duration(entry.ring_s) if entry.ring_s else ""),
            (self.tr("Talked"), duration(entry.talk_s) if talked else ""),
            (self.tr("Taken by"), name_of(context, entry.taken_by) if entry.taken_by else ""),
            (self.tr("Device"), entry.device),
            (self.tr("Line"), word(entry.quality) if entry.quality else ""),
            (self.tr("Task"), task_text(context, entry)),
        ]
        return [(name, value) for name, value in facts if value]

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        grid = self._form.facts
        while grid.count() < 2 * len(facts):
            row = grid.count() // 2
            for column, role in enumerate(("muted", "fact")):
                label = QLabel()
                label.setProperty("role", role)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(column == 1)
                if column == 1:
                    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        for row in range(grid.count() // 2):
            for column in (0, 1):
                item = grid.itemAtPosition(row, column)
                shown = item.widget() if item else None
                assert isinstance(shown, QLabel)
                shown.setText(facts[row][column] if row < len(facts) else "")
                shown.setVisible(row < len(facts))

    def _on_written(self, text: str) -> None:
        if self._entry is not None and not self._is_putting:
            self._context.services.descriptions.write(self._entry, text)
            self._show_note_state()

    def _on_told(self, entry_id: str) -> None:
        if self._entry is not None and self._entry.entry_id == entry_id:
            self._show_note_state()

    def _show_note_state(self) -> None:
        """Whether the server has the note; while there is a line that takes no time worth a word."""
        services = self._context.services
        waits = self._entry is not None and services.descriptions.waits(self._entry.entry_id)
        away = waits and not services.history.live
        self._form.note_state.setText(
            self.tr("Kept on this computer; the server gets it when the line is back.") if away else ""
        )
        self._form.note_state.setVisible(away)


def _other(number: str, than: str) -> str:
    return "" if number == than else number
