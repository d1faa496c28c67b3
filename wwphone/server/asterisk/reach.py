"""What rings a user, kept in Asterisk's own database, where the dial plan reads it.

AstDB lives as long as Asterisk's files, so it counts while the CTI server is down and after Asterisk was restarted. Two
families, a key for each user: `wwphone-reach`, for our dial plan (its fields are explained there), and
`wwphone-presence`, the chosen status by its name, for an administrator's. What is as everybody's at first has no key.

On every new line the two families are read once, and then only what differs is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from wwphone.domain.calls import CallKind
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import EVERYTHING_RINGS, PbxError, PbxReach
from wwphone.server.asterisk.ami import Response

REACH_FAMILY = "wwphone-reach"
PRESENCE_FAMILY = "wwphone-presence"
_FAMILIES = (REACH_FAMILY, PRESENCE_FAMILY)
_NO_DISTURBANCE = "dnd"
_AT_ONCE = 200

Key = tuple[str, str]
"""Family and user."""
Request = Callable[..., Awaitable[Response]]


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
        self._request = request
        self._wanted: dict[Key, str] = {}
        self._there: dict[Key, str] | None = None
        self._one_at_a_time = asyncio.Lock()

    def want(self, user: str, reach: PbxReach) -> None:
        """Let this count; nothing is written yet."""
        for family in _FAMILIES:
            self._wanted.pop((family, user), None)
        self._wanted.update(entries(user, reach))

    def forget(self) -> None:
        """The line broke: what is there must be read again."""
        self._there = None

    async def bring(self, user: str | None = None) -> None:
        """Write what differs, of one user or of all. Raises PbxError, PbxLostError."""
        async with self._one_at_a_time:
            there = await self._read() if self._there is None else self._there
            self._there = there
            keys: Iterable[Key] = there.keys() | self._wanted.keys()
            if user is not None:
                keys = [(family, user) for family in _FAMILIES]
            different = sorted(key for key in keys if there.get(key) != self._wanted.get(key))
            for start in range(0, len(different), _AT_ONCE):
                await self._write(there, different[start : start + _AT_ONCE])

    async def _read(self) -> dict[Key, str]:
        found: dict[Key, str] = {}
        for family in _FAMILIES:
            answer = await self._request("DBGetTree", ("Family", family))
            found.update(_key_and_value(item.fields) for item in answer.items)
        return found

    async def _write(self, there: dict[Key, str], keys: list[Key]) -> None:
        values = [self._wanted.get(key) for key in keys]
        pairs = list(zip(keys, values, strict=True))
        answers = await asyncio.gather(*(self._one(key, value) for key, value in pairs))
        for key, value in pairs:
            there.pop(key, None)
            if value is not None:
                there[key] = value
        if refused := next((answer for answer in answers if answer is not None), None):
            self._there = None
            raise PbxError(f"Asterisk does not keep what rings: {refused.message}")

    async def _one(self, key: Key, value: str | None) -> Response | None:
        """Write one entry; return the answer when it was refused."""
        fields = (("Family", key[0]), ("Key", key[1]))
        if value is None:
            await self._request("DBDel", *fields)  # one that is gone already is refused, and right
            return None
        answer = await self._request("DBPut", *fields, ("Val", value))
        return None if answer.success else answer


def _key_and_value(fields: Mapping[str, str]) -> tuple[Key, str]:
    _, family, user = (*fields.get("Key", "").split("/", 2), "", "")[:3]
    return (family, user), fields.get("Val", "")
