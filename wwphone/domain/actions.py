"""What can be asked of the running program from outside its window: keys, hot-keys, command line, desktop.

One table for all of them: the value of an `Action` is its word on the command line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

MAX_ADDRESS = 256
"""The longest number or link that can be handed over, in characters."""
_FORBIDDEN = ("Cc", "Cs")
"""Control characters, and bytes of a command line that are no text."""


class Action(Enum):
    """What a person may ask for."""

    ANSWER = "answer"
    HANG_UP = "hangup"
    HOLD = "hold"
    MUTE = "mute"
    PICK_UP = "pickup"
    """Take what rings longest at others ("Ringing now")."""
    SHOW = "show"
    DIAL = "dial"
    """With a number, a name or a link."""
    DIAL_MARKED = "dial-marked"
    """Dial the text that is marked in any window, or else the one last copied."""


CALL_ACTIONS = (Action.ANSWER, Action.HANG_UP, Action.HOLD, Action.MUTE)
"""What acts upon the call that is meant."""


class Outcome(Enum):
    """What became of an order. The value is the exit status of the command line."""

    DONE = 0
    NOTHING = 1
    """There was no call, or no marked text, that it could act upon."""
    NOT_UNDERSTOOD = 2
    NO_PROGRAM = 3
    """No program of this person runs."""


class NoOrderError(ValueError):
    """These words are no order; the text says why."""


@dataclass(frozen=True)
class Order:
    """An action, and for `DIAL` what to dial. Raises NoOrderError for anything else."""

    action: Action
    address: str = ""

    def __post_init__(self) -> None:
        if (self.action is Action.DIAL) is not bool(self.address):
            raise NoOrderError("a number belongs to dial, and to nothing else")
        if len(self.address) > MAX_ADDRESS:
            raise NoOrderError(f"more than {MAX_ADDRESS} characters cannot be dialled")
        if self.address != self.address.strip():
            raise NoOrderError("blanks around a number")
        if any(unicodedata.category(character) in _FORBIDDEN for character in self.address):
            raise NoOrderError("a number holds no control characters")


def order_of(words: Sequence[str]) -> Order:
    """Read an order: the action's word, and for `dial` what to dial. Raises NoOrderError."""
    if not words:
        raise NoOrderError("nothing was asked for")
    try:
        action = Action(words[0])
    except ValueError:
        raise NoOrderError("there is no such action") from None
    if len(words) > 2:
        raise NoOrderError("too many words; put quotation marks around what belongs together")
    return Order(action, words[1] if len(words) == 2 else "")
