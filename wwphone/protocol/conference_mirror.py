"""The part of the mirror that knows conferences; see `protocol.mirror`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from wwphone.domain.conference import ConferenceRoom, Participant, PhoneInvitation, RunningConference
from wwphone.domain.conference_plans import PlannedConference, RememberedPlan
from wwphone.protocol.conference import (
    NO_CONFERENCES,
    ConferenceChanged,
    ConferenceEnded,
    ConferenceRoomsChanged,
    ConferencesState,
    InvitationChanged,
    InvitationEnded,
    ParticipantChanged,
    ParticipantLeft,
)
from wwphone.protocol.conference_plans import (
    FeedChanged,
    PlannedConferenceChanged,
    PlannedConferenceRemoved,
    PlanRemembered,
)
from wwphone.protocol.message import Event


class ConferenceMirror:
    """What one may see of conferences. Mappings are live and read-only: rooms' by number, the others' by their ids."""

    def __init__(self) -> None:
        self._running: dict[str, RunningConference] = {}
        self._participants: dict[str, Participant] = {}
        self._invitations: dict[str, PhoneInvitation] = {}
        self._plans: dict[str, PlannedConference] = {}
        self.running: Mapping[str, RunningConference] = MappingProxyType(self._running)
        self.participants: Mapping[str, Participant] = MappingProxyType(self._participants)
        self.invitations: Mapping[str, PhoneInvitation] = MappingProxyType(self._invitations)
        self.plans: Mapping[str, PlannedConference] = MappingProxyType(self._plans)
        self.handlers: Mapping[type[Event], Callable[[Any], None]] = MappingProxyType(
            {
                ConferenceRoomsChanged: self._on_rooms,
                ConferenceChanged: self._on_conference,
                ConferenceEnded: self._on_conference_ended,
                ParticipantChanged: self._on_participant,
                ParticipantLeft: self._on_participant_left,
                InvitationChanged: self._on_invitation,
                InvitationEnded: self._on_invitation_ended,
                PlannedConferenceChanged: self._on_plan,
                PlannedConferenceRemoved: self._on_plan_removed,
                PlanRemembered: self._on_remembered,
                FeedChanged: self._on_feed,
            }
        )
        self.replace(NO_CONFERENCES)

    def replace(self, state: ConferencesState) -> None:
        """Take over what a snapshot says."""
        self.released = state.released
        self.mail_possible = state.mail_possible
        self.rooms: tuple[ConferenceRoom, ...] = state.rooms
        self.remembered: RememberedPlan = state.remembered
        self.feed = state.feed
        for entries in (self._running, self._participants, self._invitations, self._plans):
            entries.clear()
        self._running.update((one.room, one) for one in state.running)
        self._participants.update((one.participant_id, one) for one in state.participants)
        self._invitations.update((one.invitation_id, one) for one in state.invitations)
        self._plans.update((one.conference_id, one) for one in state.plans)

    def state(self) -> ConferencesState:
        """A frozen copy in canonical order, to be compared."""
        return ConferencesState(
            released=self.released,
            mail_possible=self.mail_possible,
            rooms=self.rooms,
            running=tuple(self._running[key] for key in sorted(self._running)),
            participants=tuple(self._participants[key] for key in sorted(self._participants)),
            invitations=tuple(self._invitations[key] for key in sorted(self._invitations)),
            plans=tuple(self._plans[key] for key in sorted(self._plans)),
            remembered=self.remembered,
            feed=self.feed,
        )

    def _on_rooms(self, event: ConferenceRoomsChanged) -> None:
        self.released, self.mail_possible, self.rooms = event.released, event.mail_possible, event.rooms
        seen = {room.number for room in event.rooms}
        for room in [room for room in self._running if room not in seen]:
            self._forget(room)

    def _on_conference(self, event: ConferenceChanged) -> None:
        self._running[event.conference.room] = event.conference

    def _on_conference_ended(self, event: ConferenceEnded) -> None:
        self._forget(event.room)

    def _forget(self, room: str) -> None:
        self._running.pop(room, None)
        for participant_id in [key for key, one in self._participants.items() if one.room == room]:
            del self._participants[participant_id]
        for invitation_id in [key for key, one in self._invitations.items() if one.room == room]:
            del self._invitations[invitation_id]

    def _on_participant(self, event: ParticipantChanged) -> None:
        self._participants[event.participant.participant_id] = event.participant

    def _on_participant_left(self, event: ParticipantLeft) -> None:
        self._participants.pop(event.participant_id, None)

    def _on_invitation(self, event: InvitationChanged) -> None:
        self._invitations[event.invitation.invitation_id] = event.invitation

    def _on_invitation_ended(self, event: InvitationEnded) -> None:
        self._invitations.pop(event.invitation_id, None)

    def _on_plan(self, event: PlannedConferenceChanged) -> None:
        self._plans[event.conference.conference_id] = event.conference

    def _on_plan_removed(self, event: PlannedConferenceRemoved) -> None:
        self._plans.pop(event.conference_id, None)

    def _on_remembered(self, event: PlanRemembered) -> None:
        self.remembered = event.remembered

    def _on_feed(self, event: FeedChanged) -> None:
        self.feed = event.feed
