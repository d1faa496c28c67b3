"""Ring groups and rooms from the command line to the PBX: what is edited there arrives within a second."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.migrated import put_migrated
from tests.helpers.server_parts import cheap_passwords
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.test_server_directory import edited
from wwphone.domain.account import Right
from wwphone.server import app
from wwphone.server.api import PbxConfiguration, PbxRoom
from wwphone.server.asterisk.configuration.validation import check_configuration
from wwphone.server.command_line import parser
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.commands.numbers import RoomCommands
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store.sql_store import SqlStore

PIN = "40302010"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `wwphone-server` on a store with anna, 201, and beat, 202."""
    monkeypatch.setenv("WWPHONE_STORE_URL", f"sqlite:///{tmp_path}/data/store.sqlite")
    monkeypatch.setattr(app, "Passwords", cheap_passwords)

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = app.main(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    for user, number in (("anna", "201"), ("beat", "202")):
        assert run("user", "add", user, "--number", number, "--generate-password")[0] == 0
    return run


# ---------------------------------------------------------------- command line


def test_a_ring_group_is_set_listed_and_removed(run: Run) -> None:
    words = ("ring-group", "set", "300", "--name", "Réception", "--member", "beat", "--member", "anna")
    assert run(*words) == (0, "ring group 300, Réception: beat anna\n", "")
    assert run("ring-group", "set", "300", "--name", "Empfang")[1] == "ring group 300, Empfang: anna beat\n"
    assert run("ring-group", "set", "300", "--member", "beat")[1] == "ring group 300, Empfang: beat\n"
    lines = run("ring-group", "list")[1].splitlines()
    assert [line.split() for line in lines] == [
        ["number", "name", "calls", "members"],
        ["300", "Empfang", "-", "beat"],
    ]
    assert run("ring-group", "remove", "300")[1] == "removed ring group 300\n"
    assert len(run("ring-group", "list")[1].splitlines()) == 1
    assert run("ring-group", "remove", "300")[::2] == (1, "wwphone-server: there is no ring group 300\n")


def test_limit_and_queue_of_a_ring_group_are_set_one_by_one(run: Run) -> None:
    run("ring-group", "set", "300", "--name", "Hotline", "--member", "beat")
    words = ("--calls-at-once", "2", "--most-waiting", "5", "--longest-wait", "60", "--then", "0791112233")
    said = run("ring-group", "set", "300", *words)[1]
    assert (
        said == "ring group 300, Hotline: beat; at most 2 at once, 5 wait 60 s with music, then 0791112233\n"
    )
    said = run("ring-group", "set", "300", "--waiting-sound", "ringing", "--then-voicemail", "anna")[1]
    assert said.endswith("at most 2 at once, 5 wait 60 s with ringing, then voicemail of anna\n")
    assert "then voicemail of anna" in run("ring-group", "list")[1]
    said = run("ring-group", "set", "300", "--most-waiting", "0", "--calls-at-once", "0", "--then-busy")[1]
    assert said == "ring group 300, Hotline: beat; -\n"
    said = run("ring-group", "set", "300", "--longest-wait", "300", "--waiting-sound", "music")[1]
    assert said == "ring group 300, Hotline: beat\n"


def test_limits_and_queues_that_make_no_sense_say_why(run: Run) -> None:
    run("ring-group", "set", "310", "--name", "Sales", "--member", "beat")
    before = run("ring-group", "list")[1]
    for words, complaint in (
        (["--calls-at-once", "-1"], "0 to 999 calls at once"),
        (["--most-waiting", "1000"], "0 to 999 waiting callers"),
        (["--longest-wait", "2"], "5 to 3600 seconds"),
        (["--then", "310"], "number they come from"),
        (["--then", "112"], "emergency"),
        (["--then", "700"], "used by the PBX"),
        (["--then", "two"], "no number that calls can go to"),
        (["--then-voicemail", "zoe"], "no user zoe"),
    ):
        code, _, error = run("ring-group", "set", "310", *words)
        assert (code, complaint in error) == (1, True), error
    assert run("ring-group", "list")[1] == before


def test_a_room_is_set_listed_and_removed(run: Run) -> None:
    assert run("room", "set", "400", "--name", "Board")[1] == "room 400, Board, no PIN\n"
    words = ("room", "set", "400", "--owner", "anna", "--pin-stdin")
    assert run(*words, stdin=f"{PIN}\n") == (0, "room 400, Board of anna, with PIN\n", "")
    listed = run("room", "list")[1]
    assert listed.splitlines()[1].split() == ["400", "Board", "anna", "with", "PIN"]
    assert PIN not in listed
    assert run("room", "set", "400", "--no-owner")[1] == "room 400, Board, with PIN\n"
    assert run("room", "set", "400", "--no-pin")[1] == "room 400, Board, no PIN\n"
    assert run("room", "remove", "400")[1] == "removed room 400\n"
    assert run("room", "remove", "400")[::2] == (1, "wwphone-server: there is no room 400\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["ring-group", "set", "300", "--member", "anna"], "needs a name"),
        (["ring-group", "set", "300", "--name", "A"], "needs a member"),
        (["ring-group", "set", "300", "--name", "A", "--member", "zoe"], "no user zoe"),
        (["ring-group", "set", "901", "--name", "A", "--member", "anna"], "901 is used by the PBX"),
        (["ring-group", "set", "112", "--name", "A", "--member", "anna"], "emergency"),
        (["ring-group", "set", "201", "--name", "A", "--member", "anna"], "201 is taken"),
        (["ring-group", "set", "3", "--name", "A", "--member", "anna"], "2 to 15 digits"),
        (["room", "set", "400"], "needs a name"),
        (["room", "set", "400", "--name", "two\nlines"], "printable"),
        (["room", "set", "801", "--name", "A"], "801 is used by the PBX"),
        (["room", "set", "201", "--name", "A"], "201 is taken"),
        (["room", "set", "400", "--name", "A", "--owner", "zoe"], "no user zoe"),
        (["room", "set", "400", "--name", "A", "--owner", "beat"], "beat owns room 450 already"),
    ],
)
def test_what_cannot_be_set_says_why(run: Run, words: list[str], complaint: str) -> None:
    run("room", "set", "450", "--name", "Beat's", "--owner", "beat")
    before = run("ring-group", "list")[1] + run("room", "list")[1]
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert complaint in err
    assert run("ring-group", "list")[1] + run("room", "list")[1] == before


def test_a_personal_room_is_listed_and_its_pin_set_and_taken_away(run: Run) -> None:
    assert run("room", "set", "201", "--pin-stdin", stdin=f"{PIN}\n")[0] == 1, "Anna has no right to one"
    run("user", "set", "anna", "--right", "conference_room")
    listed = run("room", "list")[1]
    assert listed.splitlines()[1].split() == ["201", "anna", "anna", "no", "PIN", "(personal)"]
    words = ("room", "set", "201", "--pin-stdin")
    assert run(*words, stdin=f"{PIN}\n") == (0, "room 201, anna of anna, with PIN (personal)\n", "")
    assert run(*words, stdin="12\n")[0] == 1
    assert PIN not in run("room", "list")[1] + run("user", "list", "--json")[1]
    run("user", "set", "anna", "--nickname", "Anna")
    assert run("room", "list")[1].splitlines()[1].split() == [
        "201",
        "Anna",
        "anna",
        "with",
        "PIN",
        "(personal)",
    ]
    assert run("room", "set", "201", "--no-pin")[1] == "room 201, Anna of anna, no PIN (personal)\n"
    assert run("room", "set", "400", "--name", "Board", "--owner", "anna")[0] == 0
    assert "(personal)" not in run("room", "list")[1], "she owns another one"
    assert run("room", "set", "201", "--pin-stdin", stdin=f"{PIN}\n")[0] == 1


async def test_on_the_terminal_a_pin_is_asked_for_twice(tmp_path: Path) -> None:
    store = SqlStore(await put_migrated(f"sqlite:///{tmp_path}/store.sqlite"))
    await store.open()
    said, answers = io.StringIO(), iter((PIN, PIN, PIN, "another", "", ""))
    rooms = RoomCommands(store, Console(said, io.StringIO(), lambda _: next(answers)))
    options = parser().parse_args(("room", "set", "400", "--name", "Board", "--pin-ask"))
    await rooms.set(options)
    assert said.getvalue() == "room 400, Board, with PIN\n"
    for complaint in ("differ", "no PIN"):
        with pytest.raises(CommandFailedError, match=complaint):
            await rooms.set(options)
    assert await store.rooms() == (PbxRoom("400", "Board", PIN),)
    await store.close()


@pytest.mark.parametrize("pin", ["123", "98765432101", "98a76", "٩٨٧٦"])
def test_a_pin_that_is_none_is_refused_without_being_repeated(run: Run, pin: str) -> None:
    code, out, err = run("room", "set", "400", "--name", "Board", "--pin-stdin", stdin=f"{pin}\n")
    assert code == 1
    assert "4 to 10 digits" in err
    assert pin not in out + err


def test_a_pin_that_was_asked_for_must_come(run: Run) -> None:
    code, _, err = run("room", "set", "400", "--name", "Board", "--pin-stdin")
    assert code == 1
    assert "no PIN on standard input" in err
    with pytest.raises(SystemExit):
        run("room", "set", "400", "--pin", PIN)


def test_the_demo_company_has_numbers_and_leaves_those_that_were_changed(run: Run, tmp_path: Path) -> None:
    for user in ("anna", "beat"):
        run("user", "remove", user, "--yes")
    run("demo-data", "--passwords-file", str(tmp_path / "passwords"))
    groups = [line.split() for line in run("ring-group", "list")[1].splitlines()]
    assert groups[1] == ["300", "Reception", "-", "carla", "dario", "ursula"]
    assert (groups[2][:2], len(groups[2])) == (["310", "Sales"], 11)
    rooms = run("room", "list")[1].splitlines()
    assert rooms[1].split()[-1] == "(personal)", "everybody of the company has one"
    assert rooms[-1].startswith("400     Meeting room")
    run("ring-group", "set", "300", "--name", "Front desk")
    run("room", "set", "400", "--name", "Board")
    run("demo-data", "--passwords-file", str(tmp_path / "passwords"))
    assert "Front desk" in run("ring-group", "list")[1]
    assert "Board" in run("room", "list")[1]


# ---------------------------------------------------------------- to the PBX


async def told(server: CtiServerUnderTest, what: Callable[[PbxConfiguration], object]) -> PbxConfiguration:
    """Wait until the PBX has been given a configuration like this."""
    asked = server.pbx.asked.configurations
    await wait_until_async(lambda: asked and what(asked[-1]), "the PBX to be told")
    check_configuration(asked[-1])
    return asked[-1]


async def test_ring_groups_and_rooms_reach_the_pbx_within_a_second(cti_server: CtiServerUnderTest) -> None:
    await told(cti_server, lambda one: one.users)
    group = PbxRingGroup("300", "Reception", ("anna", "carla"))
    room = PbxRoom("400", "Board", PIN)
    started_s = time.perf_counter()
    await edited(cti_server, lambda store: store.replace_ring_group(group))
    await told(cti_server, lambda one: one.ring_groups == (group,))
    assert time.perf_counter() - started_s < 1.0 * SECONDS
    await edited(cti_server, lambda store: store.replace_room(room))
    await told(cti_server, lambda one: one.rooms == (room,))
    await cti_server.restart()
    await told(cti_server, lambda one: (one.ring_groups, one.rooms) == ((group,), (room,)))
    await edited(cti_server, lambda store: store.remove_user("carla"))
    await told(cti_server, lambda one: one.ring_groups == (replace(group, members=("anna",)),))
    await edited(cti_server, lambda store: store.remove_ring_group("300"))
    await told(cti_server, lambda one: not one.ring_groups)


async def test_who_has_the_right_has_a_room_unless_they_own_another(cti_server: CtiServerUnderTest) -> None:
    anna = PEOPLE[0]
    await cti_server.edit(replace(anna, rights=anna.rights | {Right.CONFERENCE_ROOM}))
    configuration = await told(cti_server, lambda one: one.rooms)
    assert configuration.rooms == (PbxRoom("201", "Anna", "", "anna"),)
    owned = PbxRoom("450", "Anna's own", PIN, "anna")
    await edited(cti_server, lambda store: store.replace_room(owned))
    await told(cti_server, lambda one: one.rooms == (owned,))
    await edited(cti_server, lambda store: store.remove_room("450"))
    await told(cti_server, lambda one: one.rooms == configuration.rooms)
    await cti_server.edit(anna)
    await told(cti_server, lambda one: not one.rooms)


async def test_a_change_that_nobody_sees_is_no_event_for_clients(cti_server: CtiServerUnderTest) -> None:
    revision = cti_server.running.log.revision
    await edited(cti_server, lambda store: store.replace_room(PbxRoom("400", "Board")))
    await told(cti_server, lambda one: one.rooms)
    assert cti_server.running.log.revision == revision
