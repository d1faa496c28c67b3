"""`wwphone-server switch …`: switches such as night or holiday, where calls go while they are on, and operating them."""

from __future__ import annotations

import argparse
from dataclasses import replace

from wwphone.domain.presence import BY_ADMINISTRATOR, JournalEntry, JournalSubject, Presence, PresenceStatus
from wwphone.domain.switches import SwitchState
from wwphone.server.api import DuplicateError, Store
from wwphone.server.clock import utc_now
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.commands.numbers import check_users
from wwphone.server.switch_api import PbxRoute, PbxSwitch
from wwphone.server.user_rules import check_switch

_MAILBOX = "voicemail:"


class SwitchCommands:
    """The commands that edit and operate switches."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console

    async def set(self, options: argparse.Namespace) -> None:
        """Add a switch, or change what is named of one."""
        known = {one.name: one for one in await self._store.switches()}
        former = known.get(options.name)
        if former is None:
            former = PbxSwitch(options.name, options.name, _free_code(known))
        given = {"title": options.title, "code": options.code, "for_all": options.for_all}
        changed = replace(former, **{name: value for name, value in given.items() if value is not None})
        changed = replace(changed, routes=_routes(changed, options))
        try:
            switch = check_switch(changed)
        except ValueError as error:
            raise CommandFailedError(f"{error}; nothing was changed") from error
        await self._check_routes(switch)
        try:
            await self._store.replace_switch(switch)
        except DuplicateError:
            raise CommandFailedError(f"the code {switch.code} is taken; nothing was changed") from None
        self._console.say(f"switch {switch.name}, {switch.title}, code {switch.code}: {_sent(switch)}")

    async def list(self, options: argparse.Namespace) -> None:
        """Show all switches, which are on, and what they do."""
        del options
        states = await self._store.switch_states()
        cells = [
            (one.name, one.title, one.code, "on" if states.get(one.name, SwitchState()).on else "off",
             "everybody" if one.for_all else "operators", _sent(one))
            for one in await self._store.switches()
        ]  # fmt: skip
        self._console.table(("name", "title", "code", "state", "seen by", "calls go"), cells)

    async def remove(self, options: argparse.Namespace) -> None:
        """Remove a switch; calls go as if it were off."""
        try:
            await self._store.remove_switch(options.name)
        except KeyError:
            raise CommandFailedError(f"there is no switch {options.name}") from None
        self._console.say(f"removed switch {options.name}")

    async def on(self, options: argparse.Namespace) -> None:
        """Switch it on."""
        await self._operate(options.name, on=True)

    async def off(self, options: argparse.Namespace) -> None:
        """Switch it off."""
        await self._operate(options.name, on=False)

    async def _operate(self, name: str, *, on: bool) -> None:
        switch = next((one for one in await self._store.switches() if one.name == name), None)
        if switch is None:
            raise CommandFailedError(f"there is no switch {name}")
        said = f"{switch.title} is {'on' if on else 'off'}"
        if (await self._store.switch_states()).get(name, SwitchState()).on == on:
            self._console.say(f"{said} already")
            return
        now, by = utc_now(), BY_ADMINISTRATOR
        presence = Presence(PresenceStatus.AVAILABLE, now, None, "wwphone-server")
        entry = JournalEntry(now, by, presence, by, False, JournalSubject.SWITCH, switch.title, on)
        await self._store.save_switch_state(name, entry, announce=True)
        self._console.say(said)

    async def _check_routes(self, switch: PbxSwitch) -> None:
        await check_users(self._store, tuple(one.to_mailbox_of for one in switch.routes if one.to_mailbox_of))
        users, groups = await self._store.users(), await self._store.ring_groups()
        shown = {n for one in users for n in (one.displayed_number, one.displayed_number_when_forwarding)}
        known = {one.number for one in users} | {one.number for one in groups} | shown
        for route in switch.routes:
            if route.number not in known:
                raise CommandFailedError(
                    f"{route.number} is no number of a user or ring group; nothing was changed"
                )


def _routes(switch: PbxSwitch, options: argparse.Namespace) -> tuple[PbxRoute, ...]:
    routes = {one.number: one for one in switch.routes}
    for number in options.no_send or ():
        routes.pop(number, None)
    for text in options.send or ():
        number, equals, target = text.partition("=")
        if not equals or not target:
            raise CommandFailedError(f"{text} is not NUMBER=TARGET; nothing was changed")
        if target.startswith(_MAILBOX):
            routes[number] = PbxRoute(number, to_mailbox_of=target.removeprefix(_MAILBOX))
        else:
            routes[number] = PbxRoute(number, target)
    return tuple(routes[number] for number in sorted(routes))


def _sent(switch: PbxSwitch) -> str:
    parts = (f"{one.number}={one.to_number or _MAILBOX + one.to_mailbox_of}" for one in switch.routes)
    return " ".join(parts) or "as usual"


def _free_code(known: dict[str, PbxSwitch]) -> str:
    taken = {one.code for one in known.values()}
    return next(code for code in map(str, range(1, 1000)) if code not in taken)
