"""HTTP on loopback for whoever looks after the server: `/health` and `/metrics`. No user data is told."""

from __future__ import annotations

import http
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from wwphone.server.lines.accepting import library_logger
from wwphone.server.metrics import Metrics

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Health:
    """How the server is."""

    store: bool
    pbx: bool
    certificate_days: int | None
    """Days until the TLS certificate ends; negative when it has; None without TLS."""

    @property
    def status(self) -> str:
        """`failing` when nobody can be served, `degraded` when something is missing, else `ok`."""
        expired = self.certificate_days is not None and self.certificate_days < 0
        if not self.store or expired:
            return "failing"
        return "ok" if self.pbx else "degraded"


class OperationsListener:
    """A small HTTP server."""

    def __init__(
        self, host: str, port: int, metrics: Metrics, health: Callable[[], Awaitable[Health]]
    ) -> None:
        """`host` is a loopback address; the settings see to it."""
        self._host = host
        self._port = port
        self._metrics = metrics
        self._health = health
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen. Raises OSError when the address is taken."""
        self._server = await serve(
            _never,
            self._host,
            self._port,
            process_request=self._respond,
            server_header=None,
            close_timeout=1.0,
            logger=library_logger,
        )

    async def shutdown(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _respond(self, connection: ServerConnection, request: Request) -> Response:
        match request.path.partition("?")[0]:
            case "/health":
                health = await self._health()
                failing = health.status == "failing"
                status = http.HTTPStatus.SERVICE_UNAVAILABLE if failing else http.HTTPStatus.OK
                told = {
                    "status": health.status,
                    "store": "ok" if health.store else "unreachable",
                    "pbx": "connected" if health.pbx else "unreachable",
                    "certificate_days": health.certificate_days,
                }
                return _response(connection, status, json.dumps(told) + "\n", "application/json")
            case "/metrics":
                return _response(connection, http.HTTPStatus.OK, self._metrics.text(), _METRICS_TYPE)
        return _response(connection, http.HTTPStatus.NOT_FOUND, "/health or /metrics\n", "text/plain")


def _response(connection: ServerConnection, status: http.HTTPStatus, text: str, kind: str) -> Response:
    response = connection.respond(status, text)
    headers: Headers = response.headers
    del headers["Content-Type"]
    headers["Content-Type"] = kind
    headers["Cache-Control"] = "no-store"
    return response


async def _never(connection: ServerConnection) -> None:
    """No websocket is ever opened here: every request has been answered before."""
    await connection.close()
