"""`wwphone-server room …`: edit numbers that are no person's; the PBX has them within a second."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from wwphone.server.api import DuplicateError, PbxRoom, Store
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.services.pbx import personal_rooms
from wwphone.server.user_rules import check_room

_PERSONAL = " (personal)"
_T = TypeVar("_T", PbxRingGroup, PbxRoom)


class RoomCommands:
    """The commands that edit conference rooms. A PIN is read from standard input or asked for, and never printed."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console

    async def set(self, options: argparse.Namespace) -> None:
        """Add a room, or change what is named of one; of a personal one, its PIN."""
        rooms = await self._store.rooms()
        personal = found(personal_rooms(await self._store.users(), rooms), options.number)
        former = found(rooms, options.number)
        if former is None and personal is not None and options.name is None and options.owner is None:
            await self._set_personal(personal, options.pin)
            return
        former = former or PbxRoom(options.number, "")
        name = former.name if options.name is None else options.name
        owner = former.owner if options.owner is None else options.owner
        room = checked(check_room, PbxRoom(options.number, name, self._pin(options.pin, former.pin), owner))
        if room.owner:
            await check_users(self._store, (room.owner,))
            others = [one.number for one in rooms if one.owner == room.owner]
            if others and others != [room.number]:
                raise CommandFailedError(f"{room.owner} owns room {others[0]} already; nothing was changed")
        await written(room, self._store.replace_room)
        self._say(room)

    async def list(self, options: argparse.Namespace) -> None:
        """Show all rooms, those that were made and the personal ones of a right, and which have a PIN."""
        del options
        made = await self._store.rooms()
        personal = personal_rooms(await self._store.users(), made)
        shown = [(one, _protection(one)) for one in made]
        shown += [(one, f"{_protection(one)}{_PERSONAL}") for one in personal]
        shown.sort(key=lambda each: each[0].number)
        cells = [(one.number, one.name, one.owner or "-", protection) for one, protection in shown]
        self._console.table(("number", "name", "owner", "protection"), cells)

    async def remove(self, options: argparse.Namespace) -> None:
        """Remove a room."""
        if found(await self._store.rooms(), options.number) is None:
            raise CommandFailedError(f"there is no room {options.number}")
        await self._store.remove_room(options.number)
        self._console.say(f"removed room {options.number}")

    # ------------------------------------------------------------ inside

    async def _set_personal(self, former: PbxRoom, pin: str | None) -> None:
        room = checked(check_room, replace(former, pin=self._pin(pin, former.pin)))
        await self._store.set_room_pin(room.number, room.owner, room.pin)
        self._say(room, _PERSONAL)

    def _pin(self, source: str | None, former: str) -> str:
        """The PIN from where the options say. Raises CommandFailedError."""
        match source:
            case None:
                return former
            case "stdin":
                pin = self._console.line()
                if not pin:
                    raise CommandFailedError("there is no PIN on standard input; nothing was changed")
                return pin
            case "ask":
                return self._console.new_pin()
        return ""

    def _say(self, room: PbxRoom, kind: str = "") -> None:
        owned = f" of {room.owner}" if room.owner else ""
        self._console.say(f"room {room.number}, {room.name}{owned}, {_protection(room)}{kind}")


def _protection(room: PbxRoom) -> str:
    return "with PIN" if room.pin else "no PIN"


def found(those: tuple[_T, ...], number: str) -> _T | None:
    """The one with this number."""
    return next((one for one in those if one.number == number), None)


def checked(check: Callable[[_T], _T], one: _T) -> _T:
    """Return it when it is right. Raises CommandFailedError."""
    try:
        return check(one)
    except ValueError as error:
        raise CommandFailedError(f"{error}; nothing was changed") from error


async def check_users(store: Store, names: tuple[str, ...]) -> None:
    """Raise CommandFailedError for a name that is no user's."""
    known = {record.user for record in await store.users()}
    for name in names:
        if name not in known:
            raise CommandFailedError(f"there is no user {name}; nothing was changed")


async def written(one: _T, write: Callable[[_T], Coroutine[Any, Any, None]]) -> None:
    """Write it. Raises CommandFailedError when the number is taken."""
    try:
        await write(one)
    except DuplicateError:
        raise CommandFailedError(f"the number {one.number} is taken; nothing was changed") from None
