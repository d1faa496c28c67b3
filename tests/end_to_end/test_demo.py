"""The demo as people start it: a whole company comes to life, a call is made and heard, and nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtGui import QImage

from tests.helpers.company import HOST, ROOT
from tests.helpers.observer import LoopThread, Observer
from tests.helpers.pbx import asterisk_ready_folder
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.cti.api import Credentials, ServerAddress
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.message import Event
from wwphone.protocol.presence import PresenceChanged

Kind = TypeVar("Kind", bound=Event)

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes belong to a demo"),
]

MARK = "WWPHONE_TEST_MARK"
START_LIMIT_S = 40 * SECONDS
GONE_WITHIN_S = 30 * SECONDS
LOOKER_ON = "dario"
"""Works in the company, but does not come to work in the demo."""


@dataclass(frozen=True)
class Demo:
    """One run of the demo."""

    process: ChildProcess
    folder: Path
    mark: str

    def wait_until_alive(self) -> None:
        """Wait until everybody has come to work and the window has been started."""
        self.process.wait_until_ready(
            lambda: "come to work: ready" in self.process.log_text(), "the colleagues", START_LIMIT_S
        )
        self.process.wait_until_ready(lambda: self.has("demo.window"), "the window", START_LIMIT_S)

    def processes(self) -> dict[int, str]:
        """All processes of this run and their commands, wherever they hang in the tree."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue  # it has just ended, or is none of ours
            if f"{MARK}={self.mark}".encode() in environment.split(b"\0") and command:
                found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        return found

    def has(self, program: str) -> bool:
        """Whether a process of this run has this in its command."""
        return any(program in command for command in self.processes().values())

    def observer(self, loop: LoopThread) -> Observer:
        """A colleague who looks on, with what the demo leaves in its folder."""
        server = tomllib.loads((self.folder / "server" / "wwphone-server.toml").read_text("utf-8"))
        lines = (self.folder / "server" / "passwords").read_text("utf-8").splitlines()
        passwords = dict(line.split(":", 1) for line in lines)
        address = ServerAddress(HOST, server["listener"]["port"], str(self.folder / "tls" / "ca.pem"))
        return Observer(address, Credentials(LOOKER_ON, passwords[LOOKER_ON]), loop)

    def nothing_stays_behind(self) -> None:
        """Wait until no process of this run is left."""
        wait_until(lambda: not self.processes(), f"the end of {self.processes()}", GONE_WITHIN_S)


@pytest.fixture
def demo(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A demo without a screen, just started; the parameter is how many seconds its tour may take."""
    folder, mark = tmp_path / "demo", uuid.uuid4().hex
    words = ["--headless", "--language", "de", "--seconds", str(request.param)]
    words += ["--keep", str(folder), "--screenshots", str(tmp_path / "pictures")]
    process = ChildProcess(
        "the demo",
        [sys.executable, "-m", "demo", *words],
        tmp_path / "demo.log",
        environment={MARK: mark, "WWPHONE_ASTERISK": str(asterisk_ready_folder())},
        folder=ROOT,
    )
    running = Demo(process.start(), folder, mark)
    yield running
    process.stop(GONE_WITHIN_S)
    running.nothing_stays_behind()


@pytest.mark.parametrize("demo", [30], indirect=True)
def test_a_company_comes_to_life_and_a_call_is_heard_both_ways(demo: Demo, tmp_path: Path) -> None:
    demo.wait_until_alive()
    with LoopThread() as loop, demo.observer(loop) as observer:
        assert len(demo.processes()) >= 10, "the mark is not handed on, so nothing would be found"

        assert demo.process.wait_for_end(60 * SECONDS) == 0, demo.process.log_tail()

        moods = {(event.user, event.presence.status) for event in heard(observer, PresenceChanged)}
        phones = {(event.user, event.state) for event in heard(observer, PhoneStateChanged)}
    changed = {
        user for user, mood in moods if mood is not PresenceStatus.AVAILABLE
    }  # they all begin available
    talked = {user for user, state in phones if state is PhoneState.BUSY}
    assert len(changed) >= 2, f"too few colleagues changed their presence: {moods}"
    assert len(talked - {"anna"}) >= 2, f"too few colleagues talked: {phones}"
    assert "anna" in talked
    said = demo.process.log_text()
    assert "registered: True, colleagues seen: 24" in said
    assert "a call with sound both ways was made" in said

    pictures = sorted((tmp_path / "pictures").glob("*.png"))
    assert {"demo_colleagues.png", "demo_call.png", "demo_end.png"} <= {picture.name for picture in pictures}
    for picture in pictures:
        assert picture.name in said
        assert colours(picture) > 50, f"{picture.name} is as good as blank"
    demo.nothing_stays_behind()


@pytest.mark.parametrize("demo", [60], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_whichever_way_it_ends_no_process_stays_behind(demo: Demo, number: signal.Signals) -> None:
    demo.wait_until_alive()

    demo.process.send_signal(number)

    code = demo.process.wait_for_end(GONE_WITHIN_S)
    assert code == (-signal.SIGKILL if number is signal.SIGKILL else 1)  # no call was made: so not 0
    demo.nothing_stays_behind()


@pytest.mark.parametrize("demo", [8], indirect=True)
def test_when_the_call_cannot_be_made_it_says_so_and_ends_with_1(demo: Demo) -> None:
    demo.wait_until_alive()
    [asterisk] = [pid for pid, command in demo.processes().items() if "sbin/asterisk" in command]
    os.kill(asterisk, signal.SIGKILL)

    assert demo.process.wait_for_end(40 * SECONDS) == 1

    assert "problem: " in demo.process.log_text()
    assert "NO call with sound both ways was made" in demo.process.log_text()
    demo.nothing_stays_behind()


def heard(observer: Observer, kind: type[Kind]) -> list[Kind]:
    """All events of a kind that an observer was told of."""
    return [event for _, event in observer.heard(kind) if isinstance(event, kind)]


def colours(picture: Path) -> int:
    """How many different colours a picture has, looked at every few pixels."""
    image = QImage(str(picture))
    assert not image.isNull(), f"{picture.name} is no picture"
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})
