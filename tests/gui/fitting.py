"""Looks for texts that do not fit where they stand. `python -m tests.gui.fitting` prints them for every scene.

Run with QT_SCALE_FACTOR it tells of that scale; it exits with 1 when anything is cut off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import qasync
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from tests.gui.scene import Scene
from tests.gui.scenes import SCENES
from tests.gui.stage import Stage
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.gui.widgets.elided_label import ElidedLabel

_SLACK = 1
"""Pixels that rounding may cost."""
_MAY_SHORTEN = (
    "long",
    "while-talking",
    "devices",
    "main-wide",
    "main-very-wide",
    "main-tiles-wide",
    "calls-two-wide",
    "parking-some-wide",
    "ringing-now-wide",
    "ringing-now-many",
)
"""Scenes with names that no card can hold, and cards that give way to a narrow column."""


def cut_off(window: QWidget, *, may_shorten: bool) -> Iterator[str]:
    """Name every visible part of a window whose text is cut off, or which sticks out of the part it lies in."""
    for part in window.findChildren(QWidget):
        if not part.isVisible() or part.window() is not window:
            continue
        yield from _text_problems(part, may_shorten=may_shorten)
        if _sticks_out(part):
            yield f"{_name(part)} sticks out of {_name(part.parentWidget())}"


def _text_problems(part: QWidget, *, may_shorten: bool) -> Iterator[str]:
    match part:
        case ElidedLabel() | ElidedButton():
            # One's own name gives way to one's presence: it stands in the tooltip, and one knows it.
            shown = part.text().replace("&&", "&")
            if not may_shorten and shown != part._whole and part.objectName() != "own_name":
                yield f"{_name(part)} is shortened to {part.text()!r}"
        case QLabel() if part.wordWrap() and part.text():
            if part.heightForWidth(part.width()) > part.height() + _SLACK:
                yield f"{_name(part)} needs {part.heightForWidth(part.width())} pixels in height, has {part.height()}"
        case QLabel() | QAbstractButton() if part.text():
            if (
                part.sizeHint().width() > part.width() + _SLACK
                or part.sizeHint().height() > part.height() + _SLACK
            ):
                yield f"{_name(part)} needs {part.sizeHint().toTuple()}, has {part.size().toTuple()}"
        case QComboBox():
            if part.fontMetrics().horizontalAdvance(part.currentText()) > part.width() - 40:
                yield f"{_name(part)} cannot hold {part.currentText()!r}"
        case QLineEdit() if part.placeholderText() and not part.text():
            if part.fontMetrics().horizontalAdvance(part.placeholderText()) > part.width() - 60:
                yield f"{_name(part)} cannot hold {part.placeholderText()!r}"


def _sticks_out(part: QWidget) -> bool:
    above = part.parentWidget()
    if above is None or part.isWindow() or isinstance(above, QAbstractScrollArea | QMenu | QComboBox):
        return False
    if isinstance(above.parentWidget(), QAbstractScrollArea):
        return part.width() > above.width() + _SLACK  # what is too tall can be scrolled
    return not above.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(part.geometry())


def _name(part: QWidget | None) -> str:
    if part is None:
        return "nothing"
    text = getattr(part, "text", lambda: "")()
    return f"{type(part).__name__} {part.objectName()} {text!r}".replace("  ", " ")


async def look_at(scene: Scene, language: str) -> list[str]:
    """Play a scene and tell what does not fit."""
    async with Stage(language, "light", scene.world()) as stage:
        widgets = await scene.play(stage)
        may_shorten = any(word in scene.name for word in _MAY_SHORTEN)
        return [
            f"{scene.name}, {language}: {text}"
            for window in {widget.window() for widget in widgets}
            for text in cut_off(window, may_shorten=may_shorten)
        ]


def main() -> int:
    """Look at every scene in German, whose texts are the longest."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    found: list[str] = []
    with qasync.QEventLoop(application) as loop:
        for scene in SCENES:
            found += loop.run_until_complete(look_at(scene, "de"))
    ratio = application.devicePixelRatio()
    print("\n".join(found) or f"everything fits at {ratio:.0%}, {len(SCENES)} scenes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
