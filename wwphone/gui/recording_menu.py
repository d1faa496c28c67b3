"""What can be done with a kept recording, as the menu of its row; and with a note in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal

from wwphone.domain.recording import RecordingEntry, RecordingNote, RecordingState
from wwphone.gui.action_menu import ActionMenu
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.recording_words import other_side


class RecordingMenu(ActionMenu):
    """Holds what is possible at the moment it is opened; all signals carry the `RecordingEntry`."""

    play_wanted = Signal(object)
    export_wanted = Signal(object)
    accesses_wanted = Signal(object)
    delete_wanted = Signal(object)
    restore_wanted = Signal(object)
    call_wanted = Signal(str)
    """With the number."""
    only_wanted = Signal(object)
    """With the `Party`."""

    def open(self, entry: RecordingEntry, at: QPoint) -> None:
        """Show everything that can be done, at a place on the screen."""
        self.menu.clear()
        party, live = other_side(self._context, entry), self._context.services.recordings.live
        self.menu.setAccessibleName(written(party.name))
        if entry.deleted_at is not None:
            back = self._add(Icon.UNDO, self.tr("Take back"), lambda: self.restore_wanted.emit(entry))
            back.setEnabled(live)
            self.menu.popup(at)
            return
        ready = live and entry.state is RecordingState.READY
        text, key = self.tr("Play"), self.tr("Enter")
        play = self._add(Icon.RESUME, f"{text}\t{key}", lambda: self.play_wanted.emit(entry))
        text = self.tr("Export as FLAC …")
        export = self._add(Icon.EXPORT, f"{text}\tCtrl+S", lambda: self.export_wanted.emit(entry))
        who = self._add(Icon.LISTENED, self.tr("Who has listened"), lambda: self.accesses_wanted.emit(entry))
        for action, possible in ((play, ready), (export, ready), (who, live)):
            action.setEnabled(possible)
        number = party.number
        if number:
            self.menu.addSeparator()
            text = self.tr("Call {number}").replace("{number}", written(number))
            self._add(Icon.CALL, text, lambda: self.call_wanted.emit(number))
            text = self.tr("Only with {name}").replace("{name}", written(party.name))
            self._add(Icon.FILTER, text, lambda: self.only_wanted.emit(party)).setEnabled(live)
        self.menu.addSeparator()
        text, key = self.tr("Delete"), self.tr("Del")
        delete = self._add(Icon.DELETE, f"{text}\t{key}", lambda: self.delete_wanted.emit(entry))
        delete.setEnabled(live)
        self.menu.popup(at)


class NoteMenu(ActionMenu):
    """All signals carry the `RecordingNote`."""

    edit_wanted = Signal(object)
    remove_wanted = Signal(object)

    def open(self, note: RecordingNote, at: QPoint) -> None:
        """Show what can be done with a note."""
        self.menu.clear()
        live = self._context.services.recordings.live
        text = self.tr("Edit")
        edit = self._add(Icon.EDIT, f"{text}\tF2", lambda: self.edit_wanted.emit(note))
        text, key = self.tr("Remove"), self.tr("Del")
        remove = self._add(Icon.DELETE, f"{text}\t{key}", lambda: self.remove_wanted.emit(note))
        for action in (edit, remove):
            action.setEnabled(live)
        self.menu.popup(at)
