"""One client's connection: joins its line, the protocol machine, the event log and the services.

Reading, writing and the clock are separate, so that a client that does not read keeps nobody waiting but its own writer.
Events are not queued: a connection remembers the revision it has sent and takes what came since when its line is free.
So a client may lag behind for free until the log forgets what it has not been sent; it is dropped when it takes nothing
for a while, or lags too far while its line is full. Answers are put behind the events that happened before them, so a client never learns of a success before its effect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from wwphone.protocol.account import ModeSet, Resume, Resumed, SetMode, SignedIn, SignIn, SignOut
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.frames import HelloFrame, SnapshotFrame
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.server_session import (
    Close,
    CloseReason,
    CommandReceived,
    ServerOutput,
    ServerPhase,
    ServerSession,
)
from wwphone.protocol.session import Send
from wwphone.server.listener.feeds import FeedSource
from wwphone.server.listener.limits import ListenerLimits
from wwphone.server.listener.line import Line
from wwphone.server.listener.outbox import Outbox
from wwphone.server.listener.sounds import SoundSource
from wwphone.server.metrics import Metrics
from wwphone.server.services.accounts import AccountService, Opened
from wwphone.server.services.commands import CommandService, error_of
from wwphone.server.services.directory import profile_of
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session
from wwphone.server.services.sip_accounts import Peer
from wwphone.server.services.snapshots import SnapshotService
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_FRAGMENT = 64 * 1024
_FRAMES_AT_ONCE = 16
_CLOSE_NORMAL = 1000
_CLOSE_GOING_AWAY = 1001
_CLOSE_POLICY = 1008


@dataclass(frozen=True)
class Desk:
    """What every connection works with."""

    hello: HelloFrame
    accounts: AccountService
    commands: CommandService
    snapshots: SnapshotService
    log: EventLog
    metrics: Metrics
    limits: ListenerLimits
    sounds: SoundSource | None = None
    """Who has the sound of recordings; None: nobody is answered by HTTP."""
    feeds: FeedSource | None = None
    """Who has the calendars of conferences; None: nobody is answered."""
    tasks: TaskOwner = field(default_factory=lambda: TaskOwner("connections"))


class ClientConnection:
    """Serves one client from hello to goodbye; a `services.sessions.SessionLink`."""

    def __init__(self, line: Line, peer: Peer, desk: Desk) -> None:
        self._line = line
        self._peer = peer
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._protocol = ServerSession(desk.hello)
        self._outbox = Outbox(desk.limits.queue_bytes)
        self._answers: list[ServerOutput] = []
        """They wait for what else happens in this turn of the loop: many changes are confirmed at the same time, and so all
        who are answered get the same events."""
        self._session: Session | None = None
        self._sign_out_id: str | None = None
        self._revision = 0
        self._sending_since_s: float | None = None
        self._writer_rests = False
        self._close: tuple[int, str] | None = None
        self._cut: asyncio.TimerHandle | None = None

    @property
    def lag(self) -> int:
        """How many events this client has not been sent."""
        return self._desk.log.revision - self._revision if self._session is not None else 0

    async def run(self) -> None:
        """Serve the client until the connection is gone."""
        writer = asyncio.create_task(self._write(), name="writer of a client")
        try:
            self._put(self._protocol.open(self._loop.time()))
            async for text in self._line:
                self._put(self._protocol.receive(text, self._loop.time()))
        except ConnectionClosed as closed:
            logger.debug("a connection from %s broke: %s", self._peer.address, closed)
        finally:
            self._leave()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def tick(self) -> None:
        """Look after heartbeats and stalled clients; called about once a second, more often with quick heartbeats."""
        now_s = self._loop.time()
        since_s = self._sending_since_s
        if since_s is not None and now_s - since_s > self._desk.limits.stall_s:
            self._drop_slow()
        deadline_s = self._protocol.next_deadline_s
        if deadline_s is not None and now_s >= deadline_s:
            self._put(self._protocol.tick(now_s))

    # ------------------------------------------------------------ for the services

    def answer(self, request_id: str, outcome: Result | WireError) -> None:
        """Record the outcome of a request and tell the client."""
        if isinstance(outcome, WireError):
            outputs = self._protocol.refuse(request_id, outcome, self._loop.time())
        else:
            outputs = self._protocol.reply(request_id, outcome, self._loop.time())
        if self._protocol.closed:
            self._put(outputs)
            return
        if not self._answers:
            self._loop.call_soon(self._put, ())
        self._answers += outputs

    def goodbye(self, error: WireError) -> None:
        """End the connection and say why."""
        if not self._protocol.closed:
            self._desk.metrics.connection_closed(error.code.value)
            self._put(self._protocol.goodbye(error, self._loop.time()))

    # ------------------------------------------------------------ signing in

    async def _open_session(self, request_id: str, command: SignIn | Resume) -> None:
        kind = "sign_in" if isinstance(command, SignIn) else "resume"
        try:
            if isinstance(command, SignIn):
                opened = await self._desk.accounts.sign_in(command, self._peer)
            else:
                opened = await self._desk.accounts.resume(command, self._peer)
        except Exception as failure:  # noqa: BLE001 - error_of logs whatever is unexpected
            error = error_of(failure, command.wire_name)
            self._desk.metrics.sign_in_ended(kind, error.code.value)
            self._put(self._protocol.refuse(request_id, error, self._loop.time()))
            return
        self._desk.metrics.sign_in_ended(kind, "ok")
        if self._protocol.closed:
            if opened.token is not None:  # nobody has learnt the token
                await self._desk.accounts.sign_out(opened.session)
            return
        if not self._desk.accounts.attach(opened.session, self):
            over = WireError(ErrorCode.SESSION_EXPIRED, "this session is over, sign in again")
            self._put(self._protocol.refuse(request_id, over, self._loop.time()))
            return
        self._session = opened.session
        self._put(self._granted(request_id, command, opened))
        self._revision = self._desk.log.revision
        self._desk.log.listen(self._on_events)

    def _granted(self, request_id: str, command: SignIn | Resume, opened: Opened) -> list[ServerOutput]:
        now_s = self._loop.time()
        user, record = opened.user, opened.session.record
        if isinstance(command, SignIn):
            assert opened.token is not None
            signed_in = SignedIn(opened.token, profile_of(user), opened.sip_account)
            snapshot = self._desk.snapshots.of(user.user)
            return self._protocol.grant_sign_in(request_id, signed_in, record, snapshot, now_s)
        batch = None
        if command.server_id == self._desk.hello.server_id:
            batch = self._desk.log.since(command.revision, user.user)
        catch_up: SnapshotFrame | str | None
        catch_up = self._desk.snapshots.of(user.user) if batch is None else batch.text
        resumed = Resumed(snapshot=batch is None, sip_account=opened.sip_account)
        return self._protocol.grant_resume(request_id, resumed, record, catch_up, now_s)

    async def _sign_out(self, session: Session) -> None:
        try:
            await self._desk.accounts.sign_out(session)
        except Exception as failure:  # noqa: BLE001 - error_of logs whatever is unexpected
            outcome: Done | WireError = error_of(failure, SignOut.wire_name)
        else:
            outcome = Done()
        request_id, self._sign_out_id = self._sign_out_id, None
        if request_id is not None and not self._protocol.closed:
            self.answer(request_id, outcome)

    async def _set_mode(self, session: Session, request_id: str, command: SetMode) -> None:
        try:
            account = await self._desk.accounts.set_mode(session, command.mode, self._peer)
        except Exception as failure:  # noqa: BLE001 - error_of logs whatever is unexpected
            outcome: ModeSet | WireError = error_of(failure, command.wire_name)
        else:
            outcome = ModeSet(account)
        session.answer(request_id, outcome)

    # ------------------------------------------------------------ out

    def _put(self, outputs: Sequence[ServerOutput]) -> None:
        """Send this, after the answers that wait and the events before them."""
        if self._answers:
            self._take_events()
            answers, self._answers = self._answers, []
            self._add(answers)
        self._add(outputs)
        self._flush()

    def _add(self, outputs: Sequence[ServerOutput]) -> None:
        for output in outputs:
            match output:
                case Send(text):
                    self._outbox.put(text)
                case CommandReceived(request_id, command):
                    self._carry_out(request_id, command)
                case Close(reason):
                    self._begin_close(reason)
        if self._outbox.is_full:
            self._drop_slow()

    def _carry_out(self, request_id: str, command: Command) -> None:
        # Tasks of the desk, not of the connection: what has begun goes on when the client is gone. A wrong password
        # counts even if nobody waits for the answer.
        if isinstance(command, SignIn | Resume):
            self._desk.tasks.start(self._open_session(request_id, command))
            return
        session = self._session
        assert session is not None  # the protocol lets nothing else through before
        if isinstance(command, SignOut):
            # Asked twice, the latest request is answered: the protocol waits for that one.
            under_way, self._sign_out_id = self._sign_out_id, request_id
            if under_way is None:
                self._desk.tasks.start(self._sign_out(session))
        elif isinstance(command, SetMode):
            self._desk.tasks.start(self._set_mode(session, request_id, command))
        else:
            self._desk.commands.begin(session, request_id, command)

    def _on_events(self) -> None:
        # However many events came at once, only a client whose line is full is slow.
        if self._sending_since_s is not None and self.lag > self._desk.limits.lag_events:
            self._drop_slow()
        elif self._is_free and not self._outbox:
            if not self._tell_at_once():
                self._take_events()
                self._write_at_once()
        else:
            self._outbox.wake()

    def _tell_at_once(self) -> bool:
        """Write the events since the last time to a line that is free, if that is all there is to do; else do nothing.

        Thousands are told so of each change: the way by the outbox takes twice the time.
        """
        session = self._session
        if session is None or self._answers or self._protocol.phase is not ServerPhase.SIGNED_IN:
            return False
        batch = self._desk.log.since(self._revision, session.user)
        if batch is None or batch.text is None or len(batch.text) > _FRAGMENT:
            return False
        if self._protocol.send_events(batch.text, self._loop.time()):
            self._revision = batch.revision
            self._line.write((batch.text,))
        return True

    @property
    def _is_free(self) -> bool:
        """Whether the line takes what is written to it, and nothing waits for it already."""
        return self._writer_rests and self._close is None and self._line.is_free

    def _flush(self) -> None:
        """Write what waits at once, if the line takes it; the rest is the writer's.

        With thousands of clients waking each one's writer costs more than writing.
        """
        if self._is_free:
            self._write_at_once()
        elif self._outbox:
            self._outbox.wake()

    def _write_at_once(self) -> None:
        """Write what waits to a line that is free, in one piece; what is long is the writer's."""
        texts: list[str] = []
        while 0 < self._outbox.size_of_next <= _FRAGMENT and len(texts) < _FRAMES_AT_ONCE:
            texts.append(self._outbox.take() or "")
        if texts:
            self._line.write(texts)
        if self._outbox:
            self._outbox.wake()

    def _take_events(self) -> None:
        """Put what happened since the last time behind what waits already."""
        session = self._session
        if session is None or self._protocol.phase is not ServerPhase.SIGNED_IN or not self.lag:
            return
        batch = self._desk.log.since(self._revision, session.user)
        if batch is None:
            snapshot = self._desk.snapshots.of(session.user)
            self._revision = snapshot.revision
            self._add(self._protocol.send_snapshot(snapshot, self._loop.time()))
            return
        self._revision = batch.revision
        if batch.text is not None:
            self._add(self._protocol.send_events(batch.text, self._loop.time()))

    async def _write(self) -> None:
        try:
            while True:
                if not self._outbox:
                    self._take_events()
                text = self._outbox.take()
                if text is not None:
                    await self._send(text)
                elif self._close is not None:
                    await self._line.close(*self._close)
                    return
                else:
                    self._writer_rests = True
                    await self._outbox.wait()
                    self._writer_rests = False
        except ConnectionClosed:
            return  # the reader notices too, and ends the connection

    async def _send(self, text: str) -> None:
        self._sending_since_s = self._loop.time()
        if len(text) <= _FRAGMENT:
            await self._line.send(text)
        else:
            await self._line.send(self._fragments(text))
        self._sending_since_s = None

    def _fragments(self, text: str) -> Iterator[str]:
        """A long text in pieces, so that a slow line that takes them one by one is seen to move."""
        for start in range(0, len(text), _FRAGMENT):
            self._sending_since_s = self._loop.time()
            yield text[start : start + _FRAGMENT]

    # ------------------------------------------------------------ the end

    def _drop_slow(self) -> None:
        if self._protocol.closed:
            return
        logger.info("a client at %s does not read and is dropped", self._peer.address)
        self._outbox.clear()
        self.goodbye(WireError(ErrorCode.TOO_SLOW, "this client did not read what it was sent"))

    def _begin_close(self, reason: CloseReason) -> None:
        if reason is CloseReason.LOST:
            self._desk.metrics.connection_closed(reason.value)
            self._line.abort()
            return
        code = _CLOSE_NORMAL if reason is CloseReason.SIGNED_OUT else _CLOSE_POLICY
        if reason is CloseReason.GOODBYE:
            code = _CLOSE_GOING_AWAY
        self._close = (code, reason.value)
        self._cut = self._loop.call_later(self._desk.limits.linger_s, self._cut_off)
        self._outbox.wake()

    def _cut_off(self) -> None:
        """Break the line at once: the system shall not try for minutes to deliver what was not read."""
        self._line.abort(at_once=True)

    def _leave(self) -> None:
        self._protocol.connection_lost()
        self._desk.log.unlisten(self._on_events)
        if self._cut is not None:
            self._cut.cancel()
        if self._session is not None:
            self._desk.accounts.detach(self._session, self)
