"""What the fake server makes of switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.account import Right
from wwphone.domain.switches import SwitchState
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.switches import SetSwitch, SwitchesChanged

_PC = "this PC"


class FakeSwitches:
    """Answers `switches.…` from the state of the fake server."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now

    def carry_out(self, command: Command) -> Result | None:
        """Operate a switch; None for other commands. Raises CommandRefusedError."""
        if not isinstance(command, SetSwitch):
            return None
        profile = self._truth.state().profile
        if Right.OPERATE_SWITCHES not in profile.rights:
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "you may not operate switches"))
        switches = {one.name: one for one in self._truth.switches}
        if command.name not in switches:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such switch"))
        state = SwitchState(command.on, self._now(), profile.user, _PC)
        switches[command.name] = replace(switches[command.name], state=state)
        self._publish(SwitchesChanged(tuple(switches.values())))
        return Done()
