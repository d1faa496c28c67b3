"""Which Asterisk is taken and how; programs on PATH are little scripts, no Asterisk runs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from demo.asterisk_program import (
    ASTERISK_FILES,
    AsteriskError,
    ContainerProgram,
    InstalledProgram,
    PrivateProgram,
    major_version,
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def a_program(file: Path, prints: str, exit_code: int = 0) -> None:
    file.write_text(f"#!/bin/sh\necho '{prints}'\nexit {exit_code}\n")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", 22),
        ("Asterisk 20.0.0", 20),
        ("Asterisk certified/20.7-cert1", 20),
        ("Asterisk certified-22.8", 22),
        ("Asterisk GIT-23-abcdef", 23),
        ("something else 22", None),
    ],
)
def test_versions_are_read(text: str, major: int | None) -> None:
    assert major_version(text) == major


class TestInstalled:
    def test_a_new_enough_one_serves_with_its_own_modules(self, path: Path, tmp_path: Path) -> None:
        a_program(path / "asterisk", "Asterisk 20.9.3")
        program = InstalledProgram(tmp_path)

        program.check()

        assert program.program_folders() == {}
        assert program.start_command()[-4:] == ["asterisk", "-f", "-C", f"{tmp_path}/etc/asterisk.conf"]

    @pytest.mark.parametrize(
        ("prints", "exit_code", "reason"),
        [
            ("Asterisk 18.24.1", 0, "Asterisk 18.24.1.*needs Asterisk 20"),
            ("hello", 0, "“hello”, which names no version"),
            ("", 1, "does not work"),
        ],
    )
    def test_another_is_refused_with_the_reason(
        self, path: Path, tmp_path: Path, prints: str, exit_code: int, reason: str
    ) -> None:
        a_program(path / "asterisk", prints, exit_code)

        with pytest.raises(AsteriskError, match=reason):
            InstalledProgram(tmp_path).check()

    @pytest.mark.usefixtures("path")
    def test_none_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(AsteriskError, match="no program “asterisk”"):
            InstalledProgram(tmp_path).check()

    def test_a_path_too_long_for_a_socket_is_refused_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(AsteriskError, match="too long"):
            InstalledProgram(tmp_path / ("x" * 100))


class TestPrivate:
    def test_modules_and_sounds_are_the_fetched_ones(self, tmp_path: Path) -> None:
        modules = tmp_path / "ready/root/usr/lib/aarch64-linux-gnu/asterisk/modules"
        modules.mkdir(parents=True)

        program = PrivateProgram(tmp_path / "run", tmp_path / "ready")

        assert program.program_folders()["astmoddir"] == str(modules)
        assert str(tmp_path / "ready/bin/asterisk") in program.start_command()

    def test_an_incomplete_folder_is_refused(self, tmp_path: Path) -> None:
        program = PrivateProgram(tmp_path / "run", tmp_path / "ready")

        with pytest.raises(AsteriskError, match=r"no program “.*/ready/bin/asterisk”"):
            program.check()
        with pytest.raises(AsteriskError, match="no modules"):
            program.program_folders()


class TestContainer:
    def test_everything_is_named_as_it_is_inside(self, tmp_path: Path) -> None:
        program = ContainerProgram(tmp_path, "podman", "pbx-1")

        start = program.start_command()

        assert start[:2] == ["podman", "run"]
        assert f"{tmp_path}:/wwphone/run" in start
        assert start[-4:] == ["asterisk", "-f", "-C", "/wwphone/run/etc/asterisk.conf"]
        assert program.console_command("core show uptime")[:3] == ["podman", "exec", "pbx-1"]

    def test_its_files_belong_to_us(self, tmp_path: Path) -> None:
        me = f"{os.getuid()}:{os.getgid()}"

        assert me in ContainerProgram(tmp_path, "docker", "pbx-1").start_command()
        assert me not in ContainerProgram(tmp_path, "podman", "pbx-1").start_command()

    def test_the_recipe_copies_what_is_there(self) -> None:
        recipe = (ASTERISK_FILES / "Containerfile").read_text("utf-8")

        copied = re.findall(r"^COPY ([^-]\S*) ", recipe, re.MULTILINE)
        assert copied == ["loopbind.c", "keep.sh"]
        assert all((ASTERISK_FILES / name).is_file() for name in copied)
        assert ContainerProgram.control in recipe
        assert ContainerProgram.folder in recipe

    def test_a_missing_image_is_told_with_the_way_to_make_it(self, path: Path, tmp_path: Path) -> None:
        a_program(path / "docker", "")

        with pytest.raises(AsteriskError, match="docker build -t wwphone-asterisk"):
            ContainerProgram(tmp_path, "docker", "pbx-1").check()

    def test_an_image_serves(self, path: Path, tmp_path: Path) -> None:
        a_program(path / "docker", "0123456789ab")

        ContainerProgram(tmp_path, "docker", "pbx-1").check()

    @pytest.mark.usefixtures("path")
    def test_a_missing_engine_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(AsteriskError, match="no program “docker”"):
            ContainerProgram(tmp_path, "docker", "pbx-1").check()
