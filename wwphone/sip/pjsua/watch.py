"""Watches over the sound server on a thread of its own: what is plugged in, and whether it answers."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from wwphone.sip.pjsua import pulse
from wwphone.sip.pjsua.devices import SoundOffer

_LOG = logging.getLogger(__name__)

_QUIET_S = 0.25
"""So long nothing may change before we look: a headset being plugged in makes a dozen changes."""
_TROUBLE_PAUSE_S = 2.0
_STOP_LIMIT_S = 3.0
_TELLING = (b"sink #", b"source #", b"server", b"card #")


@dataclass(frozen=True)
class SoundReport:
    """What the watch saw: either an offer, or why there is none."""

    offer: SoundOffer | None
    trouble: str = ""
    frozen: bool = False
    """The server hangs: nothing of it may be touched."""
    asked: bool = False
    """Somebody asked for this look."""


class SoundWatch:
    """Looks at the start, after each change, and when asked; while there is trouble, every two seconds.

    `report` is called on the watch's thread.
    """

    def __init__(
        self,
        report: Callable[[SoundReport], None],
        look: Callable[[], SoundOffer] = pulse.look,
        subscribe: Callable[[], subprocess.Popen[bytes]] = pulse.subscribe,
    ) -> None:
        self._report = report
        self._look = look
        self._subscribe = subscribe
        self._last: SoundReport | None = None
        self._stopping = False
        self._asked = False
        self._bell, self._bell_end = socket.socketpair()
        self._bell.setblocking(False)
        self._bell_end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="sound-watch", daemon=True)

    def start(self) -> None:
        """Begin with a first look."""
        self._thread.start()

    def ask(self) -> None:
        """Look now and report, whether or not anything changed. From any thread; returns at once."""
        self._asked = True
        self._ring_bell()

    def stop(self) -> None:
        """End, and wait until it has ended."""
        self._stopping = True
        self._ring_bell()
        if self._thread.is_alive():
            self._thread.join(_STOP_LIMIT_S)
        self._bell.close()
        self._bell_end.close()

    def _ring_bell(self) -> None:
        with contextlib.suppress(BlockingIOError):  # full of unheard rings: it will be heard
            self._bell.send(b"!")

    def _run(self) -> None:
        try:
            while not self._stopping:
                if self._look_and_report():
                    self._follow_changes()
                else:
                    self._wait_for_bell(_TROUBLE_PAUSE_S)
        except Exception as unexpected:  # noqa: BLE001 - logged and reported
            _LOG.exception("the watch over the sound devices ended")
            self._report(SoundReport(None, f"the sound devices are not watched any more: {unexpected}"))

    def _look_and_report(self) -> bool:
        asked, self._asked = self._asked, False
        try:
            report = SoundReport(self._look())
        except pulse.SoundServerFrozenError as trouble:
            report = SoundReport(None, str(trouble), frozen=True)
        except pulse.SoundServerError as trouble:
            report = SoundReport(None, str(trouble))
        if asked or report != self._last:
            self._last = report
            self._report(SoundReport(report.offer, report.trouble, report.frozen, asked))
        return report.offer is not None

    def _follow_changes(self) -> None:
        """Look after each change until the server is gone, hangs, or we shall stop."""
        try:
            process = self._subscribe()
        except OSError as refused:
            _LOG.warning("changes of sound devices go unnoticed: %s", refused)
            self._wait_for_bell(_TROUBLE_PAUSE_S)
            return
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                selector.register(self._bell_end, selectors.EVENT_READ)
                self._follow_lines(process, selector)
        finally:
            process.terminate()
            process.stdout.close()
            process.wait()

    def _follow_lines(self, process: subprocess.Popen[bytes], selector: selectors.BaseSelector) -> None:
        look_at_s: float | None = None
        assert process.stdout is not None
        while not self._stopping:
            wait_s = None if look_at_s is None else max(0.0, look_at_s - time.monotonic())
            ready = [key.fileobj for key, _ in selector.select(wait_s)]
            if process.stdout in ready:
                lines = process.stdout.read()
                if lines == b"":
                    return  # the server is gone
                if lines and any(word in lines for word in _TELLING):
                    look_at_s = time.monotonic() + _QUIET_S
            if self._bell_end in ready:
                self._hear_bell()
            if self._asked or (look_at_s is not None and time.monotonic() >= look_at_s):
                look_at_s = None
                if not self._look_and_report():
                    return

    def _wait_for_bell(self, limit_s: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell_end, selectors.EVENT_READ)
            if selector.select(limit_s):
                self._hear_bell()

    def _hear_bell(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._bell_end.recv(64):
                continue
