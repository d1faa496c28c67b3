"""Reading Asterisk's channel event log: whole lines only, over rotation and restarts, and whatever stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from wwphone.domain.history import CallResult
from wwphone.server.asterisk.records.cel_file import CelFile
from wwphone.server.asterisk.records.facts import fact_in
from wwphone.server.asterisk.records.house import House
from wwphone.server.asterisk.records.reading import AsteriskRecords
from wwphone.server.history_api import CallRecordsUnreadableError, RecordedCall, RecordMark
from wwphone.server.services.phone_numbers import trunk_prefix_in

HOUSE = House(
    frozenset({"anna", "beat", "carla"}),
    {"202": "Beat", "300": "Hotline"},
    {"300": ("Hotline", ("beat", "carla"))},
)


def line(kind: str, at: float, channel: str, uniqueid: str, link: str, **more: str) -> str:
    """A line as Asterisk writes it."""
    values = {"number": "201", "name": "Anna", "exten": "s", "context": "wwphone-phones", "extra": "", **more}
    cells = (
        kind, f"{at:.6f}", values["number"], values["name"], values["exten"], values["context"], channel, "", "",
        uniqueid, link, values["extra"],
    )  # fmt: skip
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def ours(kind: str, at: float, channel: str, uniqueid: str, link: str, told: str) -> str:
    return line(kind, at, channel, uniqueid, link, extra=f'{{"extra":"{told}"}}')


def call(n: int, *, answered: bool = True, name: str = "Anna") -> list[str]:
    """Anna calls Beat."""
    a, b, at = f"{n}.1", f"{n}.2", 1000.0 + n * 10
    anna, beat = f"PJSIP/anna-{n:08x}", f"PJSIP/beat-{n:08x}"
    bridge = '{"bridge_id":"one"}'
    answer = [
        line("ANSWER", at + 2, beat, b, a),
        line("ANSWER", at + 2, anna, a, a),
        line("BRIDGE_ENTER", at + 2, beat, b, a, extra=bridge),
        line("BRIDGE_ENTER", at + 2, anna, a, a, extra=bridge),
    ]
    return [
        line("CHAN_START", at, anna, a, a, exten="202", name=name),
        ours("wwphone-wanted", at, anna, a, a, "beat|internal|202|allowed"),
        line("CHAN_START", at, beat, b, a),
        ours("wwphone-offer", at, beat, b, a, f"internal|202|sip-{n}"),
        *(answer if answered else []),
        line(
            "HANGUP", at + 5, anna, a, a, extra='{"hangupcause":16,"hangupsource":"","dialstatus":"CANCEL"}'
        ),
        line("CHAN_END", at + 5, anna, a, a),
        line("CHAN_END", at + 5, beat, b, a),
        line("LINKEDID_END", at + 5, beat, b, a),
    ]


def append(file: Path, lines: Iterable[str]) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write("".join(lines))


def rotate(file: Path, *, copied: bool) -> None:
    """As logrotate does, by its usual way or by `copytruncate`."""
    former = file.with_name(f"{file.name}.1")
    if copied:
        former.write_bytes(file.read_bytes())
        file.write_bytes(b"")
    else:
        file.rename(former)


def size_of(file: Path) -> int:
    return file.stat().st_size


class Reader:
    """The records, and what they told; `living` are the channels Asterisk has."""

    def __init__(self, file: Path) -> None:
        self.living = frozenset({"1.1", "2.1", "3.1"})
        self.calls: list[RecordedCall] = []
        self.mark: RecordMark | None = None
        self.records = AsteriskRecords(file, lambda: HOUSE, self._living, look_every_s=0.0)

    async def read(self) -> list[str]:
        """Read to the end; the ids that were told."""
        told: list[str] = []
        more = True
        while more:
            found = await self.records.read()
            self.mark, more = found.mark, found.more
            self.calls += found.calls
            told += [one.entry_id for one in found.calls]
        return told

    async def _living(self) -> frozenset[str]:
        return self.living


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wwphone.csv"


@pytest.fixture
async def reader(file: Path) -> Reader:
    reader = Reader(file)
    await reader.records.begin(None)
    return reader


async def test_a_call_is_told_when_it_is_over_whatever_piece_of_a_line_is_there(
    file: Path, reader: Reader
) -> None:
    assert await reader.read() == []
    text = "".join(call(1))
    told: list[str] = []
    for cut in range(0, len(text), 97):
        append(file, text[cut : cut + 97])
        told += await reader.read()
    assert told == ["1.1+anna", "1.1-beat"], "each once, as soon as it is over for its owner"
    made, came = reader.calls
    assert (came.result, came.talk_s, came.ring_s, came.sip_call_ids) == (
        CallResult.ANSWERED,
        3.0,
        2.0,
        ("sip-1",),
    )
    assert (made.result, made.talk_s, made.number, made.name) == (CallResult.ANSWERED, 3.0, "202", "Beat")
    assert await reader.read() == []


async def test_from_any_mark_the_same_rows_come_again(file: Path) -> None:
    lines = [*call(1)[:6], *call(2), *call(1)[6:], *call(3, answered=False)]
    whole = Reader(file)
    await whole.records.begin(None)
    marks: list[RecordMark | None] = [None]
    before: list[set[str]] = [set()]
    for one in lines:
        append(file, [one])
        await whole.read()
        marks.append(whole.mark)
        before.append({one.entry_id for one in whole.calls})
    rows = {one.entry_id: one for one in whole.calls}
    assert len(rows) == len(whole.calls) == 6
    for number, mark in enumerate(marks):
        again = Reader(file)
        await again.records.begin(mark)
        told = await again.read()
        assert len(told) == len(set(told))
        assert all(rows[one.entry_id] == one for one in again.calls)
        assert before[number] | set(told) == rows.keys(), "nothing is lost"


@pytest.mark.parametrize("copied", [False, True], ids=["renamed", "copied-and-truncated"])
async def test_a_rotated_file_is_read_to_its_end_also_by_who_was_away(file: Path, copied: bool) -> None:
    here, away = Reader(file), Reader(file)
    append(file, [*call(1), *call(2)[:6]])
    for reader in (here, away):
        await reader.records.begin(None)
        assert await reader.read() == ["1.1-beat", "1.1+anna"]
    if not copied:
        append(file, call(2)[6:7])
    else:
        assert await here.read() == []
    rotate(file, copied=copied)
    assert await here.read() == []
    append(file, [*call(2)[6 if copied else 7 :], *call(3)])
    expected = ["2.1-beat", "2.1+anna", "3.1-beat", "3.1+anna"]
    assert await here.read() == expected
    back = Reader(file)
    await back.records.begin(away.mark)
    assert await back.read() == expected


async def test_what_is_no_line_is_passed_over_and_said_once_or_twice(
    file: Path, reader: Reader, expected_logs: object
) -> None:
    assert callable(expected_logs)
    records = expected_logs("is passed over", logger="wwphone.server.asterisk.records")
    damaged = [
        "\n", "x\n", '"CHAN_START","soon","","","","","","","","1","1",""\n', "\0" * 50 + "\n", "ü" * 20_000 + "\n",
        '"CHAN_START","1","","","","","","","","1.1","1.1","[1]"\n', '"CHAN_START","nan","","","","","","","","1","1",""\n',
        '"open quote\n', '"CHAN_START","1e999","","","","","","","","1","1",""\n',
    ]  # fmt: skip
    append(file, [*damaged, *call(1, name='=1+1"|\t😀')])
    assert await reader.read() == ["1.1-beat", "1.1+anna"]
    assert len(records) == 3


async def test_calls_whose_end_is_in_no_record_end_when_asterisk_has_none_of_their_channels(
    file: Path, reader: Reader
) -> None:
    append(file, call(1)[:6])
    reader.living = frozenset({"1.1"})
    for _ in range(3):
        assert await reader.read() == []
    reader.living = frozenset()
    for _ in range(2):
        assert await reader.read() == []
    append(file, call(2))
    assert (await reader.read())[:2] == ["1.1-beat", "1.1+anna"]
    assert reader.calls[0].talk_s == 0.0
    assert reader.mark is not None
    assert reader.mark.offset == size_of(file)


async def test_without_the_folder_it_cannot_be_read(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "nowhere" / "wwphone.csv")
    await reader.records.begin(None)
    with pytest.raises(CallRecordsUnreadableError, match=r"wwphone\.csv cannot be read: No such file"):
        await reader.read()


def test_a_mark_of_a_file_that_is_gone_begins_with_the_one_that_is_there(file: Path) -> None:
    append(file, call(1))
    cel = CelFile(file)
    cel.begin(RecordMark("gone", 5))
    lines, _ = cel.read()
    assert len(lines) == len(call(1))
    cel.close()


def test_facts_need_a_time_and_a_channel() -> None:
    assert fact_in(call(1)[-1].rstrip()) is None
    with pytest.raises(ValueError, match="no time or no channel"):
        fact_in(line("CHAN_START", -1, "x", "1", "1").rstrip())


async def test_whoever_answers_a_moment_too_late_has_not_talked(file: Path, reader: Reader) -> None:
    anna, beat, carla, at = "PJSIP/anna-00000001", "PJSIP/beat-00000002", "PJSIP/carla-00000003", 1000.0
    rung = ((beat, "1.2"), (carla, "1.3"))
    lines = [
        line("CHAN_START", at, anna, "1.1", "1.1", exten="300"),
        ours("wwphone-group", at, anna, "1.1", "1.1", "300|allowed"),
        *(
            ours("wwphone-wanted", at, anna, "1.1", "1.1", f"{user}|group|300|allowed")
            for user in ("beat", "carla")
        ),
        *(line("CHAN_START", at, device, uniqueid, "1.1") for device, uniqueid in rung),
        *(ours("wwphone-offer", at, device, uniqueid, "1.1", "group|300|x") for device, uniqueid in rung),
        line("ANSWER", at + 2, carla, "1.3", "1.1"),
        line("ANSWER", at + 2.001, beat, "1.2", "1.1"),
        line("ANSWER", at + 2.001, anna, "1.1", "1.1"),
        line("CHAN_END", at + 2.005, beat, "1.2", "1.1"),
        *(
            line("BRIDGE_ENTER", at + 2.006, device, uniqueid, "1.1", extra='{"bridge_id":"one"}')
            for device, uniqueid in ((carla, "1.3"), (anna, "1.1"))
        ),
        *(
            line("CHAN_END", at + 5, device, uniqueid, "1.1")
            for device, uniqueid in ((carla, "1.3"), (anna, "1.1"))
        ),
    ]
    append(file, lines)
    await reader.read()

    told = {one.user: (one.result, one.taken_by, one.talk_s) for one in reader.calls}
    assert told["carla"] == (CallResult.ANSWERED, "", 3.0)
    assert told["beat"] == (CallResult.TAKEN, "carla", 0.0)


@pytest.mark.parametrize(
    ("dialled", "called"),
    [("00445550123", "0445550123"), ("*31*00445550123", "0445550123"), ("01811", "1811"), ("0112", "112"),
     ("0202", "0202"), ("0203", "203"), ("700", "700")],
)  # fmt: skip
def test_who_was_called_is_told_without_the_trunk_prefix(dialled: str, called: str) -> None:
    prefix = trunk_prefix_in("CH", "0")
    house = replace(HOUSE, names={**HOUSE.names, "0202": "Dario"}, trunk_prefix=prefix)
    assert house.called(dialled) == called
    assert HOUSE.called("00445550123") == "00445550123"


@pytest.mark.parametrize("winner", ["beat", "carla"])
@pytest.mark.parametrize("nested", [False, True])
async def test_of_two_who_are_bridged_with_their_channels_between_one_has_talked(
    file: Path, reader: Reader, winner: str, nested: bool
) -> None:
    """As Asterisk tells it: both answer, both are bridged with the channel that rings them, one of these is put down."""
    anna, at = "PJSIP/anna-00000001", 1000.0
    lines = [
        line("CHAN_START", at, anna, "1.1", "1.1", exten="300"),
        ours("wwphone-group", at, anna, "1.1", "1.1", "300|allowed"),
    ]
    for number, user in ((2, "beat"), (3, "carla")):
        lines += _rung_between(at, number, user)
    outer = {"beat": "1.25", "carla": "1.35"} if nested else {}
    for number, user in ((2, "beat"), (3, "carla")):
        lines += _answered_between(at + 2, number, user, nested=nested, taken=user == winner)
    number = 2 if winner == "beat" else 3
    upper = f"Local/part{number}@wwphone-all;1" if nested else f"Local/20{number}@wwphone-members;1"
    lines += [
        line("ANSWER", at + 2.01, anna, "1.1", "1.1"),
        _enters(at + 2.01, upper, outer.get(winner, f"1.{number}1"), "anna"),
        _enters(at + 2.01, anna, "1.1", "anna"),
        *(
            line("CHAN_END", at + 5, device, uniqueid, "1.1")
            for device, uniqueid in ((f"PJSIP/{winner}-{number:08x}", f"1.{number}3"), (anna, "1.1"))
        ),
    ]
    append(file, lines)
    await reader.read()

    loser = "carla" if winner == "beat" else "beat"
    told = {one.user: (one.result, one.taken_by, one.talk_s) for one in reader.calls}
    assert told[winner] == (CallResult.ANSWERED, "", 3.0)
    assert told[loser] == (CallResult.TAKEN, winner, 0.0)


def _rung_between(at: float, number: int, user: str) -> list[str]:
    first, second = (f"Local/20{number}@wwphone-members;{half}" for half in (1, 2))
    device = f"PJSIP/{user}-{number:08x}"
    return [
        line("CHAN_START", at, first, f"1.{number}1", "1.1", exten="x"),
        line("CHAN_START", at, second, f"1.{number}2", "1.1", exten="x"),
        ours("wwphone-wanted", at, second, f"1.{number}2", "1.1", f"{user}|group|300|allowed"),
        line("CHAN_START", at, device, f"1.{number}3", "1.1"),
        ours("wwphone-offer", at, device, f"1.{number}3", "1.1", "group|300|x"),
    ]


def _answered_between(at: float, number: int, user: str, *, nested: bool, taken: bool) -> list[str]:
    """With `nested` there is a second pair above, as for a group of everybody; of it one half alone is answered."""
    first, second = (f"Local/20{number}@wwphone-members;{half}" for half in (1, 2))
    device, upper = f"PJSIP/{user}-{number:08x}", f"Local/part{number}@wwphone-all;"
    lines = [
        line("ANSWER", at, device, f"1.{number}3", "1.1"),
        line("ANSWER", at, second, f"1.{number}2", "1.1"),
        _enters(at, device, f"1.{number}3", user),
        _enters(at, second, f"1.{number}2", user),
    ]
    if nested or taken:
        lines.append(line("ANSWER", at, first, f"1.{number}1", "1.1"))
    if nested:
        lines += [
            line("CHAN_START", at, f"{upper}1", f"1.{number}5", "1.1", exten="x"),
            line("CHAN_START", at, f"{upper}2", f"1.{number}6", "1.1", exten="x"),
            _enters(at, first, f"1.{number}1", f"{user}-above"),
            _enters(at, f"{upper}2", f"1.{number}6", f"{user}-above"),
        ]
        if taken:
            lines.append(line("ANSWER", at, f"{upper}1", f"1.{number}5", "1.1"))
    if not taken:
        lines.append(line("CHAN_END", at + 0.005, device, f"1.{number}3", "1.1"))
    return lines


def _enters(at: float, channel: str, uniqueid: str, bridge: str) -> str:
    return line("BRIDGE_ENTER", at, channel, uniqueid, "1.1", extra=f'{{"bridge_id":"{bridge}"}}')
