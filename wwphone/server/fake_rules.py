"""The rules by which the PBX in memory lets calls ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wwphone.domain.calls import CallKind
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import PbxReach, PbxUser

BUSY, UNREACHABLE = 17, 20
"""Q.850 causes."""


def leads_to(number: str, users: Mapping[str, PbxUser], reach: Callable[[str], PbxReach]) -> PbxUser | None:
    """Whom a number leads to in the end; forwardings that go round lead to nobody."""
    numbers = {user.number: user for user in users.values()}
    for _ in numbers:
        callee = numbers.get(number)
        those = reach(callee.user).forwardings if callee else ()
        always = next((one for one in those if one.cause is ForwardingCause.ALWAYS), None)
        if always is None:
            return callee
        number = always.target
    return None


def refusal(reach: PbxReach, reachable: bool) -> int:
    """The cause for which a call does not ring; 0: it rings."""
    if reach.do_not_disturb:
        return BUSY
    return 0 if CallKind.INTERNAL in reach.rings and reachable else UNREACHABLE
