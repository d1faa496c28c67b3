"""The parts of the dial plan that obey switches, and that ring everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wwphone.server.api import PbxUser
from wwphone.server.switch_api import PbxRoute, PbxSwitch

ALL_USERS_CONTEXT = "wwphone-all-users"
_AT_ONCE = 50
"""So many channels an application dials; more are dialled by several (an application's words have 4,096 bytes at most)."""


def routed(number: str, switches: Sequence[PbxSwitch], users: dict[str, PbxUser]) -> Iterator[str]:
    """The steps that send a call to this number elsewhere while a switch is on; the first one that is on counts."""
    for switch in switches:
        for route in switch.routes:
            if route.number == number and (arguments := _arguments(route, users)):
                condition = f'$["${{DB(wwphone-switch/{switch.name})}}" = "on"]'
                yield f"ExecIf({condition}?Gosub(wwphone-instead,start,1(,,,,,{arguments})))"


def _arguments(route: PbxRoute, users: dict[str, PbxUser]) -> str:
    """ARG6 and ARG7 of wwphone-instead; empty when the mailbox's user is gone: then the call goes as usual."""
    if route.to_number:
        return f"{route.to_number},"
    user = users.get(route.to_mailbox_of)
    return f",{user.number}" if user is not None else ""


def codes(switches: Sequence[PbxSwitch], users: Sequence[PbxUser]) -> Iterator[str]:
    """Code and number: which switch that is, for who may operate it."""
    for switch in switches:
        for user in users:
            if user.operates_switches:
                yield f"exten => {switch.code}-{user.number},1,Set(WWPHONE_SWITCH={switch.name})"
                yield f" same => n,Set(WWPHONE_MEMBER={user.user})"
                yield " same => n,Return()"


def all_users(users: Sequence[PbxUser]) -> Iterator[str]:
    """Ring everybody: `start` for an administrator's own dial plan, the parts for `everybody`."""
    yield 'exten => start,1,ExecIf($["${WWPHONE_CALLED}" = ""]?Set(__WWPHONE_CALLED=${CALLERID(dnid)}))'
    if not _parts(users):
        yield " same => n,Goto(wwphone-ended,CHANUNAVAIL,1)"
        return
    yield f" same => n,Dial({everybody(users)},${{WWPHONE_RING_TIMEOUT}})"
    yield " same => n,Goto(wwphone-ended,${DIALSTATUS},1)"
    for place, part in enumerate(_parts(users)):
        yield f"exten => part{place},1,Dial({_members(part)})"
        yield " same => n,Goto(wwphone-ended,${DIALSTATUS},1)"


def everybody(users: Sequence[PbxUser]) -> str:
    """What Dial rings when everybody is to ring."""
    parts = _parts(users)
    if len(parts) < 2:
        return _members(parts[0] if parts else [])
    return "&".join(f"Local/part{place}@{ALL_USERS_CONTEXT}" for place in range(len(parts)))


def _parts(users: Sequence[PbxUser]) -> list[list[PbxUser]]:
    rung = [user for user in users if user.in_all_users]
    return [rung[start : start + _AT_ONCE] for start in range(0, len(rung), _AT_ONCE)]


def _members(users: Sequence[PbxUser]) -> str:
    return "&".join(f"Local/{user.number}@wwphone-members" for user in users)
