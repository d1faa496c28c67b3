"""What all messages have in common: a name on the wire and a class to dispatch by.

Messages are frozen dataclasses made of domain values. A `Command` asks, a `Result` answers it, an `Event` tells what
changed in the state that the client mirrors. Unknown fields are ignored by the codec, unknown names are an error of
that one message only, so both sides can grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Message:
    """Base of all that has a name on the wire."""

    wire_name: ClassVar[str]
    """`feature.what`, unique within its kind, never reused for another shape."""


@dataclass(frozen=True)
class Command(Message):
    """A request of the client. It runs exactly once."""

    acts: ClassVar[bool] = True
    """Whether it changes something outside the session, so that it is never sent again after a cut."""


@dataclass(frozen=True)
class Result(Message):
    """The answer to a command that succeeded."""


@dataclass(frozen=True)
class Event(Message):
    """A change of the mirrored state."""


@dataclass(frozen=True)
class Done(Result):
    """The command was carried out and there is nothing to tell."""

    wire_name: ClassVar[str] = "done"
