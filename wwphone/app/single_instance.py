"""One running program for each identity: a second start hands over what it was asked to do, and ends.

The first listens on a local socket that only its own user may open; a second writes one line, `show` or
`dial ADDRESS`, and gets `ok`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

logger = logging.getLogger(__name__)

_MAX_LINE = 1024
_TIMEOUT_MS = 1000
_ANSWER = b"ok\n"


def socket_name(identity: str) -> str:
    """The local socket's name for one identity; short, since systems limit its length."""
    return "wwphone-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def hand_over(identity: str, address: str) -> bool:
    """Ask a running program to dial `address`, or to show itself when that is empty; False: none runs."""
    socket = QLocalSocket()
    socket.connectToServer(socket_name(identity))
    if not socket.waitForConnected(_TIMEOUT_MS):
        return False
    line = f"dial {address}" if address else "show"
    socket.write(QByteArray(line.replace("\n", " ").encode()[: _MAX_LINE - 1] + b"\n"))
    answered = socket.waitForReadyRead(_TIMEOUT_MS) and bytes(socket.readLine(64).data()) == _ANSWER
    socket.disconnectFromServer()
    return answered


class InstanceServer(QObject):
    """The first program's ear."""

    def __init__(self, identity: str, on_show: Callable[[], None], on_dial: Callable[[str], None]) -> None:
        super().__init__()
        self._on_show = on_show
        self._on_dial = on_dial
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)
        name = socket_name(identity)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left behind by a crash: nobody answered on it
            if not self._server.listen(name):
                logger.warning("a second start will not find this program: %s", self._server.errorString())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_new_connection(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.readyRead.connect(lambda socket=socket: self._on_ready_read(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._on_ready_read(socket)

    def _on_ready_read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > _MAX_LINE:
            socket.abort()
            return
        if not socket.canReadLine():
            return
        line = bytes(socket.readLine(_MAX_LINE).data()).decode("utf-8", errors="replace").strip()
        socket.write(QByteArray(_ANSWER))
        socket.flush()
        verb, _, address = line.partition(" ")
        if verb == "dial" and address:
            self._on_dial(address)
        elif verb == "show":
            self._on_show()
