"""What rings a user, kept in Asterisk's own database, where the dial plan reads it.

Two families, a key for each user: `wwphone-reach`, for our dial plan (its fields are explained there), and
`wwphone-presence`, the chosen status by its name, for an administrator's. What is as everybody's at first has no key.
"""

from __future__ import annotations

from wwphone.domain.calls import CallKind
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import EVERYTHING_RINGS, PbxReach
from wwphone.server.asterisk.astdb import AstDbKeeper, Key, Request

REACH_FAMILY = "wwphone-reach"
PRESENCE_FAMILY = "wwphone-presence"
_FAMILIES = (REACH_FAMILY, PRESENCE_FAMILY)
_NO_DISTURBANCE = "dnd"


def entries(user: str, reach: PbxReach) -> dict[Key, str]:
    """Return what stands in AstDB for this user."""
    found: dict[Key, str] = {}
    if reach.status is not EVERYTHING_RINGS.status:
        found[PRESENCE_FAMILY, user] = reach.status.value
    if (fields := _fields(reach)) != _fields(EVERYTHING_RINGS):
        found[REACH_FAMILY, user] = fields
    return found


def _fields(reach: PbxReach) -> str:
    kinds = "-".join(kind.value for kind in CallKind if kind in reach.rings)
    targets = {forwarding.cause: forwarding.target for forwarding in reach.forwardings}
    seconds = [str(one.after_s) for one in reach.forwardings if one.cause is ForwardingCause.NO_ANSWER]
    rings = _NO_DISTURBANCE if reach.do_not_disturb else kinds
    return "|".join([rings, *(targets.get(cause, "") for cause in ForwardingCause), "".join(seconds)])


class ReachKeeper:
    """Remembers what is wanted and brings it to Asterisk; one at a time, the latest word wins."""

    def __init__(self, request: Request) -> None:
        self._keeper = AstDbKeeper(request, _FAMILIES)

    def want(self, user: str, reach: PbxReach) -> None:
        """Let this count; nothing is written yet."""
        wanted = entries(user, reach)
        for key in _keys(user):
            self._keeper.want(key, wanted.get(key))

    def forget(self) -> None:
        """The line broke: what is there must be read again."""
        self._keeper.forget()

    async def bring(self, user: str | None = None) -> None:
        """Write what differs, of one user or of all. Raises PbxError, PbxLostError."""
        await self._keeper.bring(None if user is None else _keys(user))


def _keys(user: str) -> list[Key]:
    return [(family, user) for family in _FAMILIES]
