"""The last look before anything is written: what would break Asterisk's files or the numbering plan is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wwphone.domain.account import USER_NAME_PATTERN
from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.server.api import PbxConfiguration, PbxError, PbxRoom, PbxUser
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.switch_api import PbxSwitch

INTERNAL_NUMBER = re.compile(r"[0-9]{2,15}")
_SHOWN_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_PIN = re.compile(r"[0-9]{1,16}")
_SWITCH = re.compile(r"[a-z0-9_-]{1,32}")
_CODE = re.compile(r"[0-9]{1,4}")
_LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")
_RESERVED_NAMES = frozenset({"anonymous", "general", "global", "system"})
"""Sections that mean something to res_pjsip whatever stands in them."""


class ConfigurationError(PbxError, ValueError):
    """The configuration cannot be written; nothing was changed."""


def check_configuration(configuration: PbxConfiguration) -> None:
    """Raise ConfigurationError, naming the culprit, when Asterisk must not get this."""
    if not _LANGUAGE.fullmatch(configuration.language):
        raise ConfigurationError(f"{configuration.language!r} is no language")
    for user in configuration.users:
        _check_user(user)
    names = {user.user for user in configuration.users}
    for group in configuration.ring_groups:
        _check_group(group, names)
    for room in configuration.rooms:
        _check_room(room, names)
    if configuration.conference_number and not _SHOWN_NUMBER.fullmatch(configuration.conference_number):
        raise ConfigurationError(f"{configuration.conference_number!r} cannot be the number of conferences")
    for switch in configuration.switches:
        _check_switch(switch)
    _check_once((switch.code for switch in configuration.switches), "code of a switch")
    _check_once((name.lower() for name in (user.user for user in configuration.users)), "user")
    dialled = [*(u.number for u in configuration.users), *(g.number for g in configuration.ring_groups)]
    _check_once(dialled, "number")
    _check_once((room.number for room in configuration.rooms), "room")
    _check_once((room.owner for room in configuration.rooms if room.owner), "owner of a room")


def _check_user(user: PbxUser) -> None:
    if not USER_NAME_PATTERN.fullmatch(user.user) or user.user.lower() in _RESERVED_NAMES:
        raise ConfigurationError(f"{user.user!r} is no user name")
    _check_number(user.number, user.user)
    if not user.sip_password:
        raise ConfigurationError(f"{user.user} has no SIP password")
    for shown in (user.displayed_number, user.displayed_number_when_forwarding, *user.shown_numbers):
        if shown and not _SHOWN_NUMBER.fullmatch(shown):
            raise ConfigurationError(f"{user.user}: {shown!r} is no number to be shown")


def _check_group(group: PbxRingGroup, names: set[str]) -> None:
    _check_number(group.number, f"the group {group.name!r}")
    strangers = set(group.members) - names
    if strangers:
        raise ConfigurationError(
            f"the group {group.number} has members who are no users: {sorted(strangers)}"
        )
    _check_queue(group)


def _check_queue(group: PbxRingGroup) -> None:
    waiting, what = group.waiting, f"the group {group.number}"
    for value in (group.calls_at_once, waiting.most, waiting.longest_s):
        if value < 0:
            raise ConfigurationError(f"{what}: {value} is less than nothing")
    number = waiting.then_number
    if number and (not _SHOWN_NUMBER.fullmatch(number) or number in EMERGENCY_NUMBERS):
        raise ConfigurationError(f"{what}: calls cannot go to {number!r}")


def _check_switch(switch: PbxSwitch) -> None:
    if not _SWITCH.fullmatch(switch.name) or not _CODE.fullmatch(switch.code):
        raise ConfigurationError(f"{switch.name!r} with the code {switch.code!r} is no switch")
    for route in switch.routes:
        for number in filter(None, (route.number, route.to_number)):
            if not _SHOWN_NUMBER.fullmatch(number) or number in EMERGENCY_NUMBERS:
                raise ConfigurationError(f"the switch {switch.name}: calls cannot go to {number!r}")


def _check_room(room: PbxRoom, names: set[str]) -> None:
    _check_number(room.number, f"the room {room.name!r}")
    if room.pin and not _PIN.fullmatch(room.pin):
        raise ConfigurationError(f"the PIN of room {room.number} does not consist of 1 to 16 digits")
    if room.owner and room.owner not in names:
        raise ConfigurationError(f"the owner of room {room.number} is no user: {room.owner!r}")


def _check_number(number: str, whose: str) -> None:
    if not INTERNAL_NUMBER.fullmatch(number):
        raise ConfigurationError(f"{number!r} of {whose} is no internal number: 2 to 15 digits")
    if number in RESERVED_NUMBERS or number in EMERGENCY_NUMBERS:
        raise ConfigurationError(f"{number} of {whose} is a number nobody can be given")


def _check_once(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ConfigurationError(f"the {what} {value!r} is there twice")
        seen.add(value)
