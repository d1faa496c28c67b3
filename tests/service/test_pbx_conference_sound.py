"""Who hears whom in a conference at a real Asterisk: five independent SIP phones, each with a tone of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, PhoneAccount, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.conference_house import DIALPLAN, OPEN, ConferenceHouse, door
from tests.service.pbx_company import PASSWORD
from wwphone.server.conference_api import PbxInvitation

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = DIALPLAN
TONES_HZ = {"anna": 440, "beat": 620, "carla": 870, "dario": 1_230, "eva": 1_740}
_HEARD, _NOT_HEARD = 0.1, 0.025
"""Shares of the power of what a phone hears: of four tones each has about a quarter. Phones send their tones as loud as may be, so
the sum of several is cut off, which brings up to 1.3 % of its power (three tones at 0 dBFS, computed) near a tone that is missing."""


@pytest.fixture
def phones(asterisk: ThrowawayPbx, house: ConferenceHouse, tmp_path: Path) -> Iterator[dict[str, Baresip]]:
    with contextlib.ExitStack() as running:
        made = {}
        for user, tone_hz in TONES_HZ.items():
            # A codec that is made for voices would make something else of four tones.
            account = PhoneAccount(
                user, PASSWORD, f"{LOOPBACK}:{asterisk.asterisk.ports.sip}", codecs=("PCMA/8000/1",)
            )
            made[user] = running.enter_context(Baresip(account, tmp_path / user, PhoneSound(tone_hz)))
            made[user].register()
        yield made


async def until_heard(phones: dict[str, Baresip], by: str, voices: set[str]) -> None:
    """Wait until a phone hears these, and none of the others."""

    shares: dict[str, float] = {}

    def as_wanted() -> bool:
        heard = phones[by].heard().last(0.5)
        shares.update((user, heard.tone_share(tone_hz)) for user, tone_hz in TONES_HZ.items())
        return all(share > _HEARD if user in voices else share < _NOT_HEARD for user, share in shares.items())

    try:
        await wait_until_async(as_wanted, f"{by} to hear {sorted(voices)} alone", 20 * SECONDS)
    except AssertionError as late:
        raise AssertionError(f"{late}; shares {shares} of {phones[by].heard()}") from None


@pytest.mark.alone
async def test_five_phones_hear_each_other_but_whoever_is_muted(
    house: ConferenceHouse, phones: dict[str, Baresip]
) -> None:
    rooms = house.pbx.conference
    await rooms.set_doors([door("c1", "201", {"660011": "carla@example.com"}, OPEN)])
    phones["anna"].dial("901")
    await house.until(lambda: house.who("anna"), "anna in her room", 20 * SECONDS)
    await wait_until_async(
        lambda: not phones["anna"].heard().last(0.5).is_silent, "music for whoever is alone", 20 * SECONDS
    )
    phones["beat"].dial("902")
    await asyncio.to_thread(phones["beat"].wait_for, EventKind.CALL_ESTABLISHED)
    phones["beat"].send_dtmf("201#1234#")
    await house.until(lambda: house.who("beat"), "beat by the room's PIN", 30 * SECONDS)
    phones["carla"].dial("902")
    await asyncio.to_thread(phones["carla"].wait_for, EventKind.CALL_ESTABLISHED)
    phones["carla"].send_dtmf("660011#")
    await house.until(lambda: house.who("carla"), "carla by a PIN of her own", 30 * SECONDS)
    for user, number in (("dario", "204"), ("eva", "205")):
        await rooms.invite(PbxInvitation(f"i-{user}", "201", number, "anna", "Anna"))
        await asyncio.to_thread(phones[user].wait_for, EventKind.CALL_INCOMING)
        phones[user].answer()
    await house.until(lambda: len(house.there) == 5, "five in the room", 30 * SECONDS)
    everybody = set(TONES_HZ)
    for user in everybody:
        await until_heard(phones, user, everybody - {user})
    await house.until(lambda: all(one.talking for one in house.there.values()), "that all talk")

    await rooms.mute(house.place("eva").participant_id, True)
    await rooms.mute(house.place("beat").participant_id, True)
    await house.until(lambda: house.place("eva").muted and house.place("beat").muted, "two muted")
    assert not house.place("eva").talking
    for user in everybody:
        await until_heard(phones, user, everybody - {user, "eva", "beat"})
    await rooms.mute(house.place("eva").participant_id, False)
    await until_heard(phones, "anna", {"carla", "dario", "eva"})

    told = len(house.told)
    await rooms.end("201")
    await house.until(lambda: not house.there, "nobody there")
    for user in everybody:
        await wait_until_async(lambda user=user: not phones[user].calls(), f"{user} free", 20 * SECONDS)  # type: ignore[misc]
    assert len(house.told) - told < 60


async def test_whoever_is_inside_hears_that_somebody_joins(
    house: ConferenceHouse, phones: dict[str, Baresip]
) -> None:
    """Two who are muted hear nothing; a third says nothing, so what is heard is the sound of the joining."""
    phones["anna"].dial("850")
    phones["beat"].dial("850")
    await house.until(lambda: len(house.there) == 2, "two in the room", 20 * SECONDS)
    for user in ("anna", "beat"):
        await house.pbx.conference.mute(house.place(user).participant_id, True)
    ears = [phones[user] for user in ("anna", "beat")]
    await wait_until_async(
        lambda: all(ear.heard().last(1.0).is_silent for ear in ears), "nothing to be heard", 20 * SECONDS
    )
    before_s = [ear.heard().seconds for ear in ears]
    silent = await house.phone("carla")
    third = await silent.dial("850")
    assert await third.final_status() == 200
    await house.until(lambda: len(house.there) == 3, "the third in the room", 20 * SECONDS)
    await wait_until_async(
        lambda: all(
            not (heard := ear.heard()).last(heard.seconds - since_s).is_silent and heard.last(0.5).is_silent
            for ear, since_s in zip(ears, before_s, strict=True)
        ),
        "a sound, and silence again",
        20 * SECONDS,
    )


@pytest.mark.alone
async def test_who_was_called_in_and_holds_the_call_plays_no_music_to_the_others(
    house: ConferenceHouse, phones: dict[str, Baresip]
) -> None:
    rooms = house.pbx.conference
    phones["anna"].dial("901")
    await house.until(lambda: house.who("anna"), "anna in her room", 20 * SECONDS)
    for user, number in (("dario", "204"), ("eva", "205")):
        await rooms.invite(PbxInvitation(f"i-{user}", "201", number, "anna", "Anna"))
        await asyncio.to_thread(phones[user].wait_for, EventKind.CALL_INCOMING)
        phones[user].answer()
    await house.until(lambda: len(house.there) == 3, "three in the room", 30 * SECONDS)
    await rooms.mute(house.place("eva").participant_id, True)
    await until_heard(phones, "anna", {"dario"})
    phones["dario"].hold()
    await wait_until_async(
        lambda: phones["anna"].heard().last(1.0).is_silent, "nothing but silence", 20 * SECONDS
    )
    await house.until(lambda: not house.place("dario").talking, "dario not to talk")
    phones["dario"].resume()
    await until_heard(phones, "anna", {"dario"})
