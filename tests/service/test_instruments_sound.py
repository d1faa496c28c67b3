from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.sound import MICROPHONE, SPEAKER, SoundServer, feed_of, monitor_of
from tests.helpers.tones import RATE_HZ
from tests.helpers.waiting import SECONDS, wait_until

_NO_SOUND_DBFS = -190.0


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[SoundServer]:
    with SoundServer(tmp_path / "sound") as server:
        yield server


def test_a_tone_into_a_speaker_is_heard_at_its_frequency_and_level(sound: SoundServer) -> None:
    with sound.play_tone(SPEAKER, 440):
        heard = sound.wait_for_whole_tone(monitor_of(SPEAKER), 440)

    assert heard.dominant_frequency == pytest.approx(440, abs=0.5)
    assert heard.level_dbfs == pytest.approx(-12, abs=0.5)
    assert heard.tone_share(440) > 0.99


def test_a_tone_before_a_microphone_reaches_the_microphone_alone(sound: SoundServer) -> None:
    with sound.say(MICROPHONE, 1_000):
        heard = sound.wait_for_whole_tone(MICROPHONE, 1_000)
        beside = sound.record(monitor_of(SPEAKER), 0.3)

    assert heard.dominant_frequency == pytest.approx(1_000, abs=0.5)
    assert beside.level_dbfs < _NO_SOUND_DBFS


def test_a_recording_has_the_asked_length(sound: SoundServer) -> None:
    heard = sound.record(MICROPHONE, 0.25)

    assert len(heard.samples) == RATE_HZ // 4
    assert heard.is_silent


def test_the_end_of_a_tone_is_heard(sound: SoundServer) -> None:
    tone = sound.play_tone(SPEAKER, 440, seconds=0.8)
    sound.wait_for_tone(monitor_of(SPEAKER), 440)

    assert tone.wait_for_end() == 0
    sound.wait_for_silence(monitor_of(SPEAKER))


def test_a_tone_that_never_comes_is_told_with_what_was_heard_instead(sound: SoundServer) -> None:
    with (
        sound.play_tone(SPEAKER, 600),
        pytest.raises(AssertionError, match=r"(?s)440 Hz from speaker\.monitor.*mostly 600\.0 Hz"),
    ):
        sound.wait_for_tone(monitor_of(SPEAKER), 440, timeout_s=1.5 * SECONDS)


def test_sound_that_does_not_end_is_told(sound: SoundServer) -> None:
    with sound.play_tone(SPEAKER, 600), pytest.raises(AssertionError, match=r"silence from speaker\.monitor"):
        sound.wait_for_silence(monitor_of(SPEAKER), timeout_s=1 * SECONDS)


def test_a_listener_keeps_everything_from_its_start(sound: SoundServer) -> None:
    with sound.listen(monitor_of(SPEAKER)) as listener:
        listener.wait_for(lambda heard: heard.seconds >= 0.3, "a silent beginning")
        with sound.play_tone(SPEAKER, 440):
            listener.wait_for(lambda heard: heard.last(0.3).tone_share(440) > 0.9, "the tone")
        everything = listener.stop()

    assert everything.first(0.2).is_silent
    assert everything.last(0.1).seconds == pytest.approx(0.1)


def test_a_program_finds_its_devices_in_its_environment(tmp_path: Path) -> None:
    names = ["desk", "headset"]
    with (
        SoundServer(tmp_path, speakers=names, microphones=["webcam", "boom"]) as sound,
        subprocess.Popen(
            ["pacat", "--playback", "/dev/zero"], env={**os.environ, **sound.environment("headset", "boom")}
        ) as program,
    ):
        streams = wait_until(lambda: _columns(sound, "sink-inputs"), "the program's stream")
        sinks = {row[0]: row[1] for row in _columns(sound, "sinks")}
        program.terminate()

    assert [sinks[row[1]] for row in streams] == ["headset"]


def test_the_first_devices_are_the_defaults(tmp_path: Path) -> None:
    with SoundServer(tmp_path, speakers=["desk", "headset"], microphones=["webcam", "boom"]) as sound:
        told = _pactl(sound, "info")

    assert "Default Sink: desk\n" in told
    assert "Default Source: webcam\n" in told


def test_alsa_programs_reach_the_server_by_its_configuration(sound: SoundServer, tmp_path: Path) -> None:
    """The ALSA library itself opens both directions; a program that links it needs nothing else."""
    program = (
        "import ctypes, sys\n"
        "alsa = ctypes.CDLL('libasound.so.2')\n"
        "for name in (b'default', b'pulse', b'pulse:DEVICE=speaker'):\n"
        "    for direction in (0, 1):\n"
        "        pcm = ctypes.c_void_p()\n"
        "        print(alsa.snd_pcm_open(ctypes.byref(pcm), name, direction, 0), end=' ')\n"
        "        alsa.snd_pcm_close(pcm)\n"
    )
    told = subprocess.run(
        ["/usr/bin/env", "python3", "-c", program],
        env={**os.environ, **sound.environment()},
        capture_output=True,
        text=True,
        check=True,
        timeout=10 * SECONDS,
    )

    assert told.stdout.split() == ["0"] * 6


def test_open_streams_are_counted(sound: SoundServer) -> None:
    assert (sound.players(), sound.recorders()) == (0, 0)

    with sound.play_tone(SPEAKER, 440), sound.listen(MICROPHONE):
        wait_until(lambda: (sound.players(), sound.recorders()) == (1, 1), "one stream each way")

    wait_until(lambda: (sound.players(), sound.recorders()) == (0, 0), "no stream left")


def test_a_headset_is_plugged_in_and_out(sound: SoundServer) -> None:
    sound.add_speaker("earphones")
    sound.add_microphone("boom")
    with sound.say("boom", 700):
        heard = sound.wait_for_whole_tone("boom", 700)
    assert heard.dominant_frequency == pytest.approx(700, abs=0.5)
    assert {"earphones", "boom", feed_of("boom")} <= _names(sound)

    sound.remove("earphones")
    sound.remove("boom")

    assert _names(sound) == {
        SPEAKER,
        monitor_of(SPEAKER),
        MICROPHONE,
        feed_of(MICROPHONE),
        "microphone_feed.monitor",
    }


def test_a_killed_server_comes_back_at_the_same_place_with_the_same_devices(sound: SoundServer) -> None:
    environment = sound.environment()
    tone = sound.play_tone(SPEAKER, 440)
    sound.wait_for_tone(monitor_of(SPEAKER), 440)
    before = _names(sound)

    sound.kill()

    assert not sound.is_running
    assert tone.wait_for_end() != 0
    sound.start()
    assert sound.environment() == environment
    assert _names(sound) == before
    with sound.play_tone(SPEAKER, 440):
        sound.wait_for_tone(monitor_of(SPEAKER), 440)


def test_a_stopped_server_leaves_nothing_behind(tmp_path: Path) -> None:
    with SoundServer(tmp_path) as sound:
        runtime = Path(sound.environment()["PULSE_RUNTIME_PATH"])
        assert runtime.is_dir()

    assert not sound.is_running
    assert not runtime.exists()


def test_a_listener_tells_when_the_server_died_under_it(sound: SoundServer) -> None:
    with sound.listen(MICROPHONE) as listener:
        listener.wait_for(lambda heard: heard.seconds > 0.1, "some sound")
        sound.kill()
        with pytest.raises(AssertionError, match=r"(?s)parec of microphone ended with .*heard so far"):
            listener.wait_for(lambda heard: heard.seconds > 60, "a minute")


def test_a_frozen_server_is_no_dead_server(sound: SoundServer) -> None:
    with sound.listen(MICROPHONE) as listener:
        heard = listener.wait_for(lambda heard: heard.seconds > 0.1, "some sound")
        sound.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            _pactl(sound, "info", timeout_s=0.3)
        sound.send_signal(signal.SIGCONT)
        listener.wait_for(lambda later: later.seconds > heard.seconds + 0.1, "more sound")


def _pactl(sound: SoundServer, *words: str, timeout_s: float = 10 * SECONDS) -> str:
    return subprocess.run(
        ["pactl", *words],
        env={**os.environ, **sound.environment()},
        capture_output=True,
        text=True,
        check=True,
        timeout=timeout_s,
    ).stdout


def _columns(sound: SoundServer, kind: str) -> list[list[str]]:
    return [line.split("\t") for line in _pactl(sound, "list", "short", kind).splitlines()]


def _names(sound: SoundServer) -> set[str]:
    return {row[1] for kind in ("sinks", "sources") for row in _columns(sound, kind)}
