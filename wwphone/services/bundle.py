"""All services of one signed-in person, put together: what a window needs, and who hears which event."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wwphone.config.notes import NotesInMemory, NotesStore
from wwphone.config.phonebook import PhoneBookCache
from wwphone.config.secrets import Secrets
from wwphone.config.settings import Settings
from wwphone.cti.api import CtiLink, LinkEvent, MirrorChanged
from wwphone.hotkeys.api import Hotkeys, NoHotkeys
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.message import Event
from wwphone.protocol.presence import PresenceChanged
from wwphone.services.account import AccountService
from wwphone.services.actions import ActionsService
from wwphone.services.call_pages import CallPagesService
from wwphone.services.calls import CallsService
from wwphone.services.conference import ConferenceService
from wwphone.services.conference_plans import ConferencePlansService
from wwphone.services.descriptions import DescriptionsGround, DescriptionsService
from wwphone.services.desk_phone import DeskPhoneService
from wwphone.services.devices import DevicesService
from wwphone.services.doubles import DoublesService
from wwphone.services.exports import ExportService
from wwphone.services.history import HistoryService
from wwphone.services.hotkeys import HotkeysService
from wwphone.services.imports import ImportService
from wwphone.services.mail import MailService
from wwphone.services.merging import MergingService
from wwphone.services.modes import ChosenCalls, ModesService, Phones
from wwphone.services.moving import MovingService
from wwphone.services.names import NamesService
from wwphone.services.notes import NotesService
from wwphone.services.parking import ParkingService
from wwphone.services.phonebook import PhoneBookService
from wwphone.services.pickup import PickupService
from wwphone.services.presence import PresenceService
from wwphone.services.reachability import ReachabilityService
from wwphone.services.recording import RecordingService
from wwphone.services.recordings import RecordingsService
from wwphone.services.ring_groups import RingGroupsService
from wwphone.services.shown import ShownService
from wwphone.services.sound import SoundService
from wwphone.services.sources import SourcesService
from wwphone.services.switches import SwitchesService
from wwphone.services.transfer import TransferService
from wwphone.sip.api import CommandFailed, EngineFailed, EngineSettings, SipEngine, SipEvent

_STATES_OF_COLLEAGUES: frozenset[type[Event]] = frozenset({PresenceChanged, PhoneStateChanged})
"""They come by the thousand; only who shows colleagues looks at them."""


@dataclass(frozen=True)
class Ground:
    """What the services stand on."""

    engine: SipEngine
    link: CtiLink
    settings: Settings
    secrets: Secrets
    sounds: Path
    notes: NotesStore = field(default_factory=NotesInMemory)
    hotkeys: Hotkeys = field(default_factory=NoHotkeys)
    phonebook: PhoneBookCache = field(default_factory=PhoneBookCache)


class Services:
    """The services, wired to one engine and one link."""

    def __init__(self, ground: Ground) -> None:
        self._engine = ground.engine
        self._link = ground.link
        self.settings = ground.settings
        self.account = AccountService(ground.link, ground.engine, ground.settings, ground.secrets)
        self.presence = PresenceService(ground.link)
        self.phonebook = PhoneBookService(ground.link, ground.phonebook)
        self.imports = ImportService(ground.link)
        self.doubles = DoublesService(ground.link, self.phonebook)
        self.exports = ExportService(self.phonebook)
        self.sources = SourcesService(ground.link)
        self.names = NamesService(self.presence, self.phonebook, self.sources)
        self.devices = DevicesService(ground.link)
        self.ring_groups = RingGroupsService(ground.link, self.account, self.devices)
        self.switches = SwitchesService(ground.link, self.account)
        self.mail = MailService(ground.link, self.account)
        self.reachability = ReachabilityService(ground.link, self.account, self.presence, self.ring_groups)
        self.sound = SoundService(ground.engine, ground.settings, ground.sounds)
        self.shown = ShownService(ground.link, self.account)
        self.desk_phone = DeskPhoneService(ground.link, self.devices, ground.settings)
        chosen = ChosenCalls(ground.engine, self.desk_phone)
        self.calls = CallsService(chosen, self.sound, ground.settings, self.names, self.shown)
        self.actions = ActionsService(self.calls)
        self.call_pages = CallPagesService(ground.settings, self.calls)
        self.hotkeys = HotkeysService(ground.settings, ground.hotkeys)
        self.notes = NotesService(ground.notes, self.calls, self.account)
        self.history = HistoryService(ground.link, self.names.named)
        describing = DescriptionsGround(ground.notes, self.calls, self.notes, self.account)
        self.descriptions = DescriptionsService(ground.link, describing)
        self.recording = RecordingService(ground.link, self.calls)
        self.recordings = RecordingsService(ground.link)
        self.conference_plans = ConferencePlansService(ground.link, self.account)
        self.transfer = TransferService(chosen, self.calls)
        self.merging = MergingService(chosen, self.calls)
        self.parking = ParkingService(ground.link, self.calls, self.devices)
        self.pickup = PickupService(ground.link, self.presence, self.devices, self.names.named)
        self.moving = MovingService(ground.link, self.calls, self.devices)
        phones = Phones(self.desk_phone, self.calls, self.sound, self.devices, chosen)
        self.modes = ModesService(ground.link, self.account, phones, ground.settings)
        self.conference = ConferenceService(ground.link, self.calls)
        self.desk_phone.listener = self._on_desk_event
        self.names.changed.subscribe(self._on_names_changed)
        self.sources.named.subscribe(self._on_names_changed)
        self._unsubscribe = ground.link.add_listener(self._on_link_event)

    async def start(self, settings: EngineSettings) -> None:
        """Start the SIP engine. Raises SipError when it cannot; everything but one's voice works without it."""
        self.hotkeys.start()
        self.notes.start()
        self.descriptions.start()
        self.phonebook.start()
        await self._engine.start(settings, self._on_sip_event)
        self.sound.started()

    async def shutdown(self) -> None:
        """End everything in the order in which it depends on each other."""
        await self.hotkeys.shutdown()
        await self.history.shutdown()
        await self.recordings.shutdown()
        await self.descriptions.shutdown()
        await self.notes.shutdown()
        await self.imports.shutdown()
        await self.exports.shutdown()
        await self.sources.shutdown()
        await self.phonebook.shutdown()
        await self.desk_phone.shutdown()
        await self.calls.shutdown()
        await self.pickup.shutdown()
        await self.account.shutdown()
        self._unsubscribe()
        await self._link.shutdown()
        await self._engine.shutdown()

    def _on_link_event(self, event: LinkEvent) -> None:
        whole = event
        self.presence.received(whole)
        if isinstance(event, MirrorChanged):
            others = tuple(one for one in event.events if type(one) not in _STATES_OF_COLLEAGUES)
            if not others:
                self.pickup.received(whole)
                return
            event = MirrorChanged(others)
        self.account.received(event)
        self.devices.received(event)
        self.parking.received(event)
        self.ring_groups.received(event)
        self.switches.received(event)
        self.reachability.received(event)
        self.pickup.received(whole)
        self.modes.received(event)
        self.moving.received(event)
        self.shown.received(event)
        self.phonebook.received(event)
        self.sources.received(event)
        self.history.received(event)
        self.recording.received(event)
        self.recordings.received(event)
        self.conference.received(event)
        self.conference_plans.received(event)
        self.descriptions.received(event)

    def _on_names_changed(self, _: None) -> None:
        self.calls.name_anew()
        self.parking.name_anew()
        self.pickup.name_anew()
        self.conference.name_anew()

    def _on_sip_event(self, event: SipEvent) -> None:
        if isinstance(event, EngineFailed):
            self.sound.engine_failed(event.detail)
            return
        self.account.sip_received(event)
        self.devices.sip_received(event)
        self.sound.received(event)
        self.calls.received(event)
        self.transfer.received(event)

    def _on_desk_event(self, event: SipEvent) -> None:
        if not isinstance(event, CommandFailed):  # why, the desk phone's service tells in better words
            self.calls.received(event)
        self.transfer.received(event)
