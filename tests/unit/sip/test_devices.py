"""Which devices are used, and how PulseAudio's are read."""

from __future__ import annotations

from typing import Any

import pytest

from wwphone.domain.devices import SoundDevice, SoundSelection
from wwphone.sip.pjsua.devices import ChosenDevices, SoundOffer, choose
from wwphone.sip.pjsua.pulse import device_environment, offer_from

OFFER = SoundOffer(
    devices=(
        SoundDevice("mic", "Webcam", 1, 0),
        SoundDevice("headset-mic", "Headset", 1, 0),
        SoundDevice("screen", "Screen", 0, 2),
        SoundDevice("headset", "Headset", 0, 2),
        SoundDevice("bell", "Speakers", 0, 2),
    ),
    default_microphone="mic",
    default_speaker="screen",
    unlisted=frozenset({"screen.monitor"}),
)


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (SoundSelection(), ChosenDevices("mic", "screen")),
        (SoundSelection("headset-mic", "headset"), ChosenDevices("headset-mic", "headset")),
        (SoundSelection("gone", "gone", "headset-mic", "headset"), ChosenDevices("headset-mic", "headset")),
        (SoundSelection("gone", "gone"), ChosenDevices("mic", "screen")),
        (SoundSelection("gone", "gone", "gone too", "gone too"), ChosenDevices("mic", "screen")),
        (SoundSelection(secondary_speaker="headset"), ChosenDevices("mic", "screen")),
        (SoundSelection(microphone="screen.monitor"), ChosenDevices("screen.monitor", "screen")),
        (SoundSelection(ring="bell"), ChosenDevices("mic", "screen", "bell")),
        (SoundSelection(ring="gone"), ChosenDevices("mic", "screen")),
        (SoundSelection(speaker="bell", ring="bell"), ChosenDevices("mic", "bell")),
        (SoundSelection(microphone="screen", speaker="mic"), ChosenDevices("mic", "screen")),
    ],
)
def test_primary_then_secondary_then_the_default(selection: SoundSelection, chosen: ChosenDevices) -> None:
    assert choose(selection, OFFER) == chosen


def test_without_a_default_any_device_will_do() -> None:
    offer = SoundOffer(OFFER.devices, None, "unplugged")
    assert choose(SoundSelection(), offer) == ChosenDevices("mic", "screen")


def test_nothing_plugged_in_is_nothing_chosen() -> None:
    assert choose(SoundSelection("mic", "screen", ring="bell"), SoundOffer()) == ChosenDevices()


def sink(name: str, description: str = "", channels: str = "2ch") -> dict[str, Any]:
    return {"name": name, "description": description, "sample_specification": f"s16le {channels} 48000Hz"}


def source(name: str, monitor_of: str = "") -> dict[str, Any]:
    return {**sink(name, channels="1ch"), "monitor_source": monitor_of}


def read(sinks: list[dict[str, Any]], sources: list[dict[str, Any]], **defaults: str) -> SoundOffer:
    info = {f"default_{kind}_name": name for kind, name in defaults.items()}
    return offer_from(info, sinks, sources)


def test_sinks_are_speakers_and_sources_are_microphones() -> None:
    offer = read(
        [sink("hdmi", "Bildschirm"), sink("surround", channels="6ch")],
        [source("hdmi.monitor", "hdmi"), source("mic")],
        sink="hdmi",
        source="mic",
    )
    assert offer.devices == (
        SoundDevice("mic", "mic", 1, 0),
        SoundDevice("hdmi", "Bildschirm", 0, 2),
        SoundDevice("surround", "surround", 0, 6),
    )
    assert (offer.default_microphone, offer.default_speaker) == ("mic", "hdmi")
    assert offer.unlisted == {"hdmi.monitor"}


def test_the_stand_in_for_no_sound_card_is_no_device() -> None:
    offer = read(
        [sink("auto_null", "Dummy Output")],
        [source("auto_null.monitor", "auto_null")],
        sink="auto_null",
        source="auto_null.monitor",
    )
    assert choose(SoundSelection(), offer) == ChosenDevices()


def test_the_monitor_of_the_speaker_is_no_microphone_by_default() -> None:
    # With a speaker but no microphone PulseAudio takes its monitor: the other side would hear itself.
    offer = read([sink("hdmi")], [source("hdmi.monitor", "hdmi")], sink="hdmi", source="hdmi.monitor")
    assert choose(SoundSelection(), offer) == ChosenDevices(None, "hdmi")


def test_a_virtual_microphone_made_the_default_on_purpose_is_one() -> None:
    offer = read(
        [sink("hdmi"), sink("virtual")],
        [source("hdmi.monitor", "hdmi"), source("virtual.monitor", "virtual")],
        sink="hdmi",
        source="virtual.monitor",
    )
    assert choose(SoundSelection(), offer) == ChosenDevices("virtual.monitor", "hdmi")


def test_libpulse_is_told_only_what_was_chosen() -> None:
    assert device_environment("mic", None) == {"PULSE_SOURCE": "mic", "PULSE_LATENCY_MSEC": "40"}
    assert device_environment(None, "hdmi") == {"PULSE_SINK": "hdmi", "PULSE_LATENCY_MSEC": "40"}
