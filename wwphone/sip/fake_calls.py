"""The calls of the SIP engine without SIP: their changes, told later and in order, and how they are handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wwphone.domain.calls import (
    CALL_TRANSITIONS,
    CallEnd,
    CallSnapshot,
    CallState,
    EndReason,
    reason_of_status,
)
from wwphone.sip.api import CallChanged, CommandFailed, SipEvent, SipListener, TransferFailed


class FakeCalls:
    """What `FakeSipEngine` builds on."""

    def __init__(self) -> None:
        self.sent_on: list[tuple[str, str]] = []
        """Calls that were transferred or deflected, and where to."""
        self._calls: dict[str, CallSnapshot] = {}
        self._consultations: dict[str, str] = {}
        self._failing_commands: dict[str, str] = {}
        self._listener: SipListener | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # ------------------------------------------------------------ SipEngine: handing over and merging

    def transfer(self, call_id: str, address: str) -> None:
        """See `SipEngine`."""
        if self._may_go(call_id) and not self._fails("transfer", call_id):
            self.sent_on.append((call_id, address))
            self._change(call_id, transferring=True)

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """See `SipEngine`."""
        both = (call_id, other_call_id)
        if all(self._may_go(each) for each in both) and not self._fails("transfer_to", call_id):
            self._consultations[call_id] = other_call_id
            for each in both:
                self._change(each, transferring=True)

    def deflect(self, call_id: str, address: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) is CallState.INCOMING and not self._fails("deflect", call_id):
            self.sent_on.append((call_id, address))
            self._end(call_id, CallEnd(EndReason.DEFLECTED, 302))

    def join(self, call_ids: Sequence[str]) -> None:
        """See `SipEngine`."""
        for call_id in call_ids:
            if self._is_established(call_id):
                self._change(call_id, merged=True)

    def split(self, call_id: str) -> None:
        """See `SipEngine`."""
        if self._is_established(call_id):
            self._change(call_id, merged=False)

    # ------------------------------------------------------------ the far side

    def transfer_succeeds(self, call_id: str) -> None:
        """The call, and the one it was connected with, are in other hands."""
        for each in (call_id, self._consultations.pop(call_id, "")):
            if each:
                self._end(each, CallEnd(EndReason.TRANSFERRED, 200, "OK"))

    def transfer_fails(self, call_id: str, status: int) -> None:
        """Nobody takes the call that was to be handed over."""
        for each in (call_id, self._consultations.pop(call_id, "")):
            if each:
                self._change(each, transferring=False)
        self._tell(TransferFailed(call_id, CallEnd(reason_of_status(status), status, "Refused")))

    def fail_next(self, command: str, detail: str = "500 Server Error") -> None:
        """Let the next such command fail."""
        self._failing_commands[command] = detail

    # ------------------------------------------------------------ inside

    def _tell(self, event: SipEvent) -> None:
        if self._loop is not None:
            self._loop.call_soon(self._deliver, event)

    def _deliver(self, event: SipEvent) -> None:
        if self._listener is not None:
            self._listener(event)

    def _state(self, call_id: str) -> CallState | None:
        call = self._calls.get(call_id)
        return call.state if call is not None else None

    def _is_established(self, call_id: str) -> bool:
        call = self._calls.get(call_id)
        return call is not None and call.established

    def _may_go(self, call_id: str) -> bool:
        return self._is_established(call_id) and not self._calls[call_id].transferring

    def _fails(self, command: str, call_id: str) -> bool:
        detail = self._failing_commands.pop(command, None)
        if detail is not None:
            self._tell(CommandFailed(call_id, command, detail))
        return detail is not None

    def _move(self, call_id: str, state: CallState, **changes: Any) -> None:
        call = self._calls[call_id]
        if state not in CALL_TRANSITIONS[call.state]:
            raise AssertionError(f"call {call_id} cannot go from {call.state.value} to {state.value}")
        self._change(call_id, state=state, **changes)

    def _end(self, call_id: str, end: CallEnd) -> None:
        self._move(call_id, CallState.ENDED, end=end)

    def _change(self, call_id: str, **changes: Any) -> None:
        call = self._calls[call_id]
        changed = replace(call, **changes)
        if changed != call:
            self._calls[call_id] = changed
            self._tell(CallChanged(changed))
