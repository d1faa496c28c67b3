"""Orders: what may be asked of the running program, and nothing else."""

from __future__ import annotations

import pytest

from wwphone.domain.actions import MAX_ADDRESS, Action, NoOrderError, Order, order_of


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.DIAL])
def test_an_action_stands_alone(action: Action) -> None:
    assert order_of([action.value]) == Order(action)
    with pytest.raises(NoOrderError):
        order_of([action.value, "207"])


def test_dial_has_an_address() -> None:
    assert order_of(["dial", "tel:+41 44 268 12 12"]) == Order(Action.DIAL, "tel:+41 44 268 12 12")
    with pytest.raises(NoOrderError):
        order_of(["dial"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["Answer"],
        ["ANSWER"],
        ["dial", " 207"],
        ["dial", "207\r"],
        ["dial", "2\x0007"],
        ["dial", "2\x9b07"],
        ["dial", "\udc80"],
        ["dial", "1" * (MAX_ADDRESS + 1)],
        ["dial", "207", "208"],
        ["quit"],
    ],
)
def test_everything_else_is_no_order(words: list[str]) -> None:
    with pytest.raises(NoOrderError):
        order_of(words)
