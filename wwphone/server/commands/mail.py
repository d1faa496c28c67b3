"""`wwphone-server mail …`: whether mail gets through, what waits, and what became of the rest."""

from __future__ import annotations

import argparse
import uuid

from wwphone.server.api import Store
from wwphone.server.clock import Clock
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.inbox_api import Inbox, InboxDelayedError
from wwphone.server.mail_api import (
    Letter,
    MailDelayedError,
    MailNote,
    MailRefusedError,
    MailSender,
    MailState,
    MailUncertainError,
    QueuedLetter,
)
from wwphone.server.user_rules import check_email

_NO_SERVER = "mail.host is not set: this server sends no e-mail"
_TEXT = "This is a test of wwphone-server.\nWhoever reads it can be sent e-mails.\n"
_LOOKED_AT = 20
_SHOWN = "%Y-%m-%d %H:%M:%S"


class MailCommands:
    """The commands about the outgoing mail."""

    def __init__(
        self,
        store: Store,
        sender: MailSender | None,
        clock: Clock,
        console: Console,
        inbox: Inbox | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._inbox = inbox
        self._clock = clock
        self._console = console

    async def test(self, options: argparse.Namespace) -> None:
        """Send a letter now, past the queue, and tell what the mail server says; then look whether answers can be read."""
        if self._sender is None:
            raise CommandFailedError(_NO_SERVER)
        try:
            address = check_email(options.address)
        except ValueError as error:
            raise CommandFailedError(str(error)) from error
        now = self._clock()
        letter = Letter(f"test:{uuid.uuid4()}", address, "Test of wwphone-server", _TEXT, now, now)
        try:
            async with self._sender.connected() as line:
                words = await line.hand_over(letter, _begin)
        except (MailDelayedError, MailRefusedError, MailUncertainError) as error:
            raise CommandFailedError(f"the e-mail was not sent: {error}") from error
        self._console.say(f"the mail server has taken it: {words}")
        await self._test_inbox()

    async def _test_inbox(self) -> None:
        """Nothing in it is changed."""
        if self._inbox is None:
            self._console.say("answers to invitations are not read: answers.host is not set")
            return
        try:
            async with self._inbox.connected() as line:
                found = len(await line.look(_LOOKED_AT))
        except InboxDelayedError as error:
            raise CommandFailedError(f"answers to invitations cannot be read: {error}") from error
        waiting = f"{found} or more" if found == _LOOKED_AT else str(found)
        self._console.say(f"answers to invitations can be read; mails not looked at yet: {waiting}")

    async def queue(self, options: argparse.Namespace) -> None:
        """Show what waits or was not sent; with `--all` what was sent, too."""
        if self._sender is None:
            self._console.say(_NO_SERVER)
        letters = await self._store.letters()
        shown = [one for one in letters if options.all or one.state is not MailState.SENT]
        if not shown:
            self._console.say("nothing waits, and nothing failed")
            return
        heads = ("written", "state", "attempts", "next", "to", "id", "what the mail server said")
        self._console.table(heads, [_row(one) for one in shown])

    async def again(self, options: argparse.Namespace) -> None:
        """Try letters again that failed, and those that wait at once."""
        now = self._clock()
        letters = {one.letter.letter_id: one for one in await self._store.letters()}
        for letter_id in options.ids:
            one = letters.get(letter_id)
            if one is None or one.state in (MailState.SENT, MailState.SENDING):
                raise CommandFailedError(f"there is no e-mail {letter_id} that waits or failed")
            note = MailNote(MailState.QUEUED, now, one.words, now)
            await self._store.note_letter(letter_id, note)


async def _begin() -> None:
    """Nothing is noted of a test."""


def _row(one: QueuedLetter) -> tuple[str, ...]:
    next_at = f"{one.next_at.astimezone():{_SHOWN}}" if one.state is MailState.QUEUED else "-"
    return (
        f"{one.letter.at.astimezone():{_SHOWN}}",
        one.state.value,
        str(one.attempts),
        next_at,
        one.letter.recipient,
        one.letter.letter_id,
        one.words or "-",
    )
