"""The client steers an independent desk phone, from a PC without any sound: told by who hears whose tone.

Anna has a window and a phone that says 440 Hz; Beat and Eva at phones say 660 and 880 Hz. baresip knows nothing of answering
when it is told to, so its receiver is lifted by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.calls import EndReason
from wwphone.gui.words import SENTENCES

pytestmark = pytest.mark.end_to_end

ANNAS_HZ, BEATS_HZ, EVAS_HZ = 440, 660, 880
BEAT, EVA = "Beat Keller", "Eva Schönenberger"
_ALONE, _ONE_OF_TWO, _ABSENT = 0.8, 0.2, 0.1
"""Which part of the power a tone has that is heard alone, at least when another is heard too, and at most when it is not heard."""


@pytest.fixture(scope="module")
def phones(company: RealCompany) -> Iterator[dict[str, Baresip]]:
    """Everybody's phone, registered, saying its tone all the time."""
    tones = {"anna": ANNAS_HZ, "beat": BEATS_HZ, "eva": EVAS_HZ}
    made = {user: company.phone(user, PhoneSound(tone)) for user, tone in tones.items()}
    try:
        for phone in made.values():
            phone.start()
            phone.register()
        yield made
    finally:
        for phone in made.values():
            phone.stop()


def hears(phone: Baresip, tone_hz: float) -> None:
    """Wait until a phone hears this tone alone."""
    wait_until(
        lambda: phone.heard().last(0.5).tone_share(tone_hz) >= _ALONE,
        f"{tone_hz} Hz at a phone",
        15 * SECONDS,
    )


def hears_both(phone: Baresip, tones_hz: tuple[float, float]) -> None:
    """Wait until a phone hears these two tones together: each has its part of the power, and nothing else has much."""

    def together() -> bool:
        heard = phone.heard().last(0.5)
        shares = [heard.tone_share(tone_hz) for tone_hz in tones_hz]
        return min(shares) >= _ONE_OF_TWO and sum(shares) >= _ALONE

    wait_until(together, f"{tones_hz} Hz at a phone", 15 * SECONDS)


def hears_no_more(phone: Baresip, tone_hz: float) -> None:
    """Wait until it does not: there is silence, or music."""

    def gone() -> bool:
        heard = phone.heard().last(0.5)
        return heard.is_silent or heard.tone_share(tone_hz) <= _ABSENT

    wait_until(gone, f"no {tone_hz} Hz at a phone", 15 * SECONDS)


@pytest.fixture(scope="module")
def anna(
    company: RealCompany, phones: dict[str, Baresip], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """Anna's window, on a PC without any sound."""
    assert phones
    seat = seat_in(company, "anna", settings={"mode": "desk_phone"})
    with Client(seat, tmp_path_factory.mktemp("anna")) as anna:
        yield anna.wait_until_reachable()


def test_it_dials_holds_and_hands_over(
    company: RealCompany, phones: dict[str, Baresip], anna: Client
) -> None:
    desk, beat, eva = phones["anna"], phones["beat"], phones["eva"]
    assert not anna.banners(), "there is no sound on this PC, and none is needed"
    assert company.contacts("anna") == 1, "this PC is not registered"

    # the receiver is lifted
    anna.dial(company.member("beat").number)
    desk.wait_for(EventKind.CALL_INCOMING)
    anna.wait_for_heading(BEAT, "lift the receiver")
    desk.answer()
    beat.wait_for(EventKind.CALL_INCOMING)
    beat.answer()
    anna.wait_until_talking(BEAT)
    hears(desk, BEATS_HZ)
    hears(beat, ANNAS_HZ)

    # nothing is asked of the phone for holding
    anna.press("Hold the call", within=BEAT)
    anna.wait_until_held(BEAT)
    hears_no_more(beat, ANNAS_HZ)
    hears_no_more(desk, BEATS_HZ)
    anna.press("Resume the call", within=BEAT)
    anna.wait_until_talking(BEAT)
    hears(beat, ANNAS_HZ)

    # a transfer with a talk before, over the one call of the phone
    anna.press("Transfer the call", within=BEAT)
    anna.wait_until_held(BEAT)
    anna.type_into("transfer_field", company.member("eva").number)
    anna.press("Call first", within=BEAT)
    eva.wait_for(EventKind.CALL_INCOMING)
    eva.answer()
    anna.wait_until_talking(EVA)
    hears(desk, EVAS_HZ)
    anna.press("Swap", within=BEAT)
    anna.wait_until_talking(BEAT)
    hears(desk, BEATS_HZ)
    anna.wait_until_held(EVA)
    assert len(desk.calls()) == 1
    anna.press("Transfer", within=BEAT)
    desk.wait_for(EventKind.CALL_CLOSED)
    for who in (BEAT, EVA):
        anna.wait_for_heading(who, SENTENCES[EndReason.TRANSFERRED])
    hears(beat, EVAS_HZ)
    hears(eva, BEATS_HZ)
    beat.hang_up()
    eva.wait_for(EventKind.CALL_CLOSED)
    assert not anna.banners()


def test_a_call_comes_in_is_muted_and_ended_from_the_window(
    company: RealCompany, phones: dict[str, Baresip], anna: Client
) -> None:
    desk, eva = phones["anna"], phones["eva"]
    eva.dial(company.member("anna").number)
    desk.wait_for(EventKind.CALL_INCOMING)
    anna.wait_for_heading(EVA, "lift the receiver")
    desk.answer()
    anna.wait_until_talking(EVA)
    hears(eva, ANNAS_HZ)
    anna.press("Keypad", within=EVA)
    anna.press("5", within=EVA)
    wait_until(lambda: "5" in eva.received_dtmf(), "the key at Eva's")
    anna.press("Mute the microphone", within=EVA)
    hears_no_more(eva, ANNAS_HZ)
    anna.press("Microphone on", within=EVA)
    hears(eva, ANNAS_HZ)
    anna.press("Hang up", within=EVA)
    eva.wait_for(EventKind.CALL_CLOSED)
    anna.wait_for_heading(EVA, SENTENCES[EndReason.HUNG_UP_HERE])
    assert not anna.banners()


def test_calls_are_merged_and_split_again_and_a_held_one_is_parked(
    company: RealCompany, phones: dict[str, Baresip], anna: Client
) -> None:
    desk, beat, eva = phones["anna"], phones["beat"], phones["eva"]
    anna.dial(company.member("beat").number)
    desk.wait_for(EventKind.CALL_INCOMING)
    desk.answer()
    beat.wait_for(EventKind.CALL_INCOMING)
    beat.answer()
    anna.wait_until_talking(BEAT)
    anna.dial(company.member("eva").number)
    anna.wait_until_held(BEAT)
    eva.wait_for(EventKind.CALL_INCOMING)
    eva.answer()
    anna.wait_until_talking(EVA)

    # everybody hears the two others, over the one call of the phone
    anna.press("Merge with the other call (Ctrl+M)", within=BEAT)
    cards = {
        f"{BEAT}, {company.member('beat').number}, talking",
        f"{EVA}, {company.member('eva').number}, talking",
    }
    anna.wait_for(lambda: cards <= set(anna.window().texts()), "both cards in one frame")
    hears_both(desk, (BEATS_HZ, EVAS_HZ))
    hears_both(beat, (ANNAS_HZ, EVAS_HZ))
    hears_both(eva, (ANNAS_HZ, BEATS_HZ))
    assert len(desk.calls()) == 1

    # all of them are held at once: nobody hears anybody, until all of them are back
    anna.press("Hold all (F7)", within="2 calls merged")
    on_hold = {card.replace("talking", "on hold") for card in cards}
    anna.wait_for(lambda: on_hold <= set(anna.window().texts()), "both on hold")
    hears_no_more(desk, BEATS_HZ)
    hears_no_more(beat, EVAS_HZ)
    hears_no_more(eva, BEATS_HZ)
    anna.press("Resume all (F7)", within="2 calls merged")
    anna.wait_for(lambda: cards <= set(anna.window().texts()), "both to be back")
    hears_both(desk, (BEATS_HZ, EVAS_HZ))
    hears_both(beat, (ANNAS_HZ, EVAS_HZ))
    hears_both(eva, (ANNAS_HZ, BEATS_HZ))

    # one is taken out: music there, the other two go on as they would without ever having been merged
    anna.press("Take out of the merged calls", within=BEAT)
    anna.wait_until_held(BEAT)
    anna.wait_until_talking(EVA)
    hears(desk, EVAS_HZ)
    hears(eva, ANNAS_HZ)
    hears_no_more(beat, ANNAS_HZ)

    # the held one is parked while the other is talked to
    anna.press("Park the call (Ctrl+P)", within=BEAT)
    anna.wait_for_heading(BEAT, "Parked at 701")
    hears(desk, EVAS_HZ)
    eva.hang_up()
    desk.wait_for(EventKind.CALL_CLOSED)
    beat.hang_up()
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")
    assert not anna.banners()
