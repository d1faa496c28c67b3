"""What an administrator may and may not give a user."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.demo_company import GROUPS, PEOPLE, RING_GROUPS, ROOMS
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.user_rules import check_number, check_ring_group, check_room, check_text, check_user

JUERG = UserRecord(
    user="Juerg_1-2",
    number="204",
    nickname="Jürg «Jüge» Müller",
    group="Réception",
    sip_password="s",
    cti_password_hash="h",
    mobile="+41 79 555 01 04",
    email="juerg.mueller+tel@example.net",
    displayed_number="+41445550104",
)


def test_a_good_user_passes() -> None:
    assert check_user(JUERG) is JUERG
    check_user(replace(JUERG, group="", email="", displayed_number="", mobile=""))


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "jürg"},
        {"user": ""},
        {"user": "a b"},
        {"user": "x" * 65},
        {"user": "System"},
        {"user": "anonymous"},
        {"number": "1"},
        {"number": "1234567890123456"},
        {"number": "20a"},
        {"number": "٢٠٤"},
        {"nickname": ""},
        {"nickname": "x" * 65},
        {"nickname": "two\nlines"},
        {"nickname": " blank"},
        {"surname": "\x00"},
        {"group": "a\tb"},
        {"displayed_number": "0800 CALL"},
        {"displayed_number_when_forwarding": "0800 CALL"},
        {"email": "no address"},
        {"email": "a@b,c@d"},
    ],
    ids=str,
)
def test_what_would_break_the_pbx_or_the_list_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        check_user(replace(JUERG, **wrong))


@pytest.mark.parametrize("number", sorted(RESERVED_NUMBERS | EMERGENCY_NUMBERS))
def test_numbers_of_the_pbx_and_of_the_rescue_are_nobodys(number: str) -> None:
    with pytest.raises(ValueError, match=number):
        check_number(number)


def test_a_text_names_what_it_is_for() -> None:
    with pytest.raises(ValueError, match="group"):
        check_text("x" * 65, "group")


def test_the_demo_company_follows_the_rules() -> None:
    assert [person.number for person in PEOPLE] == [str(number) for number in range(201, 225)]
    assert len({person.user for person in PEOPLE}) == 24
    assert {person.group for person in PEOPLE} == {group.name for group in GROUPS}
    assert sum(not person.nickname.isascii() for person in PEOPLE) >= 10
    for person in PEOPLE:
        check_user(
            UserRecord(
                person.user, person.number, person.nickname, person.group, "s", "h", email=person.email
            )
        )
    for group in RING_GROUPS:
        assert {person.user for person in PEOPLE} >= set(check_ring_group(group).members)
    for room in ROOMS:
        check_room(room)


@pytest.mark.parametrize("pin", ["", "1234", "1234567890"])
def test_a_room_may_have_a_pin(pin: str) -> None:
    room = PbxRoom("400", "Meeting room", pin)
    assert check_room(room) is room


@pytest.mark.parametrize(
    "wrong",
    [{"pin": "123"}, {"pin": "12345678901"}, {"pin": "12a4"}, {"name": ""}, {"number": "902"}],
    ids=str,
)
def test_a_room_that_the_pbx_could_not_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+") as refusal:
        check_room(replace(PbxRoom("400", "Meeting room"), **wrong))
    assert "pin" not in wrong or wrong["pin"] not in str(refusal.value)


@pytest.mark.parametrize(
    "wrong", [{"members": ()}, {"name": ""}, {"name": "a\nb"}, {"number": "112"}], ids=str
)
def test_a_ring_group_that_could_not_ring_is_refused(wrong: dict[str, Any]) -> None:
    group = PbxRingGroup("300", "Reception", ("anna",))
    assert check_ring_group(group) is group
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        check_ring_group(replace(group, **wrong))
