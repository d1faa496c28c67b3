"""Sound devices of PulseAudio, or of PipeWire behind its PulseAudio interface, by its own program `pactl`.

PJSIP sees them only as one ALSA device "pulse"; for people they are listed here, and chosen by the environment
variables PULSE_SINK and PULSE_SOURCE that libpulse reads when a device is opened.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from wwphone.domain.devices import SoundDevice
from wwphone.sip.pjsua.devices import SoundOffer

_ANSWER_LIMIT_S = 1.0
_NO_SOUND_CARD = "auto_null"
"""PulseAudio's stand-in when there is no sound card (module-always-sink)."""


class SoundServerError(Exception):
    """The sound server cannot be asked."""


class SoundServerMissingError(SoundServerError):
    """There is none that answers: not installed, not started, died."""


class SoundServerFrozenError(SoundServerError):
    """It takes the question and does not answer; what touches its devices would hang as well."""


def is_installed() -> bool:
    """Whether `pactl` is there to ask."""
    return shutil.which("pactl") is not None


def look() -> SoundOffer:
    """Ask for all devices, about 10 ms. Raises SoundServerError."""
    return offer_from(_ask("info"), _ask("list", "sinks"), _ask("list", "sources"))


def offer_from(info: Any, sinks: Any, sources: Any) -> SoundOffer:
    """Read `pactl -f json`'s answers to `info`, `list sinks` and `list sources`.

    A speaker's monitor is no microphone, unless somebody made it the default on purpose: a virtual microphone.
    """
    default_sink = info.get("default_sink_name") or None
    default_source = info.get("default_source_name") or None
    speakers = [
        SoundDevice(each["name"], each.get("description") or each["name"], inputs=0, outputs=_channels(each))
        for each in sinks
        if each["name"] != _NO_SOUND_CARD
    ]
    microphones, unlisted = [], set()
    for each in sources:
        name, of_sink = each["name"], each.get("monitor_source") or ""
        if of_sink == _NO_SOUND_CARD:
            continue
        if of_sink and (name != default_source or of_sink == default_sink):
            unlisted.add(name)
            continue
        device = SoundDevice(name, each.get("description") or name, inputs=_channels(each), outputs=0)
        microphones.append(device)
    return SoundOffer((*microphones, *speakers), default_source, default_sink, frozenset(unlisted))


def subscribe() -> subprocess.Popen[bytes]:
    """Start `pactl subscribe`, which prints a line for each change and ends with the sound server."""
    return subprocess.Popen(
        [*_dies_with_us(), "pactl", "subscribe"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )


def device_environment(microphone: str | None, speaker: str | None) -> Mapping[str, str]:
    """Return what libpulse must find in the environment to open these devices.

    Without a latency asked for, PulseAudio buffers up to two seconds (measured with null sinks).
    """
    wanted = {"PULSE_SOURCE": microphone, "PULSE_SINK": speaker, "PULSE_LATENCY_MSEC": "40"}
    return {name: value for name, value in wanted.items() if value is not None}


def _channels(device: Mapping[str, Any]) -> int:
    words = str(device.get("sample_specification", "")).split()
    return next((int(word[:-2]) for word in words if word.endswith("ch") and word[:-2].isdigit()), 2)


def _ask(*words: str) -> Any:
    try:
        answer = subprocess.run(
            ["pactl", "-f", "json", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=_ANSWER_LIMIT_S,
            check=True,
        )
        return json.loads(answer.stdout)
    except subprocess.TimeoutExpired as late:
        raise SoundServerFrozenError("the sound server does not answer") from late
    except (OSError, subprocess.CalledProcessError) as refused:
        raise SoundServerMissingError("no sound server runs") from refused
    except ValueError as garbled:
        raise SoundServerMissingError(f"the sound server's answer cannot be read: {garbled}") from garbled


def _environment() -> dict[str, str]:
    # In some languages pactl writes decimal commas into its JSON.
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _dies_with_us() -> list[str]:
    """Return the words that make the kernel end a program with us (util-linux); it ends itself at its next line."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
