"""Registrations as Asterisk lists them, and what single events say at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.server.asterisk.channel_events import contact_detail, contact_status
from wwphone.domain.account import Transport
from wwphone.domain.devices import Registration
from wwphone.server.asterisk.registrations import RegistrationBook, registration_from

_DESK, _SOFT = "sip:anna@192.0.2.7:5066", "sip:anna@192.0.2.8:51234;transport=TLS;ob"


@pytest.fixture
def book() -> RegistrationBook:
    book = RegistrationBook({"anna", "beat"}.__contains__)
    book.replace_all([contact_detail("anna", _SOFT), contact_detail("anna", _DESK)])
    return book


def test_all_that_is_known_of_a_device() -> None:
    assert registration_from(contact_detail("anna", _SOFT)) == Registration(
        contact=_SOFT,
        user_agent="Snom/8.9",
        address="192.0.2.8",
        port=51234,
        transport=Transport.TLS,
        expires_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        reachable=True,
        round_trip_ms=12.345,
        call_id=f"call-{_SOFT}",
    )


@pytest.mark.parametrize(
    ("uri", "address", "port", "transport"),
    [
        ("sip:anna@192.0.2.7", "192.0.2.7", 5060, Transport.UDP),
        ("sip:192.0.2.7:5070", "192.0.2.7", 5070, Transport.UDP),
        ("sip:anna@[2001:db8::7]:5061;transport=tls", "2001:db8::7", 5061, Transport.TLS),
        ("sips:anna@pc.example.org", "pc.example.org", 5061, Transport.TLS),
        ("sip:anna@192.0.2.7;x-ast-orig-host=10.0.0.1:5060;transport=TCP", "192.0.2.7", 5060, Transport.TCP),
        ("sip:anna@192.0.2.7:5060?Header=a@b", "192.0.2.7", 5060, Transport.UDP),
        ("nonsense", "", 0, Transport.UDP),
    ],
)
def test_where_a_device_is(uri: str, address: str, port: int, transport: Transport) -> None:
    registration = registration_from(contact_detail("anna", uri))

    assert (registration.address, registration.port, registration.transport) == (address, port, transport)


@pytest.mark.parametrize(
    ("status", "reachable", "round_trip_ms"),
    [
        ("Reachable", True, 12.345),
        ("Unreachable", False, None),
        ("NonQualified", True, None),
        ("Unknown", True, None),
    ],
)
def test_whether_it_answers(status: str, reachable: bool, round_trip_ms: float | None) -> None:
    registration = registration_from(contact_detail("anna", _DESK, Status=status))

    assert (registration.reachable, registration.round_trip_ms) == (reachable, round_trip_ms)


def test_a_user_agent_is_text_of_a_stranger() -> None:
    registration = registration_from(contact_detail("anna", _DESK, UserAgent="a\x1b[31m" + "x" * 500))

    assert registration.user_agent.startswith("a[31mx")
    assert len(registration.user_agent) == 200


def test_devices_have_a_fixed_order_and_strangers_none(book: RegistrationBook) -> None:
    listed = [
        contact_detail("trunk", "sip:trunk@192.0.2.99"),
        contact_detail("anna", _SOFT),
        contact_detail("anna", _DESK),
    ]

    assert book.replace_all(listed) == set()
    assert [registration.contact for registration in book.of("anna")] == [_DESK, _SOFT]
    assert book.of("trunk") == ()


def test_a_list_says_who_changed(book: RegistrationBook) -> None:
    assert book.replace_all([contact_detail("beat", "sip:beat@192.0.2.9")]) == {"anna", "beat"}
    assert book.of("anna") == ()
    assert book.replace_user("beat", [contact_detail("beat", "sip:beat@192.0.2.9")]) is False
    assert book.replace_user("beat", []) is True


def test_an_event_is_believed_at_once_where_the_device_is_known(book: RegistrationBook) -> None:
    assert book.note(contact_status("anna", _DESK, "Reachable", 5_000).fields) is True
    assert book.of("anna")[0].round_trip_ms == 5.0
    assert book.note(contact_status("anna", _DESK, "Reachable", 5_000).fields) is False
    assert book.note(contact_status("anna", _DESK, "Unreachable").fields) is True
    assert [registration.contact for registration in book.reachable("anna")] == [_SOFT]
    assert book.note(contact_status("anna", _DESK, "Removed").fields) is True
    assert [registration.contact for registration in book.of("anna")] == [_SOFT]
    assert book.note(contact_status("anna", "sip:new@192.0.2.1", "NonQualified").fields) is False
    assert book.note(contact_status("nobody", _DESK, "Removed").fields) is False


def test_a_dead_device_that_registers_anew_is_noticed(book: RegistrationBook) -> None:
    dead = contact_status("anna", _DESK, "Unreachable").fields

    assert book.answers_no_more(dead) is False
    book.note(dead)
    assert book.answers_no_more(dead) is True
    assert book.answers_no_more(contact_status("anna", _DESK, "Reachable").fields) is False


def test_users_who_are_none_any_more_are_forgotten(book: RegistrationBook) -> None:
    book.forget(["anna", "nobody"])

    assert book.of("anna") == ()


@given(st.text(max_size=80), st.text(max_size=12), st.text(max_size=12))
def test_no_contact_is_too_odd_to_be_shown(uri: str, expires: str, microseconds: str) -> None:
    fields = contact_detail("anna", f"sip:{uri}", RegExpire=expires, RoundtripUsec=microseconds)

    assert registration_from(fields).contact == f"sip:{uri}"
