"""Two people talk: one in our window, one at an independent phone; TLS and SRTP on both legs, real sound at both ends.

440 Hz is what is said into our microphone, 660 Hz what the other side says. The phone is baresip, which shares no code
with PJSIP; whatever it hears has gone through our microphone, our encoder, Asterisk and its own decoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER, THEIR_SPEAKER
from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import HUNG_UP_HERE, HUNG_UP_THERE, EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.seen import CardSeen
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.calls import EndReason
from wwphone.gui.words import SENTENCES
from wwphone.services.calls import ENDED_CALL_SHOWN_S

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ, THEIR_TONE_HZ = 440, 660
BEAT, EVA = "Beat Keller", "Eva Schönenberger"
RINGS_THERE = "rings there"


@dataclass(frozen=True)
class Talk:
    """Anna at our window, Beat at a phone of another make."""

    company: RealCompany
    sound: SoundServer
    anna: Client
    beat: Baresip

    def call_beat(self) -> CardSeen:
        """Call him by his name, and be answered."""
        self.anna.dial("Keller")
        self.beat.wait_for(EventKind.CALL_INCOMING)
        self.anna.wait_for_heading(BEAT, RINGS_THERE)
        self.beat.answer()
        return self.anna.wait_until_talking(BEAT)

    def be_called(self) -> CardSeen:
        """Be called by Beat, and answer in the pop-up."""
        self.beat.dial(self.company.member("anna").number)
        self.anna.wait_for_popup(BEAT)
        self.anna.press("Answer", within="Incoming call")
        self.beat.wait_for(EventKind.CALL_ESTABLISHED)
        return self.anna.wait_until_talking(BEAT)

    def both_hear_each_other(self) -> None:
        """Wait until our tone is what they hear, and theirs what we hear."""
        self.sound.wait_for_tone(monitor_of(THEIR_SPEAKER), OUR_TONE_HZ)
        self.sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)

    def hang_up(self) -> None:
        """End the call here, and see it end there."""
        self.anna.press("Hang up", within=BEAT)
        assert self.beat.wait_for(EventKind.CALL_CLOSED).text == HUNG_UP_THERE
        self.anna.wait_for_heading(BEAT, SENTENCES[EndReason.HUNG_UP_HERE])

    def nothing_is_left(self) -> None:
        """Wait until no list anywhere has a call any more, and clear the window of what is over."""
        for card in self.anna.cards():
            self.anna.press("Close", within=card.heading)
        assert self.anna.wait_for(lambda: not self.anna.cards(), "an empty window")
        assert not self.anna.popups()
        assert self.beat.calls() == []
        wait_until(lambda: not self.company.channels(), "the end of all channels of Asterisk")

    def end_everything(self) -> None:
        """Leave nothing to the next test, however this one ended."""
        self.company.asterisk.command("channel request hangup all")
        wait_until(lambda: not self.company.channels(), "the end of all channels of Asterisk")
        self.anna.wait_for(
            lambda: not self.anna.cards(), "an empty window", ENDED_CALL_SHOWN_S + 10 * SECONDS
        )


@pytest.fixture(scope="module")
def talk(
    company: RealCompany,
    sound: SoundServer,
    display: VirtualDisplay,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Talk]:
    """Both are there, registered, and say their tones all the time."""
    environment = display.environment() | sound.environment(OUR_SPEAKER, OUR_MICROPHONE)
    seat = seat_in(company, "anna", environment=environment)
    phone = company.phone("beat", PhoneSound(THEIR_TONE_HZ, sound.environment(THEIR_SPEAKER)))
    folder: Path = tmp_path_factory.mktemp("anna")
    with Client(seat, folder) as anna, phone as beat, sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600):
        beat.register()
        anna.wait_until_reachable()
        yield Talk(company, sound, anna, beat)


@pytest.fixture(autouse=True)
def quiet(talk: Talk) -> Iterator[None]:
    """Each test begins and ends without a call."""
    yield
    if talk.company.channels() or talk.anna.cards():
        talk.end_everything()


def test_we_call_a_colleague_by_name_and_both_hear_each_other_encrypted(talk: Talk) -> None:
    card = talk.call_beat()

    talk.both_hear_each_other()
    assert card.is_encrypted
    assert talk.company.member("beat").number in card.texts
    assert EventKind.MEDIA_SECURED in [event.kind for event in talk.beat.events]
    channels = [*talk.company.channels_of("anna"), *talk.company.channels_of("beat")]
    assert len(channels) == 2
    assert [talk.company.channel_value(one, "CHANNEL(rtp,secure,audio)") for one in channels] == ["1", "1"]
    assert "TLS" in talk.company.asterisk.command("pjsip show contacts").upper()
    talk.anna.wait_for(lambda: "busy" in talk.anna.row(BEAT), "Beat to be shown as busy")

    talk.hang_up()
    talk.anna.wait_for(lambda: "busy" not in talk.anna.row(BEAT), "Beat to be free again")
    talk.nothing_is_left()


def test_we_are_called_and_the_pop_up_says_who_calls_which_number(
    talk: Talk, display: VirtualDisplay
) -> None:
    anna = talk.company.member("anna")
    display.activate(display.wait_for_window("wwphone"))
    talk.beat.dial(anna.number)

    popup = talk.anna.wait_for_popup(BEAT)
    display.wait_for_window("Incoming call")
    active = display.active_window()
    assert active is not None
    assert "Incoming call" not in active.title
    assert {talk.company.member("beat").number, "internal call", f"for {anna.number}"} <= set(popup.texts())
    talk.anna.wait_for_heading(BEAT, "calls you")
    talk.beat.wait_for(EventKind.CALL_RINGING)

    talk.anna.press("Answer", within="Incoming call")
    card = talk.anna.wait_until_talking(BEAT)
    talk.both_hear_each_other()
    assert card.is_encrypted
    assert not talk.anna.popups()
    [channel] = talk.company.channels_of("anna")
    assert talk.company.channel_value(channel, "CHANNEL(rtp,secure,audio)") == "1"

    talk.hang_up()
    talk.nothing_is_left()


def test_held_the_other_side_does_not_hear_us_and_resumed_it_does(talk: Talk) -> None:
    talk.call_beat()
    talk.both_hear_each_other()

    talk.anna.press("Hold the call", within=BEAT)
    talk.anna.wait_until_held(BEAT)
    wait_for_no_tone(talk.sound, THEIR_SPEAKER, OUR_TONE_HZ)
    talk.sound.wait_for_silence(monitor_of(OUR_SPEAKER))

    talk.anna.press("Resume the call", within=BEAT)
    talk.anna.wait_until_talking(BEAT)
    talk.both_hear_each_other()

    talk.hang_up()
    talk.nothing_is_left()


def test_muted_we_are_silent_there_and_still_hear(talk: Talk) -> None:
    talk.be_called()
    talk.both_hear_each_other()

    talk.anna.press("Mute the microphone", within=BEAT)
    card = talk.anna.wait_for_heading(BEAT, "muted")
    talk.sound.wait_for_silence(monitor_of(THEIR_SPEAKER))
    talk.sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)

    [pressed_in] = [part.says for part in card.part.walk() if part.checked]
    talk.anna.press(pressed_in, within=BEAT)
    talk.both_hear_each_other()

    talk.hang_up()
    talk.nothing_is_left()


def test_the_keys_we_press_are_seen_by_the_other_side(talk: Talk) -> None:
    talk.call_beat()
    before = talk.beat.received_dtmf()

    talk.anna.press("Keypad", within=BEAT)
    for key in "123#":
        talk.anna.press(key, within=BEAT)

    wait_until(lambda: talk.beat.received_dtmf() == f"{before}123#", "the keys at Beat's phone")
    talk.hang_up()
    talk.nothing_is_left()


@pytest.mark.parametrize("who_called", ["we", "they"])
def test_when_the_other_side_hangs_up_the_window_says_so(talk: Talk, who_called: str) -> None:
    if who_called == "we":
        talk.call_beat()
    else:
        talk.be_called()

    talk.beat.hang_up()

    talk.anna.wait_for_heading(BEAT, SENTENCES[EndReason.HUNG_UP_THERE])
    assert talk.beat.events[-1].text == HUNG_UP_HERE
    talk.nothing_is_left()


def test_a_second_call_holds_the_first_and_going_back_holds_the_second(talk: Talk) -> None:
    with talk.company.phone("eva", answers_itself=True) as eva:
        eva.register()
        talk.call_beat()
        talk.both_hear_each_other()

        talk.anna.dial(talk.company.member("eva").number)
        talk.anna.wait_until_talking(EVA)
        talk.anna.wait_until_held(BEAT)
        wait_for_no_tone(talk.sound, THEIR_SPEAKER, OUR_TONE_HZ)

        talk.anna.press("Resume the call", within=BEAT)
        talk.anna.wait_until_talking(BEAT)
        talk.anna.wait_until_held(EVA)
        talk.both_hear_each_other()

        talk.anna.press("Hang up", within=EVA)
        talk.hang_up()
        talk.nothing_is_left()


def test_a_call_that_nobody_answers_here_is_missed_and_the_pop_up_goes(talk: Talk) -> None:
    talk.beat.dial(talk.company.member("anna").number)
    talk.anna.wait_for_popup(BEAT)

    talk.beat.hang_up()

    talk.anna.wait_for_heading(BEAT, SENTENCES[EndReason.MISSED])
    talk.anna.wait_for(lambda: not talk.anna.popups(), "the end of the pop-up")
    talk.nothing_is_left()


def test_a_call_we_decline_ends_at_the_caller(talk: Talk) -> None:
    talk.beat.dial(talk.company.member("anna").number)
    talk.anna.wait_for_popup(BEAT)

    talk.anna.press("Decline", within="Incoming call")

    ended = talk.beat.wait_for(EventKind.CALL_CLOSED)
    assert ended.text.startswith("603")
    talk.anna.wait_for_heading(BEAT, SENTENCES[EndReason.DECLINED_HERE])
    talk.nothing_is_left()


def wait_for_no_tone(sound: SoundServer, speaker: str, frequency_hz: float) -> None:
    """Wait until half a second at a speaker had nothing of a tone in it, whatever else is heard (music on hold)."""
    with sound.listen(monitor_of(speaker)) as listener:
        listener.wait_for(
            lambda heard: heard.seconds >= 1 and heard.last(0.5).tone_share(frequency_hz) < 0.1,
            f"the end of {frequency_hz} Hz",
        )
