"""A call is recorded from the window through Asterisk, found, heard on both channels, deleted and taken back.

440 Hz is what Anna says into her microphone, 660 Hz what Beat's phone says.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.baresip import PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.tones import RATE_HZ, Recording
from tests.helpers.waiting import SECONDS, wait_until

pytestmark = pytest.mark.end_to_end

MINE_HZ, THEIRS_HZ = 440, 660
BEAT = "Beat Keller"
_NEAR_HZ = 20
_HEARD_S = 0.5


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """Anna may record, and her calls are recorded by rule."""
    plan = CompanyPlan(recorded=frozenset({"anna"}))
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def anna(
    company: RealCompany, sound: SoundServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """Anna at her window, with a microphone and a speaker."""
    seat = seat_in(company, "anna", environment=sound.environment(OUR_SPEAKER, OUR_MICROPHONE))
    with Client(seat, tmp_path_factory.mktemp("anna")) as client:
        yield client.wait_until_reachable()


def both_channels(sound: SoundServer) -> tuple[Recording, Recording]:
    """The next half second of Anna's speaker, left and right."""
    size = round(_HEARD_S * RATE_HZ) * 4
    form = ["--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=2", "--latency-msec=20"]
    command = ["parec", f"--device={monitor_of(OUR_SPEAKER)}", *form]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, **sound.environment()}
    ) as process:
        assert process.stdout is not None
        data = process.stdout.read(size)
        process.terminate()
    samples = np.frombuffer(data, "<i2").reshape(-1, 2).astype(np.float64) / 32768
    return Recording(samples[:, 0], RATE_HZ), Recording(samples[:, 1], RATE_HZ)


def plays_both(client: Client, sound: SoundServer) -> bool:
    """Whether Anna is heard on the left and Beat on the right; what has been played to its end is played again."""
    if "Pause (Space)" not in client.window().texts():
        press(client, "Play (Space)" if can(client, "Play (Space)") else "Play (Enter)")
    left, right = both_channels(sound)
    return all(
        not heard.is_silent and abs(heard.dominant_frequency - tone_hz) < _NEAR_HZ
        for heard, tone_hz in ((left, MINE_HZ), (right, THEIRS_HZ))
    )


def can(client: Client, says: str) -> bool:
    """Whether a button is there and can be pressed: while the server is asked, it cannot."""
    return any(
        part.enabled
        for part in client.window().walk()
        if part.says == says or part.says.startswith(f"{says} (")
    )


def press(client: Client, says: str) -> None:
    """Press a button as soon as it can be."""
    client.wait_for(lambda: can(client, says), f"{says} to be possible", 20 * SECONDS)
    client.press(says)


def recorded_s(client: Client) -> int:
    """How long the card says that it has been recorded by hand."""
    found = re.match(r"Recording · (\d+):(\d+)", sign(client))
    return 60 * int(found[1]) + int(found[2]) if found else 0


def listed(client: Client) -> list[str]:
    """What the panel lists, newest first."""
    found = client.window().find("recordings")
    return list(found.rows) if found else []


def sign(client: Client) -> str:
    """What the card says of the recording."""
    return next((text for text in client.window().texts() if text.startswith("Record") and "·" in text), "")


def test_a_call_is_recorded_paused_stopped_found_heard_deleted_and_taken_back(
    company: RealCompany, sound: SoundServer, anna: Client
) -> None:
    speaks = sound.say(OUR_MICROPHONE, MINE_HZ)
    try:
        with company.phone("beat", PhoneSound(tone_hz=THEIRS_HZ)) as beat:
            beat.register()
            anna.dial("Keller")
            beat.wait_for(EventKind.CALL_INCOMING)
            beat.answer()
            anna.wait_until_talking(BEAT)
            anna.wait_for(lambda: sign(anna).startswith("Recorded automatically"), "the sign on the card")
            press(anna, "Stop recording")
            anna.wait_for(lambda: not sign(anna), "the end of the automatic recording")
            press(anna, "Record the call")
            anna.wait_for(lambda: recorded_s(anna) >= 3, "three seconds", 20 * SECONDS)
            anna.wait_for(lambda: can(anna, "Pause the recording"), "a pause to be possible")
            anna.press_key("Ctrl+Shift+R")
            anna.wait_for(lambda: sign(anna).startswith("Recording paused"), "the pause")
            anna.wait_for(lambda: can(anna, "Go on recording"), "going on to be possible")
            anna.press_key("Ctrl+Shift+R")
            anna.wait_for(lambda: sign(anna).startswith("Recording · "), "it to go on")
            press(anna, "Stop recording")
            anna.wait_for(lambda: not sign(anna), "the end")
            anna.press("Hang up", within=BEAT)
    finally:
        speaks.stop()
    anna.press("recordings_button")
    anna.wait_for(lambda: len(listed(anna)) == 2, "both recordings", 20 * SECONDS)
    anna.wait_for(
        lambda: (rows := listed(anna)) and "is being put away" not in rows[0],
        "it to be put away",
        20 * SECONDS,
    )
    sound.wait_for_silence(monitor_of(OUR_SPEAKER))
    anna.select("recordings", BEAT)
    wait_until(lambda: plays_both(anna, sound), "Anna on the left and Beat on the right", 20 * SECONDS)
    press(anna, "Delete")
    anna.wait_for(lambda: len(listed(anna)) == 1, "one less")
    press(anna, "Undo")
    anna.wait_for(lambda: len(listed(anna)) == 2, "both again")
