"""`PjsuaEngine`: the SIP engine as `sip.api` wants it, on the main thread; PJSIP lives on a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wwphone.domain.account import SipAccount
from wwphone.domain.calls import CallEnd
from wwphone.domain.devices import SoundSelection
from wwphone.sip.api import EngineFailed, EngineSettings, SipError, SipEvent, SipListener
from wwphone.sip.pjsua.failures import log_failure
from wwphone.sip.pjsua.thread import SipThread

if TYPE_CHECKING:
    from wwphone.sip.pjsua.user_agent import UserAgent

_LOG = logging.getLogger(__name__)

_one_engine = threading.Lock()
"""Held by the engine that runs: a second PJSIP in the same process would abort it."""
_EXIT_LIMIT_S = 3.0
_HAND_OVER_S = 0.003
"""So long at most `dial` lets the SIP thread go first. Without, a main thread that goes on painting the new call keeps
Python's lock for 5 ms at a time, and the INVITE leaves up to 20 ms late; it takes less than 1 ms."""


class PjsuaEngine:
    """The SIP user agent of one account. Only one can run in a process: PJSIP is one library with one state."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listener: SipListener | None = None
        self._sip: SipThread | None = None
        self._agent: UserAgent | None = None
        self._thread: threading.Thread | None = None
        self._started: asyncio.Future[None] | None = None
        self._finished: asyncio.Future[None] | None = None

    # ------------------------------------------------------------ life

    async def start(self, settings: EngineSettings, listener: SipListener) -> None:
        """Start the engine; raises SipError when it cannot."""
        if self._thread is not None:
            raise SipError("the SIP engine runs already")
        if not _one_engine.acquire(blocking=False):
            raise SipError("another SIP engine runs in this process")
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._started, self._finished = self._loop.create_future(), self._loop.create_future()
        self._sip = SipThread()
        self._thread = threading.Thread(target=self._run, args=(settings, self._sip), name="sip", daemon=True)
        self._thread.start()
        atexit.register(self._end_at_exit)
        try:
            await self._started
        except SipError:
            await self._join()
            raise

    async def shutdown(self) -> None:
        """Hang up, unregister, free everything; safe to call twice."""
        if self._sip is not None and self._finished is not None:
            self._sip.stop()
            await asyncio.shield(self._finished)
            await self._join()

    async def _join(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.join)
            _one_engine.release()
        self._sip = self._agent = self._listener = None
        atexit.unregister(self._end_at_exit)

    def _end_at_exit(self) -> None:
        """End PJSIP before the interpreter goes, when nobody called :meth:`shutdown`."""
        if self._sip is not None and self._thread is not None:
            self._sip.stop()
            self._thread.join(_EXIT_LIMIT_S)

    # ------------------------------------------------------------ commands

    def register(self, account: SipAccount) -> None:
        """Register this account; a former one is unregistered first."""
        self._post(lambda agent: agent.register(account))

    def unregister(self) -> None:
        """Take the registration back; running calls go on."""
        self._post(lambda agent: agent.unregister())

    def register_again(self) -> None:
        """Register at once, for instance after the network came back."""
        self._post(lambda agent: agent.register_again())

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """Call a number of the registrar, or a `user@host` address. `call_id` is made by the caller."""
        copied = dict(headers or {})
        sent = threading.Event()

        def dial(agent: UserAgent) -> None:
            try:
                agent.dial(address, call_id, copied)
            finally:
                sent.set()

        if self._post(dial):
            sent.wait(_HAND_OVER_S)

    def ring(self, call_id: str) -> None:
        """Say 180 Ringing to an incoming call."""
        self._post(lambda agent: agent.ring(call_id))

    def answer(self, call_id: str) -> None:
        """Take an incoming call with sound."""
        self._post(lambda agent: agent.answer(call_id))

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """End a call in any state."""
        self._post(lambda agent: agent.hang_up(call_id, end))

    def hold(self, call_id: str) -> None:
        """Hold a call."""
        self._post(lambda agent: agent.hold(call_id, held=True))

    def resume(self, call_id: str) -> None:
        """Take a held call back."""
        self._post(lambda agent: agent.hold(call_id, held=False))

    def mute(self, call_id: str, *, muted: bool) -> None:
        """Stop or start sending the microphone into a call."""
        self._post(lambda agent: agent.mute(call_id, muted=muted))

    def transfer(self, call_id: str, address: str) -> None:
        """Hand a call over to a number of the registrar."""
        self._post(lambda agent: agent.transfer(call_id, address))

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """Connect the far ends of two calls."""
        self._post(lambda agent: agent.transfer_to(call_id, other_call_id))

    def deflect(self, call_id: str, address: str) -> None:
        """Send an incoming call on."""
        self._post(lambda agent: agent.deflect(call_id, address))

    def join(self, call_ids: Sequence[str]) -> None:
        """Merge established calls."""
        copied = tuple(call_ids)
        self._post(lambda agent: agent.join(copied))

    def split(self, call_id: str) -> None:
        """Take a call out of the merged ones."""
        self._post(lambda agent: agent.split(call_id))

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """Send `0-9 * # A-D`."""
        self._post(lambda agent: agent.send_dtmf(call_id, digits))

    def select_sound(self, selection: SoundSelection) -> None:
        """Use these devices from now on, also in running calls."""
        self._post(lambda agent: agent.select_sound(selection))

    def refresh_sound_devices(self) -> None:
        """Look for devices again."""
        self._post(lambda agent: agent.refresh_sound_devices())

    def set_measuring(self, *, levels: bool, quality: bool) -> None:
        """Switch the level meter and the once-a-second quality figures on or off."""
        self._post(lambda agent: agent.set_measuring(levels=levels, quality=quality))

    def play_test_tone(self) -> None:
        """Play a short tone on the speaker."""
        self._post(lambda agent: agent.play_test_tone())

    def start_ringing(self, sound: Path) -> None:
        """Play a ringtone (WAV) in a loop on the ring device."""
        self._post(lambda agent: agent.start_ringing(sound))

    def stop_ringing(self) -> None:
        """Stop the ringtone."""
        self._post(lambda agent: agent.stop_ringing())

    def play_file(self, call_id: str, sound: Path) -> None:
        """Speak a WAV file into a call, once, instead of the microphone."""
        self._post(lambda agent: agent.play_file(call_id, sound))

    def record_file(self, call_id: str, target: Path) -> None:
        """Write what the other side says into a WAV file until the call ends."""
        self._post(lambda agent: agent.record_file(call_id, target))

    def _post(self, command: Callable[[UserAgent], None]) -> bool:
        agent, sip = self._agent, self._sip
        if agent is None or sip is None:
            _LOG.warning("the SIP engine does not run: a command was not carried out")
            return False
        sip.post(lambda: command(agent))
        return True

    # ------------------------------------------------------------ on the SIP thread

    def _run(self, settings: EngineSettings, sip: SipThread) -> None:
        try:
            # Here, so that the import (a big module) does not hold the main thread up.
            from wwphone.sip.pjsua.user_agent import UserAgent  # noqa: PLC0415

            agent = UserAgent(settings, sip, self._tell)
            sip.own(agent.poll, agent.is_busy)
            agent.start()
        except Exception as failure:  # noqa: BLE001 - told to whoever starts the engine
            log_failure("PJSIP could not be started")
            self._in_main(self._start_failed, f"PJSIP could not be started: {failure}")
            return
        self._in_main(self._start_succeeded, agent)
        try:
            sip.run()
            agent.end()
        except Exception as failure:  # noqa: BLE001 - told to the listener
            log_failure("the SIP thread failed")
            self._tell(EngineFailed(str(failure)))
        finally:
            sip.close()
            self._in_main(self._run_ended)

    def _tell(self, event: SipEvent) -> None:
        self._in_main(self._deliver, event)

    def _in_main(self, function: Callable[..., None], *arguments: object) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError as closed:  # the loop is gone: nobody listens any more
            _LOG.debug("an event came too late: %s", closed)

    # ------------------------------------------------------------ back on the main thread

    def _deliver(self, event: SipEvent) -> None:
        if self._listener is not None:
            self._listener(event)

    def _start_succeeded(self, agent: UserAgent) -> None:
        self._agent = agent
        if self._started is not None and not self._started.done():
            self._started.set_result(None)

    def _start_failed(self, detail: str) -> None:
        if self._started is not None and not self._started.done():
            self._started.set_exception(SipError(detail))

    def _run_ended(self) -> None:
        if self._finished is not None and not self._finished.done():
            self._finished.set_result(None)
