"""Retry or give up: the one place that decides what follows when there is no line."""

from __future__ import annotations

from dataclasses import dataclass

from wwphone.cti.api import LinkProblem
from wwphone.protocol.errors import ErrorCode, WireError


@dataclass(frozen=True)
class Trouble:
    """Why a connection ended or did not come about."""

    problem: LinkProblem
    detail: str = ""
    error: WireError | None = None
    """What the server said, with SAID_NO and SERVER_STOPPING."""


@dataclass(frozen=True)
class RetryTimes:
    """How patient the link is; seconds."""

    first_s: float = 0.3
    """Longest pause before the first try after a cut: most cuts are short."""
    growth: float = 1.5
    longest_s: float = 30.0
    settled_s: float = 10.0
    """A session that was open for this long starts counting its tries anew."""
    connect_limit_s: float = 10.0
    close_limit_s: float = 1.0
    answer_limit_s: float = 60.0
    """A request without an answer for this long has an unknown outcome."""
    least_gap_s: float = 1.0
    """`check_now` begins tries at most this often."""


_NEEDS_A_PERSON = frozenset(
    {
        LinkProblem.CERTIFICATE_UNTRUSTED,
        LinkProblem.CERTIFICATE_WRONG_HOST,
        LinkProblem.CERTIFICATE_EXPIRED,
        LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE,
        LinkProblem.TLS_FAILED,
        LinkProblem.NO_CTI_SERVER,
        LinkProblem.UNSUPPORTED_VERSION,
    }
)
"""Nothing changes until somebody changes something: tried slowly from the start."""

_PASSES = frozenset(
    {
        ErrorCode.SERVER_STOPPING,
        ErrorCode.TOO_SLOW,
        ErrorCode.INTERNAL,
        ErrorCode.NO_SPACE,
        ErrorCode.SESSION_EXPIRED,
        ErrorCode.NOT_SIGNED_IN,
        ErrorCode.BAD_MESSAGE,
        ErrorCode.PBX_UNAVAILABLE,
    }
)
"""What a server may say and take back by itself. All else is its last word."""


def pause_before_retry(
    trouble: Trouble, attempt: int, chance: float, times: RetryTimes, *, had_session: bool
) -> float | None:
    """How many seconds to wait before the next try; None: give up, a person has to do something.

    `attempt` counts the tries since the line last held, from 0. `chance` from 0 to 1 spreads the clients of a server
    that comes back. `had_session`: this person was signed in before, so that no password is sent by the next try.
    """
    if trouble.error is not None and trouble.problem is LinkProblem.SAID_NO:
        if trouble.error.code is ErrorCode.ADDRESS_BLOCKED and had_session:
            # A resume sends no password, so it cannot lengthen the block.
            return (trouble.error.retry_after_s or times.longest_s) + chance * times.first_s
        if trouble.error.code not in _PASSES:
            return None
    if trouble.problem in _NEEDS_A_PERSON:
        ceiling_s = times.longest_s
    else:
        # The exponent is bounded so that weeks without a server do not overflow.
        ceiling_s = min(times.longest_s, times.first_s * times.growth ** min(attempt, 64))
    return ceiling_s * (0.5 + 0.5 * chance)
