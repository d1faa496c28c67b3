"""LDAP messages: filters are structures, and nothing a hostile server sends is more than a failed source."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1_modules import rfc2251

from wwphone.domain.sources import SourceState
from wwphone.server.sources import ldap_messages as messages
from wwphone.server.sources.ldap_messages import LdapEntry, LdapResult, Question, Substring
from wwphone.server.sources_api import SourceFailedError

HOSTILE = "*)(|(uid=*"


def answer(name: str, **fields: object) -> bytes:
    message = rfc2251.LDAPMessage()
    message["messageID"] = 7
    operation = message["protocolOp"][name]
    for key, value in fields.items():
        operation[key] = value
    return bytes(encoder.encode(message))


def test_what_people_type_is_a_value_and_never_a_filter() -> None:
    groups = ((Substring("cn", HOSTILE), Substring("sn", "ü")), (Substring("cn", "\\2a"),))
    question = Question("dc=x", "person", groups, ("cn", "sn"), 20, 3)
    message, rest = decoder.decode(messages.search(7, question), asn1Spec=rfc2251.LDAPMessage())
    assert not rest
    request = message["protocolOp"]["searchRequest"]
    assert (int(request["sizeLimit"]), int(request["timeLimit"]), int(request["derefAliases"])) == (20, 3, 0)
    conditions = request["filter"]["and"]
    assert len(conditions) == 3
    assert bytes(conditions[0]["equalityMatch"]["assertionValue"]) == b"person"
    wanted = [
        [bytes(one["substrings"]["substrings"][0]["any"]).decode() for one in conditions[place]["or"]]
        for place in (1, 2)
    ]
    assert wanted == [[HOSTILE, "ü"], ["\\2a"]]


def test_answers_are_read_and_references_passed_over() -> None:
    message = rfc2251.LDAPMessage()
    message["messageID"] = 7
    entry = message["protocolOp"]["searchResEntry"]
    entry["objectName"] = "cn=x"
    for place, (name, values) in enumerate({"CN": [b"Hans", b"\xff\xfe"], "sn;lang-de": [b"M"]}.items()):
        entry["attributes"][place]["type"] = name
        entry["attributes"][place]["vals"].extend(values)
    read = messages.read(bytes(encoder.encode(message)), 7)
    assert read == LdapEntry({"cn": ("Hans",), "sn": ("M",)})
    done = answer("searchResDone", resultCode=4, matchedDN="", errorMessage="")
    assert messages.read(done, 7) == LdapResult(4, "searchResDone")
    reference = rfc2251.LDAPMessage()
    reference["messageID"] = 7
    reference["protocolOp"]["searchResRef"][0] = "ldap://evil.example/"
    assert messages.read(bytes(encoder.encode(reference)), 7) is None


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (49, SourceState.REFUSED),
        (10, SourceState.REFUSED),
        (32, SourceState.REFUSED),
        (52, SourceState.UNREACHABLE),
    ],
    ids=["password", "referral", "base", "unavailable"],
)
def test_each_refusal_has_its_state(code: int, state: SourceState) -> None:
    with pytest.raises(SourceFailedError) as failed:
        messages.must_succeed(LdapResult(code, "bindResponse"), "bind")
    assert failed.value.state is state
    assert messages.must_succeed(LdapResult(4, "searchResDone"), "search") is True
    assert messages.must_succeed(LdapResult(0, "searchResDone"), "search") is False


def test_an_answer_to_another_question_is_none() -> None:
    done = answer("searchResDone", resultCode=0, matchedDN="", errorMessage="")
    for data, message_id in ((done, 8), (done + b"x", 7), (messages.bind(7, "cn=x", "secret"), 7)):
        with pytest.raises(SourceFailedError) as failed:
            messages.read(data, message_id)
        assert failed.value.state is SourceState.BROKEN
        assert "secret" not in str(failed.value)


@given(st.binary(max_size=60))
def test_no_bytes_do_harm(data: bytes) -> None:
    for text in (data, b"\x30" + bytes([len(data)]) + data):
        with contextlib.suppress(SourceFailedError):
            messages.read(text, 7)


@pytest.mark.parametrize("start", [b"\x31\x05", b"\x30\x80", b"\x30\x85", b"HT"], ids=range(4))
def test_what_does_not_begin_like_ldap_is_not_waited_for(start: bytes) -> None:
    with pytest.raises(SourceFailedError):
        messages.length_of_header(start)


def test_lengths_are_those_of_the_header() -> None:
    assert messages.length_of_header(b"\x30\x05") == 2
    assert messages.length_of_body(b"\x30\x05") == 5
    assert messages.length_of_header(b"\x30\x84") == 6
    assert messages.length_of_body(b"\x30\x84\x7f\xff\xff\xff") == 0x7FFFFFFF
