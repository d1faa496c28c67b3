"""What client services may ask of the CTI server, and what comes back (layer 2).

`cti.link` fulfils it over a websocket, `cti.fake` in memory. Everything happens on the event loop's thread; listeners
are called there, one after the other, in the order of what happened.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from wwphone.domain.account import Mode, Profile, SipAccount
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.frames import DEFAULT_PORT
from wwphone.protocol.message import Command, Event, Result
from wwphone.protocol.mirror import MirrorView

__all__ = [
    "DEFAULT_PORT",
    "CommandRefusedError",
    "Credentials",
    "CtiLink",
    "ErrorCode",
    "LinkEvent",
    "LinkFailedError",
    "LinkListener",
    "LinkProblem",
    "LinkState",
    "LinkStateChanged",
    "MirrorChanged",
    "MirrorReplaced",
    "MirrorView",
    "SaidGoodbye",
    "ServerAddress",
    "SignedInAs",
    "SipAccountChanged",
    "WireError",
]


@dataclass(frozen=True)
class ServerAddress:
    """Where the CTI server listens. Raises ValueError for an unencrypted line that leaves this machine."""

    host: str
    """Name or address; an IPv6 address without brackets."""
    port: int = DEFAULT_PORT
    certificate_authority_file: str | None = None
    """PEM file of the authorities to trust; None: those of the system."""
    tls: bool = True

    def __post_init__(self) -> None:
        if not self.host or not 1 <= self.port <= 65_535:
            raise ValueError("a server address has a host and a port from 1 to 65535")
        if not self.tls and not _is_loopback(self.host):
            raise ValueError("without TLS only a server on this machine is allowed")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Credentials:
    """User name and CTI password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SignedInAs:
    """Who is signed in, and the SIP account to register with (None: no voice on this PC)."""

    profile: Profile
    sip_account: SipAccount | None


class LinkState(Enum):
    """Where the link stands."""

    SIGNED_OUT = "signed_out"
    CONNECTING = "connecting"
    """The first sign-in is under way, or waits for its next try."""
    SIGNED_IN = "signed_in"
    INTERRUPTED = "interrupted"
    """The session runs, the line does not; tried again by itself. The mirror is as of `since`."""
    REFUSED = "refused"
    """The server said no, or another PC took over; not tried again by itself."""


class LinkProblem(Enum):
    """Why there is no line, in as many words as a person can act upon."""

    NAME_UNKNOWN = "name_unknown"
    """The host's name does not resolve."""
    NO_ROUTE = "no_route"
    """No network, or no way to the server."""
    CONNECTION_REFUSED = "connection_refused"
    """The machine is there, nobody listens on this port."""
    TIMEOUT = "timeout"
    """No answer while connecting or signing in."""
    LINE_LOST = "line_lost"
    """The line broke, or nothing came for too long."""
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    CERTIFICATE_WRONG_HOST = "certificate_wrong_host"
    CERTIFICATE_EXPIRED = "certificate_expired"
    """Expired, or not valid yet: the clock of this PC may be wrong."""
    CERTIFICATE_AUTHORITY_UNREADABLE = "certificate_authority_unreadable"
    """The file with the authorities to trust is missing or holds none."""
    TLS_FAILED = "tls_failed"
    """No agreement on encryption; perhaps the port does not speak TLS."""
    NO_CTI_SERVER = "no_cti_server"
    """Somebody answers, but not a wwphone server."""
    PROTOCOL = "protocol"
    """The server sent what makes no sense."""
    UNSUPPORTED_VERSION = "unsupported_version"
    """Client and server are too different in age."""
    SERVER_STOPPING = "server_stopping"
    SAID_NO = "said_no"
    """The server refused; `error` says why."""


@dataclass(frozen=True)
class LinkStateChanged:
    """The link is in another state, or has another reason or another next try."""

    state: LinkState
    since: datetime
    """When this state began, UTC."""
    problem: LinkProblem | None = None
    detail: str = ""
    """For the expert and the log; English."""
    retry_in_s: float | None = None
    """When the next try begins, counted from now; None: one is under way, or there will be none."""
    error: WireError | None = None
    """What the server said when it refused or said goodbye."""


@dataclass(frozen=True)
class MirrorReplaced:
    """Everything in the mirror may be different."""


@dataclass(frozen=True)
class MirrorChanged:
    """The mirror has applied these, in this order."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class SaidGoodbye:
    """The server ended the connection and said why; SESSION_TAKEN_OVER: another PC has it now."""

    error: WireError


@dataclass(frozen=True)
class SipAccountChanged:
    """The SIP account to register with; None: no voice on this PC. Told at the sign-in and whenever it differs."""

    account: SipAccount | None


LinkEvent = LinkStateChanged | MirrorReplaced | MirrorChanged | SaidGoodbye | SipAccountChanged
LinkListener = Callable[[LinkEvent], None]


class LinkFailedError(Exception):
    """No connection came about; `problem` says why."""

    def __init__(self, problem: LinkProblem, detail: str) -> None:
        super().__init__(f"{problem.value}: {detail}")
        self.problem = problem
        self.detail = detail


class CtiLink(Protocol):
    """One signed-in person's line to the CTI server."""

    @property
    def state(self) -> LinkStateChanged:
        """The latest state."""

    @property
    def mirror(self) -> MirrorView:
        """What the server knows; always the same object, empty before the sign-in, as of the cut while interrupted."""

    def add_listener(self, listener: LinkListener) -> Callable[[], None]:
        """Tell this one everything from now on; call what is returned to stop."""

    async def sign_in(
        self,
        server: ServerAddress,
        credentials: Credentials,
        *,
        mode: Mode = Mode.SOFTPHONE,
        take_over: bool = False,
        keep_trying: bool = False,
    ) -> SignedInAs:
        """Connect and sign in; a session that runs is signed out first. From then on the link looks after itself.

        Raises CommandRefusedError when the server says no; LinkFailedError when there is no connection, unless
        `keep_trying`, which goes on until there is one. Cancelling it gives up and leaves the link signed out.
        """

    async def request(self, command: Command) -> Result:
        """Ask something of the server.

        Raises CommandRefusedError: with the server's reason, with NOT_EXECUTED when nothing happened (at once while
        interrupted), or with UNKNOWN_OUTCOME when nobody knows; a command is never sent twice.
        """

    async def read_sound(self, path: str, token: str, offset: int, size: int) -> bytes:
        """Read a part of a recording's sound, as `recording.opened` says; shorter than `size` only at the end.

        Raises CommandRefusedError: SESSION_EXPIRED when it has to be opened anew, NOT_PERMITTED, NOT_FOUND; LinkFailedError
        when the server cannot be reached.
        """

    async def set_mode(self, mode: Mode) -> None:
        """Use another mode from now on, over cuts too; SipAccountChanged follows. Raises CommandRefusedError."""

    async def sign_out(self) -> None:
        """End the session, here and (if there is a line) on the server; the mirror is empty afterwards."""

    async def shutdown(self) -> None:
        """Let go of everything without ending the session on the server; safe to call twice."""

    def check_now(self) -> None:
        """The network or the PC's sleep changed something: try at once, or make sure that the line still lives."""
