"""What may be asked of store and PBX about ring groups, and what else is on or off in the PBX; part of `server.api`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from wwphone.domain.calls import Party
from wwphone.domain.presence import JournalEntry
from wwphone.domain.ring_groups import RingGroupLogin


class WaitingSound(Enum):
    """What a caller hears who waits for a ring group."""

    MUSIC = "music"
    """Music on hold; the call counts as answered for that."""
    RINGING = "ringing"


MIN_WAIT_S, MAX_WAIT_S = 5, 3600
MOST_CALLS = 999


@dataclass(frozen=True)
class PbxWaiting:
    """The waiting queue of a ring group, and where its calls go that nobody takes."""

    most: int = 0
    """How many callers may wait; 0: nobody waits."""
    longest_s: int = 300
    hears: WaitingSound = WaitingSound.MUSIC
    then_number: str = ""
    """Where a call goes that waited too long, finds no place, or, without a queue, nobody took."""
    then_mailbox_of: str = ""
    """The same: the user whose mailbox takes it. Neither of both: busy, or why nobody took it."""


@dataclass(frozen=True)
class PbxRingGroup:
    """A number that rings several users at once; stored as the PBX gets it."""

    number: str
    name: str
    members: tuple[str, ...]
    calls_at_once: int = 0
    """How many calls of the group may ring or be talked at the same time; 0: any number."""
    waiting: PbxWaiting = PbxWaiting()
    all_users: bool = False
    """Its members are all users, except those who are in no such group (requirement 000, "ALLUSERS"); it names none."""

    @property
    def is_plain(self) -> bool:
        """Whether it rings everybody for every call, and nothing else."""
        return self.calls_at_once == 0 and self.waiting == PbxWaiting()


class RingGroupStore(Protocol):
    """The part of `server.api.Store` that knows ring groups."""

    async def ring_groups(self) -> tuple[PbxRingGroup, ...]:
        """All ring groups, by number; their members by name."""

    async def replace_ring_group(self, group: PbxRingGroup) -> None:
        """Add a ring group or write it anew; a new member is logged in.

        Raises DuplicateError when a user or room has the number, StoreError when a member is no user.
        """

    async def remove_ring_group(self, number: str) -> None:
        """Remove a ring group; raises KeyError when there is none."""

    async def ring_group_logins(self) -> dict[tuple[str, str], RingGroupLogin]:
        """By number and user, of every member who ever logged out or in."""

    async def save_ring_group_login(
        self, number: str, entry: JournalEntry, *, announce: bool = False
    ) -> None:
        """Write that a member logged in or out, and the journal entry that says so, both or neither.

        `announce`: a running server shall notice; for another process than the server. Raises KeyError when the user
        is no member.
        """


class PbxFlagKind(Enum):
    """What may be on or off in the PBX, and be changed there by a service code."""

    LOGGED_OUT = "group"
    """A member is logged out of a ring group; the flag's name is number and user, with a slash between them."""
    SWITCH = "switch"
    """A switch is on; the flag's name is the switch's."""


@dataclass(frozen=True)
class PbxFlag:
    """Something that is on or off in the PBX, obeyed by its dial plan. Everything is off at first."""

    kind: PbxFlagKind
    name: str


@dataclass(frozen=True)
class PbxFlagKeyed:
    """Somebody changed a flag by a service code; the PBX obeys already. `set_flag` is the answer, whatever counts."""

    flag: PbxFlag
    on: bool
    at: datetime
    """At the latest; while nobody listened it may be long ago."""
    user: str
    set_from: str
    """What the phone calls itself; may be empty."""


@dataclass(frozen=True)
class PbxWaitingCaller:
    """Somebody who waits for a ring group."""

    waiting_id: str
    since: datetime
    caller: Party
    """Without number and name, where the caller does not want to be named."""


@dataclass(frozen=True)
class PbxWaitingChanged:
    """Who waits for a ring group now, longest first."""

    number: str
    callers: tuple[PbxWaitingCaller, ...]


class TakenMeanwhileError(Exception):
    """Who was waiting for a ring group does so no more: somebody took the call, or it is over."""


@dataclass(frozen=True)
class PbxTake:
    """Which member takes whom out of a ring group's queue."""

    user: str
    number: str
    """The group's."""
    waiting: PbxWaitingCaller
    new_leg_id: str
    """What the leg that gets the call is called from now on."""
    contact: str = ""
    """The one device that is to get it, and answers by itself; empty: all that can be reached."""


class QueuePbx(Protocol):
    """The part of `server.api.Pbx` that knows waiting queues."""

    async def take_waiting(self, order: PbxTake) -> None:
        """Ring a member's devices and connect them with who waits; returns when they are.

        Two never get the same caller: raises TakenMeanwhileError, and PbxError when no device of the user took it.
        """


class FlagPbx(Protocol):
    """The part of `server.api.Pbx` that keeps flags."""

    async def set_flag(self, flag: PbxFlag, *, on: bool) -> None:
        """Let this count from now on; it outlives every restart of the PBX and of the server.

        While the line is away it is remembered, as with `set_reach`. What was keyed in before is forgotten by it.
        """
