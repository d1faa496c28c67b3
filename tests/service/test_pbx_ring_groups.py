"""Logging in to ring groups at a real Asterisk: who rings, and what phones key in, with and without the CTI server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import Company
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.calls import EndReason, reason_of_status
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind

pytestmark = pytest.mark.end_to_end

BRIEF_WORDS = True


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    """300 rings Beat and Carla; whoever was logged out is logged in again."""
    company = Company(asterisk.asterisk)
    await company.open()
    yield company
    for user in ("beat", "carla"):
        await company.pbx.set_flag(out_of("300", user), on=False)
    await company.close()


def out_of(number: str, user: str) -> PbxFlag:
    return PbxFlag(PbxFlagKind.LOGGED_OUT, f"{number}/{user}")


def entry(company: Company, family: str, key: str) -> str:
    """What stands in Asterisk's database; empty for nothing."""
    said = company.asterisk.command(f"database get {family} {key}")
    return said.partition("Value: ")[2].strip()


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


async def key_in(phone: ScriptedPhone, code: str) -> int:
    """Dial a code; Asterisk answers it, says it and hangs up."""
    call = await phone.dial(code)
    status = await call.final_status()
    if status == 200:
        await call.wait_until_over(30 * SECONDS)
    return status


async def test_who_is_logged_out_does_not_ring_for_the_group_and_rings_for_all_else(company: Company) -> None:
    anna, beat, carla = [await company.phone(name) for name in ("anna", "beat", "carla")]
    await company.pbx.set_flag(out_of("300", "beat"), on=True)
    await rings(anna, "300", carla)
    assert not beat.has_incoming()
    await rings(anna, "202", beat)

    await company.pbx.set_flag(out_of("300", "carla"), on=True)
    call = await anna.dial("300")
    assert reason_of_status(await call.final_status()) is EndReason.UNREACHABLE
    assert not beat.has_incoming()
    assert not carla.has_incoming()

    await company.pbx.set_flag(out_of("300", "beat"), on=False)
    await rings(anna, "300", beat)


async def test_a_member_logs_out_and_in_by_a_code(company: Company) -> None:
    anna, carla = await company.phone("anna"), await company.phone("carla")
    beat = await company.phone("beat", "snom-D785/10.1 (Büro)")
    before = datetime.now(UTC)
    assert await key_in(beat, "*42300") == 200
    await company.until(lambda: company.of(PbxFlagKeyed), "the event")
    (keyed,) = company.of(PbxFlagKeyed)
    assert (keyed.flag, keyed.on, keyed.user) == (out_of("300", "beat"), True, "beat")
    assert keyed.set_from.startswith("snomD785/10.1")
    assert before - timedelta(seconds=2) <= keyed.at <= datetime.now(UTC)
    assert entry(company, "wwphone-group", "300/beat") == "out"
    await rings(anna, "300", carla)
    assert not beat.has_incoming()

    await company.pbx.set_flag(keyed.flag, on=True)
    assert entry(company, "wwphone-group", "300/beat") == "out"
    assert entry(company, "wwphone-keyed", "group/300/beat") == ""

    assert await key_in(beat, "*41300") == 200
    await company.until(lambda: len(company.of(PbxFlagKeyed)) == 2, "the event")
    assert not company.of(PbxFlagKeyed)[1].on
    assert entry(company, "wwphone-group", "300/beat") == ""
    await rings(anna, "300", beat, carla)


async def test_codes_of_others_and_of_nothing_change_nothing(company: Company) -> None:
    anna = await company.phone("anna")
    for code in ("*42300", "*41300", "*42999", "*42201"):
        assert reason_of_status(await key_in(anna, code)) is EndReason.NOT_PERMITTED
    assert company.of(PbxFlagKeyed) == []


async def test_without_the_cti_server_a_code_counts_and_is_told_later(company: Company) -> None:
    anna, beat, carla = [await company.phone(name) for name in ("anna", "beat", "carla")]
    await company.pbx.set_flag(out_of("300", "carla"), on=True)
    await company.pbx.shutdown()
    assert await key_in(beat, "*42300") == 200
    assert await key_in(carla, "*41300") == 200
    await rings(anna, "300", carla)
    assert not beat.has_incoming()

    again = Company(company.asterisk)
    await again.pbx.set_flag(out_of("300", "carla"), on=True)  # as its store has it
    await again.open()
    await again.until(lambda: len(again.of(PbxFlagKeyed)) == 2, "what was keyed in")
    assert {(one.flag.name, one.on) for one in again.of(PbxFlagKeyed)} == {
        ("300/beat", True),
        ("300/carla", False),
    }
    assert entry(company, "wwphone-group", "300/beat") == "out"
    assert entry(company, "wwphone-group", "300/carla") == "", "left as it is until somebody decides"
    for keyed in again.of(PbxFlagKeyed):
        await again.pbx.set_flag(keyed.flag, on=keyed.on)
    await wait_until_async(lambda: entry(company, "wwphone-keyed", "group/300/beat") == "", "the note to go")
    await rings(anna, "300", carla)
    for user in ("beat", "carla"):
        await again.pbx.set_flag(out_of("300", user), on=False)
    await again.close()
