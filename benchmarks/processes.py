"""What the kernel says of a process: CPU time, wake-ups, memory. Linux only."""

from __future__ import annotations

from pathlib import Path


def cpu_s(pid: int) -> float:
    """Time on a processor of all running threads of a process, in seconds (proc(5), schedstat: nanoseconds)."""
    total_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total_ns += int((task / "schedstat").read_text("utf-8").split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total_ns / 1e9


def wake_ups(pid: int) -> int:
    """How often threads of a process went to sleep by themselves, hence were woken (proc(5), status)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            lines = (task / "status").read_text("utf-8").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
    return total


def memory_mib(pid: int) -> float:
    """Proportional set size in MiB: its own pages, and its share of those it shares (proc(5), smaps_rollup)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"the kernel tells nothing of the memory of {pid}")


def descendants(pid: int) -> list[int]:
    """A process and all that it started, transitively."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def name_of(pid: int) -> str:
    """The program's name as the kernel keeps it, 15 characters at most."""
    return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
