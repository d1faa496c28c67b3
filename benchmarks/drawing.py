"""The measured client's process: the real program, which notes how long each event takes that Qt hands out.

`python -m benchmarks.drawing RESULT`, the demo's order on the input. SIGUSR1: count from now on; SIGUSR2: write into RESULT
what was counted, and what each line of the list of colleagues says.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from array import array
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

import wwphone.app.main
from demo.order import Order
from demo.window import run_order
from wwphone.app.program import Program
from wwphone.services.presence import ColleagueLine


class MeasuredApplication(QApplication):
    """Knows how long each thing takes that Qt hands out: what arrived, what is due, what is to be drawn."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        self._depth = 0
        self.handled_ms: array[float] | None = None
        self.drawn_ms: array[float] | None = None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """See QApplication. What one event brings about at once counts as part of it."""
        if self._depth or self.handled_ms is None or self.drawn_ms is None:
            return super().notify(receiver, event)
        draws = event.type() == QEvent.Type.UpdateRequest
        self._depth += 1
        began_s = time.perf_counter()
        try:
            return super().notify(receiver, event)
        finally:
            took_ms = (time.perf_counter() - began_s) * 1000
            self._depth -= 1
            (self.drawn_ms if draws else self.handled_ms).append(took_ms)


class Watcher:
    """Counts between two signals."""

    def __init__(self, result: Path) -> None:
        self._result = result
        self._told: dict[str, Any] = {}
        self._began_s = 0.0
        self._cpu_s = 0.0
        self._program: Program | None = None

    def watch(self, program: Program) -> None:
        """Wait for the signals."""
        self._program = program
        signal.signal(signal.SIGUSR1, lambda *_: self._begin())
        signal.signal(signal.SIGUSR2, lambda *_: self._tell())
        program.shell.window.painted.connect(lambda: print("painted", flush=True))

    def _begin(self) -> None:
        application = MeasuredApplication.instance()
        assert isinstance(application, MeasuredApplication)
        application.handled_ms, application.drawn_ms = array("d"), array("d")
        self._began_s, self._cpu_s = time.monotonic(), time.process_time()

    def _tell(self) -> None:
        """The first time also end counting: later only the lines are told again."""
        application = MeasuredApplication.instance()
        assert isinstance(application, MeasuredApplication)
        assert self._program
        if application.handled_ms is not None and application.drawn_ms is not None:
            self._told = {
                "seconds": time.monotonic() - self._began_s,
                "cpu_s": time.process_time() - self._cpu_s,
                "handled_ms": list(application.handled_ms),
                "drawn_ms": list(application.drawn_ms),
            }
            application.handled_ms = application.drawn_ms = None
        model = self._program.shell.window.colleagues.model
        rows = (model.row(model.index(place)) for place in range(model.rowCount()))
        lines = {row.colleague.user: _shown(row) for row in rows if isinstance(row, ColleagueLine)}
        self._result.write_text(json.dumps({**self._told, "lines": lines}), "utf-8")
        print("told", flush=True)


def _shown(line: ColleagueLine) -> list[Any]:
    assert line.presence
    return [line.presence.status.value, line.presence.connected, line.phone.value]


if __name__ == "__main__":
    wwphone.app.main.__dict__["QApplication"] = MeasuredApplication
    sys.exit(run_order(Order(**json.loads(sys.stdin.readline())), Watcher(Path(sys.argv[1])).watch))
