"""Which calls are recorded by themselves, as an administrator set it for a user."""

from __future__ import annotations

from collections.abc import Collection

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState
from wwphone.domain.recording import AutomaticRecording


def talks(leg: Leg) -> bool:
    """Whether somebody is at the other end, and was answered."""
    return leg.state in (LegState.UP, LegState.HELD) and not leg.waiting


def falls_under(rule: AutomaticRecording, leg: Leg, internal: Collection[str]) -> bool:
    """Whether the call of a leg is to be recorded; `internal` are all numbers that are dialled inside."""
    match rule:
        case AutomaticRecording.NONE:
            return False
        case AutomaticRecording.ALL:
            return True
        case AutomaticRecording.INCOMING:
            return leg.direction is CallDirection.INCOMING
        case AutomaticRecording.OUTGOING:
            return leg.direction is CallDirection.OUTGOING
        case AutomaticRecording.EXTERNAL:
            return _is_external(leg, internal)


def _is_external(leg: Leg, internal: Collection[str]) -> bool:
    if leg.direction is CallDirection.INCOMING and leg.kind is not CallKind.GROUP:
        return leg.kind is CallKind.DIRECT
    number = leg.remote.number  # empty: withheld, which people of the house do not do among themselves
    return number not in internal and not number.startswith(("*", "#"))
