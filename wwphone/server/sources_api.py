"""What the server's services may ask of a source beside the phone book (layer 2); `server.sources` fulfils it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import Source, SourceState


class SourceFailedError(Exception):
    """A source could not be asked; the text is for the log."""

    def __init__(self, state: SourceState, text: str) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True)
class SourceFinding:
    """What a source has, as it is written there: nothing in it is checked."""

    entries: tuple[ContactDetails, ...]
    more: bool = False
    """There were more than asked for."""
    state: SourceState = SourceState.ANSWERED
    """Another one: these are from an earlier reading."""


class SourceReader(Protocol):
    """One source. Its questions may take as long as they like: whoever asks has a time limit."""

    @property
    def source(self) -> Source:
        """Its id and name."""

    @property
    def time_limit_s(self) -> float:
        """Seconds after which a question counts as unanswered."""

    async def start(self) -> None:
        """Begin whatever goes on without questions."""

    async def search(self, words: Sequence[str]) -> SourceFinding:
        """Look for entries that hold every word. Raises SourceFailedError."""

    async def with_number(self, number: str) -> SourceFinding:
        """Look for entries with a number, which is in E.164 where it is anybody's. Raises SourceFailedError."""

    async def shutdown(self) -> None:
        """End it."""
