"""Keeps the registrations right: asks for one user's after each change, and for everybody's answer times now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from wwphone.server.api import PbxError, PbxEvent, PbxLostError
from wwphone.server.asterisk.ami import AmiEvent, Response
from wwphone.server.asterisk.state import PbxState

logger = logging.getLogger(__name__)

CONTACT_EVENT = "ContactStatus"
DETAIL_EVENT = "ContactStatusDetail"
ALL_CONTACTS = "PJSIPShowRegistrationInboundContactStatuses"

_GATHER_S = 0.02
"""A device that comes causes several events at once; they are answered with one question."""
_MANY = 20
"""From so many users on, one question about everybody is cheaper."""

_PAUSE_S = 1.0
"""After a question that could not even be sent."""

Request = Callable[..., Awaitable[Response]]


class RegistrationWatch:
    """Events say that something changed, not all that people want to see; so it asks."""

    def __init__(
        self, state: PbxState, request: Request, tell: Callable[[Iterable[PbxEvent]], None], period_s: float
    ) -> None:
        """`tell` gets what changed; `period_s` is how often everybody is read."""
        self._state = state
        self._request = request
        self._tell = tell
        self._period_s = period_s
        self._changed: set[str] = set()
        self._probe: set[str] = set()
        self._something = asyncio.Event()

    def note(self, event: AmiEvent) -> None:
        """Take what the event says at once and ask for the rest soon."""
        fields = event.fields
        user = fields.get("AOR", "")
        if user not in self._state.users:
            return
        if self._state.registrations.answers_no_more(fields):
            # WORKAROUND: Asterisk 22.10 leaves a device that died and registered anew "Unreachable" until its next probe.
            self._probe.add(user)
        self._tell(self._state.note_contact(fields))
        self._changed.add(user)
        self._something.set()

    async def run(self) -> None:
        """Ask whenever needed, until cancelled. Raises PbxError, PbxLostError from what it asks."""
        loop = asyncio.get_running_loop()
        next_round_s = loop.time() + self._period_s
        while True:
            try:
                async with asyncio.timeout_at(next_round_s):
                    await self._something.wait()
            except TimeoutError:
                next_round_s = loop.time() + self._period_s
                await self._ask_for_all()
                continue
            await asyncio.sleep(_GATHER_S)
            await self._answer_changes()

    async def _answer_changes(self) -> None:
        self._something.clear()
        users, self._changed = self._changed, set()
        try:
            if len(users) >= _MANY:
                await self._ask_for_all()
            else:
                for user in users:
                    await self._ask_for(user)
            await self._probe_again()
        except PbxError:
            self._changed |= users
            self._something.set()
            raise

    async def _ask_for_all(self) -> None:
        answer = await self._request(ALL_CONTACTS)
        if answer.success:
            self._tell(self._state.take_registrations(item.fields for item in answer.items))

    async def _ask_for(self, user: str) -> None:
        answer = await self._request("PJSIPShowEndpoint", ("Endpoint", user))
        if answer.success and user in self._state.users:
            details = (item.fields for item in answer.items if item.name == DETAIL_EVENT)
            self._tell(self._state.take_registrations_of(user, details))

    async def _probe_again(self) -> None:
        users, self._probe = self._probe, set()
        for user in users:
            answer = await self._request("PJSIPQualify", ("Endpoint", user))
            if not answer.success:
                logger.info("Asterisk does not probe %s: %s", user, answer.message)


async def watch_until_lost(watch: RegistrationWatch) -> None:
    """Run the watch for as long as the line lasts."""
    while True:
        try:
            await watch.run()
        except PbxLostError:
            return
        except PbxError as error:
            logger.info("registrations could not be read: %s", error)
            await asyncio.sleep(_PAUSE_S)
