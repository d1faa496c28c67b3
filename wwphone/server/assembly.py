"""Puts one server together: services on a store and a PBX, listeners on the services; starts and stops them in order."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from wwphone import __version__
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.frames import PROTOCOL_VERSION, HelloFrame
from wwphone.protocol.message import Command
from wwphone.server.api import Pbx, PbxEndpoint, Store, StoreError
from wwphone.server.certificates import CertificateError, examine
from wwphone.server.clock import Clock, utc_now
from wwphone.server.conference_assembly import ConferenceGround, Conferences
from wwphone.server.lines.tls import CertificateFiles, ServerTls
from wwphone.server.listener.connection import Desk
from wwphone.server.listener.limits import ListenerLimits
from wwphone.server.listener.operations import Health, OperationsListener
from wwphone.server.listener.websocket import LineProcesses, WebsocketListener
from wwphone.server.mail.opening import open_mail, route_of
from wwphone.server.metrics import Metrics
from wwphone.server.recording_api import RecordingArchive
from wwphone.server.recordings.archive import Archive
from wwphone.server.recordings.keys import find_key
from wwphone.server.services.accounts import AccountService, SessionTimes, SignInDependencies
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import CommandService, Handler
from wwphone.server.services.desk_phone import DeskPhoneService
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.doubles import DoublesService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.favourites import FavouritesService
from wwphone.server.services.history import HistoryService
from wwphone.server.services.imports import ImportService
from wwphone.server.services.mail import MailService
from wwphone.server.services.mail_tests import MailTestService
from wwphone.server.services.missed_mail import MissedMailService
from wwphone.server.services.moving import MovingService
from wwphone.server.services.parking import ParkingService
from wwphone.server.services.passwords import Passwords
from wwphone.server.services.pbx import PbxService
from wwphone.server.services.phone_numbers import PhoneNumbers
from wwphone.server.services.phonebook import PhoneBookService
from wwphone.server.services.pickup import PickupService
from wwphone.server.services.presence import PresenceService, PresenceTimes
from wwphone.server.services.reachability import ReachabilityService, Sources
from wwphone.server.services.recording import RecordingService
from wwphone.server.services.recording_runs import RecordingNeighbours
from wwphone.server.services.recordings import RecordingsService
from wwphone.server.services.ring_groups import RingGroupService
from wwphone.server.services.seen_legs import SeenLegs
from wwphone.server.services.shown import ShownService
from wwphone.server.services.sign_in_guard import BlockRule, SignInGuard
from wwphone.server.services.sip_accounts import SipAccounts
from wwphone.server.services.snapshots import Boards, SnapshotService
from wwphone.server.services.sources import SourcesService
from wwphone.server.services.switches import SwitchService
from wwphone.server.services.waiting import WaitingService
from wwphone.server.settings import ServerSettings, SettingsError
from wwphone.server.source_settings import SourceSettingsError
from wwphone.server.sources.opening import open_sources

logger = logging.getLogger(__name__)

_HEALTH_S = 5.0
_Duties = TypeVar("_Duties", RingGroupService, SwitchService)


def endpoint_of(settings: ServerSettings) -> PbxEndpoint:
    """Where clients reach the PBX by SIP. Raises SettingsError."""
    return PbxEndpoint(
        settings.sip_host,
        settings.sip_udp_port,
        settings.sip_tls_port,
        settings.sip_transport,
        settings.authority_of_sip(),
    )


class CtiServer:
    """One running server. Store and PBX are handed over unopened; `stop` closes them."""

    def __init__(
        self,
        settings: ServerSettings,
        store: Store,
        pbx: Pbx,
        passwords: Passwords | None = None,
        clock: Clock = utc_now,
        limits: ListenerLimits | None = None,
        archive: RecordingArchive | None = None,
    ) -> None:
        """Build everything and start nothing. Raises SettingsError, OSError for an unusable certificate."""
        settings.must_be_servable()
        self._settings = settings
        self._clock = clock
        self._store = store
        self._passwords = passwords or Passwords()
        endpoint = endpoint_of(settings)
        self.metrics = Metrics()
        self.log = EventLog()
        self.directory = DirectoryService(store, self.log)
        self.presence = self._presence()
        self.calls = CallService(pbx, self.directory, self.log)
        self.devices = DeviceService(self.directory, self.log)
        self.ring_groups = self._duties(RingGroupService, pbx)
        self.waiting = WaitingService(pbx, self.directory, self.devices)
        self.ring_groups.watch(self.waiting)
        self.switches = self._duties(SwitchService, pbx)
        self.reachability = self._reachability(pbx)
        self.parking = ParkingService(pbx, self.calls, self.devices, self.directory, self.log)
        self.moving = MovingService(pbx, self.calls, self.devices)
        self.desk_phone = DeskPhoneService(pbx, self.calls, self.devices, self.log)
        self.pbx = self._pbx(pbx, endpoint)
        self.shown = ShownService(store, self.directory, self.log)
        numbers = _numbers(settings)
        self.favourites = FavouritesService(store, self.directory, self.log)
        self.phonebook = PhoneBookService(store, self.directory, self.log, clock, numbers, self.favourites)
        self.doubles = DoublesService(self.phonebook, clock)
        self.imports = ImportService(store, self.phonebook, clock)
        self.sources = _sources(settings, self.directory, numbers)
        self.mail, self.mail_tests = self._mail()
        self.missed_mail = MissedMailService(store, self.mail, self.directory, self.log, clock, numbers)
        beside = (self.directory, self.log, self.calls, self.mail, numbers)
        self.conferences = Conferences(ConferenceGround(settings, store, pbx, clock, *beside))
        self.history = self._history(pbx)
        self.archive = Archive(store, settings.recording, clock, find_key)
        self.recordings = self._recordings()
        self.recording = self._recording(pbx, archive or self.archive)
        self.pickup = PickupService(pbx, self.directory, self.devices, self.log)
        boards = (self.pickup, self.ring_groups, self.waiting, self.switches, self.desk_phone)
        for service in (*boards, self.history, self.recording, self.conferences.running):
            self.pbx.also_tell(service.on_pbx_event)
        self.accounts = self._accounts(endpoint)
        self._commands = CommandService(self._handlers(), self.metrics)
        self._tls = _tls(settings)
        self.listener = self._listener(limits or _limits(settings))
        self.operations = OperationsListener(
            settings.http_host, settings.http_port, self.metrics, self.health
        )
        self._undo: list[Callable[[], Awaitable[None]]] = []
        self._watch_figures()

    async def start(self) -> None:
        """Open the store, load everything, connect the PBX and listen. Raises StoreError, OSError."""
        try:
            await self._step(self._store.open, self._store.close)
            await self._step(self.directory.start, self.directory.shutdown)
            await self._step(self.presence.start, self.presence.shutdown)
            await self._step(self.ring_groups.start, self.ring_groups.shutdown)
            await self._step(self.switches.start, self.switches.shutdown)
            await self._step(self.reachability.start, self.reachability.shutdown)
            await self.shown.start()
            await self.favourites.start()
            await self._step(self.phonebook.start, self.phonebook.shutdown)
            await self._step(self.imports.start, self.imports.shutdown)
            await self._step(self.sources.start, self.sources.shutdown)
            await self._step(self.accounts.start, self.accounts.shutdown)
            self._undo.append(self.moving.shutdown)
            await self.recordings.start()
            await self._step(self.archive.start, self.archive.shutdown)
            await self._step(self.recording.start, self.recording.shutdown)
            await self._step(self.conferences.start, self.conferences.shutdown)
            await self._step(self.pbx.start, self.pbx.shutdown)
            await self._step(self.mail.start, self.mail.shutdown)
            await self.missed_mail.start()
            await self._step(self.history.start, self.history.shutdown)
            await self._step(self.listener.start, self.listener.shutdown)
            if self._settings.http_port >= 0:
                await self._step(self.operations.start, self.operations.shutdown)
                logger.info(
                    "health and metrics on %s port %d", self._settings.http_host, self.operations.port
                )
        except BaseException:
            await self.stop()
            raise
        logger.info("listening on %s port %d", self._settings.listener_host, self.listener.port)

    async def stop(self) -> None:
        """Finish what runs, say goodbye, make everything durable, let go; safe to call twice."""
        logger.info("stopping")
        self.listener.stop_listening()
        await self._commands.shutdown()
        await self._note_who_is_connected()
        self.listener.say_goodbye(WireError(ErrorCode.SERVER_STOPPING, "the server is being stopped"))
        while self._undo:
            await self._undo.pop()()
        self.log.shutdown()
        self._passwords.shutdown()

    def reload_certificate(self) -> None:
        """Use a renewed certificate for new connections; the former one stays in use when it cannot be read."""
        if self._tls is None:
            return
        try:
            self._tls.reload()
        except OSError as error:
            logger.error("the renewed certificate cannot be used: %s", error)  # noqa: TRY400 - the text says it
        else:
            self.listener.reload_certificate()
            logger.info("the certificate was read again")

    async def health(self) -> Health:
        """How the server is, looked at now."""
        try:
            async with asyncio.timeout(_HEALTH_S):
                await self._store.directory_revision()
            store = True
        except (StoreError, TimeoutError) as error:
            logger.info("the store is not healthy: %s", error)
            store = False
        return Health(store, self.calls.pbx_connected, self._certificate_days(self._clock()))

    # ------------------------------------------------------------ inside

    def _presence(self) -> PresenceService:
        return PresenceService(
            self._store,
            self.directory,
            self._clock,
            PresenceTimes(self._settings.presence_grace_s),
            lambda user: self.reachability.do_not_disturb(user),  # noqa: PLW0108 - it is made later
        )

    def _accounts(self, endpoint: PbxEndpoint) -> AccountService:
        settings = self._settings
        rule = BlockRule(settings.sign_in_limit, settings.sign_in_window_s)
        needs = SignInDependencies(
            self._passwords,
            SignInGuard(self._store, rule, self._clock),
            SipAccounts(endpoint, insecure_loopback=settings.listener_insecure_loopback),
            self.directory,
            self.presence,
        )
        times = SessionTimes(lifetime_s=settings.sign_in_session_days * 86_400)
        return AccountService(self._store, needs, self._clock, times)

    def _mail(self) -> tuple[MailService, MailTestService]:
        store, sender, route = self._store, open_mail(self._settings), route_of(self._settings)
        tests = MailTestService(store, sender, route, self.directory, self._clock)
        return MailService(store, sender, self._clock), tests

    def _handlers(self) -> dict[type[Command], Handler]:
        services = (
            self.presence,
            self.calls,
            self.reachability,
            self.parking,
            self.pickup,
            self.moving,
            self.ring_groups,
            self.waiting,
            self.switches,
            self.shown,
            self.desk_phone,
            self.phonebook,
            self.favourites,
            self.doubles,
            self.imports,
            self.sources,
            self.history,
            self.missed_mail,
            self.mail_tests,
            self.recording,
            self.recordings,
            self.conferences,
        )
        return {shape: handler for each in services for shape, handler in each.commands().items()}

    def _duties(self, kind: type[_Duties], pbx: Pbx) -> _Duties:
        return kind(
            self._store,
            pbx,
            self.directory,
            self.presence,
            lambda user: self.reachability.do_not_disturb(user),  # noqa: PLW0108 - it is made later
            self.log,
            self._clock,
        )

    def _reachability(self, pbx: Pbx) -> ReachabilityService:
        sources = Sources(self.directory, self.presence, self.calls, self.devices, self.ring_groups)
        return ReachabilityService(self._store, pbx, sources, self.log, self._clock, self._settings.reach)

    def _history(self, pbx: Pbx) -> HistoryService:
        legs = SeenLegs(pbx, self.devices, self._clock)
        history = HistoryService(
            self._store,
            pbx.call_records,
            legs,
            self.directory,
            self.log,
            self._clock,
            self._settings.history_keep_days,
        )
        history.tell_by(self.missed_mail)
        return history

    def _recording(self, pbx: Pbx, archive: RecordingArchive) -> RecordingService:
        neighbours = RecordingNeighbours(
            self.calls, self.directory, self.log, self.history.note_recording, self.recordings.revision_for
        )
        return RecordingService(pbx, archive, neighbours, self._clock, self._settings.recording)

    def _recordings(self) -> RecordingsService:
        return RecordingsService(
            self._store,
            self.archive,
            self.directory,
            self.log,
            self._clock,
            self._settings.recording,
            lambda session: self.accounts.sessions.holds(session),  # noqa: PLW0108 - it is made later
        )

    def _pbx(self, pbx: Pbx, endpoint: PbxEndpoint) -> PbxService:
        return PbxService(
            pbx,
            self.directory,
            self.calls,
            self.devices,
            self.parking,
            endpoint,
            (self._settings.pbx_language, self._settings.conferences_number),
        )

    def _listener(self, limits: ListenerLimits) -> WebsocketListener:
        settings, tls = self._settings, self._tls
        context = tls.context if tls else None
        where = (settings.listener_host, settings.listener_port)
        return WebsocketListener(self._desk(limits), *where, context, _line_processes(settings))

    def _desk(self, limits: ListenerLimits) -> Desk:
        hello = HelloFrame(
            PROTOCOL_VERSION, secrets.token_hex(8), __version__, self._settings.listener_heartbeat_s
        )
        snapshots = SnapshotService(
            self.log,
            self.directory,
            self.presence,
            self.calls,
            self.devices,
            self.reachability,
            Boards(
                *(self.parking, self.pickup, self.ring_groups, self.switches, self.shown, self.desk_phone),
                *(self.phonebook, self.sources, self.history, self.favourites, self.recording),
                self.conferences.state_for,
            ),
        )
        return Desk(
            *(hello, self.accounts, self._commands, snapshots, self.log, self.metrics, limits),
            sounds=self.recordings,
            feeds=self.conferences.feed,
        )

    async def _step(self, start: Callable[[], Awaitable[None]], undo: Callable[[], Awaitable[None]]) -> None:
        await start()
        self._undo.append(undo)

    async def _note_who_is_connected(self) -> None:
        try:
            await self.accounts.note_seen()
        except StoreError as error:
            logger.warning("who is connected could not be noted: %s", error)

    def _certificate_days(self, now: datetime) -> int | None:
        if self._settings.tls_certificate is None:
            return None
        try:
            return examine(self._settings.tls_certificate).days_left(now)
        except CertificateError as error:
            logger.warning("%s", error)
            return -1

    def _watch_figures(self) -> None:
        watch, sessions = self.metrics.watch, self.accounts.sessions
        watch("wwphone_connections", "Open connections", lambda: self.listener.connections)
        watch("wwphone_line_processes", "Processes that keep clients' lines", lambda: self.listener.processes)
        watch("wwphone_sessions", "Sessions that may be resumed", lambda: len(sessions))
        watch("wwphone_sessions_connected", "Sessions with a client", lambda: len(sessions.connected))
        watch(
            "wwphone_queue_depth", "Events the slowest client is behind", lambda: self.listener.deepest_queue
        )
        watch("wwphone_pbx_connected", "Whether the PBX is reached", lambda: self.calls.pbx_connected)
        watch(
            "wwphone_call_records_readable", "Whether the PBX's record is read", lambda: self.history.readable
        )
        watch(
            "wwphone_history_written",
            "Rows of the record of calls, new or changed",
            lambda: self.history.written,
        )
        watch("wwphone_mail_sent", "E-mails that the mail server took", lambda: self.mail.sent)
        watch("wwphone_mail_failed", "E-mails that ended otherwise", lambda: self.mail.failed)
        watch("wwphone_mail_reachable", "Whether the mail server is reached", lambda: self.mail.reachable)
        answers = self.conferences.answers
        watch("wwphone_answers_noted", "Answers to invitations that were taken in", lambda: answers.noted)
        watch("wwphone_answers_readable", "Whether their mailbox is read", lambda: answers.reachable)
        watch("wwphone_recordings_running", "Calls that are recorded now", lambda: self.recording.running)
        watch(
            "wwphone_conferences_running", "Conferences that go on", lambda: self.conferences.running.running
        )
        self.metrics.watch_events(lambda: self.log.revision)


def _limits(settings: ServerSettings) -> ListenerLimits:
    return ListenerLimits(
        connections=settings.listener_max_connections,
        connections_per_address=settings.listener_max_connections_per_address,
    )


def _numbers(settings: ServerSettings) -> PhoneNumbers:
    try:
        return PhoneNumbers(settings.numbers_country, settings.pbx_trunk_prefix)
    except ValueError as error:
        raise SettingsError(f"numbers.country: {error}") from error


def _sources(settings: ServerSettings, directory: DirectoryService, numbers: PhoneNumbers) -> SourcesService:
    try:
        return SourcesService(open_sources(settings.sources), directory, numbers)
    except SourceSettingsError as error:
        raise SettingsError(str(error)) from error


def _tls(settings: ServerSettings) -> ServerTls | None:
    files = _certificate_files(settings)
    return ServerTls(files) if files is not None else None


def _certificate_files(settings: ServerSettings) -> CertificateFiles | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    return CertificateFiles(settings.tls_certificate, settings.tls_key)


def _line_processes(settings: ServerSettings) -> LineProcesses | None:
    count = settings.listener_line_processes
    return LineProcesses(count, _certificate_files(settings), settings.log_level) if count else None
