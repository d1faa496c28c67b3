"""The measured client's process: like demo.window, but it tells when a window was painted for the first time."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from demo.order import Order
from demo.window import run_order
from wwphone.app.program import Program
from wwphone.gui.incoming_popup import IncomingPopup
from wwphone.gui.main_window import MainWindow

_NAMES = {IncomingPopup: "popup", MainWindow: "window"}


class PaintWatcher(QObject):
    """Prints `window SECONDS` and `popup SECONDS` (monotonic clock) after each one's first paint."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[int] = set()

    def watch(self, program: Program) -> None:
        """Look at every event of the application from now on."""
        del program
        application = QApplication.instance()
        assert application
        application.installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QObject, event: QEvent
    ) -> bool:
        """See QObject."""
        name = _NAMES.get(type(watched)) if event.type() == QEvent.Type.Paint else None
        if name and id(watched) not in self._seen:
            self._seen.add(id(watched))
            watched.destroyed.connect(
                self._seen.clear
            )  # ids come again; the main window paints but once unseen
            print(name, time.monotonic(), flush=True)
        return False


if __name__ == "__main__":
    sys.exit(run_order(Order(**json.loads(sys.stdin.readline())), PaintWatcher().watch))
