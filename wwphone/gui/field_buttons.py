"""The buttons inside a line of text, and what room they leave.

Qt leaves them without a name, so that a screen reader cannot say what they are.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from wwphone.gui.style import tokens

_CLEAR = "_q_qlineeditclearaction"
"""How Qt calls the action of its button that empties a line."""


def name_clear_button(field: QLineEdit) -> None:
    """Name the button that empties a field, in the language of the window."""
    action = field.findChild(QAction, _CLEAR)
    if isinstance(action, QAction):
        action.setText(QCoreApplication.translate("FieldButtons", "Clear"))


def width_of_placeholder(field: QLineEdit) -> int:
    """How wide a field must be to show what it asks for, beside its buttons and inside its frame."""
    metrics = field.fontMetrics()
    around = field.minimumSizeHint().width() - metrics.maxWidth()  # the hint is for one letter, the widest
    text = metrics.horizontalAdvance(field.placeholderText()) + tokens.SPACE_XS  # a text at its limit is cut
    return around + text
