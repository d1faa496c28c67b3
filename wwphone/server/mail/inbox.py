"""The mailbox that answers come to, read by IMAP over TLS (RFC 9051, RFC 8314); the one place that knows IMAPClient.

The library waits for the mail server, so each question to it runs on a thread of its own, one at a time. Such a thread is
left alone when nobody waits for it any more: its line is cut, and it ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import re
import selectors
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from wwphone.domain.mail import MailEncryption
from wwphone.server.clock import Clock
from wwphone.server.inbox_api import InboxDelayedError, ReadMail
from wwphone.server.mail.reading import read_mail
from wwphone.server.mail_rules import one_line

logger = logging.getLogger(__name__)
_T = TypeVar("_T")

MAX_MAIL_BYTES = 1024 * 1024
"""Answers are small; what is bigger is not even fetched."""
LOOK_BACK_DAYS = 60
"""Older mails are not looked at: the mailbox may have been somebody's before."""
_DONE_FLAG = b"$WwphoneRead"
_ANY_FLAG = b"\\*"
_NEWS = "EXISTS"
"""What a mail server says when there is one mail more (RFC 9051, section 7.4.1)."""
_POLL_S = 30.0
"""Where the mail server cannot tell by itself (IDLE)."""
_MAX_WORDS = 300
_BYTES = re.compile(r"""\bb(['"])(.*?)\1""")
"""As the library writes a mail server's words."""
# At finer levels it writes down what is said when one signs in.
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True)
class InboxAccount:
    """Which mailbox, as whom."""

    host: str
    port: int
    encryption: MailEncryption
    tls: ssl.SSLContext
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    time_limit_s: float = 30.0
    """For each step."""


class ImapInbox:
    """`server.inbox_api.Inbox` for one account."""

    def __init__(self, account: InboxAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[ImapLine]:
        """A line, encrypted and signed in, until the end of the block. Raises InboxDelayedError."""
        line = ImapLine(self._account, self._clock)
        try:
            await line.open()
            yield line
        finally:
            line.cut()


class ImapLine:
    """`server.inbox_api.InboxLine` over one connection."""

    def __init__(self, account: InboxAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._client: Any = None
        self._cut = False
        self._keeps_flags = False
        self._idles = False

    async def open(self) -> None:
        """Connect, sign in and open the folder. Raises InboxDelayedError."""
        await self._aside(self._open)

    async def look(self, most: int) -> tuple[ReadMail, ...]:
        """Those not done yet, the oldest first; see `InboxLine.look`."""
        return await self._aside(lambda: self._look(most))

    async def mark_done(self, uid: int) -> None:
        """Mark a mail as done. Where the mailbox takes flags of ours, a person who looks into it sees it as unread all the same."""
        flag = _DONE_FLAG if self._keeps_flags else SEEN
        await self._aside(lambda: self._client.add_flags([uid], [flag], silent=True))

    async def wait(self, most_s: float) -> None:
        """Return when something came or the time is over."""
        if self._idles:
            await self._aside(lambda: self._idle(most_s))
        else:
            await asyncio.sleep(min(most_s, _POLL_S))
            await self._aside(self._noop)

    def cut(self) -> None:
        """End the line, whoever waits at it."""
        self._cut = True
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, IMAPClientError):
                client.shutdown()

    # ------------------------------------------------------------ on the thread

    def _open(self) -> None:
        account = self._account
        at_once = account.encryption is MailEncryption.TLS
        client = IMAPClient(
            account.host,
            account.port,
            ssl=at_once,
            ssl_context=account.tls if at_once else None,
            timeout=account.time_limit_s,
        )
        self._client = client
        try:
            if not at_once:
                client.starttls(account.tls)
            self._sign_in(client)
            opened = client.select_folder(account.folder)
            self._idles = client.has_capability("IDLE")
        except BaseException:
            self.cut()
            raise
        if self._cut:
            client.shutdown()  # nobody waits for it any more
        flags = opened.get(b"PERMANENTFLAGS", ())
        self._keeps_flags = _ANY_FLAG in flags or _DONE_FLAG in flags
        if not self._keeps_flags and SEEN not in flags:
            self.cut()
            raise IMAPClientError(
                "nothing may be marked in the mailbox: answers would be read again and again"
            )

    def _sign_in(self, client: Any) -> None:
        """By PLAIN, which says in which letters a password is (RFC 4616), where the mail server knows it."""
        account = self._account
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(account.user, account.password)
        else:
            client.login(account.user, account.password)

    def _look(self, most: int) -> tuple[ReadMail, ...]:
        since = (self._clock() - timedelta(days=LOOK_BACK_DAYS)).date()
        self._client._imap.response(_NEWS)  # noqa: SLF001 - what was told before is about to be seen
        not_done = ["UNKEYWORD", _DONE_FLAG] if self._keeps_flags else ["UNSEEN"]
        uids = sorted(self._client.search([*not_done, "SINCE", since]))
        found: list[ReadMail] = []
        for start in range(0, len(uids), most):
            # What the mailbox does not give now is asked for at the next look, and hides nothing newer.
            found += self._read_all(uids[start : start + most], most - len(found))
            if len(found) == most:
                break
        return tuple(found)

    def _read_all(self, uids: list[int], most: int) -> list[ReadMail]:
        sizes = self._client.fetch(uids, ["RFC822.SIZE"])
        found = (self._read(uid, sizes.get(uid, {}).get(b"RFC822.SIZE")) for uid in uids)
        return list(itertools.islice((one for one in found if one is not None), most))

    def _read(self, uid: int, size: int | None) -> ReadMail | None:
        """One mail; None: somebody has taken it away, or the mailbox does not give it."""
        if size is None:
            return None
        if size > MAX_MAIL_BYTES:
            return ReadMail(uid, remark=f"it is too big ({size} bytes)")
        try:
            parts = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
        except (IMAPClientAbortError, ProtocolError):  # of the line, not of this mail
            raise
        except IMAPClientError as error:
            logger.info("the mailbox does not give a mail: %s", _words(error))
            return None
        content = parts.get(b"BODY[]")
        return read_mail(uid, content, self._clock()) if isinstance(content, bytes) else None

    def _idle(self, most_s: float) -> None:
        """Wait for the first byte, and let the library read from there.

        WORKAROUND: its own `idle_check` (IMAPClient 4.1) reads without waiting; of a line that comes in two records of TLS it
        loses the first half, and the second is nonsense to it.
        """
        self._client.idle()
        if not self._has_news():
            with selectors.DefaultSelector() as waiting:
                waiting.register(self._client.socket(), selectors.EVENT_READ)
                waiting.select(most_s)
        self._client.idle_done()

    def _has_news(self) -> bool:
        """Whether something came since the last look, told beside an answer to another question, or is being told already.

        A mail server tells of a mail once. What it says right behind an answer is read together with that, and the system does not
        have it any more; looking ahead takes nothing away.
        """
        if self._client._imap.response(_NEWS)[1] != [None]:  # noqa: SLF001 - the library has no other way to it
            return True
        line = self._client.socket()
        line.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            line.settimeout(self._account.time_limit_s)

    def _noop(self) -> None:
        self._client.noop()

    # ------------------------------------------------------------ inside

    async def _aside(self, work: Callable[[], _T]) -> _T:
        """Run it on a thread and wait. Raises InboxDelayedError."""
        try:
            return await _on_thread(work)
        except Exception as error:  # of a line that was cut meanwhile, too; an odd word of a mail server ends no more than the line
            self.cut()
            raise InboxDelayedError(_words(error)) from error
        except asyncio.CancelledError:
            self.cut()
            raise


async def _on_thread(work: Callable[[], _T]) -> _T:
    """Wait for work on a thread that keeps nobody from ending: those of an executor are waited for at the end of the program."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_T] = loop.create_future()

    def tell(result: _T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop has been closed
            loop.call_soon_threadsafe(tell, result, problem)

    threading.Thread(target=run, name="mailbox", daemon=True).start()
    return await outcome


def _words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return one_line(_BYTES.sub(r"\2", text), _MAX_WORDS)
