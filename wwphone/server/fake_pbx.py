"""A PBX in memory, with behaviour, for tests of the server's services. Never a feature of the product.

It keeps the promises of `Pbx` that services rely on: only users of the latest configuration are told of; what happens
while the line is broken is told anew, before `PbxStateChanged(connected=True)`, when it is restored; a fourth device is
refused; calls ring devices that are registered and reachable, as `set_reach` lets them, and nothing else; every call is an
internal one, and of the forwardings it knows *always* alone.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

from wwphone.domain.account import MAX_REGISTRATIONS, Transport
from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party, PhoneState, phone_state_of
from wwphone.domain.devices import Registration
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.server.api import (
    EVERYTHING_RINGS,
    NobodyThereError,
    PbxConfiguration,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxListener,
    PbxParkedChanged,
    PbxParkedEnded,
    PbxPhoneStateChanged,
    PbxPickedUp,
    PbxPickUp,
    PbxReach,
    PbxRegistrationRefused,
    PbxRegistrationsChanged,
    PbxStateChanged,
    PbxUser,
)
from wwphone.server.clock import Clock, utc_now
from wwphone.server.fake_conference import FakeConferencing
from wwphone.server.fake_desk_phone import FakeDeskPhones
from wwphone.server.fake_flags import FakeFlags
from wwphone.server.fake_queues import FakeQueues
from wwphone.server.fake_recording import FakeRecorded
from wwphone.server.fake_records import FakeCallRecords
from wwphone.server.fake_rules import leads_to, refusal
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxRingGroup

NORMAL, BUSY, NO_ANSWER, UNREACHABLE, DECLINED, UNKNOWN_NUMBER, ELSEWHERE = 16, 17, 19, 20, 21, 1, 26
"""Q.850 causes a leg ends with, as Asterisk gives them."""
FIRST_SLOT, LAST_SLOT, PARKING_TIME = 701, 720, timedelta(seconds=120)


@dataclass
class FakeRecord:
    """What services asked for, in order."""

    configurations: list[PbxConfiguration] = field(default_factory=list)
    originated: list[tuple[str, str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    reaches: list[tuple[str, PbxReach]] = field(default_factory=list)
    fetched: list[tuple[str, str, str]] = field(default_factory=list)
    picked_up: list[PbxPickUp] = field(default_factory=list)
    moved: list[tuple[str, str, str]] = field(default_factory=list)


class FakePbx(FakeFlags, FakeDeskPhones, FakeQueues, FakeCallRecords, FakeRecorded, FakeConferencing):
    """Fulfils `Pbx`; the methods below "what happens there" play the part of phones and cables."""

    def __init__(self, clock: Clock = utc_now) -> None:
        super().__init__()
        self.asked = FakeRecord()
        self._clock = clock
        self._listener: PbxListener | None = None
        self._line_whole, self._connected = True, False
        self._users: dict[str, PbxUser] = {}
        self._ring_groups: dict[str, PbxRingGroup] = {}
        self._registrations: dict[str, dict[str, Registration]] = {}
        self._legs: dict[str, Leg] = {}
        self._numbers: dict[str, str] = {}
        self._reaches: dict[str, PbxReach] = {}
        self._phones: dict[str, PhoneState] = {}
        self._parked: dict[str, ParkedCall] = {}
        self._parked_calls: dict[str, str] = {}
        self._moves: dict[str, str] = {}
        self._ids = itertools.count(1)

    # -- Pbx

    @property
    def connected(self) -> bool:
        """Whether the line is whole, somebody listens and a configuration is known."""
        return self._connected

    async def start(self, listener: PbxListener) -> None:
        """Listen from now on; what there is is told a moment later."""
        self._listener = listener
        asyncio.get_running_loop().call_soon(self._come_up)

    async def shutdown(self) -> None:
        """Tell nothing any more."""
        self._listener = None
        self._connected = False

    async def configure(self, configuration: PbxConfiguration) -> None:
        """Know these users. Raises what `fail_next` was given."""
        self._may_fail()
        self.asked.configurations.append(configuration)
        new = {user.user: user for user in configuration.users}
        came = new.keys() - self._users.keys()
        for gone in self._users.keys() - new.keys():
            self._phones.pop(gone, None)
        self._users = new
        self._ring_groups = {group.number: group for group in configuration.ring_groups}
        self._rooms = configuration.rooms
        if self._connected:
            for user in sorted(came):
                self._tell_all_of(user)
        else:
            self._come_up()

    async def set_reach(self, user: str, reach: PbxReach) -> None:
        """Obey from now on, also while the line is broken: it would be brought at once when it is mended."""
        self.asked.reaches.append((user, reach))
        self._reaches[user] = reach

    async def set_flag(self, flag: PbxFlag, *, on: bool) -> None:
        """Obey from now on; what was keyed in while the line is broken stays until it was told."""
        if self._connected or flag not in self.noted:
            self.keep(flag, on=on)

    async def originate(self, user: str, number: str, leg_id: str) -> None:
        """Ring the user's devices; `answer(leg_id)` takes them off the hook and dials."""
        self._must_work(user)
        self.asked.originated.append((user, number, leg_id))
        self._numbers[leg_id] = number
        self._set(self._new_leg(user, leg_id, CallDirection.OUTGOING, self._party(number), leg_id))

    async def hang_up(self, leg_id: str) -> None:
        """End the call of this leg. Raises KeyError when there is none."""
        self._must_work()
        if leg_id not in self._legs:
            raise KeyError(leg_id)
        self.asked.hung_up.append(leg_id)
        self.end_call(self._legs[leg_id].call_id)

    async def leg_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """Look into `sip_call_ids`. Raises KeyError."""
        self._must_be_connected()
        leg = self._legs[self.sip_call_ids[sip_call_id]]
        if leg.user != user:
            raise KeyError(sip_call_id)
        return leg.leg_id

    async def park(self, leg_id: str) -> str:
        """Let whom this leg talks with wait in the first free place."""
        self._must_work()
        leg = self._legs[leg_id]
        _must_talk(leg, self.legs_in(leg.call_id))
        slot = _free_slot(self._parked)
        self._parked_calls[slot] = leg.call_id
        self._end_leg(leg, NORMAL)
        now = self._clock()
        self._parked[slot] = ParkedCall(slot, leg.remote, leg.user, now, now + PARKING_TIME)
        self._tell(PbxParkedChanged(self._parked[slot]))
        return slot

    async def move(self, user: str, leg_id: str, contact: str, new_leg_id: str) -> None:
        """Ring that device; `answer(new_leg_id)` lets the call change over."""
        self._must_work()
        leg = self._legs[leg_id]
        _must_talk(leg, self.legs_in(leg.call_id))
        self.asked.moved.append((user, leg_id, contact))
        self._moves[new_leg_id] = leg_id
        new = self._new_leg(user, new_leg_id, CallDirection.OUTGOING, leg.remote, new_leg_id)
        self._set(replace(new, state=LegState.RINGING))

    async def fetch_parked(self, user: str, slot: str, leg_id: str, contact: str = "") -> None:
        """Ring the user's devices; `answer(leg_id)` connects."""
        parked = self._parked[slot]
        self._must_work(user)
        self.asked.fetched.append((user, slot, contact))
        self._numbers[leg_id] = slot
        self._set(self._new_leg(user, leg_id, CallDirection.OUTGOING, parked.caller, leg_id))

    async def pick_up(self, order: PbxPickUp) -> None:
        """Let the user's device take a ringing leg, at once or when `hold_actions` is over."""
        self._must_be_connected()
        self.asked.picked_up.append(order)
        await self._quick.wait()
        self._must_work(order.user)
        self.take(order.ringing_leg_id, order.user, order.new_leg_id)

    # -- what happens there

    def key_in(self, keyed: PbxFlagKeyed) -> None:
        """Let a phone change a flag; told later when the line is broken."""
        self.note(keyed)
        self._tell(keyed)

    def reach(self, user: str) -> PbxReach:
        """What counts for a user."""
        return self._reaches.get(user, EVERYTHING_RINGS)

    def end_parking(self, slot: str, end: ParkingEnd, user: str = "") -> None:
        """A parked call is fetched by a phone, comes back or gives up."""
        del self._parked[slot]
        call_id = self._parked_calls.pop(slot)
        self._tell(PbxParkedEnded(slot, end, user))
        if end is ParkingEnd.GAVE_UP:
            self.end_call(call_id)

    def take(self, ringing_leg_id: str, user: str, new_leg_id: str = "") -> None:
        """Let a device of this user take a call that rings elsewhere, as `**` and the number do."""
        ringing = self._legs.get(ringing_leg_id)
        if ringing is None or ringing.state is not LegState.RINGING:
            raise PbxError("it does not ring any more")
        leg_id = new_leg_id or f"fake-{next(self._ids)}.0"
        self._tell_of(user, PbxPickedUp(ringing_leg_id, leg_id, user))
        self._legs[leg_id] = replace(ringing, leg_id=leg_id, user=user)
        self.answer(leg_id)

    def break_line(self, detail: str = "the line was cut") -> None:
        """Cut the line; the PBX itself goes on."""
        self._line_whole = False
        if self._connected:
            self._tell(PbxStateChanged(connected=False, detail=detail))
        self._connected = False

    def restore_line(self) -> None:
        """Mend it; everything is told anew."""
        self._line_whole = True
        self._come_up()

    def register(
        self,
        user: str,
        contact: str,
        *,
        user_agent: str = "Fake phone",
        transport: Transport = Transport.UDP,
        call_id: str = "",
        round_trip_ms: float | None = 12.5,
    ) -> bool:
        """Register a device, or renew it; False when it is one too many, which is told."""
        known = self._registrations.setdefault(user, {})
        address, _, port = contact.rpartition("@")[2].partition(":")
        if contact not in known and len(known) >= MAX_REGISTRATIONS:
            self._tell_of(user, PbxRegistrationRefused(user, address, too_many=True))
            return False
        known[contact] = Registration(
            contact, user_agent, address, int(port or 5060), transport, None, True, round_trip_ms, call_id
        )
        self._registrations_changed(user)
        return True

    def unregister(self, user: str, contact: str) -> None:
        """Take a registration back. Raises KeyError when there is none."""
        del self._registrations[user][contact]
        self._registrations_changed(user)

    def set_reachable(self, user: str, contact: str, *, reachable: bool) -> None:
        """Let a device answer probes, or not."""
        known = self._registrations[user]
        round_trip_ms = 12.5 if reachable else None
        known[contact] = replace(known[contact], reachable=reachable, round_trip_ms=round_trip_ms)
        self._registrations_changed(user)

    def refuse_password(self, user: str, address: str) -> None:
        """Let somebody try a wrong SIP password."""
        self._tell(PbxRegistrationRefused(user, address, too_many=False))

    def call(self, caller: str, number: str) -> str:
        """Let a user's device dial; return the call's id. Rings when somebody is there, else the call ends at once."""
        leg_id = f"fake-{next(self._ids)}.0"
        self._set(self._new_leg(caller, leg_id, CallDirection.OUTGOING, self._party(number), leg_id))
        self._dial(self._legs[leg_id], number)
        return leg_id

    def answer(self, leg_id: str) -> None:
        """Take a leg off the hook: of a callee, and both are connected; of a click-to-dial, and it dials."""
        leg = self._legs[leg_id]
        if leg_id in self._moves:
            old = self._legs[self._moves.pop(leg_id)]
            self._set(replace(leg, call_id=old.call_id, state=LegState.UP))
            self._end_leg(old, NORMAL)
            return
        if leg_id in self._numbers:
            number = self._numbers.pop(leg_id)
            if number in self._parked:
                self._set(replace(leg, call_id=self._parked_calls[number], state=LegState.UP))
                self.end_parking(number, ParkingEnd.FETCHED, leg.user)
            else:
                self._dial(leg, number)
            return
        for other in self.legs_in(leg.call_id):
            if other.leg_id == leg_id or other.direction is CallDirection.OUTGOING:
                self._set(replace(other, state=LegState.UP, since=self._clock()))
            else:
                self._end_leg(other, ELSEWHERE)

    def hold(self, leg_id: str) -> None:
        """Let this device hold."""
        self._set(replace(self._legs[leg_id], state=LegState.HELD))

    def resume(self, leg_id: str) -> None:
        """Let this device take the other side back."""
        self._set(replace(self._legs[leg_id], state=LegState.UP))

    def end_call(self, call_id: str, cause: int = NORMAL) -> None:
        """End all legs of a call."""
        for leg in self.legs_in(call_id):
            self._end_leg(leg, cause)

    def legs_in(self, call_id: str) -> list[Leg]:
        """The legs of a call: first the caller's."""
        return [leg for leg in self._legs.values() if leg.call_id == call_id]

    # -- inside

    def _end_leg(self, leg: Leg, cause: int) -> None:
        del self._legs[leg.leg_id]
        self._numbers.pop(leg.leg_id, None)
        self._tell_of(leg.user, PbxLegEnded(leg.user, leg.leg_id, cause))
        self._phone_changed(leg.user)
        self.conference.leg_ended(leg.leg_id)

    def _dial(self, leg: Leg, number: str) -> None:
        refusals = {one: refusal(self.reach(one), self._reachable(one)) for one in self._callees(number)}
        callees = [callee for callee, cause in refusals.items() if not cause]
        if not callees:
            self.end_call(leg.call_id, next(iter(refusals.values()), UNKNOWN_NUMBER))
            return
        caller = self._users[leg.user]
        for callee in callees:
            party = Party(caller.number, caller.display_name)
            self._ring(callee, party, leg.call_id, number, CallKind.INTERNAL)
        self._set(replace(leg, state=LegState.RINGING, since=self._clock()))

    def _callees(self, number: str) -> list[str]:
        group = self._ring_groups.get(number)
        if group is not None:
            everybody = [user.user for user in self._users.values() if user.in_all_users]
            members = everybody if group.all_users else group.members
            return [user for user in members if not self.is_logged_out(number, user)]
        callee = leads_to(number, self._users, self.reach)
        return [callee.user] if callee else []

    def _ring(self, callee: str, caller: Party, call_id: str, number: str, kind: CallKind) -> None:
        kind = CallKind.GROUP if number in self._ring_groups else kind
        leg = self._new_leg(callee, f"fake-{next(self._ids)}.0", CallDirection.INCOMING, caller, call_id)
        self._set(replace(leg, state=LegState.RINGING, kind=kind, called=number))

    def _new_leg(self, user: str, leg_id: str, direction: CallDirection, remote: Party, call_id: str) -> Leg:
        return Leg(leg_id, call_id, user, direction, remote, LegState.DIALING, self._clock())

    def _set(self, leg: Leg) -> None:
        self._legs[leg.leg_id] = leg
        self._tell_of(leg.user, PbxLegChanged(leg))
        self._phone_changed(leg.user)

    def _party(self, number: str) -> Party:
        names = {user.number: user.display_name for user in self._users.values()}
        return Party(number, names.get(number, ""))

    def _reachable(self, user: str) -> bool:
        return any(registration.reachable for registration in self._registrations.get(user, {}).values())

    def _registrations_changed(self, user: str) -> None:
        self._tell_of(user, PbxRegistrationsChanged(user, tuple(self._registrations.get(user, {}).values())))
        self._phone_changed(user)

    def _phone_changed(self, user: str) -> None:
        legs = [leg for leg in self._legs.values() if leg.user == user]
        state = phone_state_of(legs, self._reachable(user))
        if self._phones.get(user) is not state:
            self._phones[user] = state
            self._tell_of(user, PbxPhoneStateChanged(user, state))

    def _come_up(self) -> None:
        ready = self._listener is not None and self._line_whole and bool(self.asked.configurations)
        if ready and not self._connected:
            self._connected = True
            for user in self._users:
                self._tell_all_of(user)
            for call in self._parked.values():
                self._tell(PbxParkedChanged(call))
            for event in [*self.noted.values(), *self.conference.events()]:
                self._tell(event)
            self._tell(PbxStateChanged(connected=True))

    def _tell_all_of(self, user: str) -> None:
        self._phones.pop(user, None)
        for leg in self._legs.values():
            if leg.user == user:
                self._tell(PbxLegChanged(leg))
        self._registrations_changed(user)

    def _tell_of(self, user: str, event: PbxEvent) -> None:
        if user in self._users:
            self._tell(event)

    def _tell(self, event: PbxEvent) -> None:
        if self._listener is not None and self._connected:
            self._listener(event)

    def _must_work(self, user: str = "") -> None:
        self._must_be_connected()
        self._may_fail()
        if user and not self._reachable(user):
            raise PbxError(f"no device of {user} can be reached")

    def _must_be_connected(self) -> None:
        if not self._connected:
            raise PbxError("the PBX is out of reach")


def _must_talk(leg: Leg, legs: list[Leg]) -> None:
    """Raise NobodyThereError unless this leg is connected with one other."""
    if len(legs) != 2 or leg.state not in (LegState.UP, LegState.HELD):
        raise NobodyThereError("this leg is not connected with one other")


def _free_slot(parked: Collection[str]) -> str:
    """The first place that is free. Raises PbxError."""
    for slot in map(str, range(FIRST_SLOT, LAST_SLOT + 1)):
        if slot not in parked:
            return slot
    raise PbxError("no place is free")
