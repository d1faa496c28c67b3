"""From PJSIP's and SIP's statuses to reasons people can act upon."""

from __future__ import annotations

import pytest

from wwphone.domain.calls import CallEnd, EndReason
from wwphone.sip.api import RegistrationState
from wwphone.sip.pjsua.errors import (
    PJSIP_CERTIFICATE_REJECTED,
    FailedAt,
    TransportFailure,
    certificate_words,
    end_of_outgoing,
    registration_refused,
)

REJECTED = TransportFailure(PJSIP_CERTIFICATE_REJECTED, "The certificate is not trusted")
REFUSED = TransportFailure(120111, "Connection refused")


@pytest.mark.parametrize(
    ("status", "cause", "reason"),
    [
        (486, 0, EndReason.BUSY),
        (600, 0, EndReason.BUSY),
        (603, 0, EndReason.DECLINED_THERE),
        (404, 0, EndReason.UNKNOWN_NUMBER),
        (484, 0, EndReason.UNKNOWN_NUMBER),
        (480, 0, EndReason.NO_ANSWER),
        (408, 0, EndReason.NO_ANSWER),
        (403, 0, EndReason.NOT_PERMITTED),
        (488, 0, EndReason.NO_COMMON_CODEC),
        (503, 0, EndReason.UNREACHABLE),
        (500, 0, EndReason.FAILED),
        # behind these a PBX hides what the telephone network's cause tells
        (480, 20, EndReason.UNREACHABLE),
        (480, 21, EndReason.DECLINED_THERE),
        (503, 17, EndReason.BUSY),
        (603, 17, EndReason.BUSY),
        (500, 19, EndReason.NO_ANSWER),
        (580, 1, EndReason.UNKNOWN_NUMBER),
        # these are clear by themselves
        (486, 19, EndReason.BUSY),
        (404, 20, EndReason.UNKNOWN_NUMBER),
        # a cause that says nothing changes nothing
        (480, 16, EndReason.NO_ANSWER),
    ],
)
def test_a_refused_call_says_why(status: int, cause: int, reason: EndReason) -> None:
    end = end_of_outgoing(status, "their words", cause, FailedAt.RESPONSE, None, rang=True)
    assert end == CallEnd(reason, status, "their words")


def test_without_connection_the_pbx_is_unreachable_or_not_trusted() -> None:
    def end(transport: TransportFailure | None) -> CallEnd:
        return end_of_outgoing(503, "Service Unavailable", 0, FailedAt.TRANSPORT, transport, rang=False)

    assert end(None) == CallEnd(EndReason.PBX_UNREACHABLE, 0, "Service Unavailable")
    assert end(REFUSED) == CallEnd(EndReason.PBX_UNREACHABLE, 0, "Connection refused")
    assert end(REJECTED) == CallEnd(EndReason.CERTIFICATE_REJECTED, 0, "The certificate is not trusted")


def test_silence_is_an_unreachable_pbx_before_it_rang_and_no_answer_after() -> None:
    before = end_of_outgoing(408, "Timeout", 0, FailedAt.TIMEOUT, None, rang=False)
    after = end_of_outgoing(408, "Timeout", 0, FailedAt.TIMEOUT, None, rang=True)
    assert (before.reason, after.reason) == (EndReason.PBX_UNREACHABLE, EndReason.NO_ANSWER)


@pytest.mark.parametrize(
    ("code", "server", "state"),
    [
        (401, "", RegistrationState.REFUSED),
        (404, "", RegistrationState.REFUSED),
        (603, "", RegistrationState.REFUSED),
        (403, "Kamailio", RegistrationState.REFUSED),
        (403, "Asterisk PBX 22.10.1", RegistrationState.TOO_MANY_DEVICES),
        (403, "wwphone-pbx", RegistrationState.TOO_MANY_DEVICES),
        (408, "", RegistrationState.UNREACHABLE),
        (480, "", RegistrationState.UNREACHABLE),
        (500, "", RegistrationState.UNREACHABLE),
        (503, "", RegistrationState.UNREACHABLE),
    ],
)
def test_a_refused_registration_says_why(code: int, server: str, state: RegistrationState) -> None:
    assert registration_refused(code, "words", server, FailedAt.RESPONSE, None) == (state, "words")


def test_a_registration_without_answer_or_trust() -> None:
    def state(failed_at: FailedAt, transport: TransportFailure | None) -> tuple[RegistrationState, str]:
        return registration_refused(503, "words", "", failed_at, transport)

    assert state(FailedAt.TIMEOUT, None) == (RegistrationState.UNREACHABLE, "words")
    assert state(FailedAt.TRANSPORT, REFUSED) == (RegistrationState.UNREACHABLE, "Connection refused")
    assert state(FailedAt.TRANSPORT, REJECTED)[0] is RegistrationState.CERTIFICATE_REJECTED


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (1 << 1, "not signed by a trusted authority"),
        (1 << 2, "not valid yet, or no longer"),
        (1 << 30, "made for another name"),
        (1 << 1 | 1 << 30, "not signed by a trusted authority, made for another name"),
        (1 << 31, "not acceptable"),
    ],
)
def test_a_rejected_certificate_in_words(status: int, words: str) -> None:
    assert certificate_words(status, "pbx.example") == f"The certificate of pbx.example is {words}"
