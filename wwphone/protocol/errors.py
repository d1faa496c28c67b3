"""Every error the wire knows: a stable code, a sentence, and what a client needs to act upon it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wwphone.domain.account import SessionInfo
from wwphone.domain.imports import RefusalReason


class ErrorCode(Enum):
    """Stable names; clients translate them, servers add an English sentence for the log and for unknown codes."""

    BAD_MESSAGE = "bad_message"
    """Not JSON, not a frame, or a field of the wrong type."""
    UNKNOWN_TYPE = "unknown_type"
    """A type of frame or message that this side does not know."""
    UNSUPPORTED_VERSION = "unsupported_version"
    """Client and server are too different in age."""
    NOT_SIGNED_IN = "not_signed_in"
    """Sign in first; or nobody signed in in time."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code, no password
    """User unknown or password wrong: the server does not say which."""
    CTI_ACCESS_OFF = "cti_access_off"
    """The administrator does not allow this user the client."""
    ADDRESS_BLOCKED = "address_blocked"
    """Too many failures from this address; `retry_after_s` says how long."""
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    """Another softphone session runs; `sessions` names it, signing in with `take_over` ends it."""
    SESSION_TAKEN_OVER = "session_taken_over"
    """The user signed in on another PC; this client does not come back by itself."""
    SESSION_EXPIRED = "session_expired"
    """The session's token is no longer valid: sign in again with the password."""
    NOT_PERMITTED = "not_permitted"
    """The user lacks the right for it."""
    NOT_FOUND = "not_found"
    """What the command names does not exist, or no longer."""
    INVALID = "invalid"
    """A value makes no sense; the sentence says which."""
    CONFLICT = "conflict"
    """It does not fit what is going on at the moment."""
    NO_SPACE = "no_space"
    """The server's disk is full."""
    PBX_UNAVAILABLE = "pbx_unavailable"
    """The server does not reach the PBX; nothing happened."""
    PBX_REFUSED = "pbx_refused"
    """The PBX said no."""
    NOT_EXECUTED = "not_executed"
    """The command never reached the server; nothing happened."""
    UNKNOWN_OUTCOME = "unknown_outcome"
    """The command may or may not have been carried out; it was not and will not be sent again."""
    TOO_SLOW = "too_slow"
    """The client did not read; it was dropped and gets a new snapshot when it comes back."""
    SERVER_STOPPING = "server_stopping"
    """The server is shut down or restarted; come back with back-off."""
    INTERNAL = "internal"
    """The server failed; its log says why."""


@dataclass(frozen=True)
class WireError:
    """One error as it travels."""

    code: ErrorCode
    sentence: str
    """English, for the log and for codes a client does not know."""
    retry_after_s: float | None = None
    sessions: tuple[SessionInfo, ...] = ()
    """The other sessions of this user, with SIGNED_IN_ELSEWHERE."""
    taken_by: str = ""
    """The shown name of who was faster, with CONFLICT; empty when that is somebody hidden."""
    reason: RefusalReason | None = None
    """Why an entry of the phone book is not taken, with INVALID."""
    field: str = ""
    """The field of the entry that `reason` is about; empty for the whole entry."""


class CommandRefusedError(Exception):
    """A command was answered with an error; raised on the client, and by the server's services."""

    def __init__(self, error: WireError) -> None:
        super().__init__(f"{error.code.value}: {error.sentence}")
        self.error = error


class RemoteMisbehaviourError(Exception):
    """The other side broke the protocol; `error` is what to tell it."""

    def __init__(self, error: WireError, request_id: str | None = None) -> None:
        super().__init__(f"{error.code.value}: {error.sentence}")
        self.error = error
        self.request_id = request_id
        """The request to refuse, where it could still be read; None: nothing can be answered."""
