"""Whom a leg talks with, one after the other: a desk phone that is steered has one leg for all of its calls.

A recording belongs to one conversation. So when such a phone goes on with another call, what is recorded ends before that
one is heard, and is taken up again when the first call is; for each the rules decide anew. Who is handed over by the other side is
recorded on, in a recording of its own as well: one that runs on had, in a third of the cases tried (Asterisk 22.10.1), nothing but
silence of who came then, though they were heard.
"""

from __future__ import annotations

from wwphone.domain.calls import Leg
from wwphone.domain.numbers import PARKING_PLACES
from wwphone.server.services.recording_rules import talks


class Turns:
    """Follows legs. Whom a leg talks with is known by the number; who withholds it is nobody else than the next who does."""

    def __init__(self) -> None:
        self._with: dict[str, str] = {}
        self._steered: set[str] = set()
        """Legs that have waited for another call."""
        self._decided: dict[str, set[str]] = {}
        """Numbers at a leg for which it was decided whether they are recorded by rule."""
        self._lifted: set[str] = set()
        """Legs whose own device has just been rung for something: until it is answered."""
        self._left: dict[tuple[str, str], bool] = {}
        """What is to be taken up again, by leg and number: whether it was recorded by rule."""

    def turned(self, leg: Leg) -> str | None:
        """Take a leg as it is now. The number it talked with before, when that was another conversation; else None."""
        if leg.lift:
            self._lifted.add(leg.leg_id)
        elif not talks(leg):
            self._lifted.discard(leg.leg_id)
        if leg.waiting and leg.leg_id in self._with:
            self._steered.add(leg.leg_id)
        if leg.waiting or leg.merged:
            return None
        before, now = self._with.get(leg.leg_id), leg.remote.number
        if before is not None or talks(leg):
            self._with[leg.leg_id] = now
        if before is None or before == now:
            return None
        if leg.leg_id in self._steered:
            return before
        # Handed over by the other side, or whom one talks with became known: decided is what was decided before.
        if before in self._decided.get(leg.leg_id, ()):
            self._decided[leg.leg_id].add(now)
        return before if before and before not in PARKING_PLACES else None

    def leave(self, leg: Leg, before: str, *, automatic: bool) -> None:
        """What was recorded ends. It is taken up again when a steered phone returns to it; at once, with who was handed over."""
        number = before if leg.leg_id in self._steered else leg.remote.number
        self._left[leg.leg_id, number] = automatic

    def decide(self, leg: Leg) -> tuple[bool, bool | None]:
        """Whether the rules have to be asked, once for each conversation; and what is to be taken up again, by rule or not.

        None: nothing is. For a leg that talks and is not recorded.
        """
        decided = self._decided.setdefault(leg.leg_id, set())
        first = leg.remote.number not in decided
        decided.add(leg.remote.number)
        for leg_id, number in tuple(self._left):
            # Merged calls are all of them the leg's.
            if leg_id == leg.leg_id and (leg.merged or number == leg.remote.number):
                return first, self._left.pop((leg_id, number))
        return first, None

    def is_claimed(self, leg: Leg) -> bool:
        """Whether its device was rung and answered, and nobody was called by it: it takes a call that is there."""
        return leg.leg_id in self._lifted

    def has_turned(self, leg: Leg) -> bool:
        """Whether the leg has had another conversation before this one."""
        return bool(self._decided.get(leg.leg_id, set()) - {leg.remote.number})

    def forget(self, leg_id: str) -> None:
        """The leg is over."""
        self._with.pop(leg_id, None)
        self._steered.discard(leg_id)
        self._lifted.discard(leg_id)
        self._decided.pop(leg_id, None)
        self._left = {key: value for key, value in self._left.items() if key[0] != leg_id}

    def keep(self, leg_ids: set[str]) -> None:
        """Forget all others."""
        for leg_id in [one for one in self._with | self._decided if one not in leg_ids]:
            self.forget(leg_id)
