"""What the fake server makes of logging in to ring groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.ring_groups import RingGroupsChanged, SetLoggedIn

_PC = "this PC"


class FakeRingGroups:
    """Answers `ring_groups.…` from the state of the fake server."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now

    def carry_out(self, command: Command) -> Result | None:
        """Log in or out; None for other commands. Raises CommandRefusedError."""
        if not isinstance(command, SetLoggedIn):
            return None
        groups = {one.number: one for one in self._truth.ring_groups}
        if command.number not in groups:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "you are no member"))
        login = RingGroupLogin(command.logged_in, self._now(), _PC)
        groups[command.number] = replace(groups[command.number], login=login)
        self._publish(RingGroupsChanged(tuple(groups.values())))
        return Done()
