"""Asterisk is killed in the middle of a call and comes back: everything finds together again without anybody's help."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.agent import AgentPhone
from tests.helpers.baresip import PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.observer import LoopThread, Observer, observer_in
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.calls import EndReason, PhoneState
from wwphone.gui.words import SENTENCES
from wwphone.protocol.calls import PbxStateChanged
from wwphone.services.calls import CannotDial
from wwphone.sip.api import RegistrationState
from wwphone.sip.pjsua.call import LINE_LOST_S

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ, THEIR_TONE_HZ = 440, 660
BEAT, EVA, CARLA = "Beat Keller", "Eva Schönenberger", "Carla Brändli"
RIGHT_AGAIN_WITHIN_S = 2 * SECONDS
"""From Asterisk's return to the CTI server that knows its state (shared requirement)."""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[RealCompany]:
    """A company of this test's own, because it is killed in it."""
    with RealCompany(tmp_path / "company") as running:
        yield running


def phones_as_asterisk_sees_them(company: RealCompany, *users: str) -> dict[str, PhoneState]:
    """Who can be reached, by Asterisk's own word, while nobody talks."""
    return {user: PhoneState.FREE if company.contacts(user) else PhoneState.OFFLINE for user in users}


def cti_server_knows_again(company: RealCompany, observer: Observer, back_s: float) -> tuple[float, float]:
    """Wait until it says of everybody what Asterisk itself says; return when it did, and when it was connected."""
    users = ("anna", "beat", "carla", "eva")
    wait_until(
        lambda: (
            {user: observer.phones()[user] for user in users} == phones_as_asterisk_sees_them(company, *users)
        ),
        "the CTI server to know everybody's phone",
        RIGHT_AGAIN_WITHIN_S,
    )
    knows_s = time.monotonic()
    connected = PbxStateChanged(connected=True)
    connected_s = [at for at, event in observer.heard(PbxStateChanged) if event == connected][-1]
    assert connected_s - back_s <= RIGHT_AGAIN_WITHIN_S
    return knows_s, connected_s


def and_the_next_call_works(company: RealCompany, sound: SoundServer, anna: Client) -> None:
    """Call somebody, hear and be heard."""
    with company.phone("carla", PhoneSound(THEIR_TONE_HZ), answers_itself=True) as carla:
        carla.register()
        anna.dial("201")
        anna.wait_until_talking(CARLA)
        sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)
        wait_until(lambda: carla.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8, "our tone at Carla's")
        anna.press("Hang up", within=CARLA)
        carla.wait_for(EventKind.CALL_CLOSED)


@pytest.mark.alone
def test_asterisk_dies_in_a_call_and_everybody_finds_back(
    company: RealCompany, sound: SoundServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = sound.environment(OUR_SPEAKER, OUR_MICROPHONE)
    with (
        LoopThread() as loop,
        observer_in(company, "verena", loop) as observer,
        Client(seat_in(company, "anna", environment=ours), tmp_path / "anna") as anna,
        AgentPhone("eva", tmp_path) as eva,
        company.phone("beat", PhoneSound(THEIR_TONE_HZ)) as beat,
        sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600),
    ):
        beat.register()
        eva.register(company.sip_account("eva"))
        anna.wait_until_reachable()
        anna.dial(BEAT)
        beat.wait_for(EventKind.CALL_INCOMING)
        beat.answer()
        anna.wait_until_talking(BEAT)
        sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)

        company.asterisk.kill()

        anna.wait_for_banner(SENTENCES[RegistrationState.UNREACHABLE])
        anna.wait_for_banner("The CTI server does not reach the PBX")
        anna.dial("201")
        anna.wait_for(
            lambda: SENTENCES[CannotDial.NOT_REGISTERED] in anna.text_of("dial_hint"),
            "why nothing is dialled",
        )
        painted_before = len(anna.painted())

        company.asterisk.start()
        back_s = time.monotonic()

        knows_s, connected_s = cti_server_knows_again(company, observer, back_s)

        # The phones by themselves.
        anna.wait_until_reachable()
        wait_until(lambda: observer.phones()["eva"] is PhoneState.FREE, "Eva's phone", 20 * SECONDS)
        anna.wait_for(lambda: not anna.banners(), "the end of all banners")
        registered_s = next(
            note.at_s
            for note in anna.painted(painted_before)
            if note.name == "own_line" and note.says.isdigit()
        )
        with capsys.disabled():
            print(
                f"\nafter Asterisk's return: CTI server connected {1000 * (connected_s - back_s):.0f} ms,"
                f" everybody's state right {1000 * (knows_s - back_s):.0f} ms,"
                f" client registered {1000 * (registered_s - back_s):.0f} ms"
            )

        # The call that ran is over, and is so everywhere.
        anna.wait_for_heading(BEAT, SENTENCES[EndReason.LINE_LOST], timeout_s=LINE_LOST_S + 10 * SECONDS)
        assert company.channels() == []

        and_the_next_call_works(company, sound, anna)
