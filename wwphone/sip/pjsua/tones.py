"""Tones that belong to no call: ringtone, ringback, test tone."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any

import pjsua2 as pj

from wwphone.sip.pjsua.sound import SoundDesk, set_device_environment
from wwphone.sip.pjsua.thread import SipThread, Timer

_LOG = logging.getLogger(__name__)

_TEST_TONE_HZ = (523, 659)
_TEST_TONE_MS = 400
_RINGBACK_HZ = 425
_RINGBACK_ON_MS = 1000
_RINGBACK_OFF_MS = 4000
"""ITU-T E.180 as used in Switzerland, Austria and Germany."""
_QUIET = 8000
_PLAIN_LOOP = 1
"""PJMEDIA_TONEGEN_LOOP; the binding does not name it."""


class Tones:
    """Plays what is no call's sound. All methods on the SIP thread."""

    def __init__(self, desk: SoundDesk, thread: SipThread) -> None:
        self._desk = desk
        self._thread = thread
        self._ringer: Any = None
        self._ring_device: Any = None
        self._ringback: Any = None
        self._test_tone: Any = None
        self._test_timer: Timer | None = None

    def end(self) -> None:
        """Be silent and free everything."""
        self.stop_ringing()
        self.ringback(on=False)
        self._test_tone_over()

    def start_ringing(self, sound: Path) -> None:
        """Play a file in a loop on the ring device. Raises pj.Error."""
        self.stop_ringing()
        player = pj.AudioMediaPlayer()
        player.createPlayer(str(sound))
        self._ringer = player
        self._desk.hold_open("ring")
        self._ring_when_open()

    def stop_ringing(self) -> None:
        """Stop the ringtone."""
        if self._ringer is None:
            return
        with contextlib.suppress(pj.Error):
            self._ringer.stopTransmit(self._ring_device or self._desk.speaker)
        self._ringer = None
        if self._ring_device is not None:
            self._ring_device.close()
            self._ring_device = None
        self._desk.let_go("ring")

    def ringback(self, *, on: bool) -> None:
        """Say to the caller that it rings at the other side, when that side does not say so itself."""
        if on and self._ringback is None:
            self._desk.hold_open("ringback")
            tone = pj.ToneDesc()
            tone.freq1, tone.freq2 = _RINGBACK_HZ, 0
            tone.on_msec, tone.off_msec, tone.volume = _RINGBACK_ON_MS, _RINGBACK_OFF_MS, _QUIET
            self._ringback = _generator([tone], loop=True)
            self._ringback.startTransmit(self._desk.speaker)
        elif not on and self._ringback is not None:
            with contextlib.suppress(pj.Error):
                self._ringback.stopTransmit(self._desk.speaker)
            self._ringback = None
            self._desk.let_go("ringback")

    def play_test_tone(self) -> None:
        """Play a short tone on the speaker."""
        self._test_tone_over()
        self._desk.hold_open("test tone")
        self._test_tone_when_open()

    def _test_tone_when_open(self) -> None:
        if not self._desk.is_clocked:
            self._test_timer = self._thread.later(0.05, self._test_tone_when_open)
            return
        tones = []
        for frequency in _TEST_TONE_HZ:
            tone = pj.ToneDesc()
            tone.freq1, tone.freq2 = frequency, 0
            tone.on_msec, tone.off_msec, tone.volume = _TEST_TONE_MS, 0, _QUIET
            tones.append(tone)
        self._test_tone = _generator(tones, loop=False)
        self._test_tone.startTransmit(self._desk.speaker)
        length_s = len(tones) * _TEST_TONE_MS / 1000
        self._test_timer = self._thread.later(length_s + 0.5, self._test_tone_over)

    def _test_tone_over(self) -> None:
        if self._test_timer is not None:
            self._test_timer.cancel()
            self._test_timer = None
        if self._test_tone is not None:
            with contextlib.suppress(pj.Error):
                self._test_tone.stopTransmit(self._desk.speaker)
            self._test_tone = None
        self._desk.let_go("test tone")

    def _ring_when_open(self) -> None:
        """Ring as soon as the device is open; which one it is, is known only then."""
        if self._ringer is None:
            return
        if not self._desk.is_clocked:
            self._thread.later(0.02, self._ring_when_open)
            return
        if self._desk.ring_device is not None:
            self._open_ring_device(self._desk.ring_device)
        self._ringer.startTransmit(self._ring_device or self._desk.speaker)

    def _open_ring_device(self, device_id: str) -> None:
        index = self._desk.device_index()
        set_device_environment(None, device_id)
        extra = pj.ExtraAudioDevice(index, index)
        try:
            extra.open()
            self._ring_device = extra
        except pj.Error as refused:
            _LOG.warning("the ring device cannot be opened, it rings on the speaker: %s", refused.reason)


def _generator(tones: list[Any], *, loop: bool) -> Any:
    generator = pj.ToneGenerator()
    generator.createToneGenerator()
    descriptions = pj.ToneDescVector()
    for tone in tones:
        descriptions.append(tone)
    generator.play(descriptions, loop)
    return generator
