"""A SIP engine without SIP: for tests of services and windows, and for screenshots. Never part of the product's work.

It behaves as the real one does (`tests/service/test_sip_contract.py` holds both to the same table) and is told what
the far side does: `far_end_answers`, `incoming`, `plug_in` … Events come later, in order, on the running loop.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from wwphone.domain.account import SipAccount
from wwphone.domain.calls import (
    CallDirection,
    CallEnd,
    CallKind,
    CallQuality,
    CallSnapshot,
    CallState,
    EndReason,
    Party,
    Returned,
    reason_of_status,
)
from wwphone.domain.devices import SoundDevice, SoundSelection
from wwphone.sip.api import (
    CallChanged,
    CallQualityMeasured,
    DtmfReceived,
    EngineSettings,
    LevelsMeasured,
    RegistrationChanged,
    RegistrationState,
    SipError,
    SipListener,
    SoundDevicesChanged,
    SoundState,
)
from wwphone.sip.fake_calls import FakeCalls

_LOG = logging.getLogger(__name__)

HEADSET = (
    SoundDevice("headset-microphone", "Headset", inputs=1, outputs=0),
    SoundDevice("headset-speaker", "Headset", inputs=0, outputs=2),
)
"""What is plugged in at the start."""
_REJECTIONS = {EndReason.BUSY: 486, EndReason.DECLINED_HERE: 603, EndReason.NO_ANSWER: 480}


class FakeSipEngine(FakeCalls):
    """Fulfils `SipEngine`; what is not of that protocol scripts the far side, or tells what was asked."""

    def __init__(self, devices: tuple[SoundDevice, ...] = HEADSET, start_error: str = "") -> None:
        """`start_error`: the engine cannot be started, and this is why."""
        super().__init__()
        self.account: SipAccount | None = None
        self.selection = SoundSelection()
        self.ringing: Path | None = None
        """The ringtone that plays now."""
        self.test_tones = 0
        self.dialled: list[tuple[str, dict[str, str]]] = []
        self.dtmf_sent: dict[str, str] = {}
        self.played: list[tuple[str, Path]] = []
        self.recorded: list[tuple[str, Path]] = []
        self.measuring = (False, False)
        """Levels and quality."""
        self.rung: set[str] = set()
        """Incoming calls whose caller was told that it rings."""
        self._start_error = start_error
        self._devices = devices
        self._sound_trouble: tuple[SoundState, str] | None = None
        self._answer = RegistrationChanged(
            RegistrationState.REGISTERED, 200, register_call_id="fake-register"
        )
        self._registration = RegistrationChanged(RegistrationState.UNREGISTERED)
        self._numbers = itertools.count(1)

    # ------------------------------------------------------------ SipEngine: life

    async def start(self, settings: EngineSettings, listener: SipListener) -> None:
        """See `SipEngine`."""
        del settings
        if self._start_error:
            raise SipError(self._start_error)
        if self._listener is not None:
            raise SipError("the SIP engine runs already")
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._tell_sound()

    async def shutdown(self) -> None:
        """See `SipEngine`."""
        for call_id in list(self._calls):
            self.hang_up(call_id)
        if self._registration.state is RegistrationState.REGISTERED:
            self.unregister()
        await asyncio.sleep(0)
        self._listener = None

    # ------------------------------------------------------------ SipEngine: registration

    def register(self, account: SipAccount) -> None:
        """See `SipEngine`."""
        self.account = account
        self._register_now()

    def unregister(self) -> None:
        """See `SipEngine`."""
        self._tell_registration(RegistrationChanged(RegistrationState.UNREGISTERED, 200))

    def register_again(self) -> None:
        """See `SipEngine`."""
        if self.account is not None:
            self._register_now()

    # ------------------------------------------------------------ SipEngine: calls

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """See `SipEngine`."""
        self.dialled.append((address, dict(headers or {})))
        remote, now, sip_call_id = Party(address), datetime.now(UTC), f"sip-{call_id}"
        call = CallSnapshot(
            call_id, CallDirection.OUTGOING, remote, CallState.DIALING, now, sip_call_id=sip_call_id
        )
        self._calls[call_id] = call
        self._tell(CallChanged(call))
        if self.account is None:
            self._end(call_id, CallEnd(EndReason.PBX_UNREACHABLE, 0, "There is no PBX to call by"))

    def ring(self, call_id: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) is CallState.INCOMING:
            self.rung.add(call_id)

    def answer(self, call_id: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) is CallState.INCOMING and not self._fails("answer", call_id):
            self._move(call_id, CallState.ACTIVE, answered_at=datetime.now(UTC), codec="Opus", encrypted=True)

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """See `SipEngine`."""
        match self._state(call_id):
            case None | CallState.ENDED:
                return
            case CallState.INCOMING:
                reason = end.reason if end else EndReason.DECLINED_HERE
                self._end(call_id, CallEnd(reason, _REJECTIONS.get(reason, 603)))
            case CallState.DIALING | CallState.RINGING:
                self._end(call_id, end or CallEnd(EndReason.CANCELLED))
            case _:
                self._end(call_id, end or CallEnd(EndReason.HUNG_UP_HERE))

    def hold(self, call_id: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) is CallState.ACTIVE and not self._fails("hold", call_id):
            self._move(call_id, CallState.HELD)

    def resume(self, call_id: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) is CallState.HELD and not self._fails("resume", call_id):
            self._move(call_id, CallState.ACTIVE)

    def mute(self, call_id: str, *, muted: bool) -> None:
        """See `SipEngine`."""
        if self._state(call_id) not in (None, CallState.ENDED):
            self._change(call_id, muted=muted)

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """See `SipEngine`."""
        if self._state(call_id) not in (None, CallState.ENDED) and not self._fails("send_dtmf", call_id):
            self.dtmf_sent[call_id] = self.dtmf_sent.get(call_id, "") + digits

    # ------------------------------------------------------------ SipEngine: sound

    def select_sound(self, selection: SoundSelection) -> None:
        """See `SipEngine`."""
        self.selection = selection

    def refresh_sound_devices(self) -> None:
        """See `SipEngine`."""
        self._tell_sound()

    def set_measuring(self, *, levels: bool, quality: bool) -> None:
        """See `SipEngine`."""
        self.measuring = (levels, quality)

    def play_test_tone(self) -> None:
        """See `SipEngine`."""
        self.test_tones += 1

    def start_ringing(self, sound: Path) -> None:
        """See `SipEngine`."""
        self.ringing = sound

    def stop_ringing(self) -> None:
        """See `SipEngine`."""
        self.ringing = None

    def play_file(self, call_id: str, sound: Path) -> None:
        """See `SipEngine`."""
        if self._state(call_id) not in (None, CallState.ENDED):
            self.played.append((call_id, sound))

    def record_file(self, call_id: str, target: Path) -> None:
        """See `SipEngine`."""
        if self._state(call_id) not in (None, CallState.ENDED):
            self.recorded.append((call_id, target))

    # ------------------------------------------------------------ what was asked

    @property
    def calls(self) -> tuple[CallSnapshot, ...]:
        """Every call that is not over, oldest first."""
        return tuple(call for call in self._calls.values() if call.state is not CallState.ENDED)

    def call(self, call_id: str) -> CallSnapshot:
        """The call as it is now; KeyError for one that never was."""
        return self._calls[call_id]

    # ------------------------------------------------------------ the far side

    def incoming(
        self,
        number: str,
        name: str = "",
        kind: CallKind = CallKind.INTERNAL,
        called_number: str = "",
        *,
        answers_itself: bool = False,
        parked_slot: str = "",
        returned: Returned | None = None,
    ) -> str:
        """Somebody calls; return the call's id. `answers_itself`: the PBX asked us to take it at once."""
        call_id = f"incoming-{next(self._numbers)}"
        now = datetime.now(UTC)
        call = CallSnapshot(
            call_id,
            CallDirection.INCOMING,
            Party(number, name),
            CallState.INCOMING,
            started_at=now,
            kind=kind,
            called_number=called_number,
            sip_call_id=f"sip-{call_id}",
            parked_slot=parked_slot,
            returned=returned,
        )
        if answers_itself:
            call = replace(call, state=CallState.ACTIVE, answered_at=now, codec="Opus", encrypted=True)
        self._calls[call_id] = call
        self._tell(CallChanged(call))
        return call_id

    def called_into_conference(self, room: str, number: str, name: str) -> str:
        """Somebody calls us into the conference of a room; return the call's id."""
        call_id = f"incoming-{next(self._numbers)}"
        self._calls[call_id] = CallSnapshot(
            call_id,
            CallDirection.INCOMING,
            Party(number, name),
            CallState.INCOMING,
            started_at=datetime.now(UTC),
            sip_call_id=f"sip-{call_id}",
            conference=room,
        )
        self._tell(CallChanged(self._calls[call_id]))
        return call_id

    def caller_gives_up(self, call_id: str, *, answered_elsewhere: bool = False) -> None:
        """The caller cancels, or another of our devices has answered."""
        reason = EndReason.ANSWERED_ELSEWHERE if answered_elsewhere else EndReason.MISSED
        self._end(call_id, CallEnd(reason, 487, "Request Terminated"))

    def far_end_rings(self, call_id: str, name: str = "") -> None:
        """It rings there; with it may come the name of who is called."""
        remote = replace(self._calls[call_id].remote, name=name or self._calls[call_id].remote.name)
        self._move(call_id, CallState.RINGING, remote=remote)

    def far_end_answers(self, call_id: str) -> None:
        """Somebody takes our call."""
        self._move(call_id, CallState.ACTIVE, answered_at=datetime.now(UTC), codec="Opus", encrypted=True)

    def far_end_refuses(self, call_id: str, status: int, reason: EndReason | None = None) -> None:
        """Our call is refused with this SIP status."""
        self._end(call_id, CallEnd(reason or reason_of_status(status), status, "Refused"))

    def far_end_hangs_up(self, call_id: str) -> None:
        """The other side ends a running call."""
        self._end(call_id, CallEnd(EndReason.HUNG_UP_THERE, 200, "Normal call clearing"))

    def line_is_lost(self, call_id: str) -> None:
        """Nothing comes any more."""
        self._end(call_id, CallEnd(EndReason.LINE_LOST, 0, "Nothing was received"))

    def far_end_holds(self, call_id: str, *, held: bool = True) -> None:
        """The other side holds us, or takes us back."""
        self._change(call_id, held_there=held)

    def far_end_presses(self, call_id: str, digit: str) -> None:
        """The other side presses a key."""
        self._tell(DtmfReceived(call_id, digit))

    def measure(self, call_id: str, quality: CallQuality) -> None:
        """New figures; they come only while somebody looks."""
        if self.measuring[1]:
            self._tell(CallQualityMeasured(call_id, quality))

    def hear(self, microphone: float, speaker: float) -> None:
        """New levels; they come only while somebody looks."""
        if self.measuring[0]:
            self._tell(LevelsMeasured(microphone, speaker))

    # ------------------------------------------------------------ the registrar and the network

    def answer_registrations_with(
        self, state: RegistrationState, sip_status: int = 0, detail: str = "", retry_in_s: float | None = None
    ) -> None:
        """What the registrar says from now on."""
        call_id = "fake-register" if state is RegistrationState.REGISTERED else ""
        self._answer = RegistrationChanged(state, sip_status, detail, retry_in_s, call_id)

    def lose_registrar(self, detail: str = "The connection was closed") -> None:
        """The connection breaks; it is tried again until :meth:`registrar_is_back`."""
        self._tell_registration(RegistrationChanged(RegistrationState.UNREACHABLE, 0, detail, retry_in_s=0.5))

    def registrar_is_back(self) -> None:
        """The next try succeeds."""
        self.answer_registrations_with(RegistrationState.REGISTERED, 200)
        self.register_again()

    # ------------------------------------------------------------ the sound of this PC

    def plug_in(self, *devices: SoundDevice) -> None:
        """Further devices are there."""
        self._devices += devices
        self._tell_sound()

    def unplug(self, *device_ids: str) -> None:
        """Devices are gone."""
        self._devices = tuple(device for device in self._devices if device.device_id not in device_ids)
        self._tell_sound()

    def break_sound(self, detail: str = "the sound server does not answer") -> None:
        """The sound server hangs."""
        self._sound_trouble = (SoundState.FAILED, detail)
        self._tell_sound()

    def mend_sound(self) -> None:
        """The sound server works again."""
        self._sound_trouble = None
        self._tell_sound()

    # ------------------------------------------------------------ inside

    def _register_now(self) -> None:
        if self._registration.state is not RegistrationState.REGISTERED:
            self._tell_registration(RegistrationChanged(RegistrationState.REGISTERING))
        self._tell_registration(self._answer)

    def _tell_registration(self, event: RegistrationChanged) -> None:
        if event != self._registration:
            self._registration = event
            self._tell(event)

    def _tell_sound(self) -> None:
        if self._sound_trouble is not None:
            state, detail = self._sound_trouble
        elif not any(device.outputs for device in self._devices):
            state, detail = SoundState.NO_DEVICE, "no speaker"
        elif not any(device.inputs for device in self._devices):
            state, detail = SoundState.NO_DEVICE, "no microphone"
        else:
            state, detail = SoundState.READY, ""
        self._tell(SoundDevicesChanged(self._devices, state, detail))
