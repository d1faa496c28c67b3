"""A call that rings at a colleague is taken from our window by one key, with real sound both ways.

440 Hz is what is said into our microphone, 660 Hz what the caller says; the two phones are baresip.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER, THEIR_SPEAKER
from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import HUNG_UP_THERE, EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ, THEIR_TONE_HZ = 440, 660
BEAT, EVA = "Beat Keller", "Eva Schönenberger"


@pytest.fixture(scope="module")
def anna(
    company: RealCompany,
    sound: SoundServer,
    display: VirtualDisplay,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Client]:
    """Anna at her window, registered, saying her tone all the time."""
    environment = display.environment() | sound.environment(OUR_SPEAKER, OUR_MICROPHONE)
    folder: Path = tmp_path_factory.mktemp("anna")
    with (
        Client(seat_in(company, "anna", environment=environment), folder) as client,
        sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600),
    ):
        yield client.wait_until_reachable()


@pytest.fixture
def beat(company: RealCompany) -> Iterator[Baresip]:
    """Beat's phone, at which nobody sits."""
    with company.phone("beat") as phone:
        phone.register()
        yield phone


def test_f9_takes_what_rings_at_a_colleague_with_sound_both_ways(
    company: RealCompany, sound: SoundServer, anna: Client, beat: Baresip
) -> None:
    with company.phone("eva", PhoneSound(THEIR_TONE_HZ, sound.environment(THEIR_SPEAKER))) as eva:
        eva.register()
        eva.dial(company.member("beat").number)
        beat.wait_for(EventKind.CALL_INCOMING)
        [row] = anna.wait_for(anna.ringing, "a line in Ringing now")
        for words in (EVA, company.member("eva").number, BEAT, "internal call", "is offline"):
            assert words in row.says
        assert not anna.cards()

        anna.press_key("F9")

        card = anna.wait_until_talking(EVA)
        assert company.member("eva").number in card.texts
        eva.wait_for(EventKind.CALL_ESTABLISHED)
        sound.wait_for_tone(monitor_of(THEIR_SPEAKER), OUR_TONE_HZ)
        sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)
        beat.wait_for(EventKind.CALL_CLOSED)
        anna.wait_for(lambda: not anna.ringing(), "nothing to ring any more")
        assert len(company.channels_of("anna")) == len(company.channels_of("eva")) == 1

        anna.press("Hang up", within=EVA)
        assert eva.wait_for(EventKind.CALL_CLOSED).text == HUNG_UP_THERE
        wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")


def test_when_the_colleague_is_faster_the_line_says_so(
    company: RealCompany, anna: Client, beat: Baresip
) -> None:
    with company.phone("eva") as eva:
        eva.register()
        eva.dial(company.member("beat").number)
        beat.wait_for(EventKind.CALL_INCOMING)
        anna.wait_for(anna.ringing, "a line in Ringing now")

        beat.answer()

        anna.wait_for(
            lambda: any(f"{BEAT} has answered" in row.says for row in anna.ringing()), "who has answered"
        )
        anna.wait_for(lambda: not anna.ringing(), "the line to go")
        eva.hang_up()
        wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")
