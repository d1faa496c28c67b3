from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from tests.helpers.tones import (
    RATE_HZ,
    Recording,
    dominant_frequency,
    from_pcm16,
    is_silent,
    is_whole_tone,
    level_dbfs,
    read_wav,
    sine,
    to_pcm16,
    tone_share,
    wav,
)


def test_a_sine_has_the_asked_length_start_and_peak() -> None:
    tone = sine(440, 0.5, 8_000, peak_dbfs=0.0)

    assert len(tone) == 4_000
    assert tone[0] == 0.0
    assert tone[1] == pytest.approx(math.sin(2 * math.pi * 440 / 8_000))
    assert float(tone.max()) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("peak_dbfs", [0.0, -3.0, -12.0, -40.0])
def test_the_level_of_a_sine_is_its_peak_level(peak_dbfs: float) -> None:
    assert level_dbfs(sine(400, 1.0, 8_000, peak_dbfs)) == pytest.approx(peak_dbfs, abs=1e-9)


def test_a_full_square_wave_is_three_decibels_above_a_full_sine() -> None:
    square = np.where(np.arange(8_000) % 20 < 10, 1.0, -1.0)

    assert level_dbfs(square) == pytest.approx(10 * math.log10(2))


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("frequency_hz", [100.0, 440.0, 440.6, 1_000.3, 3_333.3])
def test_the_dominant_frequency_is_found_finer_than_the_steps(rate_hz: int, frequency_hz: float) -> None:
    tone = sine(frequency_hz, 0.5, rate_hz)

    assert dominant_frequency(tone, rate_hz) == pytest.approx(frequency_hz, abs=0.1)


def test_the_stronger_of_two_tones_dominates() -> None:
    both = sine(440, 1.0, peak_dbfs=-20.0) + sine(880, 1.0, peak_dbfs=-14.0)

    assert dominant_frequency(both, RATE_HZ) == pytest.approx(880, abs=0.1)


def test_a_pure_tone_has_all_the_power_and_another_frequency_none() -> None:
    tone = sine(440, 0.5)

    assert tone_share(tone, RATE_HZ, 440) == pytest.approx(1.0, abs=1e-6)
    assert tone_share(tone, RATE_HZ, 600) == pytest.approx(0.0, abs=1e-6)


def test_two_equal_tones_have_half_the_power_each() -> None:
    both = sine(440, 1.0) + sine(1_000, 1.0)

    assert tone_share(both, RATE_HZ, 440) == pytest.approx(0.5, abs=1e-3)
    assert tone_share(both, RATE_HZ, 1_000) == pytest.approx(0.5, abs=1e-3)


def test_a_tone_six_decibels_above_another_has_four_fifths_of_the_power() -> None:
    both = sine(440, 1.0, peak_dbfs=-10.0) + sine(1_000, 1.0, peak_dbfs=-10.0 - 20 * math.log10(2))

    assert tone_share(both, RATE_HZ, 440) == pytest.approx(0.8, abs=1e-3)


def torn(gap_s: float, at_s: float) -> np.ndarray:
    """Half a second of 440 Hz that goes on late by a gap."""
    tone, place = sine(440, 0.5), round(at_s * RATE_HZ)
    return np.concatenate([tone[:place], np.zeros(round(gap_s * RATE_HZ)), tone[place:]])[: len(tone)]


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("frequency_hz", [100.0, 440.0, 440.6, 1_000.3, 3_333.3])
def test_a_tone_without_gaps_is_whole(rate_hz: int, frequency_hz: float) -> None:
    assert is_whole_tone(from_pcm16(to_pcm16(sine(frequency_hz, 0.5, rate_hz))), rate_hz, frequency_hz)


@pytest.mark.parametrize("at_s", [0.02, 0.1, 0.25, 0.4, 0.48])
@pytest.mark.parametrize("gap_s", [0.0005, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1])
def test_a_tone_that_counts_as_whole_has_its_frequency_and_level(gap_s: float, at_s: float) -> None:
    heard = Recording(torn(gap_s, at_s), RATE_HZ)

    assert not heard.is_whole_tone(440) or (
        heard.dominant_frequency == pytest.approx(440, abs=0.1)
        and heard.level_dbfs == pytest.approx(-12, abs=0.1)
    )


def test_a_gap_of_a_millisecond_tears_a_tone_that_is_still_clear() -> None:
    heard = Recording(torn(0.001, 0.25), RATE_HZ)

    assert heard.tone_share(440) > 0.9
    assert abs(heard.dominant_frequency - 440) > 2
    assert not heard.is_whole_tone(440)


def test_a_tone_with_a_beginning_or_of_another_frequency_is_not_whole() -> None:
    assert not is_whole_tone(torn(0.05, 0.02), RATE_HZ, 440)
    assert not is_whole_tone(sine(600, 0.5), RATE_HZ, 440)
    assert not is_whole_tone(np.zeros(RATE_HZ), RATE_HZ, 440)
    assert not is_whole_tone(np.zeros(0), RATE_HZ, 440)


def test_white_noise_is_no_tone() -> None:
    noise = np.random.default_rng(seed=7).uniform(-0.5, 0.5, RATE_HZ)

    assert tone_share(noise, RATE_HZ, 440) < 0.01


def test_an_offset_is_no_tone_either() -> None:
    assert tone_share(np.full(RATE_HZ, 0.5), RATE_HZ, 440) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(1), np.zeros(4_800)])
def test_nothing_to_hear_is_silent_and_has_no_frequency(samples: np.ndarray) -> None:
    assert is_silent(samples)
    assert level_dbfs(samples) == -200.0
    assert dominant_frequency(samples, RATE_HZ) == 0.0
    assert tone_share(samples, RATE_HZ, 440) == 0.0


def test_silence_ends_at_its_threshold() -> None:
    assert is_silent(sine(440, 0.1, peak_dbfs=-61.0))
    assert not is_silent(sine(440, 0.1, peak_dbfs=-59.0))
    assert is_silent(sine(440, 0.1, peak_dbfs=-31.0), threshold_dbfs=-30.0)


def test_pcm_is_little_endian_and_clips() -> None:
    assert to_pcm16(np.array([0.0, 0.5, -0.5, 2.0, -2.0])) == struct.pack(
        "<5h", 0, 16_384, -16_384, 32_767, -32_768
    )
    assert from_pcm16(struct.pack("<2h", 16_384, -32_768)).tolist() == [0.5, -1.0]


def test_channels_are_mixed_and_half_a_frame_is_dropped() -> None:
    stereo = struct.pack("<4h", 16_384, 0, -16_384, -16_384) + b"\x01"

    assert from_pcm16(stereo, channels=2).tolist() == [0.25, -0.5]


def test_a_wav_file_comes_back_as_it_was() -> None:
    tone = sine(440, 0.25, 16_000)

    heard = read_wav(wav(tone, 16_000))

    assert heard.rate_hz == 16_000
    assert heard.samples == pytest.approx(tone, abs=1 / 32_768)


def test_a_wav_file_that_is_still_being_written_is_read_to_its_end() -> None:
    tone = sine(440, 0.25, 16_000)
    unfinished = bytearray(wav(tone, 16_000))
    unfinished[40:44] = bytes(4)

    assert read_wav(bytes(unfinished)).seconds == pytest.approx(0.25)


def test_unknown_parts_of_a_wav_file_are_passed_over() -> None:
    file = wav(sine(440, 0.25, 16_000), 16_000)
    odd_length = struct.pack("<4sI", b"LIST", 3) + b"abc\0"

    assert read_wav(file[:36] + odd_length + file[36:]).seconds == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"ID3 and so on, no wav at all", "no WAV file"),
        (wav(sine(440, 0.1))[:36], "no sound in it"),
        (wav(sine(440, 0.1))[:20] + b"\x03" + wav(sine(440, 0.1))[21:], "16-bit PCM"),
        (wav(sine(440, 0.1))[:12] + wav(sine(440, 0.1))[36:], "sound before its format"),
    ],
)
def test_anything_else_is_refused_with_a_reason(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_wav(data)


def test_a_recording_answers_for_its_samples_and_tells_what_it_is() -> None:
    heard = Recording(np.concatenate([np.zeros(RATE_HZ), sine(440, 1.0)]), RATE_HZ)

    assert heard.seconds == 2.0
    assert not heard.is_silent
    assert heard.dominant_frequency == pytest.approx(440, abs=0.1)
    assert heard.tone_share(440) > 0.95
    assert heard.level_dbfs == pytest.approx(-15.0, abs=0.02)
    assert str(heard) == "2.00 s at -15.0 dBFS, mostly 440.0 Hz"


def test_the_end_of_a_recording_is_a_recording() -> None:
    heard = Recording(np.concatenate([sine(440, 1.0), np.zeros(RATE_HZ)]), RATE_HZ)

    assert heard.last(0.5).is_silent
    assert heard.last(0.5).seconds == 0.5
    assert heard.last(9.0).seconds == 2.0
    assert heard.last(0.0).seconds == 0.0
