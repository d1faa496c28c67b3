"""The running program's ear: orders of its own user are carried out, everything else is refused."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from wwphone.app import single_instance
from wwphone.app.single_instance import InstanceServer, line_of, order_in, socket_name
from wwphone.domain.actions import Action, NoOrderError, Order, Outcome

HOSTILE = (
    b"\n",
    b"quit\n",
    b"ANSWER\n",
    b"answer \n",
    b" answer\n",
    b"answer\r\n",
    b"answer\x00\n",
    b"dial\n",
    b"dial \n",
    b"dial  207\n",
    b"dial 207 \n",
    b"dial \xff\xfe\n",
    b"dial \xc0\xae\n",
    b"dial 2\x1b[31m07\n",
    b"dial " + b"9" * 257 + b"\n",
    b"show 207\n",
    b"GET / HTTP/1.1\r\n",
)


@pytest.mark.parametrize("line", HOSTILE)
def test_only_what_is_written_exactly_is_an_order(line: bytes) -> None:
    with pytest.raises(NoOrderError):
        order_in(line)


@pytest.mark.parametrize("order", [Order(Action.SHOW), Order(Action.DIAL, "Müller  Söhne, +41 44 1")])
def test_an_order_comes_as_it_was_sent(order: Order) -> None:
    assert order_in(line_of(order)) == order


class Ear:
    """A server, what it was told, and a raw way to it."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.told: list[Order] = []
        self.outcome = Outcome.DONE
        self.server = InstanceServer(identity, self.carry_out)
        self.path = Path(tempfile.gettempdir()) / socket_name(identity)

    def carry_out(self, order: Order) -> Outcome:
        self.told.append(order)
        return self.outcome

    async def send(self, *pieces: bytes) -> bytes:
        """Send pieces one after the other and return everything that comes until the end."""
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX) as end:
            end.setblocking(False)
            end.connect(str(self.path))
            for piece in pieces:
                end.sendall(piece)
                await asyncio.sleep(0)
            answer = b""
            while True:
                try:
                    more = await loop.sock_recv(end, 64)
                except ConnectionResetError:
                    return answer
                if not more:
                    return answer
                answer += more


@pytest_asyncio.fixture
async def ear(tmp_path: Path) -> AsyncIterator[Ear]:
    made = Ear(str(tmp_path))
    yield made
    made.server.close()


async def test_an_order_is_carried_out_and_its_outcome_told(ear: Ear) -> None:
    assert await ear.send(b"dial 207\n") == b"done\n"
    ear.outcome = Outcome.NOTHING
    assert await ear.send(b"ans", b"wer\n") == b"nothing\n"
    assert ear.told == [Order(Action.DIAL, "207"), Order(Action.ANSWER)]


async def test_hostile_lines_do_nothing_and_the_next_order_is_heard(
    ear: Ear, expected_logs: Callable[..., object]
) -> None:
    records = expected_logs("an order was not understood", logger="wwphone.app")
    for line in HOSTILE:
        assert await ear.send(line) == b"not_understood\n"
    assert ear.told == []
    assert "207" not in str(records), "what somebody sends does not reach the log"
    assert await ear.send(b"show\n") == b"done\n"


async def test_one_connection_carries_one_order(ear: Ear) -> None:
    assert await ear.send(b"show\nhangup\nhangup\n") == b"done\n"
    assert ear.told == [Order(Action.SHOW)]


async def test_a_flood_without_an_end_is_cut_off(ear: Ear, expected_logs: Callable[..., object]) -> None:
    expected_logs("an order without an end", logger="wwphone.app")
    assert await ear.send(b"dial " + b"9" * 5000) == b""
    assert ear.told == []


async def test_nobody_elses_program_may_steer(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, expected_logs: Callable[..., object]
) -> None:
    assert ear.path.stat().st_mode & 0o077 == 0, "the system itself keeps others out"
    expected_logs("somebody else's program", logger="wwphone.app")
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert await ear.send(b"hangup\n") == b""
    assert ear.told == []


async def test_a_start_gives_nothing_to_a_socket_of_somebody_else(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_is_of_this_user", lambda local: False)
    outcome = single_instance.hand_over(ear.identity, Order(Action.DIAL, "+41 44 268 12 12"))
    assert outcome is Outcome.NO_PROGRAM
    monkeypatch.undo()
    assert await ear.send(b"show\n") == b"done\n"
    assert ear.told == [Order(Action.SHOW)]
