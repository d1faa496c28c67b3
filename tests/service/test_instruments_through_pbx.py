"""The independent phones at a real Asterisk: registration with a password, TLS with SRTP, and callees that refuse."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, MediaEncryption, PhoneAccount, PhoneSound, Transport
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx, asterisk_ready_folder
from tests.helpers.ports import LOOPBACK
from tests.helpers.sipp import Refusal, Sipp, SippAccount
from tests.helpers.waiting import SECONDS, wait_until

pytestmark = pytest.mark.end_to_end

_PASSWORD = "only-for-this-test"
_PHONE = """\
[{user}]
type = endpoint
context = phones
disallow = all
allow = alaw
auth = {user}
aors = {user}
from_user = {user}
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
direct_media = no
rewrite_contact = yes
media_encryption = {encryption}
[{user}]
type = auth
auth_type = userpass
username = {user}
password = {password}
[{user}]
type = aor
max_contacts = 1
remove_existing = yes
qualify_frequency = 1
"""
_DIAL_PLAN = "[phones]\nexten => _[a-z]!,1,Dial(PJSIP/${EXTEN},4)\n same => n,Hangup(${HANGUPCAUSE})\n"


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawayPbx]:
    throwaway = ThrowawayPbx(tmp_path_factory.mktemp("pbx"))
    folder = throwaway.asterisk.configuration_dir
    phones = [("alice", "sdes"), ("bob", "sdes"), ("carl", "no"), ("dora", "no")]
    (folder / "pjsip.conf").write_text(
        "\n".join(_PHONE.format(user=user, encryption=how, password=_PASSWORD) for user, how in phones),
        "utf-8",
    )
    (folder / "extensions.conf").write_text(_DIAL_PLAN, "utf-8")
    with throwaway:
        yield throwaway


@pytest.fixture
def phones(pbx: ThrowawayPbx, tmp_path: Path) -> Iterator[dict[str, Baresip]]:
    """Alice (440 Hz) and Bob (660 Hz), registered over TLS, with encrypted sound."""
    certificate = pbx.authority.good().combined_file
    with contextlib.ExitStack() as running:
        made = {}
        for user, tone_hz in (("alice", 440), ("bob", 660)):
            account = PhoneAccount(
                user,
                _PASSWORD,
                f"{LOOPBACK}:{pbx.asterisk.ports.sip_tls}",
                transport=Transport.TLS,
                encryption=MediaEncryption.SDES,
            )
            made[user] = running.enter_context(
                Baresip(account, tmp_path / user, PhoneSound(tone_hz), certificate)
            )
            made[user].register()
        yield made


@pytest.fixture(params=["Debian's SIPp", "the SIPp beside Asterisk"])
def sipp_program(request: pytest.FixtureRequest) -> str:
    return "sipp" if request.param == "Debian's SIPp" else str(asterisk_ready_folder() / "bin" / "sipp")


def test_two_phones_hear_each_other_through_the_pbx_with_tls_and_srtp(phones: dict[str, Baresip]) -> None:
    alice, bob = phones["alice"], phones["bob"]

    alice.dial("bob")
    bob.wait_for(EventKind.CALL_INCOMING)
    bob.answer()
    alice.wait_for(EventKind.CALL_ESTABLISHED)
    wait_until(lambda: min(alice.heard().seconds, bob.heard().seconds) > 1, "a second of sound at both")

    assert alice.wait_for_whole_tone(660).dominant_frequency == pytest.approx(660, abs=1)
    assert bob.wait_for_whole_tone(440).dominant_frequency == pytest.approx(440, abs=1)
    assert all(EventKind.MEDIA_SECURED in [event.kind for event in phone.events] for phone in (alice, bob))

    alice.send_dtmf("5#")
    wait_until(lambda: bob.received_dtmf() == "5#", "alice's keys at bob")
    bob.hang_up()
    alice.wait_for(EventKind.CALL_CLOSED)


def test_a_wrong_password_is_refused(pbx: ThrowawayPbx, tmp_path: Path) -> None:
    account = PhoneAccount("carl", "wrong", f"{LOOPBACK}:{pbx.asterisk.ports.sip}")

    with (
        Baresip(account, tmp_path) as carl,
        pytest.raises(AssertionError, match=r"carl is not registered: 40[13]"),
    ):
        carl.register()


@pytest.mark.parametrize(
    ("refusal", "told"),
    [(Refusal.BUSY, "486 "), (Refusal.NOT_FOUND, "404 "), (Refusal.DECLINED, "403 ")],
)
def test_a_registered_callee_refuses(
    pbx: ThrowawayPbx,
    phones: dict[str, Baresip],
    tmp_path: Path,
    sipp_program: str,
    refusal: Refusal,
    told: str,
) -> None:
    callee = Sipp(SippAccount("carl", _PASSWORD), tmp_path / "carl", sipp_program)
    callee.register(f"{LOOPBACK}:{pbx.asterisk.ports.sip}")

    with callee.refuse(refusal):
        wait_until(lambda: "OPTIONS sip:carl@" in callee.messages(), "the question whether carl is alive")
        phones["alice"].dial("carl")

        assert phones["alice"].wait_for(EventKind.CALL_CLOSED).text.startswith(told)


def test_a_registered_callee_never_answers(
    pbx: ThrowawayPbx, phones: dict[str, Baresip], tmp_path: Path, sipp_program: str
) -> None:
    callee = Sipp(SippAccount("carl", _PASSWORD), tmp_path / "carl", sipp_program)
    callee.register(f"{LOOPBACK}:{pbx.asterisk.ports.sip}")

    with callee.never_answer():
        phones["alice"].dial("carl")
        phones["alice"].wait_for(EventKind.CALL_RINGING)

        ended = phones["alice"].wait_for(EventKind.CALL_CLOSED, timeout_s=10 * SECONDS)
        wait_until(lambda: "487 Request Terminated" in callee.messages(), "the end at the callee")

    assert ended.text[:4] in ("480 ", "487 ", "603 ")


def test_a_caller_with_a_password_gets_through(
    pbx: ThrowawayPbx, phones: dict[str, Baresip], tmp_path: Path, sipp_program: str
) -> None:
    caller = Sipp(SippAccount("dora", _PASSWORD), tmp_path / "dora", sipp_program)

    run = caller.call(f"alice@{LOOPBACK}:{pbx.asterisk.ports.sip}", talk_s=0.2 * SECONDS)
    phones["alice"].wait_for(EventKind.CALL_INCOMING)
    phones["alice"].answer()
    phones["alice"].wait_for(EventKind.CALL_CLOSED)

    assert run.wait_for_end() == 0
