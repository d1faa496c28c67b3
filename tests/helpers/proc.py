"""What Linux tells of a running process: wake-ups, memory, open files."""

from __future__ import annotations

from pathlib import Path


def wake_ups(pid: int) -> int:
    """How often the threads of a process have gone to sleep and been woken so far."""
    statuses = [(task / "status").read_text("ascii") for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(_number_after(status, "\nvoluntary_ctxt_switches:") for status in statuses)


def resident_kib(pid: int) -> int:
    """How much memory a process holds, in KiB."""
    return _number_after(Path(f"/proc/{pid}/status").read_text("ascii"), "VmRSS:")


def open_files(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _number_after(text: str, name: str) -> int:
    return int(text.partition(name)[2].split()[0])
