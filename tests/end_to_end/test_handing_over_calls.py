"""Calls that go to somebody else, and calls that are merged: from the window to Asterisk, told by who hears whose tone.

Anna at our window says 440 Hz, Beat and Eva at phones of another make say 660 and 880 Hz. Dario has no phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.calls import EndReason
from wwphone.gui.words import SENTENCES

pytestmark = pytest.mark.end_to_end

ANNAS_HZ, BEATS_HZ, EVAS_HZ = 440, 660, 880
ANNA, BEAT, EVA, DARIO = "Anna Muster", "Beat Keller", "Eva Schönenberger", "Dario Lüthi"
_ALONE, _AMONG_TWO = 0.8, 0.1
"""Which part of the power a tone has that is heard alone, and at least when another, louder one is heard beside it."""


@dataclass(frozen=True)
class Three:
    """Anna at our window, Beat and Eva at phones."""

    company: RealCompany
    sound: SoundServer
    anna: Client
    beat: Baresip
    eva: Baresip

    def number(self, user: str) -> str:
        return self.company.member(user).number

    def be_called(self) -> None:
        """Beat calls Anna, and both hear each other."""
        self.beat.dial(self.number("anna"))
        self.anna.wait_for_popup(BEAT)
        self.anna.press("Answer", within="Incoming call")
        self.beat.wait_for(EventKind.CALL_ESTABLISHED)
        self.anna.wait_until_talking(BEAT)
        self.anna_talks_with(self.beat, BEATS_HZ)

    def begin(self, number: str) -> None:
        """Anna presses *Transfer* and types whom Beat goes to."""
        self.anna.press("Transfer the call", within=BEAT)
        self.anna.wait_until_held(BEAT)
        self.anna.type_into("transfer_field", number)

    def consult(self) -> None:
        """Anna calls Eva first, and talks with her while Beat waits."""
        self.begin(self.number("eva"))
        self.anna.press("Call first", within=BEAT)
        self.eva.wait_for(EventKind.CALL_INCOMING)
        self.eva.answer()
        self.anna.wait_until_talking(EVA)
        self.anna_talks_with(self.eva, EVAS_HZ)

    def anna_talks_with(self, phone: Baresip, tone_hz: float) -> None:
        hears(phone, ANNAS_HZ)
        self.sound.wait_for_tone(monitor_of(OUR_SPEAKER), tone_hz)

    def beat_talks_with_eva(self) -> None:
        hears(self.beat, EVAS_HZ)
        hears(self.eva, BEATS_HZ)

    def end(self) -> None:
        """Leave nothing to what comes next."""
        self.company.asterisk.command("channel request hangup all")
        wait_until(lambda: not self.company.channels(), "the end of all channels of Asterisk")
        self.anna.wait_for(self._is_put_away, "an empty window", 20 * SECONDS)

    def _is_put_away(self) -> bool:
        for card in self.anna.cards():
            if card.button("Close") is not None:
                self.anna.press("Close", within=card.heading)
        return not self.anna.cards()


def hears(phone: Baresip, *tones_hz: float) -> None:
    """Wait until a phone hears these tones, and hardly anything else."""
    least = _ALONE if len(tones_hz) == 1 else _AMONG_TWO

    def all_of_them() -> bool:
        heard = phone.heard().last(0.5)
        shares = [heard.tone_share(tone) for tone in tones_hz]
        return not heard.is_silent and min(shares) >= least and sum(shares) >= _ALONE

    wait_until(all_of_them, f"{tones_hz} Hz at a phone, not {phone.heard().last(0.5)}", 15 * SECONDS)


@pytest.fixture(scope="module")
def three(
    company: RealCompany, sound: SoundServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Three]:
    """All are there, registered, and say their tones all the time."""
    seat = seat_in(company, "anna", environment=sound.environment(OUR_SPEAKER, OUR_MICROPHONE))
    folder: Path = tmp_path_factory.mktemp("anna")
    beat, eva = company.phone("beat", PhoneSound(BEATS_HZ)), company.phone("eva", PhoneSound(EVAS_HZ))
    with Client(seat, folder) as anna, beat, eva, sound.say(OUR_MICROPHONE, ANNAS_HZ, 600):
        for phone in (beat, eva):
            phone.register()
        anna.wait_until_reachable()
        yield Three(company, sound, anna, beat, eva)


@pytest.fixture(autouse=True)
def quiet(three: Three) -> Iterator[None]:
    """Each test ends without a call."""
    yield
    three.end()


def test_a_call_is_transferred_unseen_or_after_a_talk_and_comes_back_when_nobody_takes_it(
    three: Three,
) -> None:
    anna, beat, eva = three.anna, three.beat, three.eva
    three.be_called()

    # nobody is there: it is back at once, with sound
    three.begin(three.number("dario"))
    anna.press("Transfer now", within=BEAT)
    anna.wait_for_banner(f"{DARIO} did not get the call")
    anna.wait_for_heading(BEAT, "talking", f"back from {DARIO}")
    three.anna_talks_with(beat, BEATS_HZ)
    assert len(three.anna.cards()) == 1
    anna.press("OK")

    # asked first, swapped, and back
    three.consult()
    anna.press("Swap", within=BEAT)
    anna.wait_until_talking(BEAT)
    anna.wait_until_held(EVA)
    three.anna_talks_with(beat, BEATS_HZ)
    anna.press("Back", within=BEAT)
    eva.wait_for(EventKind.CALL_CLOSED)
    anna.wait_until_talking(BEAT)
    three.anna_talks_with(beat, BEATS_HZ)

    # unseen
    three.begin(three.number("eva"))
    anna.press("Transfer now", within=BEAT)
    eva.wait_for(EventKind.CALL_INCOMING)
    eva.answer()
    anna.wait_for_heading(BEAT, SENTENCES[EndReason.TRANSFERRED])
    three.beat_talks_with_eva()
    wait_until(lambda: not three.company.channels_of("anna"), "Anna to be out of it")
    assert not anna.banners()


def test_a_call_is_transferred_after_a_talk_and_one_that_is_declined_rings_again(three: Three) -> None:
    anna, beat, eva = three.anna, three.beat, three.eva
    three.be_called()

    three.begin(three.number("eva"))
    anna.press("Transfer now", within=BEAT)
    eva.wait_for(EventKind.CALL_INCOMING)
    anna.wait_for_heading(BEAT, SENTENCES[EndReason.TRANSFERRED])
    eva.hang_up()
    anna.wait_for_popup(BEAT, f"back from {EVA}")
    anna.press("Answer", within="Incoming call")
    anna.wait_until_talking(BEAT)
    three.anna_talks_with(beat, BEATS_HZ)

    three.consult()
    anna.press("Transfer", within=BEAT)
    for who in (BEAT, EVA):
        anna.wait_for_heading(who, SENTENCES[EndReason.TRANSFERRED])
    three.beat_talks_with_eva()
    wait_until(lambda: not three.company.channels_of("anna"), "Anna to be out of it")


def test_three_are_merged_and_callers_are_sent_on(three: Three) -> None:
    anna, beat, eva = three.anna, three.beat, three.eva
    three.be_called()
    anna.dial(three.number("eva"))
    eva.wait_for(EventKind.CALL_INCOMING)
    eva.answer()
    anna.wait_until_talking(EVA)

    anna.press("Merge with the other call", within=EVA)
    anna.wait_for(lambda: "2 calls merged" in anna.window().texts(), "the merged calls")
    hears(beat, ANNAS_HZ, EVAS_HZ)
    hears(eva, ANNAS_HZ, BEATS_HZ)
    with three.sound.listen(monitor_of(OUR_SPEAKER)) as listener:
        listener.wait_for(
            lambda heard: (
                heard.seconds >= 0.5
                and all(heard.last(0.5).tone_share(tone) >= _AMONG_TWO for tone in (BEATS_HZ, EVAS_HZ))
            ),
            "both tones at Anna's",
        )
    anna.press("Mute the microphone", within="2 calls merged")
    three.beat_talks_with_eva()
    anna.press("End all", within="2 calls merged")
    for phone in (beat, eva):
        phone.wait_for(EventKind.CALL_CLOSED)
    three.end()

    # sent on, unanswered
    beat.dial(three.number("anna"))
    anna.wait_for_popup(BEAT)
    anna.choose("Send the caller on", "To somebody else", within="Incoming call")
    anna.type_into("deflect_field", three.number("eva"))
    anna.press("Send on", within=BEAT)
    anna.wait_for_heading(BEAT, SENTENCES[EndReason.DEFLECTED])
    eva.wait_for(EventKind.CALL_INCOMING)
    eva.answer()
    three.beat_talks_with_eva()
    three.end()

    # to the voicemail
    beat.dial(three.number("anna"))
    anna.wait_for_popup(BEAT)
    anna.choose("Send the caller on", "To my voicemail", within="Incoming call")
    anna.wait_for_heading(BEAT, SENTENCES[EndReason.DEFLECTED])
    beat.wait_for(EventKind.CALL_ESTABLISHED)
    wait_until(
        lambda: (
            f"!VoiceMail!{three.number('anna')}@wwphone"
            in three.company.asterisk.command("core show channels concise")
        ),
        "the voicemail",
    )
