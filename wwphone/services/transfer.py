"""Handing calls over: transfers with and without a talk before, and callers sent on before we answer.

A call that the PBX could not hand over comes back in one of two ways: it is ours still (TransferFailed), or the PBX calls
us anew with it (`CallSnapshot.returned`). While the transfer is in sight the second is answered at once, so that a person
sees one and the same: the call is back, and why.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from wwphone.domain.calls import CallSnapshot, CallState, EndReason, Party
from wwphone.domain.numbers import VOICEMAIL_DEFLECTION, NotDiallableError
from wwphone.domain.transfer import NOBODY, TRANSFER_TRANSITIONS, Transfer, TransferStage
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners
from wwphone.sip.api import CallControl, CommandFailed, SipEvent, TransferFailed

_CALLING = (CallState.DIALING, CallState.RINGING)


@dataclass(frozen=True)
class TransferFailure:
    """A call that came back, told once."""

    call: CallSnapshot
    target: Party
    reason: EndReason


class TransferService:
    """The transfers under way, by the call that is to go."""

    def __init__(self, engine: CallControl, calls: CallsService) -> None:
        self._engine = engine
        self._calls = calls
        self._transfers: dict[str, Transfer] = {}
        self.changed: Listeners[Transfer] = Listeners()
        self.over: Listeners[str] = Listeners()
        """The transfer of this call has ended, one way or the other."""
        self.failures: Listeners[TransferFailure] = Listeners()
        calls.changed.subscribe(self._on_call_changed)
        calls.takes_at_once = self._takes_back

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """All under way, oldest first."""
        return tuple(self._transfers.values())

    def transfer(self, call_id: str) -> Transfer | None:
        """The transfer that this call takes part in, as the one that goes or as the talk before."""
        found = self._transfers.get(call_id)
        return found or next((each for each in self.transfers if each.consultation_id == call_id), None)

    def may_begin(self, call: CallSnapshot) -> bool:
        """Whether this call can be transferred now."""
        return (
            call.established
            and not call.merged
            and not call.transferring
            and self.transfer(call.call_id) is None
        )

    # ------------------------------------------------------------ the flow; what does not fit the stage: nothing

    def begin(self, call_id: str) -> None:
        """Hold the call at once; the person chooses whom it goes to."""
        call = self._calls.call(call_id)
        if call is None or not self.may_begin(call):
            return
        active = call.state is CallState.ACTIVE
        self._show(Transfer(call_id, TransferStage.CHOOSING, resumes=active))
        if active:
            self._engine.hold(call_id)

    def cancel(self, call_id: str) -> None:
        """Do not transfer after all: take the call back if it was active."""
        found = self._at(call_id, TransferStage.CHOOSING)
        if found is not None:
            self._end(found, resume=found.resumes)

    def consult(self, call_id: str, text: str) -> None:
        """Call whom it goes to first. Raises NotDiallableError, CannotDialError; then the person chooses again."""
        found = self._at(call_id, TransferStage.CHOOSING)
        if found is not None:
            target = self._target(text)
            consultation_id = self._calls.dial(target.number)
            self._show(
                replace(found, stage=TransferStage.CONSULTING, target=target, consultation_id=consultation_id)
            )

    def transfer_now(self, call_id: str, text: str) -> None:
        """Hand the call over without a talk before. Raises NotDiallableError."""
        found = self._at(call_id, TransferStage.CHOOSING)
        if found is not None:
            self._hand_over(replace(found, target=self._target(text)))

    def complete(self, call_id: str) -> None:
        """Connect the two; whom we only ring yet gets the call unseen."""
        found = self._at(call_id, TransferStage.CONSULTING)
        consultation = self._calls.call(found.consultation_id) if found else None
        if found is None or consultation is None:
            return
        if consultation.established:
            self._show(replace(found, stage=TransferStage.HANDING_OVER))
            self._engine.transfer_to(call_id, consultation.call_id)
        elif consultation.state in _CALLING:
            self._hand_over(replace(found, consultation_id=""))
            self._engine.hang_up(consultation.call_id)

    def swap(self, call_id: str) -> None:
        """Talk to the other one of the two; who was talked to is held."""
        found = self._at(call_id, TransferStage.CONSULTING)
        for each in (call_id, found.consultation_id) if found else ():
            call = self._calls.call(each)
            if call is not None and call.state is CallState.HELD:
                self._calls.resume(each)
                return

    def back(self, call_id: str) -> None:
        """End the talk before, and take the call back."""
        found = self._at(call_id, TransferStage.CONSULTING)
        if found is not None:
            self._end(found, resume=True)
            self._calls.hang_up(found.consultation_id)

    # ------------------------------------------------------------ callers sent on before we answer

    def deflect(self, call_id: str, text: str) -> None:
        """Send a caller on who rings here, unanswered. Raises NotDiallableError."""
        call = self._calls.call(call_id)
        if call is not None and call.state is CallState.INCOMING:
            self._engine.deflect(call_id, self._target(text).number)

    def send_to_voicemail(self, call_id: str) -> None:
        """Let a caller who rings here leave a message instead."""
        call = self._calls.call(call_id)
        if call is not None and call.state is CallState.INCOMING:
            self._engine.deflect(call_id, VOICEMAIL_DEFLECTION)

    # ------------------------------------------------------------ what the engine tells

    def received(self, event: SipEvent) -> None:
        """Take what the engine tells."""
        match event:
            case TransferFailed(call_id, end):
                found, call = self._step_back(call_id), self._calls.call(call_id)
                if found is not None and call is not None:
                    self.failures.tell(TransferFailure(call, found.target, end.reason))
            case CommandFailed(call_id, "transfer" | "transfer_to"):
                self._step_back(call_id)  # the calls service tells of it

    def _step_back(self, call_id: str) -> Transfer | None:
        """The call could not be handed over: be where we were before; None: that was not asked for."""
        found = self._at(call_id, TransferStage.HANDING_OVER)
        if found is not None and found.consultation_id:
            self._show(replace(found, stage=TransferStage.CONSULTING))
        elif found is not None:
            self._end(found, resume=found.resumes)
        return found

    def _takes_back(self, call: CallSnapshot) -> bool:
        """Whether a new call is one that we are handing over at this moment: then it is answered without ringing."""
        if call.returned is None:
            return False
        for found in self.transfers:
            gone = self._calls.call(found.call_id)
            if (
                found.stage is TransferStage.HANDING_OVER
                and gone
                and gone.remote.number == call.remote.number
            ):
                self._end(found, resume=False)
                self._engine.hang_up(gone.call_id)
                asyncio.get_running_loop().call_soon(self._calls.forget, gone.call_id)
                self.failures.tell(TransferFailure(call, found.target, call.returned.reason))
                return True
        return False

    # ------------------------------------------------------------ what the calls tell

    def _on_call_changed(self, call: CallSnapshot) -> None:
        found = self.transfer(call.call_id)
        if found is None:
            return
        if call.merged:
            self._end(found, resume=False)  # the three talk with each other: nobody needs to go
        elif call.state is CallState.ENDED:
            self._call_ended(found, call)
        else:
            self.changed.tell(found)

    def _call_ended(self, found: Transfer, call: CallSnapshot) -> None:
        if call.call_id == found.call_id:
            self._end(found, resume=False)
        elif found.stage is TransferStage.CONSULTING and call.answered_at is None:
            self._show(replace(found, stage=TransferStage.CHOOSING, target=NOBODY, consultation_id=""))
        elif found.stage is TransferStage.CONSULTING:
            self._end(found, resume=True)

    # ------------------------------------------------------------ inside

    def _hand_over(self, found: Transfer) -> None:
        self._show(replace(found, stage=TransferStage.HANDING_OVER))
        self._engine.transfer(found.call_id, found.target.number)

    def _target(self, text: str) -> Party:
        """Whom a text means; a foreign SIP address cannot be transferred to. Raises NotDiallableError."""
        preview = self._calls.preview(text)
        if not preview.address or "@" in preview.address:
            raise NotDiallableError("neither a number nor a colleague")
        return self._calls.named(Party(preview.address))

    def _at(self, call_id: str, stage: TransferStage) -> Transfer | None:
        found = self._transfers.get(call_id)
        return found if found is not None and found.stage is stage else None

    def _show(self, transfer: Transfer) -> None:
        known = self._transfers.get(transfer.call_id)
        before = known.stage if known else None
        if transfer.stage not in TRANSFER_TRANSITIONS[before]:
            raise AssertionError(f"a transfer cannot go from {before} to {transfer.stage}")
        self._transfers[transfer.call_id] = transfer
        self.changed.tell(transfer)

    def _end(self, found: Transfer, *, resume: bool) -> None:
        del self._transfers[found.call_id]
        self.over.tell(found.call_id)
        if resume:
            self._calls.resume(found.call_id)
