"""Calls of this PC: dials, answers, keeps one call active at a time, rings, and says why a call ended."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from wwphone.config.options import BUSY_FROM
from wwphone.config.settings import Settings
from wwphone.domain.calls import CallDirection, CallEnd, CallSnapshot, CallState, EndReason, Party
from wwphone.domain.numbers import ECHO_TEST_NUMBER, DialTarget, NotDiallableError, dial_target
from wwphone.domain.presence import Colleague
from wwphone.services.names import ContactNumber
from wwphone.services.observing import Listeners
from wwphone.services.shown import ShownService
from wwphone.services.sound import SoundService
from wwphone.sip.api import (
    CallChanged,
    CallControl,
    CallQualityMeasured,
    CommandFailed,
    RegistrationChanged,
    RegistrationState,
    SipEvent,
)

ENDED_CALL_SHOWN_S = 8.0
"""How long an ended call stays in sight with its reason."""
MOST_FAILED_SHOWN = 3
"""So many dialled calls that failed stay in sight; whoever tries many numbers is told of the last ones."""

_RINGING_STATES = (CallState.INCOMING,)
_DTMF_KEYS = frozenset("0123456789*#ABCD")


class CannotDialError(Exception):
    """Nothing was dialled; `reason` says why."""

    def __init__(self, reason: CannotDial) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotDial(Enum):
    """Why a number that could be dialled was not."""

    NOT_REGISTERED = "not_registered"
    TOO_MANY_CALLS = "too_many_calls"
    NO_DESK_PHONE = "no_desk_phone"
    """In desk-phone mode: none is registered that could be steered."""
    NO_SERVER = "no_server"
    """In desk-phone mode: nobody can be asked to steer it."""


@dataclass(frozen=True)
class CallProblem:
    """A command that failed while the call goes on."""

    call_id: str
    command: str
    detail: str


@dataclass(frozen=True)
class DialPreview:
    """What Enter would dial for a text, and whom the text finds."""

    target: DialTarget | None
    hits: tuple[Colleague, ...]
    contacts: tuple[ContactNumber, ...] = ()
    """Numbers of the phone book, offered below the colleagues."""

    @property
    def address(self) -> str:
        """What Enter dials: the number as typed, else the first hit's; empty when there is nothing."""
        if self.target:
            return self.target.address
        if self.hits:
            return self.hits[0].number
        return self.contacts[0].number if self.contacts else ""

    @property
    def first_name(self) -> str:
        """Whom Enter calls when the text is no number; empty for nobody."""
        if self.hits:
            return self.hits[0].nickname
        return self.contacts[0].name if self.contacts else ""


class People(Protocol):
    """Who can be called by name; `NamesService` knows."""

    def find(self, text: str) -> tuple[Colleague, ...]:
        """Others by part of a name or number, best first."""

    def find_contacts(self, text: str) -> tuple[ContactNumber, ...]:
        """Numbers of the phone book by part of a name, company or number."""

    def with_number(self, number: str) -> Colleague | None:
        """Who has this internal number."""

    def named(self, party: Party) -> Party:
        """Give somebody the name we know them by."""

    def is_emergency(self, target: DialTarget) -> bool:
        """Whether this is an emergency number, with the trunk prefix or without."""


class CallsService:
    """All calls of this PC, oldest first; ended ones for a moment longer."""

    def __init__(
        self,
        engine: CallControl,
        sound: SoundService,
        settings: Settings,
        people: People,
        shown: ShownService,
        max_calls: int = 8,
    ) -> None:
        self._engine = engine
        self._sound = sound
        self._settings = settings
        self._people = people
        self._shown = shown
        self._max_calls = max_calls
        self._calls: dict[str, CallSnapshot] = {}
        self._signalled: dict[str, Party] = {}
        """The other sides without the names we know them by."""
        self._forgotten: set[str] = set()
        self._ends: dict[str, CallEnd] = {}
        """How calls end that the PBX has taken elsewhere, until the engine tells their end."""
        self._removals: dict[str, asyncio.TimerHandle] = {}
        self._kept: set[str] = set()
        self._registered = False
        self._rings = False
        self._is_closed = False
        self.takes_at_once: Callable[[CallSnapshot], bool] = lambda _: False
        """Asked of each new call: True answers it before it rings."""
        self.why_not: Callable[[DialTarget], CannotDial | None] = self.why_not_from_here
        """Asked before each call: why it cannot be made now."""
        self.changed: Listeners[CallSnapshot] = Listeners()
        self.removed: Listeners[str] = Listeners()
        self.incoming: Listeners[CallSnapshot] = Listeners()
        self.problems: Listeners[CallProblem] = Listeners()

    async def shutdown(self) -> None:
        """Stop ringing and forget; the engine ends the calls themselves."""
        self._is_closed = True
        for handle in self._removals.values():
            handle.cancel()
        self._removals.clear()
        self._silence()

    @property
    def calls(self) -> tuple[CallSnapshot, ...]:
        """Every call in sight."""
        return tuple(self._calls.values())

    @property
    def running(self) -> tuple[CallSnapshot, ...]:
        """Every call that is not over."""
        return tuple(call for call in self._calls.values() if call.state is not CallState.ENDED)

    def call(self, call_id: str) -> CallSnapshot | None:
        """One call, None when it is out of sight."""
        return self._calls.get(call_id)

    # ------------------------------------------------------------ dialling

    def preview(self, text: str) -> DialPreview:
        """Say what Enter would dial."""
        hits = self._people.find(text) if text.strip() else ()
        contacts = self._people.find_contacts(text)
        try:
            target: DialTarget | None = dial_target(text)
        except NotDiallableError:
            target = None
        if (hits or contacts) and any(character.isalpha() for character in text):
            target = None  # "Room 2" is a name, not what its letters stand for on a keypad
        return DialPreview(target, hits, contacts)

    def dial(self, text: str) -> str:
        """Call a number, a link, or the first one a name finds; return the new call's id.

        Running calls are held first. Raises NotDiallableError, CannotDialError.
        """
        address = self.preview(text).address
        if not address:
            raise NotDiallableError("neither a number nor a colleague")
        reason = self.why_not(DialTarget(address))
        if reason is not None:
            raise CannotDialError(reason)
        if len(self.running) >= self._max_calls:
            raise CannotDialError(CannotDial.TOO_MANY_CALLS)
        self._hold_others(())
        call_id = uuid.uuid4().hex
        dialled, headers = address, dict[str, str]()
        if self._people.with_number(address) is None:  # colleagues see one's internal number always
            dialled, headers = self._shown.take(DialTarget(address))
        self._engine.dial(dialled, call_id, headers)
        return call_id

    def why_not_from_here(self, target: DialTarget) -> CannotDial | None:
        """Why this PC cannot call a number now; emergency numbers it always tries."""
        return None if self._registered or self._people.is_emergency(target) else CannotDial.NOT_REGISTERED

    def echo_test(self) -> str:
        """Call the number that repeats what it hears."""
        return self.dial(ECHO_TEST_NUMBER)

    # ------------------------------------------------------------ steering a call; unknown or ended ones: nothing

    def answer(self, call_id: str) -> None:
        """Take a call that rings; a running one is held."""
        if self._state(call_id) is CallState.INCOMING:
            self._hold_others((call_id,))
            self._engine.answer(call_id)

    def decline(self, call_id: str) -> None:
        """Refuse a call that rings."""
        if self._state(call_id) is CallState.INCOMING:
            self._engine.hang_up(call_id, CallEnd(EndReason.DECLINED_HERE))

    def hang_up(self, call_id: str) -> None:
        """End a call in any state."""
        if self._state(call_id) is CallState.INCOMING:
            self.decline(call_id)
        elif self._state(call_id) not in (None, CallState.ENDED):
            self._engine.hang_up(call_id)

    def toggle_hold(self, call_id: str) -> None:
        """Hold an active call, take back a held one (and hold the others); merged calls all together."""
        match self._state(call_id):
            case CallState.ACTIVE:
                for each in self.together(call_id):
                    self._engine.hold(each)
            case CallState.HELD:
                self.resume(call_id)

    def resume(self, call_id: str) -> None:
        """Take a call back, with those merged with it, and hold the others."""
        call = self._calls.get(call_id)
        if call and call.established:
            together = self.together(call_id)
            self._hold_others(together)
            for each in together:
                self._engine.resume(each)

    def set_muted(self, call_id: str, *, muted: bool) -> None:
        """Keep the microphone out of a call, or let it in again; merged calls all together."""
        call = self._calls.get(call_id)
        if call and call.established:
            for each in self.together(call_id):
                self._engine.mute(each, muted=muted)

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """Press keys; others than 0-9 * # A-D fall away."""
        keys = "".join(key for key in digits.upper() if key in _DTMF_KEYS)
        if keys and self._state(call_id) in (CallState.ACTIVE, CallState.RINGING):
            self._engine.send_dtmf(call_id, keys)

    def end_as(self, call_id: str, end: CallEnd) -> None:
        """The PBX has taken the other side elsewhere: our end of it is over, whether or not the PBX has told already."""
        call = self._calls.get(call_id)
        if call is not None and call.state is CallState.ENDED:
            self._keep(replace(call, end=end))
        elif call is not None:
            self._ends[call_id] = end  # the engine may know already of another end, and tells it in a moment
            self._engine.hang_up(call_id, end)

    def dismiss(self, call_id: str) -> None:
        """Take an ended call out of sight."""
        if self._state(call_id) is CallState.ENDED:
            self._remove(call_id)

    def keep_in_sight(self, call_id: str, *, kept: bool) -> None:
        """Leave a call in sight after its end as long as somebody writes about it."""
        if kept:
            self._kept.add(call_id)
            handle = self._removals.pop(call_id, None)
            if handle:
                handle.cancel()
        elif call_id in self._kept:
            self._kept.discard(call_id)
            if self._state(call_id) is CallState.ENDED:
                self._remove_later(call_id)

    def forget(self, call_id: str) -> None:
        """Take a call out of sight whose place another one has taken; nothing more is told of it."""
        self._remove(call_id)
        self._forgotten.add(call_id)

    # ------------------------------------------------------------ what the engine tells

    def received(self, event: SipEvent) -> None:
        """Take what the engine tells."""
        match event:
            case CallChanged(call):
                self._call_changed(call)
            case CallQualityMeasured(call_id, quality):
                measured = self._calls.get(call_id)
                if measured is not None and measured.established:
                    self._keep(replace(measured, quality=quality))
            case RegistrationChanged(state=state):
                self._registered = state is RegistrationState.REGISTERED
            case CommandFailed(call_id, command, detail):
                self.problems.tell(CallProblem(call_id, command, detail))

    def _call_changed(self, call: CallSnapshot) -> None:
        known = self._calls.get(call.call_id)
        signalled = call.remote
        call = replace(call, remote=self.named(call.remote), quality=known.quality if known else call.quality)
        if self._is_forgotten(call):
            return
        if call.returned:
            call = replace(call, returned=replace(call.returned, party=self.named(call.returned.party)))
        if known is None and call.state is CallState.INCOMING and self.takes_at_once(call):
            self._hold_others((call.call_id,))
            self._signalled[call.call_id] = signalled
            self._keep(call)
            self._engine.answer(call.call_id)
            return
        busy = call.returned is None and not call.leg_id and self._refuse_as_busy()
        if known is None and call.state is CallState.INCOMING and busy:
            self._engine.hang_up(call.call_id, CallEnd(EndReason.BUSY))
            return
        if known is None and call.state is CallState.ENDED and call.direction is CallDirection.INCOMING:
            return  # refused as busy before anybody saw it
        if known and known.state is CallState.ENDED:
            return
        if call.state is CallState.ENDED:
            call = replace(call, end=self._ends.pop(call.call_id, call.end))
        self._put_away_failed(call)
        rings_newly = known is None and call.state is CallState.INCOMING
        if known is None and call.state is CallState.ACTIVE and not call.leg_id:
            self._hold_others((call.call_id,))  # it answered by itself: the PBX set it up for us
        if rings_newly:
            self._engine.ring(call.call_id)  # first: the caller need not wait for our painting
        self._signalled[call.call_id] = signalled
        self._keep(call)
        if rings_newly:
            self.incoming.tell(call)
        if call.state is CallState.ENDED:
            self._remove_later(call.call_id)
        self._ring_or_not()
        self._sound.measure_quality(on=any(each.established for each in self._calls.values()))

    def _is_forgotten(self, call: CallSnapshot) -> bool:
        """Whether nothing more is told of a call; its end is the last that comes."""
        forgotten = call.call_id in self._forgotten
        if forgotten and call.state is CallState.ENDED:
            self._forgotten.discard(call.call_id)
        return forgotten

    def _refuse_as_busy(self) -> bool:
        """Whether so many calls run that another caller is to hear busy; one that only rings does not count."""
        limit = self._settings.value(BUSY_FROM)
        taken = sum(call.state is not CallState.INCOMING for call in self.running)
        return isinstance(limit, int) and 0 < limit <= taken

    def _ring_or_not(self) -> None:
        # What rings at the desk phone rings there.
        ringing = [call for call in self._calls.values() if call.state in _RINGING_STATES and not call.leg_id]
        talking = any(call.state is CallState.ACTIVE for call in self._calls.values())
        if ringing and not talking and not self._rings:
            self._rings = True
            self._sound.start_ringing(ringing[0].kind)
        elif not ringing or talking:
            self._silence()

    def _silence(self) -> None:
        if self._rings:
            self._rings = False
            self._sound.stop_ringing()

    def _keep(self, call: CallSnapshot) -> None:
        self._calls[call.call_id] = call
        self.changed.tell(call)

    def _put_away_failed(self, tried: CallSnapshot) -> None:
        """A newer try takes the place of what failed with the same number, and of the oldest of many; not of one with an open note."""
        if tried.call_id in self._calls or tried.direction is CallDirection.INCOMING:
            return
        failed = [call for call in self._calls.values() if _failed(call) and call.call_id not in self._kept]
        again = [call for call in failed if call.remote.number == tried.remote.number]
        others = [call for call in failed if call not in again]
        for call in (*again, *others[: max(0, len(others) - MOST_FAILED_SHOWN + 1)]):
            self._remove(call.call_id)

    def _remove_later(self, call_id: str) -> None:
        if self._is_closed or call_id in self._kept:
            return
        loop = asyncio.get_running_loop()
        self._removals[call_id] = loop.call_later(ENDED_CALL_SHOWN_S, self._remove, call_id)

    def _remove(self, call_id: str) -> None:
        handle = self._removals.pop(call_id, None)
        if handle:
            handle.cancel()
        self._kept.discard(call_id)
        self._signalled.pop(call_id, None)
        if self._calls.pop(call_id, None):
            self.removed.tell(call_id)

    def together(self, call_id: str) -> tuple[str, ...]:
        """This call, with those merged with it."""
        call = self._calls.get(call_id)
        if call is None or not call.merged:
            return (call_id,)
        return tuple(each.call_id for each in self.running if each.merged)

    def _hold_others(self, kept: tuple[str, ...]) -> None:
        for other in self.running:
            if other.call_id not in kept and other.state is CallState.ACTIVE:
                self._engine.hold(other.call_id)

    def _state(self, call_id: str) -> CallState | None:
        call = self._calls.get(call_id)
        return call.state if call else None

    def named(self, party: Party) -> Party:
        """Give somebody the name we know them by."""
        return self._people.named(party)

    def name_anew(self) -> None:
        """Names may be others now: give them to the calls in sight."""
        for call_id, signalled in tuple(self._signalled.items()):
            call = self._calls.get(call_id)
            if call is not None and call.remote != (named := self.named(signalled)):
                self._keep(replace(call, remote=named))


def _failed(call: CallSnapshot) -> bool:
    """Whether somebody was dialled who never answered."""
    outgoing = call.direction is CallDirection.OUTGOING
    return outgoing and call.state is CallState.ENDED and call.answered_at is None
