"""The SIP engine at a real Asterisk, configured by the product: TLS, SRTP, sound with baresip, and Asterisk's restart."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.baresip import Baresip, PhoneAccount, PhoneSound
from tests.helpers.baresip import MediaEncryption as PhoneEncryption
from tests.helpers.baresip import Transport as PhoneTransport
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import SECONDS, wait_until
from tests.service.pbx_company import PASSWORD, Company, user
from wwphone.domain.account import MediaEncryption, SipAccount, Transport
from wwphone.domain.calls import PhoneState
from wwphone.server.api import PbxConfiguration
from wwphone.server.ring_group_api import PbxRingGroup

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ = 660
THEIR_TONE_HZ = 440
RACE_OF_PJSIP = "pj_sockaddr_get_len: Assertion"
"""WORKAROUND: PJSIP 2.17 clears, when sound is attached (transport_udp.c), the source address of a packet that its other
thread may be reading at that moment. Seen once in some thousand calls on a loaded machine. Without assertions the packet
counts as one from nowhere and nothing else happens. Unnecessary once PJSIP takes its lock there."""
CALLS_IN_A_LOOP = 200
ROOT = Path(__file__).resolve().parents[2]
_TLS = {"media_encryption": MediaEncryption.REQUIRED, "tls_only": True}
_COMPANY = PbxConfiguration(
    (user("anna", "201", **_TLS), user("beat", "202", **_TLS), user("carla", "203", **_TLS)),
    ring_groups=(PbxRingGroup("300", "Verkauf", ("anna",)),),
)


@pytest.fixture
def pbx(tmp_path: Path) -> Iterator[ThrowawayPbx]:
    with ThrowawayPbx(tmp_path / "pbx") as pbx:
        yield pbx


@pytest.fixture
async def company(pbx: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(pbx.asterisk)
    await company.open(_COMPANY)
    yield company
    await company.close()


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    with SoundServer(tmp_path / "sound") as server:
        yield server


def account_of(pbx: ThrowawayPbx, name: str) -> SipAccount:
    return SipAccount(
        user=name,
        password=PASSWORD,
        display_name=name.title(),
        host=LOOPBACK,
        port=pbx.asterisk.ports.sip_tls,
        transport=Transport.TLS,
        media_encryption=MediaEncryption.REQUIRED,
        certificate_authority=pbx.authority.ca_file.read_text("ascii"),
    )


@pytest.fixture
async def anna(
    pbx: ThrowawayPbx, company: Company, sound_server: SoundServer, tmp_path: Path
) -> AsyncIterator[AgentPhone]:
    """Our engine with sound, registered."""
    settings = {"null_sound": False, "echo_cancellation": False}
    anna = AgentPhone("anna", tmp_path, sound_server.environment(), settings)
    await asyncio.to_thread(anna.start)
    await asyncio.to_thread(anna.register, account_of(pbx, "anna"))
    await company.until(lambda: company.state("anna") is PhoneState.FREE, "anna's phone")
    yield anna
    assert await asyncio.to_thread(anna.stop) == 0, anna.log_tail()


@pytest.fixture
async def beat(pbx: ThrowawayPbx, company: Company, tmp_path: Path) -> AsyncIterator[Baresip]:
    """An independent phone, registered."""
    account = PhoneAccount(
        "beat",
        PASSWORD,
        f"{LOOPBACK}:{pbx.asterisk.ports.sip_tls}",
        transport=PhoneTransport.TLS,
        encryption=PhoneEncryption.SDES,
    )
    certificate = pbx.authority.good().combined_file
    beat = Baresip(account, tmp_path / "beat", PhoneSound(THEIR_TONE_HZ), certificate)
    await asyncio.to_thread(beat.start)
    await asyncio.to_thread(beat.register)
    await company.until(lambda: company.state("beat") is PhoneState.FREE, "beat's phone")
    yield beat
    await asyncio.to_thread(beat.stop)


async def test_the_pbx_recognises_our_registration(anna: AgentPhone, company: Company) -> None:
    [registration] = company.registrations("anna")
    assert registration.call_id == anna.registration()["register_call_id"]
    assert registration.transport is Transport.TLS
    assert registration.user_agent == "wwphone test anna"


async def test_we_call_and_both_hear_each_other(
    anna: AgentPhone, beat: Baresip, sound_server: SoundServer
) -> None:
    def talk() -> None:
        with sound_server.say("microphone", OUR_TONE_HZ):
            call_id = anna.dial("202")
            beat.wait_for(EventKind.CALL_INCOMING)
            anna.wait_for_state(call_id, "ringing")
            beat.answer()
            call = anna.wait_for_state(call_id, "active")
            sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
            wait_until(lambda: beat.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8, "our tone there")
            assert call["remote"] == {"number": "202", "name": "Beat"}
            assert anna.call(call_id)["encrypted"]
            beat.hang_up()
            assert anna.wait_for_end(call_id)["reason"] == "hung_up_there"

    await asyncio.to_thread(talk)


async def test_we_are_called_directly_and_as_a_group(
    anna: AgentPhone, beat: Baresip, sound_server: SoundServer
) -> None:
    def be_called(number: str) -> None:
        beat.dial(number)
        call = anna.wait_for_incoming()
        call_id = call["call_id"]
        assert call["remote"]["number"] == "202"
        assert (call["kind"], call["called_number"]) == (
            ("internal", "201") if number == "201" else ("group", "300")
        )
        anna.send("ring", call_id=call_id)
        anna.send("answer", call_id=call_id)
        anna.wait_for_state(call_id, "active")
        sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
        anna.send("hang_up", call_id=call_id)
        beat.wait_for(EventKind.CALL_CLOSED)

    await asyncio.to_thread(be_called, "201")
    await asyncio.to_thread(be_called, "300")


async def test_hold_keys_and_mute(
    anna: AgentPhone, beat: Baresip, company: Company, sound_server: SoundServer
) -> None:
    def begin() -> str:
        call_id = anna.dial("202")
        beat.wait_for(EventKind.CALL_INCOMING)
        beat.answer()
        anna.wait_for_state(call_id, "active")
        anna.send("send_dtmf", call_id=call_id, digits="159#")
        wait_until(lambda: beat.received_dtmf() == "159#", "our keys there")
        beat.send_dtmf("42")
        anna.wait_for("DtmfReceived", lambda event: event["digit"] == "2")
        sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
        anna.send("hold", call_id=call_id)
        anna.wait_for_state(call_id, "held")
        sound_server.wait_for_silence(monitor_of("speaker"))
        return call_id

    def go_on(call_id: str) -> None:
        anna.send("resume", call_id=call_id)
        anna.wait_for_state(call_id, "active")
        sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
        anna.send("hang_up", call_id=call_id)
        beat.wait_for(EventKind.CALL_CLOSED)

    call_id = await asyncio.to_thread(begin)
    await company.until(lambda: company.leg_states("anna")[-1] == "held", "the hold at the PBX")
    await asyncio.to_thread(go_on, call_id)


async def test_a_number_that_nobody_has_and_a_phone_that_nobody_has_registered(anna: AgentPhone) -> None:
    def ends(number: str) -> str:
        return str(anna.wait_for_end(anna.dial(number))["reason"])

    assert await asyncio.to_thread(ends, "299") == "unknown_number"
    assert await asyncio.to_thread(ends, "203") == "unreachable"


async def test_a_fourth_device_is_refused_by_name(
    pbx: ThrowawayPbx, anna: AgentPhone, tmp_path: Path
) -> None:
    def refuse_the_fourth() -> None:
        more = [AgentPhone(f"anna{number}", tmp_path).start() for number in (2, 3, 4)]
        try:
            for phone in more[:2]:
                phone.register(account_of(pbx, "anna"))
            more[2].begin_registering(account_of(pbx, "anna"))
            told = more[2].wait_for("RegistrationChanged", lambda event: event["state"] != "registering")
            assert (told["state"], told["sip_status"]) == ("too_many_devices", 403)
        finally:
            for phone in more:
                phone.stop()

    await asyncio.to_thread(refuse_the_fourth)


async def test_a_wrong_password_is_refused_and_not_tried_again(
    pbx: ThrowawayPbx, company: Company, tmp_path: Path
) -> None:
    def refused() -> None:
        with AgentPhone("stranger", tmp_path) as stranger:
            stranger.begin_registering(replace(account_of(pbx, "carla"), password="wrong"))
            told = stranger.wait_for("RegistrationChanged", lambda event: event["state"] != "registering")
            assert (told["state"], told["sip_status"], told["retry_in_s"]) == ("refused", 401, None)

    await asyncio.to_thread(refused)


async def test_asterisk_dies_and_comes_back(
    pbx: ThrowawayPbx, anna: AgentPhone, beat: Baresip, company: Company
) -> None:
    def die_and_come_back() -> None:
        call_id = anna.dial("202")
        beat.wait_for(EventKind.CALL_INCOMING)
        beat.answer()
        anna.wait_for_state(call_id, "active")
        since = len(anna.events)
        pbx.asterisk.kill()
        anna.wait_for(
            "RegistrationChanged", lambda event: event["state"] == "unreachable", 3 * SECONDS, since
        )
        assert anna.wait_for_end(anna.dial("202"))["reason"] == "pbx_unreachable"
        assert anna.call(call_id)["state"] == "active"  # its line is lost only when nothing came for a while
        pbx.asterisk.start()
        anna.wait_for("RegistrationChanged", lambda event: event["state"] == "registered", since=since)
        anna.send("hang_up", call_id=call_id)
        anna.wait_for_end(call_id)

    await asyncio.to_thread(die_and_come_back)
    await company.until(lambda: company.state("anna") is PhoneState.FREE, "anna's phone again")


def environment_of_build(build: str) -> dict[str, str]:
    """Let a phone run on our product's PJSIP, or on the one with PJSIP's own assertions on (`dev.py test` builds it)."""
    if build == "product":
        return {}
    folder = os.environ.get("WWPHONE_PJSUA2_ASSERTIONS") or str(ROOT / ".cache" / "pjsua2-assertions")
    environment = {"PYTHONPATH": folder}
    found = subprocess.run(
        [sys.executable, "-c", "import pjsua2; print(pjsua2.__file__)"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(folder), "start the tests by dev.py: it builds PJSIP with assertions"
    return environment


@pytest.mark.slow
@pytest.mark.parametrize("build", ["product", "assertions"])
async def test_two_hundred_calls_in_a_loop(
    pbx: ThrowawayPbx, company: Company, tmp_path: Path, build: str
) -> None:
    environment = environment_of_build(build)

    def many_calls(folder: Path) -> None:
        with (
            AgentPhone("anna", folder, environment) as anna,
            AgentPhone("carla", folder, environment) as carla,
        ):
            anna.register(account_of(pbx, "anna"))
            carla.register(account_of(pbx, "carla"))
            for number in range(CALLS_IN_A_LOOP):
                caller, callee, dialled = (anna, carla, "203") if number % 2 else (carla, anna, "201")
                call_id = caller.dial(dialled)
                incoming = callee.wait_for_incoming()["call_id"]
                callee.send("ring", call_id=incoming)
                callee.send("answer", call_id=incoming)
                caller.wait_for_state(call_id, "active")
                (caller if number % 3 else callee).send(
                    "hang_up", call_id=call_id if number % 3 else incoming
                )
                caller.wait_for_end(call_id)
                callee.wait_for_end(incoming)
            for phone in (anna, carla):
                assert len(phone.calls()) == CALLS_IN_A_LOOP
                assert not [event for event in phone.events if event["event"] == "CommandFailed"]

    def many_calls_without_the_race() -> None:
        try:
            many_calls(tmp_path / "first")
        except (AssertionError, BrokenPipeError):
            if not any(RACE_OF_PJSIP in log.read_text() for log in (tmp_path / "first").glob("*.log")):
                raise
            many_calls(tmp_path / "second")

    await asyncio.to_thread(many_calls_without_the_race)
    await company.until(lambda: not company.legs("anna") and not company.legs("carla"), "no leg to be left")
