"""The lines by which a phone without a window is steered."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest

from demo.agent import Agent, account_from, as_json, run
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import MediaEncryption, SipAccount, Transport
from wwphone.domain.calls import CallState
from wwphone.sip.fake import FakeSipEngine

ACCOUNT = SipAccount(
    "201", "secret", "Anna", "127.0.0.1", 5061, Transport.TLS, MediaEncryption.REQUIRED, "PEM"
)


class Steered:
    """An agent on a fake engine, and what it printed."""

    def __init__(self) -> None:
        self.engine = FakeSipEngine()
        self.output = io.StringIO()
        self.agent = Agent(self.engine, self.output)

    async def send(self, command: str, **fields: Any) -> None:
        await self.agent.take(json.dumps({"do": command, **fields}))
        await asyncio.sleep(0)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    def told_of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.told if line["event"] == event]


@pytest.fixture
async def steered() -> Steered:
    steered = Steered()
    await steered.send("start", settings={"user_agent": "test"})
    return steered


async def test_it_says_that_it_has_started(steered: Steered) -> None:
    assert steered.told_of("Started")
    assert steered.told_of("SoundDevicesChanged")[0]["state"] == "ready"


async def test_an_account_comes_as_json_and_is_the_same_afterwards(steered: Steered) -> None:
    fields = {**as_json(ACCOUNT)}
    assert account_from(json.loads(json.dumps(fields))) == ACCOUNT
    await steered.send("register", account=fields)
    assert steered.engine.account == ACCOUNT
    assert steered.told_of("RegistrationChanged")[-1]["state"] == "registered"
    assert "secret" not in steered.output.getvalue()


async def test_a_call_from_dialling_to_its_end(steered: Steered) -> None:
    await steered.send("register", account=as_json(ACCOUNT))
    await steered.send("dial", address="207", call_id="x", headers={"X-A": "1"})
    assert steered.engine.dialled == [("207", {"X-A": "1"})]
    steered.engine.far_end_answers("x")
    await steered.send("mute", call_id="x", muted=True)
    await steered.send("hold", call_id="x")
    await steered.send("resume", call_id="x")
    await steered.send("send_dtmf", call_id="x", digits="12#")
    await steered.send("play_file", call_id="x", path="/a.wav")
    await steered.send("hang_up", call_id="x")
    call = steered.engine.call("x")
    assert (call.state, call.muted, steered.engine.dtmf_sent["x"]) == (CallState.ENDED, True, "12#")
    assert str(steered.engine.played[0][1]) == "/a.wav"
    states = [line["call"]["state"] for line in steered.told_of("CallChanged")]
    assert states == ["dialing", "active", "active", "held", "active", "ended"]


async def test_a_call_that_rings_is_refused_as_busy(steered: Steered) -> None:
    call_id = steered.engine.incoming("207", "Beat")
    await steered.send("ring", call_id=call_id)
    await steered.send("hang_up", call_id=call_id, reason="busy")
    assert steered.told_of("CallChanged")[-1]["call"]["end"]["sip_status"] == 486


async def test_sound_is_steered(steered: Steered) -> None:
    await steered.send("select_sound", speaker="headset-speaker")
    await steered.send("set_measuring", levels=True, quality=False)
    await steered.send("start_ringing", path="/ring.wav")
    await steered.send("play_test_tone")
    assert steered.engine.selection.speaker == "headset-speaker"
    assert steered.engine.measuring == (True, False)
    assert str(steered.engine.ringing) == "/ring.wav"
    assert steered.engine.test_tones == 1


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"do": "fly"}',
        '{"do": "shutdown"}',
        '{"do": "hold"}',
        '{"do": "hang_up", "call_id": "x", "reason": "boredom"}',
        '{"do": "register", "account": {"user": "x"}}',
        '{"do": "start"}',
    ],
)
async def test_what_cannot_be_understood_is_answered_and_survived(steered: Steered, line: str) -> None:
    await steered.agent.take(line)
    assert len(steered.told_of("BadCommand")) == 1
    await steered.send("play_test_tone")
    assert steered.engine.test_tones == 1


async def test_it_hangs_up_and_unregisters_at_the_end_of_its_input() -> None:
    engine, output = FakeSipEngine(), io.StringIO()
    lines = [
        {"do": "start", "settings": {"user_agent": "test"}},
        {"do": "register", "account": as_json(ACCOUNT)},
        {"do": "dial", "address": "207", "call_id": "x"},
    ]
    await run(engine, io.StringIO("\n".join(map(json.dumps, lines))), output)
    await wait_until_async(lambda: '"Ended"' in output.getvalue(), "its last word")
    assert engine.calls == ()
    assert '"state": "unregistered"' in output.getvalue()
