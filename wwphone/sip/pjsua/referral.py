"""Handing a call over: REFER out, NOTIFY in (RFC 3515, RFC 5589)."""

from __future__ import annotations

from typing import Protocol

from wwphone.domain.calls import CallEnd, CallSnapshot, EndReason, reason_of_status
from wwphone.sip.api import SipEvent, TransferFailed
from wwphone.sip.pjsua.pj_call import PjCall, parameters_of


class ReferredCall(Protocol):
    """What a referral needs of its call."""

    snapshot: CallSnapshot
    pj_call: PjCall | None

    def show_transferring(self, *, transferring: bool) -> None:
        """Tell that the call is being handed over, or no longer."""

    def hang_up(self, end: CallEnd | None = None) -> None:
        """End it."""

    def tell(self, event: SipEvent) -> None:
        """Hand an event to the listener."""


class Referral:
    """One call's way to somebody else. All methods on the SIP thread."""

    def __init__(self, call: ReferredCall) -> None:
        self._call = call
        self._other: ReferredCall | None = None
        """The call in which the other side is to take our place."""

    def refer(self, uri: str) -> None:
        """Ask the other side to call this URI. Raises pj.Error."""
        if _may_go(self._call) and self._call.pj_call is not None:
            self._call.pj_call.xfer(f"<{uri}>", parameters_of())
            self._call.show_transferring(transferring=True)

    def refer_to(self, other: ReferredCall) -> None:
        """Ask the other side to take our place in another call (RFC 3891). Raises pj.Error."""
        if not _may_go(self._call) or not _may_go(other) or self._call.pj_call is None:
            return
        self._call.pj_call.xferReplaces(other.pj_call, parameters_of())
        self._other = other
        for each in (self._call, other):
            each.show_transferring(transferring=True)

    def went_on(self, status: int, text: str, *, final: bool) -> None:
        """Take what a NOTIFY's message/sipfrag says, or how the REFER itself was refused."""
        if not self._call.snapshot.transferring or (status < 300 and not final):
            return
        both = [self._call] if self._other is None else [self._call, self._other]
        self._other = None
        for each in both:
            if 200 <= status < 300:
                each.hang_up(CallEnd(EndReason.TRANSFERRED, status, text))
            else:
                each.show_transferring(transferring=False)
        if not 200 <= status < 300:
            end = CallEnd(reason_of_status(status), status, text)
            self._call.tell(TransferFailed(self._call.snapshot.call_id, end))


def _may_go(call: ReferredCall) -> bool:
    return call.snapshot.established and not call.snapshot.transferring and call.pj_call is not None
