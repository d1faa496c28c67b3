"""Signing in and out: the CTI session, the SIP account that comes with it, and what is remembered of both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import Any

from wwphone.config import options
from wwphone.config.secrets import Secrets, SecretsUnavailableError
from wwphone.config.settings import Settings
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    CtiLink,
    ErrorCode,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    ServerAddress,
    SignedInAs,
    SipAccountChanged,
)
from wwphone.domain.account import (
    MAX_REGISTRATIONS,
    MediaEncryption,
    Mode,
    Profile,
    SipAccount,
    Transport,
)
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.services.observing import Listeners
from wwphone.sip.api import RegistrationChanged, RegistrationState, SipEngine, SipEvent

logger = logging.getLogger(__name__)


_MENDED_BY_PBX = (
    RegistrationState.UNREACHABLE,
    RegistrationState.REGISTERING,
    RegistrationState.TOO_MANY_DEVICES,
)
"""Why we were not registered, and what a restart of the PBX changes; not a refused password."""


class SignInGivenUpError(Exception):
    """The try to sign in was given up, by the person or because another one began."""


class Stage(Enum):
    """Where the person stands."""

    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Remembered:
    """Who signed in here last, and where."""

    server: ServerAddress
    user: str


@dataclass(frozen=True)
class AccountSnapshot:
    """Everything the header shows of oneself and one's lines."""

    stage: Stage
    link: LinkStateChanged
    registration: RegistrationChanged = field(
        default_factory=lambda: RegistrationChanged(RegistrationState.UNREGISTERED)
    )
    server: ServerAddress | None = None
    user: str = ""
    profile: Profile | None = None
    pbx_connected: bool = False
    """What the CTI server says of its line to the PBX."""
    voice: bool = True
    """Whether this PC is a phone; else the desk phone is steered, and this PC does not ring."""
    secrets_problem: str = ""
    """Why the password could not be remembered; empty: it was, or nobody asked."""

    @property
    def live(self) -> bool:
        """Whether CTI data is as of now."""
        return self.link.state is LinkState.SIGNED_IN


class AccountService:
    """Signs in, registers with what the server hands out, remembers what it may, and signs out of everything."""

    def __init__(self, link: CtiLink, engine: SipEngine, settings: Settings, secrets: Secrets) -> None:
        self._link = link
        self._engine = engine
        self._settings = settings
        self._secrets = secrets
        self._account: SipAccount | None = None
        self._registered_as: SipAccount | None = None
        self._attempt: asyncio.Task[SignedInAs] | None = None
        self.changed: Listeners[AccountSnapshot] = Listeners()
        self.snapshot = AccountSnapshot(Stage.SIGNED_OUT, link.state)

    async def shutdown(self) -> None:
        """End what is under way; the session on the server goes on for the next start."""
        await self.give_up()

    @property
    def remembered(self) -> Remembered | None:
        """Who signed in here last."""
        host, user = self._settings.text(options.SERVER_HOST), self._settings.text(options.USER)
        port = self._settings.value(options.SERVER_PORT)
        if not host or not user or not isinstance(port, int):
            return None
        authority = self._settings.text(options.SERVER_AUTHORITY) or None
        try:
            return Remembered(ServerAddress(host, port, authority), user)
        except ValueError as error:
            logger.warning("the remembered server is none: %s", error)
            return None

    async def sign_in(
        self, server: ServerAddress, credentials: Credentials, *, remember: bool, take_over: bool = False
    ) -> None:
        """Sign in once; a try that is under way is given up.

        Raises CommandRefusedError when the server says no, LinkFailedError without a connection, SignInGivenUpError.
        """
        await self.give_up()
        self._update(stage=Stage.SIGNING_IN, server=server, user=credentials.user, secrets_problem="")
        answer = await self._try(
            self._link.sign_in(server, credentials, mode=self._mode(), take_over=take_over)
        )
        await self._remember(server, credentials, answer, remember=remember)

    async def give_up(self) -> None:
        """End a try to sign in that is under way; whoever waits for it gets SignInGivenUpError."""
        attempt = self._attempt
        if attempt is not None:
            attempt.cancel()
            await asyncio.wait((attempt,))

    def use_voice(self, *, on: bool) -> None:
        """Let this PC be a phone, or not."""
        self._update(voice=on)
        self._register(self._account)

    async def set_mode(self, mode: Mode) -> None:
        """Tell the server of another mode, if one is signed in. Raises CommandRefusedError."""
        if self._is_signed_in():
            await self._link.set_mode(mode)

    def register_again(self) -> None:
        """Try at once to register with the PBX, and to reach the server."""
        if self._registered_as is not None:
            self._engine.register_again()
        self._link.check_now()

    async def sign_in_remembered(self) -> bool:
        """Sign in as the last time, and keep trying while there is no line; False when nothing is remembered.

        Until the CTI server answers, the SIP account of last time is used: the telephone does not wait for it.
        Raises CommandRefusedError when the server says no, SignInGivenUpError.
        """
        last = self.remembered
        if last is None:
            return False
        try:
            password = await self._secrets.get(_cti_key(last))
            account = _account_of(await self._secrets.get(_sip_key(last)))
        except SecretsUnavailableError as error:
            self._update(secrets_problem=str(error))
            return False
        if password is None:
            return False
        self._update(stage=Stage.SIGNING_IN, server=last.server, user=last.user)
        if account:
            self._register(account)
        credentials = Credentials(last.user, password)
        try:
            answer = await self._try(
                self._link.sign_in(last.server, credentials, mode=self._mode(), keep_trying=True)
            )
        except CommandRefusedError as refused:
            if refused.error.code is ErrorCode.WRONG_PASSWORD:  # never tried again by itself
                await self._forget(last)
            raise
        if answer.sip_account not in (None, account):
            await self._remember(last.server, credentials, answer, remember=True)
        return True

    async def sign_out(self) -> None:
        """End the session, take the registration back, forget the passwords."""
        await self.give_up()
        last = self.remembered
        self._register(None)
        await self._link.sign_out()
        if last:
            await self._forget(last)
        self._update(stage=Stage.SIGNED_OUT, profile=None, pbx_connected=False)

    # ------------------------------------------------------------ what link and engine tell

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case LinkStateChanged(state=LinkState.REFUSED | LinkState.SIGNED_OUT) if self._is_signed_in():
                self._update(link=event, stage=Stage.SIGNED_OUT)
                self._register(None)
            case LinkStateChanged():
                self._update(link=event)
            case SipAccountChanged(account):
                self._register(account)
            case MirrorReplaced():
                self._mirrored()
            case MirrorChanged(events):
                if any(isinstance(e, ProfileChanged | PbxStateChanged) for e in events):
                    self._mirrored()
                if any(isinstance(e, RegistrationsChanged) for e in events):
                    self._take_free_place()
                if PbxStateChanged(connected=True) in events:
                    self._pbx_is_back()

    def sip_received(self, event: SipEvent) -> None:
        """Take what the SIP engine tells."""
        if isinstance(event, RegistrationChanged):
            self._update(registration=event)

    # ------------------------------------------------------------ inside

    def _is_signed_in(self) -> bool:
        return self.snapshot.stage is Stage.SIGNED_IN

    async def _try(self, sign_in: Coroutine[Any, Any, SignedInAs]) -> SignedInAs:
        """Sign in as a task of its own, which `give_up` can end."""
        attempt = self._attempt = asyncio.get_running_loop().create_task(sign_in, name="sign-in")
        try:
            await asyncio.wait((attempt,))
        except asyncio.CancelledError:
            attempt.cancel()
            await asyncio.wait((attempt,))
            raise
        finally:
            is_latest = self._attempt is attempt
            if is_latest:
                self._attempt = None
        if is_latest and (attempt.cancelled() or attempt.exception()):
            self._register(None)
            self._update(stage=Stage.SIGNED_OUT, profile=None)
        if attempt.cancelled():
            raise SignInGivenUpError
        answer = attempt.result()
        self._update(stage=Stage.SIGNED_IN, profile=answer.profile)
        self._register(answer.sip_account)
        return answer

    def _mirrored(self) -> None:
        mirror = self._link.mirror
        self._update(profile=mirror.profile, pbx_connected=mirror.pbx_connected)

    def _take_free_place(self) -> None:
        """Another device was signed out: the place that this PC was refused is free."""
        refused = self.snapshot.registration.state is RegistrationState.TOO_MANY_DEVICES
        if refused and len(self._link.mirror.registrations) < MAX_REGISTRATIONS:
            self._engine.register_again()

    def _pbx_is_back(self) -> None:
        """Do not wait for the next try: Asterisk ignores what it was asked while it started."""
        if self.snapshot.registration.state in _MENDED_BY_PBX:
            self._engine.register_again()

    def _register(self, account: SipAccount | None) -> None:
        """Use this account from now on, as soon as this PC is a phone."""
        self._account = account
        wanted = account if self.snapshot.voice else None
        if wanted == self._registered_as:
            return
        self._registered_as = wanted
        if wanted:
            self._engine.register(wanted)
        else:
            self._engine.unregister()

    def _mode(self) -> Mode:
        return Mode(self._settings.text(options.MODE))

    async def _forget(self, last: Remembered) -> None:
        with contextlib.suppress(SecretsUnavailableError):  # what is not there need not be forgotten
            await self._secrets.remove(_cti_key(last))
            await self._secrets.remove(_sip_key(last))

    async def _remember(
        self, server: ServerAddress, credentials: Credentials, answer: SignedInAs, *, remember: bool
    ) -> None:
        self._settings.set(options.SERVER_HOST, server.host)
        self._settings.set(options.SERVER_PORT, server.port)
        self._settings.set(options.SERVER_AUTHORITY, server.certificate_authority_file)
        self._settings.set(options.USER, credentials.user)
        last = Remembered(server, credentials.user)
        try:
            if remember:
                await self._secrets.put(_cti_key(last), credentials.password)
                if answer.sip_account:
                    await self._secrets.put(_sip_key(last), _text_of(answer.sip_account))
            else:
                await self._secrets.remove(_cti_key(last))
                await self._secrets.remove(_sip_key(last))
        except SecretsUnavailableError as error:
            logger.warning("the password is not remembered: %s", error)
            self._update(secrets_problem=str(error) if remember else "")

    def _update(self, **changes: object) -> None:
        snapshot = replace(self.snapshot, **changes)  # type: ignore[arg-type]  # names are the fields'
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.tell(snapshot)


def _cti_key(last: Remembered) -> str:
    return f"{last.user}@{last.server.host}"


def _sip_key(last: Remembered) -> str:
    return f"sip:{last.user}@{last.server.host}"


def _text_of(account: SipAccount) -> str:
    return json.dumps(asdict(account), default=lambda value: value.value)


def _account_of(text: str | None) -> SipAccount | None:
    """Read what `_text_of` wrote; whatever else stands there counts as nothing."""
    if text is None:
        return None
    try:
        fields = json.loads(text)
        return SipAccount(
            **{
                **fields,
                "transport": Transport(fields["transport"]),
                "media_encryption": MediaEncryption(fields["media_encryption"]),
            }
        )
    except (ValueError, TypeError, KeyError):
        logger.warning("the remembered SIP account cannot be read")
        return None
