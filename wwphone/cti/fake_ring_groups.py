"""What the fake server makes of logging in to ring groups and of who waits for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.calls import Party
from wwphone.domain.ring_groups import RingGroupLogin, RingGroupMembership
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.ring_groups import NextTaken, RingGroupsChanged, SetLoggedIn, TakeNext

_PC = "this PC"


class FakeRingGroups:
    """Answers `ring_groups.…` from the state of the fake server."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now

    def carry_out(self, command: Command) -> Result | None:
        """Log in or out, or take who waits; None for other commands. Raises CommandRefusedError."""
        if not isinstance(command, SetLoggedIn | TakeNext):
            return None
        groups = {one.number: one for one in self._truth.ring_groups}
        if command.number not in groups:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "you are no member"))
        if isinstance(command, TakeNext):
            return self._take_next(groups, command.number)
        login = RingGroupLogin(command.logged_in, self._now(), _PC)
        groups[command.number] = replace(groups[command.number], login=login)
        self._publish(RingGroupsChanged(tuple(groups.values())))
        return Done()

    def _take_next(self, groups: dict[str, RingGroupMembership], number: str) -> Result:
        group = groups[number]
        if group.next_caller is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "nobody waits there"))
        later = group.waiting[1:]
        groups[number] = replace(group, waiting=later, next_caller=Party("") if later else None)
        self._publish(RingGroupsChanged(tuple(groups.values())))
        return NextTaken(group.next_caller)
