"""The ring groups one is a member of: logged in there, and group calls ring; logged out, and they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, MirrorChanged, MirrorReplaced
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.protocol.ring_groups import RingGroupsChanged, SetLoggedIn, TakeNext
from wwphone.services.account import AccountService, AccountSnapshot, Stage
from wwphone.services.devices import DevicesService
from wwphone.services.observing import Listeners


@dataclass(frozen=True)
class RingGroupsSnapshot:
    """Everything the header shows of them."""

    ring_groups: tuple[RingGroupMembership, ...] = ()
    """By number; none while nobody is signed in."""
    live: bool = False
    """Whether it is as of now and can be changed."""
    as_of: datetime | None = None
    """The moment of what is shown while the line is down; None: live, or there is nothing."""

    def named(self, number: str) -> str:
        """The name of a group by its number; the number itself where one is no member."""
        return next((one.name for one in self.ring_groups if one.number == number), number)


class RingGroupsService:
    """One's own places in ring groups. While the line is down, all stays as of the moment it broke."""

    def __init__(self, link: CtiLink, account: AccountService, devices: DevicesService) -> None:
        self._link = link
        self._account = account
        self._devices = devices
        self._taking: set[str] = set()
        self.snapshot = RingGroupsSnapshot()
        self.changed: Listeners[RingGroupsSnapshot] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._renew()
            case MirrorChanged(events) if any(isinstance(one, RingGroupsChanged) for one in events):
                self._renew()

    @property
    def longest(self) -> str:
        """The number of the group for which somebody waits longest who can be taken; empty: for none."""
        able = [one for one in self.snapshot.ring_groups if one.next_caller is not None and one.waiting]
        return min(able, key=lambda one: one.waiting[0]).number if able and self.snapshot.live else ""

    async def take_next(self, number: str) -> None:
        """Take who waits longest for a group to this PC; without a voice here, to one's other devices.

        Raises CommandRefusedError. Asked again meanwhile it does nothing.
        """
        if number in self._taking:
            return
        self._taking.add(number)
        try:
            await self._link.request(TakeNext(number, self._devices.register_call_id))
        finally:
            self._taking.discard(number)

    async def set_logged_in(self, number: str, *, logged_in: bool) -> None:
        """Log in to a group or out of it. Raises CommandRefusedError."""
        await self._link.request(SetLoggedIn(number, logged_in))

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._renew()

    def _renew(self) -> None:
        account = self._account.snapshot
        signed_in = account.stage is Stage.SIGNED_IN
        interrupted = signed_in and account.link.state is LinkState.INTERRUPTED
        snapshot = RingGroupsSnapshot(
            self._link.mirror.ring_groups if signed_in else (),
            signed_in and account.live,
            account.link.since if interrupted else None,
        )
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.tell(snapshot)
