"""The listening side of the CTI: takes connections, refuses what is no client of ours, and stops gracefully.

The sound of recordings and calendars of conferences are asked for on the same port by plain HTTP (`listener.sounds`, `listener.feeds`).
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from wwphone.protocol.errors import WireError
from wwphone.protocol.frames import MAX_REQUEST_BYTES, SUBPROTOCOL
from wwphone.server.lines.accepting import LineRules
from wwphone.server.lines.messages import Start
from wwphone.server.lines.tls import CertificateFiles
from wwphone.server.listener.connection import Desk
from wwphone.server.listener.gates import Gate, OwnGate
from wwphone.server.listener.process_gate import ProcessGate
from wwphone.server.listener.reception import Reception
from wwphone.server.tasks import TaskOwner

_TICK_S = 1.0


@dataclass(frozen=True)
class LineProcesses:
    """How many processes keep the lines, and what they are told."""

    count: int
    files: CertificateFiles | None
    """None: without TLS."""
    log_level: str = "info"


class WebsocketListener:
    """Serves clients on one address and port."""

    def __init__(
        self,
        desk: Desk,
        host: str,
        port: int,
        context: ssl.SSLContext | None,
        processes: LineProcesses | None = None,
    ) -> None:
        """`context` None: without TLS, which the application allows on loopback only. Port 0: any free one.

        `processes` None: lines are kept in this process, and `context` is for them.
        """
        self._desk = desk
        self._reception = Reception(desk)
        rules = LineRules(SUBPROTOCOL, MAX_REQUEST_BYTES, desk.limits.handshake_s, desk.limits.linger_s)
        self.gate: Gate
        if processes is None:
            self.gate = OwnGate(self._reception, (host, port), rules, context)
        else:
            start = _start(rules, processes.files)
            self.gate = ProcessGate(
                self._reception, (host, port), start, processes.count, processes.log_level
            )
        self._tasks = TaskOwner("listener")
        self._is_started = False

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self.gate.port

    @property
    def connections(self) -> int:
        """How many clients are connected, signed in or not."""
        return len(self._reception.connections)

    @property
    def processes(self) -> int:
        """How many line processes keep lines now."""
        return self.gate.processes

    @property
    def deepest_queue(self) -> int:
        """How many events the slowest client is behind."""
        return max((connection.lag for connection in self._reception.connections), default=0)

    async def start(self) -> None:
        """Listen. Raises OSError when the address is taken."""
        await self.gate.start()
        self._is_started = True
        self._tasks.start(self._tick())

    def reload_certificate(self) -> None:
        """Let line processes read the certificate again."""
        self.gate.reload_certificate()

    def stop_listening(self) -> None:
        """Take no more connections; those that stand stay."""
        if self._is_started:
            self.gate.refuse()

    def say_goodbye(self, error: WireError) -> None:
        """Tell every client why its connection ends."""
        for connection in tuple(self._reception.connections):
            connection.goodbye(error)

    async def shutdown(self) -> None:
        """Wait for the connections to end, which have been told to, and cut those that do not."""
        if not self._is_started:
            return
        await self.gate.shutdown()
        await self._tasks.shutdown()
        await self._desk.tasks.shutdown()

    async def _tick(self) -> None:
        pause_s = min(_TICK_S, self._desk.hello.heartbeat_s / 4)
        while True:
            await asyncio.sleep(pause_s)
            self.gate.tick()
            for connection in tuple(self._reception.connections):
                connection.tick()


def _start(rules: LineRules, files: CertificateFiles | None) -> Start:
    return Start(
        str(files.certificate.absolute()) if files is not None else "",
        str(files.key.absolute()) if files is not None else "",
        rules.subprotocol,
        rules.max_text,
        rules.handshake_s,
        rules.linger_s,
    )
