"""Two SIP engines with a far side, steered alike: the fake one in this process, the real one in a child process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from demo.agent import as_json, command_from
from tests.helpers.agent import AgentPhone
from tests.helpers.far_side import FarCall, FarSide
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.domain.calls import CallKind
from wwphone.sip.api import EngineSettings, RegistrationState, SipEvent
from wwphone.sip.fake import FakeSipEngine

Event = Mapping[str, Any]

_ACCOUNT = {
    "user": "201",
    "password": "secret-word",
    "display_name": "Anna Muster",
    "host": "127.0.0.1",
    "transport": "udp",
    "media_encryption": "off",
    "certificate_authority": None,
}


class Rig(Protocol):
    """An engine and what is at the other end. Calls are named by the engine's ids."""

    async def start(self) -> None:
        """Start everything."""

    async def stop(self) -> None:
        """End everything."""

    def command(self, name: str, **fields: Any) -> None:
        """A command of `demo/agent.py`."""

    def events(self) -> list[Event]:
        """Every event so far, as JSON."""

    def answer_registrations(self, state: RegistrationState, status: int) -> None:
        """What the registrar says from now on."""

    def register(self) -> None:
        """Register the account of this rig."""

    async def ring(self, call_id: str, name: str = "") -> None:
        """The called phone rings."""

    async def take(self, call_id: str) -> None:
        """The called one answers."""

    async def refuse(self, call_id: str, status: int) -> None:
        """The called one refuses."""

    async def incoming(self, kind: CallKind = CallKind.INTERNAL, *, answers_itself: bool = False) -> str:
        """Beat Keller (207) calls Sales; returns the call's id."""

    async def give_up(self, call_id: str, *, answered_elsewhere: bool = False) -> None:
        """The caller cancels."""

    async def far_hang_up(self, call_id: str) -> None:
        """The other side ends a running call."""

    async def far_hold(self, call_id: str, *, held: bool) -> None:
        """The other side holds us or takes us back."""

    async def far_press(self, call_id: str, digit: str) -> None:
        """The other side presses a key."""

    async def fail_next_hold(self, call_id: str) -> None:
        """The other side does not agree to be held."""

    async def transfer_went(self, call_id: str, status: int) -> None:
        """Whoever was asked to hand the call over tells how it ended."""

    def sent_on_to(self, call_id: str) -> str:
        """The number to which the call was transferred or deflected; empty: it was not."""


def call_events(events: list[Event], call_id: str) -> list[Event]:
    """The snapshots of one call, in order."""
    return [
        event["call"]
        for event in events
        if event["event"] == "CallChanged" and event["call"]["call_id"] == call_id
    ]


def states(events: list[Event], call_id: str) -> list[str]:
    """All states of one call, in order, without repetitions."""
    return [state for state, _ in itertools.groupby(each["state"] for each in call_events(events, call_id))]


class FakeRig:
    """The fake engine."""

    def __init__(self) -> None:
        self._engine = FakeSipEngine()
        self._events: list[Event] = []

    async def start(self) -> None:
        await self._engine.start(EngineSettings("contract"), self._take)

    async def stop(self) -> None:
        await self._engine.shutdown()

    def command(self, name: str, **fields: Any) -> None:
        command_from({"do": name, **fields})(self._engine)

    def events(self) -> list[Event]:
        return list(self._events)

    def answer_registrations(self, state: RegistrationState, status: int) -> None:
        self._engine.answer_registrations_with(state, status)

    def register(self) -> None:
        self.command("register", account={**_ACCOUNT, "port": 5060})

    async def ring(self, call_id: str, name: str = "") -> None:
        self._engine.far_end_rings(call_id, name)

    async def take(self, call_id: str) -> None:
        self._engine.far_end_answers(call_id)

    async def refuse(self, call_id: str, status: int) -> None:
        self._engine.far_end_refuses(call_id, status)

    async def incoming(self, kind: CallKind = CallKind.INTERNAL, *, answers_itself: bool = False) -> str:
        return self._engine.incoming("207", "Beat Keller", kind, "Sales", answers_itself=answers_itself)

    async def give_up(self, call_id: str, *, answered_elsewhere: bool = False) -> None:
        self._engine.caller_gives_up(call_id, answered_elsewhere=answered_elsewhere)

    async def far_hang_up(self, call_id: str) -> None:
        self._engine.far_end_hangs_up(call_id)

    async def far_hold(self, call_id: str, *, held: bool) -> None:
        self._engine.far_end_holds(call_id, held=held)

    async def far_press(self, call_id: str, digit: str) -> None:
        self._engine.far_end_presses(call_id, digit)

    async def fail_next_hold(self, call_id: str) -> None:
        self._engine.fail_next("hold")

    async def transfer_went(self, call_id: str, status: int) -> None:
        if status < 300:
            self._engine.transfer_succeeds(call_id)
        else:
            self._engine.transfer_fails(call_id, status)

    def sent_on_to(self, call_id: str) -> str:
        return dict(self._engine.sent_on).get(call_id, "")

    def _take(self, event: SipEvent) -> None:
        self._events.append({"event": type(event).__name__, **as_json(event)})


class RealPhone:
    """PJSIP in a child process and a scripted far side by UDP; starting both takes a second, so many tests share them."""

    def __init__(self, folder: Path) -> None:
        self.far_side = FarSide()
        self.phone = AgentPhone("contract", folder)

    def start(self) -> None:
        """Start both."""
        self.far_side.__enter__()
        self.phone.start()

    def stop(self) -> None:
        """End both."""
        self.phone.stop()
        self.far_side.__exit__(None, None, None)


class RealRig:
    """The real engine, for one test: what was before is not seen, and what is left is ended."""

    def __init__(self, real: RealPhone) -> None:
        self._far_side = real.far_side
        self._phone = real.phone
        self._calls: dict[str, FarCall] = {}
        self._first = 0

    async def start(self) -> None:
        self._far_side.register_status, self._far_side.register_headers = 200, ()
        self._first = len(self._phone.events)

    async def stop(self) -> None:
        for call_id, call in self._phone.calls().items():
            if call["state"] != "ended":
                self.command("hang_up", call_id=call_id)
        self.command("unregister")
        await wait_until_async(self._is_at_rest, "the engine to be at rest")

    def _is_at_rest(self) -> bool:
        over = all(call["state"] == "ended" for call in self._phone.calls().values())
        return over and self._phone.registration().get("state", "") in ("", "unregistered")

    def command(self, name: str, **fields: Any) -> None:
        self._phone.send(name, **fields)

    def events(self) -> list[Event]:
        return self._phone.events[self._first :]

    def answer_registrations(self, state: RegistrationState, status: int) -> None:
        self._far_side.register_status = status
        self._far_side.register_headers = (("Server", "wwphone-pbx"),)

    def register(self) -> None:
        self.command("register", account={**_ACCOUNT, "port": self._far_side.port})

    async def ring(self, call_id: str, name: str = "") -> None:
        self._call(call_id).ring([("P-Asserted-Identity", f'"{name}" <sip:207@pbx>')] if name else [])

    async def take(self, call_id: str) -> None:
        self._call(call_id).answer()

    async def refuse(self, call_id: str, status: int) -> None:
        self._call(call_id).reply(status)

    async def incoming(self, kind: CallKind = CallKind.INTERNAL, *, answers_itself: bool = False) -> str:
        known = set(self._phone.calls())
        headers = [("X-Wwphone-Kind", kind.value), ("X-Wwphone-Called", "Sales")]
        if answers_itself:
            headers.append(("Call-Info", "<sip:pbx>;answer-after=0"))
        call = self._far_side.call(headers)
        await wait_until_async(lambda: set(self._phone.calls()) - known, "the call at the phone", 5 * SECONDS)
        [call_id] = set(self._phone.calls()) - known
        self._calls[call_id] = call
        return call_id

    async def give_up(self, call_id: str, *, answered_elsewhere: bool = False) -> None:
        self._calls[call_id].cancel([("Reason", "SIP;cause=200")] if answered_elsewhere else [])

    async def far_hang_up(self, call_id: str) -> None:
        self._call(call_id).hang_up()

    async def far_hold(self, call_id: str, *, held: bool) -> None:
        call = self._call(call_id)
        await asyncio.to_thread(call.hold if held else call.resume)

    async def far_press(self, call_id: str, digit: str) -> None:
        headers = [("Content-Type", "application/dtmf-relay")]
        self._call(call_id).request("INFO", headers, f"Signal={digit}\r\nDuration=160\r\n", kind="")

    async def fail_next_hold(self, call_id: str) -> None:
        self._call(call_id).reinvite_status = 500

    async def transfer_went(self, call_id: str, status: int) -> None:
        call = self._call(call_id)
        await asyncio.to_thread(call.wait_for_request, "REFER")
        call.notify_transfer(100)
        call.notify_transfer(status)

    def sent_on_to(self, call_id: str) -> str:
        call = self._call(call_id)
        wanted = [request.get("Refer-To") for request in call.requests if request.method == "REFER"]
        wanted += [answer.get("Contact") for answer in call.answers if answer.status == 302]
        return wanted[-1].partition("sip:")[2].partition("@")[0] if wanted else ""

    def _call(self, call_id: str) -> FarCall:
        if call_id not in self._calls:
            self._calls[call_id] = self._far_side.wait_for_call()
        return self._calls[call_id]


KINDS = ("fake", "pjsua")
