"""The two engines, PJSIP with sound and a private Asterisk: built or fetched once, then found in the cache.

``packaging/pjsua2/build.py`` and ``packaging/asterisk/fetch.py`` do the work, and print as their last line the
folder where the result lies ready. What they made is remembered here, so that a warm start does not even ask them.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from devtools.console import Step, StepFailedError, run, step
from devtools.environment import pip
from devtools.places import LOCAL_CACHE, ROOT, VENV, build_cache, venv_python
from devtools.stamps import Stamp, files_under, hash_of

_PJSUA2 = ROOT / "packaging" / "pjsua2"
_ASTERISK = ROOT / "packaging" / "asterisk"
_STAMPS = LOCAL_CACHE / "stamps"


def ensure_pjsua2() -> dict[str, str]:
    """Install our pjsua2 wheel into the environment; return what tells programs where the rest of the build is."""
    with step("PJSIP with sound (pjsua2)") as shown:
        ready = _ready(shown, _PJSUA2 / "build.py", "product")
        wheel = _wheel(ready)
        installed = Stamp(VENV / "stamps" / "pjsua2")
        key = hash_of(wheel)
        if installed.result(key) is None:
            pip(shown, "install", "--no-deps", "--force-reinstall", wheel)
            installed.set(key)
            shown.outcome = "installed"
    return {"WWPHONE_PJSUA2": str(ready)}


def ensure_pjsua2_with_assertions() -> dict[str, str]:
    """Unpack the build with PJSIP's assertions beside the environment; return where the tests find it."""
    with step("PJSIP with assertions (for tests)") as shown:
        wheel = _wheel(_ready(shown, _PJSUA2 / "build.py", "assertions"))
        folder = LOCAL_CACHE / "pjsua2-assertions"
        unpacked = Stamp(_STAMPS / "pjsua2-assertions-unpacked")
        key = hash_of(wheel)
        if unpacked.result(key) is None or not folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            pip(shown, "install", "--no-deps", "--target", folder, wheel)
            unpacked.set(key)
            shown.outcome = "unpacked"
    return {"WWPHONE_PJSUA2_ASSERTIONS": str(folder)}


def ensure_asterisk() -> dict[str, str]:
    """Have an Asterisk of our own ready; one that the person named in WWPHONE_ASTERISK is left alone."""
    named = os.environ.get("WWPHONE_ASTERISK")
    with step("Asterisk") as shown:
        if named:
            shown.outcome = f"the one in {named}"
            return {}
        return {"WWPHONE_ASTERISK": str(_ready(shown, _ASTERISK / "fetch.py"))}


def _ready(shown: Step, script: Path, variant: str = "") -> Path:
    """Return the folder a recipe has ready, asking the recipe only when it or its surroundings changed."""
    stamp = Stamp(_STAMPS / f"{script.parent.name}-{variant}")
    surroundings = (platform.machine(), platform.python_version(), str(build_cache()))
    key = hash_of(variant, *surroundings, files_under(script.parent))
    known = stamp.result(key)
    if known and Path(known).is_dir():
        shown.outcome = "up to date"
        return Path(known)
    words = ["--variant", variant] if variant else []
    printed = run(shown, [venv_python(), script, *words], folder=ROOT).strip().splitlines()
    ready = Path(printed[-1]) if printed else Path()
    if not ready.is_absolute() or not ready.is_dir():
        raise StepFailedError(f"{script} ended without naming a folder: {printed[-1:]}")
    stamp.set(key, str(ready))
    shown.outcome = "ready"
    return ready


def _wheel(ready: Path) -> Path:
    wheels = sorted(ready.glob("*.whl"))
    if len(wheels) != 1:
        raise StepFailedError(f"{ready} should hold one wheel and holds {len(wheels)}")
    return wheels[0]
