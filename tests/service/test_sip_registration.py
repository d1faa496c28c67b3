"""Registering with PJSIP: what is sent, what is refused, what is lost and found again, whom we trust."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.agent import AgentPhone, Event
from tests.helpers.certificates import CertificateAuthority
from tests.helpers.far_side import FarSide
from tests.helpers.waiting import SECONDS, wait_until
from tests.service.pbx_sip import SipMessage, parse
from tests.service.sip_servers import StreamRegistrar


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with FarSide() as far_side:
        yield far_side


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[AgentPhone]:
    with AgentPhone("registers", tmp_path, {"WWPHONE_AGENT_LOG": "DEBUG"}, {"log_level": 5}) as phone:
        yield phone


def becomes(phone: AgentPhone, state: str, since: int = 0, timeout_s: float = 10 * SECONDS) -> Event:
    return phone.wait_for("RegistrationChanged", lambda event: event["state"] == state, timeout_s, since)


def test_what_a_registration_says(phone: AgentPhone, far_side: FarSide) -> None:
    told = phone.register(far_side.account())
    [register] = far_side.registers
    assert register.get("User-Agent") == "wwphone test registers"
    assert register.get("From").startswith('"Anna Müster" <sip:201@127.0.0.1>')
    assert register.get("Expires") == "120"
    assert '+sip.instance="<urn:uuid:' in register.get("Contact")
    assert told["register_call_id"] == register.call_id


def test_the_instance_of_a_phone_stays_the_same(phone: AgentPhone, far_side: FarSide) -> None:
    phone.register(far_side.account())
    phone.register(far_side.account("202"))
    phone.register(far_side.account())
    contacts = [register.get("Contact").partition("+sip.instance=")[2] for register in far_side.registers]
    first, *_, last = contacts
    assert first == last
    assert len(set(contacts)) == 2


def test_another_account_takes_the_place_of_the_former(phone: AgentPhone, far_side: FarSide) -> None:
    phone.register(far_side.account())
    since = len(phone.events)
    phone.register(far_side.account("202"))
    wait_until(lambda: [r for r in far_side.registers if r.get("Expires") == "0"], "the former to unregister")
    states = [event["state"] for event in phone.events[since:] if event["event"] == "RegistrationChanged"]
    assert states == ["registering", "registered"]


def test_it_unregisters_when_it_ends(tmp_path: Path, far_side: FarSide) -> None:
    with AgentPhone("ends", tmp_path) as phone:
        phone.register(far_side.account())
    assert far_side.registers[-1].get("Expires") == "0"


def test_a_refused_password_is_tried_once_and_never_again(phone: AgentPhone, far_side: FarSide) -> None:
    far_side.register_status = 401
    phone.begin_registering(far_side.account())
    told = becomes(phone, "refused")
    assert (told["sip_status"], told["retry_in_s"]) == (401, None)
    tries = [register.get("Authorization") for register in far_side.registers]
    assert [bool(credentials) for credentials in tries] == [False, True]
    far_side.register_status = 200
    phone.send("register_again")
    becomes(phone, "registered")


def test_no_secret_is_in_the_log(phone: AgentPhone, far_side: FarSide) -> None:
    far_side.register_status = 401
    phone.begin_registering(far_side.account())
    becomes(phone, "refused")
    digest = far_side.registers[-1].get("Authorization").partition('response="')[2].partition('"')[0]
    assert len(digest) == 32
    log = wait_until(lambda: phone.log_file.read_text("utf-8"), "the log")
    assert "REGISTER sip:" in log
    assert "response=(hidden)" in log
    assert digest not in log
    assert "secret-word" not in log


def test_a_registrar_in_trouble_is_asked_again_ever_more_slowly(phone: AgentPhone, far_side: FarSide) -> None:
    far_side.register_status = 503
    phone.begin_registering(far_side.account())
    wait_until(lambda: len(far_side.registers) >= 4, "four tries")
    waits = [event["retry_in_s"] for event in phone.events if event.get("state") == "unreachable"]
    assert all(0.3 < wait <= 30 for wait in waits)
    assert waits[2] > waits[0]
    far_side.register_status = 200
    becomes(phone, "registered")


def test_a_registrar_that_says_nothing_is_unreachable_until_it_answers(
    phone: AgentPhone, far_side: FarSide
) -> None:
    far_side.register_status = None
    phone.begin_registering(far_side.account())
    told = becomes(phone, "unreachable")
    assert "does not answer" in told["detail"]
    far_side.register_status = 200
    becomes(phone, "registered")


def test_a_name_that_nobody_knows_is_unreachable_and_asked_for_again(phone: AgentPhone) -> None:
    with FarSide() as far_side:
        phone.begin_registering(replace(far_side.account(), host="no-such-host.invalid"))
        told = becomes(phone, "unreachable", timeout_s=30 * SECONDS)
    assert told["detail"] == "no-such-host.invalid cannot be found"
    assert told["retry_in_s"] is not None


def test_a_registrar_may_have_a_name(phone: AgentPhone, far_side: FarSide) -> None:
    phone.register(replace(far_side.account(), host="localhost"))
    call = far_side.call()
    phone.wait_for_incoming()
    call.cancel()


def test_a_lost_connection_is_noticed_at_once_and_mended(phone: AgentPhone) -> None:
    with StreamRegistrar() as registrar:
        phone.register(registrar.account())
        since = len(phone.events)
        registrar.drop()
        assert becomes(phone, "unreachable", since, 2 * SECONDS)["retry_in_s"] <= 0.5
        becomes(phone, "registered", since)
        assert registrar.connections == 2


def test_a_registrar_that_was_away_is_found_again(phone: AgentPhone) -> None:
    with StreamRegistrar() as registrar:
        port = registrar.port
        phone.register(registrar.account())
    since = len(phone.events)
    wait_until(
        lambda: len([e for e in phone.events if e.get("state") == "unreachable"]) >= 3, "three tries in vain"
    )
    with StreamRegistrar(port=port) as again:
        becomes(phone, "registered", since)
        assert again.registers


def test_a_call_by_a_registrar_that_is_away_fails_at_once(phone: AgentPhone) -> None:
    with StreamRegistrar() as registrar:
        phone.register(registrar.account())
    becomes(phone, "unreachable")
    end = phone.wait_for_end(phone.dial("207"), 2 * SECONDS)
    assert (end["reason"], end["sip_status"]) == ("pbx_unreachable", 0)


def test_a_connection_that_died_without_a_word_is_replaced(phone: AgentPhone) -> None:
    with StreamRegistrar() as registrar:
        phone.register(registrar.account())
        registrar.silent = True
        since = len(phone.events)
        phone.send("register_again")
        assert "does not answer" in becomes(phone, "unreachable", since)["detail"]
        registrar.silent = False
        becomes(phone, "registered", since)
        assert registrar.connections >= 2


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("for_another_host", "made for another name"),
        ("expired", "not valid yet, or no longer"),
        ("not_yet_valid", "not valid yet, or no longer"),
        ("self_signed", "not signed by a trusted authority"),
    ],
)
def test_a_wrong_certificate_is_rejected_with_its_reason(
    phone: AgentPhone, tmp_path: Path, certificate: str, words: str
) -> None:
    authority = CertificateAuthority(tmp_path / "ca")
    with StreamRegistrar(getattr(authority, certificate)()) as registrar:
        phone.begin_registering(registrar.account(authority.ca_file.read_text("ascii")))
        told = becomes(phone, "certificate_rejected")
        assert words in told["detail"]
        call_id = phone.dial("207")
        end = phone.wait_for_end(call_id)
        assert end["reason"] == "certificate_rejected"
        assert words in end["detail"]
        assert registrar.registers == []


def test_an_authority_we_do_not_know_is_not_trusted(phone: AgentPhone, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path / "ca")
    with StreamRegistrar(authority.good()) as registrar:
        phone.begin_registering(registrar.account(None))  # the system's own authorities
        becomes(phone, "certificate_rejected")
        phone.register(registrar.account(authority.ca_file.read_text("ascii")))


def test_a_mended_certificate_needs_only_another_try(phone: AgentPhone, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path / "ca")
    trusted = authority.ca_file.read_text("ascii")
    with StreamRegistrar(authority.expired()) as registrar:
        port = registrar.port
        phone.begin_registering(registrar.account(trusted))
        becomes(phone, "certificate_rejected")
    with StreamRegistrar(authority.good(), port):
        phone.send("register_again")
        becomes(phone, "registered")


def test_a_call_out_of_nowhere_is_refused_and_nobody_sees_it(phone: AgentPhone, far_side: FarSide) -> None:
    phone.register(far_side.account())
    target = far_side.registers[-1].get("Contact").partition("<")[2].partition(">")[0]
    host, _, port = target.partition("@")[2].partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        stranger.settimeout(5 * SECONDS)
        source = f"127.0.0.2:{stranger.getsockname()[1]}"
        invite = SipMessage(
            f"INVITE {target} SIP/2.0",
            (
                ("Via", f"SIP/2.0/UDP {source};branch=z9hG4bK{secrets.token_hex(8)};rport"),
                ("From", f"<sip:900@{source}>;tag=1"),
                ("To", f"<{target}>"),
                ("Call-ID", secrets.token_hex(8)),
                ("CSeq", "1 INVITE"),
                ("Contact", f"<sip:900@{source}>"),
                ("Max-Forwards", "70"),
            ),
        )
        stranger.sendto(invite.text(), (host, int(port)))
        statuses = [parse(stranger.recv(65_535)).status]
        while statuses[-1] < 200:
            statuses.append(parse(stranger.recv(65_535)).status)
    assert statuses[-1] == 403
    assert phone.calls() == {}
