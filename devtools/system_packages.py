"""Packages of the operating system: which are missing, asked for once, installed where there is apt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from devtools.console import StepFailedError, say, step
from devtools.places import ROOT
from devtools.programs import run

LISTS: dict[str, Path] = {
    name: ROOT / folder / "system-packages.txt"
    for name, folder in {
        "client": "packaging/linux",
        "pjsua2": "packaging/pjsua2",
        "asterisk": "packaging/asterisk",
        "server": "packaging/server",
        "demo": "demo",
        "tests": "tests",
        "benchmarks": "benchmarks",
    }.items()
}
"""The lists of needed packages; each lies beside what needs it: one Debian package a line, ``#`` comments."""

_QUERY = ("dpkg-query", "--show", "--showformat=${db:Status-Status}\t${Package}\t${Provides}\n")


_DEBIANS_PYTHON = ("python3-venv", "python3-dev")


def read_list(text: str) -> list[str]:
    """Return the packages of one list, without comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def installed(dpkg_output: str) -> set[str]:
    """Return what ``dpkg-query`` names as installed, and what those packages provide.

    Debian renames libraries (``libglib2.0-0`` became ``libglib2.0-0t64``); the new one provides the old name.
    """
    names: set[str] = set()
    for line in dpkg_output.splitlines():
        status, package, provides = line.split("\t")
        if status == "installed":
            names.add(package)
            names.update(provided.split()[0] for provided in provides.split(",") if provided.strip())
    return names


def ensure(lists: Sequence[str], *, may_install: bool) -> None:
    """See to it that everything on the named lists is there.

    Asks once when a person is there; ``may_install`` means yes. Raises StepFailedError with what to install
    when nobody can be asked or the system has no apt.
    """
    if not lists or not sys.platform.startswith("linux"):
        return  # macOS and Windows: Qt and Python's wheels bring all; the engines' recipes name their own needs
    listed = dict.fromkeys(name for key in lists for name in _packages(LISTS[key]))
    needed = [*(name for name in listed if name not in _DEBIANS_PYTHON), *_of_the_running_python(listed)]
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        _without_apt(needed)
        return
    with step(f"system packages ({', '.join(lists)})") as shown:
        have = installed(run(shown, _QUERY))
        missing = [name for name in needed if name not in have]
        shown.outcome = f"missing {', '.join(missing)}" if missing else "all there"
    if missing:
        _ask(missing, may_install=may_install)
        _install(missing)


def _packages(file: Path) -> list[str]:
    try:
        return read_list(file.read_text("utf-8"))
    except FileNotFoundError:
        raise StepFailedError(f"{file} is missing: the list of system packages, which may be empty") from None


def _of_the_running_python(listed: Collection[str]) -> list[str]:
    """Name what Debian splits from its Python, for the version that runs; any other Python brings it along."""
    if sys.base_prefix != "/usr":
        return []
    names = [name for name in _DEBIANS_PYTHON if name in listed or name == "python3-venv"]
    return [name.replace("python3", f"python3.{sys.version_info.minor}") for name in names]


def _without_apt(needed: list[str]) -> None:
    """Name what cannot be looked up; once, by the variable that says it was seen to."""
    if os.environ.get("WWPHONE_SYSTEM_PACKAGES") == "installed":
        return
    raise StepFailedError(
        "This system has no apt. Please install what Debian calls\n  "
        + "\n  ".join(needed)
        + "\nwith its own package manager, then set WWPHONE_SYSTEM_PACKAGES=installed and start again."
    )


def _ask(missing: list[str], *, may_install: bool) -> None:
    command = f"apt-get install {' '.join(missing)}"
    if may_install:
        return
    if not sys.stdin.isatty():
        raise StepFailedError(
            f"These system packages are missing; install them, or start with --yes:\n  {command}"
        )
    say(f"Missing system packages: {', '.join(missing)}")
    answer = input("Install them with apt-get now? [Y/n] ")
    if answer.strip().lower() not in ("", "y", "yes", "j", "ja"):
        raise StepFailedError(f"Nothing was installed. By hand:\n  {command}")


def _install(missing: list[str]) -> None:
    apt = ["apt-get", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "--no-install-recommends", *missing]
    become_root = _become_root()
    with step(f"installing {len(missing)} system packages") as shown:
        try:
            run(shown, [*become_root, *install], {"DEBIAN_FRONTEND": "noninteractive"})
        except StepFailedError:  # its lists are missing or older than the mirror
            shown.detail("apt-get update")
            run(shown, [*become_root, *apt, "update"])
            run(shown, [*become_root, *install], {"DEBIAN_FRONTEND": "noninteractive"})


def _become_root() -> list[str]:
    """Return the words before a command that make it root's; the password, if any, is asked for here, by sudo."""
    if sys.platform == "win32" or os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise StepFailedError("Installing system packages needs root, and there is no sudo.")
    if subprocess.run(["sudo", "--validate"], check=False).returncode != 0:
        raise StepFailedError("sudo refused; nothing was installed.")
    return ["sudo", "--non-interactive", "--preserve-env=DEBIAN_FRONTEND"]
