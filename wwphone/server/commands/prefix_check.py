"""Whether the PBX's trunk prefix goes with the numbers that are dialled inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.server.api import Store
from wwphone.server.commands.findings import Finding, bad, doubtful, good

_MOST_NAMED = 5


async def examine_prefix(prefix: str, store: Store) -> list[Finding]:
    """Look at everything that has a number. Raises StoreError."""
    taken = {one.number: f"the room {one.name}" for one in await store.rooms()}
    taken |= {one.number: f"the ring group {one.name}" for one in await store.ring_groups()}
    taken |= {one.number: one.user for one in await store.users()}
    found = list(_collisions(prefix, taken))
    found += [
        doubtful(f"the trunk prefix {prefix} is the code of the switch {one.name}, too")
        for one in await store.switches()
        if one.code == prefix
    ]
    return found or [good(f"the trunk prefix {prefix} stands in front of no number that is dialled inside")]


def _collisions(prefix: str, taken: Mapping[str, str]) -> Iterator[Finding]:
    if prefix in taken:
        yield bad(f"the trunk prefix {prefix} is the number of {taken[prefix]}")
    for number in sorted(EMERGENCY_NUMBERS):
        whose = taken.get(prefix + number)
        if whose:
            yield bad(f"{prefix}{number}, an emergency call with the trunk prefix, is the number of {whose}")
    reserved = sorted(
        RESERVED_NUMBERS & {prefix + number for number in EMERGENCY_NUMBERS} | RESERVED_NUMBERS & {prefix}
    )
    if reserved:
        yield bad(f"the trunk prefix {prefix} collides with the PBX's own number {', '.join(reserved)}")
    beginning = sorted(one for one in taken if one.startswith(prefix) and one != prefix)
    if beginning:
        more = f" and {len(beginning) - _MOST_NAMED} more" if len(beginning) > _MOST_NAMED else ""
        numbers = ", ".join(beginning[:_MOST_NAMED]) + more
        yield doubtful(
            f"{numbers} begin with the trunk prefix {prefix}: they stay internal, so nobody outside is reached by them"
        )
