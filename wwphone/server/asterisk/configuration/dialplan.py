"""`extensions.conf`: what happens to every dialled number, without the CTI server having to run.

Each context's comment says what it is for; those an administrator's own file may fill or call are marked `Hook`.
Lines for users, groups and rooms are generated; everything they share is in `COMMON`. What a call that nobody took ends
with is chosen by Q.850 cause, because that is all an application can choose; which SIP status `chan_pjsip` makes of it
and what a person is told stands beside each (compare `wwphone.domain.calls.reason_of_status`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from wwphone.domain.numbers import EMERGENCY_NUMBERS
from wwphone.server.api import PbxConfiguration, PbxUser
from wwphone.server.asterisk.configuration.dialplan_common import COMMON
from wwphone.server.asterisk.configuration.dialplan_desk_phone import DESK_PHONE
from wwphone.server.asterisk.configuration.dialplan_queue import QUEUE, free, queued
from wwphone.server.asterisk.configuration.dialplan_rooms import (
    ROOMS,
    entry_from_outside,
    globals_of_rooms,
    own_room,
    room,
)
from wwphone.server.asterisk.configuration.dialplan_switches import (
    ALL_USERS_CONTEXT,
    all_users,
    codes,
    everybody,
    routed,
)
from wwphone.server.asterisk.configuration.dialplan_trunk_prefix import (
    CALLER,
    contexts,
    emergencies,
    globals_of,
    outside,
)
from wwphone.server.asterisk.configuration.escaping import display_name, token
from wwphone.server.asterisk.settings import AsteriskSettings
from wwphone.server.ring_group_api import PbxRingGroup

_IN_CALL = ("INUSE", "BUSY", "ONHOLD", "RINGINUSE")
_RINGING = ("RINGING", "RINGINUSE")


def extensions_conf(configuration: PbxConfiguration, settings: AsteriskSettings) -> str:
    """Return the file."""
    users = {user.user: user for user in configuration.users}
    states = {user.user: _busy_states(user) for user in configuration.users}
    prefix = settings.trunk_prefix
    sections = [
        [
            "[globals]",
            f"WWPHONE_RING_TIMEOUT = {max(1, math.ceil(settings.ring_timeout_s))}",
            f"WWPHONE_PARKING_TIME = {max(1, math.ceil(settings.parking_time_s))}",
            *globals_of_rooms(configuration, settings),
            *globals_of(prefix),
        ],
        [outside(COMMON, prefix).rstrip("\n")],
        [outside(QUEUE, prefix).rstrip("\n")],
        [outside(ROOMS, prefix).rstrip("\n")],
        *filter(None, [contexts(prefix)]),
        [DESK_PHONE.rstrip("\n")],
        ["[wwphone-internal]", *_internal(configuration)],
        ["[wwphone-direct]", *_direct(configuration, [CALLER] if prefix else [])],
        ["[wwphone-members]", *(line for user in configuration.users for line in _member(user))],
        [
            "[wwphone-groups]",
            *(line for group in configuration.ring_groups for line in _group(group, configuration, users)),
        ],
        [
            "[wwphone-group-free]",
            *(line for one in configuration.ring_groups if one.waiting.most for line in free(one, states)),
        ],
        [
            "[wwphone-memberships]",
            *(line for one in configuration.ring_groups for line in _memberships(one, users)),
        ],
        [f"[{ALL_USERS_CONTEXT}]", *all_users(configuration.users)],
        ["[wwphone-switch-codes]", *codes(configuration.switches, configuration.users)],
        ["[wwphone-pickup]", *(line for user in configuration.users for line in _pickup(user))],
        [
            "[wwphone-hints]",
            *(f"exten => {user.number},hint,PJSIP/{user.user}" for user in configuration.users),
        ],
        [
            "[wwphone-emergency-numbers]",
            *(line for number in sorted(EMERGENCY_NUMBERS) for line in _emergency(number)),
            *emergencies(prefix, _taken(configuration)),
        ],
        ["[wwphone-rooms]", *(line for one in configuration.rooms for line in room(one))],
        ["[wwphone-own-rooms]", *(line for one in configuration.rooms for line in own_room(one))],
        ["; The administrator's own part, if there is one.", '#tryinclude "wwphone-local/extensions.conf"'],
    ]
    return "\n".join("\n".join([*section, ""]) for section in sections)


def _internal(configuration: PbxConfiguration) -> Iterator[str]:
    taken = {user.number for user in configuration.users} | {g.number for g in configuration.ring_groups}
    for user in configuration.users:
        yield f"exten => {user.number},1,{_shown(user.display_name, user.user, user.number)}"
        yield f" same => n,Gosub(wwphone-user,start,1({_user_arguments(user)},internal,{user.number}))"
    for group in configuration.ring_groups:
        yield f"exten => {group.number},1,Goto(wwphone-groups,{group.number},1)"
    for one in configuration.rooms:
        if one.number not in taken:
            yield f"exten => {one.number},1,Goto(wwphone-rooms,{one.number},1)"


def _taken(configuration: PbxConfiguration) -> set[str]:
    """Everything that is dialled inside and has an owner."""
    of_people, groups = {user.number for user in configuration.users}, configuration.ring_groups
    return of_people | {group.number for group in groups} | {one.number for one in configuration.rooms}


def _direct(configuration: PbxConfiguration, first: list[str]) -> Iterator[str]:
    shown = Counter(number for user in configuration.users for number in _shown_numbers(user))
    users = {user.user: user for user in configuration.users}
    for user in configuration.users:
        # A number that several users show is the company's: where it leads is the administrator's to say.
        own = (number for number in _shown_numbers(user) if shown[number] == 1)
        for called in dict.fromkeys([user.number, *own]):
            ring = f"Gosub(wwphone-user,start,1({_user_arguments(user)},direct,{called}))"
            yield from _steps(called, *first, *routed(called, configuration.switches, users), ring)
    for group in configuration.ring_groups:
        yield from _steps(group.number, *first, f"Goto(wwphone-groups,{group.number},1)")
    yield from entry_from_outside(configuration, *first)


def _shown_numbers(user: PbxUser) -> list[str]:
    shown = dict.fromkeys([user.displayed_number, user.displayed_number_when_forwarding])
    return [number for number in shown if number not in ("", user.number)]


def _user_arguments(user: PbxUser) -> str:
    """ARG1 to ARG3 of wwphone-user and wwphone-member: name, number, the states in which no further call rings."""
    return f"{user.user},{user.number},{_busy_states(user)}"


def _busy_states(user: PbxUser) -> str:
    states = [*(_IN_CALL if user.busy_when_in_call else ()), *(_RINGING if user.busy_when_ringing else ())]
    return "|".join(dict.fromkeys(states)) or "-"


def _shown(name: str, instead: str, number: str) -> str:
    """Tell the caller at once whom the number belongs to."""
    return f'Set(CONNECTEDLINE(all)="{display_name(name, instead)}" <{number}>)'


def _member(user: PbxUser) -> Iterator[str]:
    yield f"exten => {user.number},1,Gosub(wwphone-member,start,1({_user_arguments(user)}))"


def _steps(number: str, *steps: str) -> Iterator[str]:
    """An extension that does this, one after the other."""
    for place, step in enumerate(steps):
        yield f" same => n,{step}" if place else f"exten => {number},1,{step}"


def _group(group: PbxRingGroup, configuration: PbxConfiguration, users: dict[str, PbxUser]) -> Iterator[str]:
    """Each member rings in a Local channel of its own, so no list of contacts can grow too long for an application."""
    shown = _shown(group.name, group.number, group.number)
    yield from _steps(group.number, *routed(group.number, configuration.switches, users), shown)
    yield f" same => n,Set(__WWPHONE_CALLED={group.number})"
    yield f" same => n,Set(WWPHONE_WANTED={group.number})"
    yield f" same => n,TryExec(CELGenUserEvent(wwphone-group,{group.number}|${{CALLERID(pres)}}))"
    numbers = dict.fromkeys(users[member].number for member in group.members)
    channels = "&".join(f"Local/{number}@wwphone-members" for number in numbers)
    if group.all_users:
        channels = everybody(configuration.users)
    if channels:
        if not group.is_plain:
            yield f" same => n,Set(WWPHONE_RUNG={channels})"
            yield queued(group, users)
            return
        yield f" same => n,Dial({channels},${{WWPHONE_RING_TIMEOUT}})"
        yield " same => n,Goto(wwphone-ended,${DIALSTATUS},1)"
    else:
        yield " same => n,Goto(wwphone-ended,CHANUNAVAIL,1)"


def _memberships(group: PbxRingGroup, users: dict[str, PbxUser]) -> Iterator[str]:
    """Group and number: whose place in the group that is."""
    for member in dict.fromkeys(group.members):
        yield f"exten => {group.number}-{users[member].number},1,Set(WWPHONE_MEMBER={member})"
        yield " same => n,Return()"


def _pickup(user: PbxUser) -> Iterator[str]:
    """`**` and number: only for whoever may pick up in the user's group."""
    group = token(user.pickup_group)
    if group:
        condition = f'$["${{WWPHONE_PICKUP_GROUPS}}" =~ ":{group}:"]'
        yield f"exten => **{user.number},1,GotoIf({condition}?:wwphone-ended,NOTPERMITTED,1)"
        yield f" same => n,Pickup({user.number}@PICKUPMARK)"
        yield " same => n,Goto(wwphone-ended,NOTHING,1)"
    else:
        yield f"exten => **{user.number},1,Goto(wwphone-ended,NOTPERMITTED,1)"


def _emergency(number: str) -> Iterator[str]:
    yield f"exten => {number},1,Gosub(wwphone-emergency-call,start,1({number}))"
