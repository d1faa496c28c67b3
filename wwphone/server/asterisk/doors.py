"""With which PINs and when planned conferences let people in, kept in Asterisk's own database, where the dial plan reads it.

Two families, which `configuration.dialplan_rooms` explains: `wwphone-conference`, a key for each planned conference, and
`wwphone-conference-pin`, a key for each PIN. Whose PIN it is stays with us: addresses have no business in the PBX.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable

from wwphone.server.asterisk.astdb import AstDbKeeper, Key, Request
from wwphone.server.conference_api import PbxDoor

logger = logging.getLogger(__name__)

CONFERENCE_FAMILY = "wwphone-conference"
PIN_FAMILY = "wwphone-conference-pin"
MAX_OPENINGS = 36
"""Of a door, the first ones: more do not fit into one entry. Of a conference every day those are five weeks."""
_CONFERENCE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ROOM = re.compile(r"[0-9]{2,15}")
_ZONE = re.compile(r"[A-Za-z0-9/_+-]{0,64}")
_PIN = re.compile(r"[0-9]{1,16}")


def entries(doors: Iterable[PbxDoor]) -> dict[Key, str]:
    """Return what stands in AstDB for these."""
    found: dict[Key, str] = {}
    pins: dict[str, list[str]] = {}
    for door in doors:
        if not _is_safe(door):
            logger.error("the conference %r cannot be told to Asterisk", door.conference_id)
            continue
        times = [
            f"{int(one.opens_at.timestamp())}-{int(one.closes_at.timestamp())}"
            for one in door.openings[:MAX_OPENINGS]
        ]
        found[CONFERENCE_FAMILY, door.conference_id] = "|".join([door.room, door.zone, *times])
        for pin, _ in door.pins:
            pins.setdefault(pin, []).append(door.conference_id)
    found.update({(PIN_FAMILY, pin): "/".join(sorted(set(of))) for pin, of in pins.items()})
    return found


def _is_safe(door: PbxDoor) -> bool:
    known = _CONFERENCE_ID.fullmatch(door.conference_id) and _ROOM.fullmatch(door.room)
    return bool(known and _ZONE.fullmatch(door.zone)) and all(_PIN.fullmatch(pin) for pin, _ in door.pins)


class DoorKeeper:
    """Remembers which doors are wanted and brings them to Asterisk; the latest word wins."""

    def __init__(self, request: Request) -> None:
        self._keeper = AstDbKeeper(request, (CONFERENCE_FAMILY, PIN_FAMILY))
        self._wanted: dict[Key, str] = {}
        self._invitees: dict[tuple[str, str], str] = {}
        self._told = False

    def want(self, doors: Collection[PbxDoor]) -> None:
        """Let these count, and no others; nothing is written yet."""
        wanted = entries(doors)
        for key in self._wanted.keys() - wanted.keys():
            self._keeper.want(key, None)
        for key, value in wanted.items():
            self._keeper.want(key, value)
        self._wanted = wanted
        self._told = True
        # Those of a conference that is over stay known: its people may still talk.
        self._invitees.update(
            {(door.conference_id, pin): whose for door in doors for pin, whose in door.pins}
        )

    def invitee(self, conference_id: str, pin: str) -> str:
        """Whose PIN it is; empty: not known."""
        return self._invitees.get((conference_id, pin), "")

    def forget(self) -> None:
        """The line broke: what is there must be read again."""
        self._keeper.forget()

    async def bring(self) -> None:
        """Write what differs; nothing before it was ever said what counts. Raises PbxError, PbxLostError."""
        if self._told:
            await self._keeper.bring()
