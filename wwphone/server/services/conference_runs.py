"""Conferences that run: who is there and who is called in, and who is told of which of it.

Theory. What was told is what a snapshot says, so the two never differ. Whoever begins to see a room is told of all that is in it, whoever
sees it no more is told of a list of rooms without it. Who talks changes many times a second: it is told by and by, all of a room together,
the more seldom the more people are told; whoever fell silent again meanwhile is not mentioned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from wwphone.domain.conference import (
    INVITATIONS_UNDER_WAY,
    InvitationState,
    Participant,
    PhoneInvitation,
    RunningConference,
)
from wwphone.protocol.conference import (
    ConferenceChanged,
    ConferenceEnded,
    ConferenceRoomsChanged,
    ConferencesState,
    InvitationChanged,
    InvitationEnded,
    ParticipantChanged,
    ParticipantLeft,
)
from wwphone.protocol.message import Event
from wwphone.server.services.conference_rooms import RoomBook
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog

TALK_S = 0.3
"""From one telling of who talks in a room to the next."""
_TALK_S_FOR_EACH = 0.001
"""Longer for each who is told: a thousand clients are told once a second."""


@dataclass(eq=False)
class Run:
    """A conference that runs."""

    conference: RunningConference
    people: set[str] = field(default_factory=set)
    """Users and numbers of those who were inside, called in, or called somebody in: it is theirs also while it is empty."""
    participants: dict[str, Participant] = field(default_factory=dict)
    told: dict[str, Participant] = field(default_factory=dict)
    """The same, as people know it."""
    invitations: dict[str, PhoneInvitation] = field(default_factory=dict)
    ended: bool = False
    """Somebody ended it for everybody."""
    talk: asyncio.TimerHandle | None = None
    talk_told_s: float = float("-inf")

    @property
    def room(self) -> str:
        """The number of its room."""
        return self.conference.room

    @property
    def expected(self) -> int:
        """How many are there or on their way."""
        under_way = (one.state in INVITATIONS_UNDER_WAY for one in self.invitations.values())
        return len(self.participants) + sum(under_way)

    @property
    def is_empty(self) -> bool:
        """Nobody is there, and nobody is called any more."""
        waiting = (one.state is InvitationState.CONNECTED for one in self.invitations.values())
        return not self.expected and not any(waiting)


class RunBoard:
    """All conferences that run."""

    def __init__(self, book: RoomBook, directory: DirectoryService, log: EventLog) -> None:
        self._book = book
        self._directory = directory
        self._log = log
        self._runs: dict[str, Run] = {}
        self._told_rooms: dict[str, ConferenceRoomsChanged] = {}

    @property
    def runs(self) -> tuple[Run, ...]:
        """All of them."""
        return tuple(self._runs.values())

    def run(self, room: str) -> Run | None:
        """What runs in a room."""
        return self._runs.get(room)

    def invitation(self, invitation_id: str) -> PhoneInvitation | None:
        """One invitation."""
        found = (run.invitations.get(invitation_id) for run in self._runs.values())
        return next((one for one in found if one is not None), None)

    def state_for(self, user: str) -> ConferencesState:
        """What somebody sees of rooms and of what runs there; what is planned is another's."""
        told = self._told_rooms.get(user)
        if told is None:
            told = self._told_rooms[user] = self._book.told(user)
        running = sorted(
            (run for room in told.rooms if (run := self._runs.get(room.number)) is not None),
            key=lambda run: run.room,
        )
        people = (self._seen(one, user) for run in running for one in run.told.values())
        invited = (self._seen_invitation(one) for run in running for one in run.invitations.values())
        return ConferencesState(
            told.released,
            told.mail_possible,
            told.rooms,
            tuple(run.conference for run in running),
            tuple(sorted(people, key=lambda one: one.participant_id)),
            tuple(sorted(invited, key=lambda one: one.invitation_id)),
        )

    # ------------------------------------------------------------ rooms and rights

    def tell_rooms(self, users: Iterable[str] | None = None) -> None:
        """Let people know which rooms they see, if it is others than before; None: everybody."""
        if users is None:
            for gone in self._told_rooms.keys() - self._directory.users.keys():
                del self._told_rooms[gone]
            users = tuple(self._directory.users)
        for user in users:
            if user not in self._directory.users:
                continue
            told, former = self._book.told(user), self._told_rooms.get(user)
            self._told_rooms[user] = told
            if former is not None and told != former:
                self._log.publish(told, only=user)
                known = {room.number: room for room in former.rooms}
                for room in told.rooms:
                    run, before = self._runs.get(room.number), known.get(room.number)
                    if run is not None and before is None:
                        self._tell_all_of(run, user)
                    elif run is not None and before is not None and before.may_control != room.may_control:
                        self._tell_invitees(run, user)

    def name_anew(self, name: Callable[[Participant], Participant]) -> None:
        """People may be called otherwise now."""
        for run in self._runs.values():
            for participant in tuple(run.participants.values()):
                self.put(run.room, name(participant))

    def show_anew(self, users: frozenset[str]) -> None:
        """These were hidden and are seen now, or the other way round, or are gone."""
        for run in self._runs.values():
            for participant in run.told.values():
                if participant.user in users:
                    self._tell_others(run, participant)
            for invitation in run.invitations.values():
                if not users.isdisjoint({invitation.by, invitation.user}):
                    self._publish(run.room, InvitationChanged(self._seen_invitation(invitation)))

    # ------------------------------------------------------------ what happens

    def open(self, room: str, since: datetime, conference_id: str = "") -> Run:
        """A conference begins, or goes on already."""
        run = self._runs.get(room)
        if run is None:
            run = self._runs[room] = Run(RunningConference(room, since, conference_id=conference_id))
            self._book.set_present(room, {})
            if not self._book.knows(room):
                self.tell_rooms(self._book.audience(room))
            self._publish(room, ConferenceChanged(run.conference))
        return run

    def change(self, conference: RunningConference) -> None:
        """It is locked, or the like."""
        run = self._runs[conference.room]
        if conference != run.conference:
            run.conference = conference
            self._publish(conference.room, ConferenceChanged(conference))

    def put(self, room: str, participant: Participant) -> None:
        """Somebody came, or something of them changed."""
        run = self._runs[room]
        former, told = run.participants.get(participant.participant_id), run.told
        if participant == former:
            return
        run.people.update({participant.user, participant.party.number} - {""})
        run.participants[participant.participant_id] = participant
        if former is None or (former.user, former.chair) != (participant.user, participant.chair):
            self._presence_changed(run, {participant.user, former.user if former else ""})
        known = told.get(participant.participant_id)
        if known is not None and replace(known, talking=participant.talking) == participant:
            self._tell_talk_later(run)
            return
        told[participant.participant_id] = participant
        self._tell_participant(run, participant, known)

    def take(self, run: Run, participant_id: str) -> Participant | None:
        """Somebody left."""
        gone = run.participants.pop(participant_id, None)
        run.told.pop(participant_id, None)
        if gone is not None:
            self._publish(run.room, ParticipantLeft(participant_id))
            self._presence_changed(run, {gone.user})
        return gone

    def put_invitation(self, invitation: PhoneInvitation) -> None:
        """Somebody is called, or it came to something."""
        run = self._runs[invitation.room]
        if run.invitations.get(invitation.invitation_id) != invitation:
            run.people.update({invitation.by, invitation.user, invitation.party.number} - {""})
            run.invitations[invitation.invitation_id] = invitation
            self._publish(run.room, InvitationChanged(self._seen_invitation(invitation)))

    def take_invitation(self, invitation: PhoneInvitation) -> None:
        """It is cleared away."""
        run = self._runs.get(invitation.room)
        if run is not None and run.invitations.pop(invitation.invitation_id, None) is not None:
            self._publish(run.room, InvitationEnded(invitation.invitation_id))

    def close(self, run: Run) -> None:
        """It is over, with all that was in it."""
        if self._runs.pop(run.room, None) is not run:
            return
        if run.talk is not None:
            run.talk.cancel()
        self._publish(run.room, ConferenceEnded(run.room))
        inside = {one.user for one in run.participants.values()}
        seen_by = inside if self._book.knows(run.room) else inside | self._book.audience(run.room)
        self._book.set_present(run.room, None)
        self.tell_rooms(seen_by)

    def shutdown(self) -> None:
        """Tell nothing any more."""
        for run in self._runs.values():
            if run.talk is not None:
                run.talk.cancel()

    # ------------------------------------------------------------ inside

    def _publish(self, room: str, event: Event) -> None:
        self._log.publish(event, only=self._book.audience(room))

    def _presence_changed(self, run: Run, users: set[str]) -> None:
        chairs: dict[str, bool] = {}
        for one in run.participants.values():
            if one.user:
                chairs[one.user] = chairs.get(one.user, False) or one.chair
        self._book.set_present(run.room, chairs)
        self.tell_rooms(users)

    def _tell_all_of(self, run: Run, user: str) -> None:
        self._log.publish(ConferenceChanged(run.conference), only=user)
        for participant in run.told.values():
            self._log.publish(ParticipantChanged(self._seen(participant, user)), only=user)
        for invitation in run.invitations.values():
            self._log.publish(InvitationChanged(self._seen_invitation(invitation)), only=user)

    def _tell_invitees(self, run: Run, user: str) -> None:
        """Somebody controls the room now, or no more: who was invited by e-mail reads otherwise."""
        for participant in run.told.values():
            if participant.invitee:
                self._log.publish(ParticipantChanged(self._seen(participant, user)), only=user)

    def _tell_participant(self, run: Run, participant: Participant, known: Participant | None) -> None:
        self._tell_others(run, participant, known)
        user = participant.user
        if user in self._book.audience(run.room):
            self._log.publish(ParticipantChanged(self._seen(participant, user)), only=user)

    def _tell_others(self, run: Run, participant: Participant, known: Participant | None = None) -> None:
        """Tell everybody but whom it is about, where it differs from what they know."""
        others = self._book.audience(run.room) - {participant.user}
        by_mail = participant.invitee or (known is not None and known.invitee)
        control = others & self._book.controllers(run.room) if by_mail else frozenset[str]()
        for people, controls in ((control, True), (others - control, False)):
            seen = self._for_others(participant, controls=controls)
            if people and (known is None or seen != self._for_others(known, controls=controls)):
                self._log.publish(ParticipantChanged(seen), only=people)

    def _seen(self, participant: Participant, user: str) -> Participant:
        """Somebody as this user may see them: which leg it is, they alone know."""
        controls = self._book.controls(user, participant.room)
        if not participant.user or participant.user != user:
            return self._for_others(participant, controls=controls)
        return participant if controls else replace(participant, invitee="")

    def _for_others(self, participant: Participant, *, controls: bool) -> Participant:
        """Somebody as others see them: nobody else knows a hidden user; where they were invited is for those who control the room."""
        known, invitee = self._visible(participant.user), participant.invitee if controls else ""
        return replace(participant, user=known, invitee=invitee, leg_id="", sip_call_id="")

    def _seen_invitation(self, invitation: PhoneInvitation) -> PhoneInvitation:
        by, user = (self._visible(name) for name in (invitation.by, invitation.user))
        return replace(invitation, by=by, user=user)

    def _visible(self, user: str) -> str:
        record = self._directory.users.get(user)
        return user if record is not None and not record.hidden else ""

    def _tell_talk_later(self, run: Run) -> None:
        if run.talk is None:
            loop = asyncio.get_running_loop()
            pause_s = max(TALK_S, _TALK_S_FOR_EACH * len(self._book.audience(run.room)))
            wait_s = max(run.talk_told_s + pause_s - loop.time(), 0)
            run.talk = loop.call_later(wait_s, self._tell_talk, run)

    def _tell_talk(self, run: Run) -> None:
        run.talk = None
        run.talk_told_s = asyncio.get_running_loop().time()
        for participant_id, participant in run.participants.items():
            known = run.told.get(participant_id)
            if known != participant:
                run.told[participant_id] = participant
                self._tell_participant(run, participant, known)
