"""A call is parked in one window and fetched in another by one click; who hears whom is listened to.

Anna and Carla sit at our windows, Beat calls from a phone of another make. 440 Hz is said into Anna's microphone, 550 Hz
into Carla's, 660 Hz by Beat.
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
from tests.helpers.seen import Part
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.end_to_end

HER_SPEAKER, HER_MICROPHONE = "hers", "her_microphone"
OUR_TONE_HZ, HER_TONE_HZ, THEIR_TONE_HZ = 440, 550, 660
BEAT = "Beat Keller"


@dataclass(frozen=True)
class House:
    """Two windows and a phone."""

    company: RealCompany
    sound: SoundServer
    her_sound: SoundServer
    anna: Client
    carla: Client
    beat: Baresip

    def beat_hears(self, frequency_hz: float) -> None:
        """Wait until a tone reaches the phone."""
        self.sound.wait_for_tone(monitor_of(THEIR_SPEAKER), frequency_hz)


@pytest.fixture(scope="module")
def her_sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """Carla's own sound server: our client takes the first devices of whichever it is given."""
    with SoundServer(tmp_path_factory.mktemp("her_sound"), [HER_SPEAKER], [HER_MICROPHONE]) as server:
        yield server


@pytest.fixture(scope="module")
def house(
    company: RealCompany,
    sound: SoundServer,
    her_sound: SoundServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """Everybody is there, registered, and says their tone all the time."""

    def client(user: str, environment: dict[str, str]) -> Client:
        seat = seat_in(company, user, environment=environment)
        folder: Path = tmp_path_factory.mktemp(user)
        return Client(seat, folder)

    phone = company.phone("beat", PhoneSound(THEIR_TONE_HZ, sound.environment(THEIR_SPEAKER)))
    with (
        client("anna", sound.environment(OUR_SPEAKER, OUR_MICROPHONE)) as anna,
        client("carla", her_sound.environment(HER_SPEAKER, HER_MICROPHONE)) as carla,
        phone as beat,
        sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600),
        her_sound.say(HER_MICROPHONE, HER_TONE_HZ, 600),
    ):
        beat.register()
        anna.wait_until_reachable()
        carla.wait_until_reachable()
        yield House(company, sound, her_sound, anna, carla, beat)


def rows(client: Client) -> list[Part]:
    """The parked calls a window shows."""
    area = client.window().find("parked")
    return [part for part in area.parts if part.kind == "ParkedCallRow"] if area else []


def test_a_call_parked_in_one_window_is_fetched_in_another_by_one_click(house: House) -> None:
    anna_name = house.company.member("anna").nickname
    house.beat.dial(house.company.member("anna").number)
    house.anna.wait_for_popup(BEAT)
    house.anna.press("Answer", within="Incoming call")
    house.anna.wait_until_talking(BEAT)
    house.beat_hears(OUR_TONE_HZ)

    house.anna.press("Park the call", within=BEAT)

    card = house.anna.wait_for_heading(BEAT, "Parked at 7")
    slot = card.heading.rpartition("Parked at ")[2]
    for client in (house.anna, house.carla):
        [row] = client.wait_for(lambda client=client: rows(client), "the parked call")  # type: ignore[misc]
        assert row.says.startswith(f"{BEAT}, parked at {slot}, parked by {anna_name}")
    assert not house.company.channels_of("anna")
    assert house.company.channels_of("beat")

    house.carla.press("Fetch", within=f"parked at {slot}")

    house.carla.wait_until_talking(BEAT)
    house.beat_hears(HER_TONE_HZ)
    house.her_sound.wait_for_tone(monitor_of(HER_SPEAKER), THEIR_TONE_HZ)
    house.sound.wait_for_silence(monitor_of(OUR_SPEAKER))
    for client in (house.anna, house.carla):
        client.wait_for(lambda client=client: not rows(client), "an empty list")  # type: ignore[misc]
    assert EventKind.CALL_CLOSED not in [event.kind for event in house.beat.events]

    house.carla.press("Hang up", within=BEAT)
    house.beat.wait_for(EventKind.CALL_CLOSED)
    wait_until(lambda: not house.company.channels(), "the end of all channels of Asterisk")
