"""``dev.py check``: format, lint, types, layers and budgets; every finding of every tool, one exit code."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from devtools.console import StepFailedError, say
from devtools.places import ROOT, venv_program, venv_python

PYTHON_PLACES = ("wwphone", "demo", "tests", "benchmarks", "devtools", "docs", "dev.py")
"""What is one typed whole."""

_SCRIPT_PLACES = ("packaging", "resources")
"""Where each folder is a little program of its own, typed by itself."""

_TOOLS_AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    """One tool with its arguments and the folder it runs in."""

    name: str
    command: tuple[str | Path, ...]
    folder: Path = ROOT


@dataclass(frozen=True)
class Outcome:
    """What a tool said and how long it took."""

    check: Check
    exit_code: int
    text: str
    took_s: float


def all_checks(paths: Sequence[str] = ()) -> list[Check]:
    """The tools for the whole project, or for the given paths only (layers and translations are always whole)."""
    python = venv_python()
    somewhere: Sequence[str] = [str(_inside(path)) for path in paths] or ["."]
    checks = [
        Check(f"types {name}", (python, "-m", "mypy", *files), folder)
        for name, folder, files in _typed(paths)
    ]
    checks += [
        Check("format", (venv_program("ruff"), "format", "--check", "--quiet", "--diff", *somewhere)),
        Check("lint", (venv_program("ruff"), "check", "--quiet", "--output-format=concise", *somewhere)),
        Check("house rules", (python, "-m", "tests.test_architecture", *(somewhere if paths else ()))),
    ]
    if not paths:
        checks.append(Check("layers", (venv_program("lint-imports"), "--no-logo")))
        checks.append(Check("translations", (python, "-m", "devtools.translations")))
    return checks


def _inside(path: str) -> Path:
    """Take a path as the person typed it: relative to where they stand, else to the project."""
    for found in (Path(path).resolve(), ROOT / path):
        if found.exists():
            return found
    raise StepFailedError(f"There is no {path}")


def _typed(paths: Sequence[str]) -> list[tuple[str, Path, list[str]]]:
    """Split what mypy is to read into its runs: (name, folder to run in, files)."""
    wanted = [_inside(path) for path in paths] or [ROOT / place for place in PYTHON_PLACES]
    scripts = [
        folder
        for place in _SCRIPT_PLACES
        for folder in sorted((ROOT / place).glob("*"))
        if any(folder.glob("*.py"))
    ]
    whole = [str(path) for path in wanted if _has_python(path) and not _is_in(path, *_SCRIPT_PLACES)]
    runs = [("of the project", ROOT, whole)] if whole else []
    for folder in scripts:
        if not paths or any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in wanted):
            files = sorted(file.name for file in folder.glob("*.py"))
            name = f"of {folder.relative_to(ROOT).as_posix()}"
            runs.append((name, folder, ["--config-file", str(ROOT / "pyproject.toml"), *files]))
    return runs


def _has_python(path: Path) -> bool:
    return path.suffix == ".py" or any(path.rglob("*.py"))


def _is_in(path: Path, *places: str) -> bool:
    return any(path.is_relative_to(ROOT / place) for place in places)


def run_checks(checks: Sequence[Check]) -> int:
    """Run all tools, print what each found and its duration; return 1 when any found something."""
    started_s = time.monotonic()
    failed: list[str] = []
    with ThreadPoolExecutor(_TOOLS_AT_ONCE) as pool:
        for future in as_completed([pool.submit(_run, check) for check in checks]):
            outcome = future.result()
            verdict = "ok" if outcome.exit_code == 0 else f"findings (exit code {outcome.exit_code})"
            say(f"{outcome.check.name}: {verdict} ({outcome.took_s:.1f} s)")
            if outcome.exit_code != 0:
                failed.append(outcome.check.name)
                say(outcome.text.strip() + "\n")
    took_s = time.monotonic() - started_s
    say(f"check: {'findings in ' + ', '.join(failed) if failed else 'nothing found'} ({took_s:.1f} s)")
    return 1 if failed else 0


def _run(check: Check) -> Outcome:
    started_s = time.monotonic()
    # Two mypys at once in one empty cache end in an internal error.
    types_cache = ROOT / ".mypy_cache" / check.name.replace(" ", "-").replace("/", "-")
    done = subprocess.run(
        [str(word) for word in check.command],
        cwd=check.folder,
        env={**os.environ, "MYPY_CACHE_DIR": str(types_cache), "NO_COLOR": "1"},
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return Outcome(check, done.returncode, done.stdout + done.stderr, time.monotonic() - started_s)
