"""``dev.py`` as a person uses it, in a small project with recipes that only say where something lies."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.commands import COMMANDS
from devtools.places import ROOT
from tests.helpers.waiting import SECONDS, wait_until
from tests.unit.devtools.small_project import SmallProject, write_wheel
from tests.unit.devtools.test_system_packages import FakeSystem

PRINT_ARGUMENTS = (
    "import os, sys\nprint(sys.argv[1:])\nprint(os.environ.get('WWPHONE_ASTERISK'))\nsys.exit(3)\n"
)


STEPS = (
    "virtual environment",
    "Asterisk",
    "PJSIP with sound",
    "PJSIP with assertions",
    "pjsua2 into the virtual environment",
    "pjsua2 with assertions beside it",
)


def test_setup_makes_everything_once(empty_project: SmallProject) -> None:
    first = empty_project.run("setup")
    second = empty_project.run("setup")

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    assert sorted(empty_project.asked()) == [
        "asterisk",
        "pjsua2 --variant assertions",
        "pjsua2 --variant product",
    ]
    for name in STEPS:
        assert f"{name}: done (" in first.stderr
    assert "virtual environment: up to date (0." in second.stderr
    assert second.stderr.count("up to date") == 5
    assert (empty_project.folder / ".cache/pjsua2-assertions/pjsua2.py").read_text() == "answer = 42\n"
    assert _answer(empty_project.folder / ".venv") == "42"

    write_wheel(empty_project.wheel, "answer = 43\n")
    assert "pjsua2 into the virtual environment: done" in empty_project.run("setup").stderr
    assert _answer(empty_project.folder / ".venv") == "43"


def _answer(environment: Path) -> str:
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    words = [str(python), "-c", "import pjsua2; print(pjsua2.answer)"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def test_a_changed_recipe_is_asked_again(small_project: SmallProject) -> None:
    assert small_project.run("demo").returncode == 1  # there is no demo in this project
    small_project.write("packaging/asterisk/etc/modules.conf", "")
    small_project.run("demo")

    assert sorted(small_project.asked()) == ["asterisk", "asterisk", "pjsua2 --variant product"]


def test_a_lost_build_is_asked_for_again(small_project: SmallProject) -> None:
    small_project.run("demo")
    moved = small_project.folder / "ready" / "asterisk"
    moved.rename(moved.with_name("gone"))

    assert "without naming a folder" in small_project.run("demo").stderr
    assert small_project.asked()[-1] == "asterisk"


def test_demo_gets_its_arguments_and_gives_its_exit_code(small_project: SmallProject) -> None:
    small_project.write("demo/__main__.py", PRINT_ARGUMENTS)

    done = small_project.run("demo", "--headless", "--seconds", "5", "--yes")

    ready = small_project.folder / "ready" / "asterisk"
    assert done.stdout == f"['--headless', '--seconds', '5']\n{ready}\n"
    assert done.returncode == 3


def test_what_python_compiles_is_kept_for_the_next_program(small_project: SmallProject) -> None:
    small_project.write("demo/__main__.py", "import demo.word\n")
    small_project.write("demo/word.py", "")

    done = small_project.run("demo", variables={"PYTHONDONTWRITEBYTECODE": "1"})

    assert done.returncode == 0, done.stderr
    assert list(small_project.folder.glob("demo/__pycache__/word.*.pyc"))


def test_an_asterisk_the_person_named_is_used(small_project: SmallProject) -> None:
    small_project.write("demo/__main__.py", PRINT_ARGUMENTS)

    done = small_project.run("demo", variables={"WWPHONE_ASTERISK": "/opt/asterisk"})

    assert done.stdout.splitlines()[-1] == "/opt/asterisk"
    assert "asterisk" not in small_project.asked()


@pytest.mark.parametrize(
    ("command", "package"), [("bench", "benchmarks"), ("screenshots", "tests/screenshots")]
)
def test_programs_behind_the_door(small_project: SmallProject, command: str, package: str) -> None:
    small_project.write(f"{package}/__main__.py", PRINT_ARGUMENTS)

    done = small_project.run(command, "--json", "figures.json")

    assert done.stdout.startswith("['--json', 'figures.json']\n")
    assert done.returncode == 3


@pytest.mark.parametrize(
    ("body", "exit_code"),
    [
        ("def test_it(): pass", 0),
        ("def test_it(): assert False", 1),
        ("def no_test(): pass", 5),
    ],
)
def test_test_gives_the_exit_code_of_pytest(small_project: SmallProject, body: str, exit_code: int) -> None:
    small_project.write("tests/test_it.py", body)

    done = small_project.run("test", "-q", "-p", "no:cacheprovider")

    assert done.returncode == exit_code, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("s")  # pytest's own summary is the last line


def test_tests_are_told_where_the_engines_are(small_project: SmallProject) -> None:
    small_project.write(
        "tests/test_it.py",
        """
        import importlib.util, os, pathlib
        def test_it():
            place = pathlib.Path(os.environ["WWPHONE_PJSUA2_ASSERTIONS"])
            assert "answer = 42" in (place / "pjsua2.py").read_text()
            assert list(pathlib.Path(os.environ["WWPHONE_PJSUA2"]).glob("*.whl"))
            assert pathlib.Path(os.environ["WWPHONE_ASTERISK"], "asterisk.txt").exists()
        """,
    )

    done = small_project.run("test", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.alone
def test_a_warm_start_takes_less_than_a_second(small_project: SmallProject) -> None:
    small_project.write("demo/__main__.py", "")
    assert small_project.run("demo").returncode == 0

    took_s = []
    for _ in range(3):
        started_s = time.monotonic()
        assert small_project.run("demo").returncode == 0
        took_s.append(time.monotonic() - started_s)

    assert min(took_s) < 1 * SECONDS


def test_two_at_once_take_turns(small_project: SmallProject) -> None:
    small_project.write("demo/__main__.py", "")
    hold = small_project.write("hold", "")
    with small_project.start("demo") as first:
        wait_until(small_project.asked, "the first to be building")
        with small_project.start("demo") as second:
            assert second.stderr is not None
            assert "waiting for another dev.py" in second.stderr.readline()
            hold.unlink()
            assert first.wait(60 * SECONDS) == 0
            assert second.wait(60 * SECONDS) == 0
            second.communicate()
        first.communicate()

    assert sorted(small_project.asked()) == ["asterisk", "pjsua2 --variant product"]


def test_a_failing_recipe_is_told_with_its_output(small_project: SmallProject) -> None:
    small_project.write("packaging/asterisk/fetch.py", "import sys\nprint('half')\nsys.exit('no network')")

    done = small_project.run("demo")

    assert done.returncode == 1
    assert "Asterisk: failed" in done.stderr
    assert "no network" in done.stderr
    assert "ended with 1" in done.stderr


@pytest.fixture
def _hears_ctrl_c() -> Iterator[None]:
    """What runs in the background of a shell ignores SIGINT, and so does what it starts; a handler is not passed on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_hears_ctrl_c")
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_the_door_stops_everything(
    small_project: SmallProject, signal_number: signal.Signals
) -> None:
    small_project.write("hold", "")
    with small_project.start("demo") as door:
        wait_until(lambda: len(small_project.asked()) == 2, "both recipes to run")
        door.send_signal(signal_number)
        assert door.wait(10 * SECONDS) == 130
        _, told = door.communicate()

    assert told.endswith("interrupted\n")
    assert "PJSIP with sound: failed" in told
    assert _programs_in(small_project.folder) == []


@pytest.mark.parametrize(
    ("words", "variables", "exit_code"),
    [
        (["demo"], {}, 1),
        (["demo", "--yes"], {}, 0),
        (["--yes", "demo"], {}, 0),
        (["demo"], {"CI": "true"}, 0),
    ],
)
def test_yes_or_a_machine_install_without_asking(
    small_project: SmallProject, tmp_path: Path, words: list[str], variables: dict[str, str], exit_code: int
) -> None:
    small_project.write("demo/__main__.py", "")
    small_project.write("packaging/linux/system-packages.txt", "libnew\n")
    system = FakeSystem(tmp_path / "system")

    done = small_project.run(*words, variables={"PATH": system.path, **variables})

    assert done.returncode == exit_code, done.stderr
    assert bool(system.installs()) == (exit_code == 0)
    assert ("--yes:\n  apt-get install" in done.stderr) == (exit_code == 1)


def _programs_in(folder: Path) -> list[str]:
    listed = subprocess.run(["ps", "-axo", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


def test_usage() -> None:
    every = [*COMMANDS, "--yes"]
    for words, exit_code in (["--help"], 0), ([], 2), (["nonsense"], 2):
        done = subprocess.run(
            [sys.executable, str(ROOT / "dev.py"), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == exit_code
        assert all(word in done.stderr for word in every)


def test_an_old_python_is_refused_in_words() -> None:
    program = "import runpy, sys; sys.version_info = (3, 10, 9, 'final', 0); runpy.run_path(sys.argv[1])"
    words = [sys.executable, "-c", program, str(ROOT / "dev.py")]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "3.10.9" in done.stderr
    assert "Traceback" not in done.stderr
