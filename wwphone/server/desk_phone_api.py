"""What the server's services may ask of the PBX about steered desk phones; `server.api.Pbx.desk_phones` (layer 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.domain.shown import Shown


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

    async def dial(
        self, user: str, number: str, leg_id: str, contact: str, shown: Shown | None = None
    ) -> None:
        """Ring the user's device registered as `contact`, as leg `leg_id`; it calls `number` when it is answered.

        `shown`: what whom it calls sees, instead of the usual number, as far as the user may show that.
        Returns when it rings. It may be called with a leg that waits instead, which calls at once; then `contact` is empty.
        """

    async def answer(self, user: str, leg_id: str, contact: str) -> None:
        """Let a phone take the call of this ringing leg. Raises CannotAnswerError when none can."""

    async def hold(self, leg_id: str) -> str:
        """Let whom a leg talks with hear music; return the held call's id. Raises NobodyThereError in `server.api`.

        Those who are merged are held together; the id is that of one of them.
        """

    async def resume(self, held_id: str) -> None:
        """Connect a held call with its leg; whom that talks with is held first. Of several who are merged, nothing.

        Those who are held together come back together.
        """

    async def hang_up(self, call_id: str) -> None:
        """End a held call, or what a leg is connected with: the leg too, unless it has calls that are held."""

    async def transfer(self, call_id: str, number: str) -> None:
        """Hand over whom a leg is connected with, or who is held. Raises NoSuchNumberError, NobodyThereError."""

    async def park(self, held_id: str) -> str:
        """Park a held call; return the place."""

    async def merge(self, call_ids: Sequence[str]) -> None:
        """Let a phone and these talk with each other: held calls of it, and its leg for whom that is connected with.

        Whoever is merged with it already stays. Raises NobodyThereError for calls of different phones or too many.
        """

    async def split(self, held_id: str) -> None:
        """Let one of those who are merged hear music again; the others go on. Held together, it is held by itself then."""

    async def join(self, call_id: str, other_call_id: str) -> None:
        """Connect those two, of whom at least one is held. Raises NobodyThereError."""

    async def deflect(self, leg_id: str, number: str) -> None:
        """Send the caller of a ringing leg on; an empty number is the voicemail. Raises NobodyThereError."""

    async def mute(self, leg_id: str, muted: bool) -> None:
        """Let nothing of what a phone says through, or everything again."""

    async def press(self, leg_id: str, keys: str) -> None:
        """Send tones to whom a leg is connected with."""


class SteeringPbx(Protocol):
    """The part of `server.api.Pbx` that knows desk phones."""

    @property
    def desk_phones(self) -> SteeredPhones:
        """What steers them."""
