"""The running program: the order of its beginning, what comes from outside, one instance for each identity."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from tests.gui import eyes
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import ME, PASSWORD, SERVER, World, company
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until, wait_until_async
from wwphone.app import program as program_module
from wwphone.app.main import Arguments, arguments_of
from wwphone.app.program import Program
from wwphone.app.single_instance import socket_name
from wwphone.config.options import LANGUAGE
from wwphone.config.paths import HOME_VARIABLE
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.actions import CALL_ACTIONS, Action, Order, Outcome
from wwphone.domain.calls import CallKind, CallSnapshot, CallState, Party
from wwphone.domain.pickup import RingingCall
from wwphone.protocol.pickup import Claim, RingingCallChanged
from wwphone.services.account import Stage
from wwphone.services.bundle import Ground
from wwphone.services.calls import CannotDial
from wwphone.sip.api import RegistrationState, SoundState
from wwphone.sip.fake import FakeSipEngine

_ROOT = Path(__file__).parents[2]


class Running:
    """A program under way in this process."""

    def __init__(self, world: World) -> None:
        self.world = world
        ground = Ground(world.engine, world.link, world.settings, world.secrets, Path())
        self.program = Program(ground)
        self.task: asyncio.Task[None] | None = None

    def begin(self, address: str = "") -> None:
        self.task = asyncio.get_running_loop().create_task(self.program.run(address))

    async def end(self) -> None:
        self.program.quit()
        if self.task is not None:
            await self.task

    @property
    def stage(self) -> Stage:
        return self.program.services.account.snapshot.stage

    def dialled(self) -> list[str]:
        return [address for address, _ in self.world.engine.dialled]

    def hint(self) -> str:
        return self.program.shell.window._form.dial_hint.text()


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    world = World(company())
    world.settings.set(LANGUAGE, "en")
    made = Running(world)
    yield made
    await made.end()


async def test_the_window_comes_first_and_everything_else_after_it(running: Running) -> None:
    await running.world.remember()
    running.world.link.quick.clear()
    running.begin()
    await wait_until_async(running.program.shell.window.isVisible, "the window")
    assert running.stage is not Stage.SIGNED_IN
    running.world.link.quick.set()
    await wait_until_async(lambda: running.stage is Stage.SIGNED_IN, "the sign-in")
    assert running.program.shell.sign_in_dialog is None, "nobody has to do anything"


async def test_the_first_start_asks_to_sign_in(running: Running) -> None:
    running.begin()
    await wait_until_async(lambda: running.program.shell.sign_in_dialog, "the dialog")
    dialog = running.program.shell.sign_in_dialog
    assert dialog is not None
    assert dialog.isVisible()


async def test_a_refused_start_asks_again_with_the_reason_and_forgets_the_password(running: Running) -> None:
    await running.world.remember()
    running.world.secrets.secrets[f"{ME}@{SERVER.host}"] = "changed since"
    running.begin()
    await wait_until_async(lambda: running.program.shell.sign_in_dialog, "the dialog")
    dialog = running.program.shell.sign_in_dialog
    assert dialog is not None
    assert SENTENCES_OF[ErrorCode.WRONG_PASSWORD] in eyes.texts(dialog)
    assert running.world.secrets.secrets == {}, "a wrong password is not tried again at the next start"


async def test_what_is_to_be_dialled_waits_for_the_registration(running: Running) -> None:
    await running.world.remember()
    running.world.link.cut(LinkProblem.TIMEOUT)
    running.begin("tel:207")
    await wait_until_async(lambda: running.hint().startswith("Dialled as soon"), "the hint")
    assert running.dialled() == []
    running.world.link.heal()
    await wait_until_async(lambda: running.dialled() == ["207"], "the call")


async def test_and_says_why_when_there_is_none(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "_REGISTERED_WITHIN_S", 0.02)
    await running.world.remember()
    running.world.engine.answer_registrations_with(RegistrationState.UNREACHABLE)
    running.begin("207")
    await wait_until_async(lambda: running.hint() == SENTENCES_OF[CannotDial.NOT_REGISTERED], "the reason")
    assert running.dialled() == []
    assert running.program.shell.window._form.dial_field.text() == "207", "it can be tried again"


async def test_a_second_start_dials_in_the_first(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.program.shell.window._form.own_line.text() == "204", "the number")
    running.program.shell.window.hide()
    running.program.dial("sip:205@pbx")
    await wait_until_async(lambda: running.dialled() == ["205@pbx"], "the call")
    assert running.program.shell.window.isVisible()


async def test_a_start_given_up_by_the_person_stays_signed_out(running: Running) -> None:
    await running.world.remember()
    running.world.link.cut(LinkProblem.NO_ROUTE)
    running.begin()
    await wait_until_async(lambda: running.program.shell.window.banners.line.text, "the reason")
    eyes.click("Cancel", running.program.shell.window.banners.line)
    await wait_until_async(lambda: running.stage is Stage.SIGNED_OUT, "being signed out")
    assert running.program.shell.sign_in_dialog is None


async def test_without_a_sip_engine_everything_but_the_voice_works(expected_logs: object) -> None:
    world = World(company())
    world.engine = FakeSipEngine(start_error="PJSIP cannot start")
    running = Running(world)
    assert callable(expected_logs)
    expected_logs("no voice on this PC", logger="wwphone.app")
    await world.remember()
    running.begin()
    await wait_until_async(lambda: running.stage is Stage.SIGNED_IN, "the sign-in")
    assert running.program.services.sound.snapshot.state is SoundState.FAILED
    assert running.program.shell.window.colleagues.model.people == 24
    await running.end()


async def test_nothing_wakes_an_idle_program(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.stage is Stage.SIGNED_IN, "the sign-in")
    window = running.program.shell.window
    window.setFocus()
    await asyncio.sleep(0)
    caret = running.program.shell._caret._timer
    active = [timer for timer in window.findChildren(QTimer) if timer.isActive() and timer is not caret]
    assert active == []


async def test_a_wire_error_while_running_leads_to_signing_in(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.stage is Stage.SIGNED_IN, "the sign-in")
    running.world.link.say_goodbye(WireError(ErrorCode.SESSION_EXPIRED, "expired"))
    window = running.program.shell.window
    await wait_until_async(lambda: window.banners.line.text, "the banner")
    eyes.click("Sign in", window.banners.line)
    dialog = running.program.shell.sign_in_dialog
    assert dialog is not None
    await wait_until_async(dialog.isVisible, "the dialog")
    assert dialog._form.user.text() == ME


@pytest.mark.parametrize(
    ("words", "order", "starts"),
    [
        ([], None, True),
        (["tel:+41442681212"], Order(Action.DIAL, "tel:+41442681212"), True),
        ([" +41 44\n268 12 12 "], Order(Action.DIAL, "+41 44 268 12 12"), True),
        (["answer"], Order(Action.ANSWER), False),
        (["dial", "answer"], Order(Action.DIAL, "answer"), False),
        (["dial-marked"], Order(Action.DIAL_MARKED), False),
    ],
)
def test_the_command_line(words: list[str], order: Order | None, starts: bool) -> None:
    assert arguments_of(words) == Arguments(order, starts)


@pytest.mark.parametrize(
    "words",
    [
        ["--password", PASSWORD],
        ["dial"],
        ["hangup", "207"],
        ["207", "208"],
        ["dial", "207", "208"],
        ["dial", "2\x0007"],
        ["9" * 257],
        ["\udcff"],
    ],
)
def test_what_makes_no_sense_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments_of(words)
    assert ended.value.code == 2
    assert "usage: wwphone" in capsys.readouterr().err


def test_the_help_names_every_action(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments_of(["--help"])
    said = capsys.readouterr().out
    for action in Action:
        assert f"wwphone {action.value}" in said


async def test_orders_from_outside_act_upon_the_call_that_is_meant(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.program.shell.window._form.own_line.text() == "204", "the number")
    carry_out, engine = running.program.carry_out, running.world.engine
    for action in CALL_ACTIONS:
        assert carry_out(Order(action)) is Outcome.NOTHING
    call_id = engine.incoming("207", "Beat Keller")
    await wait_until_async(lambda: running.program.shell.popups.shown, "the pop-up")
    steps: tuple[tuple[Action, Callable[[CallSnapshot], bool]], ...] = (
        (Action.ANSWER, lambda call: call.state is CallState.ACTIVE),
        (Action.MUTE, lambda call: call.muted),
        (Action.HOLD, lambda call: call.state is CallState.HELD),
        (Action.HANG_UP, lambda call: call.end is not None),
    )

    def shown() -> CallSnapshot:
        call = running.program.services.calls.call(call_id)
        assert call is not None
        return call

    for action, came_true in steps:
        assert carry_out(Order(action)) is Outcome.DONE
        await wait_until_async(partial(lambda come: come(shown()), came_true), action.value)
    assert engine.call(call_id).end is not None


async def test_what_rings_elsewhere_is_picked_up_from_outside(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.program.shell.window._form.own_line.text() == "204", "the number")
    carry_out, link = running.program.carry_out, running.world.link
    assert carry_out(Order(Action.PICK_UP)) is Outcome.NOTHING
    now = datetime.now(UTC)
    link.change(
        RingingCallChanged(RingingCall("first", Party("201"), CallKind.DIRECT, now, may_pick_up=True))
    )
    assert carry_out(Order(Action.PICK_UP)) is Outcome.DONE
    claims = [Claim("first", "fake-register")]
    await wait_until_async(lambda: link.commands[-1:] == claims, "the claim")


async def test_marked_text_is_dialled(running: Running) -> None:
    await running.world.remember()
    running.begin()
    await wait_until_async(lambda: running.program.shell.window._form.own_line.text() == "204", "the number")
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    assert running.program.carry_out(Order(Action.DIAL_MARKED)) is Outcome.NOTHING
    clipboard.setText("x" * 300)
    assert running.program.carry_out(Order(Action.DIAL_MARKED)) is Outcome.NOTHING, "a page is no number"
    clipboard.setText(" +41 (0)44\n268 12 12\n")
    assert running.program.carry_out(Order(Action.DIAL_MARKED)) is Outcome.DONE
    await wait_until_async(lambda: running.dialled() == ["+41442681212"], "the call")
    clipboard.clear()


# ---------------------------------------------------------------- two processes


def client(home: Path, log: Path, *arguments: str) -> ChildProcess:
    return ChildProcess(
        log.stem, [sys.executable, "-m", "tests.gui.fake_client", home, *arguments], log, folder=_ROOT
    )


@pytest.fixture
def first(tmp_path: Path) -> Iterator[ChildProcess]:
    with client(tmp_path / "home", tmp_path / "first.log") as process:
        process.wait_until_ready(
            lambda: "painted" in process.log_text().splitlines(), "its window", 20 * SECONDS
        )
        yield process


def test_a_second_start_hands_over_and_ends(first: ChildProcess, tmp_path: Path) -> None:
    with client(tmp_path / "home", tmp_path / "second.log", "tel:207") as second:
        assert second.wait_for_end(20 * SECONDS) == 0
    wait_until(lambda: "dialled 207" in first.log_text(), "the call in the first")
    assert "painted" not in second.log_text()
    first.send_signal(signal.SIGTERM)
    assert first.wait_for_end(20 * SECONDS) == 0, "SIGTERM ends it in order"


def test_another_identity_has_its_own(first: ChildProcess, tmp_path: Path) -> None:
    with client(tmp_path / "other", tmp_path / "other.log") as other:
        other.wait_until_ready(lambda: "painted" in other.log_text().splitlines(), "its window", 20 * SECONDS)
        assert first.is_running()


def test_after_a_crash_the_next_start_is_the_first(first: ChildProcess, tmp_path: Path) -> None:
    first.kill()
    with client(tmp_path / "home", tmp_path / "next.log") as following:
        following.wait_until_ready(
            lambda: "painted" in following.log_text().splitlines(), "its window", 20 * SECONDS
        )
        with client(tmp_path / "home", tmp_path / "second.log", "208") as second:
            assert second.wait_for_end(20 * SECONDS) == 0
        wait_until(lambda: "dialled 208" in following.log_text(), "the call")


def wwphone(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The program as a desktop starts it."""
    return subprocess.run(
        [sys.executable, "-m", "wwphone.app.main", *words],
        cwd=_ROOT,
        env=os.environ | {HOME_VARIABLE: str(home), "QT_QPA_PLATFORM": "no screen is needed"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30 * SECONDS,
    )


def test_the_command_line_steers_the_program_that_runs(first: ChildProcess, tmp_path: Path) -> None:
    home = tmp_path / "home"
    nothing = wwphone(home, "answer")
    assert nothing.returncode == 1
    assert nothing.stderr == 'wwphone: "answer" has nothing to act upon at the moment\n'
    dialled = wwphone(home, "dial", "tel:+41-44-268-12-12")
    assert (dialled.returncode, dialled.stdout, dialled.stderr) == (0, "", "")
    wait_until(lambda: "dialled +41442681212" in first.log_text(), "the call")
    assert wwphone(home, "hangup").returncode == 0
    assert wwphone(home, "show").returncode == 0


def test_without_a_program_the_command_line_says_so(tmp_path: Path) -> None:
    ended = wwphone(tmp_path / "home", "hangup")
    assert ended.returncode == 3
    assert ended.stderr == "wwphone: the program does not run; start it with: wwphone\n"


def test_the_sockets_name_is_short_and_differs() -> None:
    assert len(socket_name("x" * 1000)) < 40
    assert socket_name("a") != socket_name("b")
