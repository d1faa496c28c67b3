"""Signing in, going on after a cut, signing out; who is connected.

A sign-in is refused in this order: the address is blocked; user or password is wrong (the server does not say which); the
right *CTI access* is off; another softphone session of the user is alive and this one does not take it over. A session
that lost its line counts as alive for a while, because its client is about to come back; one on the same PC does not,
because that client has evidently been started anew.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from wwphone.domain.account import USER_NAME_PATTERN, Mode, Right, SipAccount
from wwphone.protocol.account import Resume, SignIn
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.server.api import Store, StoreError, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.passwords import MAX_LENGTH, Passwords
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.sessions import Session, SessionLink, Sessions, hash_of, new_token
from wwphone.server.services.sign_in_guard import SignInGuard
from wwphone.server.services.sip_accounts import Peer, SipAccounts
from wwphone.server.tasks import KeyedLocks, TaskOwner

logger = logging.getLogger(__name__)

MAX_SESSIONS_PER_USER = 20
_MAX_HOST_NAME = 64


@dataclass(frozen=True)
class SessionTimes:
    """How long sessions live."""

    lifetime_s: float = 30 * 86_400.0
    """A token is good for so long after its session was last seen."""
    alive_s: float = 60.0
    """So long after losing its line a session still keeps others out: a client comes back within 30 s."""
    seen_every_s: float = 60.0
    """How often the store learns which sessions are connected."""


@dataclass(frozen=True)
class SignInDependencies:
    """What the account service works with."""

    passwords: Passwords
    guard: SignInGuard
    sip_accounts: SipAccounts
    directory: DirectoryService
    presence: PresenceService


@dataclass(frozen=True)
class Opened:
    """A session that a connection may take over now: see `AccountService.attach`."""

    session: Session
    user: UserRecord
    sip_account: SipAccount | None
    token: str | None = None
    """The new token; None when the session was resumed."""


class AccountService:
    """Owns the sessions."""

    def __init__(
        self,
        store: Store,
        dependencies: SignInDependencies,
        clock: Clock,
        times: SessionTimes = SessionTimes(),
    ) -> None:
        self._store = store
        self._needs = dependencies
        self._clock = clock
        self._times = times
        self._lifetime = timedelta(seconds=times.lifetime_s)
        self._sessions = Sessions()
        self._locks = KeyedLocks()
        self._tasks = TaskOwner("accounts")

    async def start(self) -> None:
        """Load the sessions of before. Raises StoreError."""
        await self._needs.guard.start()
        now = self._clock()
        for record in await self._store.sessions():
            if now - record.last_seen > self._lifetime:
                await self._store.remove_session(record.token_hash)
                continue
            self._sessions.add(
                Session(
                    record.token_hash,
                    record.user,
                    record.host_name,
                    record.softphone,
                    record.since,
                    record.last_seen,
                )
            )
            if now - record.last_seen <= timedelta(seconds=2 * self._times.seen_every_s):
                # Connected a moment ago: we were restarted, and the client is about to come back.
                self._needs.presence.client_connected(record.user)
                self._needs.presence.client_lost(record.user)
        self._needs.directory.on_change(self._on_directory_change)
        self._tasks.start(self._keep_house())

    async def shutdown(self) -> None:
        """Stop looking after the sessions; they stay."""
        await self._tasks.shutdown()

    @property
    def sessions(self) -> Sessions:
        """All sessions."""
        return self._sessions

    # ------------------------------------------------------------ commands

    async def sign_in(self, command: SignIn, peer: Peer) -> Opened:
        """Open a session with a password. Raises CommandRefusedError, StoreError."""
        user = await self._identify(command, peer)
        if Right.CTI_ACCESS not in user.rights:
            raise _refusal(ErrorCode.CTI_ACCESS_OFF, "CTI access is switched off for this user")
        softphone = command.mode is not Mode.DESK_PHONE
        async with self._locks.of(user.user):
            replaced = self._replaced(user, command, softphone=softphone)
            token, now = new_token(), self._clock()
            session = Session(hash_of(token), user.user, _host_name(command), softphone, now, now)
            await self._store.save_session(session.stored)
            self._sessions.add(session)
            for other in replaced:
                moved = WireError(
                    ErrorCode.SESSION_TAKEN_OVER,
                    f"you are signed in on {session.host_name} now",
                    sessions=(session.info,),
                )
                await self._end(other, moved)
        account = self._needs.sip_accounts.account_for(user, command.mode, peer)
        return Opened(session, user, account, token)

    async def resume(self, command: Resume, peer: Peer) -> Opened:
        """Go on with a session. Raises CommandRefusedError, StoreError."""
        session = self._sessions.by_token(command.token)
        if session is None:
            raise _refusal(ErrorCode.SESSION_EXPIRED, "this session is over, sign in again")
        async with self._locks.of(session.user):
            user = self._needs.directory.users.get(session.user)
            over = session.link is None and self._clock() - session.last_seen > self._lifetime
            if user is None or over or not self._sessions.holds(session):
                raise _refusal(ErrorCode.SESSION_EXPIRED, "this session is over, sign in again")
            if Right.CTI_ACCESS not in user.rights:
                raise _refusal(ErrorCode.CTI_ACCESS_OFF, "CTI access is switched off for this user")
            await self._change_mode(session, user, softphone=command.mode is not Mode.DESK_PHONE)
        return Opened(session, user, self._needs.sip_accounts.account_for(user, command.mode, peer))

    async def set_mode(self, session: Session, mode: Mode, peer: Peer) -> SipAccount | None:
        """Let a session use another mode; its SIP account. Raises CommandRefusedError, StoreError."""
        async with self._locks.of(session.user):
            user = self._needs.directory.users.get(session.user)
            if user is None or not self._sessions.holds(session):
                raise _refusal(ErrorCode.SESSION_EXPIRED, "this session is over, sign in again")
            await self._change_mode(session, user, softphone=mode is not Mode.DESK_PHONE)
        return self._needs.sip_accounts.account_for(user, mode, peer)

    async def sign_out(self, session: Session) -> None:
        """End a session for good. Its connection says so to the client itself. Raises StoreError."""
        await self._store.remove_session(session.token_hash)
        self._forget(session)

    # ------------------------------------------------------------ connections

    def attach(self, session: Session, link: SessionLink) -> bool:
        """Let a connection serve a session from now on; False when the session has ended meanwhile.

        A former connection of the session is told and closed: it is a dead one, or somebody has copied the token.
        """
        if not self._sessions.holds(session):
            return False
        former, session.link = session.link, link
        session.last_seen = self._clock()
        if former is not None:
            moved = WireError(ErrorCode.SESSION_TAKEN_OVER, "this session goes on over another connection")
            former.goodbye(moved)
        self._needs.presence.client_connected(session.user)
        return True

    def detach(self, session: Session, link: SessionLink) -> None:
        """A connection is gone; the session stays."""
        if session.link is not link:
            return
        session.link = None
        session.last_seen = self._clock()
        if not self._sessions.is_connected(session.user):
            self._needs.presence.client_lost(session.user)

    async def note_seen(self) -> None:
        """Write down who is connected now, so that a restarted server knows who is about to come back."""
        now = self._clock()
        connected = self._sessions.connected
        for session in connected:
            session.last_seen = now
        if connected:
            await self._store.touch_sessions([session.token_hash for session in connected], now)

    # ------------------------------------------------------------ inside

    async def _identify(self, command: SignIn, peer: Peer) -> UserRecord:
        async with self._needs.guard.attempt(peer.address) as attempt:
            named = USER_NAME_PATTERN.fullmatch(command.user) and len(command.password) <= MAX_LENGTH
            user = self._needs.directory.users.get(command.user) if named else None
            password = command.password if len(command.password) <= MAX_LENGTH else ""
            password_hash = user.cti_password_hash if user else None
            fits = await self._needs.passwords.fits(password_hash, password)
            # The directory may have changed while the password was checked.
            now_known = self._needs.directory.users.get(command.user)
            if not fits or now_known is None or now_known.cti_password_hash != password_hash:
                await attempt.failed()
                who = f"user {user.user}" if user else "an unknown user"
                logger.info("sign-in of %s refused: wrong password, from %s", who, peer.address)
                raise _refusal(ErrorCode.WRONG_PASSWORD, "user name or password is wrong")
            await attempt.succeeded()
            return now_known

    def _replaced(self, user: UserRecord, command: SignIn, *, softphone: bool) -> list[Session]:
        """The sessions that a new one ends. Raises CommandRefusedError (SIGNED_IN_ELSEWHERE)."""
        others = self._sessions.of(user.user)
        oldest_first = sorted((one for one in others if one.link is None), key=lambda one: one.last_seen)
        surplus = oldest_first[: max(0, len(others) + 1 - MAX_SESSIONS_PER_USER)]
        if not softphone or Right.PARALLEL_SESSIONS in user.rights:
            return surplus
        softphones = [one for one in others if one.softphone]
        host_name = _host_name(command)
        alive = [one for one in softphones if self._keeps_out(one, host_name)]
        if alive and not command.take_over:
            raise _elsewhere(alive)
        return list(dict.fromkeys([*softphones, *surplus]))

    def _keeps_out(self, session: Session, host_name: str) -> bool:
        if session.link is not None:
            return True
        lost_a_moment_ago = self._clock() - session.last_seen < timedelta(seconds=self._times.alive_s)
        return lost_a_moment_ago and session.host_name != host_name

    async def _change_mode(self, session: Session, user: UserRecord, *, softphone: bool) -> None:
        if session.softphone == softphone:
            return
        if softphone and Right.PARALLEL_SESSIONS not in user.rights:
            others = [one for one in self._sessions.of(user.user) if one is not session and one.softphone]
            if alive := [one for one in others if self._keeps_out(one, session.host_name)]:
                raise _elsewhere(alive)
        session.softphone = softphone
        await self._store.save_session(session.stored)

    async def _end(self, session: Session, error: WireError) -> None:
        """End a session, tell its client, and make sure that its token is worth nothing."""
        link = session.link
        self._forget(session)
        if link is not None:
            link.goodbye(error)
        await self._store.remove_session(session.token_hash)

    def _forget(self, session: Session) -> None:
        self._sessions.remove(session)
        if session.link is not None:
            session.link = None
            if not self._sessions.is_connected(session.user):
                self._needs.presence.client_left(session.user)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        ended = [(record.user, ErrorCode.SESSION_EXPIRED) for record in change.removed]
        for old, new in change.changed:
            if Right.CTI_ACCESS not in new.rights:
                ended.append((new.user, ErrorCode.CTI_ACCESS_OFF))
            elif old.cti_password_hash != new.cti_password_hash:
                ended.append((new.user, ErrorCode.SESSION_EXPIRED))
        sentences = {
            ErrorCode.SESSION_EXPIRED: "this session is over, sign in again",
            ErrorCode.CTI_ACCESS_OFF: "CTI access is switched off for this user",
        }
        for user, code in ended:
            for session in self._sessions.of(user):
                self._tasks.start(self._end(session, WireError(code, sentences[code])))

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(self._times.seen_every_s)
            try:
                await self.note_seen()
                await self._needs.guard.forget()
                for session in self._sessions:
                    if session.link is None and self._clock() - session.last_seen > self._lifetime:
                        await self._end(session, WireError(ErrorCode.SESSION_EXPIRED, "expired"))
            except StoreError as error:
                logger.warning("sessions could not be kept up to date: %s", error)


def _host_name(command: SignIn) -> str:
    printable = "".join(letter for letter in command.client.host_name if letter.isprintable())
    return printable.strip()[:_MAX_HOST_NAME] or "unknown"


def _refusal(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))


def _elsewhere(alive: list[Session]) -> CommandRefusedError:
    names = ", ".join(session.host_name for session in alive)
    sessions = tuple(session.info for session in alive)
    return CommandRefusedError(
        WireError(ErrorCode.SIGNED_IN_ELSEWHERE, f"you are signed in on {names} already", sessions=sessions)
    )
