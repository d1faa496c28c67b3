"""Sound of this PC: which devices are used, whether there are any, levels, test tone, ringtone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from wwphone.config import options
from wwphone.config.settings import Settings
from wwphone.domain.calls import CallKind
from wwphone.domain.devices import SoundDevice, SoundSelection
from wwphone.services.observing import Listeners
from wwphone.sip.api import LevelsMeasured, SipEngine, SipEvent, SoundDevicesChanged, SoundState

_SELECTION_OPTIONS = {
    "microphone": options.MICROPHONE,
    "speaker": options.SPEAKER,
    "secondary_microphone": options.SECONDARY_MICROPHONE,
    "secondary_speaker": options.SECONDARY_SPEAKER,
    "ring": options.RING_DEVICE,
}


@dataclass(frozen=True)
class SoundSnapshot:
    """What this PC can hear and speak with."""

    devices: tuple[SoundDevice, ...] = ()
    state: SoundState | None = None
    """None: the engine has not told yet."""
    detail: str = ""
    selection: SoundSelection = field(default_factory=SoundSelection)


class SoundService:
    """Chooses devices, remembers the choice, measures levels, rings."""

    def __init__(self, engine: SipEngine, settings: Settings, sounds: Path) -> None:
        """`sounds` is the folder with the ringtones, `ring_<kind>.wav`."""
        self._engine = engine
        self._settings = settings
        self._sounds = sounds
        self._quality = False
        self._levels = False
        self.changed: Listeners[SoundSnapshot] = Listeners()
        self.levels: Listeners[LevelsMeasured] = Listeners()
        self.snapshot = SoundSnapshot(selection=self._remembered())

    def started(self) -> None:
        """The engine runs: tell it the remembered choice."""
        self._engine.select_sound(self.snapshot.selection)

    def received(self, event: SipEvent) -> None:
        """Take what the engine tells."""
        if isinstance(event, SoundDevicesChanged):
            self._update(devices=event.devices, state=event.state, detail=event.detail)
        elif isinstance(event, LevelsMeasured):
            self.levels.tell(event)

    def engine_failed(self, detail: str) -> None:
        """There is no voice on this PC until the program is started again."""
        self._update(state=SoundState.FAILED, detail=detail)

    def select(self, selection: SoundSelection) -> None:
        """Use these devices from now on, in running calls too. Raises OSError when it cannot be remembered."""
        self._engine.select_sound(selection)
        self._update(selection=selection)
        for name, option in _SELECTION_OPTIONS.items():
            self._settings.set(option, getattr(selection, name))

    def look_again(self) -> None:
        """Search for devices anew."""
        self._engine.refresh_sound_devices()

    def measure(self, *, on: bool) -> None:
        """Switch the level meter; off costs nothing."""
        self._levels = on
        self._engine.set_measuring(levels=self._levels, quality=self._quality)

    def measure_quality(self, *, on: bool) -> None:
        """Switch the figures of running calls; the calls service does while there are any."""
        if self._quality is not on:
            self._quality = on
            self._engine.set_measuring(levels=self._levels, quality=self._quality)

    def test_tone(self) -> None:
        """Play a tone on the speaker."""
        self._engine.play_test_tone()

    def start_ringing(self, kind: CallKind) -> None:
        """Ring with the tone of this kind of call."""
        self._engine.start_ringing(self._sounds / f"ring_{kind.value}.wav")

    def stop_ringing(self) -> None:
        """Be quiet."""
        self._engine.stop_ringing()

    def _update(self, **changes: object) -> None:
        self.snapshot = replace(self.snapshot, **changes)  # type: ignore[arg-type]  # names are the fields'
        self.changed.tell(self.snapshot)

    def _remembered(self) -> SoundSelection:
        chosen = {name: self._settings.text(option) or None for name, option in _SELECTION_OPTIONS.items()}
        return SoundSelection(**chosen)
