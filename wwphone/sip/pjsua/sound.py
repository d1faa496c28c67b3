"""The sound device: opened when something is to be heard, closed when idle, followed when devices come and go.

PJSIP has one device open at a time. Opening takes about 0.2 s and closing up to 0.6 s on this thread, so nothing is
opened before an INVITE has left, and nothing is closed while a call might come in the next moment. Without any
device a call goes on with PJSIP's null device, whose clock keeps the streams alive.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from wwphone.domain.devices import SoundDevice, SoundSelection
from wwphone.sip.api import LevelsMeasured, SipEvent, SoundDevicesChanged, SoundState
from wwphone.sip.pjsua import pulse
from wwphone.sip.pjsua.devices import ChosenDevices, SoundOffer, choose
from wwphone.sip.pjsua.thread import SipThread, Timer
from wwphone.sip.pjsua.watch import SoundReport, SoundWatch

_LOG = logging.getLogger(__name__)

IDLE_CLOSE_S = 8.0
"""So long after the last sound the device stays open: the next call's first words are heard at once."""
_LEVELS_EVERY_S = 0.1
_LOUDEST = 50
"""PJSIP's level is the mean amplitude on the scale of µ-law (ITU-T G.711), which the ear follows, as a percentage of
255; its magnitude has 7 bits."""
_PULSE = "pulse"
_ALSA_CARDS = ("sysdefault:", "hw:", "plughw:", "usbstream:")
"""What of ALSA's list is a sound card; the rest are plug-ins that lead to one of them, or nowhere."""
_NO_DEVICES = SoundOffer()


class SoundDesk:
    """The sound devices of this PC. All methods on the SIP thread."""

    def __init__(
        self, library: Any, thread: SipThread, tell: Callable[[SipEvent], None], *, null: bool
    ) -> None:
        """`null`: use no device at all, only PJSIP's clock."""
        self._manager = library.audDevManager()
        self._thread = thread
        self._tell = tell
        self._null = null
        self._watch: SoundWatch | None = None
        self._report: SoundReport | None = None
        self._selection = SoundSelection()
        self._reasons: set[str] = set()
        self._opened: ChosenDevices | None = None
        self._clocked = False
        self._wants_open = False
        self._close_timer: Timer | None = None
        self._level_timer: Timer | None = None
        self._level_sink: Any = None
        self._refusal = ""
        self._told: SoundDevicesChanged | None = None
        self._manager.setNoDev()

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Begin to watch over the devices; the first look tells of them."""
        if self._null:
            self._announce(asked=True)
        elif pulse.is_installed():
            self._watch = SoundWatch(self._reported)
            self._watch.start()
        else:
            self._look_natively(asked=True)

    def end(self) -> None:
        """Close everything."""
        self.measure_levels(on=False)
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        self._reasons.clear()
        self._close()

    # ------------------------------------------------------------ use

    @property
    def microphone(self) -> Any:
        """PJSIP's port of the microphone."""
        return self._manager.getCaptureDevMedia()

    @property
    def speaker(self) -> Any:
        """PJSIP's port of the speaker."""
        return self._manager.getPlaybackDevMedia()

    @property
    def is_clocked(self) -> bool:
        """Whether something drives PJSIP's mixer: a device, or the null device."""
        return self._clocked

    @property
    def ring_device(self) -> str | None:
        """The separate device to ring on; None: it rings where one talks."""
        return None if self._opened is None else self._opened.ring

    def hold_open(self, reason: str) -> None:
        """Open the device if it is closed, and keep it open for this reason."""
        self._reasons.add(reason)
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        if self._clocked or self._wants_open:
            return
        if self._null:
            self._open_null()
        elif self._watch is not None:
            # First ask whether the sound server answers: opening a device of a frozen one would freeze us.
            self._wants_open = True
            self._watch.ask()
        else:
            self._look_natively()
            self._open(self._chosen())

    def let_go(self, reason: str) -> None:
        """The reason is gone; with the last one the device closes a little later."""
        self._reasons.discard(reason)
        if not self._reasons and self._clocked and self._close_timer is None:
            self._close_timer = self._thread.later(IDLE_CLOSE_S, self._close_if_idle)

    def select(self, selection: SoundSelection) -> None:
        """Use these devices from now on; a device that is open changes at once."""
        self._selection = selection
        if self._clocked and not self._null:
            self._open_if_different()
        self._announce()

    def refresh(self) -> None:
        """Look for devices again, and tell of them in any case."""
        if self._watch is not None:
            self._watch.ask()
        elif self._null:
            self._announce(asked=True)
        else:
            self._look_natively(asked=True)

    def failed(self) -> None:
        """The open device reports an error: the sound server is gone, or the plug was pulled."""
        if not self._clocked or self._null or self._opened is None:
            return
        _LOG.info("the sound device failed")
        self._opened = None
        if self._watch is not None:
            self._watch.ask()
        else:
            self._look_natively()
            self._open(self._chosen())

    def measure_levels(self, *, on: bool) -> None:
        """Switch the level meter."""
        if on and self._level_timer is None:
            self.hold_open("levels")
            # A port without listeners is not read; a tone generator that plays nothing listens without effect.
            self._level_sink = pj.ToneGenerator()
            self._level_sink.createToneGenerator()
            self.microphone.startTransmit(self._level_sink)
            self._level_timer = self._thread.later(_LEVELS_EVERY_S, self._measure)
        elif not on and self._level_timer is not None:
            self._level_timer.cancel()
            self._level_timer = None
            with contextlib.suppress(pj.Error):
                self.microphone.stopTransmit(self._level_sink)
            self._level_sink = None
            self.let_go("levels")

    def device_index(self) -> int:
        """PJSIP's index of the device through which the sound server is reached; -1: ALSA's default."""
        names = [(index, device.name) for index, device in enumerate(self._manager.enumDev2())]
        return next((index for index, name in names if name == _PULSE), -1)

    # ------------------------------------------------------------ what the watch sees

    def _reported(self, report: SoundReport) -> None:
        self._thread.post(lambda: self._take(report))

    def _take(self, report: SoundReport) -> None:
        self._report = report
        if report.frozen:
            self._wants_open = False  # tried again with the next good report
        elif self._reasons:
            if self._wants_open or not self._clocked:
                self._open(self._chosen())
            else:
                self._open_if_different()
        self._announce(asked=report.asked)

    def _look_natively(self, *, asked: bool = False) -> None:
        """List PJSIP's own devices: where there is no PulseAudio, and on other systems."""
        self._manager.refreshDevs()
        found = []
        for device in self._manager.enumDev2():
            if device.driver != "ALSA" or device.name.startswith(_ALSA_CARDS):
                device_id = f"{device.driver}/{device.name}"
                found.append(SoundDevice(device_id, device.name, device.inputCount, device.outputCount))
        self._report = SoundReport(SoundOffer(tuple(found)))
        self._announce(asked=asked)

    def _chosen(self) -> ChosenDevices:
        offer = self._report.offer if self._report is not None else None
        return choose(self._selection, offer or _NO_DEVICES)

    def _announce(self, *, asked: bool = False) -> None:
        offer = self._report.offer if self._report is not None else None
        event = SoundDevicesChanged((offer or _NO_DEVICES).devices, *self._judge())
        if asked or event != self._told:
            self._told = event
            self._tell(event)

    def _judge(self) -> tuple[SoundState, str]:
        """Whether people can speak and hear, with what is open or would be opened."""
        report = self._report
        if self._null:
            return SoundState.READY, ""
        if report is not None and report.frozen:
            return SoundState.FAILED, report.trouble
        if self._refusal:
            return SoundState.FAILED, self._refusal
        chosen = self._opened or self._chosen()
        if chosen.speaker is None:
            return SoundState.NO_DEVICE, (report.trouble if report is not None else "") or "no speaker"
        return (
            (SoundState.NO_DEVICE, "no microphone") if chosen.microphone is None else (SoundState.READY, "")
        )

    # ------------------------------------------------------------ opening and closing

    def _open_if_different(self) -> None:
        chosen = self._chosen()
        if chosen != self._opened:
            self._open(chosen)

    def _open(self, chosen: ChosenDevices) -> None:
        self._wants_open = False
        self._opened = None
        self._refusal = ""
        if chosen.speaker is None:
            self._open_null()
            return
        try:
            self._open_device(chosen)
        except pj.Error as refused:
            _LOG.warning("the sound device cannot be opened: %s", refused.reason)
            self._refusal = refused.reason
            self._open_null()
            return
        self._opened = chosen
        self._clocked = True

    def _open_device(self, chosen: ChosenDevices) -> None:
        self._manager.setNoDev()
        self._clocked = False
        if self._watch is not None:
            set_device_environment(chosen.microphone, chosen.speaker)
            capture = playback = self.device_index()
        else:
            capture, playback = self._native_index(chosen.microphone), self._native_index(chosen.speaker)
        mode = 0
        if chosen.microphone is None:
            mode, capture = pj.PJSUA_SND_DEV_SPEAKER_ONLY, playback
        self._manager.setCaptureDev(capture)
        self._manager.setPlaybackDev(playback)
        self._manager.setSndDevMode(mode)  # this opens it

    def _native_index(self, device_id: str | None) -> int:
        for index, device in enumerate(self._manager.enumDev2()):
            if f"{device.driver}/{device.name}" == device_id:
                return index
        return -1

    def _open_null(self) -> None:
        self._manager.setNullDev()
        self._opened = None
        self._clocked = True

    def _close_if_idle(self) -> None:
        self._close_timer = None
        if not self._reasons:
            self._close()

    def _close(self) -> None:
        if self._report is not None and self._report.frozen and self._opened is not None:
            self.let_go("")  # closing would wait for the frozen server: try again later
            return
        self._manager.setNoDev()
        self._opened = None
        self._clocked = False
        self._wants_open = False

    def _measure(self) -> None:
        # Seen from the device: the microphone transmits into the mixer, the speaker receives from it.
        microphone, speaker = self.microphone.getTxLevel(), self.speaker.getRxLevel()
        self._tell(LevelsMeasured(min(1.0, microphone / _LOUDEST), min(1.0, speaker / _LOUDEST)))
        self._level_timer = self._thread.later(_LEVELS_EVERY_S, self._measure)


def set_device_environment(microphone: str | None, speaker: str | None) -> None:
    """Let libpulse open these devices next (see `pulse`)."""
    wanted = pulse.device_environment(microphone, speaker)
    for name in ("PULSE_SOURCE", "PULSE_SINK"):
        if name not in wanted:
            os.environ.pop(name, None)
    os.environ.update({name: value for name, value in wanted.items() if name != "PULSE_LATENCY_MSEC"})
    os.environ.setdefault("PULSE_LATENCY_MSEC", wanted["PULSE_LATENCY_MSEC"])
