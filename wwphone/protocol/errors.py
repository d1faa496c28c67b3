"""Every error the wire knows: a stable code, a sentence, and what a client needs to act upon it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wwphone.domain.account import SessionInfo


class ErrorCode(Enum):
    """Stable names; clients translate them, servers add an English sentence for the log and for unknown codes."""

    BAD_MESSAGE = "bad_message"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code, no password
    """User unknown or password wrong: the server does not say which."""
    CTI_ACCESS_OFF = "cti_access_off"
    ADDRESS_BLOCKED = "address_blocked"
    """Too many failures from this address; `retry_after_s` says how long."""
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    """Another softphone session runs; `sessions` names it, signing in with `take_over` ends it."""
    SESSION_TAKEN_OVER = "session_taken_over"
    SESSION_EXPIRED = "session_expired"
    """The session's token is no longer valid: sign in again with the password."""
    NOT_PERMITTED = "not_permitted"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    PBX_UNAVAILABLE = "pbx_unavailable"
    PBX_REFUSED = "pbx_refused"
    NOT_EXECUTED = "not_executed"
    """The command never reached the server; nothing happened."""
    UNKNOWN_OUTCOME = "unknown_outcome"
    """The command may or may not have been carried out; it was not and will not be sent again."""
    TOO_SLOW = "too_slow"
    """The client did not read; it was dropped and gets a new snapshot when it comes back."""
    SERVER_STOPPING = "server_stopping"
    INTERNAL = "internal"


@dataclass(frozen=True)
class WireError:
    """One error as it travels."""

    code: ErrorCode
    sentence: str
    retry_after_s: float | None = None
    sessions: tuple[SessionInfo, ...] = ()


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
