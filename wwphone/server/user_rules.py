"""What an administrator may give a user, a ring group or a room: checked before it is stored, because it becomes configuration of the PBX."""

from __future__ import annotations

import re

from wwphone.domain.account import check_user_name
from wwphone.domain.conference import ROOM_PIN_DIGITS
from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.ring_group_api import MAX_WAIT_S, MIN_WAIT_S, MOST_CALLS, PbxRingGroup
from wwphone.server.switch_api import PbxSwitch

_NUMBER = re.compile(r"[0-9]{2,15}")
_DISPLAYED = re.compile(r"(\+?[0-9]{2,20})?")
_EMAIL = re.compile(r"([^@\s,;<>\"|]{1,64}@[^@\s,;<>\"|]{1,190})?")
_PIN = re.compile(rf"([0-9]{{{ROOM_PIN_DIGITS[0]},{ROOM_PIN_DIGITS[-1]}}})?")
_SWITCH = re.compile(r"[a-z0-9_-]{1,32}")
_CODE = re.compile(r"[0-9]{1,4}")
_MAX_NAME = 64
_RESERVED_USERS = frozenset({"anonymous", "general", "global", "system"})
"""Sections of Asterisk's pjsip.conf that mean something whatever stands in them."""


def check_user(record: UserRecord) -> UserRecord:
    """Return the record unchanged; raise ValueError in words for the administrator."""
    check_user_name(record.user)
    if record.user.lower() in _RESERVED_USERS:
        raise ValueError(f"{record.user} means something to the PBX and cannot be a user")
    check_number(record.number)
    texts = {
        "nickname": record.nickname,
        "group": record.group,
        "first name": record.first_name,
        "surname": record.surname,
        "mobile number": record.mobile,
        "e-mail address": record.email,
    }
    for what, text in texts.items():
        check_text(text, what)
    if not record.nickname:
        raise ValueError("a user needs a nickname: it is what colleagues see")
    if "" in record.shown_numbers:
        raise ValueError("a shown number cannot be empty")
    for shown in (
        record.displayed_number,
        record.displayed_number_when_forwarding,
        *record.shown_numbers,
    ):
        if not _DISPLAYED.fullmatch(shown):
            raise ValueError("a displayed number consists of 2 to 20 digits, with or without + before them")
    check_email(record.email)
    return record


def check_ring_group(group: PbxRingGroup) -> PbxRingGroup:
    """Return the ring group unchanged; raise ValueError in words for the administrator."""
    check_number(group.number)
    check_text(group.name, "name")
    if not group.name:
        raise ValueError("a ring group needs a name: it is what callers see")
    if group.all_users and (group.members or group.waiting.most):
        raise ValueError("a ring group of all users names no members and has no queue")
    if not group.members and not group.all_users:
        raise ValueError("a ring group needs a member")
    waiting = group.waiting
    for what, value in (("calls at once", group.calls_at_once), ("waiting callers", waiting.most)):
        if not 0 <= value <= MOST_CALLS:
            raise ValueError(f"there are 0 to {MOST_CALLS} {what}")
    if not MIN_WAIT_S <= waiting.longest_s <= MAX_WAIT_S:
        raise ValueError(f"one waits {MIN_WAIT_S} to {MAX_WAIT_S} seconds")
    check_destination(waiting.then_number, group.number)
    if waiting.then_number and waiting.then_mailbox_of:
        raise ValueError("a call goes to a number or to a mailbox, not to both")
    return group


def check_switch(switch: PbxSwitch) -> PbxSwitch:
    """Return the switch unchanged; raise ValueError in words for the administrator."""
    if not _SWITCH.fullmatch(switch.name):
        raise ValueError("a switch's name has 1 to 32 characters out of a-z, 0-9, - and _")
    check_text(switch.title, "title")
    if not switch.title:
        raise ValueError("a switch needs a title: it is what people see")
    if not _CODE.fullmatch(switch.code):
        raise ValueError("a switch's code has 1 to 4 digits")
    for route in switch.routes:
        check_destination(route.to_number, route.number)
    return switch


def check_destination(number: str, own: str) -> str:
    """Return where calls of `own` go instead, empty for nowhere; raise ValueError in words for the administrator."""
    if not _DISPLAYED.fullmatch(number):
        raise ValueError(f"{number} is no number that calls can go to: 2 to 20 digits, with or without +")
    if number == own:
        raise ValueError("calls cannot go to the number they come from")
    if number in RESERVED_NUMBERS:
        raise ValueError(f"{number} is used by the PBX itself")
    if number in EMERGENCY_NUMBERS:
        raise ValueError(f"{number} is an emergency number")
    return number


def check_room(room: PbxRoom) -> PbxRoom:
    """Return the room unchanged; raise ValueError in words that never repeat the PIN."""
    check_number(room.number)
    check_text(room.name, "name")
    if not room.name:
        raise ValueError("a room needs a name")
    if not _PIN.fullmatch(room.pin):
        raise ValueError(f"a PIN consists of {ROOM_PIN_DIGITS[0]} to {ROOM_PIN_DIGITS[-1]} digits")
    return room


def check_number(number: str) -> str:
    """Return an internal number unchanged; raise ValueError (requirement 001, "Numbering plan")."""
    if not _NUMBER.fullmatch(number):
        raise ValueError("an internal number consists of 2 to 15 digits")
    if number in RESERVED_NUMBERS:
        raise ValueError(f"{number} is used by the PBX itself")
    if number in EMERGENCY_NUMBERS:
        raise ValueError(f"{number} is an emergency number")
    return number


def check_email(address: str) -> str:
    """Return an address, or nothing at all, unchanged; raise ValueError when it has not an address's shape."""
    if not _EMAIL.fullmatch(address):
        raise ValueError(f"{address} is no e-mail address")
    return address


def check_text(text: str, what: str) -> str:
    """Return a name unchanged; raise ValueError when it is too long or holds what is not printed."""
    if len(text) > _MAX_NAME and what != "e-mail address":
        raise ValueError(f"the {what} has at most {_MAX_NAME} characters")
    if not text.isprintable() or text != text.strip():
        raise ValueError(f"the {what} has printable characters only, and no blank at its ends")
    return text
