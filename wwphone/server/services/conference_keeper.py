"""What runs in the rooms, followed: as the PBX tells it, with the names that are known here, until everybody has gone."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState, Participant, PhoneInvitation
from wwphone.server.api import Pbx, PbxError, PbxEvent, PbxLostError, PbxStateChanged
from wwphone.server.clock import Clock
from wwphone.server.conference_api import (
    ConferenceStore,
    PbxInvitation,
    PbxInvitationChanged,
    PbxParticipantChanged,
    PbxParticipantLeft,
    PbxRoomLocked,
    PlannedConferences,
)
from wwphone.server.services.calls import CallService
from wwphone.server.services.conference_invitations import Invitations
from wwphone.server.services.conference_rooms import RoomBook
from wwphone.server.services.conference_runs import Run, RunBoard
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

EMPTY_S = 600.0
"""A conference that nobody is in stays in sight for so long with whom people called in: who hung up, or dropped out, may call them again."""
LOOK_AT_PLANS_S = 5.0


@dataclass(frozen=True)
class ConferenceNeighbours:
    """Whom the service works with."""

    calls: CallService
    directory: DirectoryService
    log: EventLog
    book: RoomBook


class ConferenceKeeper:
    """Follows the PBX; what it does not tell when its line comes up is over."""

    def __init__(
        self,
        store: ConferenceStore,
        pbx: Pbx,
        neighbours: ConferenceNeighbours,
        clock: Clock,
        empty_s: float = EMPTY_S,
    ) -> None:
        self._pbx = pbx
        self._calls, self._directory = neighbours.calls, neighbours.directory
        self._book = neighbours.book
        self._empty_s = empty_s
        self.board = RunBoard(neighbours.book, neighbours.directory, neighbours.log)
        self.invitations = Invitations(store, self.board, clock)
        self._empty: dict[str, asyncio.TimerHandle] = {}
        self._takes_stock = True
        """The line is away, or the PBX has not told everything yet."""
        self._told_people: set[str] = set()
        self._told_locks: set[str] = set()
        self._told_invitations: set[str] = set()
        """What the PBX has told while stock is taken."""
        self._came_for: dict[str, str] = {}
        """The planned conference with whose PIN somebody came last, by room."""
        self.planned: PlannedConferences | None = None
        """Who knows what is planned."""
        self._tasks = TaskOwner("conferences")

    async def start(self) -> None:
        """Read the rooms and whom people had called; before the PBX connects. Raises StoreError."""
        self._book.read()
        self.board.tell_rooms()
        await self.invitations.start()
        self._directory.on_change(self._on_directory_change)
        self._tasks.start(self._look_at_plans())

    async def shutdown(self) -> None:
        """Tell nothing any more; conferences go on at the PBX."""
        for handle in self._empty.values():
            handle.cancel()
        await self._tasks.shutdown()
        self.board.shutdown()
        await self.invitations.shutdown()

    def plans_changed(self) -> None:
        """The time of a planned conference has begun, or is over, or is another one."""
        for run in self.board.runs:
            self._name_plan(run)

    async def call(self, invitation: PhoneInvitation) -> None:
        """Call somebody in, and follow what becomes of it."""
        self._begin_anew_for(invitation.room, {invitation.by}, invitation.at)
        self._name_plan(self.invitations.add(invitation))
        by = self._directory.users.get(invitation.by)
        name = by.nickname if by is not None else invitation.by
        number = invitation.party.number
        wanted = PbxInvitation(invitation.invitation_id, invitation.room, number, invitation.by, name)
        try:
            await self._pbx.conference.invite(wanted)
        except PbxLostError as error:
            logger.info("whether somebody is being called into %s is not known: %s", invitation.room, error)
        except PbxError as error:
            logger.info("nobody could be called into %s: %s", invitation.room, error)
            self.invitations.become(invitation.invitation_id, InvitationState.FAILED)
            self.settle(invitation.room)

    def settle(self, room: str) -> None:
        """Let a conference be over when nobody is there and nobody is called any more: later, while somebody can be called again."""
        run = self.board.run(room)
        waiting = self._empty.pop(room, None)
        if waiting is not None:
            waiting.cancel()
        if run is None or not run.is_empty or self._takes_stock:
            return
        if run.ended or not run.invitations or not self._book.knows(room):
            self.close(run)
        else:
            self.board.change(replace(run.conference, locked=False))  # the PBX forgets it with the last one
            self._empty[room] = asyncio.get_running_loop().call_later(self._empty_s, self.close, run)

    def end(self, room: str) -> None:
        """It was ended for everybody: nobody is to be called again. Whoever is inside still, leaves in a moment."""
        run = self.board.run(room)
        if run is not None:
            for invitation in tuple(run.invitations.values()):
                if invitation.participant_id not in run.participants:
                    self.invitations.remove(invitation)
            run.ended = True
            self.settle(room)

    def close(self, run: Run) -> None:
        """It is over, if nobody is there and nobody is called."""
        if self.board.run(run.room) is not run or not run.is_empty:
            return
        waiting = self._empty.pop(run.room, None)
        if waiting is not None:
            waiting.cancel()
        self._came_for.pop(run.room, None)
        invitations = tuple(run.invitations.values())
        self.board.close(run)
        for invitation in invitations:
            self.invitations.remove(invitation)

    def _begin_anew_for(self, room: str, who: set[str], since: datetime) -> None:
        """An empty conference goes on for those who were part of it; whoever else comes begins another one."""
        run = self.board.run(room)
        if run is None or not run.is_empty or self._takes_stock:
            return
        if run.people.isdisjoint(who):
            self.close(run)
        elif not run.participants:
            self.board.change(replace(run.conference, since=since))

    # ------------------------------------------------------------ what the PBX tells

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Follow what happens in the rooms."""
        match event:
            case PbxParticipantChanged():
                self._on_participant(event)
            case PbxParticipantLeft(room, participant_id):
                run = self.board.run(room)
                if run is not None:
                    self._leave(run, participant_id)
            case PbxRoomLocked(room, locked):
                self._on_locked(room, locked=locked)
            case PbxInvitationChanged(invitation_id, state):
                if self._takes_stock:
                    self._told_invitations.add(invitation_id)
                known = self.invitations.become(invitation_id, state)
                if known is not None:
                    self.settle(known.room)
            case PbxStateChanged(connected):
                if connected:
                    self._end_what_was_not_told()
                self._takes_stock = not connected
                for told in (self._told_people, self._told_locks, self._told_invitations):
                    told.clear()

    def _on_participant(self, event: PbxParticipantChanged) -> None:
        participant = event.participant
        if self._takes_stock:
            self._told_people.add(participant.participant_id)
        if event.conference_id:
            self._came_for[participant.room] = event.conference_id
        if not participant.invitation_id:
            who = {participant.user, participant.party.number} - {""}
            self._begin_anew_for(participant.room, who, participant.since)
        run = self.board.open(participant.room, participant.since)
        if participant.since < run.conference.since:
            self.board.change(replace(run.conference, since=participant.since))
        former = run.participants.get(participant.participant_id)
        run.ended = run.ended and former is not None
        participant = self._named(participant, event.conference_id)
        same = former is not None and former.leg_id == participant.leg_id
        if former is not None and same:
            participant = replace(participant, sip_call_id=former.sip_call_id)
        self.board.put(participant.room, participant)
        if participant.invitation_id:
            self.invitations.connect(participant.invitation_id, participant.participant_id)
        if former is None:
            self._name_plan(run)
        if participant.leg_id and not same:
            self._tasks.start(self._learn_sip_call(participant))
        self.settle(participant.room)

    def _leave(self, run: Run, participant_id: str) -> None:
        gone = self.board.take(run, participant_id)
        if gone is not None:
            if gone.invitation_id:
                self.invitations.leave(gone.invitation_id, participant_id)
            self.settle(run.room)

    def _on_locked(self, room: str, *, locked: bool) -> None:
        if self._takes_stock:
            (self._told_locks.add if locked else self._told_locks.discard)(room)
        run = self.board.run(room)
        if run is not None:
            self.board.change(replace(run.conference, locked=locked))

    def _end_what_was_not_told(self) -> None:
        self._takes_stock = False
        for run in self.board.runs:
            for participant_id in tuple(run.participants):
                if participant_id not in self._told_people:
                    self._leave(run, participant_id)
            self.invitations.settle(run, self._told_invitations)
            self.settle(run.room)
            if self.board.run(run.room) is run:
                self.board.change(replace(run.conference, locked=run.room in self._told_locks))

    # ------------------------------------------------------------ what the administrator changes

    def _on_directory_change(self, change: DirectoryChange) -> None:
        self._book.read()
        self.board.tell_rooms()
        for run in self.board.runs:
            if not self._book.knows(run.room):
                self.settle(run.room)
        changed = [new.user for old, new in change.changed if old.hidden != new.hidden]
        others = [record.user for record in (*change.appeared, *change.removed)]
        self.board.show_anew(frozenset((*changed, *others)))
        self.board.name_anew(self._named)

    # ------------------------------------------------------------ inside

    def _named(self, participant: Participant, conference_id: str = "") -> Participant:
        """Give somebody the name that is known here; the signalled one is what a phone calls itself."""
        record = self._directory.users.get(participant.user)
        party = participant.party
        invitation = self.board.invitation(participant.invitation_id) if participant.invitation_id else None
        leg_id = participant.leg_id
        if record is not None:
            name = party.name if record.hidden else record.nickname
            party = Party(party.number or record.number, name)
            if not leg_id and self._calls.leg(participant.participant_id) is not None:
                leg_id = participant.participant_id
        elif invitation is not None and party.number in ("", invitation.party.number):
            # Somebody else may be there by now, to whom that call was handed over.
            party = Party(invitation.party.number, invitation.party.name or party.name)
        elif participant.invitee and self.planned is not None and conference_id:
            party = replace(
                party, name=self.planned.name_of(conference_id, participant.invitee) or party.name
            )
        return replace(participant, party=party, user=record.user if record else "", leg_id=leg_id)

    async def _learn_sip_call(self, participant: Participant) -> None:
        try:
            name = await self._pbx.sip_call_of(participant.leg_id)
        except (PbxError, KeyError) as error:
            logger.debug("which call brought somebody into a conference is not known: %s", error)
            return
        run = self.board.run(participant.room)
        known = run.participants.get(participant.participant_id) if run else None
        if known is not None and name:
            self.board.put(known.room, replace(known, sip_call_id=name))

    async def _look_at_plans(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AT_PLANS_S)
            self.plans_changed()

    def _name_plan(self, run: Run) -> None:
        """Say which planned conference it is: whose time it is, else with whose PIN people came."""
        planned = self.planned.going_on(run.room) if self.planned is not None else ""
        conference_id = planned or self._came_for.get(run.room, "")
        self.board.change(replace(run.conference, conference_id=conference_id))
