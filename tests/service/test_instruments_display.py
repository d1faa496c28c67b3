from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from tests.helpers.display import VirtualDisplay, Window
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until

_PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

class Surface(QWidget):
    def mousePressEvent(self, event):
        place = event.position().toPoint()
        print("pressed", event.button().name, place.x(), place.y(), flush=True)

application = QApplication(sys.argv)
surface = Surface()
surface.setWindowTitle(sys.argv[1])
surface.setStyleSheet("background-color: #2060c0")
surface.setFixedSize(300, 200)
field = QLineEdit(surface)
field.setGeometry(10, 10, 200, 30)
field.returnPressed.connect(lambda: print("typed", field.text(), flush=True))
field.textChanged.connect(lambda text: surface.close() if text == "quit" else None)
surface.show()
print(application.platformName(), flush=True)
application.exec()
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[VirtualDisplay]:
    with VirtualDisplay(tmp_path / "display", width=800, height=600) as display:
        yield display


@pytest.fixture
def program(display: VirtualDisplay, tmp_path: Path) -> Iterator[ChildProcess]:
    with _start(display, tmp_path, "Blue surface") as program:
        yield program


def test_a_program_appears_on_the_display_with_title_and_size(
    display: VirtualDisplay, program: ChildProcess
) -> None:
    window = display.wait_for_window("Blue")

    assert window.title == "Blue surface"
    assert (window.width, window.height) == (300, 200)
    assert display.windows() == [window]
    assert program.log_text() == "xcb\n"


def test_a_screenshot_has_every_pixel_where_the_window_is(
    display: VirtualDisplay, program: ChildProcess, tmp_path: Path
) -> None:
    window = display.wait_for_window("Blue")
    wait_until(
        lambda: _colour(display, tmp_path, window.x + 150, window.y + 150) == "#2060c0", "the painted window"
    )

    whole = QImage(str(display.screenshot(tmp_path / "screen.png")))
    part = QImage(str(display.screenshot(tmp_path / "window.png", window)))

    assert (whole.width(), whole.height()) == (800, 600)
    assert (part.width(), part.height()) == (300, 200)
    assert part.pixelColor(150, 150) == QColor("#2060c0")
    assert whole.pixelColor(window.x, window.y + 199) == QColor("#2060c0")
    assert whole.pixelColor(5, 5) != QColor("#2060c0")


def test_text_and_keys_reach_the_window_with_the_keyboard(
    display: VirtualDisplay, program: ChildProcess
) -> None:
    _wait_until_active(display, "Blue")

    display.type_text("+41 (0)44 Zürich")
    display.press("Home", "Delete", "Return")

    wait_until(lambda: "typed 41 (0)44 Zürich\n" in program.log_text(), "the text in the program")


def test_clicks_hit_the_very_pixel(display: VirtualDisplay, program: ChildProcess) -> None:
    window = display.wait_for_window("Blue")

    display.click(120, 150, window)
    display.click(window.x + 200, window.y + 160, button=3)

    wait_until(lambda: "pressed RightButton 200 160\n" in program.log_text(), "both clicks")
    assert "pressed LeftButton 120 150\n" in program.log_text()


def test_the_keyboard_goes_from_window_to_window(
    display: VirtualDisplay, program: ChildProcess, tmp_path: Path
) -> None:
    first = display.wait_for_window("Blue")
    with _start(display, tmp_path, "Second surface"):
        second = _wait_until_active(display, "Second")
        assert second != first

        display.activate(first)

        assert _wait_until_active(display, "Blue").number == first.number


def test_a_window_that_closes_is_gone(display: VirtualDisplay, program: ChildProcess) -> None:
    _wait_until_active(display, "Blue")

    display.type_text("quit")

    display.wait_until_gone("Blue")
    assert program.wait_for_end() == 0
    assert display.windows() == []
    assert display.active_window() is None


def test_a_window_that_never_comes_is_told_with_those_there(
    display: VirtualDisplay, program: ChildProcess
) -> None:
    display.wait_for_window("Blue")

    with pytest.raises(AssertionError, match=r"'Red' in its title.*there is \['Blue surface'\]"):
        display.wait_for_window("Red", timeout_s=0.2 * SECONDS)


def test_two_displays_know_nothing_of_each_other(
    display: VirtualDisplay, program: ChildProcess, tmp_path: Path
) -> None:
    display.wait_for_window("Blue")

    with VirtualDisplay(tmp_path / "other") as other:
        assert other.name != display.name
        assert other.windows() == []


def test_an_ended_display_takes_its_programs_along(display: VirtualDisplay, program: ChildProcess) -> None:
    display.wait_for_window("Blue")

    display.stop()

    assert not display.is_running
    program.wait_for_end()


def _start(display: VirtualDisplay, folder: Path, title: str) -> ChildProcess:
    return ChildProcess(
        f"the program {title!r}",
        [sys.executable, "-c", _PROGRAM, title],
        folder / f"{title}.log",
        environment=display.environment(),
    ).start()


def _wait_until_active(display: VirtualDisplay, title: str) -> Window:
    display.wait_for_window(title)
    return wait_until(
        lambda: window if (window := display.active_window()) is not None and title in window.title else None,
        f"the keyboard at {title!r}",
    )


def _colour(display: VirtualDisplay, folder: Path, x: int, y: int) -> str:
    return QImage(str(display.screenshot(folder / "now.png"))).pixelColor(x, y).name()
