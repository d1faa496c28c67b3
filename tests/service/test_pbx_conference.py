"""Conference rooms at a real Asterisk: who is let in, and what is told of who is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import COMPANY, Company
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.conference import Participant
from wwphone.server.api import PbxConfiguration, PbxRoom
from wwphone.server.conference_api import (
    PbxDoor,
    PbxOpening,
    PbxParticipantChanged,
    PbxParticipantLeft,
)

pytestmark = pytest.mark.end_to_end

CONFERENCE_NUMBER = "+41445550000"
ROOMS = (
    PbxRoom("201", "Annas Raum", "1234", "anna"),
    PbxRoom("850", "Sitzung"),
    PbxRoom("851", "Rat", "4321"),
)
HOUSE = PbxConfiguration(COMPANY.users, COMPANY.ring_groups, ROOMS, "de", conference_number=CONFERENCE_NUMBER)
LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _0X.,1,Answer()
 same => n,Wait(20)
 same => n,Hangup()
; what comes from outside, as the line of a real company would: dialled by a phone of the house, but without its rights
exten => _99X.,1,Goto(from-outside,+${EXTEN:2},1)

[from-outside]
exten => _+X.,1,Set(CALLERID(all)=+41319998877)
 same => n,Set(WWPHONE_NUMBER=)
 same => n,Goto(wwphone-direct,${EXTEN},1)
"""


def opening(since_s: float, until_s: float) -> PbxOpening:
    """From and until so many seconds from now."""
    now = datetime.now(UTC)
    opens = now + timedelta(seconds=since_s)
    return PbxOpening(opens, opens, now + timedelta(seconds=until_s))


def door(name: str, room: str, pins: dict[str, str], *openings: PbxOpening) -> PbxDoor:
    return PbxDoor(name, room, openings, tuple(pins.items()), "Europe/Zurich")


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open(HOUSE)
    yield company
    await company.pbx.conference.set_doors([])
    await company.close()


def there(company: Company) -> dict[str, Participant]:
    """Who is in a conference, by what was told alone."""
    found: dict[str, Participant] = {}
    for event in company.told:
        if isinstance(event, PbxParticipantChanged):
            found[event.participant.participant_id] = event.participant
        elif isinstance(event, PbxParticipantLeft):
            found.pop(event.participant_id, None)
    return found


def of(company: Company, user: str) -> Participant | None:
    return next((one for one in there(company).values() if one.user == user), None)


async def comes(company: Company, user: str, number: str, keys: str = "") -> PhoneCall:
    """Somebody dials in, by keys where they are asked for a PIN; returns when they are there."""
    call = await dials(company, user, number, keys)
    await company.until(lambda: of(company, user), f"{user} in the conference")
    return call


async def dials(company: Company, user: str, number: str, keys: str = "") -> PhoneCall:
    phone = next((one for one in company.phones if one.user == user), None) or await company.phone(user)
    call = await phone.dial(number)
    assert await call.final_status() == 200
    call.press(keys)
    return call


def refusals(company: Company) -> list[str]:
    """Why callers were not let in, as it stands in the record of calls."""
    lines = company.settings.call_records.read_text("utf-8").splitlines()
    return [
        line.split("wwphone-conference-refused", 1)[1]
        for line in lines
        if "wwphone-conference-refused" in line
    ]


async def test_the_owner_is_a_chair_and_others_are_asked_for_the_pin(company: Company) -> None:
    await comes(company, "anna", "901")
    await comes(company, "beat", "902", "201#1234#")
    anna, beat = of(company, "anna"), of(company, "beat")
    assert anna and beat
    assert (anna.room, anna.chair, anna.party.number) == ("201", True, "201")
    assert (beat.room, beat.chair, beat.party.number) == ("201", False, "202")
    assert abs((datetime.now(UTC) - beat.since).total_seconds()) < 60
    assert beat.participant_id == company.legs("beat")[0].leg_id
    await company.pbx.conference.hang_up(beat.participant_id)
    await company.until(lambda: not of(company, "beat"), "beat out")
