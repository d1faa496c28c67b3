"""`python3 dev.py bench [--json FILE]`: measure everything once and print the table."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.crowded_list import crowded_list
from benchmarks.desktop import start_and_memory
from benchmarks.fan_out import fan_out
from benchmarks.figures import Figure, table
from benchmarks.latency import dial_to_invite, invite_to_popup
from benchmarks.phonebook import phonebook
from benchmarks.steady import cpu_in_call, idle_wake_ups
from benchmarks.window import Window
from demo.company import Company, Plan
from wwphone.cti.api import Credentials
from wwphone.cti.link import WebSocketLink
from wwphone.domain.account import SipAccount


def machine() -> str:
    """What this was measured on."""
    model = "unknown processor"
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text("utf-8").splitlines()
        model = next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model
        )
    return f"{model}, {os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"


async def measure(folder: Path) -> list[Figure]:
    """All figures, one after the other: nothing else of ours runs beside what is measured."""
    figures = [await dial_to_invite(folder)]
    window = Window(folder / "window")
    await window.open()
    try:
        figures += await start_and_memory(folder, window)
        await window.start()
        figures.append(await idle_wake_ups(folder, window))
        figures += await invite_to_popup(folder, window)
        await window.stop()
    finally:
        await window.close()
    figures.append(await _in_call(folder))
    (folder / "crowded").mkdir()
    figures += await crowded_list(folder / "crowded")
    (folder / "fan-out").mkdir()
    (folder / "phonebook").mkdir()
    figures += phonebook(folder / "phonebook")
    figures += await fan_out(Path(os.environ["WWPHONE_ASTERISK"]), folder / "fan-out")
    return figures


async def _in_call(folder: Path) -> Figure:
    asterisk = Path(os.environ["WWPHONE_ASTERISK"])
    plan = Plan(asterisk, folder / "company", folder / "voices", "en", "anna", colleagues=0, tls=False)
    plan.folder.mkdir(exist_ok=True)
    company = Company(plan, lambda text: print(text, file=sys.stderr))
    try:
        await company.start()
        accounts = (await _account(company, "carla"), await _account(company, "dario"))
        assert company.ports
        return await cpu_in_call(folder, accounts, company.ports)
    finally:
        await company.stop()


async def _account(company: Company, user: str) -> SipAccount:
    link = WebSocketLink()
    answer = await link.sign_in(company.address, Credentials(user, company.passwords[user]))
    await link.sign_out()
    await link.shutdown()
    assert answer.sip_account
    return answer.sip_account


def main() -> int:
    """Measure, print, and say whether every target was met."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wwphone-bench-") as folder:
        figures = asyncio.run(measure(Path(folder)))
    print(f"\n{machine()}\n\n{table(figures)}")
    if arguments.json:
        content = {"machine": machine(), "figures": [asdict(one) for one in figures]}
        arguments.json.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0 if all(one.met for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
