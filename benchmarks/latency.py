"""From the wish to the wire, and from the wire to the eye."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure, median, p95
from benchmarks.pjsua import Login, Pjsua
from benchmarks.sink import HOST, Sink
from benchmarks.window import Window
from demo.phone import Phone
from wwphone.domain.account import MediaEncryption, SipAccount, Transport

TRIALS = 60
WARM_UP = 5
_ANSWER_TIMEOUT_S = 10.0
_PAUSE_S = 0.05
MOST_RATIO = 1.2


def account_at(sink: Sink, user: str) -> SipAccount:
    """An account that the sink takes."""
    return SipAccount(user, "unused", user, HOST, sink.port, Transport.UDP, MediaEncryption.OFF)


async def dial_to_invite(folder: Path) -> Figure:
    """Time from writing the command to the program's input until the INVITE is on the wire, in turns."""
    ours_sink, peer_sink = await Sink().open(), await Sink().open()
    registered = ours_sink.expect("REGISTER", "REGISTER")
    phone = Phone("bench", folder / "agent.log", lambda _: None)
    await phone.start(account_at(ours_sink, "bench"))
    await asyncio.wait_for(registered, _ANSWER_TIMEOUT_S)
    pjsua = Pjsua(folder / "pjsua", Login("bench", "unused", HOST, peer_sink.port))
    await pjsua.start()
    await asyncio.sleep(1.0)
    ours: list[float] = []
    peer: list[float] = []
    try:
        for _ in range(TRIALS + WARM_UP):
            ours.append(
                await _one(ours_sink, lambda: phone.do("dial", address="201", call_id=uuid.uuid4().hex))
            )
            peer.append(await _one(peer_sink, lambda: pjsua.dial(f"sip:201@{HOST}:{peer_sink.port}")))
    finally:
        await phone.stop()
        await pjsua.stop()
        ours_sink.close()
        peer_sink.close()
    ours, peer = ours[WARM_UP:], peer[WARM_UP:]
    ratio = median(ours) / median(peer)
    return Figure(
        "dial → INVITE",
        "ms",
        median(ours),
        median(peer),
        "pjsua",
        f"≤ {MOST_RATIO} x",
        ratio <= MOST_RATIO,
        f"median of {TRIALS}; p95 {p95(ours):.2f} and {p95(peer):.2f}",
    )


async def _one(sink: Sink, dial: Callable[[], None]) -> float:
    invite = sink.expect("INVITE", "INVITE")
    over = sink.expect("ACK", "ACK")
    began_s = time.monotonic()
    dial()
    message = await asyncio.wait_for(invite, _ANSWER_TIMEOUT_S)
    sink.refuse(message)
    await asyncio.wait_for(over, _ANSWER_TIMEOUT_S)
    await asyncio.sleep(_PAUSE_S)
    return (message.at_s - began_s) * 1000


async def invite_to_popup(folder: Path, window: Window) -> list[Figure]:
    """Time from sending an INVITE until the pop-up is painted, and until 180 is back; pjsua's 180 in turns."""
    peer_sink = await Sink().open()
    pjsua = Pjsua(folder / "pjsua-in", Login("bench", "unused", HOST, peer_sink.port))
    await pjsua.start()
    painted: list[float] = []
    ours: list[float] = []
    peer: list[float] = []
    try:
        for _ in range(TRIALS // 2 + WARM_UP):
            ringing_ms, painted_ms = await _ring(window.sink, window)
            ours.append(ringing_ms)
            painted.append(painted_ms)
            peer.append((await _ring(peer_sink, None))[0])
    finally:
        await pjsua.stop()
        peer_sink.close()
    ours, peer, painted = ours[WARM_UP:], peer[WARM_UP:], painted[WARM_UP:]
    count = f"median of {len(ours)}"
    return [
        Figure(
            "INVITE → pop-up painted", "ms", median(painted), median(peer), "pjsua, 180 sent", "", True,
            f"{count}; p95 {p95(painted):.1f}; pjsua paints nothing",
        ),
        Figure(
            "INVITE → 180 Ringing", "ms", median(ours), median(peer), "pjsua", "", True,
            f"{count}; p95 {p95(ours):.1f} and {p95(peer):.1f}; ours asks first whether you are busy",
        ),
    ]  # fmt: skip


async def _ring(sink: Sink, window: Window | None) -> tuple[float, float]:
    ringing = sink.expect("SIP/2.0 180", "INVITE")
    over = sink.expect("SIP/2.0 487", "INVITE")
    painted = window.expect_painted("popup") if window else None
    began_s = time.monotonic()
    call_id = sink.invite()
    rang = await asyncio.wait_for(ringing, _ANSWER_TIMEOUT_S)
    painted_s = await asyncio.wait_for(painted, _ANSWER_TIMEOUT_S) if painted else 0.0
    sink.cancel(call_id, sink.latest)
    await asyncio.wait_for(over, _ANSWER_TIMEOUT_S)
    await asyncio.sleep(_PAUSE_S)
    return (rang.at_s - began_s) * 1000, (painted_s - began_s) * 1000
