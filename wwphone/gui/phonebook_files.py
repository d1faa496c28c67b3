"""Files and the phone book: its menu with import and export, and files that are dropped onto it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from wwphone.gui.action_menu import ActionMenu
from wwphone.gui.context import Context
from wwphone.gui.doubles import DoublesDialog
from wwphone.gui.exports import ExportDialog
from wwphone.gui.icons import Icon, icon
from wwphone.gui.imports import ImportDialog
from wwphone.gui.panels.phonebook import PhoneBookPanel
from wwphone.gui.past_imports import PastImportsDialog
from wwphone.gui.phonebook_words import change_refused

_ENDINGS = (".csv", ".vcf", ".vcard")
_Dialog = ImportDialog | ExportDialog | PastImportsDialog | DoublesDialog


class PhoneBookFiles(ActionMenu):
    """The button beside *New entry*, and what it opens."""

    def __init__(self, context: Context, panel: PhoneBookPanel, window: QWidget) -> None:
        super().__init__(context, panel.more_button)
        self._window = window
        self._panel = panel
        self.dialogs: list[_Dialog] = []
        """Those that are open."""
        panel.more_button.setMenu(self.menu)
        self.menu.aboutToShow.connect(self._fill)
        for part in panel.drop_places:
            part.setAcceptDrops(True)
            part.installEventFilter(self)
        context.theme.changed.connect(self._draw)
        self._draw()

    def bring_in(self, path: Path | None = None) -> None:
        """Import a file, or let the person choose one; an import that is under way comes to the front."""
        for dialog in self.dialogs:
            if isinstance(dialog, ImportDialog):
                dialog.begin(path)
                return
        dialog = ImportDialog(self._context, self._window)
        self._open(dialog)
        dialog.begin(path)

    def take_out(self) -> None:
        """Export entries."""
        self._show(ExportDialog, lambda: ExportDialog(self._context, self._panel.shown, self._window))

    def show_imports(self) -> None:
        """Show the imports of the last 30 days."""
        self._show(PastImportsDialog, lambda: PastImportsDialog(self._context, self._window))

    def find_doubles(self) -> None:
        """Show entries that may be the same, to be merged."""
        self._show(DoublesDialog, lambda: DoublesDialog(self._context, self._window))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files of contacts that are dropped."""
        del watched
        if not isinstance(event, QDragEnterEvent | QDragMoveEvent | QDropEvent):
            return False
        path = _dropped_file(event)
        if path is None:
            return False
        if change_refused(self._context, personal=True):
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.bring_in(path)
        return True

    # ------------------------------------------------------------ inside

    def _fill(self) -> None:
        self.menu.clear()
        refused = change_refused(self._context, personal=True)
        for which, text, act, needs_server in (
            (Icon.IMPORT, self.tr("Import …"), self.bring_in, True),
            (Icon.EXPORT, self.tr("Export …"), self.take_out, False),
            (Icon.JOURNAL, self.tr("Past imports …"), self.show_imports, True),
            (Icon.MERGE_ENTRIES, self.tr("Find doubles …"), self.find_doubles, True),
        ):
            action = self._add(which, text, act)
            if needs_server and refused:
                action.setEnabled(False)
                action.setToolTip(refused)

    def _show(
        self, kind: type[_Dialog], make: Callable[[], ExportDialog | PastImportsDialog | DoublesDialog]
    ) -> None:
        for dialog in self.dialogs:
            if isinstance(dialog, kind):
                dialog.begin()
                return
        made = make()
        self._open(made)
        made.begin()

    def _open(self, dialog: _Dialog) -> None:
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _: self._forget(dialog))

    def _forget(self, dialog: _Dialog) -> None:
        if dialog in self.dialogs:
            self.dialogs.remove(dialog)
            dialog.close_down()
            dialog.deleteLater()

    def _draw(self) -> None:
        self._panel.more_button.setIcon(icon(Icon.MORE, self._context.theme.colours.text))


def _dropped_file(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() in _ENDINGS else None
