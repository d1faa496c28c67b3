"""The line to Asterisk that comes back by itself.

It tells three things: an event came, the line is up (and may be used to read everything), the line broke. What is under
way when it breaks ends with `PbxLostError`; nothing is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable, Collection

from wwphone.server.api import PbxError
from wwphone.server.asterisk.ami import AmiEvent, AmiSession, Response
from wwphone.server.asterisk.line import AmiLine
from wwphone.server.asterisk.settings import AmiAccount, AmiTimes

logger = logging.getLogger(__name__)

EVENT_CLASSES = "system,call,security,user"
"""The kinds of events we sign up for; RTCP, dial-plan steps and variables come by the thousand and nobody reads them."""
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_REFUSED_S = 1.0
_LONGEST_PAUSE_S = 30.0


class SignInRefusedError(PbxError):
    """Asterisk does not know our user or secret."""


def pause_before(attempt: int, refused: bool, jitter: float) -> float:
    """Return the seconds to wait before connection attempt `attempt` (1 is the first repetition).

    Quick at first, then doubling. `refused`: the host is there and nothing listens, which is cheap to ask and means
    that Asterisk is being started, so it stays at one second; anything else grows to 30 s. `jitter` is 0.0 to 1.0.
    """
    longest_s = _LONGEST_PAUSE_REFUSED_S if refused else _LONGEST_PAUSE_S
    pause_s: float = min(longest_s, _FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 16))
    return pause_s * (0.5 + 0.5 * jitter)


class AmiConnection:
    """Looks after the line from `start` to `close`."""

    def __init__(
        self,
        account: AmiAccount,
        times: AmiTimes,
        wanted: Collection[str],
        on_event: Callable[[AmiEvent], None],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[str], None],
    ) -> None:
        """`wanted` names the events to hear.

        `on_up` is awaited once signed in; when it raises PbxError the line is dropped and made anew. `on_down` gets
        the reason each time no line could be made or one broke; not when we close. `on_event` is called as the bytes
        come in.
        """
        self._account = account
        self._times = times
        self._wanted = (*wanted, "FullyBooted")
        self._on_event = on_event
        self._on_up = on_up
        self._on_down = on_down
        self._line: AmiLine | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        if self._task is not None:
            raise RuntimeError("the connection was started already")
        self._task = asyncio.create_task(self._live(), name="AMI connection")

    async def close(self) -> None:
        """Let go of the line; what is under way ends with PbxLostError. Again is no error."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def request(self, name: str, *fields: tuple[str, str]) -> Response:
        """Send an action and return its answer, a refusal too.

        Raises PbxError when it was not sent, PbxLostError when the line broke before the answer came.
        """
        if self._line is None:
            raise PbxError("there is no line to the PBX")
        return await self._line.request(name, *fields)

    def drop(self, reason: str) -> None:
        """Break the line; a new one is made."""
        if self._line is not None:
            self._line.drop(reason)

    async def _live(self) -> None:
        attempt = 0
        while True:
            was_up, refused = False, False
            try:
                was_up, detail = await self._one_line()
            except ConnectionRefusedError as error:
                refused, detail = True, str(error)
            except (OSError, TimeoutError, PbxError) as error:
                detail = f"{type(error).__name__}: {error}"
            except Exception as error:
                logger.exception("the line to Asterisk ended by a mistake of ours")
                detail = f"{type(error).__name__}: {error}"
            attempt = 1 if was_up else attempt + 1
            pause_s = pause_before(attempt, refused, random.random())  # noqa: S311 - spreads load, guards nothing
            logger.info("no line to Asterisk: %s; attempt %d follows in %.2f s", detail, attempt, pause_s)
            self._on_down(detail)
            await asyncio.sleep(pause_s)

    async def _one_line(self) -> tuple[bool, str]:
        """Connect, sign in, tell, stay until the line breaks; return whether it had been up and why it broke.

        Raises OSError, TimeoutError, PbxError when it never was up.
        """
        loop = asyncio.get_running_loop()
        line = AmiLine(AmiSession(self._wanted), self._times, self._on_event)
        try:
            async with asyncio.timeout(self._times.connect_s):
                await loop.create_connection(lambda: line, self._account.host, self._account.port)
            await self._sign_in(line)
            self._line = line
            await self._on_up()
            return True, await line.watch()
        finally:
            self._line = None
            line.drop("the line was closed")

    async def _sign_in(self, line: AmiLine) -> None:
        await line.greeting()
        challenge = await line.request("Challenge", ("AuthType", "MD5"))
        key = challenge.fields.get("Challenge", "") + self._account.secret
        signed_in = await line.request(
            "Login",
            ("AuthType", "MD5"),
            ("Username", self._account.user),
            ("Key", hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()),
            ("Events", EVENT_CLASSES),
        )
        if not signed_in.success:
            raise SignInRefusedError(f"AMI refuses the user {self._account.user}: {signed_in.message}")
        await line.boot()
