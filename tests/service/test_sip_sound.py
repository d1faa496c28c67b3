"""Sound with PJSIP: heard at loudspeakers and said into microphones of a private sound server; baresip is the other side.

The two phones call each other directly; the registrar has no part in it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.agent import AgentPhone, Event
from tests.helpers.baresip import Baresip, PhoneAccount, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.far_side import FarSide
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.tones import read_wav, sine, wav
from tests.helpers.waiting import SECONDS, wait_until

THEIR_TONE_HZ = 440
OUR_TONE_HZ = 660
RING_HZ = 900
FILE_HZ = 1_200
RINGBACK_HZ = 425


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    with SoundServer(tmp_path / "sound", speakers=("speaker", "headset", "bell")) as server:
        yield server


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with FarSide() as far_side:
        yield far_side


@pytest.fixture
def phone(sound_server: SoundServer, far_side: FarSide, tmp_path: Path) -> Iterator[AgentPhone]:
    # Two steady tones at once are what an echo canceller is made to silence.
    settings = {"null_sound": False, "echo_cancellation": False}
    with AgentPhone("sounds", tmp_path, sound_server.environment(), settings) as phone:
        phone.register(far_side.account())
        ready(phone)
        yield phone


@pytest.fixture
def baresip(tmp_path: Path) -> Iterator[Baresip]:
    with Baresip(PhoneAccount("beat"), tmp_path / "baresip", PhoneSound(THEIR_TONE_HZ)) as baresip:
        yield baresip


@pytest.fixture
def talking(phone: AgentPhone, baresip: Baresip) -> str:
    """A call that baresip has answered."""
    call_id = phone.dial(baresip.uri.removeprefix("sip:"))
    baresip.wait_for(EventKind.CALL_INCOMING)
    baresip.answer()
    phone.wait_for_state(call_id, "active")
    return call_id


def ready(phone: AgentPhone, since: int = 0) -> Event:
    return phone.wait_for("SoundDevicesChanged", lambda event: event["state"] == "ready", since=since)


def sound_file(folder: Path, frequency_hz: float, seconds: float) -> Path:
    file = folder / f"{frequency_hz:g}.wav"
    file.write_bytes(wav(sine(frequency_hz, seconds, 16_000), 16_000))
    return file


def test_devices_are_listed_by_their_names(phone: AgentPhone) -> None:
    devices = ready(phone)["devices"]
    speakers = {device["device_id"] for device in devices if device["outputs"]}
    microphones = {device["device_id"] for device in devices if device["inputs"]}
    assert speakers >= {"speaker", "headset", "bell"}
    assert microphones == {"microphone"}


def test_both_hear_each_other(
    phone: AgentPhone, sound_server: SoundServer, baresip: Baresip, talking: str
) -> None:
    with sound_server.say("microphone", OUR_TONE_HZ):
        sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
        wait_until(
            lambda: baresip.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8, "our tone at the other side"
        )
        phone.send("mute", call_id=talking, muted=True)
        wait_until(lambda: baresip.heard().last(0.5).is_silent, "silence at the other side")
        sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
        phone.send("mute", call_id=talking, muted=False)
        wait_until(lambda: baresip.heard().last(0.5).tone_share(OUR_TONE_HZ) > 0.8, "our tone again")
    assert phone.call(talking)["codec"] == "Opus"


def test_a_held_call_is_silent_and_comes_back(
    phone: AgentPhone, sound_server: SoundServer, baresip: Baresip, talking: str
) -> None:
    sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
    phone.send("hold", call_id=talking)
    phone.wait_for_state(talking, "held")
    sound_server.wait_for_silence(monitor_of("speaker"))
    assert baresip.media_direction() == "recvonly"
    phone.send("resume", call_id=talking)
    phone.wait_for_state(talking, "active")
    sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)


def test_keys_go_both_ways_as_events(phone: AgentPhone, baresip: Baresip, talking: str) -> None:
    phone.send("send_dtmf", call_id=talking, digits="159#")
    wait_until(lambda: baresip.received_dtmf() == "159#", "four keys at the other side")
    baresip.send_dtmf("42")
    phone.wait_for("DtmfReceived", lambda event: event["digit"] == "2")
    pressed = [event["digit"] for event in phone.events if event["event"] == "DtmfReceived"]
    assert pressed == ["4", "2"]


def test_quality_and_levels_are_told_while_somebody_looks(
    phone: AgentPhone, sound_server: SoundServer, talking: str
) -> None:
    assert not [e for e in phone.events if e["event"] in ("CallQualityMeasured", "LevelsMeasured")]
    with sound_server.say("microphone", OUR_TONE_HZ):
        phone.send("set_measuring", levels=True, quality=True)
        quality = phone.wait_for(
            "CallQualityMeasured", lambda event: event["quality"]["bytes_received"] > 1_000
        )["quality"]
        assert quality["loss_percent"] < 5
        phone.wait_for("LevelsMeasured", lambda event: event["microphone"] > 0.3 and event["speaker"] > 0.3)
    phone.send("set_measuring", levels=False, quality=False)


def test_the_level_meter_works_without_a_call(phone: AgentPhone, sound_server: SoundServer) -> None:
    with sound_server.say("microphone", OUR_TONE_HZ):
        phone.send("set_measuring", levels=True, quality=False)
        phone.wait_for("LevelsMeasured", lambda event: event["microphone"] > 0.3)
    phone.wait_for("LevelsMeasured", lambda event: event["microphone"] < 0.1, since=len(phone.events))
    phone.send("set_measuring", levels=False, quality=False)


def test_the_caller_hears_that_it_rings(
    phone: AgentPhone, far_side: FarSide, sound_server: SoundServer
) -> None:
    call_id = phone.dial("207")
    call = far_side.wait_for_call()
    call.ring()
    sound_server.wait_for_tone(monitor_of("speaker"), RINGBACK_HZ)
    call.reply(486)
    phone.wait_for_end(call_id)
    sound_server.wait_for_silence(monitor_of("speaker"))


def test_it_rings_on_a_device_of_its_own(
    phone: AgentPhone, sound_server: SoundServer, tmp_path: Path
) -> None:
    phone.send("select_sound", speaker="headset", ring="bell")
    phone.send("start_ringing", path=str(sound_file(tmp_path, RING_HZ, 1.0)))
    sound_server.wait_for_tone(monitor_of("bell"), RING_HZ)
    sound_server.wait_for_silence(monitor_of("headset"))
    phone.send("stop_ringing")
    sound_server.wait_for_silence(monitor_of("bell"))


def test_without_such_a_device_it_rings_where_one_talks(
    phone: AgentPhone, sound_server: SoundServer, tmp_path: Path
) -> None:
    phone.send("start_ringing", path=str(sound_file(tmp_path, RING_HZ, 1.0)))
    sound_server.wait_for_tone(monitor_of("speaker"), RING_HZ)
    phone.send("stop_ringing")
    sound_server.wait_for_silence(monitor_of("speaker"))


def test_a_ringtone_that_is_not_there_is_told(phone: AgentPhone, tmp_path: Path) -> None:
    phone.send("start_ringing", path=str(tmp_path / "none.wav"))
    assert phone.wait_for("CommandFailed")["command"] == "start_ringing"


def test_a_test_tone_is_heard_and_the_device_is_closed_afterwards(
    phone: AgentPhone, sound_server: SoundServer
) -> None:
    phone.send("play_test_tone")
    sound_server.wait_for_tone(monitor_of("speaker"), 659)
    sound_server.wait_for_silence(monitor_of("speaker"))
    wait_until(lambda: sound_server.players() == 0, "the device to be closed", 20 * SECONDS)
    assert sound_server.recorders() == 0


def test_devices_are_followed_as_they_come_and_go(
    phone: AgentPhone, sound_server: SoundServer, talking: str
) -> None:
    phone.send("select_sound", speaker="headset", secondary_speaker="bell")
    sound_server.wait_for_tone(monitor_of("headset"), THEIR_TONE_HZ)
    sound_server.remove("headset")
    sound_server.wait_for_tone(monitor_of("bell"), THEIR_TONE_HZ)
    sound_server.add_speaker("headset")
    sound_server.wait_for_tone(monitor_of("headset"), THEIR_TONE_HZ)
    assert phone.call(talking)["state"] == "active"


def test_a_call_survives_the_death_of_the_sound_server(
    phone: AgentPhone, sound_server: SoundServer, baresip: Baresip, talking: str
) -> None:
    sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
    since = len(phone.events)
    sound_server.kill()
    phone.wait_for("SoundDevicesChanged", lambda event: event["state"] == "no_device", since=since)
    heard = baresip.heard().seconds
    wait_until(lambda: baresip.heard().seconds > heard + 1, "our silence to go on being sent")
    sound_server.start()
    ready(phone, since)
    sound_server.wait_for_tone(monitor_of("speaker"), THEIR_TONE_HZ)
    assert phone.states(talking) == ["dialing", "ringing", "active"]


def test_a_sound_server_that_hangs_does_not_freeze_the_phone(
    phone: AgentPhone, sound_server: SoundServer, far_side: FarSide
) -> None:
    sound_server.send_signal(signal.SIGSTOP)
    try:
        phone.send("refresh_sound_devices")
        phone.wait_for("SoundDevicesChanged", lambda event: event["state"] == "failed")
        call_id = phone.dial("207")
        call = far_side.wait_for_call()
        call.answer()
        phone.wait_for_state(call_id, "active", 2 * SECONDS)
        phone.send("hang_up", call_id=call_id)
        call.wait_for_request("BYE")
    finally:
        sound_server.send_signal(signal.SIGCONT)
    ready(phone, len(phone.events))


def test_without_any_sound_one_can_still_call(far_side: FarSide, tmp_path: Path) -> None:
    environment = {"PULSE_SERVER": f"unix:{tmp_path}/nobody", "ALSA_CONFIG_PATH": "/dev/null"}
    with AgentPhone("deaf", tmp_path, environment, {"null_sound": False}) as phone:
        told = phone.wait_for("SoundDevicesChanged")
        assert (told["state"], told["devices"]) == ("no_device", [])
        phone.register(far_side.account())
        call_id = phone.dial("207")
        call = far_side.wait_for_call()
        call.answer()
        phone.wait_for_state(call_id, "active")
        phone.send("set_measuring", levels=True, quality=False)
        phone.wait_for("LevelsMeasured")  # the mixer's clock runs
        call.hang_up()
        assert phone.wait_for_end(call_id)["reason"] == "hung_up_there"


def test_a_phone_without_devices_speaks_and_records_files(
    far_side: FarSide, baresip: Baresip, tmp_path: Path
) -> None:
    recording = tmp_path / "recorded.wav"
    with AgentPhone("speaks", tmp_path) as phone:
        phone.register(far_side.account())
        call_id = phone.dial(baresip.uri.removeprefix("sip:"))
        baresip.wait_for(EventKind.CALL_INCOMING)
        baresip.answer()
        phone.wait_for_state(call_id, "active")
        phone.send("record_file", call_id=call_id, path=str(recording))
        phone.send("play_file", call_id=call_id, path=str(sound_file(tmp_path, FILE_HZ, 1.5)))
        wait_until(lambda: baresip.heard().last(0.5).tone_share(FILE_HZ) > 0.8, "the file at the other side")
        wait_until(lambda: baresip.heard().last(0.5).is_silent, "its end")
        phone.send("hang_up", call_id=call_id)
        phone.wait_for_end(call_id)
    assert read_wav(recording.read_bytes()).last(0.5).tone_share(THEIR_TONE_HZ) > 0.8
