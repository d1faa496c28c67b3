"""The rules of reachability as functions: what the PBX is told, what stands in the way of calls, which forwarding is a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, PhoneState
from wwphone.domain.devices import Registration
from wwphone.domain.numbers import (
    RESERVED_NUMBERS,
    VOICEMAIL_NUMBER,
    NotDiallableError,
    dial_target,
)
from wwphone.domain.presence import Presence, PresenceStatus
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.server.api import PbxReach, UserRecord

Matrix = Mapping[PresenceStatus, frozenset[CallKind]]

_EVERYTHING = tuple(CallKind)
_FORWARDED_KINDS = (CallKind.INTERNAL, CallKind.DIRECT)
"""A call to a group is never forwarded by a member: the others ring, and it would be taken away from them."""


@dataclass(frozen=True)
class Situation:
    """All that decides whether a call rings one user now."""

    record: UserRecord
    presence: Presence
    reachability: Reachability
    in_force: tuple[Forwarding, ...]
    """The forwardings that count, see `forwardings_in_force`."""
    phone: PhoneState
    legs: tuple[Leg, ...]
    registrations: tuple[Registration, ...] | None
    """None: the PBX has not said yet."""
    ring_groups: tuple[RingGroupMembership, ...] = ()


# ---------------------------------------------------------------- forwardings


def forwarding_target(text: str, record: UserRecord) -> str:
    """Return the number that calls of this user may be forwarded to. Raises ValueError in words."""
    try:
        target = dial_target(text)
    except NotDiallableError as error:
        raise ValueError(str(error)) from error
    if target.is_emergency:
        raise ValueError("calls cannot be forwarded to an emergency number")
    number = target.address
    if not number.removeprefix("+").isdigit():
        raise ValueError("calls are forwarded to a number made of digits")
    if number in own_numbers(record):
        raise ValueError("this is your own number")
    if number in RESERVED_NUMBERS and number != VOICEMAIL_NUMBER:
        raise ValueError(f"{number} is used by the PBX itself")
    return number


def own_numbers(record: UserRecord) -> frozenset[str]:
    """The numbers a user is called at."""
    return frozenset({record.number, record.displayed_number, record.displayed_number_when_forwarding}) - {""}


def comes_back(
    user: str, target: str, users: Iterable[UserRecord], set_by: Mapping[str, Reachability]
) -> bool:
    """Whether a call that `user` forwards to `target` comes back, because whoever is there forwards every call."""
    owners = {number: record.user for record in users for number in own_numbers(record)}
    seen: set[str] = set()
    number = target
    while (owner := owners.get(number)) is not None and owner not in seen:
        if owner == user:
            return True
        seen.add(owner)
        always = set_by.get(owner, NOTHING_SET).forwarding(ForwardingCause.ALWAYS)
        number = always.target if always is not None else ""
    return False


def forwardings_in_force(
    user: str, set_by: Mapping[str, Reachability], is_outside: Callable[[str], bool]
) -> tuple[Forwarding, ...]:
    """Return what is left of a user's forwardings.

    Do not disturb stops them, except to a number outside that colleagues forward to as well: that one goes on until all
    who share it are not to be disturbed (requirement 003, "Do Not Disturb").
    """
    own = set_by.get(user, NOTHING_SET)
    if not own.do_not_disturb:
        return own.forwardings
    wanted = {
        forwarding.target
        for other in set_by.values()
        if not other.do_not_disturb
        for forwarding in other.forwardings
    }
    return tuple(one for one in own.forwardings if one.target in wanted and is_outside(one.target))


# ---------------------------------------------------------------- what the PBX obeys


def pbx_reach(situation: Situation, matrix: Matrix) -> PbxReach:
    """Return what counts in the PBX."""
    status = situation.presence.status
    return PbxReach(
        status, matrix[status], situation.reachability.do_not_disturb, forwardings=situation.in_force
    )


# ---------------------------------------------------------------- obstacles


def obstacles(situation: Situation, matrix: Matrix) -> tuple[Obstacle, ...]:
    """Return what keeps calls from ringing, weightiest first."""
    return tuple(_obstacles(situation, matrix))


def _obstacles(situation: Situation, matrix: Matrix) -> Iterator[Obstacle]:
    own, presence = situation.reachability, situation.presence
    if own.do_not_disturb:
        yield Obstacle(ObstacleKind.DO_NOT_DISTURB, _EVERYTHING, own.disturb_since, own.disturb_set_from)
    for forwarding in situation.in_force:
        if forwarding.cause is ForwardingCause.ALWAYS:
            yield Obstacle(ObstacleKind.FORWARDED, _FORWARDED_KINDS, target=forwarding.target)
    if situation.registrations is not None:
        if not situation.registrations:
            yield Obstacle(ObstacleKind.NOT_REGISTERED, _EVERYTHING)
        elif not any(registration.reachable for registration in situation.registrations):
            yield Obstacle(ObstacleKind.NOT_ANSWERING, _EVERYTHING)
    if silent := tuple(kind for kind in CallKind if kind not in matrix[presence.status]):
        yield Obstacle(ObstacleKind.PRESENCE, silent, presence.since, presence.set_from)
    for group in situation.ring_groups:
        if not group.login.logged_in:
            login = group.login
            affected = (CallKind.GROUP,)
            yield Obstacle(ObstacleKind.GROUP_LOGGED_OUT, affected, login.since, login.set_from, group.number)
    if _is_busy(situation):
        yield Obstacle(ObstacleKind.BUSY, _EVERYTHING)


def _is_busy(situation: Situation) -> bool:
    """As the dial plan asks it: any device in a call, any device ringing."""
    in_call = situation.phone is PhoneState.BUSY
    ringing = any(
        leg.direction is CallDirection.INCOMING and leg.state is LegState.RINGING for leg in situation.legs
    )
    record = situation.record
    return (record.busy_when_in_call and in_call) or (record.busy_when_ringing and ringing)
