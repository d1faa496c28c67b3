"""Legs, from the sequences of events a real Asterisk 22.10 sent for real calls."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.server.asterisk.channel_events import START, FakeChannel, Ticking
from wwphone.domain.calls import CallDirection, CallKind, LegState, Party
from wwphone.server.api import PbxLegChanged, PbxLegEnded, PbxPickedUp
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.legs import LEG_EVENTS, LegBook, LegEvent

_USERS = {"anna", "beat", "carla", "jean-luc"}


@pytest.fixture
def book() -> LegBook:
    return LegBook(_USERS.__contains__, Ticking())


def play(book: LegBook, *events: AmiEvent) -> list[str]:
    """What is told, in short: user, direction, other side, state; or user and cause."""
    return [short(change) for event in events for change in book.apply(event)]


def short(change: LegEvent) -> str:
    if isinstance(change, PbxPickedUp):
        return f"{change.user} took {change.leg_id} by {change.by_leg_id}"
    if isinstance(change, PbxLegEnded):
        return f"{change.user} ended {change.cause}"
    leg = change.leg
    arrow = "→" if leg.direction is CallDirection.OUTGOING else "←"
    return f"{leg.user} {arrow} {leg.remote.number} {leg.remote.name} {leg.state.value}"


def a_call(call: str = "pbx-1.0", callee: str = "beat") -> tuple[FakeChannel, FakeChannel]:
    anna = FakeChannel("PJSIP/anna-00000000", call, call, "4", exten="202")
    beat = FakeChannel(f"PJSIP/{callee}-00000001", "pbx-1.1", call, exten="s")
    return anna, beat


def dialled(anna: FakeChannel, beat: FakeChannel) -> Iterable[AmiEvent]:
    yield anna.new()
    yield anna.connected_with("202", "Beat")
    yield beat.new()
    yield beat.connected_with("201", "Anna")
    yield anna.dials(beat)


def ringing(anna: FakeChannel, beat: FakeChannel) -> Iterable[AmiEvent]:
    yield beat.becomes("5")
    yield anna.dials(beat, "DialState", "RINGING")


def answered(anna: FakeChannel, beat: FakeChannel, bridge: str = "b1") -> Iterable[AmiEvent]:
    yield beat.becomes("6")
    yield anna.dials(beat, "DialEnd", "ANSWER")
    yield anna.becomes("6")
    yield beat.enters(bridge, 1)
    yield anna.enters(bridge, 2)


def test_a_call_from_dialling_to_its_end(book: LegBook) -> None:
    anna, beat = a_call()

    assert play(book, *dialled(anna, beat)) == [
        "anna → 202  dialing",
        "anna → 202 Beat dialing",
        "beat ← 201 Anna dialing",
    ]
    assert play(book, *ringing(anna, beat)) == ["beat ← 201 Anna ringing", "anna → 202 Beat ringing"]
    assert play(book, *answered(anna, beat)) == ["beat ← 201 Anna up", "anna → 202 Beat up"]
    assert play(book, anna.leaves(1), anna.ends(), beat.leaves(0), beat.ends()) == [
        "anna ended 16",
        "beat ended 16",
    ]
    assert book.of("anna") == book.of("beat") == []


def test_a_leg_carries_what_its_user_needs(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *ringing(anna, beat))

    (leg,) = book.of("beat")
    assert (leg.leg_id, leg.call_id, leg.user) == ("pbx-1.1", "pbx-1.0", "beat")
    assert (leg.direction, leg.remote) == (CallDirection.INCOMING, Party("201", "Anna"))
    assert (leg.state, leg.since > START) == (LegState.RINGING, True)
    assert book.in_call("pbx-1.0") == [*book.of("anna"), leg]
    assert "pbx-1.1" in book


def test_holding_is_the_holders_and_keeps_the_time_of_the_answer(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *answered(anna, beat))
    since = book.of("anna")[0].since

    assert play(book, anna.event("Hold")) == ["anna → 202 Beat held"]
    assert play(book, anna.event("Hold")) == []
    assert book.of("beat")[0].state is LegState.UP
    assert play(book, anna.event("Unhold")) == ["anna → 202 Beat up"]
    assert book.of("anna")[0].since == since


@pytest.mark.parametrize(("cause", "status"), [(17, "BUSY"), (21, "NOANSWER"), (19, "NOANSWER")])
def test_a_callee_that_does_not_take_it(book: LegBook, cause: int, status: str) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *ringing(anna, beat))

    assert play(book, anna.dials(beat, "DialEnd", status), beat.ends(cause), anna.ends(cause)) == [
        f"beat ended {cause}",
        f"anna ended {cause}",
    ]


def test_a_user_with_a_dash_in_the_name(book: LegBook) -> None:
    anna, luc = a_call(callee="jean-luc")

    assert "jean-luc ← 201 Anna dialing" in play(book, *dialled(anna, luc))


def test_channels_of_nobody_are_passed_over(book: LegBook) -> None:
    trunk = FakeChannel("PJSIP/trunk-00000007", "pbx-1.0", "pbx-1.0", "4", exten="202")
    local = FakeChannel("Local/202@wwphone-members-0000;1", "pbx-1.2", "pbx-1.0", "5")
    zombie = FakeChannel("PJSIP/anna-00000001<ZOMBIE>", "pbx-1.3", "pbx-1.0", "6")

    for channel in (trunk, local, zombie):
        assert play(book, channel.new(), channel.becomes("6"), channel.enters("b", 1), channel.ends()) == []


def test_a_channel_that_was_only_created_is_not_told(book: LegBook) -> None:
    _, beat = a_call()

    assert play(book, beat.new(), beat.connected_with("201", "Anna"), beat.ends(20)) == []


def test_names_arrive_as_people_write_them(book: LegBook) -> None:
    anna, _ = a_call()
    told = play(book, anna.new(), anna.connected_with("202", 'Beat O\\\'Neill \\"B\\" \\\\ Müller'))

    assert told[-1] == 'anna → 202 Beat O\'Neill "B" \\ Müller dialing'


def test_click_to_dial_is_the_users_own_call(book: LegBook) -> None:
    anna = FakeChannel("PJSIP/anna-00000002", "click-1", "click-1", exten="s")
    carla = FakeChannel("PJSIP/carla-00000003", "pbx-1.4", "click-1", exten="s")

    assert play(book, anna.new(), anna.connected_with("203", "Carla"), anna.is_dialled()) == [
        "anna → 203 Carla dialing"
    ]
    assert play(book, anna.becomes("5")) == ["anna → 203 Carla dialing"]
    assert book.of("anna")[0].lift, "its receiver is to be lifted"
    assert play(book, anna.becomes("6")) == ["anna → 203 Carla up"]
    told = play(book, carla.new(), carla.connected_with("201", "Anna"), anna.dials(carla))
    assert told == ["carla ← 201 Anna dialing", "anna → 203 Carla dialing"]
    assert play(book, *ringing(anna, carla)) == ["carla ← 201 Anna ringing", "anna → 203 Carla ringing"]
    assert play(book, *answered(anna, carla)) == ["carla ← 201 Anna up", "anna → 203 Carla up"]


@pytest.mark.parametrize("state", ["5", "6"], ids=["rings", "answered"])
def test_nobody_is_told_of_a_dialled_channel_before_who_dials_it(book: LegBook, state: str) -> None:
    anna = FakeChannel("PJSIP/anna-00000002", "click-1", "click-1", exten="s")

    early = play(book, anna.new(), anna.connected_with("203", "Carla"), anna.becomes(state))

    assert early == [], "it would be taken for an incoming call"
    told = play(book, anna.is_dialled())
    assert [line.rpartition(" ")[0] for line in told] == ["anna → 203 Carla"]


def test_with_several_own_devices_each_is_an_outgoing_leg_of_the_one_call(book: LegBook) -> None:
    local = FakeChannel("Local/start@x-0;2", "click-1-2", "click-1", "4", context="wwphone-own-devices")
    desk = FakeChannel("PJSIP/anna-00000009", "pbx-1.19", "click-1", number="203")
    soft = FakeChannel("PJSIP/anna-0000000a", "pbx-1.20", "click-1", number="203")
    events = [desk.new(), soft.new(), local.dials(desk), local.dials(soft)]

    assert play(book, *events) == ["anna → 203  dialing"] * 2
    assert play(book, desk.becomes("5"), soft.becomes("5")) == ["anna → 203  dialing"] * 2
    assert play(book, desk.becomes("6"), soft.ends(26)) == ["anna → 203  up", "anna ended 26"]
    assert [leg.leg_id for leg in book.in_call("click-1")] == ["pbx-1.19"]


def test_a_group_rings_in_channels_between_and_the_caller_hears_it(book: LegBook) -> None:
    anna, beat = a_call()
    one = FakeChannel("Local/202@m-0;1", "pbx-1.8", "pbx-1.0")
    two = FakeChannel("Local/202@m-0;2", "pbx-1.9", "pbx-1.0", "4")
    play(book, anna.new(), one.new(), two.new(), anna.dials(one), beat.new(), two.dials(beat))

    told = play(book, beat.becomes("5"), two.dials(beat, "DialState", "RINGING"), one.becomes("5"),
                anna.dials(one, "DialState", "RINGING"))  # fmt: skip

    assert told == ["beat ←   ringing", "anna → 202  ringing"]


def test_who_picks_up_has_an_incoming_call_and_the_calls_become_one(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *ringing(anna, beat))
    carla = FakeChannel("PJSIP/carla-00000002", "pbx-2.2", "pbx-2.2", "4", exten="**202")
    play(book, carla.new(), carla.connected_with("201", "Anna"), carla.becomes("6"))

    told = play(
        book,
        carla.event("Pickup", TargetChannel=beat.name),
        anna.connected_with("203", "Carla"),
        anna.dials(carla, "DialEnd", "ANSWER"),
        anna.becomes("6"),
        beat.ends(26),
        carla.enters("b1", 1),
        anna.enters("b1", 2),
    )

    assert told == [
        "carla ← 201 Anna up",
        "anna → 203 Carla ringing",
        "anna → 203 Carla up",
        "beat ended 26",
        "carla ← 201 Anna up",
    ]
    assert {leg.user for leg in book.in_call("pbx-1.0")} == {"anna", "carla"}


def test_who_took_what_is_told_before_the_ringing_ends(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), beat.event("UserEvent", UserEvent="WwphoneOffer", Offer="group/300"))
    play(book, *ringing(anna, beat))
    carla = FakeChannel("PJSIP/carla-00000002", "pbx-2.2", "pbx-2.2", "4", exten="*8")
    play(book, carla.new(), carla.becomes("6"))

    told = play(book, carla.event("Pickup", TargetUniqueid=beat.uniqueid), beat.ends(26))

    assert told[0] == "carla took pbx-1.1 by pbx-2.2"
    assert told[-1] == "beat ended 26"
    (leg,) = book.of("carla")
    assert (leg.kind, leg.called) == (CallKind.GROUP, "300"), "of the kind of the call it took"
    local = FakeChannel("Local/start@wwphone-own-devices-1;1", "claim-1", "claim-1", "6")
    assert play(book, local.event("Pickup", TargetUniqueid=anna.uniqueid)) == [" took pbx-1.0 by claim-1"]


def test_what_a_call_is_for_comes_from_our_dial_plan_alone(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat))
    for name, offer in (("Other", "group/300"), ("WwphoneOffer", "nonsense"), ("WwphoneOffer", "odd/300")):
        play(book, beat.event("UserEvent", UserEvent=name, Offer=offer))
    (leg,) = book.of("beat")
    assert (leg.kind, leg.called) == (CallKind.INTERNAL, "")
    play(book, beat.event("UserEvent", UserEvent="WwphoneOffer", Offer="direct/+41445556677"))
    (leg,) = book.of("beat")
    assert (leg.kind, leg.called) == (CallKind.DIRECT, "+41445556677")


def test_what_a_call_is_for_is_known_again_after_the_line_was_away(book: LegBook) -> None:
    anna, beat = a_call()
    beat.state, beat.application = "5", "AppDial"
    beat.variable = "WWPHONE_DIRECTION=incoming\nWWPHONE_OFFER=group/300"
    book.replace_all([anna.status(), beat.status()], frozenset())
    (leg,) = book.of("beat")
    assert (leg.kind, leg.called, leg.state) == (CallKind.GROUP, "300", LegState.RINGING)


def test_after_a_blind_transfer_the_other_side_is_another(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *answered(anna, beat))
    carla = FakeChannel("PJSIP/carla-00000003", "pbx-1.3", "pbx-1.0", exten="s")

    told = play(
        book,
        anna.leaves(1),
        beat.leaves(0),
        beat.connected_with("203", "Carla"),
        anna.ends(),
        carla.new(),
        carla.connected_with("202", "Beat"),
        beat.dials(carla),
        *ringing(beat, carla),
        *answered(beat, carla, "b2"),
    )

    assert told == [
        "beat ← 203 Carla up",
        "anna ended 16",
        "carla ← 202 Beat dialing",
        "carla ← 202 Beat ringing",
        "carla ← 202 Beat up",
    ]


def test_after_an_attended_transfer_two_calls_are_one_the_older(book: LegBook) -> None:
    anna, beat = a_call("pbx-1.0")
    play(book, *dialled(anna, beat), *answered(anna, beat, "b1"))
    second = FakeChannel("PJSIP/anna-00000007", "pbx-1.13", "pbx-1.13", "4", exten="203")
    carla = FakeChannel("PJSIP/carla-00000008", "pbx-1.14", "pbx-1.13", exten="s")
    play(book, *dialled(second, carla), *answered(second, carla, "b2"))

    told = play(
        book,
        beat.leaves(1),
        second.leaves(1),
        beat.enters("b2", 2),
        anna.leaves(0),
        anna.ends(),
        second.ends(),
    )
    told += play(book, beat.connected_with("203", "Carla"))
    carla.call = "pbx-1.0"
    told += play(book, carla.connected_with("202", "Beat"))

    assert told[-2:] == ["beat ← 203 Carla up", "carla ← 202 Beat up"]
    assert {leg.user for leg in book.in_call("pbx-1.0")} == {"beat", "carla"}


def test_calls_in_a_conference_stay_calls_of_their_own(book: LegBook) -> None:
    anna = FakeChannel("PJSIP/anna-00000000", "pbx-1.0", "pbx-1.0", "6", exten="901")
    beat = FakeChannel("PJSIP/beat-00000001", "pbx-1.1", "pbx-1.1", "6", exten="902")
    play(book, anna.enters("room", 1, "base"), beat.enters("room", 2, "base"))

    assert [leg.call_id for leg in (*book.of("anna"), *book.of("beat"))] == ["pbx-1.0", "pbx-1.1"]


def test_calls_not_named_by_asterisk_both_keep_their_names(book: LegBook) -> None:
    anna, beat = a_call("click-without-number")
    beat.call = "pbx-1.1"

    play(book, *dialled(anna, beat), *answered(anna, beat))

    assert [leg.call_id for leg in (*book.of("anna"), *book.of("beat"))] == [
        "click-without-number",
        "pbx-1.1",
    ]


def test_a_renamed_channel_goes_to_its_new_user(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat))
    told = play(book, beat.event("Rename", Newname="PJSIP/carla-00000009"))

    assert told == ["beat ended 0", "carla ← 201 Anna dialing"]
    assert play(book, beat.event("Rename", Newname="PJSIP/trunk-0000000a")) == ["carla ended 0"]
    assert book.of("carla") == []


def test_users_who_are_none_any_more_are_forgotten(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat))

    book.forget(["beat", "nobody"])

    assert book.of("beat") == []
    assert [leg.user for leg in book.in_call("pbx-1.0")] == ["anna"]


def test_the_list_is_the_truth_after_the_line_was_away(book: LegBook) -> None:
    anna, beat = a_call()
    play(book, *dialled(anna, beat), *ringing(anna, beat))
    carla = FakeChannel("PJSIP/carla-00000003", "pbx-1.3", "pbx-1.3", "4", exten="801")
    play(book, carla.new(), carla.becomes("6"))
    since = book.of("carla")[0].since
    beat.state = anna.state = "6"
    beat.application, anna.application, anna.dnid, anna.bridge = "AppDial", "Dial", "202", "b1"

    told = book.replace_all([anna.status(), beat.status()], held=frozenset({anna.uniqueid}))

    assert [short(change) for change in told] == [
        "carla ended 0",
        "anna → 202 Beat held",
        "beat ← 201 Anna up",
    ]
    assert since > START
    assert play(book, anna.event("Unhold")) == ["anna → 202 Beat up"]


def test_what_the_list_says_of_a_leg_never_seen(book: LegBook) -> None:
    desk = FakeChannel("PJSIP/anna-00000002", "click-1", "click-1", "6", "203", "Carla", "203", dnid="203")
    desk.application, desk.variable = "Dial", "WWPHONE_DIRECTION=outgoing"
    carla = FakeChannel("PJSIP/carla-00000003", "pbx-1.4", "click-1", "5", "201", "Anna")
    carla.application = "AppDial"

    told = book.replace_all([desk.status(seconds=90), carla.status()], frozenset())

    assert [short(change) for change in told] == ["anna → 203 Carla ringing", "carla ← 201 Anna ringing"]
    assert (book.of("carla")[0].since - book.of("anna")[0].since).total_seconds() == 91
    assert play(book, *answered(desk, carla)) == ["carla ← 201 Anna up", "anna → 203 Carla up"]


def test_a_picked_up_leg_is_still_incoming_after_the_line_was_away(book: LegBook) -> None:
    carla = FakeChannel("PJSIP/carla-00000002", "pbx-2.2", "pbx-1.0", "6", "201", "Anna")
    carla.application, carla.variable = "Dial", "CHANNEL(x)=\nWWPHONE_DIRECTION=incoming"

    assert [short(c) for c in book.replace_all([carla.status()], frozenset())] == ["carla ← 201 Anna up"]


def test_events_older_than_the_list_do_no_lasting_harm(book: LegBook) -> None:
    anna, beat = a_call()
    events = [*dialled(anna, beat), *ringing(anna, beat), *answered(anna, beat)]
    beat.application, anna.application, anna.bridge = "AppDial", "Dial", "b1"
    book.replace_all([anna.status(), beat.status()], frozenset())

    play(book, *events)

    assert [leg.state for leg in (*book.of("anna"), *book.of("beat"))] == [LegState.UP, LegState.UP]
    assert [leg.direction for leg in book.of("beat")] == [CallDirection.INCOMING]


_CHANNELS = [
    FakeChannel(f"PJSIP/{user}-0000000{number}", f"pbx-1.{number}", f"pbx-1.{number % 2}", exten="202")
    for number, user in enumerate(["anna", "beat", "carla", "trunk"])
]
_EVENTS = st.builds(
    lambda name, one, other, state, bridge, cause: AmiEvent(
        name,
        {
            **(one.fields() | {"ChannelState": state}),
            **other.fields("Dest"),
            "BridgeUniqueid": bridge,
            "BridgeNumChannels": "1",
            "BridgeType": "basic",
            "DialStatus": "RINGING",
            "Newname": other.name,
            "Cause": cause,
        },
    ),
    st.sampled_from(sorted(LEG_EVENTS)),
    st.sampled_from(_CHANNELS),
    st.sampled_from(_CHANNELS),
    st.sampled_from(["0", "4", "5", "6", "9", ""]),
    st.sampled_from(["b1", "b2"]),
    st.sampled_from(["16", "", "x"]),
)


@given(st.lists(_EVENTS, max_size=60))
def test_whatever_happens_what_was_told_is_what_is_there(events: list[AmiEvent]) -> None:
    book = LegBook(_USERS.__contains__, Ticking())
    told: dict[tuple[str, str], PbxLegChanged] = {}
    for event in events:
        for change in book.apply(event):
            if isinstance(change, PbxLegChanged):
                told[change.leg.user, change.leg.leg_id] = change
            else:
                del told[change.user, change.leg_id]

    there = {(leg.user, leg.leg_id): leg for user in _USERS for leg in book.of(user)}
    assert {key: change.leg for key, change in told.items()} == there


@pytest.mark.parametrize("name", sorted(LEG_EVENTS))
def test_an_event_without_fields_is_survived(book: LegBook, name: str) -> None:
    assert book.apply(AmiEvent(name, {})) == []
