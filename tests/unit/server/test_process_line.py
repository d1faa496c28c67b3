"""Lines that a line process keeps, at the core: texts told once for many, and never more under way than is taken."""

from __future__ import annotations

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed

from wwphone.server.lines import WINDOW
from wwphone.server.lines.channel import Channel
from wwphone.server.lines.messages import FROM_CORE, Abort, Close, Message, Parser, Ping, Texts
from wwphone.server.listener.process_line import ProcessLine, SharedTexts


class FakeChannel(Channel):
    """Keeps what is sent."""

    def __init__(self) -> None:
        super().__init__((), lambda _: None, lambda: None)
        self.sent: list[Message] = []
        self._sent_parser = Parser(FROM_CORE)

    def send_bytes(self, data: bytes) -> None:
        self.sent += self._sent_parser.feed(data)

    def told(self, number: int) -> str:
        """All that was sent to a line."""
        texts = (one for one in self.sent if isinstance(one, Texts) and number in one.lines)
        return b"".join(one.data for one in texts).decode()


def lines(count: int) -> tuple[FakeChannel, SharedTexts, list[ProcessLine]]:
    channel = FakeChannel()
    texts = SharedTexts(channel)
    return channel, texts, [ProcessLine(number, channel, texts) for number in range(count)]


async def turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_text_for_many_crosses_once_and_each_line_keeps_its_order() -> None:
    channel, _, (anna, beat, carla) = lines(3)
    for one in (anna, beat, carla):
        one.write(("ä",))
    await turns()
    assert channel.sent == [Texts((0, 1, 2), True, True, "ä".encode())]
    channel.sent.clear()
    anna.write(("for all",))
    beat.write(("for beat", "for all"))
    carla.write(("for all",))
    await turns()
    assert [channel.told(number) for number in range(3)] == ["for all", "for beatfor all", "for all"]


async def test_what_is_for_thousands_begins_to_go_before_the_last_was_told() -> None:
    channel, texts, many = lines(600)
    for one in many:
        one.write(("news",))
    early = len(channel.sent)
    assert early == 2
    texts.flush()
    numbers = [number for one in channel.sent if isinstance(one, Texts) for number in one.lines]
    assert numbers == list(range(600))


async def test_other_words_go_behind_the_texts() -> None:
    channel, texts, (anna,) = lines(1)
    anna.write(("last words",))
    closing = asyncio.create_task(anna.close(1000, "signed_out"))
    await turns()
    texts.send(Ping())
    assert channel.sent == [
        Texts((0,), True, True, b"last words"),
        Close(0, 1000, "signed_out"),
        Ping(),
    ]
    assert not closing.done()
    anna.ended(in_order=True, why="")
    await closing
    anna.abort()
    assert len(channel.sent) == 3, "nobody is there to be aborted"


async def test_a_line_is_free_while_its_window_is_and_a_text_waits_until_then() -> None:
    channel, _, (anna, beat) = lines(2)
    anna.write(("x" * (WINDOW - 1),))
    free = [anna.is_free]
    anna.write(("ä",))
    free += [anna.is_free, beat.is_free]
    assert free == [True, False, True], "others do not notice"
    sending = asyncio.create_task(anna.send("more"))
    await turns()
    assert not sending.done()
    anna.taken(1)
    await turns()
    assert not sending.done(), "two bytes were too many"
    anna.taken(1)
    await sending
    await turns()
    assert channel.told(0).endswith("ämore")


async def test_a_long_text_goes_piece_by_piece_as_it_is_taken() -> None:
    channel, _, (anna,) = lines(1)
    asked: list[int] = []

    def pieces() -> list[str]:
        return ["a" * WINDOW, "b" * WINDOW, "c"]

    def noted() -> object:
        for number, piece in enumerate(pieces()):
            asked.append(number)
            yield piece

    sending = asyncio.create_task(anna.send(noted()))  # type: ignore[arg-type]
    await turns()
    assert asked == [0, 1], "the second is made, and waits"
    assert channel.told(0) == "a" * WINDOW
    anna.taken(WINDOW)
    await turns()
    anna.taken(WINDOW)
    await sending
    assert channel.told(0) == "".join(pieces())
    flags = [(one.first, one.last) for one in channel.sent if isinstance(one, Texts)]
    assert flags == [(True, False), (False, False), (False, False), (False, True)]


async def test_while_the_process_is_behind_no_line_is_free_and_none_waits_for_ever() -> None:
    channel, _, (anna, _) = lines(2)
    channel.pause_writing()
    assert not anna.is_free
    sending = asyncio.create_task(anna.send("later"))
    await turns()
    assert not sending.done()
    channel.resume_writing()
    await sending
    assert anna.is_free


async def test_what_was_said_before_the_end_is_read_and_then_the_end() -> None:
    _, _, (anna, beat) = lines(2)

    async def read(line: ProcessLine) -> list[str | bytes]:
        return [text async for text in line]

    reading = asyncio.create_task(read(anna))
    await turns()
    anna.said("one")
    await turns()
    anna.said(b"two")
    anna.ended(in_order=True, why="")
    assert await reading == ["one", b"two"]
    beat.said("one")
    beat.ended(in_order=False, why="torn")
    heard = aiter(beat)
    assert await anext(heard) == "one"
    with pytest.raises(ConnectionClosed) as broken:
        await anext(heard)
    assert str(broken.value.__cause__) == "torn"


async def test_who_waits_to_send_learns_of_the_end() -> None:
    channel, _, (anna,) = lines(1)
    anna.write(("x" * WINDOW,))
    sending = asyncio.create_task(anna.send("never"))
    await turns()
    anna.abort(at_once=True)
    assert channel.sent[-1] == Abort(0, at_once=True)
    anna.ended(in_order=False, why="torn")
    with pytest.raises(ConnectionClosed):
        await sending
    assert not anna.is_free
