"""How high a widget must be at a width: texts wrap, so that a narrower one is higher."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def needed_height(part: QWidget, width: int) -> int:
    """What a part asks for at a width, in pixels; before the width is known (0), what it asks for in one line."""
    by_width = part.heightForWidth(width) if part.hasHeightForWidth() and width > 0 else -1
    return by_width if by_width >= 0 else part.sizeHint().height()


def least_height(part: QWidget, width: int) -> int:
    """What it cannot do without: its own minimum, and that of all that it holds."""
    layout = part.layout()
    if layout is not None and layout.hasHeightForWidth() and width > 0:
        return max(part.minimumHeight(), layout.totalMinimumHeightForWidth(width))
    return max(part.minimumHeight(), part.minimumSizeHint().height())
