"""Where one's voice is: on this PC, at the desk phone, or here while the headset is plugged in (product, section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wwphone.config import options
from wwphone.config.settings import Settings
from wwphone.cti.api import CtiLink, LinkEvent
from wwphone.domain.account import Mode
from wwphone.domain.calls import CallEnd, CallSnapshot
from wwphone.domain.devices import Registration
from wwphone.domain.numbers import DialTarget
from wwphone.services.account import AccountService, AccountSnapshot
from wwphone.services.calls import CallsService, CannotDial
from wwphone.services.desk_phone import DeskPhoneService
from wwphone.services.devices import DevicesService
from wwphone.services.observing import Listeners
from wwphone.services.sound import SoundService, SoundSnapshot
from wwphone.sip.api import CallControl, RegistrationState


class NotIdleError(Exception):
    """A call runs; the mode stays as it is."""


class ChosenCalls:
    """A `CallControl` for both: new calls go where one's voice is, each other command to where its call is."""

    def __init__(self, here: CallControl, desk: DeskPhoneService) -> None:
        self._here = here
        self._desk = desk
        self.voice = True
        """Whether new calls are made from this PC."""

    def _at(self, call_id: str) -> CallControl:
        return self._desk if call_id in self._desk.calls else self._here

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """See CallControl."""
        (self._here if self.voice else self._desk).dial(address, call_id, headers)

    def ring(self, call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).ring(call_id)

    def answer(self, call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).answer(call_id)

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """See CallControl."""
        self._at(call_id).hang_up(call_id, end)

    def hold(self, call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).hold(call_id)

    def resume(self, call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).resume(call_id)

    def mute(self, call_id: str, *, muted: bool) -> None:
        """See CallControl."""
        self._at(call_id).mute(call_id, muted=muted)

    def transfer(self, call_id: str, address: str) -> None:
        """See CallControl."""
        self._at(call_id).transfer(call_id, address)

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).transfer_to(call_id, other_call_id)

    def deflect(self, call_id: str, address: str) -> None:
        """See CallControl."""
        self._at(call_id).deflect(call_id, address)

    def join(self, call_ids: Sequence[str]) -> None:
        """See CallControl."""
        for call_id in call_ids[:1]:
            self._at(call_id).join(call_ids)

    def split(self, call_id: str) -> None:
        """See CallControl."""
        self._at(call_id).split(call_id)

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """See CallControl."""
        self._at(call_id).send_dtmf(call_id, digits)


@dataclass(frozen=True)
class ModeSnapshot:
    """Everything one sees of it."""

    chosen: Mode
    voice: bool
    """Whether this PC is the phone at the moment; else the desk phone is steered."""
    device: Registration | None
    """The desk phone that is steered, or would be."""
    choices: tuple[Registration, ...]
    """What could be steered instead."""


@dataclass(frozen=True)
class Phones:
    """What the mode decides between, and what tells it."""

    desk: DeskPhoneService
    calls: CallsService
    sound: SoundService
    devices: DevicesService
    chosen: ChosenCalls


class ModesService:
    """The mode is changed while no call runs: a headset that is unplugged in a call changes it afterwards."""

    def __init__(self, link: CtiLink, account: AccountService, phones: Phones, settings: Settings) -> None:
        self._link = link
        self._account = account
        self._phones = phones
        self._settings = settings
        self.changed: Listeners[ModeSnapshot] = Listeners()
        phones.calls.why_not = self._why_not
        phones.devices.steered = self._steered
        self._use(voice=self._wants_voice())
        self._told = self.snapshot
        phones.calls.changed.subscribe(self._on_call_changed)
        phones.sound.changed.subscribe(self._on_sound_changed)
        account.changed.subscribe(self._on_account_changed)

    @property
    def chosen(self) -> Mode:
        """As the person has chosen."""
        return Mode(self._settings.text(options.MODE))

    @property
    def snapshot(self) -> ModeSnapshot:
        """How it is now."""
        desk = self._phones.desk
        return ModeSnapshot(self.chosen, self._phones.chosen.voice, desk.device, desk.choices)

    @property
    def idle(self) -> bool:
        """Whether the mode can be changed now."""
        return not self._phones.calls.running

    @property
    def ready(self) -> bool:
        """Whether somebody could be called now."""
        if self._phones.chosen.voice:
            return self._account.snapshot.registration.state is RegistrationState.REGISTERED
        return self._phones.desk.trouble is None

    async def choose(self, mode: Mode) -> None:
        """Use another mode from now on, and the next time. Raises NotIdleError, CommandRefusedError, OSError."""
        if not self.idle:
            raise NotIdleError
        if mode is not self.chosen:
            await self._account.set_mode(mode)
            self._settings.set(options.MODE, mode.value)
            self._follow()

    def choose_device(self, registration: Registration) -> None:
        """Steer this phone from now on. Raises NotIdleError, OSError."""
        if not self.idle:
            raise NotIdleError
        self._phones.desk.choose(registration)
        self._tell()

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells; after the services it is about."""
        self._phones.desk.calls.received(event, self._link.mirror)
        self._tell()

    # ------------------------------------------------------------ inside

    def _wants_voice(self) -> bool:
        if self.chosen is not Mode.FLEXIBLE:
            return self.chosen is Mode.SOFTPHONE
        sound = self._phones.sound.snapshot
        chosen = sound.selection.microphone
        return any(one.inputs and chosen in (None, one.device_id) for one in sound.devices)

    def _follow(self) -> None:
        """Let the voice be where it belongs, as soon as no call runs."""
        voice = self._wants_voice()
        if voice is not self._phones.chosen.voice and self.idle:
            self._use(voice=voice)
        self._tell()

    def _use(self, *, voice: bool) -> None:
        self._phones.chosen.voice = voice
        self._account.use_voice(on=voice)
        self._phones.desk.calls.steer(self._link.mirror, on=not voice)

    def _steered(self) -> Registration | None:
        return None if self._phones.chosen.voice else self._phones.desk.device

    def _why_not(self, target: DialTarget) -> CannotDial | None:
        if not self._phones.chosen.voice:
            return self._phones.desk.trouble
        return self._phones.calls.why_not_from_here(target)

    def _tell(self) -> None:
        snapshot = self.snapshot
        if snapshot != self._told:
            self._told = snapshot
            self.changed.tell(snapshot)

    def _on_call_changed(self, _: CallSnapshot) -> None:
        self._follow()

    def _on_sound_changed(self, _: SoundSnapshot) -> None:
        self._follow()

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._tell()
