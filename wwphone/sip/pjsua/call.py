"""One call: PJSIP's callbacks in, frozen snapshots out, with the states of `CALL_TRANSITIONS`.

People see the wish at once and PJSIP follows: a call that is hung up is over here immediately, whatever the network
still has to say; hold and resume are wishes too, carried out by re-INVITE as soon as the dialog is free for one.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import pjsua2 as pj

from wwphone.domain.calls import (
    CALL_TRANSITIONS,
    CallDirection,
    CallEnd,
    CallSnapshot,
    CallState,
    EndReason,
    Party,
)
from wwphone.sip.api import CallChanged, CommandFailed, DtmfReceived, SipEvent
from wwphone.sip.pjsua.errors import FailedAt, TransportFailure, end_of_outgoing
from wwphone.sip.pjsua.messages import (
    SipMessage,
    answered_elsewhere,
    asserted_party,
    q850_cause,
)
from wwphone.sip.pjsua.pj_call import PjCall, parameters_of
from wwphone.sip.pjsua.pj_events import failed_at, message_of
from wwphone.sip.pjsua.quality import QualityMeter, SilenceWatch, StreamCounters
from wwphone.sip.pjsua.referral import Referral
from wwphone.sip.pjsua.thread import SipThread, Timer

_LOG = logging.getLogger(__name__)

LINE_LOST_S = 20.0
"""So long neither RTP nor RTCP, and the line is lost; Asterisk sends RTCP every five seconds."""
_REJECTIONS: Mapping[EndReason, int] = {
    EndReason.BUSY: 486,
    EndReason.DECLINED_HERE: 603,
    EndReason.NO_ANSWER: 480,
}
_GLARE = 491
_GLARE_TRIES = 4
_CODEC_NAMES = {"opus": "Opus", "G722": "G.722", "PCMA": "G.711 A", "PCMU": "G.711 µ"}


class CallOwner(Protocol):
    """What a call needs of the user agent."""

    def tell(self, event: SipEvent) -> None:
        """Hand an event to the listener."""

    def sound_changed(self, call: Call) -> None:
        """The call's sound began, changed its port, or may now be heard differently."""

    def call_over(self, call: Call) -> None:
        """PJSIP has finished with the call: let it go."""

    def transport_failure(self) -> TransportFailure | None:
        """Why the latest connection failed."""


class Call:
    """A call on this PC. All methods on the SIP thread."""

    def __init__(self, snapshot: CallSnapshot, pj_call: PjCall, thread: SipThread, owner: CallOwner) -> None:
        self.snapshot = snapshot
        self.pj_call: PjCall | None = pj_call
        pj_call.handler = self
        self.media_port: Any = None
        """PJSIP's audio port of this call, while it has sound."""
        self.quality = QualityMeter()
        self._silence = SilenceWatch(LINE_LOST_S)
        self._thread = thread
        self._owner = owner
        self.referral = Referral(self)
        self.hidden = False
        """Nobody is told of it."""
        self._shown = False
        self._answers_itself = False
        self._rang = False
        self._wants_hold = False
        self._reinviting = False
        self._updating = False
        self._glares = 0
        self._glare_timer: Timer | None = None
        self._sip_end: CallEnd | None = None
        self._elsewhere = False

    @property
    def call_id(self) -> str:
        """Ours, not SIP's."""
        return self.snapshot.call_id

    @property
    def state(self) -> CallState:
        """Where the call stands."""
        return self.snapshot.state

    @property
    def is_active(self) -> bool:
        """Whether people talk: established, not held, and not just being held."""
        return self.state is CallState.ACTIVE and not self._wants_hold

    @property
    def has_early_sound(self) -> bool:
        """Whether the other side plays something before it answers."""
        return self.state is CallState.RINGING and self.media_port is not None

    # ------------------------------------------------------------ commands

    def show(self) -> None:
        """Tell of the call for the first time; a call that answers itself is first told of when it runs."""
        if not self._shown and not self._answers_itself and not self.hidden:
            self._shown = True
            self._owner.tell(CallChanged(self.snapshot))

    def dial(self, uri: str, headers: Mapping[str, str]) -> None:
        """Send the INVITE, then tell of it. Raises pj.Error."""
        assert self.pj_call is not None
        self.pj_call.makeCall(uri, parameters_of(headers=headers))
        self.snapshot = replace(self.snapshot, sip_call_id=self.pj_call.getInfo().callIdString)
        self.show()

    def ring(self) -> None:
        """Answer 180."""
        if self.pj_call is not None and self.state is CallState.INCOMING:
            self.pj_call.answer(parameters_of(180))

    def answer(self, *, by_itself: bool = False) -> None:
        """Answer 200. Raises pj.Error."""
        if self.pj_call is not None and self.state is CallState.INCOMING:
            self._answers_itself = by_itself
            self.pj_call.answer(parameters_of(200))

    def hang_up(self, end: CallEnd | None = None) -> None:
        """End it: here at once, in the network as soon as possible."""
        if self.state is CallState.ENDED or self.pj_call is None:
            return
        pj_call, parameters = self.pj_call, parameters_of()
        if self.state is CallState.INCOMING:
            reason = end.reason if end else EndReason.DECLINED_HERE
            parameters.statusCode = _REJECTIONS.get(reason, 603)
            end = CallEnd(reason, parameters.statusCode)
        elif self.state in (CallState.DIALING, CallState.RINGING):
            end = end or CallEnd(EndReason.CANCELLED)
        self._finish(end or CallEnd(EndReason.HUNG_UP_HERE))
        pj_call.hangup(parameters)

    def refuse(self, status: int) -> None:
        """Refuse a call of which nobody is told."""
        if self.pj_call is not None:
            self.pj_call.hangup(parameters_of(status))

    def fail(self, end: CallEnd) -> None:
        """PJSIP could not even begin: it knows nothing of this call."""
        self._finish(end)
        self.let_go()

    def hold(self, *, held: bool) -> None:
        """Hold or take back; the state follows when the other side has agreed."""
        if self.snapshot.established:
            self._wants_hold = held
            self._glares = 0
            self._owner.sound_changed(self)
            self._negotiate()

    def mute(self, *, muted: bool) -> None:
        """Keep the microphone out, or let it in."""
        if self.state is not CallState.ENDED and self.snapshot.muted is not muted:
            self._change(muted=muted)
            self._owner.sound_changed(self)

    def merge(self, *, merged: bool) -> None:
        """Let it hear, and be heard by, the other merged calls, or no longer."""
        if self.snapshot.established and self.snapshot.merged is not merged:
            self._change(merged=merged)
            self._owner.sound_changed(self)

    def deflect(self, uri: str) -> None:
        """Answer 302: the caller is to try there. Raises pj.Error."""
        if self.pj_call is None or self.state is not CallState.INCOMING:
            return
        pj_call, parameters = self.pj_call, parameters_of(302, {"Contact": f"<{uri}>"})
        self._finish(CallEnd(EndReason.DEFLECTED, 302))
        pj_call.hangup(parameters)

    def send_dtmf(self, digits: str) -> None:
        """Send keys as RFC 4733 events, or by INFO when the other side offered none. Raises pj.Error."""
        if self.pj_call is None or self.state is CallState.ENDED:
            return
        keys = pj.CallSendDtmfParam()
        keys.digits = digits
        by_events = self.pj_call.getStreamInfo(self._audio_index()).audTxEventPt > 0
        keys.method = pj.PJSUA_DTMF_METHOD_RFC2833 if by_events else pj.PJSUA_DTMF_METHOD_SIP_INFO
        self.pj_call.sendDtmf(keys)

    # ------------------------------------------------------------ measuring

    def counters(self) -> StreamCounters | None:
        """What was counted of its sound; None: it has none. Raises pj.Error."""
        if self.pj_call is None or self.media_port is None:
            return None
        rtcp = self.pj_call.getStreamStat(self._audio_index()).rtcp
        received = rtcp.rxStat
        return StreamCounters(
            packets_received=received.pkt,
            packets_lost=received.loss,
            packets_discarded=received.discard,
            bytes_received=received.bytes,
            jitter_us=received.jitterUsec.last,
            round_trip_us=rtcp.rttUsec.last,
            reports_received=rtcp.txStat.updateCount,
        )

    def watch_line(self, counters: StreamCounters | None, now_s: float) -> None:
        """End the call when nothing came for too long."""
        if counters is None or not self.is_active or self.snapshot.held_there:
            self._silence.pause()
        elif self._silence.is_dead(counters, now_s):
            self.hang_up(CallEnd(EndReason.LINE_LOST, 0, f"Nothing was received for {LINE_LOST_S:g} s"))

    # ------------------------------------------------------------ what PJSIP tells

    def state_changed(self, event: Any) -> None:
        """PJSIP's dialog went on."""
        assert self.pj_call is not None
        state = self.pj_call.getInfo().state
        message = message_of(event)
        if message is not None and state != pj.PJSIP_INV_STATE_DISCONNECTED:
            self._learn_party(message)
        if state == pj.PJSIP_INV_STATE_EARLY and self.snapshot.direction is CallDirection.OUTGOING:
            self._rang = True
            self._move_to(CallState.RINGING)
        elif state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._answers_itself = False
            self._shown = not self.hidden
            self._move_to(CallState.ACTIVE, answered_at=datetime.now(UTC))
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._answers_itself = False
            if self.state is not CallState.ENDED:
                self._finish(self._end_of(event, message))
            self._thread.post(self.let_go)

    def transaction_changed(self, event: Any) -> None:
        """A request within the call was sent, received or answered."""
        if event.type != pj.PJSIP_EVENT_TSX_STATE:
            return
        transaction = event.body.tsxState.tsx
        message = message_of(event)
        if message is not None and not message.is_response:
            self._elsewhere = self._elsewhere or answered_elsewhere(message)
            if transaction.method in ("INVITE", "UPDATE"):
                self._learn_party(message)
        if transaction.role == pj.PJSIP_ROLE_UAC and self.snapshot.established:
            over = transaction.state in (pj.PJSIP_TSX_STATE_COMPLETED, pj.PJSIP_TSX_STATE_TERMINATED)
            if transaction.method == "INVITE" and over:
                self._reinvite_over(transaction.statusCode, transaction.statusText)
            elif transaction.method == "UPDATE":
                self._update_went_on(over=over)

    def media_changed(self) -> None:
        """The sound of the call was negotiated anew."""
        assert self.pj_call is not None
        info = self.pj_call.getInfo()
        audio = next((each for each in info.media if each.type == pj.PJMEDIA_TYPE_AUDIO), None)
        status = pj.PJSUA_CALL_MEDIA_NONE if audio is None else audio.status
        sounding = status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
        self.media_port = self.pj_call.getAudioMedia(audio.index) if sounding and audio is not None else None
        changes: dict[str, Any] = {"held_there": status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD}
        if sounding and audio is not None:
            stream = self.pj_call.getStreamInfo(audio.index)
            changes["codec"] = _CODEC_NAMES.get(stream.codecName, stream.codecName)
            changes["encrypted"] = bool(stream.proto & pj.PJMEDIA_TP_PROFILE_SRTP)
        self._change(**changes)
        if self.snapshot.established:
            held = status == pj.PJSUA_CALL_MEDIA_LOCAL_HOLD
            self._move_to(CallState.HELD if held else CallState.ACTIVE)
        self._owner.sound_changed(self)

    def digit_received(self, digit: str) -> None:
        """The other side pressed a key."""
        if self.state is not CallState.ENDED:
            self._owner.tell(DtmfReceived(self.call_id, digit))

    def transfer_went_on(self, status: int, text: str, *, final: bool) -> None:
        """Whoever was asked to hand the call over tells how far it got."""
        self.referral.went_on(status, text, final=final)

    def show_transferring(self, *, transferring: bool) -> None:
        """Tell that the call is being handed over, or no longer."""
        self._change(transferring=transferring)

    def tell(self, event: SipEvent) -> None:
        """Hand an event to the listener."""
        self._owner.tell(event)

    # ------------------------------------------------------------ inside

    def _negotiate(self) -> None:
        """Send the re-INVITE that the wish needs, unless one is under way or it is fulfilled."""
        if self.pj_call is None or self._reinviting or self._updating or not self.snapshot.established:
            return
        if self._wants_hold is (self.state is CallState.HELD):
            return
        command = "hold" if self._wants_hold else "resume"
        parameters = parameters_of()
        try:
            if self._wants_hold:
                self.pj_call.setHold(parameters)
            else:
                parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
                self.pj_call.reinvite(parameters)
            self._reinviting = True
        except pj.Error as refused:
            # Usually because the other side's own re-INVITE is under way: that is a glare too.
            self._try_negotiating_later(command, refused.reason)

    def _reinvite_over(self, status: int, text: str) -> None:
        if self._reinviting:
            command = "hold" if self._wants_hold else "resume"
            self._reinviting = False
            if status == _GLARE:
                self._try_negotiating_later(command, text)
            elif status >= 300:
                self._give_up_negotiating(command, f"{status} {text}")
            else:
                self._thread.post(self._negotiate)  # people may have changed their mind meanwhile

    def _update_went_on(self, *, over: bool) -> None:
        # WORKAROUND: a re-INVITE during PJSIP's own UPDATE (its lock on one codec) bears the UPDATE's offer (2.17).
        self._updating = not over
        if over:
            self._thread.post(self._negotiate)

    def _try_negotiating_later(self, command: str, detail: str) -> None:
        self._glares += 1
        if self._glares > _GLARE_TRIES:
            self._give_up_negotiating(command, detail)
            return
        # RFC 3261 section 14.1: who made the call waits longer than who took it, so that they do not meet again.
        outgoing = self.snapshot.direction is CallDirection.OUTGOING
        wait_s = random.uniform(2.1, 4.0) if outgoing else random.uniform(0.0, 2.0)  # noqa: S311 - no secret
        self._glare_timer = self._thread.later(wait_s, self._negotiate)

    def _give_up_negotiating(self, command: str, detail: str) -> None:
        self._wants_hold = self.state is CallState.HELD
        self._owner.tell(CommandFailed(self.call_id, command, detail))
        self._owner.sound_changed(self)

    def _end_of(self, event: Any, message: SipMessage | None) -> CallEnd:
        assert self.pj_call is not None
        info = self.pj_call.getInfo()
        status, text = int(info.lastStatusCode), info.lastReason
        who = failed_at(event, message)
        if self.snapshot.transferring and who is FailedAt.RESPONSE:
            return CallEnd(EndReason.TRANSFERRED, status, text)  # the PBX has taken it over
        if self.snapshot.answered_at is not None:
            lost = status == 408 or who is not FailedAt.RESPONSE
            return CallEnd(EndReason.LINE_LOST if lost else EndReason.HUNG_UP_THERE, status, text)
        if self.snapshot.direction is CallDirection.INCOMING:
            if self._elsewhere or (message is not None and answered_elsewhere(message)):
                return CallEnd(EndReason.ANSWERED_ELSEWHERE, status, text)
            known = {487: EndReason.MISSED, 488: EndReason.NO_COMMON_CODEC, 606: EndReason.NO_COMMON_CODEC}
            return CallEnd(known.get(status, EndReason.FAILED), status, text)
        cause = q850_cause(message) if message is not None else 0
        return end_of_outgoing(status, text, cause, who, self._owner.transport_failure(), rang=self._rang)

    def _learn_party(self, message: SipMessage) -> None:
        party = asserted_party(message)
        if party is not None and party != self.snapshot.remote:
            self._change(remote=Party(party.number or self.snapshot.remote.number, party.name))

    def _move_to(self, state: CallState, **changes: Any) -> None:
        if state is self.state:
            return
        if state not in CALL_TRANSITIONS[self.state]:
            _LOG.warning("call %s cannot go from %s to %s", self.call_id, self.state.value, state.value)
            return
        self._change(state=state, **changes)
        self._owner.sound_changed(self)

    def _change(self, **changes: Any) -> None:
        changed = replace(self.snapshot, **changes)
        if changed != self.snapshot:
            self.snapshot = changed
            if self._shown:
                self._owner.tell(CallChanged(changed))

    def _finish(self, end: CallEnd) -> None:
        self.show()
        self.media_port = None
        if self._glare_timer is not None:
            self._glare_timer.cancel()
        self._move_to(CallState.ENDED, end=end)

    def let_go(self) -> None:
        """PJSIP is done: break the cycle so that its object is freed here and now, on this thread."""
        if self.pj_call is not None:
            self.pj_call.handler = None
            self.pj_call = None
        self._owner.call_over(self)

    def _audio_index(self) -> int:
        assert self.pj_call is not None
        return next(
            (each.index for each in self.pj_call.getInfo().media if each.type == pj.PJMEDIA_TYPE_AUDIO), 0
        )
