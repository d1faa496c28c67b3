"""Click-to-dial under way: from the moment Asterisk is asked until the user's own device rings or will not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from wwphone.server.api import PbxError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channels import RINGING, UP

ORIGINATION_EVENTS = frozenset({"Newchannel", "Newstate", "Hangup", "OriginateResponse"})

_CAUSE_TIMEOUT_S = 0.5
"""`OriginateResponse` takes another way through Asterisk than the events of the channel, so it may overtake them all:
the `Hangup` with the cause comes a moment before or after, or never when no channel was made."""
_NO_CHANNEL = 20
_UNREACHABLE = "the device cannot be reached"
_SENTENCES: Mapping[int, str] = MappingProxyType(
    {
        3: _UNREACHABLE,
        16: "the device gave up",
        17: "the device is busy",
        18: "the device does not answer",
        19: "the device does not answer",
        20: _UNREACHABLE,
        21: "the device declined",
        27: _UNREACHABLE,
        34: _UNREACHABLE,
        38: _UNREACHABLE,
        58: "the device has no codec or encryption in common with the PBX",
    }
)


class DeviceRefusedError(PbxError):
    """The user's own device did not ring; `cause` is Q.850's, 0 when none was told."""

    def __init__(self, cause: int) -> None:
        super().__init__(_SENTENCES.get(cause, "the device could not be rung"))
        self.cause = cause


class Originations:
    """All that are under way, by the id of their channel."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._created: set[str] = set()

    def begin(self, leg_id: str) -> None:
        """Listen for this leg. Raises PbxError when it is listened for already."""
        if leg_id in self._waiting:
            raise PbxError(f"{leg_id} is being dialled already")
        self._waiting[leg_id] = asyncio.get_running_loop().create_future()

    async def rings(self, leg_id: str) -> None:
        """Wait until the device rings. Raises DeviceRefusedError, and what `lose` was given."""
        await self._waiting[leg_id]

    def end(self, leg_id: str) -> None:
        """Listen no more."""
        waiting = self._waiting.pop(leg_id, None)
        if waiting is not None and not waiting.cancel() and not waiting.cancelled():
            waiting.exception()  # perhaps nobody was listening yet
        self._created.discard(leg_id)

    def lose(self, error: PbxError) -> None:
        """The line broke: the outcome of all is unknown."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)

    def apply(self, event: AmiEvent) -> None:
        """Take an event; most are about something else."""
        leg_id = event.fields.get("Uniqueid", "")
        if not self._waiting or leg_id not in self._waiting:
            return
        fields = event.fields
        if event.name == "Newchannel":
            self._created.add(leg_id)
        elif event.name == "Hangup":
            cause = fields.get("Cause", "")
            self._fail(leg_id, int(cause) if cause.isdecimal() else 0)
        elif event.name == "Newstate":
            if fields.get("ChannelState") in (RINGING, UP):
                self._succeed(leg_id)
        elif fields.get("Response") == "Success":
            self._succeed(leg_id)
        else:
            asyncio.get_running_loop().call_later(_CAUSE_TIMEOUT_S, self._fail_without_cause, leg_id)

    def _succeed(self, leg_id: str) -> None:
        waiting = self._waiting.get(leg_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _fail_without_cause(self, leg_id: str) -> None:
        self._fail(leg_id, 0 if leg_id in self._created else _NO_CHANNEL)

    def _fail(self, leg_id: str, cause: int) -> None:
        waiting = self._waiting.get(leg_id)
        if waiting is not None and not waiting.done():
            waiting.set_exception(DeviceRefusedError(cause))
