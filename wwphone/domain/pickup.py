"""Targeted pick-up: what rings at colleagues, why nobody answers there, and who may take it (product, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import CallKind, Party, PhoneState
from wwphone.domain.presence import Presence, PresenceStatus


@dataclass(frozen=True)
class PickupRule:
    """What members of the presence group `by` may do with calls that ring at members of the presence group `group`."""

    group: str
    by: str
    pick_up: bool
    see_caller: bool


@dataclass(frozen=True)
class RingingCall:
    """A call that rings somewhere else, as one person may see it: one for each number that was called.

    However many devices of a user ring, or members of a ring group, it is one.
    """

    ringing_id: str
    """Made by the server: the call and what was called."""
    called: Party
    """Whom the caller called: the colleague, or the ring group."""
    kind: CallKind
    since: datetime
    """When it began to ring."""
    user: str = ""
    """The colleague whose devices ring; empty for a ring group."""
    members: tuple[str, ...] = ()
    """At whom a ring group's call rings now, as far as others see them; by name."""
    caller: Party | None = None
    """None: this person may not see who calls, or the caller hides from everybody."""
    may_pick_up: bool = False
    claimed_by: str = ""
    """The user who is about to take it; empty: nobody yet."""


class Unanswered(Enum):
    """Why nobody answers, as far as presence and phone tell."""

    RINGS = "rings"
    """Nothing stands in the way: it just rings."""
    IN_CALL = "in_call"
    DO_NOT_DISTURB = "do_not_disturb"
    """It was switched on while the call rang already."""
    BE_RIGHT_BACK = "be_right_back"
    NOT_WANTED = "not_wanted"
    """The presence asks for no such calls."""
    NOT_CONNECTED = "not_connected"
    """No client of the person is connected: perhaps nobody sits there."""


def why_unanswered(presence: Presence | None, phone: PhoneState, wanted: bool) -> Unanswered:
    """Say why a colleague does not answer; `wanted`: their presence asks for this kind of call."""
    if phone is PhoneState.BUSY:
        return Unanswered.IN_CALL
    if presence is not None and presence.do_not_disturb:
        return Unanswered.DO_NOT_DISTURB
    if presence is None or not presence.connected:
        return Unanswered.NOT_CONNECTED
    if presence.status is PresenceStatus.BE_RIGHT_BACK:
        return Unanswered.BE_RIGHT_BACK
    return Unanswered.RINGS if wanted else Unanswered.NOT_WANTED


def may_pick_up_by_default(group: str, by: str) -> bool:
    """Whether members of `by` may pick up in `group`, and see callers there, while no rule says otherwise."""
    return bool(group) and group == by
