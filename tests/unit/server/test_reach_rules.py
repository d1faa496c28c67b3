"""The rules of reachability: targets, loops, do not disturb over shared targets, obstacles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from wwphone.domain.account import Transport
from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party, PhoneState
from wwphone.domain.devices import Registration
from wwphone.domain.presence import DEFAULT_REACH, Presence, PresenceStatus
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.server.api import PbxReach, UserRecord
from wwphone.server.services.reach_rules import (
    Matrix,
    Situation,
    comes_back,
    forwarding_target,
    forwardings_in_force,
    obstacles,
    pbx_reach,
)

ALWAYS, UNREGISTERED, BUSY, NO_ANSWER = ForwardingCause
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOBILE = "0791112233"


def person(user: str, number: str, **fields: object) -> UserRecord:
    return replace(UserRecord(user, number, user.title(), "", "s", "h"), **fields)  # type: ignore[arg-type]


ANNA = person("anna", "201", displayed_number="+41445550100", displayed_number_when_forwarding="+41445550101")
BEAT, CARLA, DARIO = person("beat", "202"), person("carla", "203"), person("dario", "204")
USERS = (ANNA, BEAT, CARLA, DARIO)


def to(target: str, cause: ForwardingCause = ALWAYS, *, disturbed: bool = True) -> Reachability:
    return Reachability(do_not_disturb=not disturbed, forwardings=(Forwarding(cause, target),))


# ---------------------------------------------------------------- targets


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("202", "202"),
        (" +41 (0)79 555 01 04 ", "+41795550104"),
        ("tel:0041-44-555-01-02", "0041445550102"),
        ("900", "900"),
        ("300", "300"),
    ],
)
def test_what_calls_may_be_forwarded_to(text: str, number: str) -> None:
    assert forwarding_target(text, ANNA) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", "nobody", "beat@example.net", "*8", "**202", "12#", "112", "1414", "201", "+41445550100"),
        *("+41 44 555 01 01", "700", "715", "801", "901", "902"),
    ],
)
def test_what_calls_may_not_be_forwarded_to(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|dial|digits|PBX|SIP"):
        forwarding_target(text, ANNA)


# ---------------------------------------------------------------- loops


@pytest.mark.parametrize(
    ("set_by", "target", "loops"),
    [
        ({}, "202", False),
        ({}, MOBILE, False),
        ({"beat": to("201")}, "202", True),
        ({"beat": to("+41445550101")}, "202", True),
        ({"beat": to("201", BUSY)}, "202", False),
        ({"beat": to("203"), "carla": to("204")}, "202", False),
        ({"beat": to("203"), "carla": to("201")}, "202", True),
        ({"beat": to("203"), "carla": to("202")}, "202", False),
        ({"beat": to(MOBILE)}, "202", False),
        ({"beat": to("900")}, "202", False),
    ],
)
def test_a_forwarding_that_would_come_back(set_by: dict[str, Reachability], target: str, loops: bool) -> None:
    assert comes_back("anna", target, USERS, set_by) is loops


# ---------------------------------------------------------------- do not disturb


def is_outside(number: str) -> bool:
    return number not in {user.number for user in USERS} | {"900"}


def in_force(**set_by: Reachability) -> list[str]:
    return [one.target for one in forwardings_in_force("anna", set_by, is_outside)]


def test_do_not_disturb_stops_ones_own_forwardings() -> None:
    assert in_force(anna=to(MOBILE)) == [MOBILE]
    assert in_force(anna=to(MOBILE, disturbed=False)) == []
    assert in_force(beat=to(MOBILE)) == []


def test_a_number_outside_that_colleagues_share_is_reached_until_all_who_share_it_are_silent() -> None:
    silent = to(MOBILE, disturbed=False)

    assert in_force(anna=silent, beat=to(MOBILE, BUSY)) == [MOBILE]
    assert in_force(anna=silent, beat=to("0790000000")) == []
    assert in_force(anna=silent, beat=silent) == []
    assert in_force(anna=silent, beat=silent, carla=to(MOBILE, NO_ANSWER)) == [MOBILE]


@pytest.mark.parametrize("inside", ["203", "900"])
def test_a_number_inside_is_nobodys_to_share(inside: str) -> None:
    assert in_force(anna=to(inside, disturbed=False), beat=to(inside)) == []


# ---------------------------------------------------------------- what the PBX gets, and what stands in the way

DEVICE = Registration("sip:a@192.0.2.1", "Phone", "192.0.2.1", 5060, Transport.UDP, None, True, 5.0)
WELL = Situation(
    ANNA, Presence(PresenceStatus.AVAILABLE, NOON), NOTHING_SET, (), PhoneState.FREE, (), (DEVICE,)
)
EVERY = tuple(CallKind)


def leg(direction: CallDirection, state: LegState) -> Leg:
    return Leg("1", "1", "anna", direction, Party("202"), state, NOON)


def test_the_pbx_gets_the_status_its_kinds_and_what_is_in_force() -> None:
    one = Forwarding(BUSY, "202")
    situation = replace(
        WELL,
        presence=Presence(PresenceStatus.INTERNAL_ONLY, NOON),
        reachability=Reachability(do_not_disturb=True, forwardings=(one, Forwarding(NO_ANSWER, "203"))),
        in_force=(one,),
    )
    assert pbx_reach(situation, DEFAULT_REACH) == PbxReach(
        PresenceStatus.INTERNAL_ONLY, frozenset({CallKind.INTERNAL}), True, (one,)
    )


def test_a_matrix_of_ones_own_counts() -> None:
    matrix: Matrix = MappingProxyType(
        {**DEFAULT_REACH, PresenceStatus.AVAILABLE: frozenset({CallKind.GROUP})}
    )

    assert pbx_reach(WELL, matrix).rings == frozenset({CallKind.GROUP})
    assert obstacles(WELL, matrix) == (
        Obstacle(ObstacleKind.PRESENCE, (CallKind.INTERNAL, CallKind.DIRECT), NOON),
    )


def test_nothing_stands_in_the_way() -> None:
    assert obstacles(WELL, DEFAULT_REACH) == ()


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        (
            {"reachability": Reachability(True, NOON, "PC-7")},
            Obstacle(ObstacleKind.DO_NOT_DISTURB, EVERY, NOON, "PC-7"),
        ),
        (
            {"in_force": (Forwarding(BUSY, "203"), Forwarding(ALWAYS, "202"))},
            Obstacle(ObstacleKind.FORWARDED, (CallKind.INTERNAL, CallKind.DIRECT), target="202"),
        ),
        ({"registrations": ()}, Obstacle(ObstacleKind.NOT_REGISTERED, EVERY)),
        (
            {"registrations": (replace(DEVICE, reachable=False),) * 2},
            Obstacle(ObstacleKind.NOT_ANSWERING, EVERY),
        ),
        (
            {"presence": Presence(PresenceStatus.DIRECT_ONLY, NOON, None, "PC-7")},
            Obstacle(ObstacleKind.PRESENCE, (CallKind.GROUP,), NOON, "PC-7"),
        ),
        (
            {"record": replace(ANNA, busy_when_in_call=True), "phone": PhoneState.BUSY},
            Obstacle(ObstacleKind.BUSY, EVERY),
        ),
        (
            {
                "record": replace(ANNA, busy_when_ringing=True),
                "phone": PhoneState.RINGING,
                "legs": (leg(CallDirection.INCOMING, LegState.RINGING),),
            },
            Obstacle(ObstacleKind.BUSY, EVERY),
        ),
    ],
)
def test_what_stands_in_the_way(change: dict[str, object], obstacle: Obstacle) -> None:
    assert obstacles(replace(WELL, **change), DEFAULT_REACH) == (obstacle,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"registrations": None},
        {"registrations": (DEVICE, replace(DEVICE, reachable=False))},
        {"reachability": to("202", BUSY), "in_force": (Forwarding(BUSY, "202"),)},
        {"phone": PhoneState.BUSY},
        {"record": replace(ANNA, busy_when_in_call=True), "phone": PhoneState.RINGING},
        {
            "record": replace(ANNA, busy_when_ringing=True),
            "phone": PhoneState.BUSY,
            "legs": (leg(CallDirection.OUTGOING, LegState.RINGING),),
        },
    ],
)
def test_what_does_not(change: dict[str, object]) -> None:
    assert obstacles(replace(WELL, **change), DEFAULT_REACH) == ()  # type: ignore[arg-type]


def test_the_weightiest_comes_first() -> None:
    situation = replace(
        WELL,
        record=replace(ANNA, busy_when_in_call=True),
        reachability=Reachability(do_not_disturb=True),
        in_force=(Forwarding(ALWAYS, MOBILE),),
        registrations=(),
        presence=Presence(PresenceStatus.UNAVAILABLE, NOON),
        phone=PhoneState.BUSY,
    )
    kinds = [one.kind for one in obstacles(situation, DEFAULT_REACH)]

    assert kinds == sorted(kinds, key=list(ObstacleKind).index)
    assert len(kinds) == 5
