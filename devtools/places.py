"""Where things are: the project's folders, its virtual environment, the caches."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL_CACHE = ROOT / ".cache"
"""What belongs to this working copy alone: stamps, the tests' second PJSIP build, tools' caches."""


def venv_python() -> Path:
    """The interpreter inside the project's virtual environment."""
    return venv_program("python")


def venv_program(name: str) -> Path:
    """A program installed into the project's virtual environment (``ruff``, ``pyside6-uic`` …)."""
    return VENV / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name)


def build_cache() -> Path:
    """Where finished builds are shared by all working copies; obeys ``XDG_CACHE_HOME``."""
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "wwphone-build"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "wwphone-build"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/wwphone-build"
    return Path.home() / ".cache/wwphone-build"
