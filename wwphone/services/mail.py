"""The server's outgoing e-mail, for whoever may administrate: how it is sent, what waits, and a test of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from wwphone.cti.api import CtiLink, LinkState
from wwphone.domain.account import Right
from wwphone.domain.mail import MailOverview, MailTest
from wwphone.protocol.mail import MailRead, MailTested, ReadMail, SendTestMail
from wwphone.services.account import AccountService, AccountSnapshot, Stage
from wwphone.services.observing import Listeners


@dataclass(frozen=True)
class MailSnapshot:
    """Everything that is shown of it."""

    user: str = ""
    """Who looks; empty: nobody who may."""
    live: bool = False
    """Whether there is a line, so that it can be looked at and tested."""
    as_of: datetime | None = None
    """The moment the line broke; None: it did not, or nobody looks."""
    overview: MailOverview | None = None
    """As it was read last; None: not yet."""
    testing: bool = False
    """A test of one's own is under way."""


_NOBODY = MailSnapshot()


class MailService:
    """Reads when it is asked to: nothing of this is told by itself."""

    def __init__(self, link: CtiLink, account: AccountService) -> None:
        self._link = link
        self._account = account
        self._reading = False
        self.snapshot = _NOBODY
        self.changed: Listeners[MailSnapshot] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    async def read(self) -> None:
        """Look how it stands, unless that is under way or impossible. Raises CommandRefusedError."""
        if self._reading or not self.snapshot.live:
            return
        user, self._reading = self.snapshot.user, True
        try:
            result = await self._link.request(ReadMail())
        finally:
            self._reading = False
        assert isinstance(result, MailRead)
        if self.snapshot.user == user:  # else somebody else looks by now
            self._tell(replace(self.snapshot, overview=result.overview))

    async def test(self, address: str, language: str) -> MailTest:
        """Send a test to an address, written in a language; takes a minute at most. Raises CommandRefusedError."""
        self._tell(replace(self.snapshot, testing=True))
        try:
            result = await self._link.request(SendTestMail(address, language))
        finally:
            self._tell(replace(self.snapshot, testing=False))
        assert isinstance(result, MailTested)
        return result.test

    def _on_account_changed(self, account: AccountSnapshot) -> None:
        profile = account.profile
        signed_in = account.stage is Stage.SIGNED_IN and profile is not None
        if profile is None or not signed_in or Right.ADMINISTRATE not in profile.rights:
            self._tell(replace(_NOBODY, testing=self.snapshot.testing))
            return
        interrupted = account.link.state is LinkState.INTERRUPTED
        before = self.snapshot if self.snapshot.user == profile.user else _NOBODY
        self._tell(
            replace(
                self.snapshot,
                user=profile.user,
                live=account.live,
                as_of=account.link.since if interrupted else None,
                overview=before.overview,
            )
        )

    def _tell(self, snapshot: MailSnapshot) -> None:
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.tell(snapshot)
