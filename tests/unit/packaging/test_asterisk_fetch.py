"""What packaging/asterisk/fetch.py decides by itself; no network, no Asterisk."""

from __future__ import annotations

import errno
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.helpers.waiting import SECONDS, wait_until

FOLDER = Path(__file__).resolve().parents[3] / "packaging" / "asterisk"
MODULES = ("fetch", "private_apt", "steps")


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Import the program's files as it does itself when it is started, from its own folder."""
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield {name: importlib.import_module(name) for name in MODULES}
    for name in MODULES:
        del sys.modules[name]


@pytest.fixture
def fetch(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["fetch"]


@pytest.fixture
def apt(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["private_apt"]


@pytest.fixture
def steps(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["steps"]


def a_download(folder: Path, **packages: bytes) -> Path:
    """A folder of downloaded packages whose checksums are right."""
    folder.mkdir(parents=True)
    lines = []
    for name, content in packages.items():
        (folder / f"{name}.deb").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}.deb\n")
    (folder / "SHA256SUMS").write_text("".join(lines))
    return folder


class TestMirror:
    def test_the_distribution_comes_before_others_and_updates_are_left_out(self, apt: ModuleType) -> None:
        targets = (
            "http://tools.example/linux/deb/ stable main\n"
            "http://mirror.example/pub/debian/ bookworm main\n"
            "http://mirror.example/pub/debian/ bookworm contrib\n"
            "http://mirror.example/pub/debian/ bookworm-updates main\n"
            "http://mirror.example/debian-security/ bookworm-security main\n"
        )

        assert apt.host_mirrors(targets) == [
            "http://mirror.example/pub/debian/",
            "http://tools.example/linux/deb/",
        ]

    def test_a_list_of_mirrors_as_cloud_images_have_it_counts(self, apt: ModuleType) -> None:
        targets = (
            "http://tools.example/deb/ stable main\nmirror+file:/etc/apt/mirrors/debian.list/ trixie main\n"
        )

        assert apt.host_mirrors(targets)[0] == "mirror+file:/etc/apt/mirrors/debian.list/"

    def test_a_host_without_sources_has_none(self, apt: ModuleType) -> None:
        assert apt.host_mirrors("") == []

    def test_every_mirror_is_tried_and_each_refusal_told(
        self, apt: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apt, "host_mirrors", lambda targets: ["file:/nowhere/one", "file:/nowhere/two"])

        with pytest.raises(apt.FetchError) as failure:
            apt.download(tmp_path, "forky", "amd64", None, ["asterisk"])

        text = str(failure.value)
        assert "--mirror" in text
        assert "/nowhere/one" in text
        assert "/nowhere/two" in text


class TestPrivateApt:
    def test_proxies_of_the_host_are_kept_and_its_hooks_are_not(self, apt: ModuleType) -> None:
        dump = (
            'Acquire::http::Proxy "http://proxy.example:3128";\n'
            'Acquire::https::Timeout "20";\n'
            'Acquire::ForceIPv4 "true";\n'
            'Acquire::http "";\n'
            'Acquire::Check-Valid-Until "true";\n'
            'APT::Update::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";\n'
            'DPkg::Post-Invoke:: "something";\n'
        )

        assert apt.network_settings(dump).splitlines() == [
            'Acquire::http::Proxy "http://proxy.example:3128";',
            'Acquire::https::Timeout "20";',
            'Acquire::ForceIPv4 "true";',
        ]

    def test_apt_lives_in_the_given_folder_alone(self, apt: ModuleType, tmp_path: Path) -> None:
        environment = apt.prepare_apt(tmp_path / "apt", "forky", "amd64", "file:/srv/debian")

        paths = subprocess.run(
            ["apt-config", "shell", "LISTS", "Dir::State::lists/d", "STATUS", "Dir::State::status/f",
             "DEBS", "Dir::Cache::archives/d", "SOURCES", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::parts/d",
             "LOG", "Dir::Log/d"],
            env={**os.environ, **environment}, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
        assert len(paths) == 6
        assert all(line.split("=", 1)[1].startswith(f"'{tmp_path}/apt/") for line in paths), paths

    def test_only_what_debian_signed_is_trusted(self, apt: ModuleType, tmp_path: Path) -> None:
        apt.prepare_apt(tmp_path / "apt", "forky", "amd64", "file:/srv/debian")

        source = (tmp_path / "apt/etc/sources.list").read_text()
        assert source.startswith("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.")
        assert "trusted" not in source + (tmp_path / "apt/apt.conf").read_text()


class TestPinnedPackages:
    def test_the_checksums_are_those_of_sha256sum(self, apt: ModuleType, tmp_path: Path) -> None:
        archives = tmp_path / "archives"
        archives.mkdir()
        (archives / "b_1%3a2_all.deb").write_bytes(b"b")
        (archives / "a_1_all.deb").write_bytes(b"a")
        (archives / "lock").touch()

        debs = apt.collect(archives, tmp_path / "debs")

        check = subprocess.run(
            ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=debs, capture_output=True, check=False
        )
        assert check.returncode == 0
        assert list(apt.sums_of(debs)) == ["a_1_all.deb", "b_1%3a2_all.deb"]

    def test_complete_and_unchanged_packages_serve_again(self, apt: ModuleType, tmp_path: Path) -> None:
        assert apt.has_all(a_download(tmp_path / "debs", one=b"1", two=b"2"))

    def test_a_changed_package_does_not(self, apt: ModuleType, tmp_path: Path) -> None:
        debs = a_download(tmp_path / "debs", one=b"1", two=b"2")
        (debs / "two.deb").write_bytes(b"3")

        assert not apt.has_all(debs)

    def test_a_missing_package_does_not(self, apt: ModuleType, tmp_path: Path) -> None:
        debs = a_download(tmp_path / "debs", one=b"1", two=b"2")
        (debs / "one.deb").unlink()

        assert not apt.has_all(debs)

    def test_nothing_downloaded_does_not(self, apt: ModuleType, tmp_path: Path) -> None:
        assert not apt.has_all(tmp_path / "debs")


class TestPlace:
    def test_there_is_none_before_the_download(self, fetch: ModuleType, tmp_path: Path) -> None:
        assert fetch.place_for(tmp_path / "debs-forky-amd64-1") is None

    def test_other_packages_get_another_place(self, fetch: ModuleType, tmp_path: Path) -> None:
        first = fetch.place_for(a_download(tmp_path / "a/debs-forky-amd64-1", one=b"1"))
        same = fetch.place_for(a_download(tmp_path / "b/debs-forky-amd64-1", one=b"1"))
        other = fetch.place_for(a_download(tmp_path / "c/debs-forky-amd64-1", one=b"2"))

        assert first.parent == tmp_path / "a"
        assert first.name.startswith("forky-amd64-")
        assert first.name == same.name
        assert first.name != other.name

    def test_a_change_of_the_program_gets_another_place(
        self, fetch: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        debs = a_download(tmp_path / "debs-forky-amd64-1", one=b"1")
        before = fetch.place_for(debs)
        sources = shutil.copytree(FOLDER, tmp_path / "sources")
        with (sources / "loopbind.c").open("a") as file:
            file.write("/* changed */\n")
        monkeypatch.setattr(fetch, "HERE", sources)

        assert fetch.place_for(debs) != before

    def test_a_finished_folder_is_found_without_building(
        self, fetch: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        architecture = subprocess.run(
            ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
        ).stdout.strip()
        name = f"debs-forky-{architecture}-{fetch.short_hash(*fetch.PACKAGES)}"
        ready = fetch.place_for(a_download(tmp_path / name, one=b"1"))
        ready.mkdir()

        assert fetch.main(["--cache", str(tmp_path)]) == 0

        printed = capsys.readouterr()
        assert printed.out == f"{ready}\n"
        assert "ready (" in printed.err

    def test_a_new_folder_replaces_an_old_one_at_once(self, fetch: ModuleType, tmp_path: Path) -> None:
        old, new = tmp_path / "place", tmp_path / "making/new"
        old.mkdir()
        (old / "old").touch()
        new.mkdir(parents=True)
        (new / "new").touch()

        fetch.replace(new, old)

        assert [path.name for path in old.iterdir()] == ["new"]


class TestVersion:
    @pytest.mark.parametrize(
        "text",
        [
            "Asterisk 22.10.1+dfsg+~cs6.17-1",
            "Asterisk 20.0.0",
            "Asterisk certified/20.7-cert1",
            "Asterisk 23.1",
        ],
    )
    def test_twenty_and_newer_serve(self, fetch: ModuleType, text: str) -> None:
        fetch.check_version(text)

    @pytest.mark.parametrize("text", ["Asterisk 18.24.1", "Asterisk 16", "sh: not found", ""])
    def test_others_are_refused_with_what_they_said(self, fetch: ModuleType, text: str) -> None:
        with pytest.raises(fetch.FetchError, match="Asterisk 20 or newer") as failure:
            fetch.check_version(text)
        assert f"“{text}”" in str(failure.value)


class TestUnpacked:
    def test_the_languages_get_their_links_and_links_to_the_host_go(
        self, fetch: ModuleType, tmp_path: Path
    ) -> None:
        for language in ("en_US_f_Allison", "de"):
            (tmp_path / language).mkdir()
            (tmp_path / language / "vm-intro.gsm").touch()
        (tmp_path / "recordings").symlink_to("/var/lib/asterisk/sounds/custom")
        (tmp_path / "custom").symlink_to("../elsewhere")

        fetch.arrange_sounds(tmp_path)

        assert (tmp_path / "en/vm-intro.gsm").exists()
        assert not (tmp_path / "recordings").is_symlink()
        assert (tmp_path / "custom").is_symlink()

    def test_missing_prompts_are_an_error_that_names_the_language(
        self, fetch: ModuleType, tmp_path: Path
    ) -> None:
        (tmp_path / "en").mkdir()
        (tmp_path / "en" / "vm-intro.g722").touch()

        with pytest.raises(fetch.FetchError, match="no voice prompts in de"):
            fetch.arrange_sounds(tmp_path)

    def test_a_starter_finds_its_folder_wherever_it_lies(self, fetch: ModuleType, tmp_path: Path) -> None:
        ready = tmp_path / "a folder"
        libraries = ready / "root/usr/lib/x86_64-linux-gnu"
        libraries.mkdir(parents=True)
        loader = libraries / "ld-linux-x86-64.so.2"
        loader.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        loader.chmod(0o755)
        fetch.write_starters(ready)
        moved = ready.rename(tmp_path / "moved")
        (tmp_path / "link").symlink_to(moved)

        said = subprocess.run(
            [tmp_path / "link/bin/asterisk", "-rx", "two words"], capture_output=True, text=True, check=True
        ).stdout.splitlines()

        assert said == [
            "--library-path", f"{moved}/root/usr/lib/x86_64-linux-gnu", "--preload", f"{moved}/lib/loopbind.so",
            "--argv0", "asterisk", f"{moved}/root/usr/sbin/asterisk", "-rx", "two words",
        ]  # fmt: skip

    def test_no_loader_is_an_error(self, fetch: ModuleType, tmp_path: Path) -> None:
        with pytest.raises(fetch.FetchError, match="found 0 dynamic loaders"):
            fetch.write_starters(tmp_path)


class TestHost:
    def test_what_is_missing_is_named_with_the_packages(
        self,
        fetch: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        assert fetch.main(["--cache", str(tmp_path / "cache")]) == 1

        printed = capsys.readouterr()
        assert printed.out == ""
        assert "this host has no apt-get, apt-config, dpkg, dpkg-deb, cc" in printed.err
        assert "debian-archive-keyring" in printed.err
        assert "README.md" in printed.err
        assert not (tmp_path / "cache").exists()

    def test_a_program_that_fails_is_told_with_its_last_words(self, steps: ModuleType) -> None:
        with pytest.raises(steps.FetchError, match=r"sh ended with 3:\nno such luck"):
            steps.run(["sh", "-c", "echo no such luck >&2; exit 3"])

    def test_the_cache_obeys_xdg(
        self, fetch: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert fetch.default_cache() == tmp_path / "wwphone-build/asterisk"

        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", "/home/somebody")
        assert fetch.default_cache() == Path("/home/somebody/.cache/wwphone-build/asterisk")

    def test_two_at_once_wait_for_each_other(
        self, steps: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        order: list[str] = []

        def second() -> None:
            with steps.locked(tmp_path / "lock"):
                order.append("second")

        thread = threading.Thread(target=second)
        with steps.locked(tmp_path / "lock"):
            thread.start()
            wait_until(lambda: "waiting" in capsys.readouterr().err, "the second to say that it waits")
            order.append("first")
        thread.join(10 * SECONDS)

        assert order == ["first", "second"]


def test_the_loopback_shim_changes_wildcards_and_nothing_else(tmp_path: Path) -> None:
    library = tmp_path / "loopbind.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, FOLDER / "loopbind.c"], check=True
    )
    program = """
import json, socket
def bound(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        try:
            s.bind((address, 0))
        except OSError as error:
            return error.errno
        return s.getsockname()[0]
print(json.dumps([bound(socket.AF_INET, "0.0.0.0"), bound(socket.AF_INET6, "::"),
                  bound(socket.AF_INET, "127.0.0.2"), bound(socket.AF_INET, "192.0.2.1")]))
"""

    said = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "LD_PRELOAD": str(library)},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    v4, v6, other, foreign = json.loads(said)
    assert v4 == "127.0.0.1"
    assert v6 in ("::1", errno.EADDRNOTAVAIL)  # the second where the host has no IPv6 address
    assert other == "127.0.0.2"
    assert foreign == errno.EADDRNOTAVAIL  # left to the kernel


def test_the_system_packages_are_names_alone(fetch: ModuleType) -> None:
    packages = fetch.system_packages()

    assert {"gcc", "libc6-dev", "debian-archive-keyring"} <= set(packages)
    assert all(package == package.strip() and " " not in package for package in packages)
