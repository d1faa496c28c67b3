"""What rings elsewhere and may be taken here: the lines of "Ringing now", and claiming one of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from wwphone.cti.api import CtiLink, LinkEvent, LinkStateChanged, MirrorChanged, MirrorReplaced
from wwphone.domain.calls import CallKind, Party
from wwphone.domain.pickup import RingingCall, Unanswered, why_unanswered
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.message import Event
from wwphone.protocol.pickup import Claim, RingingCallChanged, RingingCallEnded
from wwphone.protocol.presence import PresenceChanged
from wwphone.services.observing import Listeners
from wwphone.services.presence import ColleagueLine

TAKEN_SHOWN_S = 4.0
"""How long a call stays in sight after somebody took it."""


class People(Protocol):
    """Who is who; `PresenceService` knows."""

    @property
    def as_of(self) -> datetime | None:
        """The moment of what is known while the line to the server is down; None: live."""

    def line(self, user: str) -> ColleagueLine | None:
        """One colleague's line."""

    def reach(self, status: PresenceStatus) -> frozenset[CallKind]:
        """Which kinds of call ring in this state."""


class OwnDevices(Protocol):
    """One's own registrations; `DevicesService` knows."""

    @property
    def register_call_id(self) -> str:
        """Call-ID of the REGISTER of the phone that is used; empty: there is none."""


@dataclass(frozen=True)
class RingingLine:
    """One line of "Ringing now"."""

    call: RingingCall
    caller: Party | None
    """By the name we know them by; None: not to be seen."""
    why: Unanswered | None
    """Why nobody answers; None for a ring group."""
    back_at: datetime | None
    """When the colleague will be back, where that is the reason and known."""
    began_s: float
    """When it began to ring, on this PC's monotonic clock."""
    claimed_here: bool = False
    """We are about to take it."""
    taken: bool = False
    """It rings no more: somebody has it."""
    answered: bool = False
    """Whoever has it is the person it was for: nobody took it from elsewhere."""
    taken_by: str = ""
    """The nickname of who has it, or is about to; empty: nobody, or it is not told."""
    as_of: datetime | None = None
    """The moment of all this while the line to the server is down; None: live."""

    @property
    def may_be_taken(self) -> bool:
        """Whether a claim makes sense now."""
        settled = self.as_of or self.taken or self.taken_by or self.claimed_here
        return self.call.may_pick_up and not settled

    def seconds(self, now_s: float) -> int:
        """For how long it has been ringing."""
        return max(0, int(now_s - self.began_s))


class PickupService:
    """What rings elsewhere, longest first. While the line to the server is down it stays as it was, and time stands still."""

    def __init__(
        self,
        link: CtiLink,
        people: People,
        devices: OwnDevices,
        named: Callable[[Party], Party],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._people = people
        self._devices = devices
        self._named = named
        self._clock_s = clock_s
        self._calls: dict[str, RingingCall] = {}
        self._began_s: dict[str, float] = {}
        self._stopped_s: float | None = None
        """When the line broke, on the clock of `now_s`."""
        self._claiming: set[str] = set()
        self._taken: dict[str, RingingLine] = {}
        self._removals: dict[str, asyncio.TimerHandle] = {}
        self.changed: Listeners[None] = Listeners()
        """Lines came, went or changed; that time goes by is not told."""

    async def shutdown(self) -> None:
        """Let no timer run any more."""
        for ringing_id in tuple(self._taken):
            self._drop_taken(ringing_id)

    def now_s(self) -> float:
        """The clock that `RingingLine.began_s` is of; it stands while the line is down."""
        return self._clock_s() if self._stopped_s is None else self._stopped_s

    @property
    def as_of(self) -> datetime | None:
        """The moment of what is shown while the line is down; None: live."""
        return self._people.as_of

    @property
    def lines(self) -> tuple[RingingLine, ...]:
        """What rings now, longest first, and what was taken a moment ago where it stood."""
        ringing = [self._line(call) for call in self._calls.values()]
        lines = [*self._taken.values(), *ringing]
        return tuple(sorted(lines, key=lambda line: (line.call.since, line.call.ringing_id)))

    @property
    def first(self) -> RingingLine | None:
        """What rings longest and may be taken."""
        return next((line for line in self.lines if line.may_be_taken), None)

    def at(self, user: str) -> RingingLine | None:
        """What rings longest at a colleague and may be taken: their own call first, then one of their group."""
        able = [line for line in self.lines if line.may_be_taken]
        own = (line for line in able if line.call.user == user)
        return next(own, next((line for line in able if user in line.call.members), None))

    async def claim(self, ringing_id: str) -> None:
        """Take a call to this PC, or to one's other devices when this PC is no phone. Raises CommandRefusedError."""
        if ringing_id in self._claiming:
            return
        self._claiming.add(ringing_id)
        self.changed.tell(None)
        try:
            await self._link.request(Claim(ringing_id, self._this_pc()))
        finally:
            self._claiming.discard(ringing_id)
            self.changed.tell(None)

    def name_of(self, user: str) -> str:
        """A colleague's nickname; empty for somebody one does not see."""
        line = self._people.line(user)
        return line.colleague.nickname if line else ""

    def name_anew(self) -> None:
        """Names may be others now."""
        if self._calls or self._taken:
            self.changed.tell(None)

    # ------------------------------------------------------------ what link and engine tell

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells; after the presence service."""
        match event:
            case MirrorReplaced():
                self._rebuild()
                self.changed.tell(None)
            case MirrorChanged(events) if self._take(events):
                self.changed.tell(None)
            case LinkStateChanged():
                if self.as_of is None:
                    self._stopped_s = None
                elif self._stopped_s is None:
                    self._stopped_s = self._clock_s()
                self.changed.tell(None)

    def _rebuild(self) -> None:
        for ringing_id in tuple(self._taken):
            self._drop_taken(ringing_id)
        self._calls = dict(self._link.mirror.ringing)
        now, now_s = datetime.now(UTC), self._clock_s()
        self._began_s = {
            ringing_id: self._began_s.get(ringing_id, now_s - max(0.0, (now - call.since).total_seconds()))
            for ringing_id, call in self._calls.items()
        }

    def _take(self, events: Iterable[Event]) -> bool:
        """Note what changed; return whether anything here did."""
        touched = False
        rung = {call.user for call in self._calls.values()}
        for event in events:
            match event:
                case RingingCallChanged(call):
                    # What is told now has begun now, whatever the clocks of server and PC say.
                    self._began_s.setdefault(call.ringing_id, self._clock_s())
                    self._drop_taken(call.ringing_id)
                    self._calls[call.ringing_id] = call
                    touched = True
                case RingingCallEnded():
                    self._ended(event)
                    touched = True
                case PresenceChanged(user=user) | PhoneStateChanged(user=user):
                    touched = touched or user in rung
        return touched

    def _ended(self, event: RingingCallEnded) -> None:
        """Leave it in sight for a moment when somebody else took it; of one's own there is a card."""
        began_s = self._began_s.pop(event.ringing_id, 0.0)
        call = self._calls.pop(event.ringing_id, None)
        profile = self._link.mirror.profile
        if call is None or not event.taken_by or (profile and event.taken_by == profile.user):
            return
        line = replace(
            self._line(call),
            began_s=began_s,
            taken=True,
            answered=event.taken_by == call.user,
            taken_by=self.name_of(event.taken_by),
        )
        self._taken[event.ringing_id] = line
        loop = asyncio.get_running_loop()
        self._removals[event.ringing_id] = loop.call_later(TAKEN_SHOWN_S, self._remove, event.ringing_id)

    def _remove(self, ringing_id: str) -> None:
        self._drop_taken(ringing_id)
        self.changed.tell(None)

    def _drop_taken(self, ringing_id: str) -> None:
        self._taken.pop(ringing_id, None)
        timer = self._removals.pop(ringing_id, None)
        if timer is not None:
            timer.cancel()

    # ------------------------------------------------------------ inside

    def _line(self, call: RingingCall) -> RingingLine:
        line = self._people.line(call.user) if call.user else None
        why, back_at = None, None
        if line is not None:
            wanted = call.kind in self._people.reach(line.status)
            why = why_unanswered(line.presence, line.phone, wanted)
            if why is Unanswered.BE_RIGHT_BACK and line.presence is not None:
                back_at = line.presence.back_at
        return RingingLine(
            call=call,
            caller=self._named(call.caller) if call.caller else None,
            why=why,
            back_at=back_at,
            began_s=self._began_s.get(call.ringing_id, self._clock_s()),
            claimed_here=call.ringing_id in self._claiming,
            taken_by=self.name_of(call.claimed_by) if call.claimed_by else "",
            as_of=self.as_of,
        )

    def _this_pc(self) -> str:
        """The Call-ID by which the server knows the registration of the phone that is used; empty: there is none."""
        return self._devices.register_call_id
