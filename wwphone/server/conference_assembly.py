"""Everything of conferences, put together: what runs, what is planned, its letters, answers and feed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from wwphone.domain.numbers import CONFERENCE_ENTRY_NUMBER
from wwphone.protocol.conference import ConferencesState
from wwphone.protocol.message import Command
from wwphone.server.api import Pbx, Store
from wwphone.server.clock import Clock
from wwphone.server.mail.conference_letters import ConferenceLetterWriter
from wwphone.server.mail.opening import open_inbox
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import Handler
from wwphone.server.services.conference import ConferenceService
from wwphone.server.services.conference_answers import ConferenceAnswersService
from wwphone.server.services.conference_feed import ConferenceFeedService
from wwphone.server.services.conference_keeper import ConferenceKeeper, ConferenceNeighbours
from wwphone.server.services.conference_plan_rules import Organizers
from wwphone.server.services.conference_plans import ConferencePlansService, PlanNeighbours
from wwphone.server.services.conference_rooms import RoomBook
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.mail import MailService
from wwphone.server.services.phone_numbers import PhoneNumbers
from wwphone.server.settings import ServerSettings


@dataclass(frozen=True)
class ConferenceGround:
    """What the services of conferences stand on."""

    settings: ServerSettings
    store: Store
    pbx: Pbx
    clock: Clock
    directory: DirectoryService
    log: EventLog
    calls: CallService
    mail: MailService
    numbers: PhoneNumbers


class Conferences:
    """The services of conferences, wired to each other. Raises SettingsError for a mailbox that cannot be."""

    def __init__(self, ground: ConferenceGround) -> None:
        settings, store, pbx, clock = ground.settings, ground.store, ground.pbx, ground.clock
        directory, log = ground.directory, ground.log
        letters = ConferenceLetterWriter(ground.numbers.written_for_everybody, clock)
        organizers = Organizers(settings.answers_address)
        neighbours = PlanNeighbours(directory, log, ground.mail, letters, organizers)
        number = settings.conferences_number or CONFERENCE_ENTRY_NUMBER
        self.plans = ConferencePlansService(store, pbx.conference, neighbours, clock, number)
        self.feed = ConferenceFeedService(store, self.plans.book, letters, directory, log, clock)
        self.answers = ConferenceAnswersService(open_inbox(settings, clock), self.plans)
        book = RoomBook(directory, settings.conferences_number, lambda: ground.mail.possible)
        beside = ConferenceNeighbours(ground.calls, directory, log, book)
        keeper = ConferenceKeeper(store, pbx, beside, clock)
        self.running = ConferenceService(store, pbx, beside, keeper, clock)
        self.plans.book.on_change(self.running.watch_plans(self.plans))
        self._started = AsyncExitStack()

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of these services."""
        return {**self.running.commands(), **self.plans.commands(), **self.feed.commands()}

    def state_for(self, user: str) -> ConferencesState:
        """What somebody sees of rooms and running conferences, and what they planned."""
        planned = self.plans.state_for(user)
        return replace(
            self.running.state_for(user),
            plans=planned.plans,
            remembered=planned.remembered,
            feed=self.feed.exists_for(user),
        )

    async def start(self) -> None:
        """Load everything; before the PBX connects. Raises StoreError."""
        async with AsyncExitStack() as begun:  # lets go of what was started when the next one cannot be
            for service in (self.plans, self.running):
                await service.start()
                begun.push_async_callback(service.shutdown)
            await self.feed.start()
            await self.answers.start()
            begun.push_async_callback(self.answers.shutdown)
            self._started = begun.pop_all()

    async def shutdown(self) -> None:
        """Let go of what was started, the last first; conferences go on at the PBX."""
        await self._started.aclose()
