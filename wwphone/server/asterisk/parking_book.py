"""All parked calls, kept up to date by res_parking's events and its list; without I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from wwphone.domain.calls import Party
from wwphone.domain.numbers import PARK_NUMBER, RESERVED_NUMBERS
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.server.api import PbxParkedChanged, PbxParkedEnded
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channels import party_text, user_in
from wwphone.server.clock import Clock

PARKED, SWAPPED = "ParkedCall", "ParkedCallSwap"
_ENDS: Mapping[str, ParkingEnd] = {
    "UnParkedCall": ParkingEnd.FETCHED,
    "ParkedCallTimeOut": ParkingEnd.RETURNED,
    "ParkedCallGiveUp": ParkingEnd.GAVE_UP,
}
PARKING_EVENTS = frozenset({PARKED, SWAPPED, *_ENDS})
ALL_PARKED = "ParkedCalls"
PARKING_LOT = "default"
"""The lot that has the numbers 701 to 720; other lots are somebody else's."""

Fields = Mapping[str, str]
ParkingEvent = PbxParkedChanged | PbxParkedEnded


class ParkingBook:
    """All parked calls of the lot our numbers belong to, without I/O."""

    def __init__(self, is_user: Callable[[str], bool], clock: Clock) -> None:
        self._is_user = is_user
        self._clock = clock
        self._calls: dict[str, tuple[str, ParkedCall]] = {}
        """Uniqueid of who waits, and the call, by place."""

    def __contains__(self, slot: object) -> bool:
        return slot in self._calls

    def caller_in(self, slot: str) -> Party:
        """Who waits in a place. Raises KeyError."""
        return self._calls[slot][1].caller

    def apply(self, event: AmiEvent) -> list[ParkingEvent]:
        """Take an event; return what changed for people."""
        fields = event.fields
        slot = fields.get("ParkingSpace", "")
        if not _is_ours(fields):
            return []
        if event.name in (PARKED, SWAPPED):
            return self._take(slot, fields)
        known = self._calls.get(slot)
        if known is None or known[0] != fields.get("ParkeeUniqueid"):
            return []
        del self._calls[slot]
        end = _ENDS[event.name]
        if end is ParkingEnd.FETCHED:
            return [PbxParkedEnded(slot, end, self._known(user_in(fields.get("RetrieverChannel", ""))))]
        return [PbxParkedEnded(slot, end, known[1].parked_by if end is ParkingEnd.RETURNED else "")]

    def replace_all(self, listed: Iterable[Fields]) -> list[ParkingEvent]:
        """Take the list for the truth; tell every call, and the end of those that vanished."""
        before, self._calls = self._calls, {}
        told: list[ParkingEvent] = []
        for fields in listed:
            if _is_ours(fields):
                told += self._take(fields["ParkingSpace"], fields)
        gone = before.keys() - self._calls.keys()
        return [*(PbxParkedEnded(slot, ParkingEnd.GAVE_UP) for slot in sorted(gone)), *told]

    def _take(self, slot: str, fields: Fields) -> list[ParkingEvent]:
        now = self._clock()
        timeout_s = _seconds(fields.get("ParkingTimeout", ""))
        call = ParkedCall(
            slot,
            Party(
                party_text(fields.get("ParkeeCallerIDNum", "")),
                party_text(fields.get("ParkeeCallerIDName", "")),
            ),
            self._known(_user_dialled(fields.get("ParkerDialString", ""))),
            now - timedelta(seconds=_seconds(fields.get("ParkingDuration", ""))),
            now + timedelta(seconds=timeout_s) if timeout_s else None,
        )
        self._calls[slot] = (fields.get("ParkeeUniqueid", ""), call)
        return [PbxParkedChanged(call)]

    def _known(self, user: str) -> str:
        return user if self._is_user(user) else ""


def _is_ours(fields: Fields) -> bool:
    slot = fields.get("ParkingSpace", "")
    return fields.get("Parkinglot") == PARKING_LOT and slot != PARK_NUMBER and slot in RESERVED_NUMBERS


def _user_dialled(dial_string: str) -> str:
    """`PJSIP/anna` → `anna`; empty for whatever is no device of a user."""
    technology, _, user = dial_string.partition("/")
    return user if technology == "PJSIP" else ""


def _seconds(text: str) -> int:
    return int(text) if text.isdecimal() else 0
