"""Who stands in the two lists of the conference window: who is there, and whom one has invited, by phone or by e-mail.

Somebody invited by e-mail and called in by phone is one row: one person, and what became of either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.domain.conference import INVITATIONS_UNDER_WAY, InvitationState, Participant, PhoneInvitation
from wwphone.domain.conference_plans import Answer, InvitationMail, Invitee, PlannedConference, for_time
from wwphone.gui.context import Context
from wwphone.gui.numbers import written
from wwphone.services.conference import INVITED_AGAIN
from wwphone.services.conference_plans import goes_on


class Standing(Enum):
    """What became of inviting somebody: of all that is known, what matters most."""

    HERE = "here"
    CALLING = "calling"
    RINGING = "ringing"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    FAILED = "failed"
    LEFT = "left"
    MAIL_FAILED = "mail_failed"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    MAIL_UNCERTAIN = "mail_uncertain"
    MAIL_QUEUED = "mail_queued"
    MAIL_SENT = "mail_sent"


_OF_PHONE: Mapping[InvitationState, Standing] = MappingProxyType(
    {state: Standing[state.name] for state in InvitationState if state is not InvitationState.CONNECTED}
    | {InvitationState.CONNECTED: Standing.HERE}
)
_OF_ANSWER: Mapping[Answer, Standing] = MappingProxyType(
    {answer: Standing[answer.name] for answer in Answer if answer is not Answer.NONE}
)
_OF_MAIL: Mapping[InvitationMail, Standing] = MappingProxyType(
    {mail: Standing[f"MAIL_{mail.name}"] for mail in InvitationMail}
)


@dataclass(frozen=True)
class ParticipantRow:
    """Somebody who is there."""

    participant: Participant
    name: str = field(repr=False)
    number: str = field(repr=False)
    """As people write it; empty where it says no more than the name."""
    mine: bool = False
    """It is oneself."""
    link: str = field(default="", repr=False)
    """Their own way in; empty: they came without."""

    @property
    def key(self) -> str:
        """See ConferenceRow."""
        return self.participant.participant_id


@dataclass(frozen=True)
class InvitedRow:
    """Somebody who is invited: by phone, by e-mail, or both."""

    key: str = field(repr=False)
    name: str = field(repr=False)
    number: str = field(repr=False)
    """By which they can be called; empty: none is known."""
    phone: PhoneInvitation | None = None
    invitee: Invitee | None = None
    conference_id: str = ""
    """The planned conference of the e-mail."""
    here_as: str = ""
    """Their `participant_id`; empty: not here."""
    been: bool = False
    """Was here by the invitation by e-mail."""
    mine: bool = False
    """It is oneself, whom one need not call."""
    instead: str = field(default="", repr=False)
    """Who is there in their place, since the call was handed on; empty: they themselves, or nobody knows."""

    @property
    def standing(self) -> Standing:
        """What is shown first."""
        if self.here_as:
            return Standing.HERE
        if self.phone is not None:
            return _OF_PHONE[self.phone.state]
        if self.been or self.invitee is None:
            return Standing.LEFT
        return self.mail_standing

    @property
    def mail_standing(self) -> Standing:
        """What is known of the e-mail. Raises AttributeError when there was none."""
        assert self.invitee is not None
        if self.invitee.mail is InvitationMail.FAILED:
            return Standing.MAIL_FAILED
        return _OF_ANSWER.get(self.invitee.answer, _OF_MAIL[self.invitee.mail])

    @property
    def at(self) -> datetime | None:
        """Since when it stands so; None: nobody knows."""
        if self.phone is not None:
            return self.phone.at
        return self.invitee.answered_at if self.invitee is not None and not self.here_as else None

    @property
    def under_way(self) -> bool:
        """Whether they are being called right now."""
        return self.phone is not None and self.phone.state in INVITATIONS_UNDER_WAY and not self.here_as

    @property
    def can_be_called(self) -> bool:
        """Whether calling them makes sense."""
        return bool(self.number) and not (self.mine or self.here_as or self.under_way)

    @property
    def dropped(self) -> bool:
        """Was called, or there, and is not there."""
        called = self.phone is not None and self.phone.state in INVITED_AGAIN
        return self.can_be_called and (called or self.been)

    @property
    def accepted_only(self) -> bool:
        """Said to come, is not there, and was not called yet."""
        accepted = self.invitee is not None and self.invitee.answer is Answer.ACCEPTED
        return self.can_be_called and accepted and not self.dropped


def plan_on(context: Context, room: str) -> PlannedConference | None:
    """The conference of one's own planning whose time it is in a room."""
    plans = context.services.conference_plans
    running = context.services.conference.running.get(room)
    if running is not None and (found := plans.conference(running.conference_id)) is not None:
        return found
    here = (one for one in plans.planned if one.plan.room == room and goes_on(one))
    return next(here, None)


def participant_rows(
    context: Context, room: str, there: Sequence[Participant] | None = None
) -> tuple[ParticipantRow, ...]:
    """Who is there, longest first. `there`: them, where they are known already."""
    conference, plan = context.services.conference, plan_on(context, room)
    invitees = {one.address: one for one in plan.invitees} if plan is not None else {}
    rows = []
    for one in conference.participants(room) if there is None else there:
        invitee = invitees.get(one.invitee)
        name = one.party.name or (invitee.name or invitee.address if invitee else "")
        number = written(one.party.number)
        rows.append(
            ParticipantRow(
                participant=one,
                name=name or number or _somebody(),
                number=number if name else "",
                mine=conference.is_me(one),
                link=invitee.link if invitee else "",
            )
        )
    return tuple(rows)


def invited_rows(
    context: Context, room: str, been: Collection[str] = (), there: Sequence[Participant] | None = None
) -> tuple[InvitedRow, ...]:
    """Who is invited: those of the plan first, then who was called besides. `been`: addresses that were here."""
    known = context.services.conference.participants(room) if there is None else there
    return tuple(_invited(context, room, been, known))


def _invited(
    context: Context, room: str, been: Collection[str], there: Sequence[Participant]
) -> Iterator[InvitedRow]:
    conference, plan = context.services.conference, plan_on(context, room)
    profile = context.services.account.snapshot.profile
    own = profile.number if profile is not None else ""
    calls = list(conference.invitations(room))
    for one in plan.invitees if plan is not None else ():
        invitee = for_time(one, plan.starts_at) if plan is not None else one
        phone = next((one for one in calls if invitee.number and one.party.number == invitee.number), None)
        if phone is not None:
            calls.remove(phone)
        here_as = _here(there, invitee, phone)
        yield InvitedRow(
            key=f"mail {invitee.address}",
            name=invitee.name or invitee.address,
            number=invitee.number,
            phone=phone,
            invitee=invitee,
            conference_id=plan.conference_id if plan is not None else "",
            here_as=here_as,
            been=invitee.address in been,
            mine=bool(own) and invitee.number == own,
            instead=_instead(there, here_as, phone),
        )
    keys = set[str]()
    for phone in calls:
        key = f"phone {phone.party.number}"
        key = f"{key} {phone.invitation_id}" if key in keys else key
        keys.add(key)
        here_as = _here(there, None, phone)
        yield InvitedRow(
            key=key,
            name=phone.party.name or written(phone.party.number) or _somebody(),
            number=phone.party.number,
            phone=phone,
            here_as=here_as,
            instead=_instead(there, here_as, phone),
        )


def _here(there: Collection[Participant], invitee: Invitee | None, phone: PhoneInvitation | None) -> str:
    """As whom somebody is there: by their PIN, by the call, or by their number."""
    for one in there:
        if invitee is not None and one.invitee == invitee.address:
            return one.participant_id
        if phone is not None and one.invitation_id == phone.invitation_id:
            return one.participant_id
    number = invitee.number if invitee is not None else ""
    return next((one.participant_id for one in there if number and one.party.number == number), "")


def _instead(there: Collection[Participant], here_as: str, phone: PhoneInvitation | None) -> str:
    """Who came by a call to somebody else."""
    one = next((one for one in there if one.participant_id == here_as), None)
    if one is None or phone is None or one.invitation_id != phone.invitation_id:
        return ""
    number, called = written(one.party.number), written(phone.party.number)
    return (one.party.name or number) if number and number != called else ""


def _somebody() -> str:
    return QCoreApplication.translate("Conference", "Somebody")
