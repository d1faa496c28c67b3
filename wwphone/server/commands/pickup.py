"""`wwphone-server pickup …`: who may pick up calls of a presence group, and see their callers."""

from __future__ import annotations

import argparse

from wwphone.domain.pickup import PickupRule
from wwphone.server.api import Store
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.services.pickup_rights import PickupRights


class PickupCommands:
    """The commands that edit the rules of pick-up."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console

    async def set(self, options: argparse.Namespace) -> None:
        """Change what is named of what one group may do with another's calls."""
        await self._check_groups(options)
        if options.pick_up is None and options.see_caller is None:
            raise CommandFailedError(
                "name --pick-up, --see-caller, or one of them with no-; nothing was changed"
            )
        former = PickupRights((), await self._store.pickup_rules()).sight(options.group, options.by)
        rule = PickupRule(
            options.group,
            options.by,
            former.may_pick_up if options.pick_up is None else options.pick_up,
            former.see_caller if options.see_caller is None else options.see_caller,
        )
        await self._store.replace_pickup_rule(rule)
        self._console.say(f"{rule.by}, of calls in {rule.group}: {_in_words(rule.pick_up, rule.see_caller)}")

    async def list(self, options: argparse.Namespace) -> None:
        """Show what every group may do with its own calls, and with those of others where it may anything."""
        del options
        rules = await self._store.pickup_rules()
        rights, named = PickupRights((), rules), {(rule.group, rule.by) for rule in rules}
        names = [group.name for group in await self._store.groups()]
        cells = []
        for group in names:
            for by in names:
                sight = rights.sight(group, by)
                if by == group or (group, by) in named:
                    may = _in_words(sight.may_pick_up, sight.see_caller)
                    cells.append((group, by, "rule" if (group, by) in named else "usual", may))
        self._console.table(("calls in", "members of", "because", "may"), cells)

    async def remove(self, options: argparse.Namespace) -> None:
        """Let the usual apply again: members of the same group may do both, others neither."""
        try:
            await self._store.remove_pickup_rule(options.group, options.by)
        except KeyError:
            raise CommandFailedError(f"there is no rule for {options.by} in {options.group}") from None
        self._console.say(f"removed the rule for {options.by} in {options.group}")

    async def _check_groups(self, options: argparse.Namespace) -> None:
        known = {group.name for group in await self._store.groups()}
        for name in (options.group, options.by):
            if name not in known:
                raise CommandFailedError(f"there is no presence group {name}; nothing was changed")


def _in_words(pick_up: bool, see_caller: bool) -> str:
    allowed = [text for text, may in (("pick up", pick_up), ("see callers", see_caller)) if may]
    return " and ".join(allowed) or "nothing"
