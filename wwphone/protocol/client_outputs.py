"""What a `ClientSession` puts out, dispatched by class."""

from __future__ import annotations

from dataclasses import dataclass

from wwphone.domain.account import SipAccount
from wwphone.protocol.errors import WireError
from wwphone.protocol.message import Event, Result
from wwphone.protocol.session import Send


@dataclass(frozen=True)
class Greeted:
    """The server speaks our version; `sign_in` or `resume` may follow."""

    server_id: str
    server_version: str


@dataclass(frozen=True)
class SessionOpened:
    """Sign-in or resume succeeded. A MirrorReplaced follows, unless a resume goes on with what the mirror has."""

    resumed: bool
    sip_account: SipAccount | None


@dataclass(frozen=True)
class SessionRefused:
    """Sign-in or resume was refused; the connection stands, another try is possible on it."""

    error: WireError
    resuming: bool


@dataclass(frozen=True)
class Replaced:
    """The mirror holds a new snapshot. The first one makes the session open for requests."""


@dataclass(frozen=True)
class Changed:
    """The mirror has applied these, in this order."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class RequestAnswered:
    """A request succeeded."""

    request_id: str
    result: Result


@dataclass(frozen=True)
class RequestFailed:
    """A request failed, or its outcome is unknown. `acts` is what its command says."""

    request_id: str
    error: WireError


@dataclass(frozen=True)
class GoodbyeReceived:
    """The server ends the connection; close it."""

    error: WireError


@dataclass(frozen=True)
class GiveUp:
    """Nothing came for too long: the line is dead, close it without waiting."""

    detail: str


ClientOutput = (
    Send
    | Greeted
    | SessionOpened
    | SessionRefused
    | Replaced
    | Changed
    | RequestAnswered
    | RequestFailed
    | GoodbyeReceived
    | GiveUp
)
