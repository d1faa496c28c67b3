"""Which calls are recorded by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party
from wwphone.domain.recording import AutomaticRecording
from wwphone.server.services.recording_rules import falls_under, talks

INTERNAL = frozenset({"201", "300", "117"})
IN, OUT = CallDirection.INCOMING, CallDirection.OUTGOING


def leg(
    direction: CallDirection, number: str, kind: CallKind = CallKind.INTERNAL, **more: bool | LegState
) -> Leg:
    state = more.pop("state", LegState.UP)
    assert isinstance(state, LegState)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return Leg("1.1", "1.1", "beat", direction, Party(number), state, now, kind, **more)  # type: ignore[arg-type]


CALLS = {
    "colleague calls": leg(IN, "201"),
    "colleague calls group": leg(IN, "201", CallKind.GROUP),
    "customer calls": leg(IN, "+41445550123", CallKind.DIRECT),
    "customer calls group": leg(IN, "+41445550123", CallKind.GROUP),
    "withheld calls group": leg(IN, "", CallKind.GROUP),
    "calls colleague": leg(OUT, "201"),
    "calls police": leg(OUT, "117"),
    "calls service code": leg(OUT, "*21"),
    "calls customer": leg(OUT, "0445550123"),
}


@pytest.mark.parametrize(
    ("rule", "recorded"),
    [
        (AutomaticRecording.NONE, set()),
        (AutomaticRecording.ALL, set(CALLS)),
        (AutomaticRecording.INCOMING, {name for name in CALLS if "calls " not in name[:6]}),
        (AutomaticRecording.OUTGOING, {name for name in CALLS if name.startswith("calls ")}),
        (
            AutomaticRecording.EXTERNAL,
            {"customer calls", "customer calls group", "withheld calls group", "calls customer"},
        ),
    ],
    ids=lambda value: value.value if isinstance(value, AutomaticRecording) else "",
)
def test_what_falls_under_a_rule(rule: AutomaticRecording, recorded: set[str]) -> None:
    assert {name for name, call in CALLS.items() if falls_under(rule, call, INTERNAL)} == recorded


def test_who_talks() -> None:
    assert talks(leg(IN, "201"))
    assert talks(leg(IN, "201", state=LegState.HELD))
    assert not talks(leg(IN, "201", state=LegState.RINGING))
    assert not talks(leg(IN, "201", state=LegState.HELD, waiting=True))
