"""Merging calls into a conference: everybody hears everybody, for as long as one takes part.

It is mixed on this PC, or, of calls of the desk phone, at the PBX.
"""

from __future__ import annotations

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.domain.desk_phone import MOST_MERGED
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners
from wwphone.sip.api import CallControl


class MergingService:
    """The merged calls, if there are any: at least two."""

    def __init__(self, engine: CallControl, calls: CallsService) -> None:
        self._engine = engine
        self._calls = calls
        self._last: tuple[str, ...] = ()
        self.changed: Listeners[tuple[str, ...]] = Listeners()
        """The merged calls have become others."""
        calls.changed.subscribe(self._on_call_changed)

    @property
    def merged(self) -> tuple[CallSnapshot, ...]:
        """Every merged call, oldest first."""
        return tuple(call for call in self._calls.running if call.merged)

    def partners(self, call: CallSnapshot) -> tuple[CallSnapshot, ...]:
        """Whom this call would be merged with; nobody: it cannot be.

        The merged ones, else whom we talk with, else who was called last.
        """
        if not _may_merge(call) or call.merged:
            return ()
        if self.merged:
            return self.merged if len(self.merged) < MOST_MERGED else ()
        others = [each for each in self._calls.running if each.call_id != call.call_id and _may_merge(each)]
        others = [each for each in others if each.leg_id == call.leg_id]
        active = [each for each in others if each.state is CallState.ACTIVE]
        return tuple((active or others)[-1:])

    def merge(self, call_id: str) -> None:
        """Merge a call with its partners; all of them are taken back."""
        call = self._calls.call(call_id)
        partners = self.partners(call) if call else ()
        if call is None or not partners:
            return
        together = (*partners, call)
        ids = {each.call_id for each in together}
        for other in self._calls.running:
            if other.call_id not in ids and other.state is CallState.ACTIVE:
                self._engine.hold(other.call_id)
        self._engine.join([each.call_id for each in together])
        for each in together:  # an active one too: it may be about to be held
            self._engine.resume(each.call_id)

    def split(self, call_id: str) -> None:
        """Take a call out of the merged ones and hold it: the others go on."""
        call = self._calls.call(call_id)
        if call is None or not call.merged:
            return
        self._engine.split(call_id)
        if call.state is CallState.ACTIVE:
            self._engine.hold(call_id)

    def hang_up(self) -> None:
        """End all merged calls."""
        for call in self.merged:
            self._calls.hang_up(call.call_id)

    def _on_call_changed(self, _: CallSnapshot) -> None:
        merged = self.merged
        ids = tuple(call.call_id for call in merged)
        if ids == self._last:
            return
        shrunk = len(ids) < len(self._last)
        self._last = ids
        if len(ids) == 1 and shrunk:
            self._engine.split(ids[0])  # a conference of two is a call
        self.changed.tell(ids)


def _may_merge(call: CallSnapshot) -> bool:
    return call.established and not call.transferring
