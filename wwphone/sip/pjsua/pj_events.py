"""What PJSIP's event objects tell: the message that brought something on, and who ended an attempt."""

from __future__ import annotations

from typing import Any

import pjsua2 as pj

from wwphone.sip.pjsua.errors import FailedAt
from wwphone.sip.pjsua.messages import SipMessage, read_message


def message_of(event: Any) -> SipMessage | None:
    """The message that brought a transaction or a dialog on; None: it was a timer, the transport, or ourselves."""
    if event.type == pj.PJSIP_EVENT_TSX_STATE and event.body.tsxState.type == pj.PJSIP_EVENT_RX_MSG:
        text = event.body.tsxState.src.rdata.wholeMsg
    elif event.type == pj.PJSIP_EVENT_RX_MSG:
        text = event.body.rxMsg.rdata.wholeMsg
    else:
        return None
    return read_message(text) if text else None


def failed_at(event: Any, message: SipMessage | None) -> FailedAt:
    """Who ended it: without a message and without a timer it was the transport, or PJSIP for want of one."""
    if message is not None:
        return FailedAt.RESPONSE
    kind = event.body.tsxState.type if event.type == pj.PJSIP_EVENT_TSX_STATE else event.type
    return FailedAt.TIMEOUT if kind == pj.PJSIP_EVENT_TIMER else FailedAt.TRANSPORT
