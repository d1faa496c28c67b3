"""What is read out of SIP messages that others sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.calls import CallKind, EndReason, Party, Returned
from wwphone.sip.pjsua.messages import (
    answered_elsewhere,
    answers_itself,
    asserted_party,
    call_kind,
    called_number,
    calling_party,
    conference_room,
    host_of,
    is_stale,
    parked_slot,
    party_of,
    q850_cause,
    read_message,
    returned,
)


def message(*headers: str, first_line: str = "INVITE sip:201@127.0.0.1 SIP/2.0") -> str:
    return "\r\n".join([first_line, *headers, "", "v=0\r\nX-Wwphone-Kind: direct\r\n"])


def test_a_request_is_read_with_headers_of_any_case_and_in_short_form() -> None:
    invite = read_message(message("VIA: SIP/2.0/UDP x", "f: <sip:207@x>;tag=1", "CSeq: 1 INVITE", "i: abc@x"))
    assert invite.method == "INVITE"
    assert not invite.is_response
    assert invite.header("From") == "<sip:207@x>;tag=1"
    assert invite.header("call-id") == "abc@x"
    assert invite.header("Via") == "SIP/2.0/UDP x"
    assert invite.header("Subject") == ""


def test_of_a_response_the_method_is_that_of_its_request() -> None:
    response = read_message(message("CSeq: 7 REGISTER", first_line="SIP/2.0 401 Unauthorized"))
    assert response.is_response
    assert response.method == "REGISTER"


def test_folded_lines_are_joined_and_repeated_headers_kept_in_order() -> None:
    read = read_message(message("Subject: one", "Reason: SIP;cause=200;", "\t text=there", "Subject: two"))
    assert read.header("reason") == "SIP;cause=200; text=there"
    assert read.all("subject") == ["one", "two"]


def test_the_body_is_no_header() -> None:
    assert call_kind(read_message(message())) is CallKind.INTERNAL


@pytest.mark.parametrize(
    ("value", "party"),
    [
        ('"Beat Keller" <sip:207@pbx>;tag=1', Party("207", "Beat Keller")),
        ("Beat Keller <sip:207@pbx>", Party("207", "Beat Keller")),
        (
            '"Müller, \\"Hansi\\" AG" <sip:+41441234567@pbx;user=phone>',
            Party("+41441234567", 'Müller, "Hansi" AG'),
        ),
        ("<sips:a%20b@pbx:5061;transport=tls>", Party("a b")),
        ("sip:207@pbx;tag=1", Party("207")),
        ("<sip:207;phone-context=x@pbx>", Party("207")),
        ("<tel:+41441234567;ext=3>", Party("+41441234567")),
        ('"207" <sip:207@pbx>', Party("207")),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', Party("")),
        ('"Secret" <sip:anonymous@anonymous.invalid>', Party("", "Secret")),
        ("<sip:pbx>", Party("")),
        ('"Broken <sip:207@pbx', Party("")),
        ("", Party("")),
        ("<mailto:a@b>", Party("")),
    ],
)
def test_a_party_is_read_from_a_name_and_address(value: str, party: Party) -> None:
    assert party_of(value) == party


@given(st.text(max_size=80))
def test_no_text_at_all_is_an_error(text: str) -> None:
    party_of(text)
    read = read_message(text)
    calling_party(read)
    assert call_kind(read) in CallKind
    assert answered_elsewhere(read) in (True, False)


def test_what_the_pbx_asserts_comes_before_what_the_caller_says() -> None:
    plain = ("From: <sip:999@elsewhere>;tag=1",)
    assert calling_party(read_message(message(*plain))) == Party("999")
    remote = (*plain, 'Remote-Party-ID: "R" <sip:208@pbx>;party=calling')
    assert calling_party(read_message(message(*remote))) == Party("208", "R")
    asserted = (*remote, 'P-Asserted-Identity: "P" <sip:209@pbx>')
    assert calling_party(read_message(message(*asserted))) == Party("209", "P")


def test_a_response_without_assertion_says_nothing_about_the_party() -> None:
    assert asserted_party(read_message(message("From: <sip:1@x>", first_line="SIP/2.0 180 Ringing"))) is None


def test_the_dial_plan_says_from_which_place_a_parked_call_comes_back() -> None:
    assert parked_slot(read_message(message("x-wwphone-parked:  703 "))) == "703"
    assert parked_slot(read_message(message("X-Wwphone-Parked: "))) == ""
    assert parked_slot(read_message(message())) == ""


def test_the_dial_plan_says_into_which_conference_one_is_called() -> None:
    assert conference_room(read_message(message("x-wwphone-conference:  870 "))) == "870"
    assert conference_room(read_message(message("X-Wwphone-Conference: <b>870</b>"))) == ""
    assert conference_room(read_message(message())) == ""


@pytest.mark.parametrize(
    ("headers", "kind", "called"),
    [
        ((), CallKind.INTERNAL, ""),
        (("X-Wwphone-Kind: group", "X-Wwphone-Called: Sales"), CallKind.GROUP, "Sales"),
        (("x-wwphone-kind:  DIRECT ", "x-wwphone-called: +41441234567"), CallKind.DIRECT, "+41441234567"),
        (("X-Wwphone-Kind: unheard-of",), CallKind.INTERNAL, ""),
    ],
)
def test_the_dial_plan_says_what_was_called(headers: tuple[str, ...], kind: CallKind, called: str) -> None:
    invite = read_message(message(*headers))
    assert (call_kind(invite), called_number(invite)) == (kind, called)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Call-Info: <sip:pbx>;answer-after=0", True),
        ("Call-Info: <http://x/a.png>;purpose=icon, <sip:pbx>; Answer-After = 0", True),
        ("Alert-Info: <sip:pbx>;answer-after=0;x=y", True),
        ("Call-Info: <sip:pbx>;answer-after=10", False),
        ("Call-Info: <sip:pbx>;purpose=info", False),
        ("Subject: answer-after=0", False),
    ],
)
def test_the_pbx_may_ask_to_answer_at_once(header: str, expected: bool) -> None:
    assert answers_itself(read_message(message(header))) is expected


@pytest.mark.parametrize(
    ("reasons", "elsewhere", "cause"),
    [
        ((), False, 0),
        (('Reason: SIP;cause=200;text="Call completed elsewhere"',), True, 0),
        (("Reason: SIP ;cause=487", "Reason: Q.850;cause=26"), True, 26),
        (('Reason: Q.850;cause=16;text="Normal", SIP;cause=200',), True, 16),
        (("Reason: Q.850;cause=17",), False, 17),
        (("Reason: nonsense",), False, 0),
    ],
)
def test_reasons_are_read(reasons: tuple[str, ...], elsewhere: bool, cause: int) -> None:
    cancel = read_message(message(*reasons, first_line="CANCEL sip:x SIP/2.0"))
    assert answered_elsewhere(cancel) is elsewhere
    assert q850_cause(cancel) == cause


@pytest.mark.parametrize(
    ("challenge", "stale"),
    [
        ('WWW-Authenticate: Digest realm="x", nonce="stale"', False),
        ('WWW-Authenticate: Digest realm="x", stale=true, nonce="1"', True),
        ('Proxy-Authenticate: Digest realm="x", STALE="TRUE"', True),
        ("WWW-Authenticate: Digest stale=false", False),
    ],
)
def test_a_stale_nonce_is_told_from_a_wrong_password(challenge: str, stale: bool) -> None:
    assert is_stale(read_message(message(challenge, first_line="SIP/2.0 401 Unauthorized"))) is stale


def test_the_host_of_an_address() -> None:
    assert host_of("127.0.0.1:5060") == "127.0.0.1"
    assert host_of("[2001:db8::1]:5061") == "2001:db8::1"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("X-Wwphone-Returned: 205 busy", Returned(Party("205"), EndReason.BUSY)),
        ("X-Wwphone-Returned: 205", Returned(Party("205"), EndReason.FAILED)),
        ("X-Wwphone-Returned: 205 whatever", Returned(Party("205"), EndReason.FAILED)),
        ("X-Wwphone-Returned:", None),
        ("Subject: x", None),
    ],
)
def test_a_call_that_comes_back_tells_from_whom_and_why(header: str, told: Returned | None) -> None:
    assert returned(read_message(message(header))) == told
