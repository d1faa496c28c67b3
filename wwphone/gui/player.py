"""Plays the sound of recordings by Qt Multimedia, which is loaded when something is played for the first time.

Qt's reader asks for the bytes on a thread of its own, in Python (`_Source`), and waits there for what has not arrived. So
nothing here may wait for that thread while it holds Python's lock: what a player may wait in (`setSource` and others) is
called from Qt's event loop, where the lock is free, and never before the source was told to let go.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Q_ARG, QIODevice, QLoggingCategory, QMetaObject, QObject, Qt, QUrl, Signal

from wwphone.domain.devices import SoundDevice
from wwphone.services.recording_sound import ArrivingSound

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QAudioOutput, QMediaPlayer

logger = logging.getLogger(__name__)

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""What one can choose from; the pitch stays."""
_QUIET = "qt.multimedia.*=false"
"""Qt complains there of what it does not need and of what was given up; what matters comes as a signal."""


class PlayerState(Enum):
    """Where the player stands."""

    EMPTY = "empty"
    PAUSED = "paused"
    PLAYING = "playing"
    FAILED = "failed"
    """What came is no sound that can be played, or there is no device for it."""


class Player(QObject):
    """One recording at a time."""

    changed = Signal()
    """Another state."""
    moved = Signal(int)
    """The position, in milliseconds."""
    _source_wanted = Signal(QIODevice)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._media: _Media | None = None
        self._source: _Source | None = None
        self._former: list[_Source] = []
        """Kept until Qt has let go of them."""
        self._seek_ms: int | None = None
        """Where to go as soon as the sound is known."""
        self._is_loaded = False
        self._speed = 1.0
        self._speaker: SoundDevice | None = None
        self.state = PlayerState.EMPTY
        self.position_ms = 0

    async def load(self, sound: ArrivingSound, *, at_ms: int = 0) -> None:
        """Take this sound instead of the former one, at a position, and play it."""
        self.unload()
        if self._media is None:
            # On a thread: the window goes on while libraries are loaded.
            QLoggingCategory.setFilterRules(_QUIET)
            try:
                module = await asyncio.to_thread(importlib.import_module, "PySide6.QtMultimedia")
            except ImportError as error:
                logger.warning("recordings cannot be played: %s", error)
                self._become(PlayerState.FAILED)
                return
            self._make(module)
        media = self._media
        if media is None or sound.is_closed:
            return
        media.choose(self._speaker)
        self._source = _Source(sound, self)
        self._seek_ms, self._is_loaded = (at_ms or None), False
        self.position_ms = at_ms
        self._source_wanted.emit(self._source)
        self._call("setPlaybackRate", Q_ARG(float, self._speed))
        self.play()

    def unload(self) -> None:
        """Play nothing any more and forget the sound."""
        if self._source is None:
            return
        source, self._source = self._source, None
        source.let_go()
        self._former.append(source)
        self._is_loaded = False
        self._call("setSource", Q_ARG(QUrl, QUrl()))
        self.position_ms = 0
        self._become(PlayerState.EMPTY)

    def play(self) -> None:
        """Play, or go on; after the end from the beginning."""
        if self._source is not None and self.state is not PlayerState.FAILED:
            self._call("play")
            self._become(PlayerState.PLAYING)

    def pause(self) -> None:
        """Be silent and stay here."""
        if self.state is PlayerState.PLAYING:
            self._call("pause")
            self._become(PlayerState.PAUSED)

    def seek(self, at_ms: int) -> None:
        """Go to a position."""
        if self._source is None:
            return
        self.position_ms = at_ms
        if self._is_loaded:
            self._call("setPosition", Q_ARG("qlonglong", at_ms))
        else:
            self._seek_ms = at_ms
        self.moved.emit(at_ms)

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast."""
        self._speed = speed
        if self._source is not None:
            self._call("setPlaybackRate", Q_ARG(float, speed))

    def use_speaker(self, speaker: SoundDevice | None) -> None:
        """Play on this device; None: on the system's choice."""
        self._speaker = speaker
        if self._media is not None:
            self._media.choose(speaker)

    # ------------------------------------------------------------ inside

    def _make(self, module: object) -> None:
        if self._media is not None:
            return  # two have waited for it
        media = self._media = _Media(module, self)
        player = media.player
        # Straight to Qt's own slot: no Python, and so no lock, in between.
        self._source_wanted.connect(player.setSourceDevice, Qt.ConnectionType.QueuedConnection)
        player.positionChanged.connect(self._on_position_changed)
        player.mediaStatusChanged.connect(self._on_status_changed)
        player.errorOccurred.connect(self._on_error_occurred)

    def _call(self, slot: str, *values: object) -> None:
        if self._media is not None:
            queued = Qt.ConnectionType.QueuedConnection
            QMetaObject.invokeMethod(self._media.player, slot, queued, *values)  # type: ignore[call-overload]

    def _become(self, state: PlayerState) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit()

    def _on_position_changed(self, at_ms: int) -> None:
        if self._source is not None and self._is_loaded and self._seek_ms is None:
            self.position_ms = at_ms
            self.moved.emit(at_ms)

    def _on_status_changed(self, status: object) -> None:
        assert self._media is not None
        match self._media.statuses.get(status):
            case _Status.GONE:
                self._former.clear()
            case _Status.LOADED if self._source is not None:
                self._is_loaded = True
                if self._seek_ms is not None:
                    self._call("setPosition", Q_ARG("qlonglong", self._seek_ms))
                    self._seek_ms = None
            case _Status.ENDED if self._source is not None:
                self._become(PlayerState.PAUSED)
            case _Status.INVALID if self._source is not None:
                self._become(PlayerState.FAILED)

    def _on_error_occurred(self, error: object, text: str) -> None:
        if self._source is not None:
            logger.warning("a recording cannot be played: %s, %s", error, text)
            self._become(PlayerState.FAILED)


class _Status(Enum):
    GONE = "gone"
    LOADED = "loaded"
    ENDED = "ended"
    INVALID = "invalid"


class _Media:
    """Qt's player and its output."""

    def __init__(self, module: object, parent: QObject) -> None:
        self._devices = module.QMediaDevices  # type: ignore[attr-defined]
        self.player: QMediaPlayer = module.QMediaPlayer(parent)  # type: ignore[attr-defined]
        self._output: QAudioOutput = module.QAudioOutput(parent)  # type: ignore[attr-defined]
        self.player.setAudioOutput(self._output)
        self.player.setPitchCompensation(True)
        status = self.player.MediaStatus
        self.statuses: Mapping[object, _Status] = MappingProxyType(
            {
                status.NoMedia: _Status.GONE,
                status.LoadedMedia: _Status.LOADED,
                status.BufferedMedia: _Status.LOADED,
                status.EndOfMedia: _Status.ENDED,
                status.InvalidMedia: _Status.INVALID,
            }
        )

    def choose(self, speaker: SoundDevice | None) -> None:
        """Play on the device that Qt knows by the same name; where there is none, on the system's choice."""
        wanted = self._devices.defaultAudioOutput()
        for device in self._devices.audioOutputs():
            if speaker is not None and _is_same(device, speaker):
                wanted = device
        if self._output.device() != wanted:
            self._output.setDevice(wanted)


def _is_same(device: QAudioDevice, speaker: SoundDevice) -> bool:
    return speaker.name in (device.description(), bytes(device.id().data()).decode("utf-8", "replace"))


class _Source(QIODevice):
    """The sound for Qt's reader: read and moved in by a thread of Qt's."""

    def __init__(self, sound: ArrivingSound, parent: QObject) -> None:
        super().__init__(parent)
        self._sound = sound
        self._at = 0
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def let_go(self) -> None:
        """Whoever waits for bytes gets none any more."""
        self._sound.close()

    def isSequential(self) -> bool:
        """See QIODevice."""
        return False

    def size(self) -> int:
        """See QIODevice."""
        return self._sound.size

    def bytesAvailable(self) -> int:
        """See QIODevice."""
        return max(0, self._sound.size - self._at)

    def atEnd(self) -> bool:
        """See QIODevice; Qt's reader asks before it reads, and goes on asking after an empty answer."""
        return self._sound.is_closed or self._at >= self._sound.size

    def seek(self, pos: int) -> bool:
        """See QIODevice."""
        self._at = pos
        return super().seek(pos)

    def readData(self, maxlen: int) -> object:
        """See QIODevice; waits for bytes that have not arrived."""
        data = self._sound.read(self._at, maxlen)
        self._at += len(data)
        return data

    def writeData(self, data: object, len: int) -> int:  # noqa: A002 - Qt's name
        """See QIODevice; nobody writes."""
        del data, len
        return -1
