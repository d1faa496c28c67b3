"""Which programs this process has started and that still run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_STATE_ZOMBIE = "Z"


@dataclass(frozen=True)
class Child:
    """A running child process; two with the same id and start time are the same."""

    pid: int
    started: str
    command: str = field(compare=False)


def running_children() -> set[Child]:
    """Return the direct children that run, zombies not counted; nothing on Windows, which keeps no such list."""
    return _WAYS.get(sys.platform, _from_ps)()


def _from_proc() -> set[Child]:
    children: set[Child] = set()
    for thread in Path("/proc/self/task").iterdir():
        try:
            pids = (thread / "children").read_text().split()
        except OSError:
            continue  # the thread has ended meanwhile
        for pid in pids:
            child = _read_proc(int(pid))
            if child is not None:
                children.add(child)
    return children


def _read_proc(pid: int) -> Child | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None  # it has ended meanwhile
    fields = stat.rpartition(")")[2].split()  # from the third field of proc(5) on: state, ppid, …
    if fields[0] == _STATE_ZOMBIE:
        return None
    return Child(pid, fields[19], command.replace(b"\0", b" ").decode(errors="replace").strip())


def _from_ps() -> set[Child]:
    command = ["ps", "-axwwo", "pid=,ppid=,stat=,lstart=,command="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    children: set[Child] = set()
    for line in listed.stdout.splitlines():
        words = line.split()
        if int(words[1]) == os.getpid() and not words[2].startswith(_STATE_ZOMBIE) and words[8] != "ps":
            children.add(Child(int(words[0]), " ".join(words[3:8]), " ".join(words[8:])))
    return children


Look = Callable[[], set[Child]]
_WAYS: dict[str, Look] = {"linux": _from_proc, "win32": set}
