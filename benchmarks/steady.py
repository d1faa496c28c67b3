"""What a phone costs while nothing happens, and while somebody talks."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path

from benchmarks.figures import Figure, median
from benchmarks.latency import MOST_RATIO
from benchmarks.pjsua import Login, Pjsua
from benchmarks.processes import cpu_s, wake_ups
from benchmarks.sink import HOST, Sink
from benchmarks.window import Window
from demo.phone import Phone
from demo.private_asterisk import AsteriskPorts
from wwphone.domain.account import SipAccount
from wwphone.domain.numbers import ECHO_TEST_NUMBER

IDLE_S = 20.0
MOST_WAKE_UPS = 5.0
TALK_S = 8.0
ROUNDS = 3
_SETTLE_S = 2.0


async def idle_wake_ups(folder: Path, window: Window) -> Figure:
    """Wake-ups a second of the whole signed-in client and of pjsua, both registered and otherwise idle."""
    sink = await Sink().open()
    pjsua = Pjsua(folder / "pjsua-idle", Login("bench", "unused", HOST, sink.port))
    await pjsua.start()
    await asyncio.sleep(_SETTLE_S)
    before_s, ours, peer = time.monotonic(), wake_ups(window.pid), wake_ups(pjsua.pid)
    await asyncio.sleep(IDLE_S)
    passed_s = time.monotonic() - before_s
    ours_a_second = (wake_ups(window.pid) - ours) / passed_s
    peer_a_second = (wake_ups(pjsua.pid) - peer) / passed_s
    await pjsua.stop()
    sink.close()
    return Figure(
        "idle wake-ups", "/s", ours_a_second, peer_a_second, "pjsua", f"≤ {MOST_WAKE_UPS:.0f} /s",
        ours_a_second <= MOST_WAKE_UPS, f"over {IDLE_S:.0f} s: window, CTI line, registration",
    )  # fmt: skip


async def cpu_in_call(folder: Path, accounts: tuple[SipAccount, SipAccount], ports: AsteriskPorts) -> Figure:
    """CPU of a call to Asterisk's echo, PCMA without a sound device, ours and pjsua in turns."""
    ours_account, peer_account = accounts
    phone = Phone("bench", folder / "agent-cpu.log", lambda _: None)
    await phone.start(ours_account, codec_priorities={"PCMA/8000/1": 255})
    login = Login(peer_account.user, peer_account.password, HOST, ports.sip)
    pjsua = Pjsua(folder / "pjsua-cpu", login)
    await pjsua.start()
    await asyncio.sleep(_SETTLE_S)
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(ROUNDS):
        call_id = uuid.uuid4().hex
        phone.do("dial", address=ECHO_TEST_NUMBER, call_id=call_id)
        ours.append(await _cpu_percent(phone.pid))
        phone.do("hang_up", call_id=call_id)
        pjsua.dial(f"sip:{ECHO_TEST_NUMBER}@{HOST}:{ports.sip}")
        peer.append(await _cpu_percent(pjsua.pid))
        pjsua.hang_up_all()
        await asyncio.sleep(0.5)
    await phone.stop()
    await pjsua.stop()
    ratio = median(ours) / median(peer)
    return Figure(
        "CPU in a call", "%", median(ours), median(peer), "pjsua", f"≤ {MOST_RATIO} x", ratio <= MOST_RATIO,
        f"of a core, PCMA, median of {ROUNDS} calls of {TALK_S:.0f} s",
    )  # fmt: skip


async def _cpu_percent(pid: int) -> float:
    await asyncio.sleep(_SETTLE_S)
    before, began_s = cpu_s(pid), time.monotonic()
    await asyncio.sleep(TALK_S)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began_s)
