"""The line to Asterisk: signing in, signs of life, what is lost with a cut, and how it comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_manager import SECRET, FakeManager, block, listed
from wwphone.server.api import PbxError, PbxLostError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.connection import AmiConnection, pause_before
from wwphone.server.asterisk.settings import AmiAccount, AmiTimes

_TIMES = AmiTimes(connect_s=5 * SECONDS, reply_s=5 * SECONDS, boot_s=5 * SECONDS, heartbeat_s=5 * SECONDS)
_HURRIED = AmiTimes(
    connect_s=5 * SECONDS, reply_s=0.2 * SECONDS, boot_s=5 * SECONDS, heartbeat_s=0.1 * SECONDS
)


class Line:
    """A connection with all it told."""

    def __init__(self, account: AmiAccount, times: AmiTimes = _TIMES) -> None:
        self.events: list[AmiEvent] = []
        self.ups = 0
        self.downs: list[str] = []
        self.connection = AmiConnection(
            account, times, ["Hangup"], self.on_event, self.on_up, self.downs.append
        )

    def on_event(self, event: AmiEvent) -> None:
        if event.fields.get("Cause") == "broken":
            raise RuntimeError("a listener with a mistake")
        self.events.append(event)

    async def on_up(self) -> None:
        self.ups += 1

    async def up(self, times: int = 1) -> None:
        await wait_until_async(lambda: self.ups >= times, f"the line to be up for the {times}. time")


@pytest.fixture
async def manager() -> AsyncIterator[FakeManager]:
    async with FakeManager() as manager:
        yield manager


@pytest.fixture
async def make_line(manager: FakeManager) -> AsyncIterator[Callable[..., Line]]:
    lines: list[Line] = []

    def make(account: AmiAccount | None = None, times: AmiTimes = _TIMES) -> Line:
        line = Line(account or manager.account, times)
        lines.append(line)
        line.connection.start()
        return line

    yield make
    for line in lines:
        await line.connection.close()


async def test_it_signs_in_without_saying_the_secret(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    line = make_line()
    await line.up()

    assert [action["Action"] for action in manager.actions] == ["Challenge", "Login"]
    assert manager.actions[1]["Events"] == "system,call,security,user"
    assert SECRET.encode() not in manager.raw
    assert SECRET not in repr(manager.account)
    assert (await line.connection.request("Ping")).success


async def test_a_wrong_secret_is_refused_and_told(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    account = manager.account
    line = make_line(AmiAccount(account.host, account.port, account.user, "wrong"))
    await wait_until_async(lambda: len(line.downs) >= 2, "two refusals")

    assert "AMI refuses the user cti: Authentication failed" in line.downs[0]
    assert line.ups == 0
    with pytest.raises(PbxError, match="no line"):
        await line.connection.request("Ping")


async def test_before_everything_is_loaded_the_line_is_not_up(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    manager.booted = False
    line = make_line()
    await wait_until_async(lambda: len(manager.actions) == 2, "the sign-in")
    assert line.ups == 0

    manager.send(manager.boot())
    await line.up()


async def test_events_come_in_their_order_and_a_mistake_in_a_listener_stops_nothing(
    manager: FakeManager,
    make_line: Callable[..., Line],
    expected_logs: Callable[..., list[logging.LogRecord]],
) -> None:
    expected_logs("the event Hangup could not be handled", logger="wwphone.server.asterisk")
    line = make_line()
    await line.up()

    manager.send(block(Event="Hangup", Cause="1") + block(Event="Hangup", Cause="broken"))
    manager.send(block(Event="VarSet", Cause="0") + block(Event="Hangup", Cause="2"))
    await wait_until_async(lambda: len(line.events) == 2, "both events")

    assert [event.fields["Cause"] for event in line.events] == ["1", "2"]
    assert line.downs == []


async def test_what_is_under_way_when_the_line_breaks_is_lost_and_never_sent_again(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    manager.answers["Originate"] = lambda action: b""
    line = make_line()
    await line.up()
    dialling = asyncio.create_task(line.connection.request("Originate", ("Channel", "PJSIP/anna")))
    await wait_until_async(lambda: "Originate" in manager.names(), "the action to arrive")

    manager.cut()

    with pytest.raises(PbxLostError, match="the line to the PBX broke"):
        await dialling
    await line.up(times=2)
    assert (await line.connection.request("Ping")).success
    assert manager.names() == ["Originate", "Ping"]
    assert len(line.downs) == 1


async def test_no_answer_in_time_breaks_the_line(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    manager.answers["Originate"] = lambda action: b""
    line = make_line(times=_HURRIED)
    await line.up()

    with pytest.raises(PbxLostError, match="no answer to Originate"):
        await line.connection.request("Originate")
    await line.up(times=2)


async def pass_time(seconds: float) -> None:
    """Let time itself go by: it is what the test is about."""
    end_s = asyncio.get_running_loop().time() + seconds
    await wait_until_async(lambda: asyncio.get_running_loop().time() > end_s, "some time to pass")


async def test_a_long_list_may_take_longer_than_an_answer(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    pieces: list[bytes] = []

    def answer(action: dict[str, str]) -> bytes:
        whole = listed(action, [{"Number": str(number)} for number in range(3)])
        pieces.extend(piece + b"\r\n\r\n" for piece in whole.split(b"\r\n\r\n")[:-1])
        return b""

    manager.answers["Status"] = answer  # type: ignore[assignment]
    line = make_line(times=AmiTimes(reply_s=0.3 * SECONDS))
    await line.up()
    asking = asyncio.create_task(line.connection.request("Status"))
    await wait_until_async(lambda: bool(pieces), "the question")
    for piece in pieces:
        manager.send(piece)
        await pass_time(0.2 * SECONDS)

    assert len((await asking).items) == 3
    assert line.downs == []


async def test_a_quiet_line_is_asked_for_a_sign_of_life(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    line = make_line(times=_HURRIED)
    await wait_until_async(lambda: manager.names().count("Ping") >= 2, "two questions")
    assert line.downs == []

    manager.silent = True
    await wait_until_async(lambda: bool(line.downs), "the line to be given up")
    manager.silent = False
    await line.up(times=2)


async def test_it_comes_back_when_asterisk_comes_back(
    manager: FakeManager, make_line: Callable[..., Line]
) -> None:
    line = make_line()
    await line.up()
    await manager.vanish()
    await wait_until_async(lambda: len(line.downs) >= 3, "some attempts in vain")

    await manager.listen()

    await line.up(times=2)
    assert "Connect call failed" in line.downs[-1]


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\xff" * 500])
async def test_something_else_on_the_port_is_told(
    manager: FakeManager, make_line: Callable[..., Line], greeting: bytes
) -> None:
    manager.greeting = greeting
    line = make_line()
    await wait_until_async(lambda: bool(line.downs), "the complaint")

    assert "no greeting of AMI" in line.downs[0]


async def test_closing_ends_what_is_under_way_and_tells_nothing(manager: FakeManager) -> None:
    manager.answers["Originate"] = lambda action: b""
    line = Line(manager.account)
    line.connection.start()
    with pytest.raises(RuntimeError, match="already"):
        line.connection.start()
    await line.up()
    dialling = asyncio.create_task(line.connection.request("Originate"))
    await wait_until_async(lambda: "Originate" in manager.names(), "the action to arrive")

    await line.connection.close()

    with pytest.raises(PbxLostError):
        await dialling
    assert line.downs == []
    await line.connection.close()


def test_pauses_are_short_at_first_and_never_long_where_asterisk_is_about_to_start() -> None:
    longest = [pause_before(attempt, refused=False, jitter=1.0) for attempt in range(1, 40)]
    assert longest[:4] == [0.05, 0.1, 0.2, 0.4]
    assert longest == sorted(longest)
    assert longest[-1] == 30.0
    assert max(pause_before(attempt, refused=True, jitter=1.0) for attempt in range(1, 40)) == 1.0
    assert pause_before(39, refused=False, jitter=0.0) == 15.0
