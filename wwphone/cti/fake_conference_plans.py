"""What the fake server makes of planned conferences: checked, kept, answered."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import quote

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.conference_plans import (
    VARIABLES,
    WARNINGS,
    Answer,
    ConferencePlan,
    InvitationMail,
    InvitationPreview,
    Invitee,
    PlannedConference,
    PlanProblem,
    PlanRemark,
    RememberedPlan,
)
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
    PlanRemembered,
    PreviewInvitation,
    RenewFeed,
    SendInvitationAgain,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror

_COMMANDS = (
    *(PreviewInvitation, PlanConference, ChangeConference, CancelConference),
    *(SendInvitationAgain, ExtendConference, RenewFeed, EndFeed),
)
_NUMBER = "+41445550180"


class FakeConferencePlans:
    """Plans conferences as the server does, without sending anything; the first PIN is 482917, the next 482918."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self._ids = (f"planned-{number}" for number in itertools.count(1))
        self._pins = (str(number) for number in itertools.count(482917))
        self._feeds = itertools.count(1)

    def carry_out(self, command: Command) -> Result | None:
        """Answer one of our commands, None for another's. Raises CommandRefusedError."""
        if not isinstance(command, _COMMANDS):
            return None
        match command:
            case PreviewInvitation(plan):
                return InvitationPreviewed(_preview(plan), self._remarks(plan))
            case PlanConference(plan):
                return self._keep(next(self._ids), 0, plan)
            case ChangeConference(conference_id, sequence, plan):
                former = self._one(conference_id)
                if former.sequence != sequence:
                    raise CommandRefusedError(WireError(ErrorCode.CONFLICT, "it was changed since"))
                return self._keep(conference_id, sequence + 1, plan)
            case CancelConference(conference_id):
                former = self._one(conference_id)
                self._tell(replace(former, cancelled=True, sequence=former.sequence + 1))
            case SendInvitationAgain(conference_id, addresses):
                self._send_again(self._one(conference_id), addresses)
            case ExtendConference(conference_id, minutes):
                former = self._one(conference_id)
                self._tell(replace(former, ends_at=former.ends_at + timedelta(minutes=minutes)))
            case RenewFeed():
                self._publish(FeedChanged(feed=True))
                return FeedRenewed(f"/conferences/secret-{next(self._feeds)}.ics")
            case EndFeed():
                self._publish(FeedChanged(feed=False))
        return Done()

    def arrive(self, conference_id: str, address: str, mail: InvitationMail, words: str = "") -> None:
        """This became of the mail to somebody."""
        self._set(conference_id, address, lambda one: replace(one, mail=mail, mail_words=words))

    def answer(self, conference_id: str, address: str, answer: Answer) -> None:
        """Somebody answers."""
        answered_at = self._now()
        self._set(conference_id, address, lambda one: replace(one, answer=answer, answered_at=answered_at))

    # ------------------------------------------------------------ inside

    def _one(self, conference_id: str) -> PlannedConference:
        found = self._truth.conferences.plans.get(conference_id)
        if found is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such conference"))
        return found

    def _keep(self, conference_id: str, sequence: int, plan: ConferencePlan) -> ConferencePlanned:
        if any(one.problem not in WARNINGS for one in self._remarks(plan)):
            raise CommandRefusedError(WireError(ErrorCode.INVALID, "it cannot be sent like this"))
        former = self._truth.conferences.plans.get(conference_id)
        known = {one.address: one for one in former.invitees} if former else {}
        invitees = [self._invitee(address, known) for address in plan.addresses]
        conference = PlannedConference(
            conference_id=conference_id,
            owner=self._truth.state().profile.user,
            plan=plan,
            number=_NUMBER,
            sequence=sequence,
            opens_at=plan.starts_at - timedelta(minutes=plan.lead_min),
            starts_at=plan.starts_at,
            ends_at=plan.starts_at + timedelta(minutes=plan.duration_min),
            invitees=tuple(invitees),
        )
        self._tell(conference)
        first = plan.addresses[0]
        remembered = RememberedPlan(
            *(plan.title, plan.description, plan.place, plan.reply_to, first),
            lead_min=plan.lead_min,
            duration_min=plan.duration_min,
            language=plan.language,
        )
        self._publish(PlanRemembered(remembered))
        return ConferencePlanned(conference)

    def _invitee(self, written: str, known: dict[str, Invitee]) -> Invitee:
        name, address = parseaddr(written)
        if address in known:
            return replace(known[address], mail=InvitationMail.QUEUED)
        pin = next(self._pins)
        return Invitee(address, name, link=f"tel:{_NUMBER},,{pin}{quote('#')}", pin=pin)

    def _remarks(self, plan: ConferencePlan) -> tuple[PlanRemark, ...]:
        remarks = []
        if not plan.title.strip():
            remarks.append(PlanRemark(PlanProblem.NO_TITLE))
        if not plan.addresses:
            remarks.append(PlanRemark(PlanProblem.NO_ADDRESS))
        remarks += [
            PlanRemark(PlanProblem.BAD_ADDRESS, written)
            for written in plan.addresses
            if "@" not in parseaddr(written)[1]
        ]
        missing = zip(VARIABLES, (PlanProblem.NO_NUMBER, PlanProblem.NO_PIN), strict=True)
        remarks += [PlanRemark(problem) for text, problem in missing if text not in plan.description.lower()]
        if "<link>" in plan.description:
            remarks.append(PlanRemark(PlanProblem.UNKNOWN_VARIABLE, "<link>"))
        if plan.starts_at < self._now():
            remarks.append(PlanRemark(PlanProblem.IN_THE_PAST))
        if not self._truth.conferences.mail_possible:
            remarks.append(PlanRemark(PlanProblem.NO_MAIL))
        return tuple(remarks)

    def _send_again(self, former: PlannedConference, addresses: tuple[str, ...]) -> None:
        for address in addresses:
            self.arrive(former.conference_id, address, InvitationMail.QUEUED)

    def _set(self, conference_id: str, address: str, changed: Callable[[Invitee], Invitee]) -> None:
        former = self._one(conference_id)
        invitees = tuple(changed(one) if one.address == address else one for one in former.invitees)
        self._tell(replace(former, invitees=invitees))

    def _tell(self, conference: PlannedConference) -> None:
        self._publish(PlannedConferenceChanged(conference))


def _preview(plan: ConferencePlan) -> InvitationPreview:
    text = plan.description.replace("<number>", "+41 44 555 01 80").replace("<pin>", "000000")
    html = "<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>") + "</p>"
    calendar = f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:{plan.title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return InvitationPreview(plan.title, text, html, calendar)
