"""Choosing the shown number at a real Asterisk: one's own, none, and never somebody else's."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import COMPANY, Company, user
from wwphone.domain.calls import Leg, Party
from wwphone.domain.numbers import DialTarget
from wwphone.domain.shown import SHOWN_HEADER, SHOWN_PREFIX, Shown, shown_call
from wwphone.server.api import PbxEvent, PbxLegChanged

pytestmark = pytest.mark.end_to_end

USUAL, FORWARDING = "+41440000000", "+41440000201"
BESIDES = ("+41440000700", "0800123456")
USERS = (
    user(
        "anna",
        "201",
        displayed_number=USUAL,
        displayed_number_when_forwarding=FORWARDING,
        shown_numbers=BESIDES,
    ),
    *COMPANY.users[1:],
)
OUTSIDE = "0791112233"
LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _0X.,1,Set(CONNECTEDLINE(name)=${CALLERID(pres)})
 same => n,Set(CONNECTEDLINE(num)=8${WWPHONE_DISPLAYED_NUMBER})
 same => n,Answer()
 same => n,Wait(30)
[wwphone-emergency]
exten => 117,1,Set(CONNECTEDLINE(name)=${CALLERID(pres)})
 same => n,Set(CONNECTEDLINE(num)=8${CALLERID(num)})
 same => n,Answer()
 same => n,Wait(30)
"""
"""The line outside tells the caller what it would show there, behind an 8, and whether it may."""


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open(replace(COMPANY, users=USERS))
    yield company
    await company.close()


def leg_of(event: PbxEvent) -> Leg | None:
    """A leg that was told."""
    return event.leg if isinstance(event, PbxLegChanged) else None


async def shown(company: Company, number: str, headers: dict[str, str]) -> tuple[str, str]:
    """What the line outside shows for a call of anna's, and whether it may."""
    anna = await company.phone("anna")
    call = await anna.dial(number, headers=tuple(headers.items()))
    told = (await call.wait_for_status(200)).get("P-Asserted-Identity")
    call.hang_up()
    name, _, address = told.partition("<sip:8")
    return address.partition("@")[0], name.strip(' "')


@pytest.mark.parametrize("number", [FORWARDING, "201", *BESIDES])
async def test_another_of_ones_own_numbers(company: Company, number: str) -> None:
    dialled = shown_call(DialTarget(OUTSIDE), Shown(number))
    assert await shown(company, *dialled) == (number, "allowed_not_screened")


async def test_the_usual_one_without_a_choice(company: Company) -> None:
    assert await shown(company, OUTSIDE, {}) == (USUAL, "allowed_not_screened")
    assert await shown(company, OUTSIDE, {SHOWN_HEADER: FORWARDING}) == (USUAL, "allowed_not_screened")


async def test_none(company: Company) -> None:
    number, allowed = await shown(company, *shown_call(DialTarget(OUTSIDE), Shown()))
    assert number == ""
    assert allowed.startswith("prohib")


@pytest.mark.parametrize(
    "foreign",
    [
        "+41440000202",
        "202",
        "117",
        "0201",
        "+41440000201x9",
        "41440000201",
        "${WWPHONE_NUMBER}1",
        "+4144000070",
        "800123456",
        "+41440000700/0800123456",
    ],
)
async def test_nobody_elses_number_is_ever_shown(company: Company, foreign: str) -> None:
    number, allowed = await shown(company, SHOWN_PREFIX + OUTSIDE, {SHOWN_HEADER: foreign})
    assert number in (USUAL, "")
    assert (number == USUAL) == allowed.startswith("allowed")


async def test_colleagues_see_ones_internal_number_all_the_same(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial(f"{SHOWN_PREFIX}202")
    ringing = await beat.incoming()
    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    call.cancel()
    await call.final_status()


async def test_and_so_do_emergency_services(company: Company) -> None:
    assert await shown(company, f"{SHOWN_PREFIX}117", {}) == ("201", "allowed_not_screened")


async def test_a_number_nobody_has_is_refused_as_ever(company: Company) -> None:
    anna = await company.phone("anna")
    assert await (await anna.dial(f"{SHOWN_PREFIX}999888")).final_status() == 404


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [(None, USUAL), (Shown(), ""), (Shown(FORWARDING), FORWARDING), (Shown("+41791112233"), USUAL)],
    ids=["usual", "none", "own", "foreign"],
)
async def test_a_steered_phone_shows_what_was_chosen(
    company: Company, chosen: Shown | None, expected: str
) -> None:
    anna = await company.phone("anna")
    leg_id = f"wwphone-{uuid.uuid4().hex}"  # the leg of the test before may just be ending
    dialling = asyncio.ensure_future(
        company.pbx.desk_phones.dial(
            "anna", OUTSIDE, leg_id, company.registrations("anna")[0].contact, chosen
        )
    )
    own = await anna.incoming()
    own.ring()
    await dialling
    own.answer()

    # The leg shows what the line outside tells, as the phone would.
    def shown() -> list[Party]:
        """What the leg shows, if that is the number expected."""
        remotes = [leg.remote for leg in company.legs("anna") if leg.leg_id == leg_id]
        return [remote for remote in remotes if remote.number == f"8{expected}"]

    await company.until(shown, "what is shown")
    if not expected:
        assert shown()[0].name.startswith("prohib")
    dialled = [leg.remote.number for leg in map(leg_of, company.told) if leg is not None]
    assert OUTSIDE in dialled, "and not what is put in front of it"
    own.hang_up()
