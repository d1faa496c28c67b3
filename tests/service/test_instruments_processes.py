from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.ports import LOOPBACK, bound_addresses, free_port, free_port_pair
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until

_IDLE = ["tail", "-f", "/dev/null"]
_STUBBORN = "trap '' TERM; echo deaf; exec tail -f /dev/null"


def test_a_program_runs_with_its_log_until_it_is_stopped(tmp_path: Path) -> None:
    with ChildProcess(
        "talker", ["sh", "-c", "echo ready; exec tail -f /dev/null"], tmp_path / "log" / "a.log"
    ) as child:
        child.wait_until_ready(lambda: "ready" in child.log_text(), "its word")
        assert child.is_running()
        pid = child.pid

    assert child.exit_code == -signal.SIGTERM
    assert not _exists(pid)
    assert child.log_text() == "ready\n"


def test_environment_and_folder_reach_the_program(tmp_path: Path) -> None:
    child = ChildProcess(
        "env",
        ["sh", "-c", "echo $COLOUR; pwd"],
        tmp_path / "a.log",
        environment={"COLOUR": "green"},
        folder=tmp_path,
    )

    assert child.start().wait_for_end() == 0
    assert child.log_text().split() == ["green", str(tmp_path)]


def test_a_program_that_ends_early_is_told_with_its_log(tmp_path: Path) -> None:
    child = ChildProcess("liar", ["sh", "-c", "echo no such port; exit 3"], tmp_path / "a.log").start()

    with pytest.raises(AssertionError, match=r"liar ended with 3 instead of a port\n.*\nno such port"):
        child.wait_until_ready(lambda: False, "a port")


def test_a_program_that_never_gets_ready_is_told_with_its_log(tmp_path: Path) -> None:
    with ChildProcess(
        "sleeper", ["sh", "-c", "echo zzz; exec tail -f /dev/null"], tmp_path / "a.log"
    ) as child:
        wait_until(lambda: "zzz" in child.log_text(), "its word")
        with pytest.raises(AssertionError, match=r"(?s)sleeper: waited 0\.2 s for a port.*zzz"):
            child.wait_until_ready(lambda: False, "a port", timeout_s=0.2)


def test_a_program_that_does_not_end_is_told_with_its_log(tmp_path: Path) -> None:
    with (
        ChildProcess("endless", _IDLE, tmp_path / "a.log") as child,
        pytest.raises(AssertionError, match=r"endless still runs after 0\.1 s"),
    ):
        child.wait_for_end(timeout_s=0.1)


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = ChildProcess("stubborn", ["bash", "-c", _STUBBORN], tmp_path / "a.log").start()
    child.wait_until_ready(lambda: "deaf" in child.log_text(), "its word")

    assert child.stop(timeout_s=0.2 * SECONDS) == -signal.SIGKILL


def test_what_the_program_started_ends_with_it(tmp_path: Path) -> None:
    script = "tail -f /dev/null & echo $! ; wait"
    child = ChildProcess("parent", ["sh", "-c", script], tmp_path / "a.log").start()
    child.wait_until_ready(lambda: child.log_text().strip(), "its child")

    child.stop()

    wait_until(lambda: not _exists(int(child.log_text())), "the end of the grandchild")


def test_it_starts_again_after_a_crash_and_keeps_its_log(tmp_path: Path) -> None:
    child = ChildProcess(
        "phoenix", ["sh", "-c", "echo up; exec tail -f /dev/null"], tmp_path / "a.log"
    ).start()
    child.wait_until_ready(lambda: child.log_text() == "up\n", "its first word")

    child.kill()
    assert child.exit_code == -signal.SIGKILL
    with child:
        child.wait_until_ready(lambda: child.log_text() == "up\nup\n", "its second word")
        with pytest.raises(AssertionError, match="phoenix runs already"):
            child.start()


def test_a_frozen_program_wakes_again(tmp_path: Path) -> None:
    with ChildProcess("sleeper", _IDLE, tmp_path / "a.log") as child:
        child.send_signal(signal.SIGSTOP)
        wait_until(lambda: _state(child.pid) == "T", "the freeze")
        child.send_signal(signal.SIGCONT)
        wait_until(lambda: _state(child.pid) != "T", "the thaw")


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="ghost: no program 'no-such-program'"):
        ChildProcess("ghost", ["no-such-program"], tmp_path / "a.log").start()


def test_stopping_what_never_ran_is_nothing(tmp_path: Path) -> None:
    child = ChildProcess("unborn", ["true"], tmp_path / "a.log")

    assert child.stop() is None
    assert child.log_text() == ""
    assert not child.is_running()


def test_the_program_ends_when_the_test_run_is_killed(tmp_path: Path) -> None:
    test_run = (
        "import signal, sys; from pathlib import Path; from tests.helpers.processes import ChildProcess\n"
        "child = ChildProcess('orphan', ['tail', '-f', '/dev/null'], Path(sys.argv[1])).start()\n"
        "print(child.pid, flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", test_run, str(tmp_path / "a.log")], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        orphan = int(run.stdout.readline())
        # Whoever is killed before setpriv has asked the kernel leaves an orphan: that is for the kernel to mend.
        wait_until(lambda: Path(f"/proc/{orphan}/comm").read_text() == "tail\n", "the program itself")
        run.kill()

    wait_until(lambda: not _exists(orphan), "the end of the orphan")


def test_free_ports_are_free_and_never_given_twice() -> None:
    ports = [free_port() for _ in range(50)]

    assert len(set(ports)) == 50
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as taker:
            taker.bind((LOOPBACK, ports[0]))


def test_a_pair_of_ports_is_a_port_and_the_next() -> None:
    first = free_port_pair()

    for port in (first, first + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taker:
            taker.bind((LOOPBACK, port))
    assert free_port_pair() not in (first, first + 1)


@pytest.mark.parametrize(
    ("family", "asked", "told"),
    [
        (socket.AF_INET, LOOPBACK, LOOPBACK),
        (socket.AF_INET, "0.0.0.0", "0.0.0.0"),
        (socket.AF_INET6, "::1", "::1"),
        (socket.AF_INET6, "::", "::"),
    ],
)
def test_the_addresses_of_a_process_are_told(family: socket.AddressFamily, asked: str, told: str) -> None:
    before = bound_addresses(os.getpid()) - {told}

    with socket.socket(family, socket.SOCK_DGRAM) as taker:
        taker.bind((asked, 0))

        assert bound_addresses(os.getpid()) == before | {told}


def _exists(pid: int) -> bool:
    """Whether a process lives; a zombie that waits for its parent does not."""
    return _state(pid) not in ("", "Z", "X")


def _state(pid: int) -> str:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
