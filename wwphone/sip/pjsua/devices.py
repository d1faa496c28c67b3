"""Which sound devices are used: what people chose, matched with what is plugged in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wwphone.domain.devices import SoundDevice, SoundSelection


@dataclass(frozen=True)
class SoundOffer:
    """What is plugged in now, and what the system takes by itself."""

    devices: tuple[SoundDevice, ...] = ()
    default_microphone: str | None = None
    default_speaker: str | None = None
    unlisted: frozenset[str] = frozenset()
    """Ids that work when somebody insists, such as the monitor of a speaker as a microphone."""


@dataclass(frozen=True)
class ChosenDevices:
    """Device ids to use now; None: there is none, or, for `ring`, it rings where one talks."""

    microphone: str | None = None
    speaker: str | None = None
    ring: str | None = None


def choose(selection: SoundSelection, offer: SoundOffer) -> ChosenDevices:
    """Primary if plugged in, else secondary, else the system's default, else any."""
    microphones = [device.device_id for device in offer.devices if device.inputs]
    speakers = [device.device_id for device in offer.devices if device.outputs]
    speaker = _first(
        (selection.speaker, selection.secondary_speaker), speakers, offer.default_speaker, offer.unlisted
    )
    ring = selection.ring if selection.ring in speakers else None
    return ChosenDevices(
        microphone=_first(
            (selection.microphone, selection.secondary_microphone),
            microphones,
            offer.default_microphone,
            offer.unlisted,
        ),
        speaker=speaker,
        ring=ring if ring != speaker else None,
    )


def _first(
    wanted: Iterable[str | None], plugged_in: list[str], default: str | None, unlisted: frozenset[str]
) -> str | None:
    primary, secondary = wanted
    if primary is None and default in plugged_in:
        return default
    for device_id in (primary, secondary):
        if device_id in plugged_in or device_id in unlisted:
            return device_id
    return default if default in plugged_in else next(iter(plugged_in), None)
