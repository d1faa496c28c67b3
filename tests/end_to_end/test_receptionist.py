"""A receptionist's morning of twenty calls: by keyboard alone, and read only through the accessibility interface.

Ursula sits at her window on a screen of its own. Every key comes from the X server, as from a keyboard; what she knows is
what a screen reader is told (AT-SPI). Beat calls, Eva takes what is transferred, Dario's phone rings and nobody is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.accessibility import AccessibilityBus
from tests.helpers.baresip import Baresip
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.screen_reader import ScreenReader
from tests.helpers.sound import SoundServer
from tests.helpers.waiting import SECONDS, wait_until

pytestmark = pytest.mark.end_to_end

BEAT, EVA, DARIO = "Beat Keller", "Eva Schönenberger", "Dario Lüthi"
ROUNDS = 4


class Reception(ScreenReader):
    """Her keyboard, her screen reader, and the others' phones."""

    def __init__(self, company: RealCompany, display: VirtualDisplay, bus: AccessibilityBus) -> None:
        super().__init__(display, bus)
        self.company = company
        self.calls = 0

    def number(self, user: str) -> str:
        return self.company.member(user).number

    def goes_to(self, typed: str, name: str) -> None:
        """Find a colleague in the list."""
        self.press("ctrl+1")
        self.is_at("Filter colleagues")
        self.keyboard.type_text(typed)
        self.press("Down")
        self.is_at(name)

    # -- the others

    def is_called(self, caller: Baresip) -> None:
        """Beat calls; she answers."""
        caller.dial(self.number("ursula"))
        self.hears_of("Incoming call", BEAT, "internal call")
        self.press("F5")
        caller.wait_for(EventKind.CALL_ESTABLISHED)
        self.talks_with(BEAT)

    def talks_with(self, name: str) -> None:
        self.hears_of(name, "talking")

    def is_over(self, *phones: Baresip) -> None:
        """The call has ended at these phones, in the window and in the PBX."""
        for phone in phones:
            phone.wait_for(EventKind.CALL_CLOSED)
        self.hears_no_more_of("talking")
        wait_until(lambda: not self.company.channels(), "the end of all channels of Asterisk")
        self.calls += 1


@pytest.fixture(scope="module")
def bus(display: VirtualDisplay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessibilityBus]:
    """A session bus with the accessibility bus behind it."""
    with AccessibilityBus(tmp_path_factory.mktemp("bus"), display) as running:
        yield running


@pytest.fixture(scope="module")
def reception(
    company: RealCompany,
    sound: SoundServer,
    display: VirtualDisplay,
    bus: AccessibilityBus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Reception]:
    """Ursula at her window, registered, with the keyboard in it."""
    environment = display.environment() | bus.environment() | sound.environment(OUR_SPEAKER, OUR_MICROPHONE)
    folder: Path = tmp_path_factory.mktemp("ursula")
    with Client(seat_in(company, "ursula", environment=environment), folder) as client:
        client.wait_until_reachable()
        display.activate(display.wait_for_window("wwphone"))
        desk = Reception(company, display, bus)
        desk.is_at("Name or number to dial")
        yield desk


@pytest.mark.timeout(120 * SECONDS)
def test_twenty_calls_by_keyboard_and_screen_reader_alone(company: RealCompany, reception: Reception) -> None:
    with (
        company.phone("beat") as beat,
        company.phone("eva", answers_itself=True) as eva,
        company.phone("dario") as dario,
    ):
        for phone in (beat, eva, dario):
            phone.register()
        reception.hears_of(DARIO, "free", role="list item")
        for _ in range(ROUNDS):
            holds_and_hangs_up(reception, beat)
            transfers_to_whom_she_finds(reception, beat, eva)
            transfers_after_a_talk(reception, beat, eva)
            picks_up_what_rings_elsewhere(reception, beat, dario)
            parks_and_fetches(reception, beat)
    assert reception.calls == 20


def holds_and_hangs_up(reception: Reception, beat: Baresip) -> None:
    reception.is_called(beat)
    reception.press("F7")
    reception.hears_of(BEAT, "on hold")
    reception.press("F7")
    reception.talks_with(BEAT)
    reception.press("F6")
    reception.is_over(beat)


def transfers_to_whom_she_finds(reception: Reception, beat: Baresip, eva: Baresip) -> None:
    reception.is_called(beat)
    reception.goes_to("eva", EVA)
    reception.press("t")
    field = reception.is_at("Name or number")
    assert field.role == "text"
    reception.press("ctrl+Return")
    eva.wait_for(EventKind.CALL_ESTABLISHED)
    reception.hears_no_more_of("talking")
    reception.hears_of(EVA, "busy", role="list item")
    beat.hang_up()
    reception.is_over(eva)


def transfers_after_a_talk(reception: Reception, beat: Baresip, eva: Baresip) -> None:
    reception.is_called(beat)
    reception.press("ctrl+t")
    reception.is_at("Name or number")
    reception.keyboard.type_text(reception.number("eva"))
    reception.press("Return")
    eva.wait_for(EventKind.CALL_ESTABLISHED)
    reception.talks_with(EVA)
    reception.hears_of(BEAT, "on hold")
    reception.is_at("Transfer")
    reception.press("ctrl+t")
    reception.hears_no_more_of("talking")
    beat.hang_up()
    reception.is_over(eva)


def picks_up_what_rings_elsewhere(reception: Reception, beat: Baresip, dario: Baresip) -> None:
    beat.dial(reception.number("dario"))
    dario.wait_for(EventKind.CALL_INCOMING)
    reception.hears_of(BEAT, f"for {DARIO}")
    reception.hears_of(f"Pick up: {BEAT}", role="push button")
    if reception.calls < 10:
        reception.press("F9")
    else:
        reception.goes_to("dario", DARIO)
        reception.press("p")
    beat.wait_for(EventKind.CALL_ESTABLISHED)
    reception.talks_with(BEAT)
    dario.wait_for(EventKind.CALL_CLOSED)
    reception.press("F6")
    reception.is_over(beat)


def parks_and_fetches(reception: Reception, beat: Baresip) -> None:
    reception.is_called(beat)
    reception.press("ctrl+p")
    place = reception.hears_of(BEAT, "parked at", "parked by").name.split(", ")[1].removeprefix("parked at ")
    reception.press("ctrl+shift+p")
    reception.is_at(f"Fetch {BEAT} from {place}")
    reception.press("Return")
    reception.hears_no_more_of(f"parked at {place}, parked by")
    reception.talks_with(BEAT)
    reception.press("F6")
    reception.is_over(beat)
