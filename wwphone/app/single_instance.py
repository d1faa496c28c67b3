"""One running program for each identity: a second start hands over what it was asked to do, and ends.

The first listens on a local socket that only its own user may open. A second writes one line of UTF-8, an action's
word and for `dial` the address behind a blank (`wwphone.domain.actions`), and gets the outcome's name in small letters.
Whatever else comes is refused and nothing of it is done.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import struct
import sys
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from wwphone.domain.actions import NoOrderError, Order, Outcome, order_of

logger = logging.getLogger(__name__)

_MAX_LINE = 2048
_CONNECTED_WITHIN_MS = 1000
_ANSWERED_WITHIN_MS = 10_000
"""A window that paints a long list may take a moment; the person waits, and nothing is lost."""
_PEER = struct.Struct("3i")
"""`struct ucred` of unix(7): process, user, group."""


def socket_name(identity: str) -> str:
    """The local socket's name for one identity; short, since systems limit its length."""
    return "wwphone-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def line_of(order: Order) -> bytes:
    """An order as it travels."""
    return " ".join(filter(None, (order.action.value, order.address))).encode() + b"\n"


def order_in(line: bytes) -> Order:
    """Read what came. Raises NoOrderError for everything that is not exactly an order."""
    if len(line) > _MAX_LINE or not line.endswith(b"\n"):
        raise NoOrderError("no line, or too long a one")
    try:
        text = line[:-1].decode("utf-8")
    except UnicodeDecodeError:
        raise NoOrderError("no UTF-8") from None
    order = order_of(text.split(" ", maxsplit=1))
    if line_of(order) != line:
        raise NoOrderError("not as an order is written")
    return order


def hand_over(identity: str, order: Order) -> Outcome:
    """Ask the running program to carry out an order, and return what became of it."""
    local = QLocalSocket()
    local.connectToServer(socket_name(identity))
    if not local.waitForConnected(_CONNECTED_WITHIN_MS) or not _is_of_this_user(local):
        local.abort()
        return Outcome.NO_PROGRAM
    local.write(QByteArray(line_of(order)))
    answered = local.waitForReadyRead(_ANSWERED_WITHIN_MS)
    answer = bytes(local.readLine(64).data()).decode("ascii", errors="replace").strip() if answered else ""
    local.disconnectFromServer()
    return next((each for each in Outcome if each.name.lower() == answer), Outcome.NO_PROGRAM)


def _is_of_this_user(local: QLocalSocket) -> bool:
    """Whether the other end belongs to the same user, where the system tells (Linux): anybody may make a socket in /tmp."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        with socket.fromfd(int(local.socketDescriptor()), socket.AF_UNIX, socket.SOCK_STREAM) as end:
            peer = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    except OSError:
        return False  # it has gone already
    _, user, _ = _PEER.unpack(peer)
    return bool(user == os.getuid())


class InstanceServer(QObject):
    """The first program's ear; `carry_out` does what an order says and tells what became of it."""

    def __init__(self, identity: str, carry_out: Callable[[Order], Outcome]) -> None:
        super().__init__()
        self._carry_out = carry_out
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
            local = self._server.nextPendingConnection()
            if not _is_of_this_user(local):
                logger.warning("somebody else's program wanted to steer this one, and was refused")
                local.abort()
                local.deleteLater()
                continue
            local.readyRead.connect(lambda local=local: self._on_ready_read(local))
            local.disconnected.connect(local.deleteLater)
            if local.bytesAvailable():
                self._on_ready_read(local)

    def _on_ready_read(self, local: QLocalSocket) -> None:
        if not local.canReadLine():
            if local.bytesAvailable() > _MAX_LINE:
                logger.warning("an order without an end was refused")
                local.abort()
            return
        try:
            outcome = self._carry_out(order_in(bytes(local.readLine(_MAX_LINE + 2).data())))
        except NoOrderError as error:
            logger.warning("an order was not understood: %s", error)
            outcome = Outcome.NOT_UNDERSTOOD
        local.write(QByteArray(f"{outcome.name.lower()}\n".encode()))
        local.disconnectFromServer()  # after what was written: one connection, one order
