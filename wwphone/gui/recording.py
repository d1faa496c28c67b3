"""Recording calls from the window: begun, paused and stopped by button and key, and what is said when it does not work."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.actions import Action
from wwphone.domain.calls import CallSnapshot
from wwphone.domain.recording import RecordingEnd
from wwphone.gui.banners import Banners
from wwphone.gui.cards import Cards
from wwphone.gui.context import Context
from wwphone.gui.words import QT_TRANSLATE_NOOP, refusal

_REFUSALS: Mapping[ErrorCode, str] = MappingProxyType(
    {
        ErrorCode.NOT_PERMITTED: QT_TRANSLATE_NOOP(
            "Recording", "You lack the right to record calls. Your administrator can give it to you."
        ),
        ErrorCode.NOT_FOUND: QT_TRANSLATE_NOOP("Recording", "There is nothing to record any more."),
        ErrorCode.CONFLICT: QT_TRANSLATE_NOOP(
            "Recording", "This call cannot be recorded now, or you record it already."
        ),
        ErrorCode.INVALID: QT_TRANSLATE_NOOP("Recording", "The server is not set up to record calls."),
        ErrorCode.NO_SPACE: QT_TRANSLATE_NOOP(
            "Recording", "The server's disk is full: nothing can be recorded."
        ),
    }
)
_ENDS: Mapping[RecordingEnd, str] = MappingProxyType(
    {
        RecordingEnd.RIGHT_WITHDRAWN: QT_TRANSLATE_NOOP(
            "Recording", "Recording has ended: you lack the right now. What was recorded until then is kept."
        ),
        RecordingEnd.DISK_FULL: QT_TRANSLATE_NOOP(
            "Recording",
            "Recording has ended: the server's disk is full. What was recorded until then is kept.",
        ),
        RecordingEnd.INTERRUPTED: QT_TRANSLATE_NOOP(
            "Recording", "Recording was interrupted. What was recorded until then is kept."
        ),
    }
)


def recording_refusal(error: WireError) -> str:
    """Why the server did not record, pause or stop."""
    text = _REFUSALS.get(error.code)
    return QCoreApplication.translate("Recording", text) if text else refusal(error)


class Recording(QObject):
    """Carries out what cards and keys want."""

    def __init__(self, context: Context, cards: Cards, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._banners = banners
        self._service = context.services.recording
        cards.record_wanted.connect(lambda call_id: self._run(self._service.start(call_id)))
        cards.pause_wanted.connect(
            lambda call_id, paused: self._run(self._service.set_paused(call_id, paused=paused))
        )
        cards.stop_wanted.connect(lambda call_id: self._run(self._service.stop(call_id)))
        self._service.ended.subscribe(self._on_ended)

    def press(self) -> None:
        """The key: record the current call, or end its recording."""
        call = self._current()
        if call is None:
            return
        mine = self._service.mine(call)
        self._run(self._service.stop(call.call_id) if mine else self._service.start(call.call_id))

    def press_pause(self) -> None:
        """The key: pause the current call's recording, or go on."""
        call = self._current()
        mine = self._service.mine(call) if call is not None else None
        if call is not None and mine is not None:
            self._run(self._service.set_paused(call.call_id, paused=not mine.paused))

    # ------------------------------------------------------------ inside

    def _current(self) -> CallSnapshot | None:
        return self._context.services.actions.meant(Action.HOLD)

    def _run(self, asked: Coroutine[Any, Any, None]) -> None:
        self._context.run(self._ask(asked))

    async def _ask(self, asked: Coroutine[Any, Any, None]) -> None:
        try:
            await asked
        except CommandRefusedError as error:
            self._banners.say_problem(recording_refusal(error.error))
        else:
            self._banners.say_problem("")

    def _on_ended(self, end: RecordingEnd) -> None:
        self._banners.say_problem(QCoreApplication.translate("Recording", _ENDS[end]))
