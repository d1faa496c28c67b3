"""Ring groups: numbers that ring several users at once, and who of them is logged in there.

A member who is logged out does not ring when the group is called; everything else reaches them as before. Logging in and
out belongs to the person, not to a device: a client may do it, and a desk phone by a service code.

Where a group has a waiting queue, every member sees who waits, and may take whoever does so longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.domain.calls import Party

LOG_IN_CODE, LOG_OUT_CODE = "*41", "*42"
TAKE_NEXT_CODE = "*43"
"""All three are dialled with the group's number behind them, from any phone of the member."""


@dataclass(frozen=True)
class RingGroupLogin:
    """Whether a member is logged in to a ring group, and since when."""

    logged_in: bool = True
    since: datetime | None = None
    """When that was last changed; None: never, a new member is logged in."""
    set_from: str = ""
    """Where it was changed: a PC's name, or what a desk phone calls itself."""


@dataclass(frozen=True)
class RingGroupMembership:
    """A ring group as its member sees it."""

    number: str
    name: str
    login: RingGroupLogin = RingGroupLogin()
    waiting: tuple[datetime, ...] = ()
    """Since when each caller waits for it, longest first."""
    next_caller: Party | None = None
    """Who waits longest, apart from those whom somebody takes just now; None: nobody can be taken."""
