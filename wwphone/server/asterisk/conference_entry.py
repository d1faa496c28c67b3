"""What a channel comes into a conference room with, as the dial plan writes it into a variable of the channel; without I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

CONFERENCE_VARIABLE = "WWPHONE_CONFERENCE"

_ROOM = re.compile(r"[0-9]{2,15}")
"""Names of our rooms; those of merged calls and of an administrator look otherwise."""


@dataclass(frozen=True)
class Entered:
    """What a channel came with, as the dial plan writes it."""

    room: str
    chair: bool = False
    conference_id: str = ""
    pin: str = field(default="", repr=False)
    invitation_id: str = ""
    since: datetime | None = None
    number: str = field(default="", repr=False)
    """Which was called, of somebody who is invited."""
    channel_id: str = ""
    """Whose it is: who is handed over into a place in a room takes over the variables of whoever had it; empty: not known."""

    @property
    def text(self) -> str:
        """As it stands in `WWPHONE_CONFERENCE`."""
        since = str(int(self.since.timestamp())) if self.since else ""
        chair = "1" if self.chair else "0"
        came = (
            self.room,
            chair,
            self.conference_id,
            self.pin,
            self.invitation_id,
            since,
            self.number,
            self.channel_id,
        )
        return "|".join(came)


def is_room(name: str) -> bool:
    """Whether ConfBridge's room is one of ours."""
    return _ROOM.fullmatch(name) is not None


def entered(text: str) -> Entered | None:
    """Read it; None for what is none of ours."""
    room, chair, conference, pin, invitation, since, number, channel = (*text.split("|"), *[""] * 7)[:8]
    if not is_room(room):
        return None
    seconds = int(since) if since.isdecimal() and len(since) <= 11 else None
    at = datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    return Entered(room, chair == "1", conference, pin, invitation, at, number, channel)


def came_with(fields: Mapping[str, str]) -> Entered | None:
    """What a channel of Asterisk's list came with; None: with nothing of ours."""
    variables = dict(line.partition("=")[::2] for line in fields.get("Variable", "").split("\n"))
    came = entered(variables.get(CONFERENCE_VARIABLE, ""))
    if came is not None and came.channel_id not in ("", fields.get("Uniqueid", "")):
        return Entered(came.room)  # somebody else came with it
    return came
