"""Can a call reach me, and if not, why: the sentence under the header comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.domain.calls import CallKind
from wwphone.domain.presence import DEFAULT_REACH, Presence, PresenceStatus
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.sip.api import RegistrationState

_PASSING = (RegistrationState.REGISTERED, RegistrationState.REGISTERING)


@dataclass(frozen=True)
class Obstacle:
    """What keeps calls from ringing here."""

    cause: RegistrationState | PresenceStatus
    silent: frozenset[CallKind]
    """The kinds of call that do not ring."""
    since: datetime | None = None
    set_from: str = ""
    """Where the presence was chosen."""


def obstacle(account: AccountSnapshot, own: Presence | None) -> Obstacle | None:
    """Say what stands in the way of calls; None: nothing does, or nobody is signed in."""
    if account.stage is not Stage.SIGNED_IN:
        return None
    if account.registration.state not in _PASSING:
        return Obstacle(account.registration.state, frozenset(CallKind))
    if own is None:
        return None
    silent = frozenset(CallKind) - DEFAULT_REACH.get(own.status, frozenset(CallKind))
    return Obstacle(own.status, silent, own.since, own.set_from) if silent else None
