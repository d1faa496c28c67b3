"""What the server's services may ask of the PBX about steered desk phones; a part of `server.api.Pbx` (layer 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wwphone.domain.desk_phone import HeldCall, HeldEnd


class NoSuchNumberError(Exception):
    """Nobody has the number that a call was to go to; it stays where it is."""


class CannotAnswerError(Exception):
    """No phone of the user that rings can be told to answer: its receiver has to be lifted."""


@dataclass(frozen=True)
class PbxHeldChanged:
    """The PBX holds a call for a user's phone."""

    call: HeldCall


@dataclass(frozen=True)
class PbxHeldEnded:
    """It holds it no more."""

    user: str
    held_id: str
    end: HeldEnd


PbxHeldEvent = PbxHeldChanged | PbxHeldEnded


class SteeredPhones(Protocol):
    """Each method raises PbxError and PbxLostError, and KeyError when there is no such leg or held call."""

    async def desk_dial(self, user: str, number: str, leg_id: str, contact: str) -> None:
        """Ring the user's device registered as `contact`, as leg `leg_id`; it calls `number` when it is answered.

        Returns when it rings. It may be called with a leg that waits instead, which calls at once; then `contact` is empty.
        """

    async def desk_answer(self, user: str, leg_id: str, contact: str) -> None:
        """Let a phone take the call of this ringing leg. Raises CannotAnswerError when none can."""

    async def desk_hold(self, leg_id: str) -> str:
        """Let whom a leg talks with hear music; return the held call's id. Raises NobodyThereError in `server.api`."""

    async def desk_resume(self, held_id: str) -> None:
        """Connect a held call with its leg; whom that talks with is held first."""

    async def desk_hang_up(self, call_id: str) -> None:
        """End a held call, or what a leg is connected with: the leg too, unless it has calls that are held."""

    async def desk_transfer(self, call_id: str, number: str) -> None:
        """Hand over whom a leg is connected with, or who is held. Raises NoSuchNumberError, NobodyThereError."""

    async def desk_join(self, call_id: str, other_call_id: str) -> None:
        """Connect those two, of whom at least one is held. Raises NobodyThereError."""

    async def desk_deflect(self, leg_id: str, number: str) -> None:
        """Send the caller of a ringing leg on; an empty number is the voicemail. Raises NobodyThereError."""

    async def desk_mute(self, leg_id: str, muted: bool) -> None:
        """Let nothing of what a phone says through, or everything again."""

    async def desk_press(self, leg_id: str, keys: str) -> None:
        """Send tones to whom a leg is connected with."""
