"""Sources beside the phone book: asked when one has stopped typing, each for itself, and for callers' names."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import MAX_SEARCH, Source, SourceAnswer, SourceState
from wwphone.protocol.sources import AskName, SearchSource
from wwphone.services.sources import SourcesService

REGULA = ContactDetails("Regula", "Müller", "Müller AG", "+41445550123")
HUGO = ContactDetails("Hugo", "Müller", mobile="+41791112233")


@pytest_asyncio.fixture
async def asked(ground: Ground) -> AsyncIterator[Ground]:
    """Signed in at a server with two sources, the second of which hangs."""
    ground.link.sources.open(Source("customers", "Customers"), Source("remote", "Remote"))
    ground.link.sources.fill("customers", REGULA, HUGO)
    ground.link.sources.hang("remote")
    await ground.sign_in()
    await ground.settled()
    yield ground


def service(ground: Ground) -> SourcesService:
    return ground.services.sources


def states(ground: Ground) -> list[SourceState | None]:
    return [one.answer.state if one.answer else None for one in service(ground).browsing.searches]


def questions(ground: Ground) -> list[str]:
    return [one.text for one in ground.link.commands if isinstance(one, SearchSource)]


async def answered(ground: Ground, *expected: SourceState | None) -> None:
    await wait_until_async(lambda: states(ground) == list(expected), f"{expected}")


async def test_only_what_was_typed_last_is_asked(asked: Ground) -> None:
    for text in ("m", "mü", "mül", "mül  "):
        service(asked).browsing.search(text)
    assert states(asked) == [None, None]
    await answered(asked, SourceState.ANSWERED, None)
    assert questions(asked) == ["mül", "mül"]
    found = service(asked).browsing.searches[0].answer
    assert found is not None
    assert found.found == (REGULA, HUGO)


async def test_a_silent_source_gets_its_word_and_an_old_answer_is_not_shown(asked: Ground) -> None:
    service(asked).browsing.search("müller")
    await answered(asked, SourceState.ANSWERED, None)
    service(asked).browsing.search("hugo")
    assert states(asked) == [None, None], "what was found for another text is gone at once"
    asked.link.sources.give_up("remote", SourceAnswer(SourceState.SILENT))
    await answered(asked, SourceState.ANSWERED, SourceState.SILENT)
    asked.link.sources.recover("remote")
    service(asked).browsing.search("hugo m")
    await answered(asked, SourceState.ANSWERED, SourceState.ANSWERED)


async def test_too_short_a_text_asks_nobody_and_too_long_a_one_is_cut(asked: Ground) -> None:
    service(asked).browsing.search("müller")
    service(asked).browsing.search("m")
    assert states(asked) == []
    service(asked).browsing.search("x" * (MAX_SEARCH + 50))
    await answered(asked, SourceState.ANSWERED, None)
    assert questions(asked) == ["x" * MAX_SEARCH] * 2


async def test_a_refused_question_is_a_source_that_cannot_be_reached(asked: Ground) -> None:
    asked.link.refuse(SearchSource, WireError(ErrorCode.INTERNAL, "the server made a mistake"))
    service(asked).browsing.search("müller")
    await answered(asked, SourceState.UNREACHABLE, SourceState.UNREACHABLE)


async def test_a_server_without_sources_is_asked_nothing(signed_in: Ground) -> None:
    service(signed_in).browsing.search("müller")
    service(signed_in).name_of("+41445550123")
    await signed_in.settled()
    assert service(signed_in).browsing.searches == ()
    assert not [one for one in signed_in.link.commands if isinstance(one, SearchSource | AskName)]


async def test_a_caller_gets_a_name_when_it_comes_and_is_asked_for_once(asked: Ground) -> None:
    names = asked.services.names
    party = Party("+41791112233", "")
    told: list[None] = []
    service(asked).named.subscribe(told.append)
    assert names.named(party).name == "", "nobody waits for it"
    await wait_until_async(lambda: told, "the name")
    assert names.named(party).name == "Hugo Müller"
    names.named(Party("+41790000000", "Signalled"))
    await asked.settled()
    assert names.named(Party("+41790000000", "Signalled")).name == "Signalled"
    assert [one.number for one in asked.link.commands if isinstance(one, AskName)] == [
        "+41791112233",
        "+41790000000",
    ]
