"""The engine object itself: one in a process at a time, started and ended as often as one likes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.waiting import SECONDS

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = """
import asyncio
from wwphone.sip.api import EngineSettings, SipError
from wwphone.sip.pjsua.engine import PjsuaEngine

async def main():
    first, second = PjsuaEngine(), PjsuaEngine()
    settings, events = EngineSettings("test", bind_address="127.0.0.1", null_sound=True), []
    await first.shutdown()
    await first.start(settings, events.append)
    for engine in (first, second):
        try:
            await engine.start(settings, events.append)
        except SipError as refused:
            print("refused:", refused)
    await first.shutdown()
    await first.shutdown()
    told = len(events)
    first.dial("207", "x")
    await second.start(settings, events.append)
    await second.shutdown()
    print("told", told > 0, len(events) > told)

asyncio.run(main())
"""
_ENDS_WITHOUT_SHUTDOWN = """
import asyncio
from wwphone.sip.api import EngineSettings
from wwphone.sip.pjsua.engine import PjsuaEngine

asyncio.run(PjsuaEngine().start(EngineSettings("test", bind_address="127.0.0.1", null_sound=True), print))
print("end")
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30 * SECONDS,
    )


def test_one_engine_at_a_time_and_one_after_the_other() -> None:
    done = _run(_PROGRAM)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "refused: the SIP engine runs already" in lines
    assert "refused: another SIP engine runs in this process" in lines
    assert lines[-1] == "told True True"
    assert "the SIP engine does not run" in done.stderr  # the command after the end


def test_a_program_that_forgets_to_end_it_ends_all_the_same() -> None:
    done = _run(_ENDS_WITHOUT_SHUTDOWN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "end"
