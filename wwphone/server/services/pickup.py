"""Targeted pick-up: what rings at whom, who is told of it, and who gets it (product, section 5).

Theory. A row is one call at one called target: a user, or a ring group; however many devices ring for it. Rows are
derived from legs alone, so they are right again after a broken line as soon as the legs are. Each row has up to three views,
by what one may do (`Sight`), and each view is one event for all who have it. Whoever is rung themselves, and whoever calls,
is told nothing: they have the call already. Claims are decided here, between two steps of the event loop: the first
one marks the row, everybody else is refused with its name, and only then the PBX is asked. A hidden user appears in
no row, neither as callee nor as caller nor as the one who took it.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party
from wwphone.domain.pickup import RingingCall
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.pickup import Claim, Claimed, RingingCallChanged, RingingCallEnded
from wwphone.server.api import (
    Pbx,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxLostError,
    PbxPickedUp,
    PbxPickUp,
    PbxStateChanged,
    UserRecord,
)
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.pickup_rights import PickupRights, Sight
from wwphone.server.services.sessions import Session

_REMEMBERED = 512
"""So many ended rows are known by name: who claims a moment too late learns who was first."""


@dataclass
class _Row:
    """A call at one target."""

    ringing_id: str
    called: Party
    kind: CallKind
    user: str
    """Empty: a ring group."""
    legs: dict[str, Leg] = field(default_factory=dict)
    """The legs that ring, oldest first."""
    remote: Party = field(default_factory=lambda: Party(""))
    """Who calls."""
    claimed_by: str = ""
    claim_leg_id: str = ""
    taken_by: str = ""
    told: dict[Sight, tuple[RingingCall, frozenset[str]]] = field(default_factory=dict)

    def view_of(self, user: str) -> RingingCall | None:
        """What this user was told of it."""
        return next((call for call, users in self.told.values() if user in users), None)


class PickupService:
    """The pick-up board. Belongs to the thread of the event loop."""

    def __init__(self, pbx: Pbx, directory: DirectoryService, devices: DeviceService, log: EventLog) -> None:
        self._pbx = pbx
        self._directory = directory
        self._devices = devices
        self._log = log
        self._rights: PickupRights | None = None
        self._numbers: dict[str, str] = {}
        self._rows: dict[str, _Row] = {}
        self._row_of: dict[str, _Row] = {}
        """Rows by the ids of their legs."""
        self._settled: set[str] = set()
        """Legs of a row that is over already: they will end, and make no new one meanwhile."""
        self._ended: dict[str, _Row] = {}
        self._claims = itertools.count(1)
        directory.on_change(self._on_directory_change)

    def ringing_for(self, user: str) -> tuple[RingingCall, ...]:
        """What rings elsewhere, as this user may see it, by its id."""
        views = (row.view_of(user) for _, row in sorted(self._rows.items()))
        return tuple(view for view in views if view is not None)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {Claim: self._on_claim}

    async def _on_claim(self, session: Session, command: Claim) -> Result:
        return await self.claim(session.user, command)

    async def claim(self, user: str, command: Claim) -> Claimed:
        """Let this user take a call. Raises CommandRefusedError, PbxError, PbxLostError; then it may be claimed again."""
        row = self._claimable(user, command.ringing_id)
        if not self._pbx.connected:
            raise CommandRefusedError(WireError(ErrorCode.PBX_UNAVAILABLE, "the PBX is out of reach"))
        order = self._order(user, row, command.register_call_id)
        row.claimed_by, row.claim_leg_id = user, order.new_leg_id
        self._tell(row)
        try:
            await self._pbx.pick_up(order)
        except PbxLostError:
            self._release(row)
            raise
        except PbxError:
            self._release(row)
            if row.taken_by != user:
                if row.ringing_id not in self._rows:
                    raise self._too_late(row) from None
                raise
        if row.ringing_id in self._rows:
            self._end(row, user)
        return Claimed(row.remote)

    def _claimable(self, user: str, ringing_id: str) -> _Row:
        row = self._rows.get(ringing_id) or self._ended.get(ringing_id)
        view = row.view_of(user) if row is not None else None
        if row is None or view is None:
            raise _refusal(ErrorCode.NOT_FOUND, "there is no such call that you may see")
        if not view.may_pick_up:
            raise _refusal(ErrorCode.NOT_PERMITTED, "you may not pick up calls of this colleague")
        if ringing_id not in self._rows or row.claimed_by:
            raise self._too_late(row)
        return row

    def _too_late(self, row: _Row) -> CommandRefusedError:
        """Say who was first, or that the call is over."""
        first = row.taken_by or row.claimed_by
        if not first:
            return _refusal(ErrorCode.NOT_FOUND, "it does not ring any more")
        name = self._directory.users[first].nickname if self._is_shown(first) else ""
        return _refusal(ErrorCode.CONFLICT, f"taken by {name or 'somebody else'}", name)

    def _order(self, user: str, row: _Row, register_call_id: str) -> PbxPickUp:
        users, rights = self._directory.users, self._current_rights()
        allowed = rights.picks_up_in(users[user].group)
        leg = next(leg for leg in row.legs.values() if users[leg.user].group in allowed)
        contacts = [
            device.contact
            for device in self._devices.of(user)
            if device.reachable and register_call_id and device.call_id == register_call_id
        ]
        # Made like Asterisk's own ids, with its time: so the call goes by the caller's, which is older.
        new_leg_id = f"wwphone-{uuid.uuid4().hex}-{int(time.time())}.{10**9 + next(self._claims)}"
        contact = contacts[0] if contacts else ""
        return PbxPickUp(user, leg.leg_id, new_leg_id, row.remote, row.kind, row.called.number, contact)

    def _release(self, row: _Row) -> None:
        row.claimed_by = row.claim_leg_id = ""
        if self._rows.get(row.ringing_id) is row:
            self._tell(row)

    # ------------------------------------------------------------ what the PBX tells

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Take what the PBX tells; most is about something else."""
        match event:
            case PbxLegChanged(leg):
                self._leg_changed(leg)
            case PbxLegEnded(leg_id=leg_id):
                self._settled.discard(leg_id)
                self._drop_leg(leg_id)
            case PbxPickedUp():
                self._picked_up(event)
            case PbxStateChanged(connected=False):
                self._forget_everything()

    def _leg_changed(self, leg: Leg) -> None:
        row = self._row_of.get(leg.leg_id)
        if leg.direction is CallDirection.INCOMING and leg.state is LegState.RINGING:
            if leg.leg_id not in self._settled and self._is_shown(leg.user):
                self._rings(leg)
        elif row is not None and leg.state in (LegState.UP, LegState.HELD):
            self._end(row, leg.user)
        else:
            self._settled.discard(leg.leg_id)
            self._drop_leg(leg.leg_id)

    def _rings(self, leg: Leg) -> None:
        row = self._row_of.get(leg.leg_id) or self._row_for(leg)
        row.legs[leg.leg_id] = leg
        row.remote = leg.remote
        self._row_of[leg.leg_id] = row
        self._tell(row)

    def _row_for(self, leg: Leg) -> _Row:
        groups = {group.number: group for group in self._directory.ring_groups}
        group = groups.get(leg.called) if leg.kind is CallKind.GROUP else None
        target = leg.user if group is None else group.number
        ringing_id = f"{leg.call_id}/{target}"
        row = self._rows.get(ringing_id)
        if row is None:
            record = self._directory.users[leg.user]
            called = (
                Party(record.number, record.nickname) if group is None else Party(group.number, group.name)
            )
            row = _Row(ringing_id, called, leg.kind, leg.user if group is None else "")
            self._rows[ringing_id] = row
            self._ended.pop(ringing_id, None)
        return row

    def _drop_leg(self, leg_id: str) -> None:
        row = self._row_of.pop(leg_id, None)
        if row is None:
            return
        del row.legs[leg_id]
        if row.legs:
            self._tell(row)
        else:
            self._end(row, row.taken_by)

    def _picked_up(self, event: PbxPickedUp) -> None:
        row = self._row_of.get(event.leg_id)
        if row is not None:
            is_claim = event.by_leg_id == row.claim_leg_id
            self._end(row, event.user or (row.claimed_by if is_claim else ""))

    def _end(self, row: _Row, taken_by: str) -> None:
        row.taken_by = taken_by
        for leg_id in row.legs:
            self._row_of.pop(leg_id, None)
            self._settled.add(leg_id)
        row.legs.clear()
        self._rows.pop(row.ringing_id, None)
        for _, users in row.told.values():
            self._log.publish(RingingCallEnded(row.ringing_id, self._shown(taken_by)), only=users)
        self._ended[row.ringing_id] = row
        while len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]

    def _forget_everything(self) -> None:
        """What rings while the PBX is out of reach nobody knows; it tells everything anew when it is back."""
        for row in tuple(self._rows.values()):
            self._end(row, "")
        self._settled.clear()
        self._ended.clear()

    # ------------------------------------------------------------ who is told

    def _tell(self, row: _Row) -> None:
        """Tell each who may know of it what is new for them, and those who may no more that it is gone."""
        before, now = row.told, self._views(row)
        row.told = now
        for sight, (call, users) in now.items():
            known = before.get(sight)
            new = users - known[1] if known is not None and known[0] == call else users
            if new:
                self._log.publish(RingingCallChanged(call), only=new)
        gone = _all_in(before) - _all_in(now)
        if gone:
            self._log.publish(RingingCallEnded(row.ringing_id), only=gone)

    def _views(self, row: _Row) -> dict[Sight, tuple[RingingCall, frozenset[str]]]:
        users = self._directory.users
        rung = {leg.user for leg in row.legs.values()}
        caller = self._number_of_user(row.remote.number)
        audience = self._current_rights().audience(users[user].group for user in rung if user in users)
        hides = caller is not None and caller.hidden
        views = {}
        for sight, allowed in audience.items():
            call = RingingCall(
                ringing_id=row.ringing_id,
                called=row.called,
                kind=row.kind,
                since=min(leg.since for leg in row.legs.values()),
                user=row.user,
                members=() if row.user else tuple(sorted(rung)),
                caller=row.remote if sight.see_caller and not hides else None,
                may_pick_up=sight.may_pick_up,
                claimed_by=self._shown(row.claimed_by),
            )
            left_out = rung if caller is None else rung | {caller.user}
            told = allowed - left_out
            if told:
                views[sight] = (call, told)
        return views

    def _current_rights(self) -> PickupRights:
        if self._rights is None:
            users = self._directory.users
            self._rights = PickupRights(users.values(), self._directory.pickup_rules)
            self._numbers = {record.number: name for name, record in users.items()}
        return self._rights

    def _number_of_user(self, number: str) -> UserRecord | None:
        self._current_rights()
        return self._directory.users.get(self._numbers.get(number, ""))

    def _is_shown(self, user: str) -> bool:
        record = self._directory.users.get(user)
        return record is not None and not record.hidden

    def _shown(self, user: str) -> str:
        return user if self._is_shown(user) else ""

    def _on_directory_change(self, change: DirectoryChange) -> None:
        del change
        self._rights = None
        for leg_id, row in tuple(self._row_of.items()):
            if not self._is_shown(row.legs[leg_id].user):
                self._drop_leg(leg_id)
        for row in self._rows.values():
            self._tell(row)


def _all_in(views: Mapping[Sight, tuple[RingingCall, frozenset[str]]]) -> frozenset[str]:
    return frozenset().union(*(users for _, users in views.values()))


def _refusal(code: ErrorCode, sentence: str, taken_by: str = "") -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence, taken_by=taken_by))
