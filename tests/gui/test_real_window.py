"""The program on a real screen: what only a window manager and an X server can show."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.helpers.display import VirtualDisplay
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.config.options import HOTKEY_DIAL_MARKED, HOTKEY_HANG_UP
from wwphone.gui.style.tokens import LIGHT

_ROOT = Path(__file__).parents[2]
_IDLE_AFTER_S = 12.0
"""When the text cursor has come to rest."""
_WATCHED_S = 6.0
_MOST_WAKE_UPS_A_SECOND = 5.0
"""The target of the product; without PJSIP it is far less."""
_OTHER = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit
application = QApplication(sys.argv)
field = QLineEdit()
field.setWindowTitle("Letter to the editor")
field.textChanged.connect(lambda text: print("typed", text, flush=True))
field.resize(300, 60)
field.show()
application.exec()
"""


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDisplay]:
    with VirtualDisplay(tmp_path_factory.mktemp("display"), 1280, 900) as display:
        yield display


@pytest.fixture
def client(display: VirtualDisplay, tmp_path: Path) -> Iterator[ChildProcess]:
    with start(display, tmp_path) as process:
        yield process


def start(display: VirtualDisplay, folder: Path, *arguments: str) -> ChildProcess:
    process = ChildProcess(
        "client",
        [sys.executable, "-m", "tests.gui.fake_client", folder / "home", *arguments],
        folder / "client.log",
        environment=display.environment(),
        folder=_ROOT,
    ).start()
    process.wait_until_ready(lambda: "painted" in process.log_text().splitlines(), "its window", 20 * SECONDS)
    return process


def test_an_incoming_call_never_takes_the_keyboard_from_another_program(
    display: VirtualDisplay, client: ChildProcess, tmp_path: Path
) -> None:
    with ChildProcess(
        "editor", [sys.executable, "-c", _OTHER], tmp_path / "editor.log", environment=display.environment()
    ) as editor:
        letter = display.wait_for_window("Letter")
        display.activate(letter)
        display.type_text("Dear ")
        wait_until(lambda: "typed Dear" in editor.log_text(), "the first word")

        client.send_signal(signal.SIGUSR1)
        popup = display.wait_for_window("Incoming")
        assert popup.x + popup.width > 1280 - 40, "top right"
        assert popup.y < 40
        active = display.active_window()
        assert active is not None
        assert active.title == letter.title
        display.type_text("Editor")
        wait_until(lambda: "typed Dear Editor" in editor.log_text(), "the rest of the line")

        display.click(popup.x + popup.width // 4, popup.y + popup.height - 40)
        display.wait_until_gone("Incoming")
        display.type_text("!")
        wait_until(
            lambda: "typed Dear Editor!" in editor.log_text(), "typing on after the call was answered there"
        )


def test_the_pop_up_stands_above_a_full_screen_window(
    display: VirtualDisplay, client: ChildProcess, tmp_path: Path
) -> None:
    full = _OTHER.replace("field.show()", "field.showFullScreen()")
    with ChildProcess(
        "film", [sys.executable, "-c", full], tmp_path / "film.log", environment=display.environment()
    ):
        film = display.wait_for_window("Letter")
        wait_until(lambda: display.wait_for_window("Letter").width == 1280, "the film to fill the screen")
        client.send_signal(signal.SIGUSR1)
        popup = display.wait_for_window("Incoming")

        def answer_is_seen() -> bool:
            picture = QImage(str(display.screenshot(tmp_path / "screen.png")))
            place = popup.x + popup.width // 4, popup.y + popup.height - 22
            return picture.pixelColor(*place).name() == LIGHT.positive

        wait_until(answer_is_seen, "the pop-up above the film")
        assert film.width == 1280


def test_keys_and_letters_of_a_real_keyboard(display: VirtualDisplay, client: ChildProcess) -> None:
    def type_into_the_field(text: str) -> None:
        def there() -> bool:
            display.press(
                "ctrl+l"
            )  # selects what stands there: a key may have come before the window had the keyboard
            display.type_text(text)
            seen = f"in the field {text}"
            with contextlib.suppress(AssertionError):
                wait_until(lambda: client.log_text().splitlines()[-1] == seen, "the letters", 2 * SECONDS)
            return client.log_text().splitlines()[-1] == seen

        wait_until(there, f"{text} in the field")

    display.activate(display.wait_for_window("wwphone"))
    type_into_the_field("Größ")
    display.press("Return")
    wait_until(lambda: "dialled 210" in client.log_text(), "the call by a name with umlauts")
    display.press("F6")
    type_into_the_field("kell")
    display.press("Down", "Return")
    wait_until(lambda: "dialled 207" in client.log_text(), "the call chosen from the list")


def test_a_hot_key_acts_while_another_program_has_the_keyboard(
    display: VirtualDisplay, tmp_path: Path
) -> None:
    settings = tmp_path / "home" / "settings"
    settings.mkdir(parents=True)
    keys = {HOTKEY_HANG_UP.key: "Ctrl+F9", HOTKEY_DIAL_MARKED.key: "Meta+D"}
    (settings / "settings.json").write_text(json.dumps(keys), "utf-8")
    with (
        start(display, tmp_path) as client,
        ChildProcess(
            "editor",
            [sys.executable, "-c", _OTHER],
            tmp_path / "editor.log",
            environment=display.environment(),
        ) as editor,
    ):
        display.activate(display.wait_for_window("Letter"))
        display.type_text("+41 44 268 12 12")
        wait_until(lambda: "typed +41 44 268 12 12" in editor.log_text(), "the number in the letter")
        display.press("ctrl+a")  # marks it

        def dialled() -> bool:
            display.press("super+d")  # the keys are had a moment after the window stands there
            return "dialled +41442681212" in client.log_text()

        wait_until(dialled, "the call of the marked number")

        def ended() -> bool:
            display.press(
                "ctrl+F9"
            )  # "dialled" is told by the engine, a moment before the window has the call
            return "ended" in client.log_text()

        wait_until(ended, "the end of the call")


def test_the_window_comes_back_where_it_was(display: VirtualDisplay, tmp_path: Path) -> None:
    for _ in range(2):
        with start(display, tmp_path) as process:
            window = display.wait_for_window("wwphone")
            places = [(window.x, window.y, window.width, window.height)]
            process.send_signal(signal.SIGTERM)
            assert process.wait_for_end(10 * SECONDS) == 0
        with start(display, tmp_path) as process:
            window = display.wait_for_window("wwphone")
            places.append((window.x, window.y, window.width, window.height))
        assert places[0] == places[1], "it creeps across the screen"


def test_an_idle_window_sleeps(display: VirtualDisplay, client: ChildProcess) -> None:
    display.activate(display.wait_for_window("wwphone"))
    before = -1.0
    began_s = time.monotonic()

    def rests() -> bool:
        nonlocal before, began_s
        now_s = time.monotonic()
        if now_s - began_s < (_IDLE_AFTER_S if before < 0 else _WATCHED_S):
            return False
        count = wake_ups(client.pid)
        rate = (count - before) / (now_s - began_s)
        calm = before >= 0 and rate <= _MOST_WAKE_UPS_A_SECOND
        before, began_s = count, now_s
        return calm

    wait_until(rests, f"at most {_MOST_WAKE_UPS_A_SECOND} wake-ups a second", 60 * SECONDS)


def wake_ups(pid: int) -> float:
    """How often all threads of a process have gone to sleep by themselves, and so were woken."""
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                total += int(line.split()[1])
    return float(total)
