"""Who is called into a conference at a real Asterisk hears by whom: a name that espeak-ng spoke, or else a number."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.baresip import Baresip, PhoneAccount, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.conference_house import HOUSE, ConferenceHouse
from tests.service.pbx_company import PASSWORD
from wwphone.server.asterisk.configuration.rooms import PROMPTS_FOLDER
from wwphone.server.conference_api import PbxInvitation

pytestmark = pytest.mark.end_to_end

ALIKE = 0.6
"""Of a correlation: G.711 alone leaves more than 0.99, a lost packet in the piece takes a tenth."""


@pytest.fixture
async def house(asterisk: ThrowawayPbx) -> AsyncIterator[ConferenceHouse]:
    house = ConferenceHouse(asterisk.asterisk)
    yield house
    await house.close()


@pytest.fixture
def beat(asterisk: ThrowawayPbx, house: ConferenceHouse, tmp_path: Path) -> Iterator[Baresip]:
    account = PhoneAccount(
        "beat", PASSWORD, f"{LOOPBACK}:{asterisk.asterisk.ports.sip}", codecs=("PCMU/8000/1",)
    )
    with Baresip(account, tmp_path / "beat", PhoneSound(440)) as phone:
        yield phone


def name_files(house: ConferenceHouse) -> list[Path]:
    return sorted((house.asterisk.configuration_dir / PROMPTS_FOLDER).glob("*/name-*.ulaw"))


def played(house: ConferenceHouse) -> list[str]:
    """Which sounds the channels that call Beat in have played so far, by the last part of their names."""
    text = (house.asterisk.logs / "full.log").read_text("utf-8", errors="replace")
    found = re.findall(r"<Local/202@[^>]*> Playing '([^']+)'", text)
    return [Path(sound).name.partition(".")[0] for sound in found]


async def called_in(house: ConferenceHouse, beat: Baresip, name: str) -> list[str]:
    """Anna calls Beat in and he answers; what was played to him until he was inside."""
    before = len(played(house))
    await house.pbx.conference.invite(PbxInvitation(name, "201", "202", "anna", "Anna"))
    await asyncio.to_thread(beat.wait_for, EventKind.CALL_INCOMING)
    beat.answer()
    await house.until(lambda: house.who("beat"), "beat in the room", 30 * SECONDS)
    return played(house)[before:]


def likeness(heard: np.ndarray, sound: bytes) -> float:
    """The largest correlation of the sound's middle with any piece of what was heard."""
    code = ~np.frombuffer(sound, np.uint8)
    magnitude = (((code & 0x0F).astype(int) << 3) + 0x84 << ((code & 0x70) >> 4).astype(int)) - 0x84
    samples = np.where(code & 0x80, -magnitude, magnitude).astype(float)
    piece = samples[len(samples) // 2 - 1_200 : len(samples) // 2 + 1_200]
    if heard.size < piece.size:
        return 0.0
    products = np.correlate(heard, piece, "valid")
    energy = np.convolve(heard**2, np.ones(piece.size), "valid") * float(piece @ piece)
    return float(np.max(np.abs(products) / np.sqrt(np.maximum(energy, 1.0))))


async def test_the_name_of_who_invites_is_heard_before_one_is_inside(
    house: ConferenceHouse, beat: Baresip
) -> None:
    assert shutil.which("espeak-ng"), "it is in packaging/server/system-packages.txt"
    await house.open()
    await house.until(lambda: len(name_files(house)) == len(HOUSE.users), "every name spoken", 30 * SECONDS)
    beat.register()
    heard_names = await called_in(house, beat, "i-1")
    assert heard_names[0] == "invited-by"
    file = next(each for each in name_files(house) if each.stem == heard_names[1])
    assert not {"invited", "2", "0", "1"} & set(heard_names)
    others = [each for each in name_files(house) if each != file]

    def is_heard() -> bool:
        samples = np.asarray(beat.heard().samples, float)
        return likeness(samples, file.read_bytes()) > ALIKE

    await wait_until_async(is_heard, "the name in what Beat's phone heard", 20 * SECONDS)
    samples = np.asarray(beat.heard().samples, float)
    assert max(likeness(samples, each.read_bytes()) for each in others) < ALIKE


async def test_a_name_whose_sound_has_gone_is_said_by_number(house: ConferenceHouse, beat: Baresip) -> None:
    await house.open()
    await house.until(lambda: len(name_files(house)) == len(HOUSE.users), "every name spoken", 30 * SECONDS)
    await house.pbx.conference.end("201")
    for file in name_files(house):
        file.unlink()
    beat.register()
    assert (await called_in(house, beat, "i-2"))[1:5] == ["invited", "2", "0", "1"]


async def test_without_espeak_the_number_is_heard(house: ConferenceHouse, beat: Baresip) -> None:
    house.use(speech_program="no-espeak-ng-here")
    for file in name_files(house):
        file.unlink()
    await house.open()
    beat.register()
    assert (await called_in(house, beat, "i-3"))[:4] == ["invited", "2", "0", "1"]
