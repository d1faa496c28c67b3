"""The outgoing mail: a queue in the store, worked off by one task, whatever else this server is doing.

Theory. The queue is the truth; this service keeps nothing but when to look next. A letter that cannot be handed over now waits
longer after each attempt, by itself; a mail server that is away delays all that are due by one attempt each. What is interrupted
while its text is on its way is not sent again (see `server.mail_api`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.mail_api import (
    UNCERTAIN_WORDS,
    Letter,
    MailDelayedError,
    MailLine,
    MailNote,
    MailRefusedError,
    MailSender,
    MailState,
    MailUncertainError,
    QueuedLetter,
)
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

PAUSES_S = (10.0, 30.0, 120.0, 300.0, 600.0, 1800.0)
"""After the first attempt, the second and so on; the last one from then on."""
KEEP_DAYS = 7
"""So long one can see what became of a letter."""
_LOOK_S = 60.0
"""The queue is looked at so often even when nothing is due: the command line changes it, too."""
_RETRY_S = 3.0
_GRACE_S = 5.0
_AT_ONCE = 50
_KEEP_HOUSE_S = 3600.0


class MailService:
    """Works the queue off. Without a mail server letters are not taken, and those in the queue wait."""

    def __init__(self, store: Store, sender: MailSender | None, clock: Clock) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._woken = asyncio.Event()
        self._unwritten: dict[str, tuple[QueuedLetter, MailNote]] = {}
        self._watching: list[tuple[str, Callable[[QueuedLetter], None]]] = []
        self._handing = False
        self._closing = False
        self._house_kept_s = float("-inf")
        self._tasks = TaskOwner("outgoing mail")
        self.sent = 0
        """Letters that the mail server took, since the start."""
        self.failed = 0
        """Letters that ended otherwise."""
        self.reachable = True
        """Whether the mail server was, when it was last needed."""

    async def start(self) -> None:
        """Settle what was interrupted and begin. Raises StoreError."""
        interrupted = await self._store.settle_interrupted_letters(self._clock())
        if interrupted:
            self.failed += interrupted
            logger.warning("%d e-mails may or may not have been sent when the server ended", interrupted)
        for prefix, listener in self._watching:
            for one in await self._store.letters(prefix):
                listener(one)
        self._tasks.start(self._work())

    async def shutdown(self) -> None:
        """Let a letter that is on its way arrive; the others wait for the next start."""
        self._closing = True
        self._woken.set()
        if self._handing:
            await self._tasks.finish(_GRACE_S)
        await self._tasks.shutdown()

    @property
    def possible(self) -> bool:
        """Whether there is a mail server."""
        return self._sender is not None

    async def queue(self, letters: Collection[Letter]) -> None:
        """Send letters, each as soon as it can be; one that was queued before is not sent again. Raises StoreError."""
        await self._store.queue_letters(letters)
        self.wake()

    def watch(self, prefix: str, listener: Callable[[QueuedLetter], None]) -> None:
        """Tell whenever a letter whose id begins so has come into a state, after it was written.

        Whoever watches before `start` is told there, too, how each in the queue stands: what was written last before the
        server ended may not have been told.
        """
        self._watching.append((prefix, listener))

    def wake(self) -> None:
        """There may be something in the queue."""
        self._woken.set()

    # ------------------------------------------------------------ inside

    async def _work(self) -> None:
        while not self._closing:
            self._woken.clear()
            try:
                wait_s = await self._look()
            except StoreError as error:
                logger.info("the outgoing mail waits for the store: %s", error)
                wait_s = _RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    async def _look(self) -> float:
        """Do what can be done now; return in how many seconds to look again."""
        await self._write_notes()
        await self._keep_house()
        if self._sender is None:
            return _LOOK_S
        due = await self._store.due_letters(self._clock(), _AT_ONCE)
        if due:
            await self._hand_over(self._sender, [one for one in due if not await self._is_too_late(one)])
            return 0.0
        next_at = await self._store.next_letter_at()
        if next_at is None:
            return _LOOK_S
        return min(max((next_at - self._clock()).total_seconds(), 0.0), _LOOK_S)

    async def _keep_house(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._house_kept_s >= _KEEP_HOUSE_S:
            self._house_kept_s = now_s
            await self._store.forget_letters(self._clock() - timedelta(days=KEEP_DAYS))

    async def _is_too_late(self, one: QueuedLetter) -> bool:
        now = self._clock()
        if not one.attempts or now < one.letter.expires_at:
            return False
        words = f"given up: {one.words}"
        await self._end(one, MailNote(MailState.REFUSED, now, words))
        return True

    async def _hand_over(self, sender: MailSender, due: Sequence[QueuedLetter]) -> None:
        """Hand over one after the other on one line; after trouble with one of them the others come on another line."""
        if not due:
            return
        try:
            async with sender.connected() as line:
                self._told_reachable()
                for one in due:
                    if self._closing or not await self._hand_over_one(line, one):
                        return
        except MailDelayedError as error:
            if self.reachable:
                self.reachable = False
                logger.warning("e-mails wait for the mail server: %s", error)
            for one in due:
                await self._delay(one, str(error))

    async def _hand_over_one(self, line: MailLine, one: QueuedLetter) -> bool:
        """Return whether the line can be used for the next one."""
        begun = False

        async def begin() -> None:
            nonlocal begun, one
            note = MailNote(MailState.SENDING, self._clock(), attempts=1)
            await self._store.note_letter(one.letter.letter_id, note)
            begun = True
            one = self._tell(one, note)

        self._handing = True
        try:
            words = await line.hand_over(one.letter, begin)
        except MailDelayedError as error:
            await self._delay(one, str(error), counted=begun)
        except MailRefusedError as error:
            await self._end(one, MailNote(MailState.REFUSED, self._clock(), str(error)))
        except MailUncertainError as error:
            note = MailNote(MailState.UNCERTAIN, self._clock(), f"{UNCERTAIN_WORDS} ({error})")
            await self._end(one, note)
        except KeyError:
            logger.info("an e-mail was taken out of the queue while it was about to be sent")
        else:
            self.sent += 1
            await self._note(one, MailNote(MailState.SENT, self._clock(), words))
            return True
        finally:
            self._handing = False
        return False

    async def _delay(self, one: QueuedLetter, words: str, *, counted: bool = False) -> None:
        """Try again later; `counted`: its text was begun, and the attempt is noted already."""
        now = self._clock()
        before = one.attempts - int(counted)
        pause_s = PAUSES_S[min(before, len(PAUSES_S) - 1)]
        note = MailNote(
            MailState.QUEUED, now, words, now + timedelta(seconds=pause_s), attempts=int(not counted)
        )
        await self._note(one, note)

    async def _end(self, one: QueuedLetter, note: MailNote) -> None:
        self.failed += 1
        logger.warning("an e-mail could not be sent: `wwphone-server mail queue` says why")
        await self._note(one, note)

    async def _note(self, one: QueuedLetter, note: MailNote) -> None:
        self._unwritten[one.letter.letter_id] = (one, note)
        await self._write_notes()

    async def _write_notes(self) -> None:
        """Write what became of letters, also of those for which the store was away."""
        for letter_id, (one, note) in tuple(self._unwritten.items()):
            try:
                await self._store.note_letter(letter_id, note)
            except KeyError:
                logger.info("an e-mail was taken out of the queue")  # its owner is gone, for instance
            else:
                self._tell(one, note)
            del self._unwritten[letter_id]

    def _tell(self, one: QueuedLetter, note: MailNote) -> QueuedLetter:
        """Return the letter as it stands now."""
        now = replace(
            one,
            state=note.state,
            attempts=one.attempts + note.attempts,
            changed_at=note.at,
            next_at=note.next_at or one.next_at,
            words=note.words,
        )
        for prefix, listener in self._watching:
            if one.letter.letter_id.startswith(prefix):
                listener(now)
        return now

    def _told_reachable(self) -> None:
        if not self.reachable:
            logger.info("the mail server is reached again")
        self.reachable = True


def expiry(written_at: datetime, hours: float) -> datetime:
    """When a letter that is of use for so long is given up."""
    return written_at + timedelta(hours=hours)
