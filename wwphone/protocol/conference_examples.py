"""Examples of the messages about conferences, part of `protocol.examples`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.domain.calls import Party
from wwphone.domain.conference import (
    ConferenceRoom,
    InvitationState,
    Participant,
    PhoneInvitation,
    RunningConference,
)
from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationMail,
    InvitationPreview,
    Invitee,
    PlannedConference,
    PlanProblem,
    PlanRemark,
    RememberedPlan,
    TimeAnswer,
)
from wwphone.protocol.conference import (
    ConferenceChanged,
    ConferenceEnded,
    ConferenceRoomsChanged,
    ConferencesState,
    EndConference,
    HangUpParticipant,
    InvitationChanged,
    InvitationEnded,
    InviteByPhone,
    InvitedByPhone,
    LockConference,
    MuteParticipants,
    ParticipantChanged,
    ParticipantLeft,
    SetChair,
    SetRoomPin,
    WithdrawInvitation,
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
    PlannedConferenceRemoved,
    PlanRemembered,
    PreviewInvitation,
    RenewFeed,
    SendInvitationAgain,
)
from wwphone.protocol.message import Command, Done, Event, Result

_ROOM = "204"
_CONFERENCE_ID = "7e1c9a"
_ADDRESS = "hans.mueller@mueller.example"
_PIN = "482917"


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


_OWN = ConferenceRoom(
    _ROOM, "Anna Muster", "anna_muster", "901", "+41445550180", may_control=True, pin="739154"
)
_SALES = ConferenceRoom("870", "Sales", dial_in="870", may_control=True)
_RUNNING = RunningConference(_ROOM, _at(9, 2), conference_id=_CONFERENCE_ID)
_ANNA = Participant(
    "1772442120.101", _ROOM, Party("204", "Anna"), _at(9, 2), "anna_muster", talking=True, chair=True
)
_HANS = Participant(
    "1772442180.104", _ROOM, Party("+41445550123", "Hans Müller"), _at(9, 3), invitee=_ADDRESS
)
_BEAT = PhoneInvitation(
    "a81c20", _ROOM, Party("207", "Beat"), "anna_muster", _at(9, 4), InvitationState.RINGING, "beat_keller"
)
_PLAN = ConferencePlan(
    room=_ROOM,
    starts_at=_at(9, 0),
    zone="Europe/Zurich",
    duration_min=60,
    title="Offer for Müller AG",
    description="Please dial <number> and enter <pin>.",
    place="Telephone conference",
    reply_to="anna@muster.example",
    addresses=("anna@muster.example", f"Hans Müller <{_ADDRESS}>"),
    language="de",
)
_PLANNED = PlannedConference(
    conference_id=_CONFERENCE_ID,
    owner="anna_muster",
    plan=_PLAN,
    number="+41445550180",
    sequence=1,
    opens_at=_at(8, 50),
    starts_at=_at(9, 0),
    ends_at=_at(10, 0),
    invitees=(
        Invitee(
            _ADDRESS,
            "Hans Müller",
            InvitationMail.SENT,
            answer=Answer.ACCEPTED,
            answered_at=_at(7, 30),
            number="+41445550123",
            link=f"tel:+41445550180,,{_PIN}%23",
            pin=_PIN,
            times=(TimeAnswer(_at(9, 0), Answer.DECLINED, _at(7, 40)),),
        ),
    ),
)
_REMEMBERED = RememberedPlan(
    _PLAN.title, _PLAN.description, _PLAN.place, _PLAN.reply_to, "anna@muster.example"
)
_PREVIEW = InvitationPreview(
    "Offer for Müller AG",
    "Please dial +41 44 555 01 80 and enter 000000.",
    "<p>Please dial +41 44 555 01 80 and enter 000000.</p>",
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
)
_PATH = "/conferences/not-a-real-one.ics"

CONFERENCES = ConferencesState(
    released=True,
    mail_possible=True,
    rooms=(_OWN, _SALES),
    running=(_RUNNING,),
    participants=(_ANNA, _HANS),
    invitations=(_BEAT,),
    plans=(_PLANNED,),
    remembered=_REMEMBERED,
    feed=True,
)
"""What somebody with a conference going on sees."""

CONVERSATIONS: Mapping[type[Command], tuple[Command, Result]] = MappingProxyType(
    {
        InviteByPhone: (
            InviteByPhone(_ROOM, (Party("207", "Beat"),)),
            InvitedByPhone((_BEAT.invitation_id,)),
        ),
        WithdrawInvitation: (WithdrawInvitation(_BEAT.invitation_id), Done()),
        HangUpParticipant: (HangUpParticipant(_ROOM, _HANS.participant_id), Done()),
        MuteParticipants: (MuteParticipants(_ROOM, muted=True), Done()),
        LockConference: (LockConference(_ROOM, locked=True), Done()),
        SetChair: (SetChair(_ROOM, _HANS.participant_id, chair=True), Done()),
        EndConference: (EndConference(_ROOM), Done()),
        SetRoomPin: (SetRoomPin(_ROOM, "739154"), Done()),
        PreviewInvitation: (
            PreviewInvitation(_PLAN),
            InvitationPreviewed(_PREVIEW, (PlanRemark(PlanProblem.ROOM_TAKEN, "Weekly"),)),
        ),
        PlanConference: (PlanConference(_PLAN), ConferencePlanned(_PLANNED)),
        ChangeConference: (ChangeConference(_CONFERENCE_ID, 0, _PLAN), ConferencePlanned(_PLANNED)),
        CancelConference: (CancelConference(_CONFERENCE_ID), Done()),
        SendInvitationAgain: (SendInvitationAgain(_CONFERENCE_ID, (_ADDRESS,)), Done()),
        ExtendConference: (ExtendConference(_CONFERENCE_ID, 15), Done()),
        RenewFeed: (RenewFeed(), FeedRenewed(_PATH)),
        EndFeed: (EndFeed(), Done()),
    }
)
"""Each command with its answer when it succeeds."""

EVENTS: Mapping[type[Event], Event] = MappingProxyType(
    {
        ConferenceRoomsChanged: ConferenceRoomsChanged(
            released=True, mail_possible=True, rooms=(_OWN, _SALES)
        ),
        ConferenceChanged: ConferenceChanged(_RUNNING),
        ConferenceEnded: ConferenceEnded(_ROOM),
        ParticipantChanged: ParticipantChanged(_HANS),
        ParticipantLeft: ParticipantLeft(_HANS.participant_id),
        InvitationChanged: InvitationChanged(_BEAT),
        InvitationEnded: InvitationEnded(_BEAT.invitation_id),
        PlannedConferenceChanged: PlannedConferenceChanged(_PLANNED),
        PlannedConferenceRemoved: PlannedConferenceRemoved(_CONFERENCE_ID),
        PlanRemembered: PlanRemembered(_REMEMBERED),
        FeedChanged: FeedChanged(feed=True),
    }
)
"""Each event."""
