"""Declined calls at a real Asterisk: they go where calls are forwarded when busy, and never round and round."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import COMPANY, Company, ended, forwarding
from wwphone.domain.calls import EndReason
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import PbxConfiguration
from wwphone.server.ring_group_api import PbxRingGroup

pytestmark = pytest.mark.end_to_end

BUSY = ForwardingCause.BUSY
GROUPS = (*COMPANY.ring_groups, PbxRingGroup("303", "Beat allein", ("beat",)))


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open(PbxConfiguration(COMPANY.users, GROUPS, COMPANY.rooms, "de"))
    yield company
    await company.close()


async def test_when_one_of_the_devices_declines(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    other = await company.phone("beat")
    await company.pbx.set_reach("beat", forwarding(BUSY, "203"))
    call = await anna.dial("202")
    silenced = await other.incoming()
    silenced.ring()
    (await beat.incoming()).refuse(603)
    ringing = await carla.incoming()
    await silenced.wait_until_over()
    ringing.answer()

    assert await call.final_status() == 200
    assert "reason=user-busy" in ringing.invite.get("Diversion")


async def test_who_declines_for_oneself_and_for_a_forwarded_call_ends_it(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(BUSY, "203"))
    await company.pbx.set_reach("carla", forwarding(BUSY, "202"))
    call = await anna.dial("202")
    (await beat.incoming()).refuse(603)
    (await carla.incoming()).refuse(603)

    assert await ended(call) == (603, EndReason.DECLINED_THERE)


async def test_a_declined_call_of_a_group_is_not_forwarded(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(BUSY, "203"))
    call = await anna.dial("303")
    (await beat.incoming()).refuse(603)
    await call.wait_until_over()

    assert not carla.has_incoming()
