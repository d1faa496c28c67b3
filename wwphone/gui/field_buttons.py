"""The buttons inside a line of text: Qt leaves them without a name, so that a screen reader cannot say what they are."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

_CLEAR = "_q_qlineeditclearaction"
"""How Qt calls the action of its button that empties a line."""


def name_clear_button(field: QLineEdit) -> None:
    """Name the button that empties a field, in the language of the window."""
    action = field.findChild(QAction, _CLEAR)
    if isinstance(action, QAction):
        action.setText(QCoreApplication.translate("FieldButtons", "Clear"))
