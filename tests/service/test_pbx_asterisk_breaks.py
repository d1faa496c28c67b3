"""The adapter when a real Asterisk dies, hangs, comes back, or gets another configuration in the middle of a call."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS
from tests.service.pbx_company import COMPANY, PASSWORD, Company, talking, user
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.calls import LegState, PhoneState
from wwphone.server.api import (
    PbxConfiguration,
    PbxError,
    PbxLegEnded,
    PbxLostError,
    PbxStateChanged,
)
from wwphone.server.asterisk.settings import AmiTimes

pytestmark = pytest.mark.end_to_end

RIGHT_AGAIN_S = 2.0
"""So soon after Asterisk is back everything must be right (issue 2, section 4)."""


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


def saved_registrations(company: Company) -> int:
    """How many registrations are on the disk; Asterisk writes them once a second."""
    (database,) = company.asterisk.paths.run.rglob("astdb.sqlite3")
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM astdb WHERE key LIKE '/registrar/contact/%'"
        ).fetchone()
    return int(count)


@pytest.mark.alone
async def test_asterisk_dies_and_comes_back(own_asterisk: Company) -> None:
    company = own_asterisk
    await talking(company)
    await company.phone("carla")
    await company.until(lambda: saved_registrations(company) == 3, "Asterisk to have saved its registrations")
    dead_s = time.monotonic()
    await asyncio.to_thread(company.asterisk.kill)
    await company.disconnected()
    noticed_s = time.monotonic() - dead_s
    assert isinstance(company.told[-1], PbxStateChanged)
    assert [leg.state for leg in company.legs("anna")] == [LegState.UP]
    with pytest.raises(PbxError):
        await company.pbx.originate("carla", "202", "click-6")
    mark = len(company.told)

    starting = asyncio.create_task(asyncio.to_thread(company.asterisk.start, 30 * SECONDS))
    await starting
    back_s = time.monotonic()
    await company.connected()
    right_s = time.monotonic() - back_s

    print(f"\nnoticed after {noticed_s:.3f} s; right {right_s:.3f} s after Asterisk was back")
    assert noticed_s < 1 * SECONDS
    assert right_s < RIGHT_AGAIN_S * SECONDS
    assert {event.user for event in company.told[mark:] if isinstance(event, PbxLegEnded)} == {"anna", "beat"}
    assert [company.state(name) for name in ("anna", "beat", "carla", "dario")] == [PhoneState.FREE] * 3 + [
        PhoneState.OFFLINE
    ]
    assert len(company.registrations("carla")) == 1


async def test_an_asterisk_that_hangs_is_given_up_and_taken_back(tmp_path: Path) -> None:
    with ThrowawayPbx(tmp_path) as pbx:
        company = Company(pbx.asterisk)
        company.use(times=AmiTimes(reply_s=0.5 * SECONDS, heartbeat_s=0.5 * SECONDS))
        await company.open()
        (pid_file,) = pbx.asterisk.paths.run.rglob("asterisk.pid")
        os.kill(int(pid_file.read_text()), signal.SIGSTOP)
        await company.disconnected()
        os.kill(int(pid_file.read_text()), signal.SIGCONT)
        await company.connected()
        await company.close()


async def test_an_action_under_way_when_asterisk_dies_is_lost_and_not_repeated(own_asterisk: Company) -> None:
    company = own_asterisk
    anna = await company.phone("anna")
    dialling = asyncio.create_task(company.pbx.originate("anna", "801", "click-7"))
    await anna.incoming()
    await asyncio.to_thread(company.asterisk.kill)

    with pytest.raises(PbxLostError):
        await dialling
    await asyncio.to_thread(company.asterisk.start, 30 * SECONDS)
    await company.connected()
    await company.phone("beat")
    assert not anna.has_incoming()
    assert company.legs("anna") == []


async def test_only_the_line_breaks_and_the_call_is_still_there(company: Company) -> None:
    call, taken = await talking(company)
    call.hold()
    await company.until(lambda: company.leg_states("anna")[-1] == "held", "the hold")
    before = company.legs("anna") + company.legs("beat")
    mark = len(company.told)
    company.pbx._connection.drop("cut by the test")
    await company.disconnected()
    await company.connected()

    assert company.legs("anna") + company.legs("beat") == before
    assert not any(isinstance(event, PbxLegEnded) for event in company.told[mark:])
    assert not call.over
    assert not taken.over


async def test_a_new_configuration_in_the_middle_of_a_call(company: Company) -> None:
    call, taken = await talking(company)
    users = tuple(one for one in COMPANY.users if one.user != "beat")
    await company.pbx.configure(
        PbxConfiguration((*users, user("gerda", "207")), COMPANY.ring_groups[1:2], (), "en")
    )
    gerda = await company.phone("gerda")
    carla = await company.phone("carla")
    other = await gerda.dial("203")
    (await carla.incoming()).answer()
    assert await other.final_status() == 200
    assert await (await gerda.dial("202")).final_status() == 404

    assert not call.over
    assert not taken.over
    call.hang_up()
    await taken.wait_until_over()
    former = await ScriptedPhone(company.asterisk.ports.sip, "beat", PASSWORD).start()
    assert await former.register() == 401
    former.stop()


async def test_a_changed_password_counts_at_once(company: Company) -> None:
    users = tuple(
        replace(one, sip_password="another") if one.user == "anna" else one for one in COMPANY.users
    )
    await company.pbx.configure(replace(COMPANY, users=users))
    phone = await company.unregistered_phone("anna")

    assert await phone.register() == 401
