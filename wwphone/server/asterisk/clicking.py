"""Click-to-dial: the user's own device first, then the number."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from wwphone.domain.calls import CallDirection, Party
from wwphone.domain.devices import Registration
from wwphone.domain.numbers import DialTarget
from wwphone.domain.shown import Shown, shown_call
from wwphone.server.api import PbxError, PbxLostError, PbxUser
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.legs import DIRECTION_VARIABLE, OWN_DEVICES_CONTEXT
from wwphone.server.asterisk.originations import Originations
from wwphone.server.asterisk.registration_watch import Request
from wwphone.server.asterisk.state import PbxState

NUMBER = re.compile(r"(?:\*31\*)?\+?[0-9*#]{1,32}")
TO_SHOW_VARIABLE = "WWPHONE_TO_SHOW"
"""What a steered phone shows to whom it calls by a number with the prefix."""
_OWN_NUMBER = re.compile(r"\+?[0-9]{1,32}")
LEG_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_CLICK_CONTEXT = "wwphone-click"
_FETCH_CONTEXT = "wwphone-fetch"
_MOVE_CONTEXT = "wwphone-move"
_DESK_CONTEXT = "wwphone-desk-dial"
AUTO_ANSWER = "<sip:wwphone>;answer-after=0"
"""Call-Info by which desk phones answer by themselves (Snom, Yealink, Grandstream and others understand it)."""
GRACE_S = 5.0


@dataclass(frozen=True)
class _Goal:
    """What the own device is connected with when it is answered."""

    context: str
    number: str
    shown: str
    """The caller id the own device displays meanwhile."""
    contact: str = ""
    """The one device that rings; empty: all that can be reached."""
    peer: str = ""
    """The channel it is connected with, where that is not to be dialled first; it rings until somebody answers then."""
    to_show: str = ""


class ClickToDial:
    """Asks Asterisk to ring a user's own devices and to dial when one is answered."""

    def __init__(
        self, state: PbxState, originations: Originations, request: Request, ring_timeout_s: float
    ) -> None:
        self._state = state
        self._originations = originations
        self._request = request
        self._ring_timeout_s = ring_timeout_s

    async def dial(self, user: str, number: str, leg_id: str) -> None:
        """Return when a device rings. Raises PbxError with the reason, PbxLostError when the line broke meanwhile."""
        await self._ring(user, leg_id, _Goal(_CLICK_CONTEXT, number, self._shown(number)))

    async def dial_by(
        self, user: str, number: str, leg_id: str, contact: str, shown: Shown | None = None
    ) -> None:
        """The same by the one device registered as `contact`, which can be steered from then on."""
        dialled = desk_number(number, shown)
        to_show = shown.number if shown is not None else ""
        goal = _Goal(_DESK_CONTEXT, dialled, self._shown(number), contact, to_show=to_show)
        await self._ring(user, leg_id, goal)

    async def fetch(self, user: str, slot: str, leg_id: str, caller: Party, contact: str = "") -> None:
        """The same for a parked call, with who waits on the display; only the device registered as `contact` rings.

        All of them, where none is named.
        """
        await self._ring(user, leg_id, _Goal(_FETCH_CONTEXT, slot, _caller_id(caller), contact))

    async def move(self, user: str, leg_id: str, caller: Party, contact: str, peer: str) -> None:
        """Ring one device, which does not answer by itself; answered, it takes over the channel `peer`."""
        goal = _Goal(_MOVE_CONTEXT, "1", _caller_id(caller), contact, peer)
        await self._ring(user, leg_id, goal)

    async def _ring(self, user: str, leg_id: str, goal: _Goal) -> None:
        if not NUMBER.fullmatch(goal.number):
            raise PbxError(f"{goal.number!r} is no number the PBX can dial")
        if not LEG_ID.fullmatch(leg_id):
            raise PbxError(f"{leg_id!r} cannot be the name of a leg")
        devices = self._state.registrations.reachable(user)
        if goal.contact:
            devices = tuple(device for device in devices if device.contact == goal.contact)
        if user not in self._state.users or not devices:
            raise PbxError(f"no device of {user} can be reached")
        self._originations.begin(leg_id)
        try:
            answer = await self._request("Originate", *self._fields(user, leg_id, devices, goal))
            if not answer.success:
                raise PbxError(f"Asterisk does not dial: {answer.message}")
            async with asyncio.timeout(self._ring_timeout_s + GRACE_S):
                await self._originations.rings(leg_id)
        except TimeoutError:
            raise PbxLostError("Asterisk did not say what became of the call") from None
        finally:
            self._originations.end(leg_id)

    def _fields(
        self, user: str, leg_id: str, devices: tuple[Registration, ...], goal: _Goal
    ) -> Iterator[tuple[str, str]]:
        yield "ChannelId", leg_id
        if len(devices) == 1:
            # The only device may answer by itself; of several, the person chooses by answering.
            yield "Channel", f"PJSIP/{user}/{devices[0].contact}"
            if goal.peer:
                yield "Variable", f"WWPHONE_PEER={goal.peer}"
            else:
                yield "Variable", f"PJSIP_HEADER(add,Call-Info)={AUTO_ANSWER}"
            yield "Variable", f"{DIRECTION_VARIABLE}={CallDirection.OUTGOING.value}"
        else:
            yield "Channel", f"Local/start@{OWN_DEVICES_CONTEXT}"
        yield "Variable", f"__WWPHONE_USER={user}"
        if _OWN_NUMBER.fullmatch(goal.to_show):
            yield "Variable", f"{TO_SHOW_VARIABLE}={goal.to_show}"
        yield "Context", goal.context
        yield "Exten", goal.number
        yield "Priority", "1"
        yield "CallerID", goal.shown
        yield "Timeout", str(math.ceil(self._ring_timeout_s * 1000))
        yield "Async", "true"

    def _shown(self, number: str) -> str:
        """What the own device displays: the colleague's name where it is one."""
        colleague: PbxUser | None = next((u for u in self._state.users.values() if u.number == number), None)
        if colleague is None:
            return f"<{number}>"
        return f'"{display_name(colleague.display_name, colleague.user)}" <{number}>'


def desk_number(number: str, shown: Shown | None) -> str:
    """What a steered phone dials."""
    return number if shown is None else shown_call(DialTarget(number), shown)[0]


def _caller_id(party: Party) -> str:
    """A party as it was signalled; whatever cannot be a number falls away."""
    number = party.number if NUMBER.fullmatch(party.number) else ""
    return f'"{display_name(party.name, number)}" <{number}>'
