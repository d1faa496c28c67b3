"""The adapter at a real Asterisk: devices, phone states, legs, click-to-dial, refused devices, restarts, reloads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS
from tests.service.pbx_company import Company, talking
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.account import Transport
from wwphone.domain.calls import CallDirection, LegState, Party, PhoneState
from wwphone.server.api import (
    PbxError,
    PbxLegChanged,
    PbxLegEnded,
    PbxRegistrationRefused,
)
from wwphone.server.asterisk.settings import DigestAlgorithm

pytestmark = pytest.mark.end_to_end


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


@pytest.fixture
async def own_asterisk(tmp_path: Path) -> AsyncIterator[Company]:
    """A company whose Asterisk may be killed, with probes every second."""
    pbx = ThrowawayPbx(tmp_path)
    with pbx:
        company = Company(pbx.asterisk)
        company.use(probe_period_s=1.0)
        await company.open()
        yield company
        await company.close()


# ---------------------------------------------------------------- devices


async def test_all_that_people_want_to_know_of_a_device(company: Company) -> None:
    before = datetime.now(UTC)
    phone = await company.phone("anna", "Snom/8.9.3 (D375)")
    (device,) = company.registrations("anna")

    assert device.user_agent == "Snom/8.9.3 (D375)"
    assert (device.address, device.port, device.transport) == (LOOPBACK, phone.port, Transport.UDP)
    assert device.call_id == phone.register_call_id
    assert device.reachable
    assert device.round_trip_ms is not None
    assert 0 < device.round_trip_ms < 1_000 * SECONDS
    assert device.expires_at is not None
    assert timedelta(seconds=290) < device.expires_at - before < timedelta(seconds=310)
    assert company.state("anna") is PhoneState.FREE


async def test_a_device_that_renews_its_registration_is_known_until_later(company: Company) -> None:
    phone = await company.phone("anna")
    first = company.registrations("anna")[0].expires_at
    assert await phone.register(expires_s=600) == 200

    await company.until(lambda: company.registrations("anna")[0].expires_at != first, "the new expiry")
    assert len(company.registrations("anna")) == 1


async def test_a_device_that_signs_off_is_gone_at_once(company: Company) -> None:
    desk, soft = await company.phone("anna"), await company.phone("anna")
    await desk.register(0)
    await company.until(lambda: len(company.registrations("anna")) == 1, "one device")
    assert company.state("anna") is PhoneState.FREE

    await soft.register(0)
    await company.until(lambda: company.state("anna") is PhoneState.OFFLINE, "no device")


async def test_a_fourth_device_is_refused_and_told_and_the_three_stay(company: Company) -> None:
    phones = [await company.phone("anna", f"Device {number}") for number in range(3)]
    fourth = await company.unregistered_phone("anna")

    assert await fourth.register() == 403
    await company.until(lambda: company.of(PbxRegistrationRefused), "the refusal")
    assert company.of(PbxRegistrationRefused) == [PbxRegistrationRefused("anna", LOOPBACK, too_many=True)]
    assert {device.call_id for device in company.registrations("anna")} == {
        phone.register_call_id for phone in phones
    }
    await phones[0].register(0)
    assert await fourth.register() == 200


@pytest.mark.parametrize(("name", "told"), [("anna", "anna"), ("nobody", "")])
async def test_a_wrong_password_is_refused_and_told(company: Company, name: str, told: str) -> None:
    burglar = await ScriptedPhone(company.asterisk.ports.sip, name, "wrong").start()

    assert await burglar.register() == 401
    await company.until(lambda: company.of(PbxRegistrationRefused), "the refusal")
    assert company.of(PbxRegistrationRefused) == [PbxRegistrationRefused(told, LOOPBACK, too_many=False)]
    burglar.stop()


async def test_a_device_that_dies_is_offline_after_its_next_probe_and_its_place_is_free(
    own_asterisk: Company,
) -> None:
    company = own_asterisk
    phones = [await company.phone("anna", f"Device {number}") for number in range(3)]
    for phone in phones:
        phone.deaf = True
    await company.until(
        lambda: company.state("anna") is PhoneState.OFFLINE, "anna to be offline", 15 * SECONDS
    )
    assert [device.reachable for device in company.registrations("anna")] == [False] * 3
    assert [device.round_trip_ms for device in company.registrations("anna")] == [None] * 3

    phones[0].deaf = False
    assert await phones[0].register() == 200
    await company.until(lambda: company.state("anna") is PhoneState.FREE, "anna to be back")
    fourth = await company.unregistered_phone("anna")
    assert await fourth.register() == 200


async def test_answer_times_are_measured_again_and_again(own_asterisk: Company) -> None:
    await own_asterisk.phone("anna")
    first = own_asterisk.registrations("anna")[0].round_trip_ms

    await own_asterisk.until(
        lambda: own_asterisk.registrations("anna")[0].round_trip_ms != first, "another answer time"
    )


async def test_with_both_digests_phones_take_the_one_they_can_make(asterisk: ThrowawayPbx) -> None:
    company = Company(asterisk.asterisk)
    company.use(digests=(DigestAlgorithm.MD5, DigestAlgorithm.SHA_256))
    await company.open()
    for algorithm in ("MD5", "SHA-256"):
        phone = await company.unregistered_phone("anna")
        phone.account = replace(phone.account, algorithms=(algorithm,))
        assert await phone.register() == 200
        await phone.register(0)
        phone.account = replace(phone.account, password="wrong")
        assert await phone.register() == 401
    await company.close()


# ---------------------------------------------------------------- calls


async def test_a_call_as_both_sides_see_it(company: Company) -> None:
    call, taken = await talking(company)
    call.hang_up()
    await taken.wait_until_over()
    await company.until(lambda: not company.legs("anna") and not company.legs("beat"), "the end")

    assert company.leg_states("anna") == ["dialing", "ringing", "up"]
    assert company.leg_states("beat") == ["dialing", "ringing", "up"]
    assert company.states("anna")[-2:] == ["busy", "free"]
    assert company.states("beat")[-3:] == ["ringing", "busy", "free"]
    told = [event.leg for event in company.of(PbxLegChanged)]
    assert {leg.call_id for leg in told} == {told[0].leg_id}
    assert {(leg.user, leg.direction, leg.remote) for leg in told if leg.state is LegState.UP} == {
        ("anna", CallDirection.OUTGOING, Party("202", "Beat")),
        ("beat", CallDirection.INCOMING, Party("201", "Anna")),
    }
    assert {event.cause for event in company.of(PbxLegEnded)} == {16}


async def test_holding_is_seen_at_the_holder(company: Company) -> None:
    call, taken = await talking(company)
    confirmed = call.statuses.count(200)
    call.hold()
    await company.until(lambda: company.leg_states("anna")[-1] == "held", "the hold")
    assert company.leg_states("beat")[-1] == "up"
    # Nobody sends a re-INVITE before the one before it was answered (RFC 3261 section 14.1).
    await company.until(lambda: call.statuses.count(200) > confirmed, "the hold to be confirmed")
    call.resume()
    await company.until(lambda: company.leg_states("anna")[-1] == "up", "the end of the hold")
    taken.hold()
    await company.until(lambda: company.leg_states("beat")[-1] == "held", "the other's hold")
    assert company.state("anna") is company.state("beat") is PhoneState.BUSY


async def test_ringing_on_one_device_while_talking_on_another_is_busy(company: Company) -> None:
    call, _ = await talking(company)
    carla, second = await company.phone("carla"), await company.phone("anna")
    other = await carla.dial("201")
    ringing = await second.incoming()
    ringing.ring()
    await other.wait_for_status(180)
    await company.until(lambda: len(company.legs("anna")) == 3, "a leg for each device")

    assert company.state("anna") is PhoneState.BUSY
    call.hang_up()
    await company.until(lambda: company.state("anna") is PhoneState.RINGING, "only the ringing to be left")


async def test_hanging_up_a_leg(company: Company) -> None:
    call, taken = await talking(company)
    (leg,) = company.legs("anna")
    await company.pbx.hang_up(leg.leg_id)

    await call.wait_until_over()
    await taken.wait_until_over()
    await company.until(lambda: company.state("beat") is PhoneState.FREE, "the end")
    with pytest.raises(KeyError):
        await company.pbx.hang_up(leg.leg_id)


async def test_hanging_up_a_leg_that_rings(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await company.until(lambda: company.state("beat") is PhoneState.RINGING, "the ringing")
    (leg,) = company.legs("anna")
    await company.pbx.hang_up(leg.leg_id)

    await ringing.wait_until_over()
    assert await call.final_status() >= 400


# ---------------------------------------------------------------- click to dial


async def test_click_to_dial_rings_the_own_device_first(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    dialling = asyncio.create_task(company.pbx.originate("anna", "202", "click-1"))
    own = await anna.incoming()

    assert own.invite.get("Call-Info").endswith(";answer-after=0")
    assert own.invite.get("From").startswith('"Beat" <sip:202@')
    assert not dialling.done()
    own.ring()
    await dialling
    assert not beat.has_incoming()
    own.answer()
    other = await beat.incoming()
    assert other.invite.get("From").startswith('"Anna" <sip:201@')
    assert other.invite.get("X-Wwphone-Kind") == "internal"
    other.ring()
    other.answer()
    await company.until(
        lambda: company.leg_states("beat")[-1:] == company.leg_states("anna")[-1:] == ["up"], "the call"
    )

    (leg,) = company.legs("anna")
    assert (leg.leg_id, leg.call_id, leg.direction) == ("click-1", "click-1", CallDirection.OUTGOING)
    assert (leg.remote, leg.state) == (Party("202", "Beat"), LegState.UP)
    assert [other_leg.call_id for other_leg in company.legs("beat")] == ["click-1"]
    await company.pbx.hang_up("click-1")
    await own.wait_until_over()
    await other.wait_until_over()


async def test_with_several_own_devices_all_ring_and_the_answered_one_dials(company: Company) -> None:
    desk, soft = await company.phone("anna", "Desk"), await company.phone("anna", "Soft")
    beat = await company.phone("beat")
    dialling = asyncio.create_task(company.pbx.originate("anna", "202", "click-2"))
    at_desk, at_soft = await desk.incoming(), await soft.incoming()
    assert "answer-after" not in at_desk.invite.get("Call-Info") + at_soft.invite.get("Call-Info")
    at_desk.ring()
    await dialling
    at_desk.answer()
    other = await beat.incoming()
    other.answer()
    await at_soft.wait_until_over()
    await company.until(lambda: company.leg_states("beat")[-1:] == ["up"], "the call")

    (leg,) = company.legs("anna")
    assert (leg.call_id, leg.direction, leg.remote) == (
        "click-2",
        CallDirection.OUTGOING,
        Party("202", "Beat"),
    )
    await company.pbx.hang_up("click-2")
    await at_desk.wait_until_over()
    await other.wait_until_over()


@pytest.mark.parametrize(
    ("refusal", "sentence"), [(486, "busy"), (603, "declined"), (480, "does not answer"), (488, "codec")]
)
async def test_the_own_device_refuses(company: Company, refusal: int, sentence: str) -> None:
    anna = await company.phone("anna")
    dialling = asyncio.create_task(company.pbx.originate("anna", "202", "click-3"))
    (await anna.incoming()).refuse(refusal)

    with pytest.raises(PbxError, match=sentence):
        await dialling
    await company.until(lambda: company.state("anna") is PhoneState.FREE, "anna to be free")
    assert company.legs("anna") == []


async def test_nobody_is_at_the_own_device(company: Company) -> None:
    with pytest.raises(PbxError, match="no device of anna"):
        await company.pbx.originate("anna", "202", "click-4")
    anna = await company.phone("anna")
    anna.deaf = True
    with pytest.raises(PbxError, match="does not answer"):
        await company.pbx.originate("anna", "202", "click-4")
    anna.deaf = False


async def test_click_to_dial_to_a_number_nobody_has_ends_in_words(company: Company) -> None:
    anna = await company.phone("anna")
    dialling = asyncio.create_task(company.pbx.originate("anna", "999888", "click-5"))
    own = await anna.incoming()
    own.ring()
    await dialling
    own.answer()

    await own.wait_until_over(20 * SECONDS)
