"""Who waits for a ring group, kept up to date by what our dial plan tells of a channel, and by its end; without I/O.

The dial plan's variable `WWPHONE_WAITING` is the group's number and the second (since 1970) since when, with a slash between
them; empty when the channel rings or is gone elsewhere. Its event `WwphoneWaiting` says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.ring_group_api import PbxWaitingChanged

WAITING_VARIABLE = "WWPHONE_WAITING"
WAITING_EVENT = "WwphoneWaiting"

Place = tuple[str, datetime]
"""Number of the group, and since when."""


class WaitingBook:
    """All who wait, by the uniqueid of their channel."""

    def __init__(self) -> None:
        self._waiting: dict[str, Place] = {}

    def apply(self, event: AmiEvent) -> list[PbxWaitingChanged]:
        """Take an event; return what changed."""
        fields = event.fields
        uniqueid = fields.get("Uniqueid", "")
        if event.name == "UserEvent" and fields.get("UserEvent") == WAITING_EVENT:
            return self._set(uniqueid, _place(fields.get("Waiting", "")))
        if event.name == "Hangup" and uniqueid in self._waiting:
            return self._set(uniqueid, None)
        return []

    def replace_all(self, statuses: Iterable[Mapping[str, str]]) -> list[PbxWaitingChanged]:
        """Take the answer to `Status` for the truth; tell of every group where somebody waits or waited."""
        before, self._waiting = self._waiting, {}
        for fields in statuses:
            variables = dict(line.partition("=")[::2] for line in fields.get("Variable", "").split("\n"))
            place = _place(variables.get(WAITING_VARIABLE, ""))
            if place is not None:
                self._waiting[fields.get("Uniqueid", "")] = place
        numbers = {number for number, _ in (*before.values(), *self._waiting.values())}
        return [self._told(number) for number in sorted(numbers)]

    def _set(self, uniqueid: str, place: Place | None) -> list[PbxWaitingChanged]:
        before = self._waiting.pop(uniqueid, None)
        if place is not None:
            self._waiting[uniqueid] = place
        if before == place:
            return []
        return [self._told(number) for number in sorted({one[0] for one in (before, place) if one})]

    def _told(self, number: str) -> PbxWaitingChanged:
        since = sorted(moment for group, moment in self._waiting.values() if group == number)
        return PbxWaitingChanged(number, tuple(since))


def _place(text: str) -> Place | None:
    number, _, seconds = text.partition("/")
    if not number.isdecimal() or not seconds.isdecimal() or len(seconds) > 11:
        return None
    return number, datetime.fromtimestamp(int(seconds), UTC)
