"""Recording at Asterisk (app_mixmonitor), at the channel of whoever records.

Theory. `MixMonitor` hangs on the channel and writes what comes from it (`r`: what its owner says) and what goes to it (`t`: what
the owner hears) into a file each; with `S` both stay in step, where one side sends nothing it writes silence. It runs on while
the channel is transferred, held, parked or put into a conference, and without us, and ends with the channel. Asterisk has no list of what runs,
so two variables of the channel tell it, also to a server that was started anew: which recording of ours it is, and
Asterisk's own name for it (told only because of the option `i`), without which `StopMixMonitor` would end others as well.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from wwphone.server.api import PbxError
from wwphone.server.asterisk.channel_questions import ChannelQuestions
from wwphone.server.asterisk.state import PbxState
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recording_settings import RAW_RATE, RAW_SUFFIXES

_RECORDING, _MONITOR = "WWPHONE_RECORDING", "WWPHONE_MIXMONITOR"
_ENDED = "-"
_FORMATS = "CHANNEL(audionativeformat)"
_CODEC = re.compile(r"[a-z0-9]+")
_NARROW_RATE = 8_000
_WIDE_RATES = {
    "opus": 48_000,
    "slin48": 48_000,
    "slin24": 24_000,
    "g722": 16_000,
    "slin16": 16_000,
    "g719": 48_000,
}
"""Samples a second of the codecs that have more than a telephone of old, by Asterisk's names."""
_SAFE_PATH = re.compile(r"[^\s,()&|$\"\\;]+")
"""What does not end an option of MixMonitor, and is no variable."""
_UNTIL_WRITTEN_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0, 2.0)
"""Pauses between looks whether Asterisk has begun to write: it does so within milliseconds, or cannot."""


class Recording:
    """Fulfils `RecordingPbx`, only while the line to the PBX is up."""

    def __init__(self, state: PbxState, ask: ChannelQuestions, must_be_connected: Callable[[], None]) -> None:
        """`must_be_connected` raises PbxError while the PBX is out of reach."""
        self._must_be_connected = must_be_connected
        self._state = state
        self._ask = ask

    async def recording_rate(self, leg_id: str, tone_every_s: int) -> int:
        """See `RecordingPbx.recording_rate`; with a tone never more than the leg's own sound has.

        WORKAROUND: a channel translates its sound for `MixMonitor` by a rate that it settles on once for each direction, with the
        first frame that comes; of a file with a higher rate than the call's it learns with that frame only. So one direction,
        chance says which, stays with the lower rate; when it is the one towards the owner, `ChanSpy` mixes the tone into it by the
        higher one, and the owner hears nothing of it (audiohook.c of Asterisk 22.10, `audiohook_list_translate_to_slin`).
        """
        self._must_be_connected()
        if not tone_every_s:
            return RAW_RATE
        if leg_id not in self._state.legs:
            raise KeyError(leg_id)
        formats = _CODEC.findall(await self._ask.value(leg_id, _FORMATS))
        own = min((_WIDE_RATES.get(one, _NARROW_RATE) for one in formats), default=_NARROW_RATE)
        return max(rate for rate in RAW_SUFFIXES if rate <= own)

    async def start_recording(
        self, leg_id: str, recording_id: str, files: RecordingFiles, tone_every_s: int
    ) -> None:
        """See `RecordingPbx.start_recording`."""
        self._must_be_connected()
        if leg_id not in self._state.legs:
            raise KeyError(leg_id)
        mine, others = _path(files.mine), _path(files.others)
        tone = f"B({tone_every_s})" if tone_every_s else ""
        await self._ask.name(leg_id)
        await self._ask.set(leg_id, _MONITOR, "")
        await self._ask.set(leg_id, _RECORDING, recording_id)
        options = f"Sr({mine})t({others})i({_MONITOR}){tone}"
        await self._ask.act("MixMonitor", ("Channel", leg_id), ("File", ""), ("Options", options))
        if not await _begun(files):
            await self.stop_recording(leg_id, recording_id)
            raise PbxError(f"Asterisk does not write to {files.mine.parent}, or we cannot see it there")

    async def pause_recording(self, leg_id: str, recording_id: str, paused: bool) -> None:
        """See `RecordingPbx.pause_recording`."""
        self._must_be_connected()
        monitor = await self._monitor(leg_id, recording_id)
        what = (("Direction", "both"), ("State", "1" if paused else "0"), ("MixMonitorID", monitor))
        await self._ask.act("MixMonitorMute", ("Channel", leg_id), *what)

    async def stop_recording(self, leg_id: str, recording_id: str) -> None:
        """See `RecordingPbx.stop_recording`."""
        self._must_be_connected()
        monitor = await self._monitor(leg_id, recording_id)
        answer = await self._ask.tell("StopMixMonitor", ("Channel", leg_id), ("MixMonitorID", monitor))
        if answer:
            await self._ask.set(leg_id, _RECORDING, _ENDED)
            await self._ask.set(leg_id, _MONITOR, "")
        else:
            raise KeyError(leg_id)  # it is not there any more, or the channel is not

    async def recording_at(self, leg_id: str) -> str | None:
        """See `RecordingPbx.recording_at`."""
        self._must_be_connected()
        recording_id = await self._ask.value(leg_id, _RECORDING)
        if not recording_id:
            return None
        runs = recording_id != _ENDED and bool(await self._ask.value(leg_id, _MONITOR))
        return recording_id if runs else ""

    async def with_leg(self, leg_id: str) -> frozenset[str]:
        """See `RecordingPbx.with_leg`."""
        self._must_be_connected()
        return await self._ask.bridged_with(leg_id)

    async def _monitor(self, leg_id: str, recording_id: str) -> str:
        """Asterisk's name for it. Raises KeyError when it does not run."""
        if await self._ask.value(leg_id, _RECORDING) != recording_id:
            raise KeyError(leg_id)
        monitor = await self._ask.value(leg_id, _MONITOR)
        if not monitor:
            raise KeyError(leg_id)
        return monitor


def _path(file: Path) -> str:
    text = str(file)
    if not _SAFE_PATH.fullmatch(text):
        raise PbxError(
            f"Asterisk cannot be told of {text}: there are characters in it that it takes for its own"
        )
    return text


async def _begun(files: RecordingFiles) -> bool:
    for pause_s in _UNTIL_WRITTEN_S:
        if await asyncio.to_thread(lambda: files.mine.exists() and files.others.exists()):
            return True
        await asyncio.sleep(pause_s)
    return False
