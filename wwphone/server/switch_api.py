"""What may be asked of the store about switches; part of `server.api`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wwphone.domain.presence import JournalEntry
from wwphone.domain.switches import SwitchState


@dataclass(frozen=True)
class PbxRoute:
    """Where calls to a number go while a switch is on: to a number or to a user's mailbox."""

    number: str
    to_number: str = ""
    to_mailbox_of: str = ""


@dataclass(frozen=True)
class PbxSwitch:
    """A switch as the administrator made it; stored as the PBX gets it."""

    name: str
    title: str
    code: str
    """What is dialled behind `*51` and `*52`."""
    for_all: bool = True
    """Whether everybody sees its state, or only who may operate it."""
    routes: tuple[PbxRoute, ...] = ()


class SwitchStore(Protocol):
    """The part of `server.api.Store` that knows switches."""

    async def switches(self) -> tuple[PbxSwitch, ...]:
        """All switches, by name; their routes by number."""

    async def replace_switch(self, switch: PbxSwitch) -> None:
        """Add a switch or write it anew, as it is on or off; raises DuplicateError when another one has the code."""

    async def remove_switch(self, name: str) -> None:
        """Remove a switch; raises KeyError when there is none."""

    async def switch_states(self) -> dict[str, SwitchState]:
        """Of every switch that was ever operated."""

    async def save_switch_state(self, name: str, entry: JournalEntry, *, announce: bool = False) -> None:
        """Write that somebody operated a switch, and the journal entry that says so, both or neither.

        `announce`: a running server shall notice; for another process than the server. Raises KeyError.
        """
