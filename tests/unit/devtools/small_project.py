"""A small project with the real ``dev.py`` in it, so that the door is tried as a person uses it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Mapping
from pathlib import Path

from devtools.places import ROOT, VENV
from devtools.stamps import Stamp, hash_of
from devtools.system_packages import LISTS
from tests.helpers.waiting import SECONDS

RECIPE = """
import pathlib, sys, time
here = pathlib.Path(__file__).parent
with (here.parent.parent / "asked.log").open("a") as log:
    print(here.name, *sys.argv[1:], file=log)
while (here.parent.parent / "hold").exists():
    time.sleep(0.01)
print("building", file=sys.stderr)
print("a line before the last")
print(here.parent.parent / "ready" / here.name)
"""


class SmallProject:
    """A folder with a copy of ``dev.py``, recipes that only say where something lies, and what a test adds."""

    def __init__(self, folder: Path) -> None:
        """Lay out the files."""
        self.folder = folder
        shutil.copy(ROOT / "dev.py", folder)
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "devtools", folder / "devtools", ignore=shutil.ignore_patterns("__pycache__"))
        for packages in LISTS.values():
            self.write(packages.relative_to(ROOT).as_posix(), "# nothing is needed\n")
        for recipe in ("packaging/pjsua2/build.py", "packaging/asterisk/fetch.py"):
            self.write(recipe, RECIPE)
        self.write("requirements.lock", "# nothing is needed\n")
        self.write("ready/asterisk/asterisk.txt", "")
        self.wheel = folder / "ready" / "pjsua2" / "pjsua2-2.17-py3-none-any.whl"
        write_wheel(self.wheel, "answer = 42\n")

    def write(self, path: str, text: str) -> Path:
        """Write one file, with the folders above it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
        return file

    def borrow_environment(self) -> None:
        """Use the packages of our own virtual environment instead of making one, without writing into it."""
        shutil.copy(ROOT / "requirements.lock", self.folder)
        borrowed = self.folder / ".venv"
        borrowed.mkdir()
        shutil.copy(VENV / "pyvenv.cfg", borrowed)
        for name in ("bin", "lib", "Scripts", "Lib"):
            if (VENV / name).exists():
                (borrowed / name).symlink_to(VENV / name, target_is_directory=True)
        Stamp(borrowed / "stamps" / "requirements").set(hash_of(self.folder / "requirements.lock"))
        Stamp(borrowed / "stamps" / "pjsua2").set(hash_of(self.wheel))
        self.write(".cache/pjsua2-assertions/pjsua2.py", "answer = 42\n")
        Stamp(self.folder / ".cache/stamps/pjsua2-assertions-unpacked").set(hash_of(self.wheel))

    def start(self, *words: str, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start ``dev.py`` with the Python that runs the tests."""
        return subprocess.Popen(
            [sys.executable, str(self.folder / "dev.py"), *words],
            cwd=self.folder, env={**_without_ours(), **(variables or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def run(
        self, *words: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``dev.py`` to its end."""
        with self.start(*words, variables=variables) as process:
            out, err = process.communicate(timeout=60 * SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def asked(self) -> list[str]:
        """How often which recipe was run, with which arguments."""
        log = self.folder / "asked.log"
        return log.read_text().splitlines() if log.exists() else []


def _without_ours() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WWPHONE_", "PYTEST_"))}
    kept.pop("CI", None)
    return kept


def write_wheel(file: Path, module: str) -> None:
    """Write the smallest wheel pip installs: one module named pjsua2."""
    file.parent.mkdir(parents=True, exist_ok=True)
    info = "pjsua2-2.17.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("pjsua2.py", module)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pjsua2\nVersion: 2.17\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
