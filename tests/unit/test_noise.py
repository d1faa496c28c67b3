"""Each guard against noise bites: one run of pytest over noisy tests, one question for each of them."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from devtools.places import ROOT
from tests.helpers.waiting import SECONDS

NOISY_TESTS = """
import asyncio, atexit, logging, os, subprocess, sys, threading, warnings
import keyring, pytest
from PySide6.QtCore import qWarning

log = logging.getLogger("wwphone.noisy")
ENDED = threading.Event()
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
tasks = []

def test_python_warning():
    warnings.warn("old", DeprecationWarning)

def test_qt_warning():
    qWarning("something is wrong")

def test_log_warning():
    log.warning("the line is cut")

def test_log_warning_of_a_thread():
    thread = threading.Thread(target=log.error, args=("in a thread",))
    thread.start()
    thread.join()

def test_log_expected(expected_logs):
    records = expected_logs("line is .ut", logger="wwphone")
    log.warning("the line is cut")
    assert [record.levelname for record in records] == ["WARNING"]

def test_log_of_another_logger_than_expected(expected_logs):
    expected_logs("line is cut", logger="wwphone.nois")
    log.warning("the line is cut")

def test_log_expected_never_comes(expected_logs):
    expected_logs("line is cut")

def test_log_optional(expected_logs):
    expected_logs("line is cut", optional=True)

def test_log_information():
    log.info("all is well")

def test_log_after_handlers_were_removed():
    logging.getLogger().handlers.clear()

def test_log_warning_with_handlers_removed_before():
    log.warning("the line is cut")

def test_leaked_log_handler():
    logging.basicConfig(force=True, level=logging.INFO)

async def test_leaked_task():
    tasks.append(asyncio.create_task(asyncio.Event().wait(), name="forgotten"))

async def test_cancelled_task():
    asyncio.create_task(asyncio.Event().wait()).cancel()

async def test_task_exception_nobody_retrieved():
    async def fail():
        raise ValueError("nobody asks")
    task = asyncio.create_task(fail())
    await asyncio.wait([task])

def test_leaked_task_of_asyncio_run():
    async def leave():
        tasks.append(asyncio.create_task(asyncio.Event().wait()))
    asyncio.run(leave())

def test_slow_callback_in_debug_mode():
    async def block():
        asyncio.get_running_loop().slow_callback_duration = 0.0
        await asyncio.sleep(0)
    asyncio.run(block(), debug=True)

def test_leaked_thread():
    threading.Thread(target=ENDED.wait, name="forgotten").start()

def test_daemon_thread():
    threading.Thread(target=ENDED.wait, daemon=True).start()

def start_sleeper():
    process = subprocess.Popen(SLEEPER)
    atexit.register(process.kill)
    return process

def test_leaked_process():
    tasks.append(start_sleeper())

@pytest.fixture(scope="class")
def careless():
    return start_sleeper()

class TestCareless:
    def test_process_of_a_class(self, careless):
        assert careless.poll() is None

    def test_process_left_by_a_class(self, careless):
        assert careless.poll() is None

@pytest.fixture(scope="module")
def server():
    process = subprocess.Popen(SLEEPER)
    thread = threading.Thread(target=ENDED.wait)
    thread.start()
    yield process
    process.kill()
    process.wait()
    ENDED.set()
    thread.join()

def test_process_of_a_module(server):
    assert server.poll() is None

def test_process_of_a_module_goes_on(server):
    assert server.poll() is None

def test_keyring_refuses():
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("wwphone", "anna")

def test_keyring_without_a_name():
    class Anything(keyring.backend.KeyringBackend):
        priority = 1
        get_password = set_password = delete_password = lambda *arguments: None
    before = keyring.get_keyring()
    keyring.set_keyring(Anything())

def test_keyring_put_back(fake_keyring):
    fake_keyring.set_password("wwphone", "anna", "secret")
    assert keyring.get_password("wwphone", "anna") == "secret"

def test_home_is_not_ours():
    assert os.environ["HOME"] != os.environ["HOME_OUTSIDE"]
    assert os.environ["XDG_CONFIG_HOME"].startswith(os.environ["HOME"])
"""

GOOD = [
    "test_keyring_put_back",
    "test_log_expected",
    "test_log_optional",
    "test_log_information",
    "test_cancelled_task",
    "test_daemon_thread",
    "test_process_of_a_class",
    "test_process_of_a_module",
    "test_process_of_a_module_goes_on",
    "test_keyring_refuses",
    "test_home_is_not_ours",
    "test_log_after_handlers_were_removed",
]

BAD = {
    "test_python_warning": "DeprecationWarning: old",
    "test_qt_warning": "Qt messages with level WARNING or above",
    "test_log_warning": "unexpected log: WARNING wwphone.noisy: the line is cut",
    "test_log_warning_of_a_thread": "unexpected log: ERROR wwphone.noisy: in a thread",
    "test_log_of_another_logger_than_expected": "unexpected log: WARNING wwphone.noisy: the line is cut",
    "test_log_expected_never_comes": "expected log never came: 'line is cut'",
    "test_log_warning_with_handlers_removed_before": "unexpected log: WARNING wwphone.noisy",
    "test_leaked_log_handler": "leaked log handler: <StreamHandler",
    "test_leaked_task": "leaked asyncio task: <Task pending name='forgotten'",
    "test_task_exception_nobody_retrieved": "Task exception was never retrieved",
    "test_leaked_task_of_asyncio_run": "leaked asyncio task: <Task pending",
    "test_slow_callback_in_debug_mode": "Executing <",
    "test_leaked_thread": "leaked thread: <Thread(forgotten",
    "test_leaked_process": "leaked process",
    "test_process_left_by_a_class": "leaked process",
    "test_keyring_without_a_name": "is neither real nor named Fake",
}


@pytest.fixture(scope="module")
def noisy_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all noisy tests once; by the name of each what made it fail, nothing when it passed."""
    folder = tmp_path_factory.mktemp("noisy")
    (folder / "test_noisy.py").write_text(NOISY_TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", "--junitxml=report.xml", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME_OUTSIDE": os.environ["HOME"]}
    environment["WWPHONE_TEST_PATIENCE"] = "0.1"  # what leaks here leaks for good: no need to wait for it
    log = folder / "output.txt"
    with log.open("w") as output:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            timeout=60 * SECONDS,
            check=False,
        )
    assert done.returncode == 1, log.read_text()
    said: dict[str, str] = {}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        complaints = [f"{e.get('message')}\n{e.text}" for tag in ("failure", "error") for e in case.iter(tag)]
        said[case.attrib["name"]] = said.get(case.attrib["name"], "") + "\n".join(complaints)
    return said


@pytest.mark.parametrize("name", BAD)
def test_noise_fails_the_test(noisy_run: dict[str, str], name: str) -> None:
    assert BAD[name] in noisy_run[name]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_allowed_passes(noisy_run: dict[str, str], name: str) -> None:
    assert noisy_run[name] == ""
