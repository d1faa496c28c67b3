"""The sound of a recording on its way here: read part by part, in the order in which it is needed, and kept in memory only."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from wwphone.cti.api import CommandRefusedError, CtiLink, ErrorCode, LinkFailedError, WireError
from wwphone.domain.recording import RecordingPurpose, Waveform
from wwphone.protocol.recording import OpenRecording, RecordingOpened
from wwphone.services.whole_file import write_whole

logger = logging.getLogger(__name__)

PART = 256 * 1024
"""Bytes that are asked for at once: some twenty seconds of speech."""
RETRY_S = 2.0
"""After a part did not come, before it is asked for again."""

_NO_LINE = (ErrorCode.NOT_EXECUTED, ErrorCode.UNKNOWN_OUTCOME, ErrorCode.SERVER_STOPPING)


class ArrivingSound:
    """Bytes of which some are here: a player's thread waits for those that it reads. Safe to use from any thread."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._parts: dict[int, bytes] = {}
        self._count = -(-size // PART)
        self._next = 0
        self._wish: int | None = None
        self._is_closed = False
        self._changed = threading.Condition()

    @property
    def is_complete(self) -> bool:
        """Whether everything is here."""
        return len(self._parts) == self._count

    @property
    def is_closed(self) -> bool:
        """Whether nobody waits any more."""
        return self._is_closed

    @property
    def share(self) -> float:
        """How much of it is here, 0 to 1."""
        return len(self._parts) / self._count if self._count else 1.0

    def wanted(self) -> int | None:
        """Where the part begins that is needed next; None: there is nothing left to ask for."""
        with self._changed:
            if self.is_complete or self._is_closed:
                return None
            if self._wish is not None and self._wish not in self._parts:
                self._next = self._wish
            self._wish = None
            for step in range(self._count):
                index = (self._next + step) % self._count
                if index not in self._parts:
                    return index * PART
        return None

    def put(self, offset: int, data: bytes) -> None:
        """This part has arrived. Raises ValueError when it is not as long as it has to be."""
        if offset % PART or len(data) != min(PART, self.size - offset):
            raise ValueError("not a part of this sound")
        with self._changed:
            self._parts[offset // PART] = data
            self._changed.notify_all()

    def read(self, offset: int, most: int) -> bytes:
        """Wait until something of this place is here, and return it; nothing at the end and after `close`."""
        index, begin = divmod(offset, PART)
        if offset >= self.size:
            return b""
        with self._changed:
            while index not in self._parts and not self._is_closed:
                self._wish = index
                self._changed.wait()
            return b"" if self._is_closed else self._parts[index][begin : begin + most]

    def close(self) -> None:
        """Let nobody wait any more, and forget the sound."""
        with self._changed:
            self._is_closed = True
            self._parts.clear()
            self._changed.notify_all()

    def whole(self) -> list[bytes]:
        """All parts, when it is complete."""
        return [self._parts[index] for index in range(self._count)]


class OpenedSound:
    """Access to the sound of one recording."""

    def __init__(
        self, link: CtiLink, recording_id: str, purpose: RecordingPurpose, answer: RecordingOpened
    ) -> None:
        self._link = link
        self._purpose = purpose
        self._answer = answer
        self.recording_id = recording_id
        self.sound = ArrivingSound(answer.size)

    @property
    def waveform(self) -> Waveform:
        """How loud it is over its length."""
        return self._answer.waveform

    @property
    def suffix(self) -> str:
        """What files with such sound end with."""
        return ".flac" if self._answer.media_type == "audio/flac" else ".ogg"

    async def fetch(self, progress: Callable[[float], None] = lambda _: None) -> None:
        """Bring everything here; what fails for want of a line is tried again when that is back.

        Raises CommandRefusedError when the server does not give it.
        """
        is_over = was_over = False
        while (offset := self.sound.wanted()) is not None:
            size = min(PART, self.sound.size - offset)
            try:
                if is_over:
                    await self._open_anew()
                    is_over, was_over = False, True
                data = await self._link.read_sound(self._answer.path, self._answer.token, offset, size)
                self.sound.put(offset, data)
                was_over = False
            except CommandRefusedError as refused:
                if refused.error.code is ErrorCode.SESSION_EXPIRED and not was_over:
                    is_over = True
                elif refused.error.code in _NO_LINE:
                    await asyncio.sleep(RETRY_S)
                else:
                    raise
            except (LinkFailedError, ValueError) as error:
                logger.info("a part of a recording did not come: %s", error)
                await asyncio.sleep(RETRY_S)
            progress(self.sound.share)

    async def _open_anew(self) -> None:
        """The session is another one; the sound is the same."""
        answer = await _ask(self._link, self.recording_id, self._purpose)
        if answer.size != self.sound.size:
            raise CommandRefusedError(_changed())
        self._answer = answer


async def opened(link: CtiLink, recording_id: str, purpose: RecordingPurpose) -> OpenedSound:
    """Ask the server for access. Raises CommandRefusedError."""
    return OpenedSound(link, recording_id, purpose, await _ask(link, recording_id, purpose))


async def export(sound: OpenedSound, file: Path, progress: Callable[[float], None]) -> None:
    """Write the sound to a file that is there whole or not at all. Raises CommandRefusedError, OSError."""
    await sound.fetch(progress)
    await asyncio.to_thread(write_whole, file, sound.sound.whole())


async def _ask(link: CtiLink, recording_id: str, purpose: RecordingPurpose) -> RecordingOpened:
    answer = await link.request(OpenRecording(recording_id, purpose))
    assert isinstance(answer, RecordingOpened)
    return answer


def _changed() -> WireError:
    return WireError(ErrorCode.CONFLICT, "the recording is another one than before")
