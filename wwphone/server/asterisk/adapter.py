"""Asterisk as a `Pbx`: reads everything after each connect, then keeps it right by events.

Order after a connect: what still has to be reloaded is reloaded, what rings whom is brought to AstDB, registrations and
channels are read, everything is told to the listener, then `PbxStateChanged(connected=True)`. Events that come in while it reads wait and are applied to what
was read: they are older than it or belong after it, and either way the last word about a channel is the right one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from wwphone.domain.calls import CallDirection
from wwphone.server.api import (
    PbxConfiguration,
    PbxError,
    PbxEvent,
    PbxListener,
    PbxLostError,
    PbxPickUp,
    PbxReach,
    PbxStateChanged,
)
from wwphone.server.asterisk.ami import AmiEvent, Response
from wwphone.server.asterisk.channel_questions import ChannelQuestions
from wwphone.server.asterisk.channels import UP, user_in
from wwphone.server.asterisk.claiming import Claims
from wwphone.server.asterisk.clicking import ClickToDial
from wwphone.server.asterisk.conference import Conference
from wwphone.server.asterisk.conference_book import CONFERENCE_EVENTS
from wwphone.server.asterisk.conference_entry import CONFERENCE_VARIABLE
from wwphone.server.asterisk.configuration import MODULE_OF_FILE, ConfigurationError, generate
from wwphone.server.asterisk.configuration.files import write_changed
from wwphone.server.asterisk.connection import AmiConnection
from wwphone.server.asterisk.desk_handover import DeskHandover
from wwphone.server.asterisk.desk_merging import DeskMerging
from wwphone.server.asterisk.desk_phone import DeskPhones
from wwphone.server.asterisk.flags import FlagKeeper
from wwphone.server.asterisk.legs import CHANNEL_VARIABLES, LEG_EVENTS
from wwphone.server.asterisk.originations import ORIGINATION_EVENTS, Originations
from wwphone.server.asterisk.parking import Parking
from wwphone.server.asterisk.parking_book import PARKING_EVENTS
from wwphone.server.asterisk.prompts import install_prompts
from wwphone.server.asterisk.reach import ReachKeeper
from wwphone.server.asterisk.recording import Recording
from wwphone.server.asterisk.records.house import house_of
from wwphone.server.asterisk.records.reading import AsteriskRecords
from wwphone.server.asterisk.refusals import REFUSAL_EVENTS, refusal_in
from wwphone.server.asterisk.registration_watch import (
    ALL_CONTACTS,
    CONTACT_EVENT,
    RegistrationWatch,
    watch_until_lost,
)
from wwphone.server.asterisk.settings import AsteriskSettings
from wwphone.server.asterisk.spoken_names import SpokenNames
from wwphone.server.asterisk.state import PbxState
from wwphone.server.asterisk.steering import Steering
from wwphone.server.asterisk.waiting_book import WAITING_VARIABLE, WaitingBook
from wwphone.server.clock import Clock, utc_now
from wwphone.server.ring_group_api import PbxFlag, PbxTake
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_MAX_WAITING_EVENTS = 100_000
"""Events that may wait while everything is read; with more, reading starts anew."""
_VARIABLES = f"{CHANNEL_VARIABLES},{WAITING_VARIABLE},{CONFERENCE_VARIABLE}"


class AsteriskPbx:
    """The `Pbx` of `wwphone.server.api`. It tells of the users of the latest configuration, and of nobody else.

    So it counts as connected when the line is up *and* `configure` was called once.
    """

    def __init__(self, settings: AsteriskSettings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._state = PbxState(clock, settings.trunk_prefix)
        self._originations = Originations()
        self._connection = AmiConnection(
            settings.ami,
            settings.times,
            LEG_EVENTS
            | ORIGINATION_EVENTS
            | REFUSAL_EVENTS
            | PARKING_EVENTS
            | CONFERENCE_EVENTS
            | {CONTACT_EVENT},
            self._on_event,
            self._on_up,
            self._on_down,
        )
        self._click = ClickToDial(self._state, self._originations, self._request, settings.ring_timeout_s)
        self._reach = ReachKeeper(self._request)
        self._flags = FlagKeeper(self._request, clock)
        self._waiting = WaitingBook()
        self._ask = ChannelQuestions(self._request)
        self._parking = Parking(self._state, self._ask)
        names = SpokenNames(settings.configuration_folder, settings.speech_program, settings.file_mode)
        self.conference = Conference(
            self._state, self._request, self._tell, self._must_be_connected, clock, names
        )
        self.recording = Recording(self._state, self._ask, self._must_be_connected)
        self._claims = Claims(self._state, self._request, settings.ring_timeout_s)
        desk = DeskPhones(self._state, self._ask, self._click, self._tell, clock)
        handover = DeskHandover(self._state, desk, self._parking)
        merging = DeskMerging(self._state, desk)
        self._steering = Steering(desk, handover, merging, self._must_be_connected)
        self.call_records = AsteriskRecords(
            settings.call_records, lambda: self._state.house, self._ask.living
        )
        self._watch = RegistrationWatch(self._state, self._request, self._tell, settings.probe_period_s)
        self._handlers = self._make_handlers()
        self._listener: PbxListener | None = None
        self._tasks = TaskOwner("Asterisk")
        self._watching: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._line_up = self._connected = self._told_down = self._configured = False
        # Whether Asterisk has read the files as they are cannot be known at the start.
        self._to_reload = set(MODULE_OF_FILE.values())
        self._waiting_events: list[AmiEvent] | None = None

    @property
    def connected(self) -> bool:
        """See `Pbx.connected`."""
        return self._connected

    @property
    def desk_phones(self) -> Steering:
        """See `Pbx.desk_phones`."""
        return self._steering

    async def start(self, listener: PbxListener) -> None:
        """See `Pbx.start`."""
        self._listener = listener
        self._connection.start()

    async def shutdown(self) -> None:
        """See `Pbx.shutdown`."""
        self._listener = None
        self._connected = self._line_up = False
        await self.conference.shutdown()
        await self._connection.close()
        await self._tasks.shutdown()
        self.call_records.close()

    async def configure(self, configuration: PbxConfiguration) -> None:
        """Write what changed and have Asterisk read it again, now or when the line is back.

        Raises ConfigurationError (nothing was written), PbxError (Asterisk did not read it), PbxLostError.
        """
        async with self._one_at_a_time:
            has_new_users = self._state.set_users(configuration.users)
            self._state.house = house_of(configuration, self._flags.logged_out, self._settings.trunk_prefix)
            self._configured = True
            problem = await self._write(configuration)
            self.conference.configured(configuration)
            if self._line_up:
                refused = await self._reload()
                if not self._connected:
                    await self._bring_everything()
                if has_new_users or not self._connected:
                    await self._read_everything()
                problem = problem or refused
            if problem is not None:
                raise problem

    async def set_reach(self, user: str, reach: PbxReach) -> None:
        """See `Pbx.set_reach`."""
        self._reach.want(user, reach)
        if self._line_up and self._configured:
            await self._bring_reach(user)

    async def set_flag(self, flag: PbxFlag, *, on: bool) -> None:
        """See `Pbx.set_flag`."""
        self._flags.want(flag, on=on)
        if self._line_up and self._configured:
            await self._bring_flags(flag)

    async def originate(self, user: str, number: str, leg_id: str) -> None:
        """See `Pbx.originate`. All legs of the call have `leg_id` as their `call_id`."""
        self._must_be_connected()
        await self._click.dial(user, number, leg_id)

    async def pick_up(self, order: PbxPickUp) -> None:
        """See `Pbx.pick_up`."""
        self._must_be_connected()
        await self._claims.claim(order)

    async def take_waiting(self, order: PbxTake) -> None:
        """See `QueuePbx.take_waiting`."""
        self._must_be_connected()
        await self._claims.take(order)

    async def hang_up(self, leg_id: str) -> None:
        """See `Pbx.hang_up`. The id given to `originate` ends that call, whichever device took it."""
        self._must_be_connected()
        legs = self._state.legs
        own = [leg for leg in legs.in_call(leg_id) if leg.direction is CallDirection.OUTGOING]
        names = [leg_id] if leg_id in legs else [leg.leg_id for leg in own]
        if not names:
            raise KeyError(leg_id)
        answers = [await self._request("Hangup", ("Channel", name), ("Cause", "16")) for name in names]
        if not any(answer.success for answer in answers):
            raise KeyError(leg_id)

    async def leg_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """See `Pbx.leg_of_sip_call`."""
        self._must_be_connected()
        return await self._parking.leg_of_sip_call(user, sip_call_id)

    async def sip_call_of(self, leg_id: str) -> str:
        """See `Pbx.sip_call_of`."""
        return await self._parking.sip_call_of(leg_id)

    async def park(self, leg_id: str) -> str:
        """See `Pbx.park`."""
        self._must_be_connected()
        return await self._parking.park(leg_id)

    async def move(self, user: str, leg_id: str, contact: str, new_leg_id: str) -> None:
        """See `Pbx.move`."""
        self._must_be_connected()
        leg = next((leg for leg in self._state.legs.of(user) if leg.leg_id == leg_id), None)
        if leg is None:
            raise KeyError(leg_id)
        peer = await self._ask.peer_in_call(leg_id)
        await self._click.move(user, new_leg_id, leg.remote, contact, peer)

    async def fetch_parked(self, user: str, slot: str, leg_id: str, contact: str = "") -> None:
        """See `Pbx.fetch_parked`."""
        self._must_be_connected()
        await self._click.fetch(user, slot, leg_id, self._state.parking.caller_in(slot), contact)

    # -- configuration

    async def _write(self, configuration: PbxConfiguration) -> PbxError | None:
        """Write what changed; return why nothing could be written."""
        folder, mode = self._settings.configuration_folder, self._settings.file_mode
        try:
            texts = generate(configuration, self._settings)
            changed = await asyncio.to_thread(write_changed, folder, texts, mode)
            await asyncio.to_thread(install_prompts, folder, mode)
        except ConfigurationError as error:
            return error
        except OSError as error:
            return PbxError(f"the configuration could not be written: {error}")
        self._to_reload.update(MODULE_OF_FILE[name] for name in changed)
        if changed:
            logger.info("wrote %s for Asterisk", ", ".join(changed))
        return None

    async def _reload(self) -> PbxError | None:
        """Have Asterisk read what changed; return what it refused to read. Raises PbxLostError."""
        refusals = []
        for module in MODULE_OF_FILE.values():
            if module in self._to_reload:
                answer = await self._request("Reload", ("Module", module))
                self._to_reload.discard(module)
                if not answer.success:
                    refusals.append(f"{module}: {answer.message}")
        return PbxError(f"Asterisk does not reload {', '.join(refusals)}") if refusals else None

    async def _bring_everything(self) -> None:
        """Bring to AstDB what the dial plan decides by."""
        await self._bring_reach()
        await self._bring_flags()
        await self.conference.bring()

    async def _bring_reach(self, user: str | None = None) -> None:
        """Bring what rings one user, or everybody. A line that breaks is no failure: it is brought over the next one."""
        try:
            await self._reach.bring(user)
        except PbxError as error:
            if self._line_up:
                logger.error("what rings whom could not be brought to Asterisk: %s", error)  # noqa: TRY400

    async def _bring_flags(self, flag: PbxFlag | None = None) -> None:
        """Bring one flag, or all and tell what was keyed in meanwhile; a line that breaks is no failure."""
        try:
            if flag is not None:
                await self._flags.bring(flag)
            else:
                self._tell(await self._flags.bring_all())
        except PbxError as error:
            if self._line_up:
                logger.error("what is on or off could not be brought to Asterisk: %s", error)  # noqa: TRY400

    # -- reading

    async def _on_up(self) -> None:
        async with self._one_at_a_time:
            self._line_up = True
            if self._configured:
                refused = await self._reload()
                if refused is not None:
                    logger.error("%s", refused)
                self._reach.forget()
                self._flags.forget()
                self.conference.line_up()
                await self._bring_everything()
                await self._read_everything()

    async def _read_everything(self) -> None:
        """Read, tell, and count as connected. Raises PbxError, PbxLostError."""
        self._waiting_events = []
        try:
            registrations, channels, parked, conferences = await asyncio.gather(
                self._read(ALL_CONTACTS),
                self._read("Status", ("Variables", _VARIABLES)),
                self._parking.read(),
                self.conference.read(),
            )
            held = await self._held(channels)
            told = self._state.take_everything(registrations, channels, held)
            self._tell([*told, *self._state.parking.replace_all(parked)])
            self._tell(self._waiting.replace_all(channels))
            self.conference.take(channels, conferences)
        finally:
            waiting, self._waiting_events = self._waiting_events, None
            for event in waiting:
                self._handle(event)
        if not self._connected:
            self._connected = True
            self._watching = self._tasks.start(watch_until_lost(self._watch))
            self._tell([PbxStateChanged(connected=True)])

    async def _read(self, action: str, *fields: tuple[str, str]) -> list[Mapping[str, str]]:
        answer = await self._request(action, *fields)
        if not answer.success:
            raise PbxError(f"Asterisk does not answer {action}: {answer.message}")
        return [item.fields for item in answer.items]

    async def _held(self, channels: Iterable[Mapping[str, str]]) -> frozenset[str]:
        """Uniqueids of our users' channels whose devices hold: that is in no list."""
        users = self._state.users
        answered = (fields for fields in channels if fields.get("ChannelState") == UP)
        return await self._ask.holding(
            [fields["Uniqueid"] for fields in answered if user_in(fields.get("Channel", "")) in users]
        )

    # -- events

    def _make_handlers(self) -> dict[str, Callable[[AmiEvent], None]]:
        handlers: dict[str, Callable[[AmiEvent], None]] = dict.fromkeys(LEG_EVENTS, self._on_leg_event)
        handlers.update(dict.fromkeys(REFUSAL_EVENTS, self._on_refusal))
        handlers.update(dict.fromkeys(PARKING_EVENTS, self._on_parking_event))
        handlers[CONTACT_EVENT] = self._watch.note
        handlers["UserEvent"] = self._on_user_event
        return handlers

    def _on_event(self, event: AmiEvent) -> None:
        if self._waiting_events is None:
            self._handle(event)
        elif len(self._waiting_events) < _MAX_WAITING_EVENTS:
            self._waiting_events.append(event)
        else:
            self._connection.drop("more happens than can be read")

    def _handle(self, event: AmiEvent) -> None:
        if event.name in ORIGINATION_EVENTS:
            self._originations.apply(event)
        self._claims.apply(event)
        self._tell(self._waiting.apply(event))
        handler = self._handlers.get(event.name)
        if handler is not None:
            handler(event)
        if event.name in CONFERENCE_EVENTS:  # after the legs, which tell who answered
            self.conference.apply(event)

    def _on_leg_event(self, event: AmiEvent) -> None:
        self._tell(self._state.held.apply(event))
        self._tell(self._state.apply_leg_event(event))
        self._steering.note(event)

    def _on_user_event(self, event: AmiEvent) -> None:
        """Our dial plan tells something: what is offered to a device, or what was keyed in."""
        self._tell(self._flags.apply(event))
        self._on_leg_event(event)

    def _on_parking_event(self, event: AmiEvent) -> None:
        self._tell(self._state.parking.apply(event))
        self._parking.note(event)

    def _on_refusal(self, event: AmiEvent) -> None:
        refusal = refusal_in(event)
        if refusal is not None:
            self._tell([refusal])

    def _on_down(self, detail: str) -> None:
        was_connected, self._connected, self._line_up = self._connected, False, False
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        lost = PbxLostError(f"the line to the PBX broke: {detail}")
        self._originations.lose(lost)
        self._parking.lose(lost)
        self._claims.lose(lost)
        self._steering.lose(lost)
        self.conference.line_down()
        if was_connected or not self._told_down:
            self._told_down = True
            self._tell([PbxStateChanged(connected=False, detail=detail)])

    def _tell(self, events: Iterable[PbxEvent]) -> None:
        listener = self._listener
        if listener is None:
            return
        for event in events:
            listener(event)

    # -- the line

    def _must_be_connected(self) -> None:
        if not self._connected:
            raise PbxError("the PBX is out of reach")

    async def _request(self, name: str, *fields: tuple[str, str]) -> Response:
        return await self._connection.request(name, *fields)
