"""Keys of a window: what acts does so once, however long a key is held; what only leads somewhere may repeat."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def add_shortcut(
    keys: str,
    part: QWidget,
    act: Callable[[], object],
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
    *,
    repeats: bool = False,
) -> QShortcut:
    """Let keys act in the window that a part is in, or where the context says.

    `repeats`: again and again while the key is held. Only for what may happen twice without harm: a moment too long on F6
    would hang up the next call, too.
    """
    shortcut = QShortcut(QKeySequence(keys), part)
    shortcut.setContext(context)
    shortcut.setAutoRepeat(repeats)
    shortcut.activated.connect(act)
    return shortcut
