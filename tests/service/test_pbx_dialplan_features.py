"""Picking up, parking and transferring at a real Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import Company, talking
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.domain.calls import EndReason, reason_of_status

pytestmark = pytest.mark.end_to_end

BRIEF_WORDS = True


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawayPbx]:
    with ThrowawayPbx(tmp_path_factory.mktemp("pbx")) as pbx:
        yield pbx


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open()
    yield company
    await company.close()


async def ended(call: PhoneCall) -> tuple[int, EndReason]:
    """The final status a caller got, and what a person is told."""
    status = await call.final_status()
    return status, reason_of_status(status)


async def ring_beat(anna: ScriptedPhone, beat: ScriptedPhone) -> tuple[PhoneCall, PhoneCall]:
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    return call, ringing


@pytest.mark.parametrize("code", ["*8", "**202"])
async def test_picking_up_for_a_colleague_of_the_same_group(company: Company, code: str) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    call, ringing = await ring_beat(anna, beat)
    picked = await carla.dial(code)

    assert await picked.final_status() == 200
    assert await call.final_status() == 200
    await ringing.wait_until_over()
    (cancel,) = [request for request in ringing.requests if request.method == "CANCEL"]
    assert cancel.get("Reason").startswith("SIP;cause=200")
    await company.until(
        lambda: [leg.remote.number for leg in company.legs("carla")] == ["201"], "carla's leg with anna"
    )
    await company.until(
        lambda: len({leg.call_id for leg in (*company.legs("anna"), *company.legs("carla"))}) == 1, "one call"
    )


async def test_picking_up_in_another_group_is_not_permitted(company: Company) -> None:
    anna, beat, dario = await company.phone("anna"), await company.phone("beat"), await company.phone("dario")
    call, ringing = await ring_beat(anna, beat)

    assert await ended(await dario.dial("**202")) == (403, EndReason.NOT_PERMITTED)
    assert await ended(await dario.dial("*8")) == (480, EndReason.NO_ANSWER)
    ringing.answer()
    assert await call.final_status() == 200


async def test_there_is_nothing_to_pick_up(company: Company) -> None:
    carla = await company.phone("carla")

    assert await ended(await carla.dial("**202")) == (480, EndReason.NO_ANSWER)
    assert await ended(await carla.dial("*8")) == (480, EndReason.NO_ANSWER)


async def test_parking_and_fetching(company: Company) -> None:
    carla = await company.phone("carla")
    call, taken = await talking(company)

    taken.refer("700")
    await company.until(lambda: "SIP/2.0 200 OK" in taken.told(), "the transfer to be done")
    taken.hang_up()
    await company.until(lambda: not company.legs("beat"), "beat to be out of it")
    assert not call.over
    fetched = await carla.dial("701")
    assert await fetched.final_status() == 200
    await company.until(
        lambda: [leg.remote.number for leg in company.legs("carla")] == ["201"], "carla's leg with anna"
    )
    assert not call.over


async def test_a_blind_transfer_rings_whom_it_goes_to(company: Company) -> None:
    carla = await company.phone("carla")
    _, taken = await talking(company)

    taken.refer("203")
    ringing = await carla.incoming()
    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    ringing.answer()
    await company.until(
        lambda: [leg.remote.number for leg in company.legs("anna")] == ["203"], "anna's leg with carla"
    )
