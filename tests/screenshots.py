"""Pictures of every scene: `python -m tests.screenshots DIR [NAME…]`, also reached by `dev.py screenshots DIR`.

Each scene in light English and dark German; the important ones in both languages and themes, and at 150 %.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import qasync
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from tests.gui.scene import Scene
from tests.gui.scenes import SCENES
from tests.gui.stage import Stage, picture

_FONT = "Inter"
"""What a person's desktop would choose; without a desktop Qt takes whatever comes first."""
_LARGE = 1.5


@dataclass(frozen=True)
class Look:
    """In which language and theme a picture is taken."""

    language: str
    theme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}"


_USUAL = (Look("en", "light"), Look("de", "dark"))
_ALL = tuple(Look(language, theme) for language in ("en", "de") for theme in ("light", "dark"))


def shots(scale: float, names: list[str]) -> Iterator[tuple[Scene, Look]]:
    """What to take at a scale."""
    for scene in SCENES:
        if names and not any(name in scene.name for name in names):
            continue
        if scale != 1:
            if scene.everywhere:
                yield scene, Look("de", "light")
            continue
        for look in _ALL if scene.everywhere else _USUAL:
            yield scene, look


async def take(scene: Scene, look: Look, file: Path) -> None:
    """Play a scene and store its picture."""
    async with Stage(look.language, look.theme, scene.world()) as stage:
        widgets = await scene.play(stage)
        if not picture(widgets).save(str(file)):
            raise OSError(f"{file} cannot be written")


class Complaints(logging.Handler):
    """Collects what Qt and the program complain about while the pictures are taken."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note a log message."""
        self.texts.append(self.format(record))

    def take_qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        """Note what Qt says; that the screen in memory lacks a function is no news."""
        del context
        if kind is not QtMsgType.QtDebugMsg and not text.startswith("This plugin does not support"):
            self.texts.append(text)


def take_all(folder: Path, scale: float, names: list[str]) -> int:
    """Take all pictures of one scale; return how many."""
    application = QApplication([])
    application.setFont(QFont(_FONT))
    count = 0
    loop = qasync.QEventLoop(application)
    with loop:
        for scene, look in shots(scale, names):
            suffix = "" if scale == 1 else f"-{scale:.0%}".replace("%", "")
            loop.run_until_complete(take(scene, look, folder / f"{scene.name}-{look}{suffix}.png"))
            count += 1
    return count


def main() -> int:
    """Take the pictures of 100 % here and those of 150 % in a second process: Qt reads its scale once."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only scenes whose name holds one of these")
    parser.add_argument("--scale", type=float, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    qInstallMessageHandler(complaints.take_qt)
    started_s = time.monotonic()
    count = take_all(arguments.folder, arguments.scale or 1, arguments.names)
    print(f"{count} pictures in {time.monotonic() - started_s:.1f} s", flush=True)
    if complaints.texts:
        print("\n".join(["There were complaints:", *complaints.texts]), file=sys.stderr)
        return 1
    if arguments.scale:
        return 0
    command = [
        sys.executable,
        "-m",
        "tests.screenshots",
        arguments.folder,
        *arguments.names,
        "--scale",
        str(_LARGE),
    ]
    return subprocess.run(command, env=os.environ | {"QT_SCALE_FACTOR": str(_LARGE)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
