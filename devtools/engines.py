"""The two engines, PJSIP with sound and a private Asterisk: built or fetched once, then found in the cache.

``packaging/pjsua2/build.py`` and ``packaging/asterisk/fetch.py`` do the work, and print as their last line the
folder where the result lies ready. What they made is remembered here, so that a warm start does not even ask them.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.console import Step, StepFailedError, step
from devtools.environment import pip
from devtools.places import LOCAL_CACHE, ROOT, VENV, build_cache
from devtools.programs import run
from devtools.stamps import Stamp, files_under, hash_of

_STAMPS = LOCAL_CACHE / "stamps"
_ASSERTIONS = LOCAL_CACHE / "pjsua2-assertions"

PJSUA2 = ("pjsua2",)
TALK = ("pjsua2", "Asterisk")
ALL = ("pjsua2", "pjsua2 with assertions", "Asterisk")
"""The sets of engines the commands ask for."""


@dataclass(frozen=True)
class Engine:
    """A recipe, what it is called with, and what makes its result usable (which needs the virtual environment)."""

    title: str
    recipe: Path
    arguments: tuple[str, ...]
    use: Callable[[Path], Mapping[str, str]]

    def make_ready(self) -> Path:
        """Return the folder the recipe has ready, asking the recipe only when it or its surroundings changed."""
        stamp = Stamp(_STAMPS / "-".join([self.recipe.parent.name, *self.arguments[1:]]))
        surroundings = (platform.machine(), platform.python_version(), str(build_cache()))
        with step(self.title) as shown:
            key = hash_of(*self.arguments, *surroundings, files_under(self.recipe.parent))
            known = stamp.result(key)
            if known and Path(known).is_dir():
                shown.outcome = "up to date"
                return Path(known)
            ready = self._ask(shown)
            stamp.set(key, str(ready))
            return ready

    def _ask(self, shown: Step) -> Path:
        printed = run(shown, [sys.executable, self.recipe, *self.arguments], folder=ROOT).strip().splitlines()
        ready = Path(printed[-1]) if printed else Path()
        if not ready.is_absolute() or not ready.is_dir():
            raise StepFailedError(f"{self.recipe} ended without naming a folder: {printed[-1:]}")
        return ready


def _install(ready: Path) -> Mapping[str, str]:
    """Put our pjsua2 into the environment when another one, or none, is there."""
    wheel = _wheel(ready)
    installed = Stamp(VENV / "stamps" / "pjsua2")
    key = hash_of(wheel)
    if installed.result(key) is None:
        with step("pjsua2 into the virtual environment") as shown:
            pip(shown, "install", "--no-deps", "--force-reinstall", wheel)
            installed.set(key)
    return {"WWPHONE_PJSUA2": str(ready)}


def _unpack(ready: Path) -> Mapping[str, str]:
    """Put the build with PJSIP's assertions beside the environment, where only the tests that want it look."""
    wheel = _wheel(ready)
    unpacked = Stamp(_STAMPS / "pjsua2-assertions-unpacked")
    key = hash_of(wheel)
    if unpacked.result(key) is None or not _ASSERTIONS.is_dir():
        with step("pjsua2 with assertions beside it") as shown:
            shutil.rmtree(_ASSERTIONS, ignore_errors=True)
            pip(shown, "install", "--no-deps", "--target", _ASSERTIONS, wheel)
            unpacked.set(key)
    return {"WWPHONE_PJSUA2_ASSERTIONS": str(_ASSERTIONS)}


def _wheel(ready: Path) -> Path:
    wheels = sorted(ready.glob("*.whl"))
    if len(wheels) != 1:
        raise StepFailedError(f"{ready} should hold one wheel and holds {len(wheels)}")
    return wheels[0]


def _export(ready: Path) -> Mapping[str, str]:
    return {"WWPHONE_ASTERISK": str(ready)}


_BUILD = ROOT / "packaging" / "pjsua2" / "build.py"
_FETCH = ROOT / "packaging" / "asterisk" / "fetch.py"

ENGINES: dict[str, Engine] = {
    "pjsua2": Engine("PJSIP with sound", _BUILD, ("--variant", "product"), _install),
    "pjsua2 with assertions": Engine("PJSIP with assertions", _BUILD, ("--variant", "assertions"), _unpack),
    "Asterisk": Engine("Asterisk", _FETCH, (), _export),
}


def wanted(names: tuple[str, ...]) -> list[Engine]:
    """Return the engines to make ready; an Asterisk that the person named in WWPHONE_ASTERISK is used as it is."""
    if "Asterisk" in names and os.environ.get("WWPHONE_ASTERISK"):
        names = tuple(name for name in names if name != "Asterisk")
    return [ENGINES[name] for name in names]
