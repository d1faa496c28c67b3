"""The client's copy of what the server knows, kept equal by events; the server can hold the same to prove it.

Every event costs the same however many colleagues there are. What may be read from outside is read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from wwphone.domain.account import Profile
from wwphone.domain.calls import CallKind, Leg, PhoneState
from wwphone.domain.desk_phone import HeldCall
from wwphone.domain.devices import Registration
from wwphone.domain.history import NO_HISTORY, HistoryState
from wwphone.domain.parking import ParkedCall
from wwphone.domain.phonebook import NO_PHONE_BOOK, PhoneBookState
from wwphone.domain.pickup import RingingCall
from wwphone.domain.presence import DEFAULT_REACH, Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.domain.reachability import NOTHING_SET, Obstacle, Reachability
from wwphone.domain.recording import NO_RECORDINGS, RecordingsState, RunningRecording
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.domain.shown import Shown, ShownDefault
from wwphone.domain.sources import Source
from wwphone.domain.switches import Switch
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import LegChanged, LegEnded, PbxStateChanged, PhoneStateChanged
from wwphone.protocol.conference import NO_CONFERENCES
from wwphone.protocol.conference_mirror import ConferenceMirror
from wwphone.protocol.desk_phone import HeldCallChanged, HeldCallEnded
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.favourites import FavouriteChanged
from wwphone.protocol.frames import MirroredState
from wwphone.protocol.history import HistoryChanged, MissedMailChanged
from wwphone.protocol.message import Event
from wwphone.protocol.parking import ParkedCallChanged, ParkedCallEnded
from wwphone.protocol.phonebook import ContactsChanged
from wwphone.protocol.pickup import RingingCallChanged, RingingCallEnded
from wwphone.protocol.presence import ColleagueChanged, ColleagueRemoved, GroupsChanged, PresenceChanged
from wwphone.protocol.reachability import ReachabilityChanged
from wwphone.protocol.recording import (
    RecordingRulesChanged,
    RecordingRunEnded,
    RecordingRuns,
    RecordingsChanged,
)
from wwphone.protocol.ring_groups import RingGroupsChanged
from wwphone.protocol.shown import ShownDefaultChanged
from wwphone.protocol.switches import SwitchesChanged


class MirrorView(Protocol):
    """What may be read of a mirror. Mappings are live, read-only views, keyed by user name.

    Legs, held and ringing calls are keyed by their id, parked calls by place.
    """

    @property
    def revision(self) -> int:
        """The server's revision this state is of; 0 while empty."""

    @property
    def profile(self) -> Profile | None:
        """The signed-in person; None before the first snapshot."""

    @property
    def groups(self) -> tuple[PresenceGroup, ...]:
        """The presence groups in their order."""

    @property
    def colleagues(self) -> Mapping[str, Colleague]:
        """Whom one may see, oneself included."""

    @property
    def presences(self) -> Mapping[str, Presence]:
        """Everybody's presence."""

    @property
    def phones(self) -> Mapping[str, PhoneState]:
        """The state of everybody's devices together."""

    @property
    def legs(self) -> Mapping[str, Leg]:
        """One's own legs on the PBX."""

    @property
    def held(self) -> Mapping[str, HeldCall]:
        """What the PBX holds for one's own desk phone."""

    @property
    def parked(self) -> Mapping[str, ParkedCall]:
        """All parked calls."""

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """One's own registered devices."""

    @property
    def ringing(self) -> Mapping[str, RingingCall]:
        """What rings elsewhere and one may see or take."""

    @property
    def pbx_connected(self) -> bool:
        """Whether the CTI server reaches the PBX."""

    @property
    def reachability(self) -> Reachability:
        """What one set oneself, beside presence."""

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What keeps one's own calls from ringing, weightiest first."""

    @property
    def ring_groups(self) -> tuple[RingGroupMembership, ...]:
        """The ring groups one is a member of, by number."""

    @property
    def switches(self) -> tuple[Switch, ...]:
        """The switches one may see, by name."""

    @property
    def reach(self) -> Mapping[PresenceStatus, frozenset[CallKind]]:
        """Which kinds of call ring in which presence, by the server's matrix."""

    @property
    def shown_defaults(self) -> Mapping[str, Shown]:
        """What is shown to which number unless one chooses otherwise, by the number called."""

    @property
    def phonebook(self) -> PhoneBookState:
        """Where the phone book stands on the server, which has its entries."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the server can search beside the phone book."""

    @property
    def history(self) -> HistoryState:
        """Where one's own record of calls stands on the server, which has its rows."""

    @property
    def recordings(self) -> RecordingsState:
        """Where one's own recordings stand on the server, which has them."""

    @property
    def running_recordings(self) -> Mapping[tuple[str, str], RunningRecording]:
        """What is being recorded of one's own calls, by id of the recording and of one's leg."""

    @property
    def favourites(self) -> frozenset[str]:
        """One's own favourites among the entries of the phone book, by id."""

    @property
    def conferences(self) -> ConferenceMirror:
        """What one may see of conferences."""

    def state(self) -> MirroredState:
        """A frozen copy in canonical order (by key), to be compared. Raises LookupError while empty."""


class Mirror:
    """The mutable `MirrorView`: replaced by snapshots, changed by events."""

    def __init__(self, state: MirroredState | None = None, revision: int = 0) -> None:
        self._colleagues: dict[str, Colleague] = {}
        self._presences: dict[str, Presence] = {}
        self._phones: dict[str, PhoneState] = {}
        self._legs: dict[str, Leg] = {}
        self._parked: dict[str, ParkedCall] = {}
        self._ringing: dict[str, RingingCall] = {}
        self._shown_defaults: dict[str, Shown] = {}
        self._held: dict[str, HeldCall] = {}
        self._running: dict[tuple[str, str], RunningRecording] = {}
        self.colleagues: Mapping[str, Colleague] = MappingProxyType(self._colleagues)
        self.presences: Mapping[str, Presence] = MappingProxyType(self._presences)
        self.phones: Mapping[str, PhoneState] = MappingProxyType(self._phones)
        self.legs: Mapping[str, Leg] = MappingProxyType(self._legs)
        self.parked: Mapping[str, ParkedCall] = MappingProxyType(self._parked)
        self.ringing: Mapping[str, RingingCall] = MappingProxyType(self._ringing)
        self.shown_defaults: Mapping[str, Shown] = MappingProxyType(self._shown_defaults)
        self.held: Mapping[str, HeldCall] = MappingProxyType(self._held)
        self.running_recordings: Mapping[tuple[str, str], RunningRecording] = MappingProxyType(self._running)
        self.conferences = ConferenceMirror()
        self._handlers: Mapping[type[Event], Callable[[Any], None]] = {
            **self.conferences.handlers,
            ProfileChanged: self._on_profile,
            PresenceChanged: self._on_presence,
            ColleagueChanged: self._on_colleague,
            ColleagueRemoved: self._on_colleague_removed,
            GroupsChanged: self._on_groups,
            PhoneStateChanged: self._on_phone,
            LegChanged: self._on_leg,
            LegEnded: self._on_leg_ended,
            PbxStateChanged: self._on_pbx,
            RegistrationsChanged: self._on_registrations,
            ReachabilityChanged: self._on_reachability,
            ParkedCallChanged: self._on_parked,
            ParkedCallEnded: self._on_parked_ended,
            RingingCallChanged: self._on_ringing,
            RingingCallEnded: self._on_ringing_ended,
            RingGroupsChanged: self._on_ring_groups,
            SwitchesChanged: self._on_switches,
            ShownDefaultChanged: self._on_shown_default,
            HeldCallChanged: self._on_held,
            HeldCallEnded: self._on_held_ended,
            ContactsChanged: self._on_contacts,
            HistoryChanged: self._on_history,
            MissedMailChanged: self._on_missed_mail,
            RecordingRuns: self._on_recording,
            RecordingRunEnded: self._on_recording_ended,
            RecordingsChanged: self._on_recordings,
            RecordingRulesChanged: self._on_recording_rules,
            FavouriteChanged: self._on_favourite,
        }
        self.clear()
        if state is not None:
            self.replace(revision, state)

    def clear(self) -> None:
        """Forget everything, as before the first snapshot."""
        self.revision = 0
        self.profile: Profile | None = None
        self.groups: tuple[PresenceGroup, ...] = ()
        self.registrations: tuple[Registration, ...] = ()
        self.pbx_connected = False
        self.reachability: Reachability = NOTHING_SET
        self.obstacles: tuple[Obstacle, ...] = ()
        self.ring_groups: tuple[RingGroupMembership, ...] = ()
        self.switches: tuple[Switch, ...] = ()
        self.phonebook: PhoneBookState = NO_PHONE_BOOK
        self.sources: tuple[Source, ...] = ()
        self.history: HistoryState = NO_HISTORY
        self.recordings: RecordingsState = NO_RECORDINGS
        self.favourites: frozenset[str] = frozenset()
        self._reach: tuple[tuple[PresenceStatus, tuple[CallKind, ...]], ...] = ()
        self.reach: Mapping[PresenceStatus, frozenset[CallKind]] = DEFAULT_REACH
        everything = (
            self._colleagues,
            self._presences,
            self._phones,
            self._legs,
            self._parked,
            self._ringing,
            self._shown_defaults,
            self._held,
        )
        for entries in everything:
            entries.clear()
        self._running.clear()
        self.conferences.replace(NO_CONFERENCES)

    def replace(self, revision: int, state: MirroredState) -> None:
        """Take over a snapshot."""
        self.clear()
        self.revision = revision
        self.profile = state.profile
        self.groups = state.groups
        self.registrations = state.registrations
        self.pbx_connected = state.pbx_connected
        self.reachability = state.reachability
        self.obstacles = state.obstacles
        self.ring_groups = state.ring_groups
        self.switches = state.switches
        self.phonebook = state.phonebook
        self.sources = state.sources
        self.history = state.history
        self.recordings = state.recordings
        self.favourites = frozenset(state.favourites)
        self.conferences.replace(state.conferences)
        self._reach = state.reach
        if state.reach:
            self.reach = MappingProxyType({status: frozenset(kinds) for status, kinds in state.reach})
        self._colleagues.update((colleague.user, colleague) for colleague in state.colleagues)
        self._presences.update(state.presences)
        self._phones.update(state.phones)
        self._legs.update((leg.leg_id, leg) for leg in state.legs)
        self._parked.update((call.slot, call) for call in state.parked)
        self._shown_defaults.update((default.called, default.shown) for default in state.shown_defaults)
        self._ringing.update((call.ringing_id, call) for call in state.ringing)
        self._held.update((call.held_id, call) for call in state.held)
        self._running.update(((one.recording_id, one.leg_id), one) for one in state.running_recordings)

    def apply(self, revision: int, events: Iterable[Event]) -> None:
        """Take over changes. Raises ValueError when the revision does not grow, KeyError for an unknown class."""
        if revision <= self.revision:
            raise ValueError(f"revision {revision} does not follow {self.revision}")
        for event in events:
            self._handlers[type(event)](event)
        self.revision = revision

    def state(self) -> MirroredState:
        """A frozen copy in canonical order (by key), to be compared. Raises LookupError while empty."""
        if self.profile is None:
            raise LookupError("nothing is mirrored yet")
        return MirroredState(
            profile=self.profile,
            groups=self.groups,
            colleagues=tuple(self._colleagues[user] for user in sorted(self._colleagues)),
            presences=tuple(sorted(self._presences.items(), key=_key)),
            phones=tuple(sorted(self._phones.items(), key=_key)),
            legs=tuple(self._legs[leg_id] for leg_id in sorted(self._legs)),
            registrations=self.registrations,
            ringing=tuple(self._ringing[ringing_id] for ringing_id in sorted(self._ringing)),
            pbx_connected=self.pbx_connected,
            reachability=self.reachability,
            obstacles=self.obstacles,
            parked=tuple(self._parked[slot] for slot in sorted(self._parked)),
            ring_groups=self.ring_groups,
            switches=self.switches,
            reach=self._reach,
            shown_defaults=tuple(
                ShownDefault(called, self._shown_defaults[called]) for called in sorted(self._shown_defaults)
            ),
            held=tuple(self._held[held_id] for held_id in sorted(self._held)),
            phonebook=self.phonebook,
            sources=self.sources,
            history=self.history,
            recordings=self.recordings,
            running_recordings=tuple(self._running[key] for key in sorted(self._running)),
            favourites=tuple(sorted(self.favourites)),
            conferences=self.conferences.state(),
        )

    def _on_profile(self, event: ProfileChanged) -> None:
        self.profile = event.profile

    def _on_presence(self, event: PresenceChanged) -> None:
        self._presences[event.user] = event.presence

    def _on_colleague(self, event: ColleagueChanged) -> None:
        self._colleagues[event.colleague.user] = event.colleague

    def _on_colleague_removed(self, event: ColleagueRemoved) -> None:
        for entries in (self._colleagues, self._presences, self._phones):
            entries.pop(event.user, None)

    def _on_groups(self, event: GroupsChanged) -> None:
        self.groups = event.groups

    def _on_phone(self, event: PhoneStateChanged) -> None:
        self._phones[event.user] = event.state

    def _on_leg(self, event: LegChanged) -> None:
        self._legs[event.leg.leg_id] = event.leg

    def _on_leg_ended(self, event: LegEnded) -> None:
        self._legs.pop(event.leg_id, None)

    def _on_pbx(self, event: PbxStateChanged) -> None:
        self.pbx_connected = event.connected

    def _on_registrations(self, event: RegistrationsChanged) -> None:
        self.registrations = event.registrations

    def _on_reachability(self, event: ReachabilityChanged) -> None:
        self.reachability = event.reachability
        self.obstacles = event.obstacles

    def _on_parked(self, event: ParkedCallChanged) -> None:
        self._parked[event.call.slot] = event.call

    def _on_parked_ended(self, event: ParkedCallEnded) -> None:
        self._parked.pop(event.slot, None)

    def _on_ringing(self, event: RingingCallChanged) -> None:
        self._ringing[event.call.ringing_id] = event.call

    def _on_ringing_ended(self, event: RingingCallEnded) -> None:
        self._ringing.pop(event.ringing_id, None)

    def _on_ring_groups(self, event: RingGroupsChanged) -> None:
        self.ring_groups = event.ring_groups

    def _on_switches(self, event: SwitchesChanged) -> None:
        self.switches = event.switches

    def _on_shown_default(self, event: ShownDefaultChanged) -> None:
        if event.shown is None:
            self._shown_defaults.pop(event.called, None)
        else:
            self._shown_defaults[event.called] = event.shown

    def _on_held(self, event: HeldCallChanged) -> None:
        self._held[event.call.held_id] = event.call

    def _on_held_ended(self, event: HeldCallEnded) -> None:
        self._held.pop(event.held_id, None)

    def _on_contacts(self, event: ContactsChanged) -> None:
        self.phonebook = replace(self.phonebook, revision=event.revision)

    def _on_history(self, event: HistoryChanged) -> None:
        self.history = replace(self.history, revision=event.revision, open_tasks=event.open_tasks)

    def _on_missed_mail(self, event: MissedMailChanged) -> None:
        self.history = replace(self.history, mail_missed=event.on, mail_possible=event.possible)

    def _on_recording(self, event: RecordingRuns) -> None:
        self._running[event.recording.recording_id, event.recording.leg_id] = event.recording

    def _on_recording_ended(self, event: RecordingRunEnded) -> None:
        self._running.pop((event.recording_id, event.leg_id), None)

    def _on_recordings(self, event: RecordingsChanged) -> None:
        self.recordings = replace(self.recordings, revision=event.revision)

    def _on_recording_rules(self, event: RecordingRulesChanged) -> None:
        self.recordings = event.state

    def _on_favourite(self, event: FavouriteChanged) -> None:
        one = {event.contact_id}
        self.favourites = self.favourites | one if event.favourite else self.favourites - one


def _key(pair: tuple[str, object]) -> str:
    return pair[0]
