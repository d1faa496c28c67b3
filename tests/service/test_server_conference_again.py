"""Whom one called into a conference is kept for a while after everybody has left, over the wire, and told to no other conference."""

from __future__ import annotations

import pytest

from tests.service.test_server_conference import HALL, STRANGER, Office, until
from tests.service.test_server_conference import office as office  # noqa: PLC0414 - a fixture
from wwphone.domain.conference import InvitationState


async def test_whom_one_called_in_is_kept_for_whoever_hung_up_or_dropped_out(office: Office) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    mine = office.pbx.enter("400", "201", pin=HALL.pin)
    await anna.invite("400", STRANGER, "0445550124")
    first, second = (one.invitation_id for one in office.pbx.invited)
    office.pbx.becomes(second, InvitationState.BUSY)
    stranger = office.pbx.answer(first)
    assert await anna.ask("lock", room="400", locked=True) == ""
    await until(lambda: anna.invited.get(STRANGER) is InvitationState.CONNECTED, "the stranger")
    office.pbx.leave(stranger)
    office.pbx.leave(mine)
    kept = {STRANGER: InvitationState.LEFT, "0445550124": InvitationState.BUSY}
    await until(lambda: anna.people == {} and anna.invited == kept, "an empty room, and who can be called")
    assert [one.locked for one in anna.state.running] == [False], "the lock went with the last one"
    office.pbx.enter("400", "201", pin=HALL.pin)
    await until(lambda: len(anna.people) == 1, "Anna again")
    assert anna.invited == kept
    chief = await office.watch("chief")
    assert chief.invited == kept, "who comes later is told of them too"
    assert await anna.invite("400", STRANGER, "0445550124") == ""
    await until(lambda: set(anna.invited.values()) == {InvitationState.CALLING}, "both called again")
    await until(lambda: office.matches(beat, "beat"), "Beat to know the same")
    assert await anna.ask("end", room="400") == ""
    await until(lambda: anna.state.running == () and anna.invited == {}, "nothing after the end for all")


@pytest.mark.parametrize("begins", ["dials in", "calls"])
async def test_a_conference_that_somebody_else_begins_shows_nobody_of_the_former(
    office: Office, begins: str
) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    mine = office.pbx.enter("400", "201", pin=HALL.pin)
    await anna.invite("400", STRANGER)
    office.pbx.becomes(office.pbx.invited[-1].invitation_id, InvitationState.BUSY)
    office.pbx.leave(mine)
    await until(lambda: beat.people == {} and beat.invited == {STRANGER: InvitationState.BUSY}, "it to empty")
    if begins == "calls":
        assert await beat.invite("400", "0445550124") == ""
        await until(lambda: beat.invited == {"0445550124": InvitationState.CALLING}, "Beat's own alone")
    else:
        office.pbx.enter("400", "202", pin=HALL.pin)
        await until(lambda: beat.people and beat.invited == {}, "a conference without Anna's people")
    assert len(beat.state.running) == 1
    await until(lambda: office.matches(anna, "anna"), "Anna to know the same")
