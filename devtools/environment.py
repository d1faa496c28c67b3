"""The project's virtual environment: made by the running Python, filled with exactly what requirements.lock names."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools.console import Step, say, step
from devtools.places import ROOT, VENV, venv_program, venv_python
from devtools.programs import run
from devtools.stamps import Stamp, hash_of

LOCK = ROOT / "requirements.lock"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def ensure_environment() -> None:
    """Make ``.venv`` when it is missing or broken, and install the locked packages when the lock has changed."""
    stamp = Stamp(VENV / "stamps" / "requirements")
    key = hash_of(LOCK)
    with step("virtual environment") as shown:
        if not venv_python().exists():  # also false when the Python it was made by has gone
            run(shown, [sys.executable, "-m", "venv", "--clear", VENV])
        elif stamp.result(key) is not None:
            shown.outcome = "up to date"
            return
        pip(shown, "install", "--no-compile", "--require-hashes", "--requirement", LOCK)
        stamp.set(key)


def keep_compiled() -> None:
    """Let the programs we start keep what Python compiles, also where PYTHONDONTWRITEBYTECODE is set, as in containers.

    The suite starts hundreds of programs, and each would compile all its libraries anew: two seconds of processor
    time for a server. Git ignores what is kept.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pip(shown: Step, *words: str | Path) -> None:
    """Run the environment's pip; StepFailedError with its output when it fails."""
    run(shown, [venv_python(), *_PIP, *words])


def write_lock() -> None:
    """Write requirements.lock anew from pyproject.toml: the newest versions it allows, for every system, with hashes."""
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
    ]
    wanted: Sequence[str] = ["--all-extras", "--group", "dev", "--upgrade", "--output-file", LOCK.name]
    before = hash_of(LOCK)
    with step("requirements.lock") as shown:
        run(shown, [venv_program("uv"), "pip", "compile", "pyproject.toml", *options, *wanted], folder=ROOT)
        shown.outcome = "unchanged" if hash_of(LOCK) == before else "written"
    if hash_of(LOCK) != before:
        say("The next command installs the new versions; run the tests before you commit the file.")
