"""What the fake server makes of outgoing e-mail: it sends none, and says what the test wants to hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.account import Right
from wwphone.domain.mail import MailOutcome, MailOverview, MailTest
from wwphone.protocol.mail import MailRead, MailTested, ReadMail, SendTestMail
from wwphone.protocol.message import Command, Result
from wwphone.protocol.mirror import Mirror


class FakeMail:
    """Answers `mail.…`; no mail server is named before somebody sets `overview`."""

    def __init__(self, truth: Mirror, now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._now = now
        self.overview = MailOverview()
        self.outcome = MailOutcome.TAKEN
        self.words = "250 2.0.0 OK: queued as 4bXyz"
        """What tests come to."""
        self._quick = asyncio.Event()
        self._quick.set()

    def hang(self) -> None:
        """The mail server does not answer from now on, until `answer`."""
        self._quick.clear()

    def answer(self, outcome: MailOutcome, words: str) -> None:
        """What runs and what comes ends like this."""
        self.outcome, self.words = outcome, words
        self._quick.set()

    async def carry_out(self, command: Command) -> Result | None:
        """Look, or send a test; None for other commands. Raises CommandRefusedError."""
        if not isinstance(command, ReadMail | SendTestMail):
            return None
        if Right.ADMINISTRATE not in self._truth.state().profile.rights:
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "you may not administrate"))
        if isinstance(command, ReadMail):
            return MailRead(self.overview)
        if self.overview.route is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "no mail server is named"))
        if "@" not in command.address:
            raise CommandRefusedError(WireError(ErrorCode.INVALID, "this is no e-mail address"))
        await self._quick.wait()
        return MailTested(MailTest(command.address, self.outcome, self.words, self._now()))
