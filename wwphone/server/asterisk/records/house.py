"""Who is who at this PBX, as far as the record of calls must know."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

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

    def members_of(self, group: str) -> list[str]:
        """Who takes calls of a group."""
        _, members = self.groups.get(group, ("", ()))
        return [member for member in members if (group, member) not in self.logged_out]

    def group_name(self, number: str) -> str:
        """What a group is called; empty: it is none."""
        return self.groups.get(number, ("", ()))[0]


def house_of(configuration: PbxConfiguration, logged_out: Container[tuple[str, str]]) -> House:
    """Read it from the configuration; `logged_out` is looked at when it is needed."""
    names = {user.number: user.display_name for user in configuration.users}
    names |= {room.number: room.name for room in configuration.rooms if room.number not in names}
    everybody = tuple(user.user for user in configuration.users if user.in_all_users)
    groups = {
        group.number: (group.name, everybody if group.all_users else group.members)
        for group in configuration.ring_groups
    }
    names |= {number: name for number, (name, _) in groups.items()}
    return House(frozenset(user.user for user in configuration.users), names, groups, logged_out)
