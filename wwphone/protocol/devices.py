"""One's own registered devices on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.devices import Registration
from wwphone.protocol.message import Event


@dataclass(frozen=True)
class RegistrationsChanged(Event):
    """All registrations of one's own, replacing the former list."""

    wire_name: ClassVar[str] = "devices.registrations_changed"
    registrations: tuple[Registration, ...]
