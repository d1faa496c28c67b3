"""Switches and the group of all users at a real Asterisk: where calls go, who may key in what, who rings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import Company, user
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.calls import EndReason, reason_of_status
from wwphone.server.api import PbxConfiguration
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind, PbxRingGroup
from wwphone.server.switch_api import PbxRoute, PbxSwitch

pytestmark = pytest.mark.end_to_end

BRIEF_WORDS = True

NIGHT, HOLIDAY = PbxFlag(PbxFlagKind.SWITCH, "night"), PbxFlag(PbxFlagKind.SWITCH, "holiday")
SWITCHES = (
    PbxSwitch("holiday", "Feiertag", "2", True, (PbxRoute("300", to_mailbox_of="beat"),)),
    PbxSwitch("night", "Nacht", "1", True, (PbxRoute("202", "203"), PbxRoute("300", "204"))),
    PbxSwitch("ring", "Im Kreis", "3", True, (PbxRoute("310", "311"), PbxRoute("311", "310"))),
)
USERS = (
    user("anna", "201", operates_switches=True),
    user("beat", "202"),
    user("carla", "203"),
    user("dario", "204"),
    user("eva", "205", in_all_users=False),
)
GROUPS = (
    PbxRingGroup("300", "Verkauf", ("beat", "carla")),
    PbxRingGroup("310", "Eins", ("beat",)),
    PbxRingGroup("311", "Zwei", ("beat",)),
    PbxRingGroup("320", "Alle", (), all_users=True),
)
LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _8XXX,1,Set(WWPHONE_NUMBER=)
 same => n,Set(CALLERID(num)=+41319998877)
 same => n,Goto(wwphone-direct,${EXTEN:1},1)
exten => 0333,1,Goto(wwphone-all-users,start,1)
exten => 0334,1,GotoIf($["${DB(wwphone-switch/night)}" = "on"]?wwphone-internal,203,1)
 same => n,Goto(wwphone-internal,204,1)
"""


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    """Everything is off at first and in the end."""
    company = Company(asterisk.asterisk)
    company.use(ring_timeout_s=30 * SECONDS)
    await company.open(PbxConfiguration(USERS, GROUPS, (), "de", SWITCHES))
    yield company
    for flag in (NIGHT, HOLIDAY, PbxFlag(PbxFlagKind.SWITCH, "ring")):
        await company.pbx.set_flag(flag, on=False)
    await company.close()


def entry(company: Company, family: str, key: str) -> str:
    return company.asterisk.command(f"database get {family} {key}").partition("Value: ")[2].strip()


async def rings(caller: ScriptedPhone, number: str, *callees: ScriptedPhone) -> None:
    """Dial, see these and only these ring, and give up."""
    call = await caller.dial(number)
    ringing = [await callee.incoming() for callee in callees]
    for one in ringing:
        one.ring()
    await call.wait_for_status(180)
    call.cancel()
    for one in ringing:
        await one.wait_until_over()
    await call.final_status()


async def test_while_a_switch_is_on_calls_go_elsewhere(company: Company) -> None:
    anna, beat, carla, dario = [await company.phone(name) for name in ("anna", "beat", "carla", "dario")]
    await rings(anna, "300", beat, carla)
    await company.pbx.set_flag(NIGHT, on=True)
    await rings(anna, "300", dario)
    await rings(anna, "8300", dario)
    await rings(anna, "8202", carla)
    await rings(anna, "202", beat)
    await rings(anna, "0334", carla)
    assert not any(phone.has_incoming() for phone in (beat, carla, dario))

    await company.pbx.set_flag(NIGHT, on=False)
    await rings(anna, "300", beat, carla)
    await rings(anna, "8202", beat)
    await rings(anna, "0334", dario)


async def test_the_first_switch_that_is_on_counts_and_may_lead_to_a_mailbox(company: Company) -> None:
    anna = await company.phone("anna")
    await company.pbx.set_flag(NIGHT, on=True)
    await company.pbx.set_flag(HOLIDAY, on=True)
    call = await anna.dial("300")
    assert await call.final_status() == 200
    await wait_until_async(
        lambda: "VoiceMail!202@wwphone" in company.asterisk.command("core show channels concise"),
        "the mailbox of Beat",
    )
    call.hang_up()


async def test_numbers_that_send_to_each_other_end(company: Company) -> None:
    anna = await company.phone("anna")
    await company.pbx.set_flag(PbxFlag(PbxFlagKind.SWITCH, "ring"), on=True)
    call = await anna.dial("310")
    assert reason_of_status(await call.final_status()) is EndReason.BUSY


async def test_who_may_operates_it_by_a_code(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    for code in ("*511", "*521"):
        call = await beat.dial(code)
        assert reason_of_status(await call.final_status()) is EndReason.NOT_PERMITTED
    call = await anna.dial("*519")
    assert reason_of_status(await call.final_status()) is EndReason.NOT_PERMITTED
    assert company.of(PbxFlagKeyed) == []

    call = await anna.dial("*511")
    assert await call.final_status() == 200
    await call.wait_until_over(30 * SECONDS)
    await company.until(lambda: company.of(PbxFlagKeyed), "the event")
    (keyed,) = company.of(PbxFlagKeyed)
    assert (keyed.flag, keyed.on, keyed.user) == (NIGHT, True, "anna")
    assert entry(company, "wwphone-switch", "night") == "on"
    await company.pbx.set_flag(NIGHT, on=True)
    assert entry(company, "wwphone-keyed", "switch/night") == ""

    call = await anna.dial("*521")
    assert await call.final_status() == 200
    await call.wait_until_over(30 * SECONDS)
    await company.until(lambda: len(company.of(PbxFlagKeyed)) == 2, "the event")
    assert not company.of(PbxFlagKeyed)[1].on
    assert entry(company, "wwphone-switch", "night") == ""


async def test_all_users_ring_but_those_who_are_no_members(company: Company) -> None:
    anna, beat, carla, eva = [await company.phone(name) for name in ("anna", "beat", "carla", "eva")]
    await rings(eva, "320", anna, beat, carla)
    await rings(eva, "0333", anna, beat, carla)
    assert not eva.has_incoming()


async def test_hundreds_of_users_ring_together(company: Company) -> None:
    many = tuple(user(f"u{number}", str(number)) for number in range(5000, 5149))
    last = user("last", "5149")
    await company.pbx.configure(PbxConfiguration((*USERS, *many, last), GROUPS, (), "de", SWITCHES))
    eva, dario, late = [await company.phone(name) for name in ("eva", "dario", "last")]
    await rings(eva, "320", dario, late)
