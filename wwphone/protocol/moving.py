"""Moving a running call to another of one's own devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.protocol.message import Command, Result


@dataclass(frozen=True)
class Move(Command):
    """Ring another of one's own devices; answered, it has the call, and until then the call stays where it is.

    The leg is named by one of both, as in `parking.park`.
    """

    wire_name: ClassVar[str] = "moving.move"
    contact: str
    """The contact URI of the registration that is to get the call."""
    leg_id: str = ""
    sip_call_id: str = ""


@dataclass(frozen=True)
class Moving(Result):
    """The other device rings now."""

    wire_name: ClassVar[str] = "moving.moving"
    leg_id: str
    """The leg that has the call when the device is answered."""
