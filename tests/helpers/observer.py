"""Somebody who looks on: signed in at the CTI server without a phone, to compare with what a window shows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.helpers.company import HOST, RealCompany
from tests.helpers.waiting import SECONDS
from wwphone.cti.api import Credentials, LinkEvent, MirrorChanged, ServerAddress
from wwphone.cti.link import RetryTimes, WebSocketLink
from wwphone.domain.account import Mode
from wwphone.domain.calls import PhoneState
from wwphone.gui.states import describe
from wwphone.protocol.account import ClientInfo
from wwphone.protocol.message import Event
from wwphone.services.presence import ColleagueLine

Value = TypeVar("Value")


class LoopThread:
    """An event loop on a thread of its own, for tests that wait without one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test loop")

    def run(self, coroutine: Coroutine[Any, Any, Value], timeout_s: float = 20 * SECONDS) -> Value:
        """Run a coroutine there and return its result. Raises what it raises."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout_s)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10 * SECONDS)
        self._loop.close()


class Observer:
    """One person's link; from another thread it is asked through the loop it lives on."""

    def __init__(self, server: ServerAddress, credentials: Credentials, loop: LoopThread) -> None:
        """Name who looks at what; nothing is connected yet."""
        self.user = credentials.user
        self._server = server
        self._credentials = credentials
        self._loop = loop
        self._heard: list[tuple[float, Event]] = []
        self._link: WebSocketLink | None = None

    def phones(self) -> dict[str, PhoneState]:
        """Everybody's phone state as the server tells it now."""
        return self._loop.run(self._phones())

    def rows(self) -> set[str]:
        """What a colleagues' list says of everybody but the observer."""
        return self._loop.run(self._rows())

    def heard(self, kind: type[Event]) -> list[tuple[float, Event]]:
        """All events of a kind so far, with their times on the monotonic clock."""
        return [(at_s, event) for at_s, event in tuple(self._heard) if isinstance(event, kind)]

    async def _start(self) -> None:
        times = RetryTimes(first_s=0.05, longest_s=0.2)
        self._link = WebSocketLink(ClientInfo("0.0", "PC-OBSERVER"), times=times)
        self._link.add_listener(self._listen)
        await self._link.sign_in(self._server, self._credentials, mode=Mode.DESK_PHONE)

    async def _end(self) -> None:
        if self._link is not None:
            await self._link.sign_out()
            await self._link.shutdown()

    def _listen(self, event: LinkEvent) -> None:
        if isinstance(event, MirrorChanged):
            now_s = time.monotonic()
            self._heard += [(now_s, one) for one in event.events]

    async def _phones(self) -> dict[str, PhoneState]:
        assert self._link is not None
        return dict(self._link.mirror.phones)

    async def _rows(self) -> set[str]:
        assert self._link is not None
        mirror = self._link.mirror
        lines = (
            ColleagueLine(colleague, mirror.presences.get(user), mirror.phones.get(user, PhoneState.OFFLINE))
            for user, colleague in mirror.colleagues.items()
            if user != self.user
        )
        return {describe(line) for line in lines}

    def __enter__(self) -> Self:
        self._loop.run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run(self._end())


def observer_in(company: RealCompany, user: str, loop: LoopThread) -> Observer:
    """Somebody of a company."""
    server = ServerAddress(HOST, company.cti_port, str(company.authority.ca_file))
    return Observer(server, Credentials(user, company.member(user).cti_password), loop)
