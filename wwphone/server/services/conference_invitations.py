"""People who are called into conferences: written down, so that they are known after a restart, and followed to whatever becomes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace

from wwphone.domain.conference import INVITATIONS_UNDER_WAY, InvitationState, PhoneInvitation
from wwphone.server.api import StoreError
from wwphone.server.clock import Clock
from wwphone.server.conference_api import ConferenceStore
from wwphone.server.services.conference_runs import Run, RunBoard
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_RETRY_S = 5.0


class Invitations:
    """What is shown of them at once is in the store a moment later; a store that fails keeps nobody from being called."""

    def __init__(self, store: ConferenceStore, board: RunBoard, clock: Clock) -> None:
        self._store = store
        self._board = board
        self._clock = clock
        self._changed: dict[str, PhoneInvitation] = {}
        self._removed: set[str] = set()
        self._dirty = asyncio.Event()
        self._tasks = TaskOwner("invitations by phone")

    async def start(self) -> None:
        """Take up those of conferences that had not ended. Raises StoreError."""
        for invitation in await self._store.conference_invitations():
            self._board.open(invitation.room, invitation.at)
            self._board.put_invitation(invitation)
        self._tasks.start(self._keep_written())

    async def shutdown(self) -> None:
        """Write down what is not yet, if the store can."""
        await self._tasks.shutdown()
        try:
            await self._write()
        except StoreError as error:
            logger.warning("whom people called into conferences could not be noted: %s", error)

    def add(self, invitation: PhoneInvitation) -> Run:
        """Somebody is being called from now on; whoever was called there before and is not there gives up the place."""
        run = self._board.open(invitation.room, invitation.at)
        for former in tuple(run.invitations.values()):
            if former.party.number == invitation.party.number and _is_over(former):
                self.remove(former)
        self._show(invitation)
        return run

    def under_way(self, run: Run, number: str) -> PhoneInvitation | None:
        """The call by which somebody is being called there just now."""
        return next(
            (
                one
                for one in run.invitations.values()
                if one.party.number == number and one.state in INVITATIONS_UNDER_WAY
            ),
            None,
        )

    def become(self, invitation_id: str, state: InvitationState) -> PhoneInvitation | None:
        """Something came of it; None: there is no such invitation, or it is over already."""
        known = self._board.invitation(invitation_id)
        if known is None or known.state is InvitationState.LEFT:
            return None
        run = self._board.run(known.room)
        there = (
            [one for one in run.participants.values() if one.invitation_id == invitation_id] if run else []
        )
        if there:
            return self.connect(invitation_id, there[0].participant_id)
        if known.state is not state:
            known = replace(known, state=state, at=self._clock(), participant_id="")
            self._show(known)
        return known

    def connect(self, invitation_id: str, participant_id: str) -> PhoneInvitation | None:
        """Whoever was called is there."""
        known = self._board.invitation(invitation_id)
        if known is not None and known.participant_id != participant_id:
            at = self._clock()
            self._show(replace(known, state=InvitationState.CONNECTED, at=at, participant_id=participant_id))
        return known

    def leave(self, invitation_id: str, participant_id: str) -> None:
        """Whoever was called was there and is gone."""
        known = self._board.invitation(invitation_id)
        if known is not None and known.participant_id == participant_id:
            at = self._clock()
            self._show(replace(known, state=InvitationState.LEFT, at=at, participant_id=""))

    def remove(self, invitation: PhoneInvitation) -> None:
        """Clear it away."""
        self._board.take_invitation(invitation)
        self._changed.pop(invitation.invitation_id, None)
        self._removed.add(invitation.invitation_id)
        self._dirty.set()

    def settle(self, run: Run, told: Iterable[str]) -> None:
        """The PBX told all that is under way: what is not among it came to an end while nobody listened."""
        for invitation in tuple(run.invitations.values()):
            if invitation.invitation_id in told or _is_over(invitation):
                continue
            if invitation.participant_id in run.participants:
                continue
            was_there = invitation.state is InvitationState.CONNECTED
            self.become(
                invitation.invitation_id, InvitationState.LEFT if was_there else InvitationState.NO_ANSWER
            )

    # ------------------------------------------------------------ inside

    def _show(self, invitation: PhoneInvitation) -> None:
        self._board.put_invitation(invitation)
        self._changed[invitation.invitation_id] = invitation
        self._dirty.set()

    async def _keep_written(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._write()
            except StoreError as error:
                logger.warning("whom people called into conferences waits for the store: %s", error)
                await asyncio.sleep(_RETRY_S)
                self._dirty.set()

    async def _write(self) -> None:
        changed, removed = self._changed, self._removed
        if not changed and not removed:
            return
        self._changed, self._removed = {}, set()
        try:
            await self._store.write_conference_invitations(tuple(changed.values()), tuple(removed))
        except BaseException:  # cancelled too: it is written when the server stops
            self._changed = {**changed, **self._changed}
            self._removed |= removed
            raise


def _is_over(invitation: PhoneInvitation) -> bool:
    return invitation.state not in INVITATIONS_UNDER_WAY and invitation.state is not InvitationState.CONNECTED
