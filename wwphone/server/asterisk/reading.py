"""What stands in Asterisk when its line comes up: registrations, channels, parked calls, and who holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Iterable, Mapping

from wwphone.server.api import PbxError
from wwphone.server.asterisk.channels import UP, user_in
from wwphone.server.asterisk.parking_book import ALL_PARKED
from wwphone.server.asterisk.registration_watch import ALL_CONTACTS, Request

logger = logging.getLogger(__name__)

_HOLDS_AT_ONCE = 200
_HOLD = "CHANNEL(rtp,hold)"

Fields = Mapping[str, str]


class Reading:
    """Asks for whole lists. All methods raise PbxError, PbxLostError."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def registrations(self) -> list[Fields]:
        """Every registered device."""
        return await self._read(ALL_CONTACTS)

    async def channels(self, variables: str) -> list[Fields]:
        """Every channel, with these variables of it."""
        return await self._read("Status", ("Variables", variables))

    async def parked(self) -> list[Fields]:
        """All parked calls; none where the PBX has no parking, which `check-config` finds fault with."""
        answer = await self._request(ALL_PARKED)
        if not answer.success:
            logger.info("Asterisk knows of no parked calls: %s", answer.message)
        return [item.fields for item in answer.items]

    async def held(self, channels: Iterable[Fields], users: Container[str]) -> frozenset[str]:
        """Uniqueids of our users' channels whose devices hold: that is in no list."""
        ids = [
            fields["Uniqueid"]
            for fields in channels
            if fields.get("ChannelState") == UP and user_in(fields.get("Channel", "")) in users
        ]
        held: set[str] = set()
        for start in range(0, len(ids), _HOLDS_AT_ONCE):
            batch = ids[start : start + _HOLDS_AT_ONCE]
            questions = (self._request("Getvar", ("Channel", one), ("Variable", _HOLD)) for one in batch)
            answers = await asyncio.gather(*questions)
            held.update(
                one for one, answer in zip(batch, answers, strict=True) if answer.fields.get("Value") == "1"
            )
        return frozenset(held)

    async def _read(self, action: str, *fields: tuple[str, str]) -> list[Fields]:
        answer = await self._request(action, *fields)
        if not answer.success:
            raise PbxError(f"Asterisk does not answer {action}: {answer.message}")
        return [item.fields for item in answer.items]
