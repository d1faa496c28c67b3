"""`WebSocketLink`: one task keeps the line, everything else happens in the callbacks of the loop."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wwphone import __version__
from wwphone.cti.announcer import Announcer, utc_now
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    ErrorCode,
    LinkFailedError,
    LinkListener,
    LinkProblem,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    MirrorView,
    SaidGoodbye,
    ServerAddress,
    SignedInAs,
    WireError,
)
from wwphone.cti.link.alarm import Alarm
from wwphone.cti.link.line import Line, NoLineError, Trust, open_websocket
from wwphone.cti.link.retry import RetryTimes, Trouble, pause_before_retry
from wwphone.cti.link.sound_on_demand import SoundOnDemand
from wwphone.domain.account import Mode, SipAccount
from wwphone.protocol.account import ClientInfo, ModeSet, SetMode, SignOut
from wwphone.protocol.client_outputs import (
    Changed,
    ClientOutput,
    GiveUp,
    GoodbyeReceived,
    Greeted,
    Replaced,
    RequestAnswered,
    RequestFailed,
    SessionOpened,
    SessionRefused,
)
from wwphone.protocol.client_session import ClientPhase, ClientSession
from wwphone.protocol.errors import RemoteMisbehaviourError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.session import LocalMisuseError, Send

logger = logging.getLogger(__name__)

_SIGN_OUT_LIMIT_S = 2.0


@dataclass(frozen=True)
class _Plan:
    """What a sign-in asked for; kept, with the password, as long as one is signed in."""

    server: ServerAddress
    credentials: Credentials
    mode: Mode
    take_over: bool
    keep_trying: bool


def _request_ids() -> Callable[[], str]:
    prefix = secrets.token_hex(4)
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


def this_pc() -> ClientInfo:
    """This client as it introduces itself."""
    return ClientInfo(__version__, socket.gethostname())


class WebSocketLink:
    """Fulfils `CtiLink`. Make it on the loop's thread; call `shutdown` at the end."""

    def __init__(
        self,
        client: ClientInfo | None = None,
        *,
        times: RetryTimes | None = None,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Be silent until `sign_in`.

        `client` is what the server is told of this PC; `chance` returns 0 to 1 and spreads the tries of many clients.
        """
        self._times = times or RetryTimes()
        self._chance = chance
        self._session = ClientSession(client or this_pc(), _request_ids())
        self._announcer = Announcer(now)
        self._trust = Trust()
        self._sound = SoundOnDemand(self._trust, self._times)
        self._plan: _Plan | None = None
        self._runner: asyncio.Task[None] | None = None
        self._line: Line | None = None
        self._alarm = Alarm(self._tick)
        self._opened: asyncio.Future[SignedInAs | Trouble] | None = None
        self._offered_account: SipAccount | None = None
        self._open_since_s: float | None = None
        self._waiting: dict[str, asyncio.Future[Result | WireError]] = {}
        self._nudge = asyncio.Event()
        self._handlers: Mapping[type[ClientOutput], Callable[[Any], None]] = {
            Send: self._on_send,
            Greeted: self._on_greeted,
            SessionOpened: self._on_session_opened,
            SessionRefused: self._on_session_refused,
            Replaced: self._on_replaced,
            Changed: self._on_changed,
            RequestAnswered: self._on_answered,
            RequestFailed: self._on_failed,
            GoodbyeReceived: self._on_goodbye,
            GiveUp: self._on_give_up,
        }

    # ------------------------------------------------------------ CtiLink

    @property
    def state(self) -> LinkStateChanged:
        """The latest state."""
        return self._announcer.state

    @property
    def mirror(self) -> MirrorView:
        """What the server knows."""
        return self._session.mirror

    def add_listener(self, listener: LinkListener) -> Callable[[], None]:
        """Tell this one everything from now on; call what is returned to stop."""
        return self._announcer.add(listener)

    async def sign_in(
        self,
        server: ServerAddress,
        credentials: Credentials,
        *,
        mode: Mode = Mode.SOFTPHONE,
        take_over: bool = False,
        keep_trying: bool = False,
    ) -> SignedInAs:
        """Connect and sign in; see `CtiLink`."""
        if self._opened is not None and not self._opened.done():
            raise LocalMisuseError("a sign-in is under way")
        await self.sign_out()
        self._plan = _Plan(server, credentials, mode, take_over, keep_trying)
        opened = self._opened = asyncio.get_running_loop().create_future()
        self._announcer.tell_state(LinkState.CONNECTING)
        self._runner = asyncio.create_task(self._run(), name="CTI link")
        self._runner.add_done_callback(self._bury)
        try:
            outcome = await opened
        except asyncio.CancelledError:
            await self._leave(LinkState.SIGNED_OUT)
            raise
        if isinstance(outcome, SignedInAs):
            return outcome
        if outcome.error is not None:
            raise CommandRefusedError(outcome.error)
        raise LinkFailedError(outcome.problem, outcome.detail)

    async def request(self, command: Command) -> Result:
        """Ask something of the server; see `CtiLink`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result | WireError] = loop.create_future()
        request_id, outputs = self._session.request(command, loop.time())
        self._waiting[request_id] = answer
        self._process(outputs)
        try:
            async with asyncio.timeout(self._times.answer_limit_s):
                outcome = await answer
        except TimeoutError:
            late = WireError(ErrorCode.UNKNOWN_OUTCOME, "no answer in time; it may or may not have been done")
            raise CommandRefusedError(late) from None
        finally:
            self._waiting.pop(request_id, None)
        if isinstance(outcome, WireError):
            raise CommandRefusedError(outcome)
        return outcome

    async def read_sound(self, path: str, token: str, offset: int, size: int) -> bytes:
        """Read a part of a recording's sound; see `CtiLink`."""
        return await self._sound.read(self._plan.server if self._plan else None, path, token, offset, size)

    async def set_mode(self, mode: Mode) -> None:
        """Use another mode from now on; see `CtiLink`."""
        result = await self.request(SetMode(mode))
        assert isinstance(result, ModeSet)
        self._session.use_mode(mode)
        if self._plan is not None:
            self._plan = replace(self._plan, mode=mode)
            self._offered_account = result.sip_account
            self._announcer.tell_account(result.sip_account)

    async def sign_out(self) -> None:
        """End the session, here and (if there is a line) on the server."""
        if self._session.phase is ClientPhase.OPEN:
            self._plan = None
            try:
                async with asyncio.timeout(_SIGN_OUT_LIMIT_S):
                    await self.request(SignOut())
            except (CommandRefusedError, TimeoutError) as error:
                logger.info("the server did not confirm the sign-out: %s", error)
        await self._leave(LinkState.SIGNED_OUT)

    async def shutdown(self) -> None:
        """Let go of everything without ending the session on the server; safe to call twice."""
        await self._leave(LinkState.SIGNED_OUT)

    def check_now(self) -> None:
        """Try at once, or make sure that the line still lives."""
        self._nudge.set()
        self._process(self._session.probe(asyncio.get_running_loop().time()))

    # ------------------------------------------------------------ the task that keeps the line

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        attempt = 0
        while (plan := self._plan) is not None:
            began_s = clock()
            trouble = await self._connection(plan)
            if self._plan is None:
                return  # signing out: the server closes the line
            if self._open_since_s is not None and clock() - self._open_since_s >= self._times.settled_s:
                attempt = 0
            self._open_since_s = None
            pause_s = self._pause_after(trouble, attempt, plan)
            if pause_s is None:
                self._give_up(trouble)
                return
            attempt += 1
            state = LinkState.CONNECTING if self._is_first() else LinkState.INTERRUPTED
            self._tell_trouble(state, trouble, pause_s)
            await self._pause(pause_s, began_s)
            self._tell_trouble(state, trouble, None)

    def _is_first(self) -> bool:
        return self._opened is not None and not self._opened.done()

    def _pause_after(self, trouble: Trouble, attempt: int, plan: _Plan) -> float | None:
        if self._is_first() and not plan.keep_trying:
            return None
        had_session = self._session.can_resume
        return pause_before_retry(trouble, attempt, self._chance(), self._times, had_session=had_session)

    async def _pause(self, pause_s: float, began_s: float) -> None:
        """Wait, or until `check_now`; but begin no two tries within `least_gap_s` because of it."""
        self._nudge.clear()
        try:
            async with asyncio.timeout(pause_s):
                await self._nudge.wait()
                left_s = began_s + self._times.least_gap_s - asyncio.get_running_loop().time()
                await asyncio.sleep(max(0.0, left_s))
        except TimeoutError:
            return

    async def _connection(self, plan: _Plan) -> Trouble:
        """Live through one connection; why it ended or did not come about."""
        try:
            websocket = await open_websocket(plan.server, self._trust, self._times)
        except NoLineError as error:
            return error.trouble
        loop = asyncio.get_running_loop()
        line = self._line = Line(websocket, self._received)
        self._session.connected(loop.time())
        self._arm()
        try:
            return await line.run()
        finally:
            self._line = None
            self._alarm.off()
            self._process(self._session.connection_lost())

    def _give_up(self, trouble: Trouble) -> None:
        refused = trouble.problem is LinkProblem.SAID_NO
        state = LinkState.REFUSED if refused else LinkState.SIGNED_OUT
        self._drop_session()
        self._tell_trouble(state, trouble, None)
        self._settle_sign_in(trouble)

    def _tell_trouble(self, state: LinkState, trouble: Trouble, retry_in_s: float | None) -> None:
        if trouble.problem is not self.state.problem or state is not self.state.state:
            logger.info("CTI link %s: %s (%s)", state.value, trouble.problem.value, trouble.detail)
        self._announcer.tell_state(
            state, trouble.problem, trouble.detail, retry_in_s=retry_in_s, error=trouble.error
        )

    # ------------------------------------------------------------ what the session puts out

    def _received(self, message: bytes) -> Iterator[None]:
        try:
            outputs = yield from self._session.receive_in_steps(message, asyncio.get_running_loop().time())
        except RemoteMisbehaviourError as error:
            unsupported = error.error.code is ErrorCode.UNSUPPORTED_VERSION
            problem = LinkProblem.UNSUPPORTED_VERSION if unsupported else LinkProblem.PROTOCOL
            logger.warning("the CTI server misbehaved: %s", error)
            self._end_line(Trouble(problem, error.error.sentence))
            return
        self._process(outputs)

    def _process(self, outputs: Iterable[ClientOutput]) -> None:
        for output in outputs:
            self._handlers[type(output)](output)
        self._arm()

    def _on_send(self, output: Send) -> None:
        if self._line is not None:
            self._line.send(output.text)

    def _on_changed(self, output: Changed) -> None:
        self._announcer.tell(MirrorChanged(output.events))

    def _on_session_opened(self, output: SessionOpened) -> None:
        self._offered_account = output.sip_account
        if self._session.phase is ClientPhase.OPEN:  # resumed: the mirror only needs what was missed
            self._on_open()

    def _on_replaced(self, _output: Replaced) -> None:
        self._announcer.tell(MirrorReplaced())
        if self.state.state is not LinkState.SIGNED_IN:
            self._on_open()

    def _on_give_up(self, output: GiveUp) -> None:
        timed_out = self._session.phase in (ClientPhase.WAITING, ClientPhase.OPENING)
        problem = LinkProblem.TIMEOUT if timed_out else LinkProblem.LINE_LOST
        self._end_line(Trouble(problem, output.detail), dead=True)

    def _on_greeted(self, _output: Greeted) -> None:
        now_s = asyncio.get_running_loop().time()
        self._process(self._session.resume(now_s) if self._session.can_resume else self._sign_in(now_s))

    def _sign_in(self, now_s: float) -> list[ClientOutput]:
        plan = self._plan
        if plan is None:
            return []
        return self._session.sign_in(
            plan.credentials.user,
            plan.credentials.password,
            mode=plan.mode,
            take_over=plan.take_over and self._is_first(),
            now_s=now_s,
        )

    def _on_session_refused(self, output: SessionRefused) -> None:
        error = output.error
        if output.resuming and error.code is ErrorCode.SESSION_EXPIRED:
            self._process(self._sign_in(asyncio.get_running_loop().time()))
        else:
            self._end_line(Trouble(LinkProblem.SAID_NO, error.sentence, error))

    def _on_open(self) -> None:
        profile = self.mirror.profile
        assert profile is not None  # a session is open only with a snapshot
        self._open_since_s = asyncio.get_running_loop().time()
        self._announcer.tell_account(self._offered_account)
        self._announcer.tell_state(LinkState.SIGNED_IN)
        self._settle_sign_in(SignedInAs(profile, self._offered_account))

    def _on_goodbye(self, output: GoodbyeReceived) -> None:
        error = output.error
        self._announcer.tell(SaidGoodbye(error))
        stopping = error.code is ErrorCode.SERVER_STOPPING
        problem = LinkProblem.SERVER_STOPPING if stopping else LinkProblem.SAID_NO
        self._end_line(Trouble(problem, error.sentence, error))

    def _on_answered(self, output: RequestAnswered) -> None:
        self._answer(output.request_id, output.result)

    def _on_failed(self, output: RequestFailed) -> None:
        self._answer(output.request_id, output.error)

    def _answer(self, request_id: str, outcome: Result | WireError) -> None:
        answer = self._waiting.get(request_id)
        if answer is not None and not answer.done():
            answer.set_result(outcome)

    def _settle_sign_in(self, outcome: SignedInAs | Trouble) -> None:
        if self._opened is not None and not self._opened.done():
            self._opened.set_result(outcome)

    def _end_line(self, trouble: Trouble, *, dead: bool = False) -> None:
        if self._line is not None:
            self._line.end(trouble, dead=dead)

    # ------------------------------------------------------------ time

    def _arm(self) -> None:
        """Make sure that `tick` is called in time."""
        if self._line is not None:
            self._alarm.set(self._session.next_deadline_s)

    def _tick(self) -> None:
        self._process(self._session.tick(asyncio.get_running_loop().time()))

    # ------------------------------------------------------------ the end

    async def _leave(self, state: LinkState) -> None:
        self._plan = None
        await self._sound.close()
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
        self._drop_session()
        self._announcer.tell_state(state)
        self._settle_sign_in(Trouble(LinkProblem.LINE_LOST, "signed out before the sign-in was through"))

    def _drop_session(self) -> None:
        self._plan = None
        had_state = self.mirror.profile is not None
        self._process(self._session.forget())
        if had_state:
            self._announcer.tell(MirrorReplaced())
        self._offered_account = None
        self._announcer.tell_account(None)

    def _bury(self, runner: asyncio.Task[None]) -> None:
        if not runner.cancelled() and (error := runner.exception()) is not None:
            logger.error("the CTI link failed", exc_info=error)
            self._give_up(Trouble(LinkProblem.PROTOCOL, f"internal error: {type(error).__name__}"))
