"""Who may come in, and who serves whom: the same for the lines of this process and of line processes."""

from __future__ import annotations

from collections.abc import Awaitable

from websockets.http11 import Request, Response

from wwphone.server.listener.connection import ClientConnection, Desk
from wwphone.server.listener.feeds import FeedDesk
from wwphone.server.listener.limits import Admission
from wwphone.server.listener.line import Line
from wwphone.server.listener.sounds import SoundDesk
from wwphone.server.services.sip_accounts import Peer


class Reception:
    """Counts connections, answers plain HTTP, and keeps the clients."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._admission = Admission(desk.limits)
        sounds = SoundDesk(desk.sounds) if desk.sounds is not None else None
        feeds = FeedDesk(desk.feeds) if desk.feeds is not None else None
        self._http = tuple(one for one in (sounds, feeds) if one is not None)
        self.connections: set[ClientConnection] = set()
        """Clients, signed in or not."""

    def has_room(self, address: str) -> bool:
        """Whether one more connection of this address is taken; a refusal is counted."""
        refusal = self._admission.refusal(address)
        if refusal is not None:
            self._desk.metrics.connection_refused(refusal)
        return refusal is None

    def enter(self, address: str) -> None:
        """A connection begins."""
        self._admission.enter(address)

    def leave(self, address: str) -> None:
        """A connection is over."""
        self._admission.leave(address)

    def answer(self, request: Request) -> Awaitable[Response] | None:
        """The answer to a request by plain HTTP; None: it is for a websocket."""
        for desk in self._http:
            if desk.is_asked(request):
                return desk.answer(request)
        return None

    async def serve(self, line: Line, peer: Peer) -> None:
        """Serve a client until its line is over."""
        connection = ClientConnection(line, peer, self._desk)
        self.connections.add(connection)
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)
