"""Who waits for a ring group, kept up to date by what our dial plan tells of a channel, and by its end; without I/O.

The dial plan's variable `WWPHONE_WAITING` is the group's number, the second (since 1970) since when, and the caller's
presentation (`CALLERID(pres)`), with slashes between them; empty when the channel rings or is gone elsewhere. Its event
`WwphoneWaiting` says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wwphone.domain.calls import Party
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channels import party_text
from wwphone.server.ring_group_api import PbxWaitingCaller, PbxWaitingChanged

WAITING_VARIABLE = "WWPHONE_WAITING"
WAITING_EVENT = "WwphoneWaiting"
_NOT_SHOWN = "prohib"
"""What the presentation of a number begins with that is not to be shown."""

Place = tuple[str, PbxWaitingCaller]
"""Number of the group, and who waits."""


class WaitingBook:
    """All who wait, by the uniqueid of their channel."""

    def __init__(self) -> None:
        self._waiting: dict[str, Place] = {}

    def __contains__(self, waiting_id: object) -> bool:
        return waiting_id in self._waiting

    def apply(self, event: AmiEvent) -> list[PbxWaitingChanged]:
        """Take an event; return what changed."""
        fields = event.fields
        uniqueid = fields.get("Uniqueid", "")
        if event.name == "UserEvent" and fields.get("UserEvent") == WAITING_EVENT:
            return self._set(uniqueid, _place(fields.get("Waiting", ""), fields))
        if event.name == "Hangup" and uniqueid in self._waiting:
            return self._set(uniqueid, None)
        return []

    def replace_all(self, statuses: Iterable[Mapping[str, str]]) -> list[PbxWaitingChanged]:
        """Take the answer to `Status` for the truth; tell of every group where somebody waits or waited."""
        before, self._waiting = self._waiting, {}
        for fields in statuses:
            variables = dict(line.partition("=")[::2] for line in fields.get("Variable", "").split("\n"))
            place = _place(variables.get(WAITING_VARIABLE, ""), fields)
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
        callers = [caller for group, caller in self._waiting.values() if group == number]
        return PbxWaitingChanged(number, tuple(sorted(callers, key=lambda one: (one.since, one.waiting_id))))


def _place(text: str, fields: Mapping[str, str]) -> Place | None:
    number, _, rest = text.partition("/")
    seconds, _, presentation = rest.partition("/")
    if not number.isdecimal() or not seconds.isdecimal() or len(seconds) > 11:
        return None
    caller = Party(party_text(fields.get("CallerIDNum", "")), party_text(fields.get("CallerIDName", "")))
    if presentation.startswith(_NOT_SHOWN):
        caller = Party("")
    return number, PbxWaitingCaller(
        fields.get("Uniqueid", ""), datetime.fromtimestamp(int(seconds), UTC), caller
    )
