"""Cyclic garbage is collected on the main thread only.

Qt's and PJSIP's Python objects must be destroyed on the thread they belong to. Python's collector runs on whatever
thread happens to allocate: an object of Qt in a cycle, collected on PJSIP's or an executor's thread, kills the process
(seen as a crash in Qt's event loop).

Looking through what a snapshot of ten thousand colleagues is made of would hold the window for longer than it may be held,
and none of it is garbage: it is spared.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_PERIOD_MS = 10_000
"""Seldom enough not to count as a wake-up, often enough that nothing piles up."""
_FULL_EVERY = 6
_SETTLED_MS = 2_000
"""After a snapshot: by then all that is made from it is there."""


class GarbageCollector(QObject):
    """Replaces the automatic collector while the program runs."""

    def __init__(self) -> None:
        super().__init__()
        self._rounds = 0
        gc.disable()
        gc.freeze()  # what is there now stays; looking through it would take longer than a frame
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(gc.freeze)

    def spare_what_is_new(self) -> None:
        """Much that stays is being made: in a moment, what is there by then is looked through no more.

        A cycle of these seconds that is garbage stays as well; there is one such moment a sign-in.
        """
        self._settling.start()

    def close(self) -> None:
        """Collect what there is and let Python do it by itself again."""
        self._timer.stop()
        self._settling.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

    def _on_timeout(self) -> None:
        if self._settling.isActive():
            return
        self._rounds += 1
        gc.collect(2 if self._rounds % _FULL_EVERY == 0 else 1)
