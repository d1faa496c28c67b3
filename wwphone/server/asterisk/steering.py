"""The part of `AsteriskPbx` that steers desk phones: each action only while the line is up."""

from __future__ import annotations

from abc import ABC, abstractmethod

from wwphone.server.asterisk.desk_handover import DeskHandover
from wwphone.server.asterisk.desk_phone import DeskPhones


class Steering(ABC):
    """Fulfils `SteeredPhones`."""

    def __init__(self, desk: DeskPhones, handover: DeskHandover) -> None:
        self._desk = desk
        self._handover = handover

    @abstractmethod
    def _must_be_connected(self) -> None:
        """Raise PbxError while the PBX is out of reach."""

    async def desk_dial(self, user: str, number: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.desk_dial`."""
        self._must_be_connected()
        await self._desk.dial(user, number, leg_id, contact)

    async def desk_answer(self, user: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.desk_answer`."""
        self._must_be_connected()
        await self._desk.answer(user, leg_id, contact)

    async def desk_hold(self, leg_id: str) -> str:
        """See `SteeredPhones.desk_hold`."""
        self._must_be_connected()
        return await self._desk.hold(leg_id)

    async def desk_resume(self, held_id: str) -> None:
        """See `SteeredPhones.desk_resume`."""
        self._must_be_connected()
        await self._desk.resume(held_id)

    async def desk_hang_up(self, call_id: str) -> None:
        """See `SteeredPhones.desk_hang_up`."""
        self._must_be_connected()
        await self._desk.hang_up(call_id)

    async def desk_transfer(self, call_id: str, number: str) -> None:
        """See `SteeredPhones.desk_transfer`."""
        self._must_be_connected()
        await self._handover.transfer(call_id, number)

    async def desk_join(self, call_id: str, other_call_id: str) -> None:
        """See `SteeredPhones.desk_join`."""
        self._must_be_connected()
        await self._handover.join(call_id, other_call_id)

    async def desk_deflect(self, leg_id: str, number: str) -> None:
        """See `SteeredPhones.desk_deflect`."""
        self._must_be_connected()
        await self._handover.deflect(leg_id, number)

    async def desk_mute(self, leg_id: str, muted: bool) -> None:
        """See `SteeredPhones.desk_mute`."""
        self._must_be_connected()
        await self._desk.mute(leg_id, muted=muted)

    async def desk_press(self, leg_id: str, keys: str) -> None:
        """See `SteeredPhones.desk_press`."""
        self._must_be_connected()
        await self._desk.press(leg_id, keys)
