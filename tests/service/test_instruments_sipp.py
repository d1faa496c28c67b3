from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, PhoneAccount
from tests.helpers.baresip_control import EventKind
from tests.helpers.fake_sip_server import FakeSipServer
from tests.helpers.ports import LOOPBACK, bound_addresses
from tests.helpers.sipp import Refusal, Sipp, SippAccount
from tests.helpers.waiting import SECONDS, wait_until


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Baresip]:
    with Baresip(PhoneAccount("alice"), tmp_path / "alice") as phone:
        yield phone


@pytest.fixture
def sipp(tmp_path: Path) -> Sipp:
    return Sipp(SippAccount("bob", "open-sesame"), tmp_path / "bob")


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_reaches_the_caller_with_its_status(phone: Baresip, sipp: Sipp, refusal: Refusal) -> None:
    with sipp.refuse(refusal):
        phone.dial(sipp.uri)

        assert phone.wait_for(EventKind.CALL_CLOSED).text == refusal.value


def test_several_calls_are_refused_one_after_the_other(phone: Baresip, sipp: Sipp) -> None:
    with sipp.refuse(Refusal.BUSY):
        for _ in range(3):
            phone.dial(sipp.uri)
            phone.wait_for(EventKind.CALL_CLOSED)
        wait_until(lambda: sipp.messages().count("ACK sip:") == 3, "the third acknowledgement")

    assert sipp.messages().count("SIP/2.0 486 Busy Here") == 3


def test_a_callee_that_never_answers_rings_until_the_caller_gives_up(phone: Baresip, sipp: Sipp) -> None:
    with sipp.never_answer() as run:
        phone.dial(sipp.uri)
        phone.wait_for(EventKind.CALL_RINGING)
        assert run.is_running()

        phone.hang_up()
        wait_until(lambda: "ACK sip:" in sipp.messages(), "the end of the call")

    assert "SIP/2.0 487 Request Terminated" in sipp.messages()


def test_being_asked_whether_it_lives_is_no_call(phone: Baresip, sipp: Sipp) -> None:
    with sipp.refuse(Refusal.BUSY), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as registrar:
        registrar.bind((LOOPBACK, 0))
        registrar.settimeout(10 * SECONDS)
        registrar.sendto(_options(registrar.getsockname()[1], sipp), (LOOPBACK, sipp.port))
        assert registrar.recv(65_535).startswith(b"SIP/2.0 200 OK")

        phone.dial(sipp.uri)
        assert phone.wait_for(EventKind.CALL_CLOSED).text == Refusal.BUSY.value


def test_a_caller_rings_talks_and_hangs_up(phone: Baresip, sipp: Sipp) -> None:
    run = sipp.call(phone.uri.removeprefix("sip:"), talk_s=0.2)

    assert phone.wait_for(EventKind.CALL_INCOMING).peer_uri.startswith("sip:bob@")
    phone.answer()
    phone.wait_for(EventKind.CALL_CLOSED)

    assert run.wait_for_end() == 0


def test_a_caller_that_is_refused_fails(phone: Baresip, sipp: Sipp) -> None:
    run = sipp.call(phone.uri.removeprefix("sip:"))
    phone.wait_for(EventKind.CALL_INCOMING)

    phone.hang_up()

    assert run.wait_for_end() == 1


def test_registering_needs_the_right_password(sipp: Sipp, tmp_path: Path) -> None:
    with FakeSipServer({"bob": "open-sesame"}) as server:
        sipp.register(server.address)
        assert server.accepted[0].headers["contact"] == f"<sip:bob@{LOOPBACK}:{sipp.port}>"

        with pytest.raises(AssertionError, match=r"(?s)bob is not registered.*403 Forbidden"):
            Sipp(SippAccount("bob", "please"), tmp_path / "wrong").register(server.address)


def test_a_caller_shows_its_password_when_asked(sipp: Sipp) -> None:
    with FakeSipServer({"bob": "open-sesame"}) as server:
        run = sipp.call(f"801@{server.address}", talk_s=0.1)

        assert run.wait_for_end() == 0

    assert [request.method for request in server.requests] == ["INVITE", "ACK", "INVITE", "ACK", "BYE"]
    assert server.accepted[0].headers["to"] == f"<sip:801@{server.address}>"


def test_the_password_is_in_no_argument_list_and_in_no_file_others_may_read(
    sipp: Sipp, tmp_path: Path
) -> None:
    with sipp.never_answer() as run:
        assert bound_addresses(run.pid) == {LOOPBACK}
        arguments = Path(f"/proc/{run.pid}/cmdline").read_bytes()

    assert b"callee_never_answers" in arguments
    assert b"open-sesame" not in arguments
    assert "open-sesame" not in repr(sipp.account)
    holders = [file for file in tmp_path.rglob("*") if file.is_file() and b"open-sesame" in file.read_bytes()]
    assert [file.name for file in holders] == ["credentials.csv"]
    assert holders[0].stat().st_mode & 0o077 == 0


def test_it_changes_its_mind(phone: Baresip, sipp: Sipp) -> None:
    for refusal in (Refusal.BUSY, Refusal.DECLINED):
        with sipp.refuse(refusal):
            phone.dial(sipp.uri)
            assert phone.wait_for(EventKind.CALL_CLOSED).text == refusal.value

    assert "486 Busy Here" in sipp.messages()
    assert "603 Decline" in sipp.messages()


def _options(port: int, callee: Sipp) -> bytes:
    lines = [
        f"OPTIONS {callee.uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {LOOPBACK}:{port};branch=z9hG4bK1;rport",
        "Max-Forwards: 70",
        f"From: <sip:pbx@{LOOPBACK}>;tag=1",
        f"To: <{callee.uri}>",
        "Call-ID: are-you-there",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
