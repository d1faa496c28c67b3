"""Answers to invitations, out of the mailbox that the settings name: taken in as they come, each once.

Theory. The mailbox is the truth: what is marked there was taken in. A mailbox that cannot be read is tried again, each time
later, by itself; whatever is no answer to a conference of ours is marked, too, and left where it is, and so is a mail that brings out
a mistake of ours: it would be the first again at each try, and no answer after it would ever be read.
"""

from __future__ import annotations

import asyncio
import logging

from wwphone.server.api import StoreError
from wwphone.server.conference_api import ConferenceAnswers
from wwphone.server.inbox_api import Inbox, InboxDelayedError, InboxLine, ReadMail
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

PAUSES_S = (5.0, 30.0, 120.0, 600.0)
"""After the first failure, the second and so on; the last one from then on."""
LOOK_S = 300.0
"""So long one waits at most to be told that something came; mail servers hang up after half an hour (RFC 2177)."""
_AT_ONCE = 20


class ConferenceAnswersService:
    """Reads the mailbox; without one it does nothing."""

    def __init__(self, inbox: Inbox | None, answers: ConferenceAnswers) -> None:
        self._inbox = inbox
        self._answers = answers
        self._tasks = TaskOwner("answers to invitations")
        self.noted = 0
        """Answers that were taken in, since the start."""
        self.passed_over = 0
        """What looked like one and was not."""
        self.reachable = True
        """Whether the mailbox could be read, when it was tried last."""

    async def start(self) -> None:
        """Begin."""
        if self._inbox is not None:
            self._tasks.start(self._work(self._inbox))

    async def shutdown(self) -> None:
        """What was not marked is read again after the next start."""
        await self._tasks.shutdown()

    # ------------------------------------------------------------ inside

    async def _work(self, inbox: Inbox) -> None:
        failures = 0
        while True:
            try:
                async with inbox.connected() as line:
                    self._told_reachable()
                    done: set[int] = set()
                    while True:
                        await self._look(line, done)
                        failures = 0
            except InboxDelayedError as error:
                if self.reachable:
                    self.reachable = False
                    logger.warning("answers to invitations cannot be read: %s", error)
            except StoreError as error:
                logger.info("answers to invitations wait for the store: %s", error)
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    async def _look(self, line: InboxLine, done: set[int]) -> None:
        """Take in what is there, or wait for something to come; `done` is what was marked on this line."""
        mails = await line.look(_AT_ONCE)
        for mail in mails:
            if mail.uid in done:
                raise InboxDelayedError("the mailbox forgets what is marked in it")
            await self._take(mail)
            await line.mark_done(mail.uid)
            done.add(mail.uid)
        if not mails:
            await line.wait(LOOK_S)

    async def _take(self, mail: ReadMail) -> None:
        if mail.remark:
            self._pass_over(mail.remark)
        for answer in mail.answers:
            try:
                known = await self._answers.note_answer(answer)
            except StoreError:
                raise
            except Exception:
                logger.exception("an answer to an invitation could not be taken in")
                self._pass_over("it could not be taken in")
                continue
            if known:
                self.noted += 1
            else:
                self._pass_over("there is no such conference, or whoever answers is not invited")

    def _pass_over(self, why: str) -> None:
        self.passed_over += 1
        logger.info("a mail among the answers to invitations is passed over: %s", why)

    def _told_reachable(self) -> None:
        if not self.reachable:
            logger.info("answers to invitations are read again")
        self.reachable = True
