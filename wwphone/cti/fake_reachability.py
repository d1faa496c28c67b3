"""What the fake server makes of reachability: it keeps settings and journal, and names the obstacles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.account import Profile, Right
from wwphone.domain.calls import CallKind
from wwphone.domain.presence import DEFAULT_REACH, JournalEntry, Presence
from wwphone.domain.reachability import (
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.protocol.message import Command, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.presence import PresenceChanged
from wwphone.protocol.reachability import (
    EndForwarding,
    Journal,
    ReachabilityChanged,
    ReadJournal,
    SetDoNotDisturb,
    SetForwarding,
)
from wwphone.protocol.ring_groups import RingGroupsChanged

_PC = "this PC"
_ALL = tuple(CallKind)
_FORWARDED = (CallKind.INTERNAL, CallKind.DIRECT)
"""A call to a group stays with the group."""


class FakeReachability:
    """Answers `reachability.…` from the state of the fake server; `journal` is newest first and may be filled by a test."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self.journal: list[JournalEntry] = []

    def carry_out(self, command: Command) -> Result | None:
        """Answer a command on reachability with what is not just `Done`. Raises CommandRefusedError."""
        own = self._truth.reachability
        match command:
            case SetDoNotDisturb(on) if on is not own.do_not_disturb:
                self._change(replace(own, do_not_disturb=on, disturb_since=self._now(), disturb_set_from=_PC))
                self._note(self._own_presence())
            case SetForwarding(forwarding):
                self._check(forwarding)
                self._change(replace(own, forwardings=_in_order((forwarding, *own.forwardings))))
            case EndForwarding(cause):
                kept = tuple(each for each in own.forwardings if cause not in (None, each.cause))
                self._change(replace(own, forwardings=kept))
            case ReadJournal(user, limit, before):
                readable = (one for one in self._readable(user) if not before or one.entry_id < before)
                return Journal(tuple(readable)[:limit])
        return None

    def explained(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The same events, and what a presence or a log-in of one's own among them does to calls."""
        for event in events:
            if isinstance(event, PresenceChanged) and event.user == self._profile.user:
                if not self._is_only_the_switch(event.presence):
                    self._note(event.presence)
                return (*events, self._told(self._truth.reachability, event.presence))
            if isinstance(event, RingGroupsChanged):
                told = self._told(self._truth.reachability, self._own_presence(), event.ring_groups)
                return (*events, told)
        return events

    # ------------------------------------------------------------ inside

    @property
    def _profile(self) -> Profile:
        return self._truth.state().profile

    def _own_presence(self) -> Presence | None:
        return self._truth.presences.get(self._profile.user)

    def _is_only_the_switch(self, presence: Presence) -> bool:
        """Whether nothing was chosen: *do not disturb* alone is another, which is noted where it is switched."""
        own = self._own_presence()
        switched = own is not None and own.do_not_disturb is not presence.do_not_disturb
        return (
            own is not None and switched and replace(own, do_not_disturb=presence.do_not_disturb) == presence
        )

    def _change(self, reachability: Reachability) -> None:
        presence = self._own_presence()
        self._publish(self._told(reachability, presence))
        if presence is not None and presence.do_not_disturb != reachability.do_not_disturb:
            silent = replace(presence, do_not_disturb=reachability.do_not_disturb)
            self._publish(PresenceChanged(self._profile.user, silent))

    def _told(
        self,
        reachability: Reachability,
        presence: Presence | None,
        ring_groups: tuple[RingGroupMembership, ...] | None = None,
    ) -> ReachabilityChanged:
        registered = bool(self._truth.registrations)
        groups = self._truth.ring_groups if ring_groups is None else ring_groups
        found = (*_obstacles(reachability, presence, registered), *_logged_out(groups))
        return ReachabilityChanged(reachability, found)

    def _note(self, presence: Presence | None) -> None:
        if presence is not None:
            user, silent = self._profile.user, self._truth.reachability.do_not_disturb
            number = max((entry.entry_id for entry in self.journal), default=0) + 1
            entry = JournalEntry(self._now(), user, presence, user, silent, entry_id=number)
            self.journal.insert(0, entry)

    def _check(self, forwarding: Forwarding) -> None:
        if forwarding.target == self._profile.number:
            raise CommandRefusedError(WireError(ErrorCode.INVALID, "this is the own number"))

    def _readable(self, user: str | None) -> Iterator[JournalEntry]:
        own = self._profile.user
        if user not in (None, own) and Right.ADMINISTRATE not in self._profile.rights:
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "not an administrator"))
        return (each for each in self.journal if user == "*" or each.user == (user or own))


def _logged_out(ring_groups: tuple[RingGroupMembership, ...]) -> Iterator[Obstacle]:
    for group in ring_groups:
        login = group.login
        if not login.logged_in:
            kind, affected = ObstacleKind.GROUP_LOGGED_OUT, (CallKind.GROUP,)
            yield Obstacle(kind, affected, login.since, login.set_from, group.number)


def _in_order(forwardings: Iterable[Forwarding]) -> tuple[Forwarding, ...]:
    """One for a cause, the first one counts, in the order of the causes."""
    found: dict[ForwardingCause, Forwarding] = {}
    for each in forwardings:
        found.setdefault(each.cause, each)
    return tuple(found[cause] for cause in ForwardingCause if cause in found)


def _obstacles(reachability: Reachability, presence: Presence | None, registered: bool) -> Iterator[Obstacle]:
    """Weightiest first, in the order of `ObstacleKind`."""
    kind = ObstacleKind
    if reachability.do_not_disturb:
        yield Obstacle(kind.DO_NOT_DISTURB, _ALL, reachability.disturb_since, reachability.disturb_set_from)
    always = reachability.forwarding(ForwardingCause.ALWAYS)
    if always:
        yield Obstacle(kind.FORWARDED, _FORWARDED, target=always.target)
    if not registered:
        yield Obstacle(kind.NOT_REGISTERED, _ALL)
    if presence is not None:
        reach = DEFAULT_REACH.get(presence.status, frozenset())
        silent = tuple(each for each in CallKind if each not in reach)
        if silent:
            yield Obstacle(kind.PRESENCE, silent, presence.since, presence.set_from)
