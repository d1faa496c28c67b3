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
from wwphone.server.ring_group_api import PbxRingGroup, WaitingSound
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
        all_users = former.all_users if options.all_users is None else options.all_users
        if options.all_users:
            members = ()
        elif options.member:
            all_users = False
        group = checked(
            check_ring_group,
            replace(_with_queue(former, options), name=name, members=members, all_users=all_users),
        )
        mailbox_of = group.waiting.then_mailbox_of
        await check_users(self._store, (*group.members, *((mailbox_of,) if options.then_voicemail else ())))
        await written(group, self._store.replace_ring_group)
        queue = f"; {_queue(group)}" if not group.is_plain else ""
        self._console.say(f"ring group {group.number}, {group.name}: {_rung(group)}{queue}")

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
            cells.append((group.number, group.name, _queue(group), " ".join(shown) or _rung(group)))
        self._console.table(("number", "name", "calls", "members"), cells)

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


def _with_queue(group: PbxRingGroup, options: argparse.Namespace) -> PbxRingGroup:
    """The group with what was given of its limit and its queue."""
    given = {
        "most": options.most_waiting,
        "longest_s": options.longest_wait,
        "hears": options.waiting_sound and WaitingSound(options.waiting_sound),
        "then_number": options.then_number,
        "then_mailbox_of": options.then_voicemail,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if "then_number" in changes:
        changes["then_mailbox_of"] = ""
    elif "then_mailbox_of" in changes:
        changes["then_number"] = ""
    calls = group.calls_at_once if options.calls_at_once is None else options.calls_at_once
    return replace(group, calls_at_once=calls, waiting=replace(group.waiting, **changes))


def _queue(group: PbxRingGroup) -> str:
    """Limit, queue and what comes after it, in few words."""
    waiting = group.waiting
    parts = [f"at most {group.calls_at_once} at once"] if group.calls_at_once else []
    if waiting.most:
        parts.append(f"{waiting.most} wait {waiting.longest_s} s with {waiting.hears.value}")
    if waiting.then_number:
        parts.append(f"then {waiting.then_number}")
    if waiting.then_mailbox_of:
        parts.append(f"then voicemail of {waiting.then_mailbox_of}")
    return ", ".join(parts) or "-"


def _rung(group: PbxRingGroup) -> str:
    return "all users" if group.all_users else " ".join(group.members)
