"""`wwphone-server ring-group …`: numbers that ring several users at once, and who is logged in there."""

from __future__ import annotations

import argparse
from dataclasses import replace

from wwphone.domain.presence import BY_ADMINISTRATOR, JournalEntry, JournalSubject, Presence, PresenceStatus
from wwphone.domain.reachability import NOTHING_SET
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.server.api import Store
from wwphone.server.clock import utc_now
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.commands.numbers import check_users, checked, found, written
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.user_rules import check_ring_group

_SET_FROM = "wwphone-server"


class RingGroupCommands:
    """The commands that edit ring groups."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console

    async def set(self, options: argparse.Namespace) -> None:
        """Add a ring group, or change what is named of one."""
        former = found(await self._store.ring_groups(), options.number)
        if former is None:
            former = PbxRingGroup(options.number, "", ())
        name = former.name if options.name is None else options.name
        members = tuple(dict.fromkeys(options.member)) if options.member else former.members
        group = checked(check_ring_group, PbxRingGroup(options.number, name, members))
        await check_users(self._store, group.members)
        await written(group, self._store.replace_ring_group)
        self._console.say(f"ring group {group.number}, {group.name}: {' '.join(group.members)}")

    async def list(self, options: argparse.Namespace) -> None:
        """Show all ring groups; who is logged out stands in brackets."""
        del options
        groups, logins = await self._store.ring_groups(), await self._store.ring_group_logins()
        cells = []
        for group in groups:
            shown = (
                user if logins.get((group.number, user), RingGroupLogin()).logged_in else f"({user})"
                for user in group.members
            )
            cells.append((group.number, group.name, " ".join(shown)))
        self._console.table(("number", "name", "members"), cells)

    async def remove(self, options: argparse.Namespace) -> None:
        """Remove a ring group; its members stay."""
        if found(await self._store.ring_groups(), options.number) is None:
            raise CommandFailedError(f"there is no ring group {options.number}")
        await self._store.remove_ring_group(options.number)
        self._console.say(f"removed ring group {options.number}")

    async def log_in(self, options: argparse.Namespace) -> None:
        """Log members in."""
        await self._log(options, logged_in=True)

    async def log_out(self, options: argparse.Namespace) -> None:
        """Log members out."""
        await self._log(options, logged_in=False)

    async def _log(self, options: argparse.Namespace, *, logged_in: bool) -> None:
        group = found(await self._store.ring_groups(), options.number)
        if group is None:
            raise CommandFailedError(f"there is no ring group {options.number}")
        for user in options.user:
            if user not in group.members:
                raise CommandFailedError(f"{user} is no member of {group.name}; nothing was changed")
        logins = await self._store.ring_group_logins()
        said = "logged in to" if logged_in else "logged out of"
        for user in dict.fromkeys(options.user):
            if logins.get((group.number, user), RingGroupLogin()).logged_in == logged_in:
                self._console.say(f"{user} is {said} {group.name} already")
                continue
            await self._store.save_ring_group_login(
                group.number, await self._entry(group, user, logged_in=logged_in), announce=True
            )
            self._console.say(f"{user} is {said} {group.name}")

    async def _entry(self, group: PbxRingGroup, user: str, *, logged_in: bool) -> JournalEntry:
        now = utc_now()
        known = (await self._store.presences()).get(user, Presence(PresenceStatus.AVAILABLE, now))
        silent = (await self._store.reachabilities()).get(user, NOTHING_SET).do_not_disturb
        presence = replace(known, set_from=_SET_FROM)
        subject = JournalSubject.RING_GROUP
        return JournalEntry(now, user, presence, BY_ADMINISTRATOR, silent, subject, group.name, logged_in)
