"""Keys, hot-keys and command line act upon a call without naming one: this service knows which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wwphone.domain.actions import CALL_ACTIONS, Action
from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.services.calls import CallsService

_MINE = (CallState.ACTIVE, CallState.DIALING, CallState.RINGING)
"""Whom one talks to, or calls: what a key means, whoever rings meanwhile."""
_CURRENT = (*_MINE, CallState.HELD, CallState.INCOMING)
_MEANT: Mapping[Action, tuple[CallState, ...]] = MappingProxyType(
    {
        Action.ANSWER: (CallState.INCOMING,),
        Action.HANG_UP: (*_MINE, CallState.INCOMING, CallState.HELD),
        Action.HOLD: (CallState.ACTIVE, CallState.HELD),
        Action.MUTE: (CallState.ACTIVE,),
    }
)
"""Which calls an action may mean; a call in an earlier state comes before one in a later."""


class ActionsService:
    """Carries out what acts upon calls."""

    def __init__(self, calls: CallsService) -> None:
        self._calls = calls

    def meant(self, action: Action) -> CallSnapshot | None:
        """The call that an action acts upon; of several in the same state the newest, of ringing ones the oldest."""
        return self._first(_MEANT[action])

    @property
    def current(self) -> CallSnapshot | None:
        """What is to be transferred, merged and the like: a caller who only rings is meant when there is no other call."""
        return self._first(_CURRENT)

    def do(self, action: Action) -> bool:
        """Carry out one of `CALL_ACTIONS`; False: there is no call for it."""
        if action not in CALL_ACTIONS:
            raise ValueError(f"{action} acts upon no call")
        call = self.meant(action)
        if call is None:
            return False
        match action:
            case Action.ANSWER:
                self._calls.answer(call.call_id)
            case Action.HANG_UP:
                for each in self._calls.together(call.call_id):
                    self._calls.hang_up(each)
            case Action.HOLD:
                self._calls.toggle_hold(call.call_id)
            case Action.MUTE:
                self._calls.set_muted(call.call_id, muted=not call.muted)
        return True

    def _first(self, states: Sequence[CallState]) -> CallSnapshot | None:
        for state in states:
            found = [call for call in self._calls.running if call.state is state]
            if found:
                return found[0 if state is CallState.INCOMING else -1]
        return None
