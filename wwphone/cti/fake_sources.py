"""What the fake server makes of sources beside the phone book."""

from __future__ import annotations

import asyncio

from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import Source, SourceAnswer, SourceState
from wwphone.protocol.message import Command, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.sources import AskName, NameFound, SearchSource, SourceSearched


class FakeSources:
    """Answers `sources.…`; there is no source before `open`."""

    def __init__(self, truth: Mirror) -> None:
        self._truth = truth
        self._entries: dict[str, tuple[ContactDetails, ...]] = {}
        self._answers: dict[str, asyncio.Future[SourceAnswer]] = {}

    def open(self, *sources: Source) -> None:
        """There are these sources from the next sign-in on; none has anything, and each answers at once."""
        self._truth.sources = sources

    def fill(self, source_id: str, *entries: ContactDetails) -> None:
        """A source has these entries."""
        self._entries[source_id] = entries

    def hang(self, source_id: str) -> None:
        """A source does not answer from now on, until `give_up` or `recover`."""
        self._answers[source_id] = asyncio.get_running_loop().create_future()

    def give_up(self, source_id: str, answer: SourceAnswer) -> None:
        """Its time limit is over, or it answers with this; and so from now on."""
        self._answers.setdefault(source_id, asyncio.get_running_loop().create_future()).set_result(answer)

    def recover(self, source_id: str) -> None:
        """It answers at once again."""
        self._answers.pop(source_id, None)

    async def carry_out(self, command: Command) -> Result | None:
        """Search, or find a number's owner; None for other commands."""
        match command:
            case SearchSource(source_id, text):
                waiting = self._answers.get(source_id)
                if waiting is not None:
                    return SourceSearched(await asyncio.shield(waiting))
                words = text.lower().split()
                found = (one for one in self._entries.get(source_id, ()) if _holds(one, words))
                return SourceSearched(SourceAnswer(SourceState.ANSWERED, tuple(found)))
            case AskName(number):
                everybody = (one for entries in self._entries.values() for one in entries)
                dialled = number.replace(" ", "")
                owners = tuple(one for one in everybody if dialled in one.numbers.values())
                return NameFound(SourceAnswer(SourceState.ANSWERED, owners[:1]))
        return None


def _holds(details: ContactDetails, words: list[str]) -> bool:
    text = " ".join((details.name, details.company, *details.numbers.values())).lower()
    return all(word in text for word in words)
