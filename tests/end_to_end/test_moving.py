"""A running call moves from our window to the desk phone beside it; who hears whom is listened to.

Anna has two devices, our window and a desk phone of another make. 440 Hz is said into her microphone, 770 Hz by her
desk phone, 660 Hz by Beat, who calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER, THEIR_SPEAKER
from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.end_to_end

DESK_SPEAKER = "desk"
OUR_TONE_HZ, DESK_TONE_HZ, THEIR_TONE_HZ = 440, 770, 660
BEAT = "Beat Keller"


@dataclass(frozen=True)
class Desk:
    """Anna's window and desk phone, and Beat's phone."""

    company: RealCompany
    sound: SoundServer
    desk_sound: SoundServer
    anna: Client
    phone: Baresip
    beat: Baresip

    def talk(self) -> None:
        """Beat calls, Anna answers in the window, both hear each other."""
        self.beat.dial(self.company.member("anna").number)
        self.phone.wait_for(EventKind.CALL_INCOMING)
        self.anna.wait_for_popup(BEAT)
        self.anna.press("Answer", within="Incoming call")
        self.anna.wait_until_talking(BEAT)
        self.sound.wait_for_tone(monitor_of(THEIR_SPEAKER), OUR_TONE_HZ)
        self.sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)
        self.phone.wait_for(EventKind.CALL_CLOSED)

    def move(self) -> None:
        """Let the desk phone ring for the call."""
        self.anna.press("devices_button")
        move = "Move the call here"  # offered as soon as the phone has answered a question of the PBX
        self.anna.wait_for(lambda: move in self.anna.window().texts(), "a device that can take the call")
        self.anna.press(move)
        self.phone.wait_for(EventKind.CALL_INCOMING)


@pytest.fixture(scope="module")
def desk_sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """The desk phone's loudspeaker."""
    with SoundServer(tmp_path_factory.mktemp("desk_sound"), [DESK_SPEAKER], []) as server:
        yield server


@pytest.fixture(scope="module")
def desk(
    company: RealCompany,
    sound: SoundServer,
    desk_sound: SoundServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Everybody is there, registered, and says their tone all the time."""
    folder: Path = tmp_path_factory.mktemp("anna")
    seat = seat_in(company, "anna", environment=sound.environment(OUR_SPEAKER, OUR_MICROPHONE))
    with (
        Client(seat, folder) as anna,
        company.phone("anna", PhoneSound(DESK_TONE_HZ, desk_sound.environment(DESK_SPEAKER))) as phone,
        company.phone("beat", PhoneSound(THEIR_TONE_HZ, sound.environment(THEIR_SPEAKER))) as beat,
        sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600),
    ):
        phone.register()
        beat.register()
        anna.wait_until_reachable()
        yield Desk(company, sound, desk_sound, anna, phone, beat)


def test_a_running_call_goes_on_at_the_desk_phone_and_the_caller_hears_no_end(desk: Desk) -> None:
    desk.talk()
    desk.move()
    desk.sound.wait_for_tone(
        monitor_of(THEIR_SPEAKER), OUR_TONE_HZ
    )  # until it is answered there, it goes on here

    desk.phone.answer()

    desk.anna.wait_for_heading(BEAT, "Goes on at your other device")  # the card goes by itself after a while
    desk.sound.wait_for_tone(monitor_of(THEIR_SPEAKER), DESK_TONE_HZ)
    desk.desk_sound.wait_for_tone(monitor_of(DESK_SPEAKER), THEIR_TONE_HZ)
    desk.sound.wait_for_silence(monitor_of(OUR_SPEAKER))
    assert EventKind.CALL_CLOSED not in [event.kind for event in desk.beat.events]

    desk.phone.hang_up()
    desk.beat.wait_for(EventKind.CALL_CLOSED)
    wait_until(lambda: not desk.company.channels(), "the end of all channels of Asterisk")


def test_refused_there_it_stays_here(desk: Desk) -> None:
    desk.talk()
    desk.move()

    desk.phone.hang_up()

    desk.anna.wait_for_banner("did not take the call")
    desk.anna.wait_until_talking(BEAT)
    desk.sound.wait_for_tone(monitor_of(THEIR_SPEAKER), OUR_TONE_HZ)
    desk.anna.press("Hang up", within=BEAT)
    desk.beat.wait_for(EventKind.CALL_CLOSED)
    wait_until(lambda: not desk.company.channels(), "the end of all channels of Asterisk")
