"""Switches of the PBX on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.switches import Switch
from wwphone.protocol.message import Command, Event


@dataclass(frozen=True)
class SetSwitch(Command):
    """Operate a switch; needs the right `operate_switches`. Refused with `not_permitted` and `not_found`."""

    wire_name: ClassVar[str] = "switches.set"
    name: str
    on: bool


@dataclass(frozen=True)
class SwitchesChanged(Event):
    """All switches one may see, in their order."""

    wire_name: ClassVar[str] = "switches.changed"
    switches: tuple[Switch, ...]
