"""Conferences that one plans: checked, sent, changed and cancelled from here; the server has them (requirement 002)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlunsplit

from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    ErrorCode,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
    WireError,
)
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.conference_plans import (
    ConferencePlan,
    InvitationPreview,
    PlannedConference,
    PlanRemark,
    RememberedPlan,
)
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.conference import ConferenceRoomsChanged
from wwphone.protocol.conference_plans import (
    CancelConference,
    ChangeConference,
    ConferencePlanned,
    EndFeed,
    ExtendConference,
    FeedChanged,
    FeedRenewed,
    InvitationPreviewed,
    PlanConference,
    PlannedConferenceChanged,
    PlannedConferenceRemoved,
    PlanRemembered,
    PreviewInvitation,
    RenewFeed,
    SendInvitationAgain,
)
from wwphone.protocol.message import Command, Result
from wwphone.services.account import AccountService
from wwphone.services.observing import Listeners

_TOLD = (
    *(PlannedConferenceChanged, PlannedConferenceRemoved, PlanRemembered, FeedChanged),
    *(ConferenceRoomsChanged, ProfileChanged),
)


class ConferencePlansService:
    """What one planned, soonest first. Everything that asks the server raises CommandRefusedError."""

    def __init__(self, link: CtiLink, account: AccountService) -> None:
        self._link = link
        self._account = account
        self.changed: Listeners[None] = Listeners()
        """What is planned, what is possible, or the line."""

    @property
    def live(self) -> bool:
        """Whether the server could be asked now."""
        return self._link.state.state is LinkState.SIGNED_IN

    @property
    def released(self) -> bool:
        """Whether the administrator lets this person hold conferences."""
        return self._link.mirror.conferences.released

    @property
    def user(self) -> str:
        """Who is signed in; empty: nobody."""
        profile = self._link.mirror.profile
        return profile.user if profile is not None else ""

    def is_for(self, user: str) -> bool:
        """Whether what this person has opened may stay: while nobody is signed in they may come back."""
        return not self.user or (self.user == user and self.released)

    @property
    def mail_possible(self) -> bool:
        """Whether the server can send invitations."""
        return self._link.mirror.conferences.mail_possible

    @property
    def rooms(self) -> tuple[ConferenceRoom, ...]:
        """Where one may plan a conference, one's own room first."""
        return tuple(room for room in self._link.mirror.conferences.rooms if room.may_control)

    @property
    def planned(self) -> tuple[PlannedConference, ...]:
        """What goes on or is to come, soonest first; behind it what is over or cancelled, latest first."""
        every = sorted(self._link.mirror.conferences.plans.values(), key=lambda one: one.starts_at)
        past = [one for one in reversed(every) if is_past(one)]
        return (*(one for one in every if not is_past(one)), *past)

    def conference(self, conference_id: str) -> PlannedConference | None:
        """One of them as it is now."""
        return self._link.mirror.conferences.plans.get(conference_id)

    @property
    def remembered(self) -> RememberedPlan:
        """What the next invitation begins with."""
        return self._link.mirror.conferences.remembered

    @property
    def feed(self) -> bool:
        """Whether there is a calendar feed."""
        return self._link.mirror.conferences.feed

    async def preview(
        self, plan: ConferencePlan, conference_id: str = ""
    ) -> tuple[InvitationPreview, tuple[PlanRemark, ...]]:
        """How an invitation will arrive, and what is wrong with the plan."""
        result = await self._link.request(PreviewInvitation(plan, conference_id))
        assert isinstance(result, InvitationPreviewed)
        return result.preview, result.remarks

    async def plan(self, plan: ConferencePlan) -> PlannedConference:
        """Plan it and send its invitations."""
        return _planned(await self._link.request(PlanConference(plan)))

    async def change(self, former: PlannedConference, plan: ConferencePlan) -> PlannedConference:
        """Change it and tell everybody."""
        command = ChangeConference(former.conference_id, former.sequence, plan)
        return _planned(await self._link.request(command))

    async def cancel(self, conference_id: str) -> None:
        """Cancel it and tell everybody."""
        await self._link.request(CancelConference(conference_id))

    async def send_again(self, conference_id: str, addresses: tuple[str, ...]) -> None:
        """Send the latest invitation once more."""
        await self._link.request(SendInvitationAgain(conference_id, addresses))

    async def extend(self, conference_id: str, minutes: int) -> None:
        """Let what goes on last longer."""
        await self._link.request(ExtendConference(conference_id, minutes))

    async def renew_feed(self) -> str:
        """Make a new secret address for the feed; return it whole."""
        result = await self._link.request(RenewFeed())
        assert isinstance(result, FeedRenewed)
        server = self._account.snapshot.server
        if server is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_SIGNED_IN, "signed out meanwhile"))
        host = f"[{server.host}]" if ":" in server.host else server.host
        return urlunsplit(("https" if server.tls else "http", f"{host}:{server.port}", result.path, "", ""))

    async def end_feed(self) -> None:
        """Let the feed be no more."""
        await self._command(EndFeed())

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced() | LinkStateChanged():
                self.changed.tell(None)
            case MirrorChanged(events):
                if any(isinstance(one, _TOLD) for one in events):
                    self.changed.tell(None)

    async def _command(self, command: Command) -> None:
        await self._link.request(command)


def is_past(conference: PlannedConference) -> bool:
    """It was cancelled, or all of its times are over."""
    return conference.cancelled or conference.over


def goes_on(conference: PlannedConference, now: datetime | None = None) -> bool:
    """Whether one can dial in now."""
    now = now or datetime.now(UTC)
    return not conference.cancelled and conference.opens_at <= now < conference.ends_at


def _planned(result: Result) -> PlannedConference:
    assert isinstance(result, ConferencePlanned)
    return result.conference
