"""PJSIP's side of a call: its callbacks, handed on, and the parameters of its commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pjsua2 as pj

from wwphone.sip.pjsua.failures import guarded


class CallHandler(Protocol):
    """Who takes what PJSIP tells of a call."""

    def state_changed(self, event: Any) -> None:
        """PJSIP's dialog went on."""

    def transaction_changed(self, event: Any) -> None:
        """A request within the call was sent, received or answered."""

    def media_changed(self) -> None:
        """The sound of the call was negotiated anew."""

    def digit_received(self, digit: str) -> None:
        """The other side pressed a key."""

    def transfer_went_on(self, status: int, text: str, *, final: bool) -> None:
        """Whoever was asked to hand the call over tells how far it got (RFC 3515 section 2.4.4)."""


class PjCall(pj.Call):  # type: ignore[misc]  # the binding has no types
    """PJSIP's call; forwards what PJSIP calls."""

    def __init__(self, account: Any, pj_call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, pj_call_id)
        self.handler: CallHandler | None = None

    @guarded
    def onCallState(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self.handler is not None:
            self.handler.state_changed(prm.e)

    @guarded
    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self.handler is not None:
            self.handler.transaction_changed(prm.e)

    @guarded
    def onCallMediaState(self, prm: Any) -> None:  # noqa: ARG002, N802 - PJSIP's name
        """Called by PJSIP."""
        if self.handler is not None:
            self.handler.media_changed()

    @guarded
    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self.handler is not None:
            self.handler.digit_received(prm.digit)

    @guarded
    def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP with each NOTIFY of a transfer that we asked for."""
        if self.handler is not None:
            self.handler.transfer_went_on(prm.statusCode, prm.reason, final=prm.finalNotify)

    @guarded
    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP when the other side asks us to call somebody; by itself it would, at our expense."""
        prm.statusCode = pj.PJSIP_SC_DECLINE

    @guarded
    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP when a new call is to take this one's place; the PBX joins calls itself."""
        prm.statusCode = pj.PJSIP_SC_DECLINE


def parameters_of(status: int = 0, headers: Mapping[str, str] | None = None) -> Any:
    """Return PJSIP's parameters of a command: sound alone, no picture, no text; `status` for answers."""
    parameters = pj.CallOpParam(True)
    parameters.opt.audioCount = 1
    parameters.opt.videoCount = 0
    parameters.opt.textCount = 0
    parameters.statusCode = status
    for name, value in (headers or {}).items():
        header = pj.SipHeader()
        header.hName = name
        header.hValue = value
        parameters.txOption.headers.append(header)
    return parameters
