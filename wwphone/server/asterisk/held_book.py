"""What Asterisk holds for steered phones, kept up to date by events; without I/O.

A held channel is in our dial plan's `wwphone-held`, one that is merged with the phone in `wwphone-merged`; it carries all we need to know of it in one variable, for whoever has to
find out later. One held alone is held together with nobody: then it is a held call like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from wwphone.domain.calls import Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.clock import Clock
from wwphone.server.desk_phone_api import PbxHeldChanged, PbxHeldEnded, PbxHeldEvent

HELD_CONTEXT, MERGED_CONTEXT = "wwphone-held", "wwphone-merged"
HELD_ALONE, HELD_TOGETHER = "start", "together"
"""Extensions in `HELD_CONTEXT`."""
HELD_VARIABLE = "WWPHONE_HELD"
"""User, name and id of the phone's channel, number and name of the held party, with `|` between."""
_RINGS_EVENT = "WwphoneHeldRings"
_FIELDS = 5

Fields = Mapping[str, str]


def held_variable(call: HeldCall, channel: str) -> str:
    """What the variable says of a call; `channel` is the name of the phone's."""
    party = (call.remote.number.replace("|", ""), call.remote.name)
    return "|".join((call.user, channel, call.leg_id, *party))


class HeldBook:
    """All held calls of known users, by the id of the held channel."""

    def __init__(self, is_user: Callable[[str], bool], clock: Clock) -> None:
        self._is_user = is_user
        self._clock = clock
        self._calls: dict[str, HeldCall] = {}

    def __contains__(self, held_id: object) -> bool:
        return held_id in self._calls

    def __getitem__(self, held_id: str) -> HeldCall:
        return self._calls[held_id]

    def of_leg(self, leg_id: str) -> list[HeldCall]:
        """What is held for one leg."""
        return [call for call in self._calls.values() if call.leg_id == leg_id]

    def merged_with(self, leg_id: str) -> list[HeldCall]:
        """Those of them that talk with the leg, and with each other."""
        return [call for call in self.of_leg(leg_id) if call.merged]

    def together_with(self, leg_id: str) -> list[HeldCall]:
        """Those of them that were merged, and come back together."""
        return [call for call in self.of_leg(leg_id) if call.together]

    def begin(self, call: HeldCall) -> list[PbxHeldEvent]:
        """A call is held from now on."""
        self._calls[call.held_id] = call
        return [PbxHeldChanged(call), *self._left_alone(call.leg_id)]

    def end(self, held_id: str, end: HeldEnd) -> list[PbxHeldEvent]:
        """A call is held no more; one that was not is no error."""
        call = self._calls.pop(held_id, None)
        if call is None:
            return []
        return [PbxHeldEnded(call.user, held_id, end), *self._left_alone(call.leg_id)]

    def apply(self, event: AmiEvent) -> list[PbxHeldEvent]:
        """Take an event; most are about something else."""
        held_id = event.fields.get("Uniqueid", "")
        if held_id not in self._calls:
            return []
        if event.name == "Hangup":
            return self.end(held_id, HeldEnd.OVER)
        if event.name == "UserEvent" and event.fields.get("UserEvent") == _RINGS_EVENT:
            return self.end(held_id, HeldEnd.RINGS)
        return []

    def replace_all(self, statuses: Iterable[Fields]) -> list[PbxHeldEvent]:
        """Take the answer to `Status` for the truth; tell every held call, and the end of those that vanished."""
        before, self._calls = self._calls, {}
        for fields in statuses:
            call = self._listed(fields)
            if call is not None:
                known = before.get(call.held_id)
                if known is not None and (known.leg_id, known.merged) == (call.leg_id, call.merged):
                    call = replace(known, together=call.together)
                self._calls[call.held_id] = call
        for leg_id in {call.leg_id for call in self._calls.values()}:
            self._left_alone(leg_id)
        told: list[PbxHeldEvent] = [
            PbxHeldEnded(call.user, held_id, HeldEnd.OVER)
            for held_id, call in before.items()
            if held_id not in self._calls
        ]
        return [*told, *map(PbxHeldChanged, self._calls.values())]

    def forget(self, users: Iterable[str]) -> None:
        """Drop what is held for users who are none any more, without a word."""
        gone = set(users)
        self._calls = {held_id: call for held_id, call in self._calls.items() if call.user not in gone}

    def _left_alone(self, leg_id: str) -> list[PbxHeldEvent]:
        """Whoever is the last of those that were merged is held like anybody else."""
        conference = [*self.merged_with(leg_id), *self.together_with(leg_id)]
        if len(conference) != 1 or not conference[0].together:
            return []
        return self.begin(replace(conference[0], together=False))

    def _listed(self, fields: Fields) -> HeldCall | None:
        context = fields.get("Context")
        if context not in (HELD_CONTEXT, MERGED_CONTEXT):
            return None
        variables = dict(line.partition("=")[::2] for line in fields.get("Variable", "").split("\n"))
        parts = variables.get(HELD_VARIABLE, "").split("|", _FIELDS - 1)
        if len(parts) != _FIELDS or not self._is_user(parts[0]):
            return None
        user, _, leg_id, number, name = parts
        merged = context == MERGED_CONTEXT
        together = (context, fields.get("Exten")) == (HELD_CONTEXT, HELD_TOGETHER)
        return HeldCall(
            fields["Uniqueid"], leg_id, user, Party(number, name), self._clock(), merged, together
        )
