"""What packaging/pjsua2/build.py decides by itself: the key, the ready folder, what is said when it cannot go on."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.waiting import SECONDS, wait_until
from tests.unit.packaging.pjsua2_recipe import FOLDER, FakePrograms, load

recipe = load()
BuildError = recipe.programs.BuildError
PROGRAM = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(int(sys.argv[1]))"
LONG = "import time; print('begun', flush=True); time.sleep(3600)"


def some_inputs() -> Any:
    return recipe.inputs.Inputs(
        variant="product",
        recipe={"build.py": "1"},
        sources={"pjproject": "2"},
        abi="cp311-abi3",
        machine="x86_64",
        libc="glibc 2.36",
        compiler="g++ 12",
        libraries={"libopus-dev": "1.3"},
    )


class TestKey:
    def test_equal_inputs_have_an_equal_key_whatever_the_order(self) -> None:
        one = dataclasses.replace(some_inputs(), recipe={"a": "1", "b": "2"})
        other = dataclasses.replace(some_inputs(), recipe={"b": "2", "a": "1"})
        assert one.key() == other.key()
        assert len(one.key()) == 16

    @pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(recipe.inputs.Inputs)])
    def test_each_input_changes_the_key(self, field: str) -> None:
        before = some_inputs()
        value = getattr(before, field)
        other: object = f"{value} other" if isinstance(value, str) else {**value, "more": "3"}
        assert dataclasses.replace(before, **{field: other}).key() != before.key()

    def test_the_recipe_is_what_decides_what_is_built(self) -> None:
        names = set(recipe.inputs.recipe_sums(FOLDER))
        assert {"build.py", "edits.py", "config_site.h", "targets.mak", "build-requirements.txt"} <= names
        assert not {"README.md", "build_macos.sh", "build_windows.ps1"} & names

    def test_only_libraries_of_the_host_are_inputs(self) -> None:
        versions = {"libopus-dev": "1.3.1", "ca-certificates": "2023", "python3-dev": "3.11"}
        gcc = FakePrograms({"g++": "g++ (Debian) 12.2.0\nCopyright\n"})
        source = recipe.sources.choose(recipe.sources.PJPROJECT, None)
        inputs = recipe.inputs.gather("product", [source], versions, gcc)
        assert inputs.libraries == {"libopus-dev": "1.3.1"}
        assert inputs.compiler == "g++ (Debian) 12.2.0"
        assert inputs.sources == {"pjproject": recipe.sources.PJPROJECT.sha256}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has everything and whose inputs never change."""
    monkeypatch.setattr(recipe.build, "package_versions", lambda _packages, _programs: None)
    monkeypatch.setattr(recipe.build, "gather", lambda *_arguments: some_inputs())
    monkeypatch.setattr(recipe.build, "check_packages", lambda *_arguments: None)


class FakeBuild:
    """Builds a folder with a marker in it, or fails half-way when told so."""

    def __init__(self, fails: bool = False) -> None:
        self.calls = 0
        self._fails = fails

    def __call__(self, request: Any, _inputs: Any, _python: Any, _programs: Any) -> Path:
        self.calls += 1
        ready: Path = request.cache / "work" / "ready"
        ready.mkdir(parents=True)
        if self._fails:
            raise BuildError("the compiler had enough")
        (ready / "manifest.json").write_text("{}")
        return ready


def request_for(cache: Path) -> Any:
    return recipe.build.parse(["--cache", str(cache)])


@pytest.mark.usefixtures("host")
class TestReadyFolder:
    def programs(self, cache: Path) -> Any:
        return recipe.programs.Programs(cache / "logs")

    def test_it_is_built_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        builder = FakeBuild()
        monkeypatch.setattr(recipe.build, "build", builder)
        first = recipe.build.make_ready(request_for(tmp_path), self.programs(tmp_path))
        second = recipe.build.make_ready(request_for(tmp_path), self.programs(tmp_path))
        assert first == second == tmp_path / f"product-{some_inputs().key()}"
        assert (first / "manifest.json").exists()
        assert builder.calls == 1
        assert not (tmp_path / "work").exists()

    def test_a_failed_build_leaves_no_folder_and_the_next_starts_afresh(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recipe.build, "build", FakeBuild(fails=True))
        with pytest.raises(BuildError, match="had enough"):
            recipe.build.make_ready(request_for(tmp_path), self.programs(tmp_path))
        assert not list(tmp_path.glob("product-*"))
        monkeypatch.setattr(recipe.build, "build", FakeBuild())
        assert recipe.build.make_ready(request_for(tmp_path), self.programs(tmp_path)).is_dir()

    def test_who_waited_for_the_lock_takes_what_the_other_built(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builder, asked = FakeBuild(), threading.Event()
        real = recipe.needs.ask_python

        def ask(path: str, programs: Any) -> Any:
            asked.set()
            return real(path, programs)

        monkeypatch.setattr(recipe.build, "build", builder)
        monkeypatch.setattr(recipe.build, "ask_python", ask)
        found: list[Path] = []
        place = tmp_path / f"product-{some_inputs().key()}"
        waiter = threading.Thread(
            target=lambda: found.append(
                recipe.build.make_ready(request_for(tmp_path), self.programs(tmp_path))
            )
        )
        with recipe.programs.locked(tmp_path / "lock"):
            waiter.start()
            assert asked.wait(10 * SECONDS), "the other begins"
            place.mkdir()
        waiter.join(10 * SECONDS)
        assert found == [place]
        assert builder.calls == 0

    def test_the_last_line_of_standard_output_is_the_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(recipe.build, "build", FakeBuild())
        monkeypatch.setattr(recipe.build, "stop_on_signals", lambda _programs: None)
        assert recipe.build.main(["--cache", str(tmp_path)]) == 0
        written = capsys.readouterr()
        assert written.out == f"{tmp_path}/product-{some_inputs().key()}\n"
        assert "ready (" in written.err

    def test_a_failure_is_a_sentence_and_an_exit_code(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(recipe.build, "build", FakeBuild(fails=True))
        monkeypatch.setattr(recipe.build, "stop_on_signals", lambda _programs: None)
        assert recipe.build.main(["--cache", str(tmp_path)]) == 1
        written = capsys.readouterr()
        assert written.out == ""
        assert "pjsua2: the compiler had enough" in written.err


class TestCommandLine:
    def test_the_cache_obeys_xdg(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert recipe.build.default_cache() == tmp_path / "wwphone-build" / "pjsua2"
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert recipe.build.default_cache() == Path.home() / ".cache" / "wwphone-build" / "pjsua2"

    def test_an_archive_that_is_not_there_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(BuildError, match=r"--source .*nowhere\.tar: there is no such file"):
            recipe.build.parse(["--cache", str(tmp_path), "--source", str(tmp_path / "nowhere.tar")])

    def test_other_systems_are_sent_to_their_recipe(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recipe.build.platform, "system", lambda: "Darwin")
        with pytest.raises(BuildError, match=r"on Darwin use .*build_macos\.sh"):
            recipe.build.check_system()
        for name in ("build_macos.sh", "build_windows.ps1", "README.md"):
            assert (FOLDER / name).is_file()

    def test_the_script_runs_in_a_bare_python(self, tmp_path: Path) -> None:
        command = [sys.executable, "-E", "-s", "-S", str(FOLDER / "build.py"), "--help"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
        assert "--variant {product,assertions}" in done.stdout


class TestTogether:
    def test_results_come_in_the_order_of_the_tasks(self) -> None:
        assert recipe.build.together(FakePrograms(), lambda: 1, lambda: 2) == [1, 2]

    def test_the_first_failure_ends_the_others(self) -> None:
        programs, ended = FakePrograms(), threading.Event()

        def fail() -> None:
            raise BuildError("no source")

        def long() -> None:
            wait_until(lambda: programs.stopped, "being stopped", 10 * SECONDS)
            ended.set()

        with pytest.raises(BuildError, match="no source"):
            recipe.build.together(programs, long, fail)
        assert ended.is_set()


class TestManifest:
    def test_it_says_what_was_built_out_of_what(self, tmp_path: Path) -> None:
        wheel, program = tmp_path / "pjsua2-2.17.whl", tmp_path / "pjsua"
        wheel.write_bytes(b"wheel")
        program.write_bytes(b"program")
        plan = recipe.compilation.Plan("product", "x86_64", 2, ccache=False)
        compiled = recipe.compilation.Compiled("2.17", tmp_path, tmp_path, program, ["build/rules.mak"])
        manifest = recipe.build.describe(request_for(tmp_path), some_inputs(), plan, compiled, wheel)
        ready = recipe.build.assemble(tmp_path / "ready", wheel, program, manifest | {"found": {}})
        read = json.loads((ready / "manifest.json").read_text())
        assert read["pjproject"] == "2.17"
        assert read["key"] == some_inputs().key()
        assert read["wheel"]["sha256"] == recipe.sources.sha256_of(ready / wheel.name)
        assert read["sources"]["pjproject"]["sha256"] == recipe.sources.PJPROJECT.sha256
        assert "--enable-libwebrtc-aec3" in read["options"]["configure"]
        assert (ready / "bin/pjsua").read_bytes() == b"program"


def has_open(file: Path) -> bool:
    """Whether another process still writes to a file."""
    for entry in Path("/proc").glob("[0-9]*/fd/1"):
        try:
            if entry.parts[2] != str(os.getpid()) and entry.readlink() == file:
                return True
        except OSError:  # it ended while we looked, or is another user's
            continue
    return False


class TestPrograms:
    @pytest.fixture
    def programs(self, tmp_path: Path) -> Any:
        return recipe.programs.Programs(tmp_path / "logs")

    def test_output_goes_to_a_log_and_a_failure_shows_its_end(self, programs: Any, tmp_path: Path) -> None:
        programs.run([sys.executable, "-c", PROGRAM, "0"], "some")
        with pytest.raises(BuildError, match=r"(?s)ended with 3; the end of .*some\.log:.*one\ntwo|two\none"):
            programs.run([sys.executable, "-c", PROGRAM, "3"], "some")
        assert (tmp_path / "logs/some.log").read_text().count("one") >= 2

    def test_reading_gives_standard_output_alone(self, programs: Any) -> None:
        assert programs.read([sys.executable, "-c", PROGRAM, "0"], "some") == "one\n"
        with pytest.raises(BuildError, match=r"some: .* ended with 4"):
            programs.read([sys.executable, "-c", PROGRAM, "4"], "some")

    @pytest.mark.parametrize("method", ["run", "read"])
    def test_a_program_that_is_not_there_is_named(self, programs: Any, method: str) -> None:
        call: Callable[..., Any] = getattr(programs, method)
        with pytest.raises(BuildError, match="no-such-program cannot be started"):
            call(["no-such-program"], "some")

    def test_other_builds_settings_are_not_inherited(
        self, programs: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CFLAGS", "-O0")
        monkeypatch.setenv("http_proxy", "http://proxy.example")
        code = (
            "import os; print(os.environ.get('CFLAGS'), os.environ.get('http_proxy'), os.environ['LC_ALL'])"
        )
        assert programs.read([sys.executable, "-c", code], "some") == "None http://proxy.example C\n"

    def test_a_long_program_shows_that_it_is_alive(
        self, programs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(recipe.programs, "HEARTBEAT_S", 0.0)
        code = "import sys; sys.stdin.read(); import time; time.sleep(0.3)"
        programs.run([sys.executable, "-c", code], "compile", progress=lambda log: f"{len(log) > 0} files")
        assert "compile: 0 s, True files" in capsys.readouterr().err

    def test_stopping_ends_what_runs_and_starts_nothing_more(self, programs: Any, tmp_path: Path) -> None:
        raised: list[str] = []

        def run() -> None:
            with pytest.raises(BuildError) as caught:
                programs.run([sys.executable, "-c", LONG], "long")
            raised.append(str(caught.value))

        thread = threading.Thread(target=run)
        thread.start()
        log = tmp_path / "logs/long.log"
        wait_until(lambda: log.exists() and "\nbegun" in log.read_text(), "the program's first word")
        programs.stop()
        thread.join(10 * SECONDS)
        assert len(raised) == 1
        assert "was stopped" in raised[0]
        with pytest.raises(BuildError, match="not started any more"):
            programs.run([sys.executable, "-c", "pass"], "late")

    def test_stopping_ends_what_a_program_started_itself(self, programs: Any, tmp_path: Path) -> None:
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LONG!r}])"
        log = tmp_path / "logs/driver.log"

        def run() -> None:
            with pytest.raises(BuildError, match="was stopped"):
                programs.run([sys.executable, "-c", child], "driver")

        thread = threading.Thread(target=run)
        thread.start()
        wait_until(lambda: log.exists() and "\nbegun" in log.read_text(), "the grandchild's first word")
        programs.stop()
        thread.join(10 * SECONDS)
        wait_until(lambda: not has_open(log), "the grandchild's end")

    def test_a_signal_ends_the_programs_too(self, programs: Any) -> None:
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            recipe.build.stop_on_signals(programs)
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGTERM)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        with pytest.raises(BuildError, match="not started any more"):
            programs.run([sys.executable, "-c", "pass"], "late")
