"""Who may pick up what: members of the same presence group, and what the administrator's rules say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wwphone.domain.pickup import PickupRule, may_pick_up_by_default
from wwphone.server.api import UserRecord


@dataclass(frozen=True)
class Sight:
    """What somebody may do with a call that rings elsewhere; who may do neither is told nothing of it."""

    may_pick_up: bool
    see_caller: bool


Audience = Mapping[Sight, frozenset[str]]
"""Users by what they may do; nobody twice."""


class PickupRights:
    """The rights of one state of the directory; made anew when it changes."""

    def __init__(self, users: Iterable[UserRecord], rules: Iterable[PickupRule]) -> None:
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        for record in users:
            if record.group:
                self._members[record.group].add(record.user)
        self._rules = {(rule.group, rule.by): rule for rule in rules}
        self._audiences: dict[frozenset[str], Audience] = {}

    def picks_up_in(self, by: str) -> tuple[str, ...]:
        """In which presence groups members of `by` may pick up, in alphabetical order."""
        return tuple(group for group in sorted(self._members) if self.sight(group, by).may_pick_up)

    def sight(self, group: str, by: str) -> Sight:
        """What members of `by` may do with calls at members of `group`."""
        rule = self._rules.get((group, by))
        if rule is not None:
            return Sight(rule.pick_up, rule.see_caller)
        usual = may_pick_up_by_default(group, by)
        return Sight(usual, usual)

    def audience(self, groups: Iterable[str]) -> Audience:
        """Who may do what with a call that rings at members of these groups: what any of them allows."""
        wanted = frozenset(groups)
        known = self._audiences.get(wanted)
        if known is None:
            known = self._audiences[wanted] = self._gather(wanted)
        return known

    def _gather(self, groups: frozenset[str]) -> Audience:
        gathered: defaultdict[Sight, set[str]] = defaultdict(set)
        for by, members in self._members.items():
            sights = [self.sight(group, by) for group in groups]
            sight = Sight(any(one.may_pick_up for one in sights), any(one.see_caller for one in sights))
            if sight.may_pick_up or sight.see_caller:
                gathered[sight] |= members
        return {sight: frozenset(members) for sight, members in gathered.items()}
