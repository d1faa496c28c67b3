"""The commands of ``dev.py``: what each one needs before it runs, and what it then runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from devtools import checks, engines, system_packages
from devtools.console import StepFailedError, say
from devtools.environment import ensure_environment, keep_compiled, write_lock
from devtools.exclusive import exclusive
from devtools.forms import ensure_forms
from devtools.places import LOCAL_CACHE, ROOT, venv_python
from devtools.programs import interrupt, together
from devtools.translations import update_translations
from devtools.wheels import build_wheels

_INTERRUPTED = 130
_WRONG_USE = 2
_WORKERS = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""tests/side_by_side.py says which of the three does what; one of them mostly waits for a PBX."""


@dataclass(frozen=True)
class Command:
    """One command: what it is for, what must be there first, what it does with the rest of the words.

    ``packages`` names lists of system packages, ``engines`` entries of engines.ENGINES.
    """

    help: str
    action: Callable[[Sequence[str]], int]
    arguments: str = ""
    packages: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    forms: bool = True


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 1 when a step failed, 2 for wrong use, else the program's own."""
    rest = [word for word in words if word != "--yes"]
    if not rest or rest[0] in ("-h", "--help", "help"):
        say(_usage())
        return 0 if rest else _WRONG_USE
    command = COMMANDS.get(rest[0])
    if command is None:
        say(f"dev.py knows no command {rest[0]!r}.\n\n{_usage()}")
        return _WRONG_USE
    signal.signal(signal.SIGTERM, interrupt)
    keep_compiled()
    may_install = "--yes" in words or bool(os.environ.get("CI"))
    try:
        _prepare(command, may_install=may_install)
        return command.action(rest[1:])
    except StepFailedError as error:
        say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted")
        return _INTERRUPTED


def _prepare(command: Command, *, may_install: bool) -> None:
    """Make everything ready that the command needs, what does not wait for each other at the same time."""
    started_s = time.monotonic()
    with exclusive(LOCAL_CACHE / "dev.lock"):
        system_packages.ensure(command.packages, may_install=may_install)
        ready: dict[engines.Engine, Path] = {}
        recipes: dict[Path, list[engines.Engine]] = {}
        for engine in engines.wanted(command.engines):
            recipes.setdefault(engine.recipe, []).append(engine)
        together(
            lambda: _make_environment(forms=command.forms),
            *(partial(_make_ready, variants, ready) for variants in recipes.values()),
        )
        for engine, folder in ready.items():
            os.environ.update(engine.use(folder))
    say(f"ready after {time.monotonic() - started_s:.1f} s")


def _make_environment(*, forms: bool) -> None:
    ensure_environment()
    if forms:
        ensure_forms()


def _make_ready(variants: Sequence[engines.Engine], ready: dict[engines.Engine, Path]) -> None:
    """Ask one recipe for all its variants, one after the other: each of them uses all processors."""
    for engine in variants:
        ready[engine] = engine.make_ready()


def _usage() -> str:
    lines = ["python3 dev.py COMMAND  (--yes: install missing system packages without asking)", ""]
    for name, command in COMMANDS.items():
        lines.append(f"  {f'{name} {command.arguments}'.strip():28}{command.help}")
    return "\n".join(lines)


def _module(name: str) -> Callable[[Sequence[str]], int]:
    """Return an action that becomes ``python -m name`` of the virtual environment."""
    return lambda words: _become([str(venv_python()), "-m", name, *words])


def _become(command: list[str]) -> int:  # noqa: RET503 - execv never returns
    """Replace this process by a program, so that signals and its exit code are its own affair."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":  # there exec starts a second process and the first one ends at once
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)


def _test(words: Sequence[str]) -> int:
    """Without arguments three test files at a time: most of them wait for phones and programs."""
    side_by_side = [] if words or sys.platform == "win32" else _WORKERS
    return _module("pytest")([*side_by_side, *words])


def _check(words: Sequence[str]) -> int:
    return checks.run_checks(checks.all_checks(words))


def _build(words: Sequence[str]) -> int:
    _no_arguments(words)
    build_wheels(Path(os.environ["WWPHONE_PJSUA2"]))
    return 0


def _lock(words: Sequence[str]) -> int:
    _no_arguments(words)
    write_lock()
    return 0


def _translations(words: Sequence[str]) -> int:
    update_translations(words)
    ensure_forms()
    return 0


def _setup(words: Sequence[str]) -> int:
    _no_arguments(words)
    return 0


def _no_arguments(words: Sequence[str]) -> None:
    if words:
        raise StepFailedError(f"This command takes no arguments: {' '.join(words)}")


_CLIENT = ("client", "pjsua2")

COMMANDS: dict[str, Command] = {
    "demo": Command(
        "a demo company with you in it: Asterisk, CTI server, colleagues, the client",
        _module("demo"), "[arguments]", (*_CLIENT, "asterisk", "demo"), engines.TALK,
    ),
    "test": Command(
        "the test suite; arguments go to pytest",
        _test, "[arguments]", (*_CLIENT, "asterisk", "server", "demo", "tests"),
        engines.ALL,
    ),
    "check": Command(
        "format, lint, types, layers, budgets, translations; of some paths only, if given",
        _check, "[paths]", ("client",),
    ),
    "screenshots": Command("pictures of every panel and state", _module("tests.screenshots"), "DIR", ("client",)),
    "bench": Command(
        "the figures of docs/, measured here",
        _module("benchmarks"), "[--json FILE]", (*_CLIENT, "asterisk", "demo", "tests", "benchmarks"), engines.TALK,
    ),
    "build": Command("the wheels of wwphone and pjsua2, into dist/", _build, "", _CLIENT, engines.PJSUA2),
    "setup": Command(
        "everything the other commands need, and nothing more",
        _setup, "", tuple(system_packages.LISTS), engines.ALL,
    ),
    "lock": Command("newest allowed versions into requirements.lock", _lock, forms=False),
    "translations": Command(
        "new texts into translations/*.ts; languages to begin, as fr_CH", _translations, "[language]", ("client",)
    ),
}  # fmt: skip
