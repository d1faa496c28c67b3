"""The registration of one account: registers, refreshes, notices a lost connection, tries again with back-off.

PJSIP refreshes the registration by itself (RFC 3261 section 10.2.4); its own retries are switched off, because one
function here decides: try again, or give up.
"""

from __future__ import annotations

import logging
import re
import socket
import uuid
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import pjsua2 as pj

from wwphone.domain.account import MediaEncryption, SipAccount, Transport
from wwphone.sip.api import RegistrationChanged, RegistrationState
from wwphone.sip.pjsua.backoff import Backoff
from wwphone.sip.pjsua.errors import (
    PJSIP_CREDENTIAL_REFUSED,
    FailedAt,
    TransportFailure,
    registration_refused,
)
from wwphone.sip.pjsua.failures import guarded
from wwphone.sip.pjsua.messages import SipMessage, host_of, is_stale, read_message
from wwphone.sip.pjsua.names import literal, look_up
from wwphone.sip.pjsua.thread import SipThread, Timer

_LOG = logging.getLogger(__name__)

EXPIRY_S = 120
"""Short, so that a PC that vanished does not hold one of the three places for long (requirement 001)."""
_REFRESH_BEFORE_S = 15
_ANSWER_LIMIT_S = 6.0
"""So long without any answer to a REGISTER, and people are told; PJSIP itself tries for 32 s (timer F)."""
_HURRIED_LIMIT_S = 2.0
"""The same when the network is known to have changed under us."""
_CERTIFICATE_PAUSE_S = 30.0
_MIN_SESSION_S = 90
SRTP_SUITES = ("AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
_SIP_USER_SAFE = "-_.!~*'()&=+$,;?/"
"""Unreserved and user-unreserved characters of RFC 3261 section 25.1."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Route:
    """How an account reaches its registrar."""

    transport_id: int
    """PJSIP's transport."""
    bind_address: str
    """The address to bind to; empty: any."""
    local_address: str
    """Our own address as seen from there."""
    ipv6: bool


class AccountListener(Protocol):
    """What an account tells."""

    def registration_changed(self, registration: Registration, event: RegistrationChanged) -> None:
        """The registration went from one state to another."""

    def incoming_call(self, account: PjAccount, pj_call_id: int, message: str, source: str) -> None:
        """An INVITE came in; `source` is `address:port`."""

    def open_route(self, account: SipAccount, address: str) -> Route:
        """Make or find a way for the account to the registrar at this IP address. Raises pj.Error."""

    def start_over(self, registration: Registration) -> None:
        """The network has changed, or the connection is as good as dead: a new one is needed."""


class PjAccount(pj.Account):  # type: ignore[misc]  # the binding has no types
    """PJSIP's account; forwards what PJSIP calls."""

    def __init__(self, registration: Registration | None, listener: AccountListener) -> None:
        super().__init__()
        self._registration = registration
        self._listener: AccountListener | None = listener

    def let_go(self) -> None:
        """Delete it in PJSIP and call nobody any more. Its calls must be over."""
        self._registration = None
        self._listener = None
        self.shutdown()

    @guarded
    def onRegState(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self._registration is not None:
            self._registration.answered(prm)

    @guarded
    def onAuthChallenge(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP when a password is asked for; it answers by itself unless we abandon the request."""
        challenge = read_message(prm.rdata.wholeMsg)
        registers = self._registration is not None and challenge.method == "REGISTER"
        if self._registration is not None and registers and not self._registration.may_answer(challenge):
            prm.challenge.abandon()

    @guarded
    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self._listener is not None:
            self._listener.incoming_call(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)


def account_uri(account: SipAccount, user: str | None = None, host: str | None = None) -> str:
    """Return the SIP URI of a user at the registrar (or at another host), over the account's transport."""
    place = host if host is not None else f"{_bracketed(account.host)}:{account.port}"
    transport = "" if account.transport is Transport.UDP else f";transport={account.transport.value}"
    return f"sip:{quote(account.user if user is None else user, safe=_SIP_USER_SAFE)}@{place}{transport}"


def account_configuration(account: SipAccount, route: Route, *, with_credentials: bool) -> Any:
    """Return PJSIP's settings of an account; without credentials it never registers and answers no challenge."""
    config = pj.AccountConfig()
    name = _UNPRINTABLE.sub("", account.display_name).replace("\\", "\\\\").replace('"', '\\"')
    config.idUri = f'"{name}" <sip:{quote(account.user, safe=_SIP_USER_SAFE)}@{_bracketed(account.host)}>'
    config.sipConfig.transportId = route.transport_id
    config.sipConfig.autoRespondSipMessage = True
    registration = config.regConfig
    registration.registerOnAdd = False
    registration.timeoutSec = EXPIRY_S
    registration.delayBeforeRefreshSec = _REFRESH_BEFORE_S
    registration.retryIntervalSec = 0
    registration.contactParams = f';+sip.instance="<urn:uuid:{_instance(account.user)}>"'
    config.natConfig.sipOutboundUse = (
        0  # it would add a second instance id, and is for several flows (RFC 5626)
    )
    config.callConfig.timerMinSESec = _MIN_SESSION_S
    config.mwiConfig.enabled = False
    media = config.mediaConfig
    media.transportConfig.qosType = pj.PJ_QOS_TYPE_VOICE
    # Told these, PJSIP need not find them out before each INVITE, by asking DNS for this PC's own name.
    ip_version = pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY if route.ipv6 else pj.PJSUA_IPV6_DISABLED
    config.sipConfig.ipv6Use = media.ipv6Use = ip_version
    media.transportConfig.boundAddress = route.bind_address
    media.transportConfig.publicAddress = route.local_address
    media.lockCodecEnabled = True
    if account.media_encryption is MediaEncryption.REQUIRED:
        media.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
        media.srtpSecureSignaling = 1 if account.transport is Transport.TLS else 0
        media.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
        for suite in SRTP_SUITES:
            crypto = pj.SrtpCrypto()
            crypto.name = suite
            media.srtpOpt.cryptos.append(crypto)
    else:
        media.srtpUse = pj.PJMEDIA_SRTP_DISABLED
        media.srtpSecureSignaling = 0
    if with_credentials:
        registration.registrarUri = account_uri(account, "").replace("sip:@", "sip:")
        credentials = pj.AuthCredInfo("digest", "*", account.user, 0, account.password)
        config.sipConfig.authCreds.append(credentials)
    return config


class Registration:
    """Keeps one account registered until told otherwise."""

    def __init__(
        self,
        account: SipAccount,
        thread: SipThread,
        listener: AccountListener,
        former: Registration | None = None,
    ) -> None:
        """Nothing is sent yet. It goes on where `former` stopped."""
        self.account = account
        self.pj_account: PjAccount | None = None
        """PJSIP's account, as soon as we know where the registrar is."""
        self.route: Route | None = None
        self.registrar = ""
        """`address:port` that confirmed the registration; empty before. Only it may ring here."""
        self.backoff: Backoff = former.backoff if former else Backoff()
        self.last_told: RegistrationChanged | None = former.last_told if former else None
        self._thread = thread
        self._listener = listener
        self._wanted = False
        self._asking = False
        self._ended = False
        self._challenges = 0
        self._password_refused = False
        self._limit_s = _ANSWER_LIMIT_S
        self._timer: Timer | None = None
        self._connection: int | None = None
        self._transport_failure: TransportFailure | None = None

    @property
    def transport_failure(self) -> TransportFailure | None:
        """Why the latest connection failed; None: it did not, or a later one was made."""
        return self._transport_failure

    @property
    def registered(self) -> bool:
        """Whether the registrar knows us, as far as we know."""
        return self.last_told is not None and self.last_told.state is RegistrationState.REGISTERED

    @property
    def unregistered(self) -> bool:
        """Whether nothing is left at the registrar, and nothing is under way."""
        return not self._asking and not self.registered

    def register(self, *, hurried: bool = False) -> None:
        """Register now, and keep it so. `hurried`: be quick to believe that the connection is dead."""
        self._wanted = True
        self.backoff.succeeded()
        self._limit_s = _HURRIED_LIMIT_S if hurried else _ANSWER_LIMIT_S
        self._ask()

    def unregister(self) -> None:
        """Take the registration back, and try no more."""
        self._wanted = False
        self._stop_timer()
        if self.pj_account is None:
            return
        if not self.registered and not self._asking:
            self._tell(RegistrationState.UNREGISTERED)
            return
        try:
            self.pj_account.setRegistration(False)
            self._asking = True
        except pj.Error as refused:  # nothing to take back: the registration had failed
            _LOG.debug("unregister: %s", refused.info())
            self._asking = False
            self._tell(RegistrationState.UNREGISTERED)

    def end(self) -> None:
        """Delete the account in PJSIP. Its calls must be over."""
        self._ended = True
        self._stop_timer()
        if self.pj_account is not None:
            self.pj_account.let_go()
            self.pj_account = None

    def connected(self, connection: int) -> None:
        """A connection is up: while we ask, it is the registrar's."""
        if self._asking:
            self._connection = connection
            self._transport_failure = None

    def disconnected(self, connection: int, failure: TransportFailure) -> None:
        """A connection is gone or never came."""
        if self._asking and self._connection in (None, connection):
            self._transport_failure = failure  # the answer to REGISTER follows, and tells
            self._connection = None
        elif connection == self._connection:
            self._connection = None
            self._transport_failure = failure
            if self._wanted and self.registered:
                self._try_again(RegistrationState.UNREACHABLE, 0, failure.detail)

    def _ask(self) -> None:
        """Find the registrar, then register there."""
        self._stop_timer()
        if self._ended or not self._wanted:
            return
        if not self.registered:
            self._tell(RegistrationState.REGISTERING)
        address = literal(self.account.host)
        if address is not None:
            self._found(address)
        else:
            look_up(self.account.host, lambda found: self._thread.post(lambda: self._found(found)))

    def _found(self, address: str) -> None:
        if self._ended or not self._wanted:
            return
        if not address:
            self._try_again(RegistrationState.UNREACHABLE, 0, f"{self.account.host} cannot be found")
            return
        try:
            if self.pj_account is None:
                self._create(address)
            elif self.route is not None and self.route != self._listener.open_route(self.account, address):
                self._ended = True
                self._listener.start_over(self)
                return
            assert self.pj_account is not None
            self.pj_account.setRegistration(True)
        except pj.Error as refused:
            if not self._asking:
                self._try_again(RegistrationState.UNREACHABLE, 0, refused.reason)
                return  # else it is only that the former REGISTER is still under way: its answer is waited for
        self._asking = True
        self._timer = self._thread.later(self._limit_s, self._no_answer_yet)
        self._limit_s = _ANSWER_LIMIT_S

    def _create(self, address: str) -> None:
        self.route = self._listener.open_route(self.account, address)
        pj_account = PjAccount(self, self._listener)
        pj_account.create(account_configuration(self.account, self.route, with_credentials=True))
        self.pj_account = pj_account

    def _no_answer_yet(self) -> None:
        """Tell people, and give a connection up that is as good as dead; over UDP, PJSIP goes on repeating itself."""
        if not self._asking or not self._wanted:
            return
        detail = f"{self.account.host} does not answer"
        if self.account.transport is Transport.UDP:
            self._tell(RegistrationState.UNREACHABLE, 0, detail)
            return
        wait_s = self.backoff.next_wait_s()
        self._tell(RegistrationState.UNREACHABLE, 0, detail, retry_in_s=wait_s)
        self._timer = self._thread.later(wait_s, self._give_connection_up)

    def _give_connection_up(self) -> None:
        self._ended = True
        self._listener.start_over(self)

    def may_answer(self, challenge: SipMessage) -> bool:
        """Whether to send the password's digest once more.

        Not when it was just refused: PJSIP would try three times, and the PBX blocks who fails five times. That the
        nonce has become stale is no refusal (RFC 7616 section 3.3).
        """
        if is_stale(challenge):
            return True
        self._challenges += 1
        self._password_refused = self._challenges > 1
        return not self._password_refused

    def answered(self, prm: Any) -> None:
        """Take PJSIP's word on a REGISTER that was answered, or never will be."""
        if self._ended:
            return
        self._asking = False
        self._challenges = 0
        password_refused, self._password_refused = self._password_refused, False
        self._stop_timer()
        if prm.code // 100 == 2:
            self._accepted(prm)
        elif not self._wanted:
            self._tell(RegistrationState.UNREGISTERED, prm.code, prm.reason)
        elif password_refused:
            self._wanted = False
            self._tell(RegistrationState.REFUSED, 401, "Unauthorized")
        else:
            self._refused(prm)

    def _accepted(self, prm: Any) -> None:
        if prm.expiration == 0:
            self._tell(RegistrationState.UNREGISTERED, prm.code)
            if self._wanted:
                self._ask()
            return
        self.backoff.succeeded()
        self._transport_failure = None
        self.registrar = prm.rdata.srcAddress
        call_id = read_message(prm.rdata.wholeMsg).header("call-id")
        self._tell(RegistrationState.REGISTERED, prm.code, register_call_id=call_id)
        if not self._wanted:
            self.unregister()

    def _refused(self, prm: Any) -> None:
        message = read_message(prm.rdata.wholeMsg)
        if message.is_response or prm.status == PJSIP_CREDENTIAL_REFUSED:
            failed_at = FailedAt.RESPONSE
        else:
            failed_at = FailedAt.TIMEOUT if prm.code == 408 else FailedAt.TRANSPORT
        state, detail = registration_refused(
            prm.code, prm.reason, message.header("server"), failed_at, self._transport_failure
        )
        status = prm.code if failed_at is FailedAt.RESPONSE else 0
        if state in (RegistrationState.UNREACHABLE, RegistrationState.CERTIFICATE_REJECTED):
            self._try_again(state, status, detail)
        else:
            self._wanted = False
            self._tell(state, status, detail)

    def _try_again(self, state: RegistrationState, status: int, detail: str) -> None:
        wait_s = self.backoff.next_wait_s()
        if state is RegistrationState.CERTIFICATE_REJECTED:
            wait_s = _CERTIFICATE_PAUSE_S
        self._stop_timer()
        self._timer = self._thread.later(wait_s, self._ask)
        self._tell(state, status, detail, retry_in_s=wait_s)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(
        self,
        state: RegistrationState,
        sip_status: int = 0,
        detail: str = "",
        *,
        retry_in_s: float | None = None,
        register_call_id: str = "",
    ) -> None:
        event = RegistrationChanged(state, sip_status, detail, retry_in_s, register_call_id)
        if event != self.last_told:
            self.last_told = event
            self._listener.registration_changed(self, event)


def may_ring_here(source: str, registration: Registration | None) -> bool:
    """Whether an INVITE from `address:port` comes from our own registrar.

    Anybody can send to a UDP port; calls out of nowhere ("ghost calls") are scanners looking for phones. Over TCP
    and TLS only the connection that we made ourselves counts.
    """
    if registration is None or not registration.registrar:
        return False
    if registration.account.transport is Transport.UDP:
        return host_of(source) == host_of(registration.registrar)
    return source == registration.registrar


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _instance(user: str) -> uuid.UUID:
    """Return the instance id (RFC 5626 section 4.1) of this PC for this user: always the same."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"wwphone/{socket.gethostname()}/{user}")
