"""Picking up for somebody: the user's own device first, then `PickupChan` on the channel that rings.

Of the two ways Asterisk knows, this one is right: measured, both connect the caller 14 to 15 ms after they are asked for, but
redirecting the caller ends the former devices' ringing as if the caller had given up (Q.850 cause 16: a missed call for
everybody), and with it the ringing even when the new device does not answer. `PickupChan` tells them "completed elsewhere".

Who waits for a ring group is taken in the same way, but comes by themselves: our dial plan decides who gets whom (`wwphone-pull`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass

from wwphone.domain.calls import CallKind, Party
from wwphone.server.api import PbxError, PbxLostError, PbxPickUp
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.clicking import AUTO_ANSWER, GRACE_S, LEG_ID
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.legs import DIRECTION_VARIABLE, OFFER_VARIABLE, OWN_DEVICES_CONTEXT
from wwphone.server.asterisk.originations import DeviceRefusedError
from wwphone.server.asterisk.registration_watch import Request
from wwphone.server.asterisk.state import PbxState
from wwphone.server.ring_group_api import PbxTake, TakenMeanwhileError

_CLAIM_CONTEXT, _PULL_CONTEXT = "wwphone-claim", "wwphone-pull"
_TOO_LATE_EVENT = "WwphoneTooLate"
_NO_CHANNEL = 20
_LATE_S = 0.5
"""`OriginateResponse` takes another way through Asterisk than the events of the channel, so it may overtake them."""
_IN_NUMBER = frozenset("0123456789*#+")


@dataclass(frozen=True)
class _Order:
    """Who gets which channel, where in the dial plan, and what their device shows before there is sound."""

    user: str
    channel: str
    new_leg_id: str
    contact: str
    caller: Party
    kind: CallKind
    called: str
    context: str
    extension: str


class Claims:
    """All that are under way, by the id of the leg that is to take the call."""

    def __init__(self, state: PbxState, request: Request, ring_timeout_s: float) -> None:
        self._state = state
        self._request = request
        self._ring_timeout_s = ring_timeout_s
        self._waiting: dict[str, asyncio.Future[None]] = {}

    async def claim(self, order: PbxPickUp) -> None:
        """Return when the device has the call. Raises PbxError with the reason, PbxLostError when the line broke."""
        await self._carry_out(
            _Order(
                order.user,
                order.ringing_leg_id,
                order.new_leg_id,
                order.contact,
                order.caller,
                order.kind,
                order.called,
                _CLAIM_CONTEXT,
                "start",
            )
        )

    async def take(self, order: PbxTake) -> None:
        """See `QueuePbx.take_waiting`."""
        waiting = order.waiting
        await self._carry_out(
            _Order(
                order.user,
                waiting.waiting_id,
                order.new_leg_id,
                order.contact,
                waiting.caller,
                CallKind.GROUP,
                order.number,
                _PULL_CONTEXT,
                order.number,
            )
        )

    async def _carry_out(self, order: _Order) -> None:
        if not (LEG_ID.fullmatch(order.new_leg_id) and LEG_ID.fullmatch(order.channel)):
            raise PbxError("this cannot be the name of a leg")
        contacts = [device.contact for device in self._state.registrations.reachable(order.user)]
        if order.user not in self._state.users or not contacts:
            raise PbxError(f"no device of {order.user} can be reached")
        if order.contact in contacts:
            contacts = [order.contact]
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[order.new_leg_id] = outcome
        try:
            answer = await self._request("Originate", *self._fields(order, contacts))
            if not answer.success:
                raise PbxError(f"Asterisk does not ring: {answer.message}")
            async with asyncio.timeout(self._ring_timeout_s + GRACE_S):
                await outcome
        except TimeoutError:
            raise PbxLostError("Asterisk did not say what became of the pick-up") from None
        finally:
            del self._waiting[order.new_leg_id]
            if outcome.done() and not outcome.cancelled():
                outcome.exception()  # perhaps nobody was listening yet

    def lose(self, error: PbxError) -> None:
        """The line broke: the outcome of all is unknown."""
        for leg_id in self._waiting:
            self._settle(leg_id, error)

    def apply(self, event: AmiEvent) -> None:
        """Take an event; most are about something else."""
        leg_id = event.fields.get("Uniqueid", "")
        if not self._waiting or leg_id not in self._waiting:
            return
        fields = event.fields
        if event.name in ("Pickup", "BridgeEnter"):
            self._settle(leg_id, None)
        elif event.name == "UserEvent" and fields.get("UserEvent") == _TOO_LATE_EVENT:
            self._settle(leg_id, TakenMeanwhileError("nobody waits there any more"))
        elif event.name == "Hangup":
            cause = fields.get("Cause", "")
            self._settle(leg_id, DeviceRefusedError(int(cause) if cause.isdecimal() else 0))
        elif event.name == "OriginateResponse" and fields.get("Response") != "Success":
            loop = asyncio.get_running_loop()
            loop.call_later(_LATE_S, self._settle, leg_id, DeviceRefusedError(_NO_CHANNEL))

    def _settle(self, leg_id: str, error: Exception | None) -> None:
        outcome = self._waiting.get(leg_id)
        if outcome is None or outcome.done():
            return
        if error is None:
            outcome.set_result(None)
        else:
            outcome.set_exception(error)

    def _fields(self, order: _Order, contacts: list[str]) -> Iterator[tuple[str, str]]:
        yield "ChannelId", order.new_leg_id
        if len(contacts) == 1:
            # The only device may answer by itself; of several, the person chooses by answering.
            yield "Channel", f"PJSIP/{order.user}/{contacts[0]}"
            yield "Variable", f"PJSIP_HEADER(add,Call-Info)={AUTO_ANSWER}"
            yield "Variable", f"PJSIP_HEADER(add,X-Wwphone-Kind)={order.kind.value}"
            if _number(order.called):
                yield "Variable", f"PJSIP_HEADER(add,X-Wwphone-Called)={_number(order.called)}"
            yield "Variable", f"{DIRECTION_VARIABLE}=incoming"
            yield "Variable", f"{OFFER_VARIABLE}={order.kind.value}/{_number(order.called)}"
        else:
            yield "Channel", f"Local/start@{OWN_DEVICES_CONTEXT}"
        yield "Variable", f"__WWPHONE_USER={order.user}"
        yield "Variable", f"WWPHONE_CLAIMED={order.channel}"
        yield "Context", order.context
        yield "Exten", order.extension
        yield "Priority", "1"
        yield (
            "CallerID",
            f'"{display_name(order.caller.name, order.caller.number)}" <{_number(order.caller.number)}>',
        )
        yield "Timeout", str(math.ceil(self._ring_timeout_s * 1000))
        yield "Async", "true"


def _number(text: str) -> str:
    """What of a caller's number may stand in an action: it was sent by somebody else."""
    return "".join(character for character in text if character in _IN_NUMBER)
