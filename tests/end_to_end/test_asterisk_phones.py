"""Independent phones with sound at a real Asterisk with our configuration: TLS, SRTP, echo, conference with PIN."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, MediaEncryption, PhoneAccount, PhoneSound
from tests.helpers.baresip import Transport as PhoneTransport
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until
from tests.service.pbx_company import PASSWORD, Company, user
from wwphone.domain.account import MediaEncryption as Encryption
from wwphone.domain.account import Transport
from wwphone.domain.calls import CallDirection, EndReason, LegState, PhoneState, reason_of_status
from wwphone.server.api import PbxConfiguration, PbxRoom
from wwphone.server.ring_group_api import PbxRingGroup

pytestmark = pytest.mark.end_to_end

_TLS = {"media_encryption": Encryption.REQUIRED, "tls_only": True}
_COMPANY = PbxConfiguration(
    (user("anna", "201", **_TLS), user("beat", "202", **_TLS), user("carla", "203")),
    ring_groups=(PbxRingGroup("300", "Verkauf", ("beat", "carla")),),
    rooms=(PbxRoom("201", "Annas Raum", "1234", "anna"),),
)


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawayPbx]:
    with ThrowawayPbx(tmp_path_factory.mktemp("pbx")) as pbx:
        yield pbx


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open(_COMPANY)
    yield company
    await company.close()


@pytest.fixture
def phones(asterisk: ThrowawayPbx, tmp_path: Path) -> Iterator[Phones]:
    phones = Phones(asterisk, tmp_path)
    yield phones
    phones.stop()


class Phones:
    """baresip phones, each with a tone of its own."""

    def __init__(self, asterisk: ThrowawayPbx, folder: Path) -> None:
        self._asterisk = asterisk
        self._folder = folder
        self.running: list[Baresip] = []

    def secure(self, name: str, tone_hz: int) -> Baresip:
        """Over TLS, with SRTP."""
        return self._start(name, tone_hz, PhoneTransport.TLS, MediaEncryption.SDES)

    def plain(
        self,
        name: str,
        tone_hz: int,
        encryption: MediaEncryption = MediaEncryption.NONE,
        answers_itself: bool = False,
    ) -> Baresip:
        """Over UDP."""
        return self._start(name, tone_hz, PhoneTransport.UDP, encryption, answers_itself)

    def stop(self) -> None:
        """End all."""
        for phone in self.running:
            phone.stop()

    def _start(
        self,
        name: str,
        tone_hz: int,
        transport: PhoneTransport,
        encryption: MediaEncryption,
        answers_itself: bool = False,
    ) -> Baresip:
        ports = self._asterisk.asterisk.ports
        port = ports.sip_tls if transport is PhoneTransport.TLS else ports.sip
        account = PhoneAccount(
            name,
            PASSWORD,
            f"{LOOPBACK}:{port}",
            transport=transport,
            encryption=encryption,
            answers_itself=answers_itself,
        )
        certificate = self._asterisk.authority.good().combined_file
        folder = self._folder / f"{name}-{len(self.running)}"
        phone = Baresip(account, folder, PhoneSound(tone_hz), certificate)
        self.running.append(phone)
        phone.start()
        phone.register()
        return phone


def hears(phone: Baresip, tone_hz: int) -> bool:
    """Whether the last half second was this tone and little else."""
    return phone.heard().last(0.5).tone_share(tone_hz) > 0.9


async def test_a_call_with_tls_and_srtp_and_sound_both_ways(company: Company, phones: Phones) -> None:
    anna = await asyncio.to_thread(phones.secure, "anna", 440)
    beat = await asyncio.to_thread(phones.secure, "beat", 660)
    await company.until(
        lambda: company.state("anna") is company.state("beat") is PhoneState.FREE, "both phones"
    )
    assert [device.transport for device in company.registrations("anna")] == [Transport.TLS]
    assert company.registrations("anna")[0].user_agent.startswith("baresip")

    await asyncio.to_thread(anna.dial, "202")
    incoming = await asyncio.to_thread(beat.wait_for, EventKind.CALL_INCOMING)
    assert incoming.peer_name == "Anna"
    await company.until(lambda: company.state("beat") is PhoneState.RINGING, "beat to ring")
    await asyncio.to_thread(beat.answer)
    await asyncio.to_thread(wait_until, lambda: hears(anna, 660) and hears(beat, 440), "each other's tone")

    await company.until(
        lambda: company.leg_states("anna")[-1] == company.leg_states("beat")[-1] == "up", "both legs"
    )
    for phone in (anna, beat):
        assert EventKind.MEDIA_SECURED in [event.kind for event in phone.events]
    await asyncio.to_thread(beat.hold)
    await company.until(lambda: company.leg_states("beat")[-1] == "held", "the hold")
    await asyncio.to_thread(beat.resume)
    await company.until(lambda: company.leg_states("beat")[-1] == "up", "the end of the hold")
    (leg,) = company.legs("beat")
    await company.pbx.hang_up(leg.leg_id)
    await asyncio.to_thread(anna.wait_for, EventKind.CALL_CLOSED)
    await company.until(lambda: company.state("anna") is company.state("beat") is PhoneState.FREE, "the end")


async def test_who_must_encrypt_cannot_call_in_the_clear(company: Company, phones: Phones) -> None:
    await asyncio.to_thread(phones.plain, "carla", 330)
    anna = await asyncio.to_thread(phones.plain, "anna", 440)
    await asyncio.to_thread(anna.dial, "203")
    ended = await asyncio.to_thread(anna.wait_for, EventKind.CALL_CLOSED)

    assert reason_of_status(int(ended.text.split()[0])) is EndReason.NO_COMMON_CODEC


async def test_a_device_without_tls_of_a_user_who_must_is_never_rung(
    company: Company, phones: Phones
) -> None:
    carla = await asyncio.to_thread(phones.plain, "carla", 330)
    anna = await asyncio.to_thread(phones.plain, "anna", 440, MediaEncryption.SDES)
    await company.until(
        lambda: [d.reachable for d in company.registrations("anna")] == [False],
        "anna unreachable",
        20 * SECONDS,
    )
    assert company.state("anna") is PhoneState.OFFLINE

    await asyncio.to_thread(carla.dial, "201")
    ended = await asyncio.to_thread(carla.wait_for, EventKind.CALL_CLOSED)
    assert reason_of_status(int(ended.text.split()[0])) is EndReason.UNREACHABLE
    assert EventKind.CALL_INCOMING not in [event.kind for event in anna.events]


async def test_somebody_with_tls_and_somebody_without_hear_each_other(
    company: Company, phones: Phones
) -> None:
    anna = await asyncio.to_thread(phones.secure, "anna", 440)
    carla = await asyncio.to_thread(phones.plain, "carla", 880)
    await asyncio.to_thread(carla.dial, "201")
    await asyncio.to_thread(anna.wait_for, EventKind.CALL_INCOMING)
    await asyncio.to_thread(anna.answer)

    await asyncio.to_thread(wait_until, lambda: hears(anna, 880) and hears(carla, 440), "each other's tone")


async def test_the_echo_test_echoes(company: Company, phones: Phones) -> None:
    anna = await asyncio.to_thread(phones.secure, "anna", 440)
    await asyncio.to_thread(anna.dial, "801")
    await asyncio.to_thread(anna.wait_for, EventKind.CALL_ESTABLISHED)

    await asyncio.to_thread(wait_until, lambda: hears(anna, 440), "the own tone")
    assert [leg.remote.number for leg in company.legs("anna")] == ["801"]


def channels(company: Company) -> list[str]:
    """The beginnings of the names of all channels."""
    listed = company.asterisk.command("core show channels concise")
    return sorted(line.partition("!")[0][:10] for line in listed.splitlines() if "!" in line)


async def test_a_group_call_is_a_plain_call_once_it_is_taken(company: Company, phones: Phones) -> None:
    """The channels between, which let every member ring, remove themselves once sound flows."""
    anna = await asyncio.to_thread(phones.secure, "anna", 440)
    beat = await asyncio.to_thread(phones.secure, "beat", 660)
    carla = await asyncio.to_thread(phones.plain, "carla", 880)
    await asyncio.to_thread(anna.dial, "300")
    await asyncio.to_thread(beat.wait_for, EventKind.CALL_INCOMING)
    await asyncio.to_thread(carla.wait_for, EventKind.CALL_INCOMING)
    await asyncio.to_thread(carla.answer)
    await asyncio.to_thread(wait_until, lambda: hears(anna, 880) and hears(carla, 440), "each other's tone")

    await asyncio.to_thread(beat.wait_for, EventKind.CALL_CLOSED)
    await company.until(
        lambda: channels(company) == ["PJSIP/anna", "PJSIP/carl"], "nothing between the two", 20 * SECONDS
    )
    await company.until(lambda: company.state("beat") is PhoneState.FREE, "beat to be free")
    await company.until(
        lambda: (
            (company.legs("anna")[0].remote.number, company.legs("carla")[0].remote.number) == ("203", "201")
        ),
        "each to be told of the other",
    )
    ours, theirs = company.legs("anna")[0], company.legs("carla")[0]
    assert ours.call_id == theirs.call_id
    assert ours.state is theirs.state is LegState.UP
    await company.pbx.hang_up(ours.leg_id)
    await asyncio.to_thread(carla.wait_for, EventKind.CALL_CLOSED)
    await company.until(lambda: not company.legs("anna") and not company.legs("carla"), "the end")


@pytest.mark.parametrize("devices", [1, 2])
async def test_click_to_dial_ends_in_a_call_with_sound(
    company: Company, phones: Phones, devices: int
) -> None:
    carla = await asyncio.to_thread(phones.plain, "carla", 880, answers_itself=True)
    await asyncio.to_thread(phones.secure, "beat", 660)
    for _ in range(1, devices):
        await asyncio.to_thread(phones.plain, "carla", 330)
    await company.until(lambda: len(company.registrations("carla")) == devices, "carla's devices")
    await company.until(lambda: company.state("beat") is PhoneState.FREE, "beat's device")

    await company.pbx.originate("carla", "202", "click-1")
    beat = phones.running[1]
    incoming = await asyncio.to_thread(beat.wait_for, EventKind.CALL_INCOMING)
    assert incoming.peer_name == "Carla"
    await asyncio.to_thread(beat.answer)
    await asyncio.to_thread(wait_until, lambda: hears(carla, 660) and hears(beat, 880), "each other's tone")

    await company.until(lambda: len(company.legs("carla")) == 1, "one leg of carla")
    (leg,) = company.legs("carla")
    assert (leg.call_id, leg.direction, leg.remote.number) == ("click-1", CallDirection.OUTGOING, "202")
    assert [other.call_id for other in company.legs("beat")] == ["click-1"]
    await company.pbx.hang_up("click-1")
    await asyncio.to_thread(beat.wait_for, EventKind.CALL_CLOSED)
    await company.until(lambda: company.state("carla") is PhoneState.FREE, "the end")


async def until_application(company: Company, name: str, wanted: str) -> None:
    """Wait until the channel of a user has come to this application of the dial plan."""
    command = company.asterisk.command
    channel = re.compile(rf"PJSIP/{name}-.*{wanted}")
    await asyncio.to_thread(wait_until, lambda: channel.search(command("core show channels concise")), wanted)


async def test_a_conference_is_entered_with_number_and_pin_and_not_without(
    company: Company, phones: Phones
) -> None:
    anna = await asyncio.to_thread(phones.secure, "anna", 440)
    carla = await asyncio.to_thread(phones.plain, "carla", 880)
    await asyncio.to_thread(anna.dial, "901")
    await asyncio.to_thread(anna.wait_for, EventKind.CALL_ESTABLISHED)
    await asyncio.to_thread(carla.dial, "902")
    await asyncio.to_thread(carla.wait_for, EventKind.CALL_ESTABLISHED)
    for asked, keys in (("enter", "201#"), ("pin", "9999#"), ("wrong", "1234#")):
        await until_application(company, "carla", f"Read.*/{asked}")
        await asyncio.to_thread(carla.send_dtmf, keys)
    await until_application(company, "carla", "ConfBridge")

    await asyncio.to_thread(
        wait_until, lambda: hears(anna, 880) and hears(carla, 440), "each other", 40 * SECONDS
    )
