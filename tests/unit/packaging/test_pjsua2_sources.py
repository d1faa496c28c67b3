"""Which sources packaging/pjsua2 accepts, where it looks for them, and how it changes them."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.packaging.pjsua2_recipe import FakePrograms, load

recipe = load()
sources, edits = recipe.sources, recipe.edits
BuildError = recipe.programs.BuildError
CONTENT = b"the source"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PIN = sources.Pin("thing", "things", r"things_.*\.tar", ("forky", "sid"), SHA256, "--source")
TARGETS = (
    "http://tools.example/linux/ stable main\n"
    "http://mirror.example/debian/ bookworm main\n"
    "http://mirror.example/debian/ bookworm contrib\n"
    "http://mirror.example/debian/ bookworm-updates main\n"
    "http://mirror.example/debian-security/ bookworm-security main\n"
)


def uris(sha256: str = SHA256) -> str:
    return (
        "'http://mirror.example/t/things_1-1.dsc' things_1-1.dsc 200 SHA256:" + "0" * 64 + "\n"
        f"'http://mirror.example/t/things_1%2b2.tar' things_1+2.tar 10 SHA256:{sha256}\n"
    )


def downloading(content: bytes) -> Callable[[list[str]], None]:
    """What apt-helper does: the file comes to where its third word says."""

    def download(words: list[str]) -> None:
        Path(words[3]).write_bytes(content)

    return download


def apt(content: bytes = CONTENT, sha256: str = SHA256) -> FakePrograms:
    """A host with apt and one mirror that has the package."""
    answers = {
        "apt-get indextargets": TARGETS, "apt-config dump": "", "apt-get source": uris(sha256),
    }  # fmt: skip
    return FakePrograms(answers, {"apt-helper": downloading(content)})


@pytest.fixture
def has_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keyring = tmp_path / "keyring.gpg"
    keyring.touch()
    monkeypatch.setattr(sources, "KEYRINGS", (str(keyring),))
    monkeypatch.setattr(sources, "check_apt", lambda _pin: None)


@pytest.mark.usefixtures("has_apt")
class TestObtaining:
    def obtain(self, tmp_path: Path, programs: FakePrograms) -> Path:
        source = sources.choose(PIN, None)
        found = sources.obtain(source, tmp_path / "kept", tmp_path / "work", None, programs)
        assert isinstance(found, Path)
        return found

    def test_a_verified_file_is_kept_and_not_fetched_again(self, tmp_path: Path) -> None:
        first = self.obtain(tmp_path, apt())
        assert first.read_bytes() == CONTENT
        unused = FakePrograms()
        assert self.obtain(tmp_path, unused) == first
        assert unused.started == []

    def test_a_damaged_file_in_the_cache_is_fetched_again(self, tmp_path: Path) -> None:
        self.obtain(tmp_path, apt()).write_bytes(b"damaged")
        assert self.obtain(tmp_path, apt()).read_bytes() == CONTENT

    def test_another_content_than_the_pinned_is_refused_and_not_kept(self, tmp_path: Path) -> None:
        with pytest.raises(BuildError, match=f"not {SHA256}"):
            self.obtain(tmp_path, apt(content=b"something else"))
        assert list((tmp_path / "kept").iterdir()) == []

    def test_every_suite_and_mirror_is_tried_and_each_refusal_told(self, tmp_path: Path) -> None:
        other = hashlib.sha256(b"newer").hexdigest()
        programs = apt(sha256=other)
        with pytest.raises(BuildError) as caught:
            self.obtain(tmp_path, programs)
        told = str(caught.value)
        assert "--mirror" in told
        assert "--source" in told
        assert told.count("forky: Debian now has another things_1+2.tar") == 2
        assert told.count("sid: Debian now has another things_1+2.tar") == 2
        assert not any("apt-helper" in word for words in programs.started for word in words)

    def test_the_builders_own_archive_is_taken_as_it_is(self, tmp_path: Path) -> None:
        archive = tmp_path / "own.tar"
        archive.write_bytes(b"own")
        source = sources.choose(PIN, archive)
        unused = FakePrograms()
        assert sources.obtain(source, tmp_path / "kept", tmp_path, None, unused) == archive
        assert source.sha256 == hashlib.sha256(b"own").hexdigest()
        archive.write_bytes(b"changed meanwhile")
        with pytest.raises(BuildError, match="has the sha256"):
            sources.obtain(source, tmp_path / "kept", tmp_path, None, unused)


class TestApt:
    def test_the_pinned_file_is_found_with_its_signed_checksum(self) -> None:
        assert sources.find_file(uris(), PIN) == ("http://mirror.example/t/things_1%2b2.tar", SHA256)

    def test_a_package_without_the_file_is_refused(self) -> None:
        with pytest.raises(BuildError, match="things has no file like"):
            sources.find_file(uris().splitlines()[0], PIN)

    def test_the_distributions_mirror_comes_first_and_updates_are_left_out(self) -> None:
        assert sources.host_mirrors(TARGETS) == [
            "http://mirror.example/debian/",
            "http://tools.example/linux/",
        ]

    def test_only_ways_to_the_network_are_taken_from_the_host(self) -> None:
        dump = (
            'APT::Default-Release "stable";\nAcquire::http::Proxy "http://proxy.example:3128";\n'
            'Acquire::https::CaInfo "/etc/ca.pem";\nAcquire::IndexTargets::deb "";\nDir::State "/var/lib/apt";\n'
        )
        kept = sources.network_settings(dump).splitlines()
        assert kept == [
            'Acquire::http::Proxy "http://proxy.example:3128";', 'Acquire::https::CaInfo "/etc/ca.pem";',
        ]  # fmt: skip

    @pytest.mark.usefixtures("has_apt")
    def test_apt_lives_in_the_given_folder_and_trusts_debian_alone(self, tmp_path: Path) -> None:
        tree = tmp_path / "apt"
        changes = sources.prepare_apt(tree, "http://mirror.example/debian forky", "")
        configuration = Path(changes["APT_CONFIG"]).read_text()
        for setting in ("Dir::State", "Dir::Cache", "Dir::Etc::sourcelist", "Dir::Log"):
            assert f'{setting} "{tree}' in configuration
        line = (tree / "etc/sources.list").read_text()
        assert line == f"deb-src [signed-by={sources.KEYRINGS[0]}] http://mirror.example/debian forky main\n"

    def test_a_host_without_apt_is_told_what_to_give(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sources.shutil, "which", lambda _name: None)
        with pytest.raises(
            BuildError, match=r"no apt-get, apt-config.*release archive of thing with --source"
        ):
            sources.check_apt(PIN)

    @pytest.mark.parametrize("pin", [sources.PJPROJECT, sources.LIBSRTP])
    def test_the_pins_are_whole(self, pin: Any) -> None:
        assert len(bytes.fromhex(pin.sha256)) == 32
        assert pin.suites
        assert pin.option.startswith("--")


class TestUnpacking:
    def archive(self, tmp_path: Path, name: str) -> Path:
        file = tmp_path / "archive.tar"
        with tarfile.open(file, "w") as tar:
            info = tarfile.TarInfo(f"thing-1.0/{name}")
            info.size = len(CONTENT)
            tar.addfile(info, io.BytesIO(CONTENT))
        return file

    def test_the_top_folder_is_left_away(self, tmp_path: Path) -> None:
        programs = recipe.programs.Programs(tmp_path / "logs")
        sources.unpack(
            self.archive(tmp_path, "version.mak"), tmp_path / "pjproject", ["version.mak"], programs
        )
        assert (tmp_path / "pjproject/version.mak").read_bytes() == CONTENT

    def test_something_else_is_not_taken_for_the_source(self, tmp_path: Path) -> None:
        programs = recipe.programs.Programs(tmp_path / "logs")
        with pytest.raises(BuildError, match="is not the source of pjproject: it has no aconfigure"):
            sources.unpack(self.archive(tmp_path, "README"), tmp_path / "pjproject", ["aconfigure"], programs)


def untouched(folder: Path) -> Path:
    """A source that holds exactly the texts the recipe's edits expect."""
    for edit in edits.EDITS:
        file = folder / edit.path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.write("before\n" + edit.old * edit.times + "after\n")
    return folder


class TestEdits:
    def test_the_recipes_edits_apply_to_the_source_they_know(self, tmp_path: Path) -> None:
        assert edits.apply_edits(untouched(tmp_path)) == sorted({edit.path for edit in edits.EDITS})
        assert "SCHED_RR" not in (tmp_path / "pjmedia/src/pjmedia-audiodev/alsa_dev.c").read_text()
        flags = (tmp_path / "third_party/build/os-auto.mak.in").read_text()
        assert "-mfma" not in flags
        assert "AEC3_EXTRA_FLAGS" in flags
        assert "_avx2$(OBJEXT): $(APP)_CXXFLAGS += -mavx2 -mfma" in (tmp_path / "build/rules.mak").read_text()

    @pytest.mark.parametrize("edit", edits.EDITS, ids=lambda edit: edit.path)
    def test_a_source_without_the_text_is_refused_and_left_as_it_is(self, tmp_path: Path, edit: Any) -> None:
        untouched(tmp_path)
        file = tmp_path / edit.path
        file.write_text(file.read_text().replace(edit.old, "something new\n"))
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        with pytest.raises(BuildError, match=f"0 times instead of {edit.times} times") as caught:
            edits.apply_edits(tmp_path)
        assert edit.path in str(caught.value)
        assert edit.why in str(caught.value)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before

    def test_the_text_once_too_often_is_refused_too(self, tmp_path: Path) -> None:
        untouched(tmp_path)
        file = tmp_path / "pjmedia/src/pjmedia-audiodev/alsa_dev.c"
        file.write_text(file.read_text() * 2)
        with pytest.raises(BuildError, match="4 times instead of 2 times"):
            edits.apply_edits(tmp_path)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        untouched(tmp_path)
        (tmp_path / "build/rules.mak").unlink()
        with pytest.raises(BuildError, match=r"has no build/rules\.mak"):
            edits.apply_edits(tmp_path)

    def test_a_complete_source_needs_no_file_taken_from_its_list(self, tmp_path: Path) -> None:
        untouched(tmp_path)
        (tmp_path / "pjmedia/src/pjmedia-audiodev/bdimad_dev.c").touch()
        assert "pjmedia/build/Makefile" not in edits.apply_edits(tmp_path)

    def test_the_other_systems_recipes_can_run_it(self, tmp_path: Path) -> None:
        programs = recipe.programs.Programs(tmp_path / "logs")
        tree = untouched(tmp_path / "tree")
        script = Path(edits.__file__)
        assert "changed build/rules.mak" in programs.read(
            [shutil.which("python3") or "", script, tree], "edits"
        )
        with pytest.raises(BuildError, match="0 times instead of"):
            programs.read([shutil.which("python3") or "", script, tree], "edits")
