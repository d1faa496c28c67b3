"""The SIP thread's side of the engine: what each command does, and who tells whom."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pjsua2 as pj

from wwphone.domain.account import SipAccount
from wwphone.domain.calls import CallDirection, CallEnd, CallSnapshot, CallState, EndReason, Party
from wwphone.domain.devices import SoundSelection
from wwphone.sip.api import (
    CallChanged,
    CallQualityMeasured,
    CommandFailed,
    EngineSettings,
    SipEvent,
)
from wwphone.sip.pjsua.account import PjAccount
from wwphone.sip.pjsua.accounts import Accounts
from wwphone.sip.pjsua.call import Call
from wwphone.sip.pjsua.endpoint import Library
from wwphone.sip.pjsua.errors import TransportFailure
from wwphone.sip.pjsua.failures import log_failure
from wwphone.sip.pjsua.messages import (
    answers_itself,
    call_kind,
    called_number,
    calling_party,
    conference_room,
    parked_slot,
    read_message,
    returned,
)
from wwphone.sip.pjsua.mixer import Mixer
from wwphone.sip.pjsua.pj_call import PjCall
from wwphone.sip.pjsua.sound import SoundDesk
from wwphone.sip.pjsua.thread import SipThread, Timer
from wwphone.sip.pjsua.tones import Tones

_LOG = logging.getLogger(__name__)

_MEASURE_EVERY_S = 1.0
_HANG_UP_LIMIT_S = 1.0
_HEADER_NAME = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]{0,512}")
_ADDRESS = re.compile(r"[^\s<>\"\x00-\x1f\x7f]{1,256}")


class UserAgent:
    """The phone. Everything here happens on the SIP thread."""

    def __init__(self, settings: EngineSettings, thread: SipThread, tell: Callable[[SipEvent], None]) -> None:
        self._settings = settings
        self._thread = thread
        self.tell = tell
        self._library: Library | None = None
        self._calls: dict[str, Call] = {}
        self._refused: set[Call] = set()
        self._measuring = False
        self._measure_timer: Timer | None = None

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start PJSIP. Raises pj.Error."""
        self._library = Library(self)
        self._thread.wake_by(self._library.start(self._settings))
        bind_address = self._settings.bind_address
        self._accounts = Accounts(self._library, self._thread, bind_address, self.tell, self)
        self._desk = SoundDesk(self._library, self._thread, self.tell, null=self._settings.null_sound)
        self._mixer = Mixer(self._desk, self._thread, self.tell)
        self._tones = Tones(self._desk, self._thread)
        self._desk.start()

    def poll(self, wait_ms: int) -> None:
        """Let PJSIP work."""
        if self._library is not None:
            self._library.libHandleEvents(wait_ms)

    def is_busy(self) -> bool:
        """Whether calls run: then PJSIP's sound threads may have something for us at any moment."""
        return bool(self._calls)

    def end(self) -> None:
        """Hang up, unregister, free everything in the order that PJSIP needs."""
        if self._library is None:
            return
        for call in list(self._calls.values()):
            self._attempt("hang_up", call, call.hang_up)
        self._thread.run_until(lambda: not self.has_calls(), _HANG_UP_LIMIT_S)
        self._tones.end()
        for call in [*self._calls.values(), *self._refused]:
            call.let_go()
        self._accounts.end()
        self._desk.end()
        del self._tones, self._mixer, self._desk, self._accounts
        library, self._library = self._library, None
        library.end()

    # ------------------------------------------------------------ registration

    def register(self, account: SipAccount) -> None:
        """Register this account; a former one is unregistered first."""
        self._accounts.register(account)

    def unregister(self) -> None:
        """Take the registration back; running calls go on."""
        self._accounts.unregister()

    def register_again(self) -> None:
        """Register at once."""
        self._accounts.register_again()

    # ------------------------------------------------------------ calls

    def dial(self, address: str, call_id: str, headers: Mapping[str, str]) -> None:
        """Call a number of the registrar, or a `user@host` address."""
        snapshot = CallSnapshot(
            call_id=call_id,
            direction=CallDirection.OUTGOING,
            remote=Party(address),
            state=CallState.DIALING,
            started_at=datetime.now(UTC),
        )
        if not _ADDRESS.fullmatch(address) or not _are_headers(headers):
            self._dial_in_vain(snapshot, CallEnd(EndReason.FAILED, 0, "This cannot be dialled"))
            return
        call = None
        try:
            way = self._accounts.way_to(address)
            if way is None:
                self._dial_in_vain(
                    snapshot, CallEnd(EndReason.PBX_UNREACHABLE, 0, "There is no PBX to call by")
                )
                return
            call = Call(snapshot, PjCall(way.pj_account), self._thread, self)
            self._calls[call_id] = call
            call.dial(way.uri, headers)
        except pj.Error as refused:
            end = CallEnd(EndReason.FAILED, 0, refused.reason)
            if call is None:
                self._dial_in_vain(snapshot, end)
            elif call.state is not CallState.ENDED:
                call.fail(end)

    def ring(self, call_id: str) -> None:
        """Say 180 to an incoming call."""
        self._on_call("ring", call_id, Call.ring)

    def answer(self, call_id: str) -> None:
        """Take an incoming call."""
        self._on_call("answer", call_id, Call.answer)

    def hang_up(self, call_id: str, end: CallEnd | None) -> None:
        """End a call in any state."""
        self._on_call("hang_up", call_id, lambda call: call.hang_up(end))

    def hold(self, call_id: str, *, held: bool) -> None:
        """Hold or resume."""
        self._on_call("hold" if held else "resume", call_id, lambda call: call.hold(held=held))

    def mute(self, call_id: str, *, muted: bool) -> None:
        """Stop or start sending the microphone into a call."""
        self._on_call("mute", call_id, lambda call: call.mute(muted=muted))

    def transfer(self, call_id: str, address: str) -> None:
        """Hand a call over to a number."""
        self._send_on("transfer", call_id, address, lambda call, uri: call.referral.refer(uri))

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """Connect the far ends of two calls."""
        other = self._calls.get(other_call_id)
        if other is not None and call_id != other_call_id:
            self._on_call("transfer_to", call_id, lambda call: call.referral.refer_to(other))

    def deflect(self, call_id: str, address: str) -> None:
        """Send an incoming call on."""
        self._send_on("deflect", call_id, address, Call.deflect)

    def join(self, call_ids: Sequence[str]) -> None:
        """Merge calls."""
        for call_id in call_ids:
            self._on_call("join", call_id, lambda call: call.merge(merged=True))

    def split(self, call_id: str) -> None:
        """Take a call out of the merged ones."""
        self._on_call("split", call_id, lambda call: call.merge(merged=False))

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """Send keys."""
        self._on_call("send_dtmf", call_id, lambda call: call.send_dtmf(digits))

    def play_file(self, call_id: str, sound: Path) -> None:
        """Speak a file into a call."""
        self._on_call("play_file", call_id, lambda call: self._mixer.play_file(call, sound))

    def record_file(self, call_id: str, target: Path) -> None:
        """Write what the other side says into a file."""
        self._on_call("record_file", call_id, lambda call: self._mixer.record_file(call, target))

    # ------------------------------------------------------------ sound

    def select_sound(self, selection: SoundSelection) -> None:
        """Use these devices."""
        self._desk.select(selection)

    def refresh_sound_devices(self) -> None:
        """Look for devices again."""
        self._desk.refresh()

    def set_measuring(self, *, levels: bool, quality: bool) -> None:
        """Switch the meters."""
        self._measuring = quality
        self._desk.measure_levels(on=levels)

    def play_test_tone(self) -> None:
        """Play a short tone."""
        self._attempt("play_test_tone", None, self._tones.play_test_tone)

    def start_ringing(self, sound: Path) -> None:
        """Play a ringtone in a loop."""
        self._attempt("start_ringing", None, lambda: self._tones.start_ringing(sound))

    def stop_ringing(self) -> None:
        """Stop the ringtone."""
        self._attempt("stop_ringing", None, self._tones.stop_ringing)

    # ------------------------------------------------------------ what the library tells

    def connected(self, connection: int) -> None:
        """A TCP or TLS connection is up."""
        self._accounts.connected(connection)

    def disconnected(self, connection: int, failure: TransportFailure) -> None:
        """A TCP or TLS connection is gone, or never came."""
        self._accounts.disconnected(connection, failure)

    def sound_failed(self) -> None:
        """The open sound device reports an error."""
        self._thread.post(self._desk.failed)

    # ------------------------------------------------------------ what accounts tell

    def has_calls(self) -> bool:
        """Whether any call still needs its account."""
        return bool(self._calls or self._refused)

    def incoming_call(self, account: PjAccount, pj_call_id: int, message: str, source: str) -> None:
        """An INVITE came in."""
        invite = read_message(message)
        snapshot = CallSnapshot(
            call_id=uuid.uuid4().hex,
            direction=CallDirection.INCOMING,
            remote=calling_party(invite),
            state=CallState.INCOMING,
            started_at=datetime.now(UTC),
            kind=call_kind(invite),
            called_number=called_number(invite),
            sip_call_id=invite.header("call-id"),
            parked_slot=parked_slot(invite),
            returned=returned(invite),
            conference=conference_room(invite),
        )
        call = Call(snapshot, PjCall(account, pj_call_id), self._thread, self)
        if not self._accounts.may_ring_here(source):
            _LOG.info("a call from %s, which is not our registrar, was refused", source)
            call.hidden = True
            self._refused.add(call)
            self._thread.post(lambda: call.refuse(403))
            return
        self._calls[call.call_id] = call
        if answers_itself(invite):
            self._thread.post(lambda: self._attempt("answer", call, lambda: call.answer(by_itself=True)))
        else:
            # Later: PJSIP may still find that the sound offered cannot be had, and end the call by itself.
            self._thread.post(call.show)

    # ------------------------------------------------------------ what calls tell

    def sound_changed(self, call: Call) -> None:
        """Wire the call anew, and hear to it that there is a device to be heard on."""
        reason = f"call {call.call_id}"
        if call.state is CallState.ENDED:
            self._mixer.remove(call)
            self._desk.let_go(reason)
        else:
            self._mixer.update(call)
            if call.snapshot.established or call.state is CallState.RINGING:
                # After the message that PJSIP is about to send: opening takes its time.
                self._thread.post(lambda: self._hold_open(call, reason))
        self._ringback()
        self._measure_while_needed()

    def call_over(self, call: Call) -> None:
        """PJSIP has finished with the call."""
        self._refused.discard(call)
        if self._calls.get(call.call_id) is call:
            del self._calls[call.call_id]
        self._accounts.sweep()

    def transport_failure(self) -> TransportFailure | None:
        """Why the latest connection failed."""
        return self._accounts.transport_failure

    # ------------------------------------------------------------ inside

    def _dial_in_vain(self, snapshot: CallSnapshot, end: CallEnd) -> None:
        self.tell(CallChanged(snapshot))
        self.tell(CallChanged(replace(snapshot, state=CallState.ENDED, end=end)))

    def _send_on(self, command: str, call_id: str, address: str, send: Callable[[Call, str], None]) -> None:
        """Send a call to an address, if there is a way to it."""

        def act(call: Call) -> None:
            way = self._accounts.way_to(address) if _ADDRESS.fullmatch(address) else None
            if way is None:
                self.tell(CommandFailed(call_id, command, "No call can be sent there"))
            else:
                send(call, way.uri)

        self._on_call(command, call_id, act)

    def _on_call(self, command: str, call_id: str, action: Callable[[Call], None]) -> None:
        call = self._calls.get(call_id)
        if call is None or call.state is CallState.ENDED:
            _LOG.debug("%s: call %s is over", command, call_id)
            return
        self._attempt(command, call, lambda: action(call))

    def _attempt(self, command: str, call: Call | None, action: Callable[[], None]) -> None:
        try:
            action()
        except pj.Error as refused:
            self.tell(CommandFailed(call.call_id if call else "", command, refused.reason))
        except Exception as unexpected:  # noqa: BLE001 - logged and told
            log_failure(f"{command} failed")
            self.tell(CommandFailed(call.call_id if call else "", command, str(unexpected)))

    def _hold_open(self, call: Call, reason: str) -> None:
        if call.state is not CallState.ENDED:
            self._desk.hold_open(reason)

    def _ringback(self) -> None:
        ringing = [call for call in self._calls.values() if call.state is CallState.RINGING]
        talking = any(call.is_active for call in self._calls.values())
        self._tones.ringback(on=not talking and any(not call.has_early_sound for call in ringing))

    def _measure_while_needed(self) -> None:
        if self._measure_timer is None and any(call.snapshot.established for call in self._calls.values()):
            self._measure_timer = self._thread.later(_MEASURE_EVERY_S, self._measure)

    def _measure(self) -> None:
        self._measure_timer = None
        now_s = time.monotonic()
        for call in [each for each in self._calls.values() if each.snapshot.established]:
            try:
                counters = call.counters()
            except pj.Error as refused:
                _LOG.debug("call %s cannot be measured: %s", call.call_id, refused.reason)
                continue
            if counters is not None and self._measuring:
                self.tell(CallQualityMeasured(call.call_id, call.quality.measure(counters)))
            call.watch_line(counters, now_s)
        self._measure_while_needed()


def _are_headers(headers: Mapping[str, str]) -> bool:
    """Whether these can be sent as they are: nothing in them begins a further header."""
    return all(
        _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value) for name, value in headers.items()
    )
