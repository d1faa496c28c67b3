"""The list of 10,000 colleagues of whom 5,000 change every second: what it costs, whether it stutters, whether it is right."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from benchmarks.storm import Storm
from demo.order import Order
from tests.helpers.certificates import CertificateAuthority
from tests.helpers.display import VirtualDisplay
from tests.helpers.fake_cti_core import PASSWORD

PEOPLE = 10_000
CHANGES_PER_S = 5_000
SECONDS = 60.0
FRAME_MS = 1000 / 60
MOST_CPU = 30.0
_TIMEOUT_S = 60.0
_SETTLE_S = 3.0
_CATCH_UP_S = 10.0


async def crowded_list(folder: Path, seconds: float = SECONDS) -> list[Figure]:
    """Measure under Xvfb."""
    with VirtualDisplay(folder / "display", 1280, 900) as display:
        told, wrong, behind_s = await _storm(folder, display, seconds)
    drawn, handled = np.array(told["drawn_ms"]), np.array(told["handled_ms"])
    p99_ms = float(np.percentile(drawn, 99))
    busy = told["cpu_s"] / told["seconds"] * 100
    what = f"list of {PEOPLE}, {CHANGES_PER_S} changes/s"
    return [
        Figure(
            f"{what}: frame p99", "ms", p99_ms, 0.0, "", f"≤ {FRAME_MS:.1f} ms", p99_ms <= FRAME_MS and not wrong,
            f"{len(drawn)} drawn in {told['seconds']:.0f} s, median {np.median(drawn):.1f}, slowest {drawn.max():.1f} ms; other events p99 "
            f"{np.percentile(handled, 99):.1f}, slowest {handled.max():.1f} ms; {wrong} lines wrong {behind_s:.0f} s after the end",
        ),
        Figure(f"{what}: CPU", "%", busy, 0.0, "", f"≤ {MOST_CPU:.0f} %", busy <= MOST_CPU, "of a core; the client's process"),
    ]  # fmt: skip


async def _storm(folder: Path, display: VirtualDisplay, seconds: float) -> tuple[dict[str, Any], int, float]:
    """Return what the client counted, how many of its lines differ from the server's truth, and how long that took."""
    authority = CertificateAuthority(folder / "ca")
    certificate = authority.good()
    truth, result = folder / "truth.json", folder / "told.json"
    order = Storm(
        str(certificate.certificate_file),
        str(certificate.key_file),
        PEOPLE,
        CHANGES_PER_S,
        seconds,
        str(truth),
    )
    server = await _start(folder, "benchmarks.storm", (), order, {})
    port = json.loads(await _line(server))["port"]
    visit = Order("localhost", port, str(authority.ca_file), "user0", PASSWORD, "en", str(folder / "home"))
    client = await _start(folder, "benchmarks.drawing", (str(result),), visit, display.environment())
    try:
        await _line(client)
        await asyncio.sleep(_SETTLE_S)  # until all that a start brings with it is over
        client.send_signal(signal.SIGUSR1)
        _write(server)
        await asyncio.wait_for(_line(server), seconds + _TIMEOUT_S)
        behind_s, wrong = 0.0, 1
        while wrong and behind_s < _CATCH_UP_S:
            await asyncio.sleep(1.0)
            behind_s += 1.0
            client.send_signal(signal.SIGUSR2)
            while await _line(client) != "told":
                continue
            wrong = _differences(
                json.loads(result.read_text("utf-8"))["lines"], json.loads(truth.read_text("utf-8"))
            )
        display.screenshot(folder / "list.png")
    finally:
        for process in (client, server):
            process.terminate()
            await process.wait()
    return json.loads(result.read_text("utf-8")), wrong, behind_s


def _differences(lines: dict[str, Any], truth: dict[str, Any]) -> int:
    wrong = [user for user, state in truth.items() if lines.get(user) != state]
    return len(wrong) + len(set(lines) - set(truth))


async def _start(
    folder: Path, module: str, arguments: tuple[str, ...], order: Storm | Order, screen: dict[str, str]
) -> Process:
    with (folder / f"{module}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env={**os.environ, **screen},
        )
    _write(process, json.dumps(asdict(order)))
    return process


def _write(process: Process, line: str = "") -> None:
    assert process.stdin
    process.stdin.write(line.encode() + b"\n")


async def _line(process: Process) -> str:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), _TIMEOUT_S * 2)
    if not line:
        raise RuntimeError("a process of the measurement ended at once")
    return line.decode().strip()
