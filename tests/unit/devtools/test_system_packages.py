"""System packages, with a fake dpkg and a fake apt that remember what is installed in a file."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from devtools import system_packages
from devtools.console import StepFailedError
from devtools.places import ROOT

FAKE_DPKG_QUERY = """#!/bin/sh
cat "{folder}/installed"
"""

FAKE_APT_GET = """#!/bin/sh
echo "$DEBIAN_FRONTEND apt-get $*" >> "{folder}/calls"
case "$*" in
    *update) touch "{folder}/updated" ;;
    *install*)
        [ -e "{folder}/updated" ] || {{ echo "E: Unable to locate package" >&2; exit 100; }}
        printf 'installed\\tlibnew\\t\\n' >> "{folder}/installed" ;;
esac
"""

FAKE_SUDO = """#!/bin/sh
echo "sudo $*" >> "{folder}/calls"
while [ "${{1#--}}" != "$1" ]; do shift; done
[ $# -eq 0 ] || exec "$@"
"""


class FakeSystem:
    """A Debian in a folder: one old package, one renamed package that provides the old name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.list = folder / "system-packages.txt"
        self.path = f"{folder / 'bin'}:/usr/bin:/bin"
        folder.mkdir(exist_ok=True)
        (folder / "installed").write_text(
            "installed\tlibold\t\n"
            "installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80), libgio\n"
            "config-files\tlibgone\t\n"
        )
        for name, text in ("dpkg-query", FAKE_DPKG_QUERY), ("apt-get", FAKE_APT_GET), ("sudo", FAKE_SUDO):
            program = folder / "bin" / name
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(text.format(folder=folder))
            program.chmod(0o755)

    def need(self, *packages: str) -> None:
        """Write the list."""
        self.list.write_text("# needed\n" + "\n".join(packages) + "\n")

    def installs(self) -> list[str]:
        """What apt was asked for."""
        calls = self.folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if "apt-get" in line and "sudo" not in line]


class FakeTerminal(io.StringIO):
    """A person who types what was given."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    """A Debian whose apt lists are out of date, and nobody at the keyboard."""
    fake = FakeSystem(tmp_path)
    monkeypatch.setenv("PATH", fake.path)
    monkeypatch.setitem(system_packages.LISTS, "client", fake.list)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")
    return fake


def test_nothing_is_done_when_all_is_there(system: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    system.need("libold", "libglib2.0-0", "libgio")

    system_packages.ensure(["client"], may_install=True)

    assert "all there" in capsys.readouterr().err
    assert system.installs() == []


def test_nobody_to_ask_gets_a_list(system: FakeSystem) -> None:
    system.need("libold", "libnew", "libgone")

    with pytest.raises(StepFailedError, match=r"--yes:\n  apt-get install libnew libgone"):
        system_packages.ensure(["client"], may_install=False)
    assert system.installs() == []


def test_apt_installs_and_updates_its_lists_only_when_that_fails(
    system: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.need("libold", "libnew")

    system_packages.ensure(["client"], may_install=True)

    assert "missing libnew" in capsys.readouterr().err
    first, update, second = system.installs()
    assert first == second
    assert first.startswith("noninteractive apt-get -y ")
    assert first.endswith(" install --no-install-recommends libnew")
    assert update.endswith(" update")

    system_packages.ensure(["client"], may_install=True)
    assert len(system.installs()) == 3


@pytest.mark.parametrize(("answer", "count"), [("\n", 3), ("y\n", 3), ("ja\n", 3), ("n\n", 0), ("what\n", 0)])
def test_a_person_is_asked_once(
    system: FakeSystem, monkeypatch: pytest.MonkeyPatch, answer: str, count: int
) -> None:
    system.need("libnew")
    monkeypatch.setattr(sys, "stdin", FakeTerminal(answer))

    try:
        system_packages.ensure(["client"], may_install=False)
    except StepFailedError as refused:
        assert "Nothing was installed" in str(refused)  # noqa: PT017
    assert len(system.installs()) == count


def test_who_is_not_root_becomes_it_by_sudo(system: FakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    system.need("libnew")
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    system_packages.ensure(["client"], may_install=True)

    lines = (system.folder / "calls").read_text().splitlines()
    assert lines[0] == "sudo --validate"
    assert lines[1].startswith("sudo --non-interactive --preserve-env=DEBIAN_FRONTEND apt-get -y")
    assert len(system.installs()) == 3


@pytest.mark.parametrize(
    ("prefix", "missing"),
    [("/usr", "python3.{0}-venv python3.{0}-dev"), ("/home/anna/.pyenv/versions/3.12", "")],
)
def test_what_debian_splits_from_its_own_python(
    system: FakeSystem, monkeypatch: pytest.MonkeyPatch, prefix: str, missing: str
) -> None:
    system.need("python3-dev", "python3-venv", "libold")
    monkeypatch.setattr(sys, "base_prefix", prefix)

    try:
        system_packages.ensure(["client"], may_install=False)
        told = "--yes:\n  apt-get install "
    except StepFailedError as failed:
        told = str(failed)

    assert told.endswith(f"apt-get install {missing.format(sys.version_info.minor)}")


def test_without_apt_the_person_gets_a_list(system: FakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    system.need("libnew", "libold")
    monkeypatch.setenv("PATH", str(system.folder / "nothing"))

    with pytest.raises(StepFailedError, match=r"no apt.*\n  libnew\n  libold\n"):
        system_packages.ensure(["client"], may_install=True)

    monkeypatch.setenv("WWPHONE_SYSTEM_PACKAGES", "installed")
    system_packages.ensure(["client"], may_install=True)


def test_lists_hold_one_package_a_line() -> None:
    assert system_packages.read_list("# no\n\nliba\n  libb  # why\n") == ["liba", "libb"]


def test_lists_of_this_project_are_lists() -> None:
    for file in system_packages.LISTS.values():
        packages = system_packages.read_list(file.read_text("utf-8"))
        assert packages, file
        assert [name for name in packages if " " in name] == [], file
        assert len(set(packages)) == len(packages), file
    lists = [*ROOT.glob("*/system-packages.txt"), *ROOT.glob("packaging/*/system-packages.txt")]
    assert sorted(lists) == sorted(system_packages.LISTS.values())
