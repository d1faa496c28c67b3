"""Recording at a real Asterisk with real phones: what is in the sound, and how little a kill takes with it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.baresip import Baresip, PhoneAccount, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.tones import Recording, from_pcm16
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import PASSWORD, Company, bridged
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recording_settings import RAW_RATE, RAW_SUFFIXES

pytestmark = pytest.mark.end_to_end

ANNA_HZ, BEAT_HZ = 440, 660
BEEP_HZ = 700
"""Of the sound `beep` that comes with Asterisk, 0.43 s long."""
EVERY_S = 2
_BEEP_SHARE = 0.03
"""Of a fifth of a second that has one in it; as it begins and ends softly, some have 0.07 only. Without one there is less than 0.001."""
CODECS = {"alaw": "PCMA/8000/1", "g722": "G722/16000/1", "opus": "opus/48000/2"}
TONE_RATES = {"alaw": 8_000, "g722": 16_000, "opus": RAW_RATE}
ID = "a-recording"
_EXACT_S = 0.1 * SECONDS
"""5 to 10 ms on a quiet machine; phones that get no processor send their sound in bursts, for which Asterisk makes room."""


@dataclass
class Talk:
    """Anna has called Beat, who is recorded."""

    company: Company
    anna: Baresip
    beat: Baresip
    folder: Path
    rate: int = RAW_RATE

    @property
    def leg(self) -> str:
        """Beat's leg."""
        return self.company.legs("beat")[0].leg_id

    @property
    def files(self) -> RecordingFiles:
        """Where it is written."""
        return RecordingFiles(
            *(self.folder / f"{side}{RAW_SUFFIXES[self.rate]}" for side in ("mine", "others"))
        )

    async def record(self, tone_every_s: int = 0) -> None:
        """Begin."""
        self.rate = await self.company.pbx.recording.recording_rate(self.leg, tone_every_s)
        await self.company.pbx.recording.start_recording(self.leg, ID, self.files, tone_every_s)

    async def written(self, seconds: float) -> None:
        """Wait until so much more lies in both files."""
        sizes = [
            file.stat().st_size + seconds * 2 * self.rate for file in (self.files.mine, self.files.others)
        ]
        await wait_until_async(
            lambda: all(
                file.stat().st_size > size
                for file, size in zip((self.files.mine, self.files.others), sizes, strict=True)
            ),
            f"{seconds} s more of sound",
            (10 + seconds) * SECONDS,
        )

    @property
    def sound(self) -> tuple[Recording, Recording]:
        """What Beat said and what Beat heard, as it lies there."""
        mine, others = (
            Recording(from_pcm16(file.read_bytes()), self.rate)
            for file in (self.files.mine, self.files.others)
        )
        return mine, others


def part(recording: Recording, since_s: float, until_s: float) -> Recording:
    return recording.first(until_s).last(until_s - since_s)


@pytest.fixture
def phones(
    asterisk: ThrowawayPbx, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[dict[str, Baresip]]:
    """Phones of Anna and Beat, with the codec that the test names."""
    codecs = (request.param,) if hasattr(request, "param") else ()
    with contextlib.ExitStack() as running:
        made = {}
        for user, tone_hz in (("anna", ANNA_HZ), ("beat", BEAT_HZ)):
            registrar = f"{LOOPBACK}:{asterisk.asterisk.ports.sip}"
            account = PhoneAccount(user, PASSWORD, registrar, codecs=codecs)
            made[user] = running.enter_context(Baresip(account, tmp_path / user, PhoneSound(tone_hz)))
            made[user].register()
        yield made


@pytest.fixture
async def talk(company: Company, phones: dict[str, Baresip], tmp_path: Path) -> Talk:
    anna, beat = phones["anna"], phones["beat"]
    anna.dial("202")
    await asyncio.to_thread(beat.wait_for, EventKind.CALL_INCOMING)
    beat.answer()
    await company.until(lambda: bridged(company) == 2, "both in one bridge")
    await wait_until_async(lambda: anna.heard().seconds > 0.5 and beat.heard().seconds > 0.5, "sound")
    return Talk(company, anna, beat, tmp_path)


@pytest.mark.alone
async def test_each_side_is_in_its_own_file_and_a_pause_is_silent(talk: Talk) -> None:
    recording = talk.company.pbx.recording
    with pytest.raises(KeyError):
        await recording.start_recording("no-such-leg", ID, talk.files, 0)
    assert await recording.recording_at(talk.leg) is None
    began_s = time.monotonic()
    await talk.record()
    assert await recording.recording_at(talk.leg) == ID
    marks_s = []
    for paused in (True, False):
        await talk.written(1.0)
        await recording.pause_recording(talk.leg, ID, paused)
        marks_s.append(time.monotonic() - began_s)
    await talk.written(1.0)
    with pytest.raises(KeyError):
        await recording.stop_recording(talk.leg, "another")
    await recording.stop_recording(talk.leg, ID)
    took_s = time.monotonic() - began_s

    assert await recording.recording_at(talk.leg) == ""
    for heard, tone_hz in zip(talk.sound, (BEAT_HZ, ANNA_HZ), strict=True):
        assert heard.seconds == pytest.approx(took_s, abs=_EXACT_S)
        since_s, until_s = silences(heard)
        assert (since_s, until_s) == pytest.approx(tuple(marks_s), abs=_EXACT_S)
        assert part(heard, since_s, until_s).is_silent
        for one in (part(heard, 0.2, since_s - 0.1), part(heard, until_s + 0.1, heard.seconds - 0.1)):
            assert one.tone_share(tone_hz) > 0.9, str(one)


def silences(heard: Recording) -> tuple[float, float]:
    """From when to when it is silent longest, in steps of 5 ms."""
    step_s = 0.005
    longest, begun = (0, 0), 0
    for at in range(round(heard.seconds / step_s)):
        if part(heard, at * step_s, (at + 1) * step_s).level_dbfs >= -60:
            begun = at + 1
        elif at + 1 - begun > longest[1] - longest[0]:
            longest = begun, at + 1
    return longest[0] * step_s, longest[1] * step_s


@pytest.mark.alone
@pytest.mark.parametrize(
    ("phones", "rate"), [(CODECS[one], TONE_RATES[one]) for one in CODECS], ids=CODECS, indirect=["phones"]
)
async def test_the_tone_is_heard_by_both_and_leaves_their_voices_alone(
    talk: Talk, phones: dict[str, Baresip], rate: int
) -> None:
    """Both said something before, so both hear when it begins; it is a beep and then the voice again."""
    assert await talk.company.pbx.recording.recording_rate(talk.leg, 0) == RAW_RATE
    ears = [(phones["anna"], BEAT_HZ), (phones["beat"], ANNA_HZ)]
    assert [beeps(phone.heard()) for phone, _ in ears] == [[], []]
    await talk.record(tone_every_s=EVERY_S)
    assert talk.rate == rate, "more than the call has would take the tone from one side"

    await wait_until_async(
        lambda: all(len(beeps(phone.heard())) > 2 for phone, _ in ears), "three beeps", 30 * SECONDS
    )
    for phone, voice_hz in ears:
        heard = phone.heard()
        first_s, second_s, third_s = beeps(heard)[:3]
        assert second_s - first_s == pytest.approx(EVERY_S, abs=0.3 * SECONDS)
        assert third_s - second_s == pytest.approx(EVERY_S, abs=0.3 * SECONDS)
        between = part(heard, second_s + 0.8, third_s - 0.2)
        assert between.tone_share(voice_hz) > 0.9, str(between)
    for side, voice_hz in zip(talk.sound, (BEAT_HZ, ANNA_HZ), strict=True):
        assert beeps(side) == [], "what is recorded is what was said"
        assert side.last(2).tone_share(voice_hz) > 0.9


def beeps(heard: Recording) -> list[float]:
    """When each beep begins."""
    step_s = 0.1
    steps = [part(heard, at * step_s, (at + 2) * step_s) for at in range(int(heard.seconds / step_s) - 1)]
    is_beep = [one.tone_share(BEEP_HZ) > _BEEP_SHARE for one in steps]
    return [
        at * step_s
        for at, now in enumerate(is_beep)
        if now and any(is_beep[at + 1 : at + 2]) and not any(is_beep[max(at - 5, 0) : at])
    ]


async def test_it_goes_on_when_the_channel_is_sent_elsewhere(talk: Talk) -> None:
    """Its owner's leg is the called one, which Asterisk moves to another channel when it redirects it."""
    await talk.record()
    await talk.written(1.0)
    leg = talk.leg
    talk.company.asterisk.command(f"channel redirect {channel_of(talk, leg)} wwphone-phones,801,1")
    await talk.written(2.0)
    assert await talk.company.pbx.recording.recording_at(leg) == ID
    await talk.company.pbx.recording.stop_recording(leg, ID)
    assert talk.sound[0].last(0.5).tone_share(BEAT_HZ) > 0.9


async def test_who_is_in_the_same_conference_is_known(company: Company, phones: dict[str, Baresip]) -> None:
    for phone in phones.values():
        phone.dial("850")
        await asyncio.to_thread(phone.wait_for, EventKind.CALL_ESTABLISHED)
    carla = await company.phone("carla")
    third = await carla.dial("850")
    await third.final_status()
    await company.until(
        lambda: all(len(company.legs(one)) == 1 for one in ("anna", "beat", "carla")), "three legs"
    )
    legs = {name: company.legs(name)[0].leg_id for name in ("anna", "beat", "carla")}
    others = {legs["anna"], legs["carla"]}
    await company.until(lambda: phones_bridged(company) == 3, "three in one room")
    assert await company.pbx.recording.with_leg(legs["beat"]) >= others


def phones_bridged(company: Company) -> int:
    """How many phones are in a bridge: whoever joins a conference gets there after everybody has heard so."""
    lines = company.asterisk.command("core show channels concise").splitlines()
    return sum(bool(line.split("!")[12]) for line in lines if line.startswith("PJSIP/"))


def channel_of(talk: Talk, leg_id: str) -> str:
    lines = talk.company.asterisk.command("core show channels concise").splitlines()
    return next(line.split("!")[0] for line in lines if line.endswith(leg_id))


async def test_a_killed_asterisk_takes_less_than_a_second_with_it(talk: Talk) -> None:
    began_s = time.monotonic()
    await talk.record()
    await talk.written(2.0)
    asterisk = talk.company.asterisk
    took_s = time.monotonic() - began_s
    asterisk.kill()
    lost_s = [took_s - one.seconds for one in talk.sound]
    assert max(lost_s) < 1.0
    asterisk.start(30 * SECONDS)
    await talk.company.connected()
