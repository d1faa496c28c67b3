"""What both halves of the fetch need: steps with durations, running programs, a lock, checksums."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HEARTBEAT_S = 5.0


class FetchError(Exception):
    """Asterisk cannot be made ready; the text says why and what to do."""


def say(text: str) -> None:
    """Print a line for the person; standard output belongs to the path alone."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done and then how long it took."""
    started_s = time.monotonic()
    say(f"{title} …")
    yield
    say(f"{title}: done ({time.monotonic() - started_s:.1f} s)")


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, good: Sequence[int] = (0,)
) -> str:
    """Run a program and return its standard output. Raises FetchError with its last words when it fails."""
    done = subprocess.run(
        command, env={**os.environ, "LC_ALL": "C", **(environment or {})}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode not in good:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise FetchError(f"{Path(command[0]).name} ended with {done.returncode}:\n{last}")
    return done.stdout


def run_shown(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run apt and say now and then how far it is."""
    lines: list[str] = []
    shown_s = time.monotonic()
    with subprocess.Popen(
        command, env={**os.environ, "LC_ALL": "C", **environment}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if need := re.match(r"Need to get (\S+ \S+)", line):
                say(f"  {need[1]} to download")
            if time.monotonic() - shown_s > HEARTBEAT_S:
                shown_s = time.monotonic()
                say(f"  {sum(text.startswith('Get:') for text in lines)} packages begun")
    if process.returncode != 0:
        raise FetchError(f"apt-get ended with {process.returncode}:\n{''.join(lines[-8:])}")


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock that the kernel drops when we die; waits for whoever makes the same thing now."""
    import fcntl  # noqa: PLC0415 - not on Windows, where check_tools() has said so before

    with file.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("asterisk: another process is making it, waiting")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def sha256(file: Path) -> str:
    """Return the checksum of a file in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
