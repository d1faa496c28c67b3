"""Retry or give up: the table of what follows which trouble."""

from __future__ import annotations

import pytest

from wwphone.cti.api import LinkProblem
from wwphone.cti.link.retry import RetryTimes, Trouble, pause_before_retry
from wwphone.protocol.errors import ErrorCode, WireError

TIMES = RetryTimes()
LOST = Trouble(LinkProblem.LINE_LOST)


def pause(
    trouble: Trouble, attempt: int = 0, chance: float = 1.0, *, had_session: bool = True
) -> float | None:
    return pause_before_retry(trouble, attempt, chance, TIMES, had_session=had_session)


def said(code: ErrorCode, retry_after_s: float | None = None) -> Trouble:
    return Trouble(LinkProblem.SAID_NO, "", WireError(code, "", retry_after_s))


def test_the_first_try_is_fast_and_the_last_ones_slow() -> None:
    pauses = [pause(LOST, attempt) for attempt in range(40)]
    assert pauses == sorted(pauses, key=lambda value: value or 0.0)
    assert pauses[0] == 0.3
    assert pauses[-1] == 30.0
    assert pause(LOST, 10_000) == 30.0


def test_an_outage_is_over_for_a_client_after_about_half_its_length_more() -> None:
    gone_s = 0.0
    for attempt in range(20):
        next_s = pause(LOST, attempt) or 0.0
        assert next_s <= 0.3 + 0.5 * gone_s + 1e-9
        gone_s += next_s


def test_chance_spreads_clients_over_half_the_pause() -> None:
    assert pause(LOST, 40, chance=0.0) == 15.0
    assert pause(LOST, 40, chance=0.5) == 22.5


@pytest.mark.parametrize(
    "problem",
    [
        LinkProblem.CERTIFICATE_UNTRUSTED,
        LinkProblem.CERTIFICATE_WRONG_HOST,
        LinkProblem.CERTIFICATE_EXPIRED,
        LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE,
        LinkProblem.TLS_FAILED,
        LinkProblem.NO_CTI_SERVER,
        LinkProblem.UNSUPPORTED_VERSION,
    ],
)
def test_what_needs_a_person_is_tried_slowly_from_the_start(problem: LinkProblem) -> None:
    assert pause(Trouble(problem)) == 30.0


@pytest.mark.parametrize("problem", [one for one in LinkProblem if one is not LinkProblem.SAID_NO])
def test_no_trouble_of_the_line_is_final(problem: LinkProblem) -> None:
    assert (pause(Trouble(problem), had_session=False) or 0.0) > 0.0


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.WRONG_PASSWORD,
        ErrorCode.CTI_ACCESS_OFF,
        ErrorCode.SIGNED_IN_ELSEWHERE,
        ErrorCode.SESSION_TAKEN_OVER,
        ErrorCode.NOT_PERMITTED,
        ErrorCode.INVALID,
    ],
)
def test_the_servers_last_word_is_respected(code: ErrorCode) -> None:
    assert pause(said(code)) is None
    assert pause(said(code), had_session=False) is None


@pytest.mark.parametrize(
    "code",
    [ErrorCode.SERVER_STOPPING, ErrorCode.TOO_SLOW, ErrorCode.SESSION_EXPIRED, ErrorCode.NO_SPACE],
)
def test_what_passes_is_tried_again(code: ErrorCode) -> None:
    assert pause(said(code)) == 0.3


def test_a_block_is_waited_for_and_never_lengthened() -> None:
    assert (pause(said(ErrorCode.ADDRESS_BLOCKED, 420.0)) or 0.0) >= 420.0
    assert (pause(said(ErrorCode.ADDRESS_BLOCKED)) or 0.0) >= 30.0
    assert pause(said(ErrorCode.ADDRESS_BLOCKED, 420.0), had_session=False) is None, (
        "that would send a password"
    )
