"""People who are called into a conference room at a real Asterisk: what becomes of it, and what they are shown."""

from __future__ import annotations

import itertools

import pytest

from tests.helpers.waiting import SECONDS
from tests.service.conference_house import (
    BUSY_NUMBER,
    DIALPLAN,
    FAR_NUMBER,
    REFUSING_NUMBER,
    SILENT_NUMBER,
    ConferenceHouse,
)
from tests.service.pbx_company import forwarding
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.conference import InvitationState
from wwphone.domain.reachability import ForwardingCause
from wwphone.server.api import EVERYTHING_RINGS, PbxError
from wwphone.server.conference_api import PbxInvitation

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = DIALPLAN
BRIEF_WORDS = True
CALLING, RINGING, CONNECTED = (
    InvitationState.CALLING,
    InvitationState.RINGING,
    InvitationState.CONNECTED,
)
_IDS = itertools.count(1)


async def invite(house: ConferenceHouse, number: str) -> str:
    """Anna calls somebody into her room."""
    name = f"i-{next(_IDS)}"
    await house.pbx.conference.invite(PbxInvitation(name, "201", number, "anna", "Anna Muster"))
    return name


async def rings(house: ConferenceHouse, user: str, number: str) -> tuple[str, PhoneCall]:
    """Somebody of the house is invited, and their phone rings."""
    phone = await house.phone_of(user)
    name = await invite(house, number)
    call = await phone.incoming()
    call.ring()
    await house.until_invitation(name, RINGING)
    return name, call


async def test_who_is_invited_sees_who_invites_and_needs_no_pin_also_when_it_is_locked(
    house: ConferenceHouse,
) -> None:
    await house.comes("anna", "901")
    await house.pbx.conference.lock("201", True)
    name, call = await rings(house, "beat", "202")
    shown = call.invite.get("From")
    assert '"Konferenz: Anna Muster"' in shown
    assert "sip:201@" in shown
    assert call.invite.all("X-Wwphone-Conference") == ["201"], "so that it can be said before one answers"
    call.answer()
    await house.until_invitation(name, CONNECTED)
    await house.until(lambda: house.who("beat"), "beat in the room", 20 * SECONDS)
    beat = house.place("beat")
    assert (beat.room, beat.invitation_id, beat.party.number, beat.chair) == ("201", name, "", False)
    assert house.invitation_states(name) == [CALLING, RINGING, CONNECTED]
    with pytest.raises(KeyError):
        await house.pbx.conference.withdraw(name)
    far = await invite(house, FAR_NUMBER)
    await house.until(
        lambda: any(one.invitation_id == far for one in house.there.values()), "who is outside", 20 * SECONDS
    )
    (outside,) = [one for one in house.there.values() if one.invitation_id == far]
    assert (outside.user, outside.party.number) == ("", FAR_NUMBER)

    await house.pbx.shutdown()
    anew = ConferenceHouse(house.asterisk)
    await anew.open()
    try:
        found = {one.party.number: (one.user, one.invitation_id) for one in anew.there.values()}
        assert found == {"201": ("anna", ""), "": ("beat", name), FAR_NUMBER: ("", far)}
        await anew.pbx.conference.hang_up(anew.place("beat").participant_id)
        await call.wait_until_over(20 * SECONDS)
    finally:
        await anew.pbx.conference.end("201")
        await anew.until(lambda: not anew.there, "nobody there")
        await anew.close()


async def test_each_end_of_an_invitation_is_told_apart(house: ConferenceHouse) -> None:
    ends = {}
    for user, number, status in (("beat", "202", 486), ("carla", "203", 603), ("dario", "204", 480)):
        phone = await house.phone_of(user)
        ends[number] = await invite(house, number)
        (await phone.incoming()).refuse(status)
    await house.phone_of("eva")
    ends["205"] = await invite(house, "205")  # rings until nobody answers
    for number in (BUSY_NUMBER, REFUSING_NUMBER, "206", "999", "112"):
        ends[number] = await invite(house, number)
    expected = {
        "202": InvitationState.BUSY,
        "203": InvitationState.REFUSED,
        "204": InvitationState.NO_ANSWER,
        "205": InvitationState.NO_ANSWER,
        BUSY_NUMBER: InvitationState.BUSY,
        REFUSING_NUMBER: InvitationState.REFUSED,
        "206": InvitationState.FAILED,
        "999": InvitationState.FAILED,
        "112": InvitationState.FAILED,
    }
    await house.until(
        lambda: {number: house.invitation_states(name)[-1] for number, name in ends.items()} == expected,
        "the end of each",
        20 * SECONDS,
    )
    with pytest.raises(PbxError):
        await invite(house, "*41300")


async def test_no_mailbox_answers_and_a_colleague_s_forwarding_is_followed(house: ConferenceHouse) -> None:
    await house.phone_of("beat")
    for cause, state in (
        (ForwardingCause.ALWAYS, InvitationState.NO_ANSWER),
        (ForwardingCause.NO_ANSWER, InvitationState.NO_ANSWER),
    ):
        await house.pbx.set_reach("beat", forwarding(cause, "900"))
        name = await invite(house, "202")
        await house.until_invitation(name, state)
        assert CONNECTED not in house.invitation_states(name)
    await house.pbx.set_reach("beat", forwarding(ForwardingCause.ALWAYS, "203"))
    carla = await house.phone_of("carla")
    name = await invite(house, "202")
    (await carla.incoming()).answer()
    await house.until(lambda: house.who("carla"), "carla in the room", 20 * SECONDS)
    assert house.place("carla").invitation_id == name
    await house.pbx.conference.end("201")
    await house.pbx.set_reach("beat", EVERYTHING_RINGS)


async def test_an_invitation_is_withdrawn_or_ends_with_the_conference(house: ConferenceHouse) -> None:
    name, call = await rings(house, "beat", "202")
    await house.pbx.conference.withdraw(name)
    await call.wait_until_over()
    other, called = await rings(house, "carla", "203")
    silent = await invite(house, SILENT_NUMBER)
    await house.pbx.conference.end("201")
    await called.wait_until_over()
    assert house.invitation_states(name) == house.invitation_states(other) == [CALLING, RINGING]
    assert house.invitation_states(silent)[-1] in (CALLING, RINGING)
    with pytest.raises(KeyError):
        await house.pbx.conference.withdraw(name)


async def test_a_server_that_comes_back_finds_whom_it_was_calling(house: ConferenceHouse) -> None:
    name, call = await rings(house, "beat", "202")
    await house.pbx.shutdown()
    anew = ConferenceHouse(house.asterisk)
    await anew.open()
    try:
        assert anew.invitation_states(name) == [RINGING]
        await anew.pbx.conference.withdraw(name)
        await call.wait_until_over()
    finally:
        await anew.close()
