"""Keys of a window: what acts does so once, however long a key is held; what only leads somewhere may repeat."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVING = frozenset(
    {
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
        *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
        *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab),
    }
)
"""Keys that lead through a list, and may do so as long as they are held."""


def repeats_an_act(event: QKeyEvent) -> bool:
    """Whether a key of a list is held and would act once more: on whatever stands under the cursor by then."""
    return event.isAutoRepeat() and event.key() not in _MOVING


def repeats_enter(event: QKeyEvent) -> bool:
    """Whether Enter is held in a field: letters repeat there, but nobody is called twice."""
    return event.isAutoRepeat() and event.key() in ENTER


def press_by_enter(window: QWidget, event: QKeyEvent) -> bool:
    """Let Enter press the button that has the keyboard, once; False: it is another key, or no button.

    Qt does so only on some systems, and in dialogs for a default button.
    """
    button = window.focusWidget()
    if event.key() not in ENTER or not isinstance(button, QAbstractButton):
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


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
