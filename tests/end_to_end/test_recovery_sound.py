"""Sound comes and goes, calls stay; and a PC without any sound is a telephone all the same, but for the own voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.baresip import PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.observer import LoopThread, observer_in
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.tones import NOTHING
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.calls import PhoneState
from wwphone.gui.words import SENTENCES
from wwphone.sip.api import SoundState

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ, THEIR_TONE_HZ = 440, 660
BEAT = "Beat Keller"
SOUND_BACK_WITHIN_S = 15 * SECONDS


def test_a_call_outlives_the_sound_server_and_sounds_again_with_the_next_one(
    company: RealCompany, tmp_path: Path
) -> None:
    with (
        SoundServer(tmp_path / "sound", [OUR_SPEAKER], [OUR_MICROPHONE]) as sound,
        Client(seat_in(company, "anna", environment=sound.environment()), tmp_path / "anna") as anna,
        company.phone(
            "beat", PhoneSound(THEIR_TONE_HZ)
        ) as beat,  # needs no sound server, and records what it hears
    ):
        beat.register()
        anna.wait_until_reachable()
        anna.dial(BEAT)
        beat.wait_for(EventKind.CALL_INCOMING)
        beat.answer()
        anna.wait_until_talking(BEAT)
        with sound.say(OUR_MICROPHONE, OUR_TONE_HZ):
            wait_until(lambda: beat.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8, "our tone at Beat's")
            sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)

            sound.kill()

        anna.wait_for_banner(SENTENCES[SoundState.NO_DEVICE], SOUND_BACK_WITHIN_S)
        assert anna.wait_until_talking(BEAT).is_encrypted
        assert len(company.channels()) == 2
        wait_until(lambda: beat.heard().last(0.5).is_silent, "silence at Beat's")

        sound.start()
        with sound.say(OUR_MICROPHONE, OUR_TONE_HZ):
            sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ, SOUND_BACK_WITHIN_S)
            wait_until(
                lambda: beat.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8,
                "our tone at Beat's once more",
                SOUND_BACK_WITHIN_S,
            )
        anna.wait_for(lambda: not anna.banners(), "the end of all banners")
        anna.press("Hang up", within=BEAT)
        beat.wait_for(EventKind.CALL_CLOSED)


def test_without_any_sound_the_client_says_so_and_can_call_and_be_called(
    company: RealCompany, tmp_path: Path
) -> None:
    with (
        LoopThread() as loop,
        observer_in(company, "verena", loop) as observer,
        Client(seat_in(company, "anna"), tmp_path / "anna") as anna,
        company.phone("beat", PhoneSound(THEIR_TONE_HZ)) as beat,
    ):
        beat.register()
        anna.wait_until_reachable()
        anna.wait_for_banner(SENTENCES[SoundState.NO_DEVICE])
        wait_until(lambda: observer.phones()["anna"] is PhoneState.FREE, "Anna to be seen as free")

        anna.dial(BEAT)
        beat.wait_for(EventKind.CALL_INCOMING)
        beat.answer()
        anna.wait_until_talking(BEAT)
        wait_until(lambda: observer.phones()["anna"] is PhoneState.BUSY, "Anna to be seen as busy")
        wait_until(lambda: beat.heard() is not NOTHING, "anything at all at Beat's")
        anna.press("Hang up", within=BEAT)
        beat.wait_for(EventKind.CALL_CLOSED)

        beat.dial(company.member("anna").number)
        anna.wait_for_popup(BEAT)
        wait_until(lambda: observer.phones()["anna"] is PhoneState.RINGING, "Anna to be seen as ringing")
        anna.press("Answer", within="Incoming call")
        beat.wait_for(EventKind.CALL_ESTABLISHED)
        beat.hang_up()
        anna.wait_for(lambda: not any(card.is_talking for card in anna.cards()), "the end of the call")
        wait_until(lambda: observer.phones()["anna"] is PhoneState.FREE, "Anna to be seen as free again")
