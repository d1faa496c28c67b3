"""Outgoing e-mail as an administrator sees it in the window, and a test of it (issue 5).

A test goes past the queue on a line of its own, so what waits is neither in its way nor delayed by it. One runs at a time on
a server, for a minute at most, and ten in ten minutes: a window that was left open must not become somebody's mail cannon.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from wwphone.domain.account import Right
from wwphone.domain.mail import MAX_ADDRESS, MailOutcome, MailOverview, MailRoute, MailTest
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.mail import MailRead, MailTested, ReadMail, SendTestMail
from wwphone.protocol.message import Command, Result
from wwphone.server.api import Store, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.mail_api import Letter, MailFailedError, MailSender
from wwphone.server.mail_rules import one_line
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.sessions import Session
from wwphone.server.user_rules import check_email, check_text

logger = logging.getLogger(__name__)

LIMIT_S = 60.0
"""For a whole test, whatever the settings allow for each step: somebody is waiting."""
MOST = 10
WINDOW_S = 600.0
"""No more tests than `MOST` begin within this time."""
_MAX_NAME = 80
_DEFAULT_LANGUAGE = "en"
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {"en": "Test of wwphone's e-mails", "de": "Test der E-Mails von wwphone"}
)
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "en": "This is a test, sent from wwphone by {name}.\nIf you can read it, wwphone can send e-mails.\n",
        "de": "Dies ist ein Test, aus wwphone gesendet von {name}.\nWenn Sie ihn lesen, kann wwphone E-Mails senden.\n",
    }
)


class MailTestService:
    """Tells administrators how e-mails are sent, and sends tests for them."""

    def __init__(
        self,
        store: Store,
        sender: MailSender | None,
        route: MailRoute | None,
        directory: DirectoryService,
        clock: Clock,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sender` and `route` are None when no mail server is named."""
        self._store = store
        self._sender = sender
        self._route = route
        self._directory = directory
        self._clock = clock
        self._clock_s = clock_s
        self._testing = ""
        self._began_s: deque[float] = deque(maxlen=MOST)

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {ReadMail: self._on_read, SendTestMail: self._on_test}

    async def _on_read(self, session: Session, _: ReadMail) -> Result:
        record = self._administrator(session.user)
        queue = await self._store.mail_queue()
        return MailRead(
            MailOverview(
                self._route, queue.waiting, queue.next_at, queue.failed, queue.last_failure, record.email
            )
        )

    async def _on_test(self, session: Session, command: SendTestMail) -> Result:
        record = self._administrator(session.user)
        address = _checked(command.address)
        if self._sender is None:
            raise _refused(ErrorCode.NOT_FOUND, "no mail server is named: this server sends no e-mail")
        self._must_be_free()
        self._testing = session.user
        try:
            test = await self._hand_over(self._sender, self._letter(record, address, command.language))
        finally:
            self._testing = ""
        # Never to whom, as of every e-mail; nor the mail server's words, which may say it.
        where = one_line(session.host_name, _MAX_NAME)
        logger.info("%s on %s sent a test e-mail: %s", session.user, where, test.outcome.value)
        return MailTested(test)

    # ------------------------------------------------------------ inside

    def _administrator(self, user: str) -> UserRecord:
        record = self._directory.users[user]
        if Right.ADMINISTRATE not in record.rights:
            raise _refused(ErrorCode.NOT_PERMITTED, "you may not administrate")
        return record

    def _must_be_free(self) -> None:
        if self._testing:
            who = self._directory.users.get(self._testing)
            name = who.nickname if who is not None and not who.hidden else ""
            running = WireError(ErrorCode.CONFLICT, "a test is being sent at the moment", taken_by=name)
            raise CommandRefusedError(running)
        now_s = self._clock_s()
        if len(self._began_s) == MOST and now_s - self._began_s[0] < WINDOW_S:
            wait_s = self._began_s[0] + WINDOW_S - now_s
            sentence = "too many tests were sent in the last minutes"
            raise CommandRefusedError(WireError(ErrorCode.CONFLICT, sentence, retry_after_s=wait_s))
        self._began_s.append(now_s)

    def _letter(self, record: UserRecord, address: str, language: str) -> Letter:
        now = self._clock()
        known = language if language in _TEXTS else _DEFAULT_LANGUAGE
        text = _TEXTS[known].replace("{name}", one_line(record.nickname, _MAX_NAME))
        expires_at = now + timedelta(seconds=LIMIT_S)
        return Letter(f"test:{uuid.uuid4()}", address, _SUBJECTS[known], text, now, expires_at)

    async def _hand_over(self, sender: MailSender, letter: Letter) -> MailTest:
        begun = False

        async def begin() -> None:
            nonlocal begun
            begun = True

        try:
            async with asyncio.timeout(LIMIT_S), sender.connected() as line:
                outcome, words = MailOutcome.TAKEN, await line.hand_over(letter, begin)
        except MailFailedError as error:
            outcome, words = error.outcome, str(error)
        except TimeoutError:
            outcome, words = (MailOutcome.UNCERTAIN if begun else MailOutcome.SILENT), ""
        return MailTest(letter.recipient, outcome, words, self._clock())


def _checked(address: str) -> str:
    """Return an address. Raises CommandRefusedError for what is none, and for what could be more than one line."""
    try:
        if not 0 < len(address) <= MAX_ADDRESS:
            raise ValueError("an e-mail address is missing, or too long")
        return check_email(check_text(address, "e-mail address"))
    except ValueError:
        # Not what was said: it would repeat whatever was sent.
        raise _refused(ErrorCode.INVALID, "this is no e-mail address") from None


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
