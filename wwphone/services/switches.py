"""Switches of the PBX, such as night or holiday: seen by everybody, operated by who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, MirrorChanged, MirrorReplaced
from wwphone.domain.account import Right
from wwphone.domain.switches import Switch
from wwphone.protocol.switches import SetSwitch, SwitchesChanged
from wwphone.services.account import AccountService, AccountSnapshot, Stage
from wwphone.services.observing import Listeners


@dataclass(frozen=True)
class SwitchesSnapshot:
    """Everything the header shows of them."""

    switches: tuple[Switch, ...] = ()
    """By name; none while nobody is signed in."""
    may_operate: bool = False
    live: bool = False
    """Whether it is as of now and can be changed."""
    as_of: datetime | None = None
    """The moment of what is shown while the line is down; None: live, or there is nothing."""


class SwitchesService:
    """The switches one may see. While the line is down, all stays as of the moment it broke."""

    def __init__(self, link: CtiLink, account: AccountService) -> None:
        self._link = link
        self._account = account
        self.snapshot = SwitchesSnapshot()
        self.changed: Listeners[SwitchesSnapshot] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._renew()
            case MirrorChanged(events) if any(isinstance(one, SwitchesChanged) for one in events):
                self._renew()

    async def set(self, name: str, *, on: bool) -> None:
        """Operate one. Raises CommandRefusedError."""
        await self._link.request(SetSwitch(name, on))

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._renew()

    def _renew(self) -> None:
        account = self._account.snapshot
        signed_in = account.stage is Stage.SIGNED_IN
        interrupted = signed_in and account.link.state is LinkState.INTERRUPTED
        rights = account.profile.rights if account.profile else frozenset()
        snapshot = SwitchesSnapshot(
            self._link.mirror.switches if signed_in else (),
            signed_in and Right.OPERATE_SWITCHES in rights,
            signed_in and account.live,
            account.link.since if interrupted else None,
        )
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.tell(snapshot)
