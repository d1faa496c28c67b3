"""Signing in and out, resuming after a cut, and changes of one's own account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wwphone.domain.account import Mode, Profile, SipAccount
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class ClientInfo:
    """What a client says of itself."""

    version: str
    host_name: str
    """Shown to the same person on another PC: "You are signed in on PC X since 08:12"."""
    language: str = "en"


@dataclass(frozen=True)
class SignIn(Command):
    """Open a session with user name and CTI password. The first request of a connection, unless it resumes."""

    wire_name: ClassVar[str] = "account.sign_in"
    acts: ClassVar[bool] = False
    user: str
    password: str = field(repr=False)
    client: ClientInfo
    mode: Mode = Mode.SOFTPHONE
    take_over: bool = False
    """End another softphone session of this user instead of being refused."""


@dataclass(frozen=True)
class SignedIn(Result):
    """The session is open; a snapshot follows."""

    wire_name: ClassVar[str] = "account.signed_in"
    token: str = field(repr=False)
    """Opens the same session again after a cut (see Resume), without the password."""
    profile: Profile
    sip_account: SipAccount | None = None
    """None in desk phone mode, and over a connection that is not encrypted."""


@dataclass(frozen=True)
class Resume(Command):
    """Go on with a session after a cut."""

    wire_name: ClassVar[str] = "account.resume"
    acts: ClassVar[bool] = False
    token: str = field(repr=False)
    server_id: str = ""
    """The `server_id` of the hello that the revision belongs to; another one makes the server send a snapshot."""
    revision: int = 0
    """The last revision the client has applied."""
    pending: tuple[str, ...] = ()
    """Ids of requests that have had no reply; each gets one before the events go on."""
    mode: Mode = Mode.SOFTPHONE


@dataclass(frozen=True)
class Resumed(Result):
    """The session goes on: with the missing events, or with a snapshot when `snapshot` is true."""

    wire_name: ClassVar[str] = "account.resumed"
    snapshot: bool
    sip_account: SipAccount | None = None


@dataclass(frozen=True)
class SignOut(Command):
    """End the session for good; its token is worth nothing afterwards."""

    wire_name: ClassVar[str] = "account.sign_out"
    acts: ClassVar[bool] = False


@dataclass(frozen=True)
class SetMode(Command):
    """Use another mode from now on. SIGNED_IN_ELSEWHERE when another softphone session of this user runs."""

    wire_name: ClassVar[str] = "account.set_mode"
    mode: Mode


@dataclass(frozen=True)
class ModeSet(Result):
    """The session has this mode."""

    wire_name: ClassVar[str] = "account.mode_set"
    sip_account: SipAccount | None = None
    """As in `account.signed_in`."""


@dataclass(frozen=True)
class ProfileChanged(Event):
    """One's own name, number or rights changed."""

    wire_name: ClassVar[str] = "account.profile_changed"
    profile: Profile
