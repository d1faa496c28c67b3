"""Switches of the PBX, such as *night* or *holiday*: while one is on, calls to some numbers go elsewhere.

The requirements call them special circuits (product, section 12). Who has the right may operate them, in a client or by a
code at a phone; whoever sees them sees the same state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SWITCH_ON_CODE, SWITCH_OFF_CODE = "*51", "*52"
"""Dialled with the switch's own code behind it."""


@dataclass(frozen=True)
class SwitchState:
    """Whether it is on, since when, and by whom."""

    on: bool = False
    since: datetime | None = None
    """None: it was never operated."""
    set_by: str = ""
    """A user's name, or `BY_ADMINISTRATOR`."""
    set_from: str = ""
    """A PC's name, or what a desk phone calls itself."""


@dataclass(frozen=True)
class Switch:
    """One of them, as people see it."""

    name: str
    title: str
    code: str
    state: SwitchState = SwitchState()
