"""A receptionist's morning of twenty calls: by keyboard alone, and read only through the accessibility interface.

Ursula sits at her window on a screen of its own. Every key comes from the X server, as from a keyboard; what she knows is
what a screen reader is told (AT-SPI). Beat calls, Eva takes what is transferred, Dario's phone rings and nobody is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.accessibility import AccessibilityBus, Accessible, State
from tests.helpers.baresip import Baresip
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.sound import SoundServer
from tests.helpers.waiting import SECONDS, Value, wait_until

pytestmark = pytest.mark.end_to_end

BEAT, EVA, DARIO = "Beat Keller", "Eva Schönenberger", "Dario Lüthi"
ROUNDS = 4
_NEED_NAMES = (
    "push button",
    "button menu",
    "check box",
    "text",
    "list",
    "list item",
    "combo box",
    "menu item",
)
"""Roles of which each must have a name, whether the keyboard gets there or not."""


class Reception:
    """Her keyboard, her screen reader, and the others' phones."""

    def __init__(self, company: RealCompany, display: VirtualDisplay, bus: AccessibilityBus) -> None:
        self.company = company
        self.keyboard = display
        self._bus = bus
        self.calls = 0

    def number(self, user: str) -> str:
        return self.company.member(user).number

    # -- what she is told

    def everything(self) -> list[Accessible]:
        """All that can be read now, in all windows; each must have a name."""
        found = self._read()
        if any(lacks_name(one) for one in found):
            found = self._read()  # what was being made or taken away at that moment has it now, or is gone
        nameless = [one for one in found if lacks_name(one)]
        assert not nameless, f"a screen reader cannot say what these are: {nameless}"
        return found

    def _read(self) -> list[Accessible]:
        return [one for window in self._bus.windows() for one in window]

    def hears_of(self, *words: str, role: str = "") -> Accessible:
        """Wait until something is told in these words."""

        def told() -> Accessible | None:
            for one in self.everything():
                if role in ("", one.role) and all(word in one.name for word in words):
                    return one
            return None

        return self._wait(told, f"{words}")

    def hears_no_more_of(self, *words: str) -> None:
        """Wait until nothing is told in these words."""
        self._wait(
            lambda: not any(all(word in one.name for word in words) for one in self.everything()),
            f"the end of {words}",
        )

    def is_at(self, *words: str) -> Accessible:
        """Wait until the keyboard is at what is called so."""

        def there() -> Accessible | None:
            at = [one for window in self._bus.windows() for one in focused(window)]
            return next((one for one in at if all(word in one.name for word in words)), None)

        return self._wait(there, f"the keyboard at {words}")

    def _wait(self, look: Callable[[], Value | None], what: str) -> Value:
        try:
            return wait_until(look, what, 20 * SECONDS)
        except AssertionError as late:
            told = "\n".join(
                f"{one.role}: {one.name} {one.description}" for one in self.everything() if one.name
            )
            raise AssertionError(f"{late}\nwhat a screen reader is told:\n{told}") from None

    # -- what she does

    def press(self, *keys: str) -> None:
        self.keyboard.press(*keys)

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


def lacks_name(accessible: Accessible) -> bool:
    """Whether a screen reader cannot say what this is."""
    needed = accessible.has(State.FOCUSABLE) or accessible.role in _NEED_NAMES
    return needed and not accessible.name


def focused(accessible: Accessible, *, inside_focused: bool = False) -> Iterator[Accessible]:
    """Where the keyboard is; Qt calls a list's current line focused even while the list is not."""
    here = accessible.has(State.FOCUSED)
    if here and (accessible.role != "list item" or inside_focused):
        yield accessible
    for part in accessible.parts:
        yield from focused(part, inside_focused=here)


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
