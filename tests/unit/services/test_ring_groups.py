"""One's own places in ring groups, as the window shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem
from wwphone.domain.calls import Party
from wwphone.domain.ring_groups import RingGroupLogin, RingGroupMembership
from wwphone.protocol.ring_groups import RingGroupsChanged, SetLoggedIn
from wwphone.services.ring_groups import RingGroupsService, RingGroupsSnapshot

HOTLINE, SALES = RingGroupMembership("300", "Hotline"), RingGroupMembership("310", "Sales")


def service(ground: Ground) -> RingGroupsService:
    return ground.services.ring_groups


async def become_member(ground: Ground) -> None:
    ground.link.change(RingGroupsChanged((HOTLINE, SALES)))
    await ground.settled()


async def test_before_sign_in_there_is_nothing(ground: Ground) -> None:
    assert service(ground).snapshot == RingGroupsSnapshot()


async def test_log_out_and_in_is_asked_of_the_server_and_told_once(signed_in: Ground) -> None:
    await become_member(signed_in)
    told: list[RingGroupsSnapshot] = []
    service(signed_in).changed.subscribe(told.append)
    await service(signed_in).set_logged_in("310", logged_in=False)
    await signed_in.settled()
    assert signed_in.link.commands == [SetLoggedIn("310", logged_in=False)]
    assert [[one.login.logged_in for one in each.ring_groups] for each in told] == [[True, False]]
    assert service(signed_in).snapshot.ring_groups[1].login.set_from == "this PC"

    await service(signed_in).set_logged_in("310", logged_in=True)
    assert service(signed_in).snapshot.ring_groups[1].login.logged_in


async def test_a_group_one_is_not_in_is_refused(signed_in: Ground) -> None:
    with pytest.raises(CommandRefusedError) as refusal:
        await service(signed_in).set_logged_in("399", logged_in=False)
    assert refusal.value.error.code is ErrorCode.NOT_FOUND


async def test_without_a_line_it_stays_as_it_was_and_says_of_when(signed_in: Ground) -> None:
    await become_member(signed_in)
    signed_in.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    snapshot = service(signed_in).snapshot
    assert snapshot.ring_groups == (HOTLINE, SALES)
    assert not snapshot.live
    assert snapshot.as_of is not None

    out = replace(SALES, login=RingGroupLogin(logged_in=False))
    signed_in.link.change(RingGroupsChanged((HOTLINE, out)))
    signed_in.link.heal()
    await signed_in.settled()
    assert service(signed_in).snapshot == RingGroupsSnapshot((HOTLINE, out), live=True)


async def test_names_by_number(signed_in: Ground) -> None:
    await become_member(signed_in)
    assert service(signed_in).snapshot.named("300") == "Hotline"
    assert service(signed_in).snapshot.named("399") == "399"


async def test_signed_out_one_has_no_groups(signed_in: Ground) -> None:
    await become_member(signed_in)
    await signed_in.services.account.sign_out()
    await signed_in.settled()
    assert service(signed_in).snapshot == RingGroupsSnapshot()


async def test_the_longest_is_of_those_who_can_be_taken_while_the_line_is_up(signed_in: Ground) -> None:
    early, late = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, 1, tzinfo=UTC)
    hotline = replace(HOTLINE, waiting=(early,))
    sales = replace(SALES, waiting=(late,), next_caller=Party("207"))
    assert service(signed_in).longest == ""
    signed_in.link.change(RingGroupsChanged((hotline, sales)))
    await signed_in.settled()
    assert service(signed_in).longest == "310"
    signed_in.link.change(RingGroupsChanged((replace(hotline, next_caller=Party("")), sales)))
    await signed_in.settled()
    assert service(signed_in).longest == "300"
    signed_in.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    assert service(signed_in).longest == ""
