"""What the client knows of a call and has to tell the server's record: a note, and how good the line was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wwphone.domain.calls import QualityWord


@dataclass(frozen=True)
class CallDescription:
    """Not told yet, or not told anew since it changed. The note shows in no repr: it is about a person."""

    key: str
    """Which call, in the client's own words."""
    user: str
    server: str
    """Whom it is for: the person's user name and the server's host."""
    made_at: datetime
    """When there was something to tell first, UTC."""
    entry_id: str = ""
    leg_id: str = ""
    sip_call_id: str = ""
    """The call's name at the server; one of the three."""
    note: str | None = field(default=None, repr=False)
    """None: nothing to tell of it."""
    quality: QualityWord | None = None
