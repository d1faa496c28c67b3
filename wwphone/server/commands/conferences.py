"""`wwphone-server conferences …`: what is planned, and an end to one of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from wwphone.server.api import Store
from wwphone.server.clock import Clock
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.conference_plans_api import ConferenceRecord
from wwphone.server.services.conference_openings import Scheduled

_SHOWN = "%Y-%m-%d %H:%M"


class ConferenceCommands:
    """The commands about planned conferences. Titles, addresses and PINs stay away: they are the owners' own."""

    def __init__(self, store: Store, clock: Clock, console: Console) -> None:
        self._store = store
        self._clock = clock
        self._console = console

    async def list(self, options: argparse.Namespace) -> None:
        """Show all that are kept, or those of one user, by their times."""
        unwanted = await self._store.unwanted_conferences()
        found = list(self._readable(await self._store.planned_conferences()))
        shown = [one for one in found if options.user in (None, one.record.owner)]
        if not shown:
            self._console.say("nothing is planned")
            return
        shown.sort(key=lambda one: (one.current(self._clock()).starts_at, one.record.conference_id))
        heads = ("id", "user", "room", "start", "until", "repeated", "invited", "state")
        self._console.table(heads, [self._row(one, unwanted) for one in shown])

    async def cancel(self, options: argparse.Namespace) -> None:
        """Let the server cancel one: it alone sends the cancellations, at once or when it runs again."""
        record = await self._known(options.id)
        if not options.yes:
            question = f"Cancel it, and tell {len(record.invitees)} people by e-mail? [y/N] "
            if self._console.ask(question).lower() not in ("y", "yes"):
                raise CommandFailedError("nothing was cancelled")
        await self._store.wish_conference_cancelled(record.conference_id)
        self._console.say("it is cancelled as soon as the server runs, at once if it does")

    # ------------------------------------------------------------ inside

    def _readable(self, records: Iterable[ConferenceRecord]) -> Iterator[Scheduled]:
        """Those whose times are known; as the server, it leaves the others out until the system has their zones again."""
        for record in records:
            try:
                yield Scheduled.of(record)
            except ValueError as error:
                self._console.say(f"the conference {record.conference_id} is left out: {error}")

    async def _known(self, conference_id: str) -> ConferenceRecord:
        for one in self._readable(await self._store.planned_conferences()):
            if one.record.conference_id == conference_id and one.live(self._clock()):
                return one.record
        raise CommandFailedError(f"there is no conference {conference_id} that could be cancelled")

    def _row(self, one: Scheduled, unwanted: frozenset[str]) -> tuple[str, ...]:
        record, now = one.record, self._clock()
        current = one.current(now)
        if one.cancelled:
            state = "cancelled"
        elif record.conference_id in unwanted:
            state = "being cancelled"
        elif one.over(now):
            state = "over"
        else:
            state = "open" if one.is_open(now) else "planned"
        return (
            record.conference_id,
            record.owner or "-",
            record.plan.room,
            f"{current.starts_at.astimezone():{_SHOWN}}",
            f"{current.closes_at.astimezone():{_SHOWN}}",
            f"{record.plan.repeat.value} ({record.plan.times})" if record.plan.times > 1 else "-",
            str(len(record.invitees)),
            state,
        )
