"""Start-up time and memory, beside the desktop phones of Debian on one virtual screen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from benchmarks.figures import Figure, median
from benchmarks.processes import descendants, memory_mib, name_of
from benchmarks.window import Window
from tests.helpers.display import VirtualDisplay

ROUNDS = 5
MOST_START_S = 1.0
MOST_MEMORY_RATIO = 0.6
_SETTLE_S = 4.0
_WINDOW_TIMEOUT_S = 40.0
PEERS = ("linphone", "twinkle")


async def start_and_memory(folder: Path, window: Window) -> list[Figure]:
    """Our start-up (median of warm starts) and memory, and each peer's that is installed."""
    with VirtualDisplay(folder / "display") as display:
        starts: list[float] = []
        memory = 0.0
        for _ in range(ROUNDS + 1):
            starts.append(await window.start(display.environment()))
            await asyncio.sleep(_SETTLE_S)
            memory = sum(memory_mib(pid) for pid in descendants(window.pid))
            await window.stop()
        ours_s = median(starts[1:])
        figures = [
            Figure(
                "start to painted window", "s", ours_s, 0.0, "", f"≤ {MOST_START_S} s", ours_s <= MOST_START_S,
                f"median of {ROUNDS} warm starts, slowest {max(starts[1:]):.2f}, under Xvfb",
            )
        ]  # fmt: skip
        for name in PEERS:
            if shutil.which(name):
                start_s, peer_mib = await _peer(name, folder, display)
                judged = name == "linphone"
                figures.append(
                    Figure(
                        f"memory beside {name}", "MiB", memory, peer_mib, name,
                        f"≤ {MOST_MEMORY_RATIO} x" if judged else "",
                        not judged or memory / peer_mib <= MOST_MEMORY_RATIO,
                        f"proportional set size, signed in; {name} (no account) had its window after {start_s:.1f} s",
                    )
                )  # fmt: skip
    return figures


async def _peer(name: str, folder: Path, display: VirtualDisplay) -> tuple[float, float]:
    home = folder / f"home-{name}"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        **display.environment(),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "QT_QUICK_BACKEND": "software",
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    command = ("dbus-run-session", "--", name)  # Linphone waits for ever without a session bus
    before = {one.number for one in display.windows()}
    began_s = time.monotonic()
    with (folder / f"{name}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=log,
            stderr=log,
            stdin=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(_WINDOW_TIMEOUT_S):
            while not {one.number for one in display.windows()} - before:  # noqa: ASYNC110 - X tells nobody
                await asyncio.sleep(0.05)
        start_s = time.monotonic() - began_s
        await asyncio.sleep(_SETTLE_S)
        return start_s, sum(memory_mib(pid) for pid in descendants(process.pid) if name_of(pid) == name)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
