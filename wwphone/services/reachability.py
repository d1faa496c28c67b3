"""Can a call reach me, and if not, why; do not disturb and forwardings, which belong to the person (requirement 003)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, MirrorChanged, MirrorReplaced
from wwphone.domain.presence import JournalEntry, PresenceStatus
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.protocol.reachability import (
    EndForwarding,
    Journal,
    ReachabilityChanged,
    ReadJournal,
    SetDoNotDisturb,
    SetForwarding,
)
from wwphone.services.account import AccountService, AccountSnapshot, Stage
from wwphone.services.observing import Listeners
from wwphone.services.presence import PresenceService
from wwphone.services.ring_groups import RingGroupsService
from wwphone.sip.api import RegistrationState

EVERYBODY = "*"
"""Asks `read_journal` for everybody's entries."""
JOURNAL_LENGTH = 200
"""How many entries are read at once."""

Reason = Obstacle | RegistrationState
"""What keeps calls from ringing: as the server tells, or why this PC is not registered."""

_PASSING = (RegistrationState.REGISTERED, RegistrationState.REGISTERING)
_HEAVIER = (ObstacleKind.DO_NOT_DISTURB, ObstacleKind.FORWARDED)
"""What would keep calls away from a registered PC too."""
_ABOUT_DEVICES = (ObstacleKind.NOT_REGISTERED, ObstacleKind.NOT_ANSWERING)
_NOT_MENDED_HERE = (ObstacleKind.BUSY,)


@dataclass(frozen=True)
class ReachabilitySnapshot:
    """Everything the header shows of it."""

    own: Reachability = NOTHING_SET
    reasons: tuple[Reason, ...] = ()
    """Why calls do not ring, weightiest first; empty: everything rings, or nobody is signed in."""
    ended: tuple[Forwarding, ...] = ()
    """What `end_forwarding` took away last and `restore_forwarding` would set again."""
    signed_in: bool = False
    live: bool = False
    """Whether it is as of now and can be changed."""
    as_of: datetime | None = None
    """The moment of what is shown while the line is down; None: live, or there is nothing."""


def mendable(reason: Reason) -> bool:
    """Whether `mend` knows what to do."""
    return not isinstance(reason, Obstacle) or reason.kind not in _NOT_MENDED_HERE


def mended_by_server(reason: Reason) -> bool:
    """Whether mending needs a line to the CTI server; registering again does not."""
    return isinstance(reason, Obstacle) and reason.kind not in _ABOUT_DEVICES


class ReachabilityService:
    """One's own reachability. While the line is down, all stays as of the moment it broke."""

    def __init__(
        self,
        link: CtiLink,
        account: AccountService,
        presence: PresenceService,
        ring_groups: RingGroupsService,
    ) -> None:
        self._link = link
        self._account = account
        self._presence = presence
        self._ring_groups = ring_groups
        self._registration = account.snapshot.registration.state
        self._unheard = False
        """This PC is registered, and the server has said nothing since."""
        self._ended: tuple[Forwarding, ...] = ()
        self.snapshot = ReachabilitySnapshot()
        self.changed: Listeners[ReachabilitySnapshot] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._unheard = False
                self._renew()
            case MirrorChanged(events) if any(isinstance(e, ReachabilityChanged) for e in events):
                self._unheard = False
                self._renew()

    # ------------------------------------------------------------ what a person does

    async def set_do_not_disturb(self, *, on: bool) -> None:
        """Silence all of one's own devices, or let them ring again. Raises CommandRefusedError."""
        await self._link.request(SetDoNotDisturb(on))

    async def set_forwarding(self, forwarding: Forwarding) -> None:
        """Forward one's calls for a cause. Raises CommandRefusedError (INVALID, CONFLICT for a loop)."""
        await self._link.request(SetForwarding(forwarding))
        self._keep_ended(())

    async def end_forwarding(self, cause: ForwardingCause | None = None) -> None:
        """Forward no more for this cause, or (None) for any. Raises CommandRefusedError."""
        before = self._link.mirror.reachability.forwardings
        await self._link.request(EndForwarding(cause))
        self._keep_ended(tuple(each for each in before if cause in (None, each.cause)))

    async def restore_forwarding(self) -> None:
        """Set again what was ended last. Raises CommandRefusedError."""
        ended = self._ended
        self._keep_ended(())
        for forwarding in ended:
            await self._link.request(SetForwarding(forwarding))

    def forget_ended(self) -> None:
        """Offer to restore no longer."""
        self._keep_ended(())

    async def mend(self, reason: Reason) -> None:
        """Do what takes a reason away. Raises CommandRefusedError, and ValueError for what is not `mendable`."""
        kind = reason.kind if isinstance(reason, Obstacle) else ObstacleKind.NOT_REGISTERED
        target = reason.target if isinstance(reason, Obstacle) else ""
        match kind:
            case ObstacleKind.DO_NOT_DISTURB:
                await self.set_do_not_disturb(on=False)
            case ObstacleKind.FORWARDED:
                await self.end_forwarding(ForwardingCause.ALWAYS)
            case ObstacleKind.PRESENCE:
                await self._presence.set(PresenceStatus.AVAILABLE)
            case ObstacleKind.GROUP_LOGGED_OUT:
                await self._ring_groups.set_logged_in(target, logged_in=True)
            case ObstacleKind.NOT_REGISTERED | ObstacleKind.NOT_ANSWERING:
                self._account.register_again()
            case _:
                raise ValueError(f"{kind.value} is not mended here")

    async def read_journal(self, user: str | None = None, before: int = 0) -> tuple[JournalEntry, ...]:
        """The latest changes of presence, newest first: one's own, another's, or those of `EVERYBODY`.

        At most `JOURNAL_LENGTH`; with `before`, those that are older than the entry with this id.

        Raises CommandRefusedError (NOT_PERMITTED without the right to administrate).
        """
        answer = await self._link.request(ReadJournal(user, JOURNAL_LENGTH, before))
        return answer.entries if isinstance(answer, Journal) else ()

    # ------------------------------------------------------------ inside

    def _on_account_changed(self, account: AccountSnapshot) -> None:
        state = account.registration.state
        if state is not self._registration:
            self._registration = state
            self._unheard = state is RegistrationState.REGISTERED
        self._renew()

    def _keep_ended(self, ended: tuple[Forwarding, ...]) -> None:
        self._ended = ended
        self._renew()

    def _renew(self) -> None:
        account, mirror = self._account.snapshot, self._link.mirror
        signed_in = account.stage is Stage.SIGNED_IN
        if not signed_in:
            self._ended = ()
        own = mirror.reachability
        interrupted = signed_in and account.link.state is LinkState.INTERRUPTED
        snapshot = ReachabilitySnapshot(
            own=own,
            reasons=self._reasons() if signed_in else (),
            ended=tuple(each for each in self._ended if own.forwarding(each.cause) is None),
            signed_in=signed_in,
            live=signed_in and account.live,
            as_of=account.link.since if interrupted else None,
        )
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.tell(snapshot)

    def _reasons(self) -> tuple[Reason, ...]:
        """What the server names, and why this PC is not registered: said once, in its place by weight."""
        told = self._link.mirror.obstacles
        if not self._account.snapshot.voice:
            return told
        if self._registration not in _PASSING:
            return (
                *(each for each in told if each.kind in _HEAVIER),
                self._registration,
                *(each for each in told if each.kind not in (*_HEAVIER, ObstacleKind.NOT_REGISTERED)),
            )
        if self._registration is RegistrationState.REGISTERING or self._unheard:
            # It rings in a moment: what the server said of one's devices is older than that.
            return tuple(each for each in told if each.kind not in _ABOUT_DEVICES)
        return told
