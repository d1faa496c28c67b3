"""Steering desk phones, each action only while the line to the PBX is up: what `AsteriskPbx` hands out as `desk_phones`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wwphone.domain.shown import Shown
from wwphone.server.api import PbxError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.desk_handover import DeskHandover
from wwphone.server.asterisk.desk_merging import DeskMerging
from wwphone.server.asterisk.desk_phone import DeskPhones


class Steering:
    """Fulfils `SteeredPhones`."""

    def __init__(
        self,
        desk: DeskPhones,
        handover: DeskHandover,
        merging: DeskMerging,
        must_be_connected: Callable[[], None],
    ) -> None:
        """`must_be_connected` raises PbxError while the PBX is out of reach."""
        self._desk = desk
        self._handover = handover
        self._merging = merging
        self._must_be_connected = must_be_connected

    def note(self, event: AmiEvent) -> None:
        """An event that the state knows already."""
        self._desk.note(event)

    def lose(self, error: PbxError) -> None:
        """The line broke: the outcome of all is unknown."""
        self._desk.lose(error)

    async def dial(
        self, user: str, number: str, leg_id: str, contact: str, shown: Shown | None = None
    ) -> None:
        """See `SteeredPhones.dial`."""
        self._must_be_connected()
        await self._desk.dial(user, number, leg_id, contact, shown)

    async def answer(self, user: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.answer`."""
        self._must_be_connected()
        await self._desk.answer(user, leg_id, contact)

    async def hold(self, leg_id: str) -> str:
        """See `SteeredPhones.hold`."""
        self._must_be_connected()
        return await self._desk.hold(leg_id)

    async def resume(self, held_id: str) -> None:
        """See `SteeredPhones.resume`."""
        self._must_be_connected()
        await self._merging.resume(held_id)

    async def hang_up(self, call_id: str) -> None:
        """See `SteeredPhones.hang_up`."""
        self._must_be_connected()
        await self._desk.hang_up(call_id)

    async def transfer(self, call_id: str, number: str) -> None:
        """See `SteeredPhones.transfer`."""
        self._must_be_connected()
        await self._handover.transfer(call_id, number)

    async def merge(self, call_ids: Sequence[str]) -> None:
        """See `SteeredPhones.merge`."""
        self._must_be_connected()
        await self._merging.merge(call_ids)

    async def split(self, held_id: str) -> None:
        """See `SteeredPhones.split`."""
        self._must_be_connected()
        await self._desk.split(held_id)

    async def park(self, held_id: str) -> str:
        """See `SteeredPhones.park`."""
        self._must_be_connected()
        return await self._handover.park(held_id)

    async def join(self, call_id: str, other_call_id: str) -> None:
        """See `SteeredPhones.join`."""
        self._must_be_connected()
        await self._handover.join(call_id, other_call_id)

    async def deflect(self, leg_id: str, number: str) -> None:
        """See `SteeredPhones.deflect`."""
        self._must_be_connected()
        await self._handover.deflect(leg_id, number)

    async def mute(self, leg_id: str, muted: bool) -> None:
        """See `SteeredPhones.mute`."""
        self._must_be_connected()
        await self._desk.mute(leg_id, muted=muted)

    async def press(self, leg_id: str, keys: str) -> None:
        """See `SteeredPhones.press`."""
        self._must_be_connected()
        await self._desk.press(leg_id, keys)
