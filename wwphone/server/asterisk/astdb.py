"""Entries of Asterisk's own database, kept as they are wanted.

AstDB lives as long as Asterisk's files, so what stands there counts while the CTI server is down and after Asterisk was
restarted. On every new line the families are read once, and then only what differs is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from wwphone.server.api import PbxError
from wwphone.server.asterisk.ami import Response

_AT_ONCE = 200

Key = tuple[str, str]
"""Family, and what follows it."""
Request = Callable[..., Awaitable[Response]]


class AstDbKeeper:
    """Remembers what is wanted and brings it to Asterisk; one at a time, the latest word wins."""

    def __init__(self, request: Request, families: Sequence[str]) -> None:
        self._request = request
        self._families = tuple(families)
        self._wanted: dict[Key, str] = {}
        self._there: dict[Key, str] | None = None
        self._one_at_a_time = asyncio.Lock()

    def want(self, key: Key, value: str | None) -> None:
        """Let this count, None: no entry; nothing is written yet."""
        self._wanted.pop(key, None)
        if value is not None:
            self._wanted[key] = value

    def forget(self) -> None:
        """The line broke: what is there must be read again."""
        self._there = None

    def changed_there(self, key: Key, value: str | None) -> None:
        """Asterisk itself wrote this."""
        if self._there is not None:
            self._there.pop(key, None)
            if value is not None:
                self._there[key] = value

    async def bring(self, only: Iterable[Key] | None = None, but: Collection[Key] = ()) -> None:
        """Write what differs, of all keys or some. Raises PbxError, PbxLostError."""
        async with self._one_at_a_time:
            there = await self._read() if self._there is None else self._there
            self._there = there
            keys = (there.keys() | self._wanted.keys()) - set(but) if only is None else only
            different = sorted(key for key in keys if there.get(key) != self._wanted.get(key))
            for start in range(0, len(different), _AT_ONCE):
                await self._write(there, different[start : start + _AT_ONCE])

    async def _read(self) -> dict[Key, str]:
        found: dict[Key, str] = {}
        for family in self._families:
            found.update(await read_family(self._request, family))
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
        if value is None:
            await delete_entry(self._request, key)
            return None
        answer = await self._request("DBPut", ("Family", key[0]), ("Key", key[1]), ("Val", value))
        return None if answer.success else answer


async def read_family(request: Request, family: str) -> dict[Key, str]:
    """All entries of a family."""
    answer = await request("DBGetTree", ("Family", family))
    return dict(_key_and_value(item.fields) for item in answer.items)


async def delete_entry(request: Request, key: Key) -> None:
    """Delete an entry; one that is gone already is refused, and right."""
    await request("DBDel", ("Family", key[0]), ("Key", key[1]))


def _key_and_value(fields: Mapping[str, str]) -> tuple[Key, str]:
    _, family, rest = (*fields.get("Key", "").split("/", 2), "", "")[:3]
    return (family, rest), fields.get("Val", "")
