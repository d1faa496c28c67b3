"""Who hears whom: each active call is wired to microphone and speaker, or to a file instead of the microphone.

Merged calls are wired to each other as well, each pair in both directions: nobody hears himself.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

from wwphone.sip.api import CommandFailed, SipEvent
from wwphone.sip.pjsua.call import Call
from wwphone.sip.pjsua.sound import SoundDesk
from wwphone.sip.pjsua.thread import SipThread

_LOG = logging.getLogger(__name__)

_PLAYED_CHECK_S = 0.1
_TAIL_S = 0.2
"""So long after the last sample was read the file is still on its way through the mixer."""


class _Wiring:
    """What one call is connected with."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.port: Any = None
        self.hears = False
        self.speaks = False
        self.player: Any = None
        self.plays = False
        self.recorder: Any = None
        self.records = False

    def cut(self) -> None:
        """Forget connections of a port that PJSIP has taken away."""
        self.port = None
        self.hears = self.speaks = self.plays = self.records = False

    @property
    def takes_part(self) -> bool:
        """Whether its people hear the other merged calls."""
        return self.port is not None and self.call.snapshot.merged and self.call.is_active

    @property
    def is_heard(self) -> bool:
        """Whether the other merged calls hear it: not while the other side holds us, for then it plays music."""
        return self.takes_part and not self.call.snapshot.held_there


class Mixer:
    """Wires calls. All methods on the SIP thread; PJSIP makes and cuts connections in its own clock's time."""

    def __init__(self, desk: SoundDesk, thread: SipThread, tell: Callable[[SipEvent], None]) -> None:
        self._desk = desk
        self._thread = thread
        self._tell = tell
        self._wirings: dict[str, _Wiring] = {}
        self._pairs: set[tuple[str, str]] = set()
        """Merged calls that are wired: the first is heard in the second."""

    def update(self, call: Call) -> None:
        """Wire the call as its state wants it now."""
        wiring = self._wiring(call)
        port = call.media_port
        if wiring.port is not None and (port is None or port.getPortId() != wiring.port.getPortId()):
            self._unwire(wiring)
        wiring.port = port
        if port is not None:
            self._wire(call, wiring)
        self._merge(call.call_id, wiring)

    def remove(self, call: Call) -> None:
        """The call is over: cut everything, and close its files."""
        wiring = self._wirings.pop(call.call_id, None)
        if wiring is not None:
            self._unwire(wiring)

    def play_file(self, call: Call, sound: Path) -> None:
        """Speak a file into the call instead of the microphone. Raises pj.Error."""
        wiring = self._wiring(call)
        self._stop_playing(wiring)
        player = pj.AudioMediaPlayer()
        player.createPlayer(str(sound), pj.PJMEDIA_FILE_NO_LOOP)
        wiring.player = player
        self.update(call)
        self._thread.later(_PLAYED_CHECK_S, lambda: self._await_end(call, wiring, player))

    def record_file(self, call: Call, target: Path) -> None:
        """Write what the other side says until the call ends. Raises pj.Error."""
        wiring = self._wiring(call)
        recorder = pj.AudioMediaRecorder()
        recorder.createRecorder(str(target))
        wiring.recorder, wiring.records = recorder, False
        self.update(call)

    def _wiring(self, call: Call) -> _Wiring:
        return self._wirings.setdefault(call.call_id, _Wiring(call))

    def _merge(self, call_id: str, wiring: _Wiring) -> None:
        """Wire a call to the other merged ones, or cut it off from them."""
        for other_id, other in self._wirings.items():
            if other_id != call_id:
                self._pair(call_id, other_id, on=wiring.is_heard and other.takes_part)
                self._pair(other_id, call_id, on=other.is_heard and wiring.takes_part)

    def _pair(self, source_id: str, sink_id: str, *, on: bool) -> None:
        pair = (source_id, sink_id)
        if on is (pair in self._pairs):
            return
        try:
            _connect(self._wirings[source_id].port, self._wirings[sink_id].port, on=on)
        except pj.Error as refused:
            _LOG.warning("calls %s and %s cannot be merged: %s", source_id, sink_id, refused.reason)
            self._tell(CommandFailed(source_id, "join", refused.reason))
            return
        if on:
            self._pairs.add(pair)
        else:
            self._pairs.discard(pair)

    def _wire(self, call: Call, wiring: _Wiring) -> None:
        active = call.is_active
        hears = active or call.has_early_sound
        speaks = active and not call.snapshot.muted and wiring.player is None
        try:
            if hears is not wiring.hears:
                _connect(wiring.port, self._desk.speaker, on=hears)
                wiring.hears = hears
            if speaks is not wiring.speaks:
                _connect(self._desk.microphone, wiring.port, on=speaks)
                wiring.speaks = speaks
            plays = active and wiring.player is not None
            if plays is not wiring.plays and wiring.player is not None:
                _connect(wiring.player, wiring.port, on=plays)
                wiring.plays = plays
            if wiring.recorder is not None and not wiring.records:
                _connect(wiring.port, wiring.recorder, on=True)
                wiring.records = True
        except pj.Error as refused:
            _LOG.warning("call %s: sound cannot be connected: %s", call.call_id, refused.reason)
            self._tell(CommandFailed(call.call_id, "sound", refused.reason))

    def _unwire(self, wiring: _Wiring) -> None:
        """Cut what is connected; PJSIP may have taken the call's port away already, with all that led there."""
        port = wiring.port
        connections = (
            (wiring.hears, port, self._desk.speaker),
            (wiring.speaks, self._desk.microphone, port),
            (wiring.plays, wiring.player, port),
            (wiring.records, port, wiring.recorder),
        )
        for connected, source, sink in connections:
            if connected:
                with contextlib.suppress(pj.Error):
                    _connect(source, sink, on=False)
        for source_id, sink_id in [pair for pair in self._pairs if wiring.call.call_id in pair]:
            other_id = sink_id if source_id == wiring.call.call_id else source_id
            other = self._wirings[other_id].port
            ends = (port, other) if source_id == wiring.call.call_id else (other, port)
            with contextlib.suppress(pj.Error):
                _connect(*ends, on=False)
            self._pairs.discard((source_id, sink_id))
        wiring.cut()

    def _stop_playing(self, wiring: _Wiring) -> None:
        if wiring.player is not None and wiring.plays:
            with contextlib.suppress(pj.Error):
                _connect(wiring.player, wiring.port, on=False)
        wiring.player, wiring.plays = None, False

    def _await_end(self, call: Call, wiring: _Wiring, player: Any) -> None:
        """Give the microphone back when the file is over; it begins with the mixer's clock, not when it was asked for.

        PJSIP tells the position well while it plays, and not at the end.
        """
        if self._wirings.get(call.call_id) is not wiring or wiring.player is not player:
            return
        info, position = player.getInfo(), player.getPos()
        if position == 0 and info.sizeBytes > 0:
            self._thread.later(_PLAYED_CHECK_S, lambda: self._await_end(call, wiring, player))
            return
        length_s = info.sizeSamples / player.getPortInfo().format.clockRate
        left_s = length_s * (1 - position / max(1, info.sizeBytes))
        self._thread.later(left_s + _TAIL_S, lambda: self._give_microphone_back(call, wiring, player))

    def _give_microphone_back(self, call: Call, wiring: _Wiring, player: Any) -> None:
        if self._wirings.get(call.call_id) is wiring and wiring.player is player:
            self._stop_playing(wiring)
            self.update(call)


def _connect(source: Any, sink: Any, *, on: bool) -> None:
    if on:
        source.startTransmit(sink)
    else:
        source.stopTransmit(sink)
