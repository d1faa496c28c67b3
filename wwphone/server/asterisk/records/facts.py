"""One line of the channel event log: what happened to which channel when (Asterisk's manual, "Channel Event Logging").

The administrator maps the fields in `cel_custom.conf` as packaging/asterisk/etc has them. Besides Asterisk's own events our
dial plan writes some (`CELGenUserEvent`), whose names begin with `wwphone-`; what they say stands in `told`.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

_FIELDS = 12
_LONGEST = 16_384
"""Characters of a line; Asterisk's own are far shorter."""
_UNUSED = frozenset({"LINKEDID_END", "APP_END", "STREAM_BEGIN", "STREAM_END", "LOCAL_OPTIMIZE_BEGIN"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One event. `kind` is Asterisk's name of it, or ours."""

    kind: str
    at: float
    """Seconds since 1970."""
    number: str
    name: str
    exten: str
    context: str
    channel: str
    app: str
    app_data: str
    uniqueid: str
    linkedid: str
    extra: Mapping[str, object]

    @property
    def told(self) -> list[str]:
        """What our dial plan said, in its parts."""
        return str(self.extra.get("extra", "")).split("|")

    def extra_text(self, name: str) -> str:
        """A field of the event's own, as text."""
        return str(self.extra.get(name, ""))


def fact_in(line: str) -> Fact | None:
    """Read a line; None for one that says nothing we need. Raises ValueError when it is damaged."""
    if len(line) > _LONGEST or "\0" in line:
        raise ValueError("the line is too long, or no text")
    try:
        fields = next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if len(fields) != _FIELDS:
        raise ValueError(f"the line has {len(fields)} fields instead of {_FIELDS}")
    kind, at, number, name, exten, context, channel, app, app_data, uniqueid, linkedid, extra = fields
    if kind in _UNUSED:
        return None
    seconds = float(at)
    if not math.isfinite(seconds) or not 0 <= seconds < 1e11 or not uniqueid or not linkedid:
        raise ValueError("the line has no time or no channel")
    more = json.loads(extra) if extra else {}
    if not isinstance(more, dict):
        raise ValueError("what belongs to the event is no object")  # noqa: TRY004 - the line is damaged
    return Fact(kind, seconds, number, name, exten, context, channel, app, app_data, uniqueid, linkedid, more)
