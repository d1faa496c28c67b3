"""Who is who at this PBX, as far as the record of calls must know."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.domain.shown import without_prefix
from wwphone.domain.trunk_prefix import NO_TRUNK_PREFIX, TrunkPrefix
from wwphone.server.api import PbxConfiguration


@dataclass(frozen=True)
class House:
    """Users, internal numbers and ring groups of the latest configuration."""

    users: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    """Internal numbers, and whose they are."""
    groups: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """By number: name and members."""
    logged_out: Container[tuple[str, str]] = frozenset()
    """Numbers of groups, and the members who take no calls of theirs."""

    trunk_prefix: TrunkPrefix = NO_TRUNK_PREFIX

    def called(self, dialled: str) -> str:
        """The number that was called, without what was dialled in front of it."""
        number = without_prefix(dialled)
        inside = number in self.names or number in RESERVED_NUMBERS or number in EMERGENCY_NUMBERS
        return number if inside else self.trunk_prefix.dialled(number)

    def members_of(self, group: str) -> list[str]:
        """Who takes calls of a group."""
        _, members = self.groups.get(group, ("", ()))
        return [member for member in members if (group, member) not in self.logged_out]

    def group_name(self, number: str) -> str:
        """What a group is called; empty: it is none."""
        return self.groups.get(number, ("", ()))[0]


def house_of(
    configuration: PbxConfiguration,
    logged_out: Container[tuple[str, str]],
    trunk_prefix: TrunkPrefix = NO_TRUNK_PREFIX,
) -> House:
    """Read it from the configuration; `logged_out` is looked at when it is needed."""
    names = {user.number: user.display_name for user in configuration.users}
    names |= {room.number: room.name for room in configuration.rooms if room.number not in names}
    everybody = tuple(user.user for user in configuration.users if user.in_all_users)
    groups = {
        group.number: (group.name, everybody if group.all_users else group.members)
        for group in configuration.ring_groups
    }
    names |= {number: name for number, (name, _) in groups.items()}
    users = frozenset(user.user for user in configuration.users)
    return House(users, names, groups, logged_out, trunk_prefix)
