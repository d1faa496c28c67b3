"""What an administrator may and may not give a user."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.server.api import UserRecord
from wwphone.server.demo_company import GROUPS, PEOPLE
from wwphone.server.user_rules import check_number, check_text, check_user

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
