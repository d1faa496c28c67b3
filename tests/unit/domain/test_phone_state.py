"""State of all of a user's devices together (requirement 001, "Telephone")."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wwphone.domain.calls import CallDirection, Leg, LegState, Party, PhoneState, phone_state_of

_OUT, _IN = CallDirection.OUTGOING, CallDirection.INCOMING


def leg(direction: CallDirection, state: LegState) -> Leg:
    return Leg("1", "1", "anna", direction, Party("202"), state, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("legs", "reachable", "state"),
    [
        ([], False, PhoneState.OFFLINE),
        ([], True, PhoneState.FREE),
        ([leg(_IN, LegState.DIALING)], True, PhoneState.FREE),
        ([leg(_IN, LegState.RINGING)], True, PhoneState.RINGING),
        ([leg(_IN, LegState.UP)], True, PhoneState.BUSY),
        ([leg(_IN, LegState.HELD)], True, PhoneState.BUSY),
        ([leg(_OUT, LegState.DIALING)], True, PhoneState.BUSY),
        ([leg(_OUT, LegState.RINGING)], True, PhoneState.BUSY),
        ([leg(_IN, LegState.RINGING), leg(_IN, LegState.UP)], True, PhoneState.BUSY),
        ([leg(_IN, LegState.UP), leg(_IN, LegState.RINGING)], True, PhoneState.BUSY),
        ([leg(_IN, LegState.UP)], False, PhoneState.BUSY),
    ],
)
def test_one_state_for_all_devices(legs: list[Leg], reachable: bool, state: PhoneState) -> None:
    assert phone_state_of(legs, reachable) is state
