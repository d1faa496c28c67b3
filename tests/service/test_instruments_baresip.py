"""Two independent phones call each other directly; what the instrument reports is what happened on the wire."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, MediaEncryption, PhoneAccount, PhoneSound, Transport
from tests.helpers.baresip_control import HUNG_UP_HERE, HUNG_UP_THERE, ControlLine, EventKind
from tests.helpers.certificates import CertificateAuthority
from tests.helpers.fake_sip_server import FakeSipServer
from tests.helpers.ports import LOOPBACK, bound_addresses, free_port
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.tones import NOTHING
from tests.helpers.waiting import wait_until

NewPhone = Callable[..., Baresip]


@pytest.fixture
def new_phone(tmp_path: Path) -> Iterator[NewPhone]:
    """Make phones by account and sound, and end them all after the test."""
    with contextlib.ExitStack() as phones:

        def make(
            account: PhoneAccount, sound: PhoneSound | None = None, certificate: Path | None = None
        ) -> Baresip:
            return phones.enter_context(Baresip(account, tmp_path / account.user, sound, certificate))

        yield make


@pytest.fixture
def alice(new_phone: NewPhone) -> Baresip:
    return new_phone(PhoneAccount("alice", display_name="Alice A."), PhoneSound(tone_hz=440))


@pytest.fixture
def bob(new_phone: NewPhone) -> Baresip:
    return new_phone(PhoneAccount("bob", codecs=("PCMA/8000/1",)), PhoneSound(tone_hz=660))


def test_a_call_rings_is_answered_and_each_hears_the_tone_of_the_other(alice: Baresip, bob: Baresip) -> None:
    alice.dial(bob.uri)
    alice.wait_for(EventKind.CALL_RINGING)
    incoming = bob.wait_for(EventKind.CALL_INCOMING)
    bob.answer()
    alice.wait_for(EventKind.CALL_ESTABLISHED)
    wait_until(lambda: _hears_for(alice, 1.0) and _hears_for(bob, 1.0), "a second of sound at both")

    assert (incoming.peer_name, incoming.peer_uri.split("@")[0]) == ("Alice A.", "sip:alice")
    assert alice.wait_for_whole_tone(660).dominant_frequency == pytest.approx(660, abs=1)
    assert bob.wait_for_whole_tone(440).dominant_frequency == pytest.approx(440, abs=1)
    assert [call.state for call in alice.calls()] == ["ESTABLISHED"]
    assert alice.media_direction() == "sendrecv"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_hang_up_from_either_side_is_seen_at_the_other(alice: Baresip, bob: Baresip, who: str) -> None:
    _connect(alice, bob)
    here, there = (alice, bob) if who == "alice" else (bob, alice)

    here.hang_up()

    assert there.wait_for(EventKind.CALL_CLOSED).text == HUNG_UP_THERE
    assert here.events[-1].text == HUNG_UP_HERE
    assert alice.calls() == bob.calls() == []


def test_dtmf_is_received_key_by_key_in_both_directions(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)

    alice.send_dtmf("12*#")
    bob.send_dtmf("90")

    wait_until(lambda: bob.received_dtmf() == "12*#", "alice's keys at bob")
    wait_until(lambda: alice.received_dtmf() == "90", "bob's keys at alice")


def test_hold_and_resume_are_seen_at_the_other_side(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)

    alice.hold()
    assert bob.media_direction() == "recvonly"
    assert alice.calls()[0].is_on_hold
    assert not bob.calls()[0].is_on_hold

    alice.resume()
    assert bob.media_direction() == "sendrecv"
    assert not alice.calls()[0].is_on_hold


def test_a_muted_phone_is_silent_and_speaks_again(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)
    wait_until(lambda: not bob.heard().last(0.3).is_silent, "alice's tone")

    alice.mute(True)
    alice.mute(True)
    wait_until(lambda: bob.heard().last(0.3).is_silent, "silence from alice")

    alice.mute(False)
    wait_until(lambda: bob.heard().last(0.3).tone_share(440) > 0.95, "alice's tone again")


def test_a_rejected_call_ends_with_the_status(alice: Baresip, bob: Baresip) -> None:
    alice.dial(bob.uri)
    bob.wait_for(EventKind.CALL_INCOMING)

    bob.hang_up()

    assert alice.wait_for(EventKind.CALL_CLOSED).text.startswith("486 ")


def test_a_call_taken_back_stops_ringing(alice: Baresip, bob: Baresip) -> None:
    alice.dial(bob.uri)
    bob.wait_for(EventKind.CALL_INCOMING)

    alice.hang_up()

    bob.wait_for(EventKind.CALL_CLOSED)
    assert bob.calls() == []


def test_a_phone_that_answers_itself_needs_nobody(alice: Baresip, new_phone: NewPhone) -> None:
    robot = new_phone(PhoneAccount("robot", answers_itself=True))

    alice.dial(robot.uri)

    alice.wait_for(EventKind.CALL_ESTABLISHED)
    robot.wait_for(EventKind.CALL_ESTABLISHED)


def test_a_transferred_phone_calls_the_new_address(alice: Baresip, bob: Baresip, new_phone: NewPhone) -> None:
    carol = new_phone(PhoneAccount("carol"))
    _connect(alice, bob)

    alice.transfer(carol.uri)

    assert bob.wait_for(EventKind.TRANSFER).text == carol.uri
    assert carol.wait_for(EventKind.CALL_INCOMING).peer_uri.startswith("sip:bob@")


@pytest.mark.parametrize(
    ("transport", "encryption"),
    [
        (Transport.TCP, MediaEncryption.NONE),
        (Transport.TLS, MediaEncryption.SDES),
    ],
)
def test_calls_over_other_transports_and_with_encrypted_sound(
    new_phone: NewPhone, tmp_path: Path, transport: Transport, encryption: MediaEncryption
) -> None:
    certificate = CertificateAuthority(tmp_path).good().combined_file
    alice, bob = (
        new_phone(
            PhoneAccount(user, transport=transport, encryption=encryption), PhoneSound(tone_hz), certificate
        )
        for user, tone_hz in (("alice", 440), ("bob", 660))
    )

    _connect(alice, bob)
    wait_until(lambda: _hears_for(bob, 0.8), "sound at bob")

    assert bob.wait_for_whole_tone(440).dominant_frequency == pytest.approx(440, abs=1)
    secured = [event for event in bob.events if event.kind is EventKind.MEDIA_SECURED]
    assert bool(secured) is (encryption is not MediaEncryption.NONE)


def test_plain_sound_is_refused_by_a_phone_that_demands_encryption(
    alice: Baresip, new_phone: NewPhone
) -> None:
    careful = new_phone(PhoneAccount("careful", encryption=MediaEncryption.SDES))

    alice.dial(careful.uri)

    assert alice.wait_for(EventKind.CALL_CLOSED).text.startswith("488 ")


def test_with_a_sound_server_the_phone_hears_and_speaks_through_its_devices(
    tmp_path: Path, alice: Baresip, new_phone: NewPhone
) -> None:
    """This way sound can be measured after hold as well."""
    with SoundServer(tmp_path / "sound", speakers=["ear"], microphones=["mouth"]) as sound:
        dora = new_phone(PhoneAccount("dora"), PhoneSound(None, sound.environment("ear", "mouth")))
        _connect(alice, dora)
        with sound.say("mouth", 1_000):
            heard = sound.wait_for_whole_tone(monitor_of("ear"), 440)
            assert heard.dominant_frequency == pytest.approx(440, abs=1)
            wait_until(lambda: alice.heard().last(0.5).tone_share(1_000) > 0.9, "dora's tone at alice")

        alice.hold()
        sound.wait_for_silence(monitor_of("ear"))
        alice.resume()
        sound.wait_for_tone(monitor_of("ear"), 440)


def test_the_phone_registers_with_its_password_and_is_refused_with_the_reason(new_phone: NewPhone) -> None:
    with FakeSipServer({"alice": "open-sesame"}) as server:
        right, wrong = (
            PhoneAccount("alice", password, server.address) for password in ("open-sesame", "please")
        )
        with new_phone(right) as phone:
            phone.register()
            assert [request.user for request in server.accepted] == ["alice"]
        with (
            new_phone(wrong) as phone,
            pytest.raises(AssertionError, match="alice is not registered: 403 Forbidden"),
        ):
            phone.register()


def test_a_call_through_a_server_is_dialled_by_number_alone(new_phone: NewPhone) -> None:
    with FakeSipServer({"alice": "open-sesame"}) as server:
        account = PhoneAccount("alice", "open-sesame", server.address)
        with new_phone(account) as phone:
            phone.register()
            phone.dial("801")
            phone.wait_for(EventKind.CALL_ESTABLISHED)

    invitations = [request for request in server.accepted if request.method == "INVITE"]
    assert [request.headers["to"] for request in invitations] == [f"<sip:801@{server.address};transport=udp>"]


def test_the_password_is_in_no_log_argument_list_or_message(new_phone: NewPhone, tmp_path: Path) -> None:
    secret = "Xy7-open-sesame"
    with FakeSipServer({"alice": secret}) as server:
        account = PhoneAccount("alice", secret, server.address)
        with new_phone(account) as phone:
            phone.register()
            arguments = Path(f"/proc/{phone.pid}/cmdline").read_bytes()

    assert b"baresip" in arguments
    assert secret.encode() not in arguments
    assert secret not in repr(account)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_the_next_event_of_each_kind_is_told_once(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)
    alice.hang_up()
    _connect(alice, bob)

    with pytest.raises(
        AssertionError, match=r"(?s)alice: no CALL_ESTABLISHED within 0\.2 s, but:.*CALL_CLOSED"
    ):
        alice.wait_for(EventKind.CALL_ESTABLISHED, timeout_s=0.2)
    assert [event.kind for event in alice.events].count(EventKind.CALL_ESTABLISHED) == 2


def test_in_a_call_it_listens_on_the_loopback_address_alone(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)

    assert bound_addresses(alice.pid) | bound_addresses(bob.pid) == {"127.0.0.1", "::1"}


def test_an_unknown_command_is_refused_by_name(alice: Baresip) -> None:
    with pytest.raises(AssertionError, match="the command 'hold' was refused"):
        alice.hold()


def test_a_killed_phone_is_gone_and_its_events_stay(alice: Baresip, bob: Baresip) -> None:
    _connect(alice, bob)

    alice.kill()

    assert not alice.is_running
    assert EventKind.CALL_ESTABLISHED in [event.kind for event in alice.events]
    assert bob.calls()[0].state == "ESTABLISHED"


def test_a_phone_that_has_heard_nothing_says_so(alice: Baresip) -> None:
    assert alice.heard() is NOTHING
    assert alice.heard().is_silent
    assert alice.heard().seconds == 0


def test_a_cut_line_is_told_without_the_parameter() -> None:
    with socket.create_server((LOOPBACK, 0)) as phone:
        line = ControlLine(phone.getsockname()[1])
        connection, _ = phone.accept()
        connection.close()

        with pytest.raises(AssertionError) as failure:
            line.command("uanew", "secret")
        line.close()

    assert "'uanew'" in str(failure.value)
    assert "secret" not in str(failure.value)


def test_a_phone_that_does_not_listen_yet_refuses_the_line() -> None:
    with pytest.raises(ConnectionRefusedError):
        ControlLine(free_port())


def _connect(caller: Baresip, callee: Baresip) -> None:
    caller.dial(callee.uri)
    callee.wait_for(EventKind.CALL_INCOMING)
    callee.answer()
    caller.wait_for(EventKind.CALL_ESTABLISHED)


def _hears_for(phone: Baresip, seconds: float) -> bool:
    heard = phone.heard()
    return heard.seconds >= seconds and not heard.last(0.5).is_silent
