"""``dev.py build``: what is shipped, as wheels in dist/."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from devtools.console import StepFailedError, say, step
from devtools.environment import pip
from devtools.forms import COMPILED_TRANSLATIONS, FORM_MODULES
from devtools.places import ROOT

DIST = ROOT / "dist"


def build_wheels(pjsua2: Path) -> None:
    """Put the wheel of the project and the one of our pjsua2 (from its ready folder) into dist/, and nothing else.

    Raises StepFailedError when something made by Qt's tools is missing in the wheel.
    """
    DIST.mkdir(exist_ok=True)
    for old in DIST.glob("*.whl"):
        old.unlink()
    with step("wheel of wwphone") as shown:
        pip(shown, "wheel", "--no-deps", "--wheel-dir", DIST, ROOT)
        (wheel,) = DIST.glob("wwphone-*.whl")
        made = [*FORM_MODULES.glob("ui_*.py"), *COMPILED_TRANSLATIONS.glob("*.qm")]
        missing = missing_in(wheel, [file.relative_to(ROOT).as_posix() for file in made])
        if missing:
            raise StepFailedError(f"{wheel.name} lacks {', '.join(missing)}")
    for file in pjsua2.glob("*.whl"):
        shutil.copy(file, DIST)
    say("\n".join(f"  {file.relative_to(ROOT).as_posix()}" for file in sorted(DIST.glob("*.whl"))))


def missing_in(wheel: Path, names: Iterable[str]) -> list[str]:
    """Return those of the names that are not in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    return [name for name in names if name not in inside]
