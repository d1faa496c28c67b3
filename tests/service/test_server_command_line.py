"""`wwphone-server` as an administrator uses it: users, groups, demo data, certificates; secrets stay where they belong."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.server_parts import cheap_passwords
from wwphone.domain.account import Right
from wwphone.domain.recording import AutomaticRecording
from wwphone.server import app
from wwphone.server.api import UserRecord
from wwphone.server.certificates import examine
from wwphone.server.command_line import parser
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.commands.demo_data import parse_passwords
from wwphone.server.demo_company import PEOPLE
from wwphone.server.services.passwords import Passwords
from wwphone.server.store.sql_store import SqlStore

GOOD = "Grüezi mitenand 7"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite"


@pytest.fixture
def run(
    store_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    root_logger: logging.Logger,
) -> Run:
    """Run `wwphone-server` with these words and this standard input; return exit code and what it printed."""
    monkeypatch.setenv("WWPHONE_STORE_URL", f"sqlite:///{store_file}")
    monkeypatch.setattr(app, "Passwords", cheap_passwords)

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = app.main(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def stored(file: Path) -> dict[str, UserRecord]:
    async def read() -> dict[str, UserRecord]:
        store = SqlStore(f"sqlite:///{file}")
        await store.open()
        users = await store.users()
        await store.close()
        return {record.user: record for record in users}

    return asyncio.run(read())


def fits(record: UserRecord, password: str) -> bool:
    passwords = Passwords()
    right = asyncio.run(passwords.fits(record.cti_password_hash, password))
    passwords.shutdown()
    return right


# ---------------------------------------------------------------- users


def test_a_user_is_added_with_everything_that_was_said(run: Run, store_file: Path) -> None:
    words = ["user", "add", "juerg", "--number", "204", "--nickname", "Jürg Müller", "--group", "Empfang"]
    words += ["--first-name", "Jürg", "--surname", "Müller", "--mobile", "+41 79 555 01 04"]
    words += [
        "--email",
        "juerg@example.net",
        "--displayed-number",
        "+41445550100",
        "--displayed-number-when-forwarding",
        "+41445550104",
        "--no-offer-tls",
        "--hidden",
    ]
    words += [
        "--busy-when-in-call",
        "--right",
        "record_calls",
        "--no-right",
        "cti_access",
        "--password-stdin",
    ]
    code, out, err = run(*words, stdin=GOOD + "\n")
    assert (code, out, err) == (0, "added juerg, number 204\n", "")
    record = stored(store_file)["juerg"]
    assert (record.nickname, record.group, record.surname) == ("Jürg Müller", "Empfang", "Müller")
    assert (record.offer_tls, record.hidden, record.busy_when_in_call, record.busy_when_ringing) == (
        False,
        True,
        True,
        False,
    )
    assert (record.displayed_number, record.displayed_number_when_forwarding) == (
        "+41445550100",
        "+41445550104",
    )
    assert record.rights == {Right.RECORD_CALLS}
    assert fits(record, GOOD)
    assert len(record.sip_password) == 20
    assert GOOD not in record.cti_password_hash


def test_without_more_words_a_user_may_sign_in_and_is_called_as_named(run: Run, store_file: Path) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    record = stored(store_file)["anna"]
    assert (record.nickname, record.group) == ("anna", "")
    assert record.rights == {Right.CTI_ACCESS}


def test_a_generated_password_is_printed_once_and_fits(run: Run, store_file: Path) -> None:
    code, out, _ = run("user", "add", "anna", "--number", "201", "--generate-password")
    password = out.splitlines()[0].removeprefix("password: ")
    assert code == 0
    assert fits(stored(store_file)["anna"], password)
    assert password not in run("user", "list", "--json")[1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["anna", "--number", "202"], "exists already"),
        (["beat", "--number", "201"], "is taken"),
        (["Anna", "--number", "202"], "is taken"),
        (["beat", "--number", "700"], "700 is used by the PBX"),
        (["beat", "--number", "112"], "emergency"),
        (["jürg", "--number", "202"], "user name"),
        (["beat", "--number", "202", "--nickname", ""], "nickname"),
    ],
)
def test_what_cannot_be_added_says_why(run: Run, store_file: Path, words: list[str], complaint: str) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    code, out, err = run("user", "add", *words, "--password-stdin", stdin=GOOD)
    assert (code, out) == (1, "")
    assert complaint in err
    assert len(stored(store_file)) == 1


def test_numbers_that_may_be_shown_besides_are_added_and_taken_away(run: Run, store_file: Path) -> None:
    add = ["user", "add", "anna", "--number", "201", "--password-stdin", "--shown-number", "+41440000000"]
    assert run(*add, stdin=GOOD)[0] == 0
    change = ["user", "set", "anna", "--shown-number", "0800123456", "--shown-number", "+41440000000"]
    assert run(*change) == (0, "changed anna: shown numbers\n", "")
    assert stored(store_file)["anna"].shown_numbers == ("+41440000000", "0800123456")
    assert run("user", "set", "anna", "--no-shown-number", "+41440000000")[0] == 0
    assert stored(store_file)["anna"].shown_numbers == ("0800123456",)
    code, _, err = run("user", "set", "anna", "--shown-number", "+41/44")
    assert (code, "displayed number" in err) == (1, True)
    assert run("user", "set", "anna", "--shown-number", "")[0] == 1


def test_which_calls_are_recorded_by_themselves(run: Run, store_file: Path) -> None:
    add = ["user", "add", "anna", "--number", "201", "--password-stdin", "--automatic-recording", "external"]
    assert run(*add, stdin=GOOD)[0] == 0
    assert stored(store_file)["anna"].automatic_recording is AutomaticRecording.EXTERNAL
    assert run("user", "set", "anna", "--automatic-recording", "none") == (
        0,
        "changed anna: automatic recording\n",
        "",
    )
    assert stored(store_file)["anna"].automatic_recording is AutomaticRecording.NONE
    assert '"automatic_recording": "none"' in run("user", "list", "--json")[1]


def test_a_weak_password_is_refused_without_being_repeated(run: Run, store_file: Path) -> None:
    code, out, err = run("user", "add", "anna", "--number", "201", "--password-stdin", stdin="hush\n")
    assert code == 1
    assert "10 to 256 characters" in err
    assert "hush" not in out + err
    assert stored(store_file) == {}


def test_no_password_is_ever_a_word_of_the_command_line() -> None:
    with pytest.raises(SystemExit) as refusal:
        parser().parse_args(["user", "add", "anna", "--number", "201", "--password", "hush"])
    assert refusal.value.code == 2


def test_a_user_is_changed_where_told_and_nowhere_else(run: Run, store_file: Path) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    before = stored(store_file)["anna"]
    code, out, _ = run(
        "user", "set", "anna", "--number", "299", "--right", "administrate", "--group", "Sales"
    )
    assert (code, out) == (0, "changed anna: number, group, rights\n")
    after = stored(store_file)["anna"]
    assert (after.number, after.group) == ("299", "Sales")
    assert after.rights == {Right.CTI_ACCESS, Right.ADMINISTRATE}
    assert (after.cti_password_hash, after.sip_password) == (before.cti_password_hash, before.sip_password)
    assert run("user", "set", "anna", "--number", "299")[1] == "nothing to change\n"


def test_passwords_are_changed_on_demand(run: Run, store_file: Path) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    before = stored(store_file)["anna"]
    _, out, _ = run("user", "set", "anna", "--password-stdin", "--new-sip-password", stdin="another good one")
    after = stored(store_file)["anna"]
    assert out == "changed anna: sip password, cti password\n"
    assert fits(after, "another good one")
    assert after.sip_password != before.sip_password
    assert after.sip_password not in out


def test_changing_or_removing_nobody_is_an_error(run: Run) -> None:
    for words in (
        ["set", "nobody", "--number", "201"],
        ["remove", "nobody", "--yes"],
        ["sip-account", "nobody"],
    ):
        code, _, err = run("user", *words)
        assert (code, err) == (1, "wwphone-server: there is no user nobody\n")


def test_removing_asks_first(run: Run, store_file: Path) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    code, out, err = run("user", "remove", "anna", stdin="n\n")
    assert code == 1
    assert "Remove anna" in out
    assert "nothing was removed" in err
    assert run("user", "remove", "anna", stdin="y\n")[0] == 0
    assert stored(store_file) == {}


def test_the_list_is_readable_by_people_and_programs_and_holds_no_secret(run: Run, store_file: Path) -> None:
    for user, number in (("anna", "201"), ("beatrice-alexandra", "202")):
        run("user", "add", user, "--number", number, "--password-stdin", stdin=GOOD)
    lines = run("user", "list")[1].splitlines()
    assert lines[0].split() == ["user", "number", "nickname", "group", "rights"]
    assert lines[1].split() == ["anna", "201", "anna", "cti_access"]
    assert lines[1].index("201") == lines[2].index("202")
    listed = json.loads(run("user", "list", "--json")[1])
    assert [one["user"] for one in listed] == ["anna", "beatrice-alexandra"]
    assert listed[0]["rights"] == ["cti_access"]
    record = stored(store_file)["anna"]
    for text in (str(lines), str(listed)):
        assert record.sip_password not in text
        assert record.cti_password_hash not in text


def test_the_sip_account_is_shown_when_asked_for(run: Run, store_file: Path) -> None:
    run("user", "add", "anna", "--number", "201", "--password-stdin", stdin=GOOD)
    out = run("user", "sip-account", "anna")[1]
    assert f"password: {stored(store_file)['anna'].sip_password}" in out
    assert "transport: tls" in out
    assert "registrar: 127.0.0.1:5061" in out


def test_groups_are_shown_and_ordered(run: Run) -> None:
    assert run("groups", "Empfang", "Verkauf", "Empfang")[1] == "Empfang\nVerkauf\n"
    run("user", "add", "anna", "--number", "201", "--group", "Technik", "--password-stdin", stdin=GOOD)
    assert run("groups")[1] == "Empfang\nVerkauf\nTechnik\n"
    assert run("groups", "Technik", "Verkauf")[1] == "Technik\nVerkauf\n"
    code, _, err = run("groups", "Verkauf")
    assert code == 1
    assert "refused" in err
    assert run("groups", "two\nlines")[0] == 1


def test_on_the_terminal_a_password_is_asked_for_twice() -> None:
    said = io.StringIO()
    answers = iter([GOOD, GOOD, GOOD, "another good one"])
    console = Console(said, io.StringIO(), lambda question: next(answers))
    assert console.new_password("ask") == GOOD
    with pytest.raises(CommandFailedError, match="differ"):
        console.new_password("ask")
    assert GOOD not in said.getvalue()


# ---------------------------------------------------------------- demo data


def test_the_demo_company_comes_with_a_file_of_passwords(run: Run, store_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    code, out, _ = run("demo-data", "--passwords-file", str(file))
    assert (code, out) == (0, "24 people in 4 groups, 24 of them new\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    passwords = parse_passwords(file.read_text(), "the file")
    users = stored(store_file)
    assert len(users) == len(passwords) == 24
    assert all(fits(users[user], password) for user, password in list(passwords.items())[:3])
    assert users["juerg"].nickname == "Jürg Zürcher"
    assert all("m=8192,t=1,p=1" in record.cti_password_hash for record in users.values())
    assert run("groups")[1].split() == ["Reception", "Sales", "Engineering", "Management"]


def test_a_second_time_changes_nothing(run: Run, store_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    run("demo-data", "--passwords-file", str(file))
    before, text = stored(store_file), file.read_text()
    assert run("demo-data", "--passwords-file", str(file))[1] == "24 people in 4 groups, 0 of them new\n"
    assert (stored(store_file), file.read_text()) == (before, text)


def test_who_was_changed_stays_changed_and_gets_the_password_of_the_file(
    run: Run, store_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    run("demo-data", "--passwords-file", str(file))
    run("user", "set", "anna", "--nickname", "Änni", "--password-stdin", stdin="another good one")
    run("demo-data", "--passwords-file", str(file))
    record = stored(store_file)["anna"]
    assert record.nickname == "Änni"
    assert fits(record, parse_passwords(file.read_text(), "the file")["anna"])


def test_passwords_may_come_from_stdin(run: Run, store_file: Path) -> None:
    lines = "".join(f"{person.user}:{GOOD}:{person.number}\n" for person in PEOPLE)
    code, _, _ = run("demo-data", "--passwords-stdin", stdin=lines)
    assert code == 0
    record = stored(store_file)["beat"]
    assert fits(record, f"{GOOD}:207")
    # What people invent gets the slow hash (here the cheap one of the tests), what we generate the quick one.
    assert "m=8,t=1,p=1" in record.cti_password_hash


@pytest.mark.parametrize(
    ("words", "stdin", "complaint"),
    [
        ([], "", "known to nobody"),
        (["--passwords-stdin"], "anna:hush hush hush", "known to nobody"),
        (["--passwords-stdin"], "anna", "line 1 of standard input"),
        (["--passwords-stdin"], "\nmallory:hush hush hush", "line 2 of standard input"),
        (["--passwords-stdin"], "anna:hush", "10 to 256"),
    ],
)
def test_passwords_that_would_be_lost_or_weak_are_refused(
    run: Run, store_file: Path, words: list[str], stdin: str, complaint: str
) -> None:
    code, out, err = run("demo-data", *words, stdin=stdin)
    assert code == 1
    assert complaint in err
    assert "hush" not in out + err
    assert stored(store_file) == {}


def test_the_demo_company_has_a_phone_book(run: Run, tmp_path: Path) -> None:
    words = ("demo-data", "--passwords-file", str(tmp_path / "passwords"))
    run(*words)
    listed = json.loads(run("phonebook", "list", "--json")[1])
    assert len(listed) == 60
    assert run("phonebook", "remove", listed[0]["id"])[0] == 0
    run(*words)
    assert len(json.loads(run("phonebook", "list", "--json")[1])) == 59, "what was removed stays so"


# ---------------------------------------------------------------- certificates and the rest


def test_a_certificate_is_made_and_explained(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    code, out, _ = run("certificate", str(folder), "--host", "pbx.example.net", "--host", "127.0.0.1")
    assert code == 0
    assert str(folder / "server.key") in out
    assert examine(folder / "server.pem").names == ("pbx.example.net", "127.0.0.1")
    code, _, err = run("certificate", str(tmp_path / "tls/server.pem/x"), "--host", "a")
    assert code == 1
    assert "no certificate was made" in err


@pytest.mark.parametrize(
    ("words", "environment", "complaint"),
    [
        (["user", "list"], {"WWPHONE_STORE_URL": "mysql://u:hush@h/d"}, "store.url"),
        (["user", "list"], {"WWPHONE_LISTENER_PORT": "many"}, "listener.port"),
        (["--config", "/does/not/exist.toml", "user", "list"], {}, "exist.toml"),
        (["user", "list"], {"WWPHONE_CONFIG": "/does/not/exist.toml"}, "exist.toml"),
        (["serve"], {}, "pbx.ami_secret"),
        (["serve"], {"WWPHONE_PBX_AMI_SECRET": "hush"}, "tls.certificate"),
    ],
)
def test_what_is_set_wrong_is_told_in_one_line(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environment: dict[str, str],
    complaint: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, _, err = run(*words)
    assert code == 1
    assert complaint in err
    assert "Traceback" not in err
    assert "hush" not in err


def test_wrong_words_are_explained(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["dance"], ["user"], ["user", "add", "anna"], ["user", "set", "a", "--right", "fly"]):
        with pytest.raises(SystemExit) as refusal:
            run(*words)
        assert refusal.value.code == 2
        assert "usage: wwphone-server" in capsys.readouterr().err


def test_rights_are_named_as_on_the_wire(capsys: pytest.CaptureFixture[str]) -> None:
    options: Any = parser().parse_args(["user", "set", "a", *(f"--right={right.value}" for right in Right)])
    assert set(options.right) == set(Right)
    with pytest.raises(SystemExit):
        parser().parse_args(["user", "add", "--help"])
    assert "parallel_sessions" in capsys.readouterr().out
