"""The account in use, the former ones that calls still need, and the one without a password for strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wwphone.domain.account import SipAccount, Transport
from wwphone.sip.api import RegistrationChanged, SipEvent
from wwphone.sip.pjsua.account import (
    PjAccount,
    Registration,
    Route,
    account_configuration,
    account_uri,
    may_ring_here,
)
from wwphone.sip.pjsua.endpoint import Library
from wwphone.sip.pjsua.errors import TransportFailure
from wwphone.sip.pjsua.names import is_ipv6, local_address_towards
from wwphone.sip.pjsua.thread import SipThread

_UNREGISTER_LIMIT_S = 1.0


@dataclass(frozen=True)
class Way:
    """How to call somebody: by which of PJSIP's accounts, and at which URI."""

    pj_account: PjAccount
    uri: str


class CallTaker(Protocol):
    """Who takes calls."""

    def incoming_call(self, account: PjAccount, pj_call_id: int, message: str, source: str) -> None:
        """An INVITE came in; `source` is `address:port`."""

    def has_calls(self) -> bool:
        """Whether any call still needs its account."""


class Accounts:
    """Fulfils `AccountListener`. All methods on the SIP thread."""

    def __init__(
        self,
        library: Library,
        thread: SipThread,
        bind_address: str,
        tell: Callable[[SipEvent], None],
        taker: CallTaker,
    ) -> None:
        self._library = library
        self._thread = thread
        self._bind_address = bind_address
        self._tell = tell
        self._taker = taker
        self._current: Registration | None = None
        self._former: list[Registration] = []
        self._guest: PjAccount | None = None
        self._former_guests: list[PjAccount] = []
        self._transports: dict[tuple[Transport, str | None, bool], int] = {}

    # ------------------------------------------------------------ commands

    def register(self, account: SipAccount) -> None:
        """Register this account; a former one is unregistered first."""
        former, self._current = self._current, None
        if former is not None:
            former.unregister()
            self._retire(former)
        self._retire_guest()
        self._current = Registration(account, self._thread, self)
        self._current.register()

    def unregister(self) -> None:
        """Take the registration back; running calls go on."""
        if self._current is not None:
            self._current.unregister()

    def register_again(self) -> None:
        """Register at once."""
        if self._current is not None:
            self._current.register(hurried=True)

    def end(self) -> None:
        """Unregister and delete all. Calls must be over."""
        registrations = [*self._former, *([self._current] if self._current else [])]
        self.unregister()
        self._thread.run_until(lambda: all(each.unregistered for each in registrations), _UNREGISTER_LIMIT_S)
        for each in registrations:
            each.end()
        self._retire_guest()
        self._let_guests_go()
        self._former.clear()
        self._current = None

    # ------------------------------------------------------------ questions

    @property
    def transport_failure(self) -> TransportFailure | None:
        """Why the latest connection failed; None: it did not."""
        return self._current.transport_failure if self._current is not None else None

    def way_to(self, address: str) -> Way | None:
        """How to call a number of the registrar, or a `user@host` address; None: there is no registrar. May raise pj.Error."""
        current = self._current
        if current is None or current.pj_account is None:
            return None
        user, at, host = address.rpartition("@")
        if not at or host == current.account.host:
            return Way(current.pj_account, account_uri(current.account, user if at else address))
        return Way(self._guest_account(current), account_uri(current.account, user, host))

    def may_ring_here(self, source: str) -> bool:
        """Whether a call from `address:port` comes from our registrar."""
        return may_ring_here(source, self._current)

    def sweep(self) -> None:
        """Delete former accounts that nothing needs any more; calls keep theirs."""
        if self._taker.has_calls():
            return
        self._let_guests_go()
        for registration in [each for each in self._former if each.unregistered]:
            self._former.remove(registration)
            registration.end()
            route = registration.route
            if route is not None and route.transport_id not in self._transports.values():
                self._library.close_transport(route.transport_id)

    # ------------------------------------------------------------ what the library and the accounts tell

    def connected(self, connection: int) -> None:
        """A TCP or TLS connection is up."""
        if self._current is not None:
            self._current.connected(connection)

    def disconnected(self, connection: int, failure: TransportFailure) -> None:
        """A TCP or TLS connection is gone, or never came."""
        if self._current is not None:
            self._current.disconnected(connection, failure)

    def registration_changed(self, registration: Registration, event: RegistrationChanged) -> None:
        """Hand on what the present account tells; a former one is nobody's business any more."""
        if registration is self._current:
            self._tell(event)
        if registration in self._former:
            self._thread.post(self.sweep)

    def incoming_call(self, account: PjAccount, pj_call_id: int, message: str, source: str) -> None:
        """An INVITE came in."""
        self._taker.incoming_call(account, pj_call_id, message, source)

    def open_route(self, account: SipAccount, address: str) -> Route:
        """Make or find a way for the account to the registrar at this IP address."""
        ipv6 = is_ipv6(address)
        key = (account.transport, account.certificate_authority, ipv6)
        if key not in self._transports:
            self._transports[key] = self._library.open_transport(account, self._bind_address, ipv6=ipv6)
        local_address = self._bind_address or local_address_towards(address)
        return Route(self._transports[key], self._bind_address, local_address, ipv6)

    def start_over(self, registration: Registration) -> None:
        """Register anew, over TCP and TLS by a new transport: PJSIP would go on using the dead connection."""
        if registration is not self._current:
            return
        if registration.account.transport is not Transport.UDP and registration.route is not None:
            stale_id = registration.route.transport_id
            self._transports = {key: each for key, each in self._transports.items() if each != stale_id}
        self._retire_guest()
        self._current = Registration(registration.account, self._thread, self, former=registration)
        self._retire(registration)
        self._current.register()

    # ------------------------------------------------------------ inside

    def _guest_account(self, current: Registration) -> PjAccount:
        """Return the account for addresses elsewhere: it has no credentials that a stranger could ask for."""
        if self._guest is None:
            assert current.route is not None
            self._guest = PjAccount(None, self)
            self._guest.create(account_configuration(current.account, current.route, with_credentials=False))
        return self._guest

    def _retire(self, registration: Registration) -> None:
        self._former.append(registration)
        self._thread.later(_UNREGISTER_LIMIT_S, self.sweep)

    def _retire_guest(self) -> None:
        """Make a new guest account by need, on the present transport; the former one's calls keep it."""
        if self._guest is not None:
            self._former_guests.append(self._guest)
            self._guest = None

    def _let_guests_go(self) -> None:
        for guest in self._former_guests:
            guest.let_go()
        self._former_guests.clear()
