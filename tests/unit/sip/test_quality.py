"""From counters to figures, and to a line that is dead."""

from __future__ import annotations

import pytest

from wwphone.domain.calls import QualityWord
from wwphone.sip.pjsua.quality import QualityMeter, SilenceWatch, StreamCounters


def counters(received: int = 0, lost: int = 0, discarded: int = 0, reports: int = 0) -> StreamCounters:
    return StreamCounters(
        packets_received=received,
        packets_lost=lost,
        packets_discarded=discarded,
        bytes_received=160 * received,
        jitter_us=3_000,
        round_trip_us=20_000,
        reports_received=reports,
    )


def test_a_good_line() -> None:
    meter = QualityMeter()
    meter.measure(counters(50))
    quality = meter.measure(counters(100))
    assert (quality.loss_percent, quality.jitter_ms, quality.round_trip_ms) == (0.0, 3.0, 20.0)
    assert quality.bytes_received == 16_000
    assert quality.word is QualityWord.GOOD


def test_loss_is_that_of_the_last_ten_measurements_not_of_the_whole_call() -> None:
    meter = QualityMeter()
    meter.measure(counters(0))
    assert meter.measure(counters(45, lost=5)).loss_percent == pytest.approx(10.0)
    for second in range(2, 13):
        quality = meter.measure(counters(45 + 50 * second, lost=5))
    assert quality.loss_percent == 0.0


def test_what_comes_too_late_to_be_played_counts_as_lost() -> None:
    meter = QualityMeter()
    meter.measure(counters(0))
    assert meter.measure(counters(50, discarded=5)).loss_percent == pytest.approx(10.0)


def test_a_stream_that_begins_anew_does_not_look_like_loss() -> None:
    meter = QualityMeter()
    meter.measure(counters(1_000, lost=100))
    assert meter.measure(counters(10)).loss_percent == 0.0


def test_nothing_received_at_all_is_no_division_by_zero() -> None:
    meter = QualityMeter()
    meter.measure(counters())
    assert meter.measure(counters()).loss_percent == 0.0


def test_a_line_is_dead_when_nothing_came_for_the_limit() -> None:
    watch = SilenceWatch(20)
    assert not watch.is_dead(counters(10), 0)
    assert not watch.is_dead(counters(10), 19.9)
    assert watch.is_dead(counters(10), 20)


def test_a_packet_or_a_report_is_a_sign_of_life() -> None:
    watch = SilenceWatch(20)
    watch.is_dead(counters(10), 0)
    assert not watch.is_dead(counters(11), 19)
    assert not watch.is_dead(counters(11, reports=1), 38)
    assert not watch.is_dead(counters(11, reports=1), 57)
    assert watch.is_dead(counters(11, reports=1), 58)


def test_while_it_is_held_silence_is_what_was_agreed() -> None:
    watch = SilenceWatch(20)
    watch.is_dead(counters(10), 0)
    watch.pause()
    assert not watch.is_dead(counters(10), 100)
    assert watch.is_dead(counters(10), 120)
