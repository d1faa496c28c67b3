"""One table each: what PJSIP's statuses, SIP's and the telephone network's causes mean here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from wwphone.domain.calls import CallEnd, EndReason, reason_of_status
from wwphone.sip.api import RegistrationState

PJSIP_CREDENTIAL_REFUSED = 171100
"""PJSIP_EFAILEDCREDENTIAL of pjsip/sip_errno.h; the Python binding does not name it."""
PJSIP_CERTIFICATE_REJECTED = 171173
"""PJSIP_TLS_ECERTVERIF of pjsip/sip_errno.h."""

_BY_Q850: Mapping[int, EndReason] = MappingProxyType(
    {
        1: EndReason.UNKNOWN_NUMBER,  # unallocated number
        3: EndReason.UNKNOWN_NUMBER,  # no route to destination
        17: EndReason.BUSY,
        18: EndReason.NO_ANSWER,  # no user responding
        19: EndReason.NO_ANSWER,  # no answer from user
        20: EndReason.UNREACHABLE,  # subscriber absent
        21: EndReason.DECLINED_THERE,  # call rejected
        22: EndReason.UNKNOWN_NUMBER,  # number changed
        26: EndReason.ANSWERED_ELSEWHERE,  # non-selected user clearing
        28: EndReason.UNKNOWN_NUMBER,  # invalid number format
    }
)
_UNSPECIFIC_STATUS = frozenset({480, 500, 503, 603})
"""Statuses behind which a PBX hides several causes; there its Q.850 cause knows better."""

_REJECTIONS: Mapping[int, str] = MappingProxyType(
    {
        1 << 0: "signed by an unknown authority",
        1 << 1: "not signed by a trusted authority",
        1 << 2: "not valid yet, or no longer",
        1 << 3: "malformed",
        1 << 4: "made for another purpose",
        1 << 5: "not of the authority that it names",
        1 << 6: "of an authority whose list of revoked certificates cannot be read",
        1 << 7: "revoked",
        1 << 8: "at the end of too long a chain",
        1 << 9: "too weakly signed",
        1 << 30: "made for another name",
    }
)
"""PJSIP's pj_ssl_cert_verify_flag_t (pjlib/include/pj/ssl_sock.h) in words."""


_OUR_PBX = ("asterisk", "wwphone")
"""How our PBX calls itself in the header Server."""


class FailedAt(Enum):
    """Who ended an attempt: the other side by a response, or we ourselves."""

    RESPONSE = "response"
    TRANSPORT = "transport"
    """No connection."""
    TIMEOUT = "timeout"
    """Nobody answered (RFC 3261 timers B and F)."""


@dataclass(frozen=True)
class TransportFailure:
    """Why the latest connection to the registrar failed."""

    status: int
    detail: str

    @property
    def certificate_rejected(self) -> bool:
        """Whether the certificate was the reason."""
        return self.status == PJSIP_CERTIFICATE_REJECTED


def end_of_outgoing(
    status: int, text: str, cause: int, failed_at: FailedAt, transport: TransportFailure | None, *, rang: bool
) -> CallEnd:
    """Say why a call of ours was never answered. `cause` is Q.850's, 0: unknown; `rang`: 180 or 183 came."""
    if failed_at is FailedAt.TRANSPORT:
        if transport and transport.certificate_rejected:
            return CallEnd(EndReason.CERTIFICATE_REJECTED, 0, transport.detail)
        return CallEnd(EndReason.PBX_UNREACHABLE, 0, transport.detail if transport else text)
    if failed_at is FailedAt.TIMEOUT:
        return CallEnd(EndReason.NO_ANSWER if rang else EndReason.PBX_UNREACHABLE, 0, text)
    reason = reason_of_status(status)
    if cause in _BY_Q850 and (status in _UNSPECIFIC_STATUS or reason is EndReason.FAILED):
        reason = _BY_Q850[cause]
    return CallEnd(reason, status, text)


def registration_refused(
    code: int, text: str, server: str, failed_at: FailedAt, transport: TransportFailure | None
) -> tuple[RegistrationState, str]:
    """Say in which state a failed REGISTER leaves us, and why in the other side's words.

    Asterisk answers 403 to the device beyond the allowed number, and only 401 to a wrong password; elsewhere 403
    says no more than no.
    """
    if failed_at is not FailedAt.RESPONSE:
        if transport and transport.certificate_rejected:
            return RegistrationState.CERTIFICATE_REJECTED, transport.detail
        return RegistrationState.UNREACHABLE, transport.detail if transport else text
    if code == 403 and any(name in server.lower() for name in _OUR_PBX):
        return RegistrationState.TOO_MANY_DEVICES, text
    if code in (408, 480) or 500 <= code < 600:
        return RegistrationState.UNREACHABLE, text
    return RegistrationState.REFUSED, text


def certificate_words(verify_status: int, subject: str) -> str:
    """Say in words what PJSIP found wrong (pj_ssl_cert_verify_flag_t) with the certificate of `subject`."""
    wrong = [words for bit, words in _REJECTIONS.items() if verify_status & bit]
    return f"The certificate of {subject or 'the server'} is {', '.join(wrong) or 'not acceptable'}"
