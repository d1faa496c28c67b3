"""The number shown to the next person called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.gui.world import ME
from tests.unit.services.conftest import Ground
from wwphone.domain.account import Profile
from wwphone.domain.numbers import DialTarget
from wwphone.domain.shown import SHOWN_HEADER, Shown
from wwphone.protocol.account import ProfileChanged

PROFILE = Profile(
    ME, "204", "Anna Muster", displayed_number="+41442681200", shown_numbers=("+41442681204", "204")
)


async def with_numbers(ground: Ground) -> None:
    ground.link.change(ProfileChanged(PROFILE))
    await ground.settled()


async def test_without_the_servers_word_there_is_no_choice(signed_in: Ground) -> None:
    assert signed_in.services.shown.choices == ()
    with pytest.raises(ValueError, match="own"):
        signed_in.services.shown.choose(Shown("+41442681204"))


async def test_a_choice_counts_for_one_call(signed_in: Ground) -> None:
    await with_numbers(signed_in)
    shown, calls = signed_in.services.shown, signed_in.services.calls
    assert shown.usual == "+41442681200"
    told: list[None] = []
    shown.changed.subscribe(told.append)
    shown.choose(Shown("+41442681204"))
    first = calls.dial("0442681212")
    calls.dial("0442681213")
    await signed_in.settled()
    assert signed_in.engine.dialled == [
        ("*31*0442681212", {SHOWN_HEADER: "+41442681204"}),
        ("0442681213", {}),
    ]
    assert shown.chosen is None
    assert len(told) == 2
    call = calls.call(first)
    assert call is not None
    assert call.remote.number == "0442681212", "nobody sees how it is done"


async def test_a_colleague_and_an_emergency_are_dialled_as_ever(signed_in: Ground) -> None:
    await with_numbers(signed_in)
    signed_in.services.shown.choose(Shown())
    signed_in.services.calls.dial("207")
    assert signed_in.services.shown.chosen == Shown(), "the choice is for outside"
    signed_in.services.calls.dial("112")
    assert signed_in.engine.dialled == [("207", {}), ("112", {})]


async def test_a_number_taken_away_is_not_chosen_any_more(signed_in: Ground) -> None:
    await with_numbers(signed_in)
    signed_in.services.shown.choose(Shown("+41442681204"))
    signed_in.link.change(ProfileChanged(replace(PROFILE, shown_numbers=("204",))))
    await signed_in.settled()
    assert signed_in.services.shown.chosen is None


CALLED = "0442681212"
OTHER = Shown("+41442681204")


async def test_a_default_counts_whenever_its_number_is_dialled(signed_in: Ground) -> None:
    await with_numbers(signed_in)
    shown, calls = signed_in.services.shown, signed_in.services.calls
    await shown.remember(CALLED, OTHER)
    assert shown.default_for(CALLED) == OTHER
    for number in (CALLED, "0442681213", "044 268 12 12"):
        calls.dial(number)
    await signed_in.settled()
    assert signed_in.engine.dialled == [
        ("*31*0442681212", {SHOWN_HEADER: "+41442681204"}),
        ("0442681213", {}),
        ("*31*0442681212", {SHOWN_HEADER: "+41442681204"}),
    ]


async def test_a_choice_for_one_call_comes_before_the_default_also_the_usual_number(
    signed_in: Ground,
) -> None:
    await with_numbers(signed_in)
    shown, calls = signed_in.services.shown, signed_in.services.calls
    await shown.remember(CALLED, OTHER)
    shown.look_at(DialTarget(CALLED))
    assert (shown.target, shown.next) == (CALLED, OTHER)
    for choice in (Shown(), None):
        shown.choose(choice)
        assert shown.next == choice
        calls.dial(CALLED)
        assert shown.next == OTHER, "again"
    assert signed_in.engine.dialled == [("*31*0442681212", {}), ("0442681212", {})]


async def test_a_default_that_may_not_be_shown_any_more_rests(signed_in: Ground) -> None:
    await with_numbers(signed_in)
    shown = signed_in.services.shown
    await shown.remember(CALLED, OTHER)
    signed_in.link.change(ProfileChanged(replace(PROFILE, shown_numbers=("204",))))
    await signed_in.settled()
    assert shown.default_for(CALLED) is None
    signed_in.link.change(ProfileChanged(PROFILE))
    await signed_in.settled()
    assert shown.default_for(CALLED) == OTHER
    await shown.remember(CALLED, None)
    assert shown.default_for(CALLED) is None


@pytest.mark.parametrize("number", ["112", "801", "*200", "a@example.com"])
async def test_for_some_targets_there_is_nothing_to_choose(signed_in: Ground, number: str) -> None:
    await with_numbers(signed_in)
    signed_in.services.shown.look_at(DialTarget(number))
    assert signed_in.services.shown.target == ""
