"""How a call with another shown number is dialled."""

from __future__ import annotations

import pytest

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS, DialTarget
from wwphone.domain.shown import SHOWN_HEADER, Shown, shown_call, without_prefix


def test_numbers_outside_get_the_prefix() -> None:
    assert shown_call(DialTarget("+41442681212"), Shown("204")) == ("*31*+41442681212", {SHOWN_HEADER: "204"})
    assert shown_call(DialTarget("0442681212"), Shown()) == ("*31*0442681212", {})
    assert without_prefix("*31*0442681212") == "0442681212"
    assert without_prefix("0442681212") == "0442681212"


@pytest.mark.parametrize(
    "number", [*sorted(EMERGENCY_NUMBERS), *sorted(RESERVED_NUMBERS), "*8", "**205", "a@b.ch"]
)
def test_what_must_be_dialled_as_it_is(number: str) -> None:
    assert shown_call(DialTarget(number), Shown("204")) == (number, {})
