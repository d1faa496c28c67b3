"""Numbers outside at a real Asterisk, with the trunk prefix and without: what the administrator's part gets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import wait_until_told
from tests.service.pbx_company import COMPANY, Company
from wwphone.domain.calls import CallDirection
from wwphone.server.services.phone_numbers import trunk_prefix_in

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = """\
[wwphone-emergency]
exten => 112,1,Set(CONNECTEDLINE(num)=${EXTEN})
 same => n,Answer()
 same => n,Wait(30)
[wwphone-outgoing]
exten => _[+0]X.,1,Set(CONNECTEDLINE(num)=${EXTEN})
 same => n,Answer()
 same => n,Wait(30)
exten => _18XX,1,Goto(0${EXTEN},1)
exten => _8X.,1,Set(CALLERID(num)=${EXTEN:1})
 same => n,Goto(wwphone-direct,201,1)
"""
USERS = tuple(replace(one, number="0204") if one.user == "dario" else one for one in COMPANY.users)
HOUSE = replace(COMPANY, users=USERS, ring_groups=())


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    company.use(trunk_prefix=trunk_prefix_in("CH", "0"))
    await company.open(HOUSE)
    yield company
    await company.close()


@pytest.mark.parametrize(
    ("dialled", "outside"),
    [
        ("0445550123", "0445550123"),
        ("00445550123", "0445550123"),
        ("0041445550123", "0041445550123"),
        ("00041445550123", "0041445550123"),
        ("+41445550123", "+41445550123"),
        ("0+41445550123", "+41445550123"),
        ("01811", "01811"),
        ("*31*00445550123", "0445550123"),
        ("112", "112"),
        ("0112", "112"),
    ],
)
async def test_numbers_outside_come_without_the_prefix(company: Company, dialled: str, outside: str) -> None:
    """1811 comes back as 01811, so that it is seen that it was found there without its zero."""
    anna = await company.phone("anna")
    call = await anna.dial(dialled)

    assert f"<sip:{outside}@" in (await call.wait_for_status(200)).get("P-Asserted-Identity")


async def test_the_leg_is_known_without_the_prefix(company: Company) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("00445550123")
    await call.wait_for_status(200)

    await company.until(lambda: bool(company.legs("anna")), "the leg")
    assert {leg.remote.number for leg in company.legs("anna")} == {"0445550123"}


async def test_the_record_of_calls_tells_both_ways_without_the_prefix(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.call_records.begin(None)
    out = await anna.dial("00445550144")
    await out.wait_for_status(200)
    out.hang_up()
    # The line's call comes in by way of Beat's phone here, whose own number of it is 8…
    line = await beat.dial("800445550155")
    (await anna.incoming()).refuse(486)
    await line.final_status()
    told: set[tuple[CallDirection, str]] = set()

    async def both() -> bool:
        found = await company.pbx.call_records.read()
        told.update((call.direction, call.number) for call in found.calls if call.user == "anna")
        return {(CallDirection.OUTGOING, "0445550144"), (CallDirection.INCOMING, "0445550155")} <= told

    await wait_until_told(both, "both rows")
    assert not [number for _, number in told if number.startswith("00445550")]


async def test_internal_numbers_stay_internal(company: Company) -> None:
    anna, dario = await company.phone("anna"), await company.phone("dario")
    call = await anna.dial("0204")

    assert (await dario.incoming()).invite.all("X-Wwphone-Kind") == ["internal"]
    call.cancel()
    await call.final_status()


@pytest.mark.parametrize("number", ["0555", "555"])
async def test_a_number_nobody_has_behind_the_prefix_is_unknown(company: Company, number: str) -> None:
    anna = await company.phone("anna")

    assert await (await anna.dial(number)).final_status() == 404


@pytest.mark.parametrize(
    ("delivered", "shown"),
    [
        ("00445550199", "0445550199"),
        ("000493012345678", "00493012345678"),
        ("0445550199", "0445550199"),
        ("0112", "112"),
        ("0203", "0203"),
        ("0204", "0204"),
    ],
)
async def test_a_caller_is_shown_without_the_prefix(company: Company, delivered: str, shown: str) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await beat.dial("8" + delivered)
    invite = (await anna.incoming()).invite

    assert f"<sip:{shown}@" in invite.get("From")
    call.cancel()
    await call.final_status()


async def test_calls_are_forwarded_to_a_number_with_the_prefix(
    company: Company, asterisk: ThrowawayPbx
) -> None:
    anna = await company.phone("anna")
    asterisk.asterisk.command('database put wwphone-reach carla "internal-direct-group|00445550123||||"')
    call = await anna.dial("203")

    try:
        assert "<sip:0445550123@" in (await call.wait_for_status(200)).get("P-Asserted-Identity")
    finally:
        asterisk.asterisk.command("database del wwphone-reach carla")


async def test_asterisk_has_nothing_to_complain_of(company: Company, asterisk: ThrowawayPbx) -> None:
    """Last in this file: what was loaded and dialled so far left no warning about our files."""
    log = (asterisk.asterisk.logs / "messages.log").read_text("utf-8")
    complaints = [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line]

    assert [
        one for one in complaints if any(word in one for word in ("config", "pbx_", "func_", "expr"))
    ] == []
