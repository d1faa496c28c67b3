"""The shown number on the wire: what is shown to a number unless one chooses otherwise, the same on every PC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.shown import Shown
from wwphone.protocol.message import Command, Event


@dataclass(frozen=True)
class SetShownDefault(Command):
    """Remember what is shown to a number, or forget it.

    Refused with `invalid` for what is no number outside and for a shown number that is not among one's own, with
    `conflict` when there are too many.
    """

    wire_name: ClassVar[str] = "shown.set_default"
    called: str
    """The number, as it is dialled."""
    shown: Shown | None
    """None: forget it, the usual number is shown again."""


@dataclass(frozen=True)
class ShownDefaultChanged(Event):
    """One's own default for a number is new, changed, or (None) forgotten."""

    wire_name: ClassVar[str] = "shown.default_changed"
    called: str
    shown: Shown | None
