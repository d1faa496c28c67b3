"""Who may pick up what, by presence groups and rules."""

from __future__ import annotations

from tests.helpers.cti_server import user_record
from wwphone.domain.pickup import PickupRule
from wwphone.server.services.pickup_rights import PickupRights, Sight

PEOPLE = (
    user_record("anna", "201", group="Reception"),
    user_record("beat", "202"),
    user_record("carla", "203"),
    user_record("loner", "204", group=""),
)
BOTH, NEITHER = Sight(may_pick_up=True, see_caller=True), Sight(may_pick_up=False, see_caller=False)


def test_members_of_a_group_may_do_both_and_others_neither() -> None:
    rights = PickupRights(PEOPLE, ())
    assert rights.audience(["Sales"]) == {BOTH: {"beat", "carla"}}
    assert (rights.sight("Sales", "Reception"), rights.sight("", "")) == (NEITHER, NEITHER)
    assert rights.picks_up_in("Sales") == ("Sales",)
    assert rights.picks_up_in("") == ()


def test_who_is_in_no_group_is_in_no_audience_and_has_none() -> None:
    assert PickupRights(PEOPLE, ()).audience([""]) == {}


def test_a_rule_says_otherwise_for_the_own_group_too() -> None:
    rules = (
        PickupRule("Sales", "Reception", pick_up=True, see_caller=False),
        PickupRule("Sales", "Sales", pick_up=False, see_caller=True),
    )
    rights = PickupRights(PEOPLE, rules)
    assert rights.audience(["Sales"]) == {
        Sight(may_pick_up=True, see_caller=False): {"anna"},
        Sight(may_pick_up=False, see_caller=True): {"beat", "carla"},
    }
    assert rights.picks_up_in("Reception") == ("Reception", "Sales")
    assert rights.picks_up_in("Sales") == ()


def test_of_several_groups_any_that_allows_it_is_enough() -> None:
    rules = (
        PickupRule("Sales", "Reception", pick_up=True, see_caller=False),
        PickupRule("Reception", "Reception", pick_up=False, see_caller=True),
    )
    audience = PickupRights(PEOPLE, rules).audience(["Sales", "Reception"])
    assert audience == {BOTH: {"anna", "beat", "carla"}}
