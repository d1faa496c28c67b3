"""A CTI link without network or server, for tests and screenshots: it behaves, and does what the test tells it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from wwphone.cti.announcer import Announcer, utc_now
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    ErrorCode,
    LinkFailedError,
    LinkListener,
    LinkProblem,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    MirrorView,
    SaidGoodbye,
    ServerAddress,
    SignedInAs,
    WireError,
)
from wwphone.cti.fake_conference import FakeConference
from wwphone.cti.fake_conference_plans import FakeConferencePlans
from wwphone.cti.fake_desk_phone import FakeDeskPhone
from wwphone.cti.fake_history import FakeHistory
from wwphone.cti.fake_imports import FakeImports
from wwphone.cti.fake_mail import FakeMail
from wwphone.cti.fake_phonebook import FakePhoneBook
from wwphone.cti.fake_reachability import FakeReachability
from wwphone.cti.fake_recording import FakeRecording
from wwphone.cti.fake_ring_groups import FakeRingGroups
from wwphone.cti.fake_sources import FakeSources
from wwphone.cti.fake_switches import FakeSwitches
from wwphone.domain.account import Mode, SipAccount
from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.domain.presence import Presence
from wwphone.protocol.account import SetMode
from wwphone.protocol.calls import Dial, Dialled, HangUp, LegChanged, LegEnded
from wwphone.protocol.frames import MirroredState
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.moving import Move, Moving
from wwphone.protocol.parking import Fetch, Fetched, Park, Parked, ParkedCallChanged, ParkedCallEnded
from wwphone.protocol.pickup import Claim, Claimed, RingingCallEnded
from wwphone.protocol.presence import PresenceChanged, SetPresence
from wwphone.protocol.shown import SetShownDefault, ShownDefaultChanged

_NORMAL_CLEARING = 16


class FakeCtiLink:
    """Fulfils `CtiLink` with a server that consists of one `MirroredState`.

    What others do is said by `change`; the line by `cut` and `heal`; the server's mood by `refuse_sign_in`, `refuse`
    and `say_goodbye`. Every command that reached the "server" is kept in `commands`.
    """

    def __init__(
        self,
        state: MirroredState,
        *,
        sip_account: SipAccount | None = None,
        password: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Serve this state; with `password`, any other one is refused."""
        self.commands: list[Command] = []
        self.sign_ins: list[tuple[ServerAddress, Credentials, Mode, bool]] = []
        """Server, credentials, mode and take-over of every try."""
        self.checks = 0
        """How often `check_now` was called."""
        self.callers: dict[str, Party] = {}
        """Whom one's own calls are with, by SIP Call-ID: who waits when such a call is parked."""
        self.sip_account = sip_account
        self._password = password
        self._now = now
        self._truth = Mirror(state, 1)
        self.reachability = FakeReachability(self._truth, self.change, now)
        """Settings and journal of reachability."""
        self.ring_groups = FakeRingGroups(self._truth, self.change, now)
        self.switches = FakeSwitches(self._truth, self.change, now)
        self.history = FakeHistory(self._truth, self.change, now)
        self.recording = FakeRecording(self._truth, self.change, now)
        self.conference = FakeConference(self._truth, self.change, now)
        """Rooms, and the conferences that run there."""
        self.conference_plans = FakeConferencePlans(self._truth, self.change, now)
        self.phonebook = FakePhoneBook(self._truth, self.change, now)
        self.imports = FakeImports(self.phonebook, self._me, now)
        self.sources = FakeSources(self._truth)
        self.mail = FakeMail(self._truth, now)
        self.desk_phone = FakeDeskPhone(self._truth, self.change, now)
        """The desk phone that is steered."""
        self._mirror = Mirror()
        self._announcer = Announcer(now)
        self._missed: list[Event] = []
        self._sign_in_error: WireError | None = None
        self._refusals: dict[type[Command], WireError] = {}
        self._outage: LinkProblem | None = None
        self._healed = asyncio.Event()
        self._leg_ids = (f"PJSIP/fake-{number:08x}" for number in itertools.count(1))

    # ------------------------------------------------------------ what tests do to it

    def change(self, *events: Event) -> None:
        """These happened on the server: told at once, or after `heal` while the line is cut."""
        events = self.reachability.explained(events)
        self._truth.apply(self._truth.revision + 1, events)
        if self.state.state is LinkState.SIGNED_IN:
            self._show(events)
        else:
            self._missed.extend(events)

    def replace(self, state: MirroredState) -> None:
        """The server sends a snapshot, as after a restart; while signed in."""
        revision = self._truth.revision + 1
        self._truth.replace(revision, state)
        self._mirror.replace(revision, state)
        self._announcer.tell(MirrorReplaced())

    def cut(
        self,
        problem: LinkProblem = LinkProblem.LINE_LOST,
        *,
        detail: str = "",
        retry_in_s: float | None = None,
    ) -> None:
        """The line breaks and stays broken until `heal`; before a sign-in: there is none."""
        self._outage = problem
        self._healed.clear()
        if self.state.state in (LinkState.SIGNED_IN, LinkState.INTERRUPTED):
            self._announcer.tell_state(LinkState.INTERRUPTED, problem, detail, retry_in_s=retry_in_s)

    def heal(self) -> None:
        """The line is back; what was missed is told."""
        self._outage = None
        self._healed.set()
        if self.state.state is LinkState.INTERRUPTED:
            self._announcer.tell_state(LinkState.SIGNED_IN)
            self._show(tuple(self._missed))

    def refuse_sign_in(self, error: WireError | None) -> None:
        """Answer sign-ins with this error from now on; None: accept them again."""
        self._sign_in_error = error

    def refuse(self, command: type[Command], error: WireError | None) -> None:
        """Answer commands of this class with an error from now on; None: carry them out again."""
        if error is None:
            self._refusals.pop(command, None)
        else:
            self._refusals[command] = error

    def say_goodbye(self, error: WireError) -> None:
        """The server ends the session, for instance because another PC took over."""
        self._announcer.tell(SaidGoodbye(error))
        self._leave(LinkState.REFUSED, LinkProblem.SAID_NO, error)

    # ------------------------------------------------------------ CtiLink

    @property
    def state(self) -> LinkStateChanged:
        """The latest state."""
        return self._announcer.state

    @property
    def mirror(self) -> MirrorView:
        """What the client knows."""
        return self._mirror

    def add_listener(self, listener: LinkListener) -> Callable[[], None]:
        """Tell this one everything from now on."""
        return self._announcer.add(listener)

    async def sign_in(
        self,
        server: ServerAddress,
        credentials: Credentials,
        *,
        mode: Mode = Mode.SOFTPHONE,
        take_over: bool = False,
        keep_trying: bool = False,
    ) -> SignedInAs:
        """Sign in as the state's profile, whatever the user name."""
        self._leave(LinkState.SIGNED_OUT)
        self.sign_ins.append((server, credentials, mode, take_over))
        self._announcer.tell_state(LinkState.CONNECTING)
        try:
            await asyncio.sleep(0)  # as with a real line, whoever asks is told later
            await self._wait_for_a_line(keep_trying=keep_trying)
        except asyncio.CancelledError:
            self._announcer.tell_state(LinkState.SIGNED_OUT)
            raise
        error = self._reason_to_refuse(credentials, take_over=take_over)
        if error is not None:
            self._announcer.tell_state(LinkState.REFUSED, LinkProblem.SAID_NO, error=error)
            raise CommandRefusedError(error)
        self._missed.clear()
        state = self._truth.state()
        self._mirror.replace(self._truth.revision, state)
        self._announcer.tell(MirrorReplaced())
        account = None if mode is Mode.DESK_PHONE else self.sip_account
        self._announcer.tell_account(account)
        self._announcer.tell_state(LinkState.SIGNED_IN)
        return SignedInAs(state.profile, account)

    async def request(self, command: Command) -> Result:
        """Carry out what can be, refuse what the test said, record everything that arrived."""
        if self.state.state is not LinkState.SIGNED_IN:
            raise CommandRefusedError(WireError(ErrorCode.NOT_EXECUTED, "not signed in at the moment"))
        await asyncio.sleep(0)
        self.commands.append(command)
        error = self._refusals.get(type(command))
        if error is not None:
            raise CommandRefusedError(error)
        match command:
            case SetPresence():
                return self._set_presence(command)
            case SetShownDefault(called, shown):
                self.change(ShownDefaultChanged(called, shown))
            case Dial(number):
                return self._dial(number)
            case HangUp(leg_id):
                return self._hang_up(leg_id)
            case Park(sip_call_id=sip_call_id):
                return self._park(sip_call_id)
            case Move():
                return self._move()
            case Fetch(slot):
                return self._fetch(slot)
            case Claim(ringing_id):
                return self._claim(ringing_id)
        parts = (
            self.desk_phone,
            self.ring_groups,
            self.switches,
            self.phonebook,
            self.imports,
            self.history,
            self.recording,
            self.conference,
            self.conference_plans,
            self.reachability,
        )
        answers = (part.carry_out(command) for part in parts)
        first = await self.sources.carry_out(command), await self.mail.carry_out(command)
        return next((answer for answer in itertools.chain(first, answers) if answer is not None), Done())

    async def read_sound(self, path: str, token: str, offset: int, size: int) -> bytes:
        """Send what the test has put there."""
        await asyncio.sleep(0)
        if self.state.state is not LinkState.SIGNED_IN:
            raise LinkFailedError(self._outage or LinkProblem.LINE_LOST, "not signed in at the moment")
        return self.recording.read_sound(path, token, offset, size)

    async def set_mode(self, mode: Mode) -> None:
        """Use another mode: without a SIP account in desk-phone mode."""
        result = await self.request(SetMode(mode))
        del result
        self._announcer.tell_account(None if mode is Mode.DESK_PHONE else self.sip_account)

    async def sign_out(self) -> None:
        """End the session."""
        await asyncio.sleep(0)
        self._leave(LinkState.SIGNED_OUT)

    async def shutdown(self) -> None:
        """Let go."""
        self._leave(LinkState.SIGNED_OUT)

    def check_now(self) -> None:
        """Count it; a line the test has cut stays cut."""
        self.checks += 1

    # ------------------------------------------------------------ inside

    async def _wait_for_a_line(self, *, keep_trying: bool) -> None:
        while self._outage is not None:
            if not keep_trying:
                self._announcer.tell_state(LinkState.SIGNED_OUT, self._outage)
                raise LinkFailedError(self._outage, "the test cut the line")
            self._announcer.tell_state(LinkState.CONNECTING, self._outage, retry_in_s=30.0)
            await self._healed.wait()

    def _reason_to_refuse(self, credentials: Credentials, *, take_over: bool) -> WireError | None:
        error = self._sign_in_error
        if error is not None and error.code is ErrorCode.SIGNED_IN_ELSEWHERE and take_over:
            return None
        if error is None and self._password not in (None, credentials.password):
            return WireError(ErrorCode.WRONG_PASSWORD, "user unknown or password wrong")
        return error

    def _leave(
        self, state: LinkState, problem: LinkProblem | None = None, error: WireError | None = None
    ) -> None:
        if self._mirror.profile is not None:
            self._mirror.clear()
            self._announcer.tell(MirrorReplaced())
        self._announcer.tell_account(None)
        self._announcer.tell_state(state, problem, error=error)

    def _show(self, events: tuple[Event, ...]) -> None:
        self._missed.clear()
        if events:
            self._mirror.apply(self._truth.revision, events)
            self._announcer.tell(MirrorChanged(events))

    def _me(self) -> str:
        return self._truth.state().profile.user

    def _set_presence(self, command: SetPresence) -> Done:
        me = self._me()
        user = command.user or me
        known = self._truth.presences.get(user)
        connected = user == me or (known is not None and known.connected)
        silent = known is not None and known.do_not_disturb
        set_by = "" if user == me else me
        presence = Presence(
            command.status, self._now(), command.back_at, "this PC", connected, set_by, silent
        )
        self.change(PresenceChanged(user, presence))
        return Done()

    def _dial(self, number: str) -> Dialled:
        leg_id = next(self._leg_ids)
        outgoing = CallDirection.OUTGOING
        leg = Leg(leg_id, leg_id, self._me(), outgoing, Party(number), LegState.RINGING, self._now())
        self.change(LegChanged(leg))
        return Dialled(leg_id)

    def _hang_up(self, leg_id: str) -> Done:
        if leg_id not in self._truth.legs:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such leg"))
        self.change(LegEnded(leg_id, _NORMAL_CLEARING))
        return Done()

    def _park(self, sip_call_id: str) -> Parked:
        """Let whoever is in `callers` wait in the first free place."""
        slot = next(str(number) for number in range(701, 721) if str(number) not in self._truth.parked)
        caller = self.callers.get(sip_call_id, Party("", ""))
        now = self._now()
        self.change(
            ParkedCallChanged(ParkedCall(slot, caller, self._me(), now, now + timedelta(seconds=120)))
        )
        return Parked(slot)

    def _move(self) -> Moving:
        """Ring the other device; whoever tests lets its leg be answered, or end."""
        leg_id, outgoing = next(self._leg_ids), CallDirection.OUTGOING
        leg = Leg(leg_id, leg_id, self._me(), outgoing, Party(""), LegState.RINGING, self._now())
        self.change(LegChanged(leg))
        return Moving(leg_id)

    def _fetch(self, slot: str) -> Fetched:
        if slot not in self._truth.parked:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "nothing is parked there"))
        self.change(ParkedCallEnded(slot, ParkingEnd.FETCHED, self._me()))
        return Fetched(next(self._leg_ids))

    def _claim(self, ringing_id: str) -> Claimed:
        call = self._truth.ringing.get(ringing_id)
        if call is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "it does not ring any more"))
        self.change(RingingCallEnded(ringing_id, self._me()))
        return Claimed(call.caller or Party(""))
