"""Looks for texts that do not fit where they stand. `python -m tests.gui.fitting` prints them for every scene.

Run with QT_SCALE_FACTOR it tells of that scale; it exits with 1 when anything is cut off. What fits is decided by places and
sizes in device-independent pixels, which a scale does not change by itself. Given a file with those of another scale
(`--same-as`), it therefore looks at the scenes in there first; when every part of them is where it was, all the others fit as well.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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


Part = tuple[str, list[int]]
"""Which kind of part, and its place and the size it asks for."""


@dataclass(frozen=True)
class Seen:
    """What was found in a scene."""

    problems: list[str]
    parts: list[Part]

    @property
    def kinds(self) -> set[str]:
        """The kinds of parts in it."""
        return {kind for kind, _ in self.parts}


async def look_at(scene: Scene, language: str) -> Seen:
    """Play a scene; tell what does not fit, and where everything is."""
    async with Stage(language, "light", scene.world()) as stage:
        windows = {widget.window() for widget in await scene.play(stage)}
        may_shorten = any(word in scene.name for word in _MAY_SHORTEN)
        return Seen(
            [
                f"{scene.name}, {language}: {text}"
                for window in windows
                for text in cut_off(window, may_shorten=may_shorten)
            ],
            sorted(part for window in windows for part in _parts(window)),
        )


def _parts(window: QWidget) -> Iterator[Part]:
    for part in window.findChildren(QWidget):
        if part.isVisible() and part.window() is window:
            place, wanted = part.geometry(), part.sizeHint()
            sizes = [wanted.width(), wanted.height(), part.heightForWidth(part.width())]
            yield f"{_kind(part)} in {_kind(part.parentWidget())}", [*place.getRect(), *sizes]  # type: ignore[misc]


def _kind(part: QWidget | None) -> str:
    """Its class, its name, and its role in the style sheet, which chooses the font."""
    return (
        f"{type(part).__name__} {part.objectName()} {part.property('role')}"
        if part is not None
        else "nothing"
    )


def with_every_kind(seen: Mapping[str, Seen]) -> list[str]:
    """Choose scenes, by their names, in which every kind of part is to be seen that is to be seen in any."""
    left = {kind for each in seen.values() for kind in each.kinds}
    chosen: list[str] = []
    while left:
        best = max(seen, key=lambda name: len(seen[name].kinds & left))
        chosen.append(best)
        left -= seen[best].kinds
    return chosen


def _look_at_all(loop: qasync.QEventLoop, scenes: Iterator[Scene]) -> dict[str, Seen]:
    return {scene.name: loop.run_until_complete(look_at(scene, "de")) for scene in scenes}


def main() -> int:
    """Look in German, whose texts are the longest."""
    parser = argparse.ArgumentParser(prog="fitting", description=__doc__)
    parser.add_argument("--same-as", type=Path)
    file = parser.parse_args().same_as
    before = json.loads(file.read_text("utf-8")) if file else {}
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    with qasync.QEventLoop(application) as loop:
        seen = _look_at_all(loop, (scene for scene in SCENES if scene.name in before))
        if not before or any(json.loads(json.dumps(seen[name].parts)) != before[name] for name in before):
            seen |= _look_at_all(loop, (scene for scene in SCENES if scene.name not in before))
    found = [problem for each in seen.values() for problem in each.problems]
    ratio = application.devicePixelRatio()
    print("\n".join(found) or f"everything fits at {ratio:.0%}, {len(seen)} scenes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
