"""Everything a signed-in client mirrors, put together for one user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wwphone.domain.calls import CallKind
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.conference import ConferencesState
from wwphone.protocol.frames import MirroredState, SnapshotFrame
from wwphone.server.services.calls import CallService
from wwphone.server.services.desk_phone import DeskPhoneService
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryService, profile_of
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.favourites import FavouritesService
from wwphone.server.services.history import HistoryService
from wwphone.server.services.parking import ParkingService
from wwphone.server.services.phonebook import PhoneBookService
from wwphone.server.services.pickup import PickupService
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.reach_rules import Matrix
from wwphone.server.services.reachability import ReachabilityService
from wwphone.server.services.recording import RecordingService
from wwphone.server.services.ring_groups import RingGroupService
from wwphone.server.services.shown import ShownService
from wwphone.server.services.sources import SourcesService
from wwphone.server.services.switches import SwitchService


@dataclass(frozen=True)
class Boards:
    """What is shown beside one's own calls and settings."""

    parking: ParkingService
    pickup: PickupService
    ring_groups: RingGroupService
    switches: SwitchService
    shown: ShownService
    desk_phone: DeskPhoneService
    phonebook: PhoneBookService
    sources: SourcesService
    history: HistoryService
    favourites: FavouritesService
    recording: RecordingService
    conferences: Callable[[str], ConferencesState]


class SnapshotService:
    """Puts snapshots together; the revision and the state belong to the same moment."""

    def __init__(
        self,
        log: EventLog,
        directory: DirectoryService,
        presence: PresenceService,
        calls: CallService,
        devices: DeviceService,
        reachability: ReachabilityService,
        boards: Boards,
    ) -> None:
        self._log = log
        self._directory = directory
        self._presence = presence
        self._calls = calls
        self._devices = devices
        self._reachability = reachability
        self._parking, self._pickup = boards.parking, boards.pickup
        self._ring_groups, self._switches = boards.ring_groups, boards.switches
        self._shown = boards.shown
        self._desk_phone = boards.desk_phone
        self._phonebook, self._sources = boards.phonebook, boards.sources
        self._history, self._favourites = boards.history, boards.favourites
        self._recording, self._conferences = boards.recording, boards.conferences

    def of(self, user: str) -> SnapshotFrame:
        """Return the state as `user` may see it. Raises KeyError when there is no such user."""
        seen = self._directory.seen_by(user)
        names = [colleague.user for colleague in seen]
        reachability, obstacles = self._reachability.of(user)
        state = MirroredState(
            profile=profile_of(self._directory.users[user]),
            groups=self._directory.groups,
            colleagues=seen,
            presences=self._presence.of_all(names),
            phones=self._calls.phones(names),
            legs=self._calls.legs_of(user),
            registrations=self._devices.of(user),
            ringing=self._pickup.ringing_for(user),
            pbx_connected=self._calls.pbx_connected,
            reachability=reachability,
            obstacles=obstacles,
            parked=self._parking.parked,
            ring_groups=self._ring_groups.of(user),
            switches=self._switches.of(user),
            shown_defaults=self._shown.of(user),
            reach=_pairs(self._reachability.matrix),
            held=self._desk_phone.held_for(user),
            phonebook=self._phonebook.state_for(user),
            sources=self._sources.sources,
            history=self._history.state_for(user),
            favourites=self._favourites.of(user),
            recordings=self._recording.state_for(user),
            running_recordings=self._recording.running_for(user),
            conferences=self._conferences(user),
        )
        return SnapshotFrame(self._log.revision, state)


def _pairs(reach: Matrix) -> tuple[tuple[PresenceStatus, tuple[CallKind, ...]], ...]:
    """A matrix as it goes over the wire, in the order of states and kinds."""
    return tuple(
        (status, tuple(kind for kind in CallKind if kind in reach[status]))
        for status in PresenceStatus
        if status in reach
    )
