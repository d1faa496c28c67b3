"""Phone states over all devices and legs; only of users of the configuration; everything told anew when asked."""

from __future__ import annotations

import pytest

from tests.unit.server.asterisk.channel_events import FakeChannel, Ticking, contact_detail, contact_status
from wwphone.domain.calls import PhoneState
from wwphone.server.api import (
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxPhoneStateChanged,
    PbxRegistrationsChanged,
    PbxUser,
)
from wwphone.server.asterisk.state import PbxState

_DESK, _SOFT = "sip:anna@192.0.2.7", "sip:anna@192.0.2.8"


@pytest.fixture
def state() -> PbxState:
    state = PbxState(Ticking())
    assert state.set_users([PbxUser("anna", "201", "Anna", "x"), PbxUser("beat", "202", "Beat", "x")])
    state.take_everything([contact_detail("anna", _DESK)], [], frozenset())
    return state


def phones(events: list[PbxEvent]) -> list[str]:
    return [
        f"{event.user} {event.state.value}" for event in events if isinstance(event, PbxPhoneStateChanged)
    ]


def test_offline_without_a_device_that_answers(state: PbxState) -> None:
    assert phones(state.note_contact(contact_status("anna", _DESK, "Unreachable").fields)) == ["anna offline"]
    assert phones(state.note_contact(contact_status("anna", _DESK, "Reachable").fields)) == ["anna free"]
    assert phones(state.take_registrations_of("anna", [])) == ["anna offline"]
    assert phones(state.take_registrations([contact_detail("beat", "sip:beat@192.0.2.9")])) == ["beat free"]


def test_one_dead_device_of_two_changes_nothing(state: PbxState) -> None:
    state.take_registrations_of("anna", [contact_detail("anna", _DESK), contact_detail("anna", _SOFT)])

    told = state.note_contact(contact_status("anna", _DESK, "Unreachable").fields)

    assert [type(event) for event in told] == [PbxRegistrationsChanged]


def test_busy_as_soon_as_one_device_is_busy(state: PbxState) -> None:
    talking = FakeChannel("PJSIP/anna-00000001", "pbx-1.1", "pbx-1.1", "4", exten="801")
    ringing = FakeChannel("PJSIP/anna-00000002", "pbx-1.2", "pbx-1.3")
    caller = FakeChannel("PJSIP/trunk-00000003", "pbx-1.3", "pbx-1.3", "4")

    state.apply_leg_event(ringing.becomes("5"))
    assert phones(state.apply_leg_event(caller.dials(ringing))) == ["anna ringing"]
    assert phones(state.apply_leg_event(talking.new())) == ["anna busy"]
    assert phones(state.apply_leg_event(talking.becomes("6"))) == []
    assert phones(state.apply_leg_event(ringing.ends(19))) == []
    assert phones(state.apply_leg_event(talking.ends())) == ["anna free"]


def test_a_leg_comes_before_the_phone_state_it_makes(state: PbxState) -> None:
    talking = FakeChannel("PJSIP/anna-00000001", "pbx-1.1", "pbx-1.1", "4", exten="801")

    assert [type(event) for event in state.apply_leg_event(talking.new())] == [
        PbxLegChanged,
        PbxPhoneStateChanged,
    ]
    assert [type(event) for event in state.apply_leg_event(talking.ends())] == [
        PbxLegEnded,
        PbxPhoneStateChanged,
    ]


def test_everything_of_everybody_is_told_whether_it_changed_or_not(state: PbxState) -> None:
    talking = FakeChannel("PJSIP/beat-00000001", "pbx-1.1", "pbx-1.1", "6", exten="801", dnid="801")

    told = state.take_everything([contact_detail("anna", _DESK)], [talking.status()], frozenset())

    assert [type(event).__name__ for event in told] == [
        "PbxRegistrationsChanged",
        "PbxRegistrationsChanged",
        "PbxLegChanged",
        "PbxPhoneStateChanged",
        "PbxPhoneStateChanged",
    ]
    assert phones(told) == ["anna free", "beat busy"]
    again = state.take_everything([contact_detail("anna", _DESK)], [talking.status()], frozenset())
    assert again == told


def test_nothing_is_told_of_strangers(state: PbxState) -> None:
    trunk = FakeChannel("PJSIP/trunk-00000001", "pbx-1.1", "pbx-1.1", "4")
    listed = [contact_detail("trunk", "sip:trunk@192.0.2.99")]

    assert state.apply_leg_event(trunk.new()) == []
    assert phones(state.take_everything(listed, [trunk.status()], frozenset())) == [
        "anna offline",
        "beat offline",
    ]


def test_who_is_removed_is_forgotten_and_who_is_new_is_noticed(state: PbxState) -> None:
    talking = FakeChannel("PJSIP/anna-00000001", "pbx-1.1", "pbx-1.1", "4", exten="801")
    state.apply_leg_event(talking.new())

    assert state.set_users([PbxUser("beat", "202", "Beat", "x")]) is False
    assert state.legs.of("anna") == []
    assert state.apply_leg_event(talking.ends()) == []
    assert state.note_contact(contact_status("anna", _DESK, "Removed").fields) == []
    assert state.set_users([PbxUser("beat", "202", "Beat", "x"), PbxUser("anna", "201", "Anna", "x")]) is True
    assert phones(state.take_everything([], [], frozenset())) == ["beat offline", "anna offline"]


def test_a_call_that_runs_counts_even_when_the_registration_is_gone(state: PbxState) -> None:
    talking = FakeChannel("PJSIP/anna-00000001", "pbx-1.1", "pbx-1.1", "4", exten="801")
    state.apply_leg_event(talking.new())

    assert phones(state.take_registrations([])) == []
    assert phones(state.apply_leg_event(talking.ends())) == [f"anna {PhoneState.OFFLINE.value}"]
