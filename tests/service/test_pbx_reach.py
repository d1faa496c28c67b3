"""Presence, do not disturb and forwardings at a real Asterisk: who rings, where else a call goes, how it ends.

What is set is what the CTI server would set; everything else is the dial plan's own doing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS
from tests.service.pbx_company import COMPANY, Company, ended, forwarding, user
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.domain.calls import CallKind, EndReason
from wwphone.domain.presence import DEFAULT_REACH, PresenceStatus
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import PbxConfiguration, PbxReach
from wwphone.server.ring_group_api import PbxRingGroup

pytestmark = pytest.mark.end_to_end

ALWAYS, UNREGISTERED, BUSY, NO_ANSWER = ForwardingCause
KINDS = tuple(CallKind)
NUMBER_OF_KIND = {CallKind.INTERNAL: "202", CallKind.DIRECT: "8202", CallKind.GROUP: "303"}
"""What anna dials to reach beat by a call of this kind; with 8 before it, it comes from outside (see `LOCAL_DIALPLAN`)."""
MOBILE = "0791112233"
"""A number outside: `wwphone-outgoing` connects it and tells the caller what it would have shown there."""

USERS = (
    user("anna", "201", displayed_number="+41440000000", displayed_number_when_forwarding="+41440000201"),
    *COMPANY.users[1:],
)
GROUPS = (*COMPANY.ring_groups, PbxRingGroup("303", "Beat allein", ("beat",)))

LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _0X.,1,Set(CONNECTEDLINE(num)=${WWPHONE_DISPLAYED_NUMBER})
 same => n,Answer()
 same => n,Wait(30)
exten => _8XXX,1,Set(WWPHONE_NUMBER=)
 same => n,Set(CALLERID(num)=+41319998877)
 same => n,Goto(wwphone-direct,${EXTEN:1},1)
exten => _7ZXX,1,Goto(wwphone-internal,${EXTEN:1},1)
"""


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    """A company in which nobody has set anything."""
    company = Company(asterisk.asterisk)
    await company.open(PbxConfiguration(USERS, GROUPS, COMPANY.rooms, "de"))
    yield company
    await company.close()


async def rings(caller: ScriptedPhone, callee: ScriptedPhone, number: str) -> PhoneCall:
    """Dial; return the callee's end of the call after the caller gave up."""
    call = await caller.dial(number)
    ringing = await callee.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    call.cancel()
    await ringing.wait_until_over()
    await call.final_status()
    return ringing


# ---------------------------------------------------------------- presence


@pytest.mark.parametrize("status", DEFAULT_REACH)
async def test_presence_decides_which_kinds_of_call_ring_a_desk_phone(
    company: Company, status: PresenceStatus
) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat", "Desk phone")
    await company.pbx.set_reach("beat", PbxReach(status, DEFAULT_REACH[status]))

    for kind in KINDS:
        if kind in DEFAULT_REACH[status]:
            ringing = await rings(anna, beat, NUMBER_OF_KIND[kind])
            assert ringing.invite.get("X-Wwphone-Kind") == kind.value
        else:
            call = await anna.dial(NUMBER_OF_KIND[kind])
            assert await ended(call) == (503, EndReason.UNREACHABLE)
            assert not beat.has_incoming()


async def test_a_group_skips_whom_it_does_not_ring(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))

    await rings(anna, carla, "300")

    assert not beat.has_incoming()


async def test_an_administrators_dial_plan_can_ask_for_the_status(
    company: Company, asterisk: ThrowawayPbx
) -> None:
    await company.pbx.set_reach("beat", PbxReach(PresenceStatus.TELEPHONE_SERVICE))
    shown = await asyncio.to_thread(asterisk.asterisk.command, "database show wwphone-presence")

    assert shown.split("\n")[0].replace(" ", "") == "/wwphone-presence/beat:telephone_service"


# ---------------------------------------------------------------- do not disturb


async def test_do_not_disturb_silences_every_device_for_every_kind_of_call(company: Company) -> None:
    anna = await company.phone("anna")
    devices = [await company.phone("beat", f"Device {number}") for number in range(3)]
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))

    assert await ended(await anna.dial("202")) == (486, EndReason.BUSY)
    assert await ended(await anna.dial("8202")) == (486, EndReason.BUSY)
    assert await ended(await anna.dial("303")) == (503, EndReason.UNREACHABLE)
    assert not any(device.has_incoming() for device in devices)

    await company.pbx.set_reach("beat", PbxReach())
    call = await anna.dial("202")
    for device in devices:
        (await device.incoming()).ring()
    call.cancel()
    await call.final_status()


# ---------------------------------------------------------------- forwarding


async def test_always_and_the_other_side_reads_by_whom(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, "203"))

    ringing = await rings(anna, carla, "202")

    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    assert ringing.invite.get("Diversion").startswith('"Beat" <sip:202@')
    assert "reason=unconditional" in ringing.invite.get("Diversion")
    assert ringing.invite.get("X-Wwphone-Called") == "203"
    assert not beat.has_incoming()


async def test_when_no_device_is_registered(company: Company) -> None:
    anna, carla = await company.phone("anna"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(UNREGISTERED, "203"))

    await rings(anna, carla, "202")


async def test_when_the_device_is_busy(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(BUSY, "203"))
    call = await anna.dial("202")
    (await beat.incoming()).refuse(486)
    ringing = await carla.incoming()
    ringing.answer()

    assert await call.final_status() == 200
    assert "reason=user-busy" in ringing.invite.get("Diversion")


async def test_when_a_switch_of_the_pbx_says_busy(company: Company) -> None:
    anna, eva, carla = await company.phone("anna"), await company.phone("eva"), await company.phone("carla")
    await company.pbx.set_reach("eva", forwarding(BUSY, "203"))
    assert await (await eva.dial("801")).final_status() == 200

    await rings(anna, carla, "205")


async def test_when_nobody_answers_for_so_long(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(NO_ANSWER, "203"))
    call = await anna.dial("202")
    unanswered = await beat.incoming()
    unanswered.ring()
    ringing = await carla.incoming(20 * SECONDS)  # it rings for some seconds before

    await unanswered.wait_until_over()
    assert "reason=no-answer" in ringing.invite.get("Diversion")
    ringing.answer()
    assert await call.final_status() == 200


@pytest.mark.parametrize("cause", [BUSY, NO_ANSWER])
async def test_a_call_that_presence_keeps_away_is_forwarded_like_an_unanswered_one(
    company: Company, cause: ForwardingCause
) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    those = forwarding(cause, "203").forwardings
    await company.pbx.set_reach("beat", PbxReach(PresenceStatus.UNAVAILABLE, frozenset(), forwardings=those))

    await rings(anna, carla, "202")

    assert not beat.has_incoming()


async def test_a_forwarded_call_from_outside_stays_one_from_outside(company: Company) -> None:
    anna, carla = await company.phone("anna"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, "203"))

    ringing = await rings(anna, carla, "8202")
    assert ringing.invite.get("X-Wwphone-Kind") == "direct"

    await company.pbx.set_reach(
        "carla", PbxReach(PresenceStatus.INTERNAL_ONLY, frozenset({CallKind.INTERNAL}))
    )
    assert await ended(await anna.dial("8202")) == (503, EndReason.UNREACHABLE)
    await rings(anna, carla, "202")


async def test_outside_is_shown_the_number_for_forwarded_calls(company: Company) -> None:
    anna, carla = await company.phone("anna"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, MOBILE))

    own = await anna.dial("202")
    without = await carla.dial("202")
    from_outside = await anna.dial("8202")

    assert (
        (await own.wait_for_status(200)).get("P-Asserted-Identity").endswith("<sip:+41440000201@127.0.0.1>")
    )
    assert "+4144" not in (await without.wait_for_status(200)).get("P-Asserted-Identity")
    assert (
        (await from_outside.wait_for_status(200))
        .get("P-Asserted-Identity")
        .endswith("<sip:+41319998877@127.0.0.1>")
    )


async def running(company: Company, application: str) -> list[str]:
    """With which data this application runs on channels."""
    answer = await company.pbx._request("Status")
    return [item.fields["Data"] for item in answer.items if item.fields["Application"] == application]


async def test_the_own_mailbox(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, "900"))
    call = await anna.dial("202")
    assert await call.final_status() == 200

    async with asyncio.timeout(10 * SECONDS):
        while await running(company, "VoiceMail") != ["202@wwphone,u"]:
            pass  # each question takes its time
    assert not beat.has_incoming()


async def test_a_group_call_is_never_forwarded(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, "203"))

    await rings(anna, beat, "303")

    assert not carla.has_incoming()


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("0", (404, EndReason.UNKNOWN_NUMBER)),
        ("117", (404, EndReason.UNKNOWN_NUMBER)),
        ("206", (503, EndReason.UNREACHABLE)),
    ],
)
async def test_a_target_that_leads_nowhere(
    company: Company, target: str, ending: tuple[int, EndReason]
) -> None:
    """Emergency numbers are refused long before; here it is the last wall."""
    anna = await company.phone("anna")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, target))

    assert await ended(await anna.dial("202")) == ending


@pytest.mark.parametrize("way", ["203", "7203"])
async def test_a_call_never_circles(company: Company, way: str) -> None:
    """Not even when it leaves by the administrator's own dial plan and comes in again (7203)."""
    anna = await company.phone("anna")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, way))
    await company.pbx.set_reach("carla", forwarding(UNREGISTERED, "202"))

    assert await ended(await anna.dial("202")) == (503, EndReason.UNREACHABLE)


async def test_a_call_that_comes_back_does_not_ring_again(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.set_reach("beat", forwarding(BUSY, "203"))
    await company.pbx.set_reach("carla", forwarding(UNREGISTERED, "202"))
    call = await anna.dial("202")
    (await beat.incoming()).refuse(486)

    assert await ended(call) == (503, EndReason.UNREACHABLE)
    assert not beat.has_incoming()


async def test_a_long_chain_ends_after_five(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    names = ["beat", "carla", "dario", "eva", "felix"]
    for name, target in zip(names, ["203", "204", "205", "206", "201"], strict=True):
        await company.pbx.set_reach(name, forwarding(ALWAYS, target))
    call = await beat.dial("202")
    (await anna.incoming()).answer()
    assert await call.final_status() == 200

    await company.pbx.set_reach("anna", forwarding(ALWAYS, MOBILE))
    assert await ended(await beat.dial("202")) == (503, EndReason.UNREACHABLE)


async def test_who_got_a_forwarded_call_may_transfer_it_back(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", forwarding(ALWAYS, "203"))
    call = await anna.dial("202")
    taken = await carla.incoming()
    taken.answer()
    await call.final_status()
    await company.pbx.set_reach("beat", PbxReach())

    taken.refer("202")

    ringing = await beat.incoming()
    assert ringing.invite.get("Diversion") == ""
    ringing.answer()
    await company.until(
        lambda: [leg.remote.number for leg in company.legs("anna")] == ["202"], "anna's leg with beat"
    )


# ---------------------------------------------------------------- without the CTI server, and after a restart


@pytest.fixture
async def own_company(tmp_path: Path) -> AsyncIterator[Company]:
    """A company whose Asterisk may be restarted."""
    with ThrowawayPbx(tmp_path) as pbx:
        company = Company(pbx.asterisk)
        await company.open()
        yield company
        await company.close()


async def test_the_dial_plan_obeys_without_the_cti_server_and_after_a_restart(own_company: Company) -> None:
    company = own_company
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))
    await company.pbx.set_reach("dario", forwarding(UNREGISTERED, "203"))
    await company.pbx.shutdown()

    assert await ended(await anna.dial("202")) == (486, EndReason.BUSY)
    await rings(anna, carla, "204")

    await asyncio.to_thread(company.asterisk.stop)
    await asyncio.to_thread(company.asterisk.start)
    assert {await phone.register() for phone in (anna, beat, carla)} == {200}
    assert await ended(await anna.dial("202")) == (486, EndReason.BUSY)
    await rings(anna, carla, "204")


async def test_what_is_set_while_the_line_is_away_counts_when_it_is_back(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))
    await company.pbx.set_reach("carla", PbxReach(do_not_disturb=True))
    company.pbx._connection.drop("cut by the test")
    await company.disconnected()
    await company.pbx.set_reach("beat", PbxReach())
    await company.connected()

    await rings(anna, beat, "202")
    assert await ended(await anna.dial("203")) == (503, EndReason.UNREACHABLE)


async def test_a_server_that_comes_back_clears_away_what_no_longer_counts(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))
    other = Company(company.asterisk)
    await other.open(PbxConfiguration(USERS, GROUPS, COMPANY.rooms, "de"))

    await rings(anna, beat, "202")
    await other.close()


@pytest.mark.alone
async def test_two_thousand_users_who_all_set_something_are_brought_and_compared_soon(
    own_company: Company,
) -> None:
    pbx = own_company.pbx
    away = PbxReach(
        PresenceStatus.INTERNAL_ONLY,
        frozenset({CallKind.INTERNAL}),
        False,
        forwarding(ALWAYS, "203").forwardings,
    )
    pbx._connection.drop("cut by the test")
    await own_company.disconnected()
    for number in range(2_000):
        await pbx.set_reach(f"user-{number}", away)
    began_s = time.monotonic()
    await own_company.connected()
    brought_s = time.monotonic() - began_s
    pbx._connection.drop("cut by the test")
    await own_company.disconnected()
    began_s = time.monotonic()
    await own_company.connected()
    compared_s = time.monotonic() - began_s

    print(f"\nbrought after {brought_s:.2f} s, compared after {compared_s:.2f} s")
    assert brought_s < 10 * SECONDS
    assert compared_s < 3 * SECONDS


async def test_asterisk_has_nothing_to_complain_of(company: Company, asterisk: ThrowawayPbx) -> None:
    """Last in this file: nothing above left a warning about our files or our entries."""
    log = (asterisk.asterisk.logs / "messages.log").read_text("utf-8")
    complaints = [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line]
    parts = (" pbx", " db.c", " func_", " app_", " ast_expr", "wwphone-")

    assert [line for line in complaints if any(part in line for part in parts)] == []
