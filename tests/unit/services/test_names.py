"""Names of numbers: a colleague's, else the phone book's, else what was signalled; wherever a call is told of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.domain.calls import CallKind, Party
from wwphone.domain.parking import ParkedCall
from wwphone.domain.phonebook import ContactDetails, NumberKind
from wwphone.domain.pickup import RingingCall
from wwphone.protocol.parking import ParkedCallChanged
from wwphone.protocol.pickup import RingingCallChanged
from wwphone.services.calls import DialPreview

HANS = ContactDetails("Hans", "Brändli", "Brändli GmbH", "+41523334455", "+41791234567")
COMPANY = ContactDetails(company="Spital Uster", office="+41449111111")
SAME_AS_BEAT = ContactDetails("Sepp", "Falsch", office="207")
HANS_IS = "Hans Brändli · Brändli GmbH"


@pytest_asyncio.fixture
async def known(ground: Ground) -> AsyncIterator[Ground]:
    """Services that know a phone book."""
    ground.link.phonebook.open((HANS, COMPANY, SAME_AS_BEAT))
    await ground.sign_in()
    await wait_until_async(lambda: ground.services.phonebook.count == 3, "the phone book to be there")
    await ground.settled()
    yield ground


@pytest.mark.parametrize(
    ("signalled", "name"),
    [
        (Party("+41523334455"), HANS_IS),
        (Party("052 333 44 55", "BRAENDLI GMBH"), HANS_IS),
        (Party("0041791234567"), HANS_IS),
        (Party("+41 44 911 11 11"), "Spital Uster"),
        (Party("207", "a phone's idea"), "Beat Keller"),
        (Party("+41445556677", "Stranger"), "Stranger"),
        (Party(""), ""),
    ],
)
def test_the_name_we_know_comes_first(known: Ground, signalled: Party, name: str) -> None:
    named = known.services.names.named(signalled)
    assert (named.number, named.name) == (signalled.number, name)


async def test_who_calls_has_the_name_as_soon_as_it_rings(known: Ground) -> None:
    told: list[str] = []
    known.services.calls.incoming.subscribe(lambda call: told.append(call.remote.name))
    known.engine.incoming("+41523334455", "", CallKind.DIRECT, "204")
    await known.settled()
    assert told == [HANS_IS]


async def test_a_call_in_sight_follows_the_phone_book(known: Ground) -> None:
    call_id = known.engine.incoming("+41445556677", "Stranger", CallKind.DIRECT, "204")
    await known.settled()

    def name() -> str:
        call = known.services.calls.call(call_id)
        assert call is not None
        return call.remote.name

    assert name() == "Stranger"
    contact = known.link.phonebook.write(ContactDetails("Vreni", "Ösch", office="+41445556677"), by="beat")
    await wait_until_async(lambda: name() == "Vreni Ösch", "the name to be known")
    known.link.phonebook.write(
        replace(contact.details, office="+41445550000"), contact_id=contact.contact_id, by="beat"
    )
    await wait_until_async(lambda: name() == "Stranger", "the signalled name to be back")


async def test_what_rings_elsewhere_and_what_is_parked_have_names(known: Ground) -> None:
    now = datetime.now(UTC)
    caller = Party("+41523334455")
    ringing = RingingCall(
        ringing_id="1/carla",
        called=Party("201", "Carla Brändli"),
        kind=CallKind.DIRECT,
        since=now,
        user="carla",
        caller=caller,
        may_pick_up=True,
    )
    parked = ParkedCall("701", caller, "beat", now, now + timedelta(seconds=90))
    known.link.change(RingingCallChanged(ringing), ParkedCallChanged(parked))
    [line] = known.services.pickup.lines
    assert line.caller == Party("+41523334455", HANS_IS)
    assert [call.caller.name for call in known.services.parking.parked] == [HANS_IS]
    changes: list[str] = []
    known.services.pickup.changed.subscribe(lambda _: changes.append("ringing"))
    known.services.parking.changed.subscribe(lambda _: changes.append("parked"))
    contact = known.services.names.contact("+41523334455")
    assert contact is not None
    known.link.phonebook.write(replace(HANS, company=""), contact_id=contact.contact_id)
    await wait_until_async(lambda: set(changes) == {"ringing", "parked"}, "both to be told")
    await wait_until_async(
        lambda: known.services.pickup.lines[0].caller == Party("+41523334455", "Hans Brändli"), "the new name"
    )


async def test_a_parked_call_that_is_fetched_is_still_known_after_a_new_mirror(known: Ground) -> None:
    now = datetime.now(UTC)
    parked = ParkedCall("701", Party("+41523334455"), "beat", now, now + timedelta(seconds=90))
    known.link.change(ParkedCallChanged(parked))
    await known.services.parking.fetch("701")
    assert known.services.parking.parked == ()


# ---------------------------------------------------------------- dialling


def preview(ground: Ground, text: str) -> DialPreview:
    return ground.services.calls.preview(text)


def test_each_number_of_a_contact_is_offered_below_the_colleagues(known: Ground) -> None:
    found = preview(known, "brändli")
    assert [colleague.nickname for colleague in found.hits] == ["Carla Brändli"]
    assert [(hit.name, hit.kind, hit.number) for hit in found.contacts] == [
        (HANS_IS, NumberKind.OFFICE, "+41523334455"),
        (HANS_IS, NumberKind.MOBILE, "+41791234567"),
    ]
    assert (found.first_name, found.address) == ("Carla Brändli", "201")


async def test_a_contact_is_dialled_when_no_colleague_fits(known: Ground) -> None:
    found = preview(known, "uster")
    assert (found.hits, found.first_name, found.address) == ((), "Spital Uster", "+41449111111")
    call_id = known.services.calls.dial("uster")
    await known.settled()
    call = known.services.calls.call(call_id)
    assert call is not None
    assert call.remote == Party("+41449111111", "Spital Uster")


def test_digits_are_dialled_as_they_are_typed(known: Ground) -> None:
    found = preview(known, "91234567")
    assert found.address == "91234567"
    assert [hit.number for hit in found.contacts] == ["+41523334455", "+41791234567"]
    assert preview(known, "") == DialPreview(None, ())
