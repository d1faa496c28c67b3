"""One believable example of everything that travels: for the documentation, and decoded by a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.domain.account import (
    MediaEncryption,
    Mode,
    Profile,
    Right,
    SessionInfo,
    SipAccount,
    Transport,
)
from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party, PhoneState
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.domain.devices import Registration
from wwphone.domain.history import (
    CallResult,
    HistoryEntry,
    HistoryFilter,
    HistoryPlace,
    HistoryState,
    TaskState,
)
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.domain.phonebook import PhoneBookState
from wwphone.domain.pickup import RingingCall
from wwphone.domain.presence import Colleague, JournalEntry, Presence, PresenceGroup, PresenceStatus
from wwphone.domain.reachability import Forwarding, ForwardingCause, Obstacle, ObstacleKind, Reachability
from wwphone.domain.ring_groups import RingGroupLogin, RingGroupMembership
from wwphone.domain.shown import Shown, ShownDefault
from wwphone.domain.sources import Source, SourceAnswer, SourceState
from wwphone.domain.switches import Switch, SwitchState
from wwphone.protocol import conference_examples, mail_examples, phonebook_examples, recording_examples
from wwphone.protocol.account import (
    ClientInfo,
    ModeSet,
    ProfileChanged,
    Resume,
    Resumed,
    SetMode,
    SignedIn,
    SignIn,
    SignOut,
)
from wwphone.protocol.calls import (
    Dial,
    Dialled,
    HangUp,
    LegChanged,
    LegEnded,
    PbxStateChanged,
    PhoneStateChanged,
)
from wwphone.protocol.desk_phone import (
    DeskAnswer,
    DeskDeflect,
    DeskDial,
    DeskHangUp,
    DeskHold,
    DeskJoin,
    DeskMerge,
    DeskMute,
    DeskPark,
    DeskPress,
    DeskResume,
    DeskSplit,
    DeskTransfer,
    Held,
    HeldCallChanged,
    HeldCallEnded,
)
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.frames import (
    PROTOCOL_VERSION,
    ClientFrame,
    EventsFrame,
    FailureFrame,
    GoodbyeFrame,
    HelloFrame,
    MirroredState,
    PingFrame,
    PongFrame,
    ReplyFrame,
    RequestFrame,
    ServerFrame,
    SnapshotFrame,
)
from wwphone.protocol.history import (
    DescribeCall,
    HistoryChanged,
    HistoryPage,
    MissedMailChanged,
    ReadHistory,
    SetMissedMail,
    SetTasks,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.moving import Move, Moving
from wwphone.protocol.parking import Fetch, Fetched, Park, Parked, ParkedCallChanged, ParkedCallEnded
from wwphone.protocol.pickup import Claim, Claimed, RingingCallChanged, RingingCallEnded
from wwphone.protocol.presence import (
    ColleagueChanged,
    ColleagueRemoved,
    GroupsChanged,
    PresenceChanged,
    SetPresence,
)
from wwphone.protocol.reachability import (
    EndForwarding,
    Journal,
    ReachabilityChanged,
    ReadJournal,
    SetDoNotDisturb,
    SetForwarding,
)
from wwphone.protocol.ring_groups import NextTaken, RingGroupsChanged, SetLoggedIn, TakeNext
from wwphone.protocol.shown import SetShownDefault, ShownDefaultChanged
from wwphone.protocol.sources import AskName, NameFound, SearchSource, SourceSearched
from wwphone.protocol.switches import SetSwitch, SwitchesChanged


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


_SERVER_ID = "c5b0f1de"
_TOKEN = "kV4v1mXhJ0m0o3Yy8cU5nA"  # noqa: S105 - opens nothing
_PROFILE = Profile(
    user="anna_muster",
    number="204",
    nickname="Anna",
    first_name="Anna",
    surname="Muster",
    rights=frozenset({Right.CTI_ACCESS}),
    displayed_number="+41442681200",
    shown_numbers=("+41442681204", "204"),
)
_SIP_ACCOUNT = SipAccount(
    user=_PROFILE.user,
    password="not-a-real-one",  # noqa: S106 - opens nothing
    display_name="Anna Muster",
    host="pbx.example.com",
    port=5061,
    transport=Transport.TLS,
    media_encryption=MediaEncryption.REQUIRED,
)
_BEAT = Colleague("beat_keller", "207", "Beat", "Sales", "beat.keller@example.com")
_AVAILABLE = Presence(PresenceStatus.AVAILABLE, _at(8, 12), set_from="RECEPTION-PC", connected=True)
_COFFEE = Presence(
    PresenceStatus.BE_RIGHT_BACK, _at(10, 15), back_at=_at(10, 30), set_from="LAPTOP-17", connected=True
)
_LEG = Leg(
    leg_id="PJSIP/anna_muster-0000002a",
    call_id="1772442000.84",
    user=_PROFILE.user,
    direction=CallDirection.INCOMING,
    remote=Party("+41445550123", "Müller AG"),
    state=LegState.RINGING,
    since=_at(9, 0),
    kind=CallKind.DIRECT,
    called="+41445550204",
)
_MUELLER = Party("+41445550123", "Müller AG")
_RINGING = RingingCall(
    ringing_id="1772442000.84/beat_keller",
    called=Party("207", "Beat"),
    kind=CallKind.DIRECT,
    since=_at(9, 0),
    user="beat_keller",
    caller=_MUELLER,
    may_pick_up=True,
)
_REGISTRATION = Registration(
    contact="sip:anna_muster@192.0.2.17:5061;transport=TLS",
    user_agent="wwphone 0.1.0",
    address="192.0.2.17",
    port=5061,
    transport=Transport.TLS,
    expires_at=_at(8, 17),
    reachable=True,
    round_trip_ms=8.5,
    call_id="f2c7b8d0e7a94b1c",
)
_FORWARDING = Forwarding(ForwardingCause.NO_ANSWER, "+41795550104", 15)
_REACHABILITY = Reachability(
    do_not_disturb=True, disturb_since=_at(11, 42), disturb_set_from="LAPTOP-17", forwardings=(_FORWARDING,)
)
_OBSTACLE = Obstacle(ObstacleKind.DO_NOT_DISTURB, tuple(CallKind), _at(11, 42), "LAPTOP-17")
_PARKED = ParkedCall("703", Party("+41445550123", "Müller AG"), _BEAT.user, _at(9, 41), _at(9, 43))
_RING_GROUPS = (
    RingGroupMembership("300", "Hotline", RingGroupLogin(False, _at(11, 42), "LAPTOP-17")),
    RingGroupMembership("310", "Sales", waiting=(_at(11, 40), _at(11, 41)), next_caller=_MUELLER),
)
_SWITCHES = (
    Switch("holiday", "Holiday", "2"),
    Switch("night", "Night", "1", SwitchState(True, _at(17, 30), _BEAT.user, "snomD785")),
)
_HELD = HeldCall("1772442000.91", _LEG.leg_id, _PROFILE.user, _MUELLER, _at(9, 2))
_ANSWER = SourceAnswer(SourceState.ANSWERED, (phonebook_examples.CONTACT.details,))
_ENTRY = HistoryEntry(
    entry_id="1772442000.90-anna_muster",
    user=_PROFILE.user,
    call_id="1772442000.90",
    direction=CallDirection.INCOMING,
    kind=CallKind.GROUP,
    party=_MUELLER,
    called="300",
    started_at=_at(9, 1),
    result=CallResult.MISSED,
    revision=4812,
    group="Hotline",
    ring_s=24.5,
    task=TaskState.OPEN,
)
_GROUPS = (PresenceGroup("Reception", 0), PresenceGroup("Sales", 1))
_STATE = MirroredState(
    profile=_PROFILE,
    groups=_GROUPS,
    colleagues=(Colleague(_PROFILE.user, "204", "Anna", "Reception"), _BEAT),
    presences=((_PROFILE.user, _AVAILABLE), (_BEAT.user, _COFFEE)),
    phones=((_PROFILE.user, PhoneState.FREE), (_BEAT.user, PhoneState.BUSY)),
    registrations=(_REGISTRATION,),
    ringing=(_RINGING,),
    pbx_connected=True,
    reachability=_REACHABILITY,
    obstacles=(_OBSTACLE,),
    parked=(_PARKED,),
    ring_groups=_RING_GROUPS,
    switches=_SWITCHES,
    shown_defaults=(ShownDefault("+41445550123", Shown("+41442681204")),),
    phonebook=PhoneBookState("c7d2a1", 17, "CH"),
    recordings=recording_examples.RECORDINGS,
    running_recordings=(recording_examples.RUNNING,),
    history=HistoryState(4812, open_tasks=1, mail_missed=True, mail_possible=True),
    reach=((PresenceStatus.AVAILABLE, tuple(CallKind)), (PresenceStatus.UNAVAILABLE, ())),
    held=(_HELD,),
    sources=(Source("customers", "Customers"),),
    favourites=("5b0f40",),
    conferences=conference_examples.CONFERENCES,
)
_SIGN_IN = SignIn(
    user=_PROFILE.user,
    password="not-a-real-one",  # noqa: S106 - opens nothing
    client=ClientInfo("0.1.0", "RECEPTION-PC", "de"),
)
_RESUME = Resume(
    token=_TOKEN, server_id=_SERVER_ID, revision=4711, pending=("7f3a90c1-8",), mode=Mode.SOFTPHONE
)

SIGNED_IN = SignedIn(_TOKEN, _PROFILE, _SIP_ACCOUNT)
SNAPSHOT = SnapshotFrame(4700, _STATE)

CONVERSATIONS: Mapping[type[Command], tuple[Command, Result]] = MappingProxyType(
    {
        SignIn: (_SIGN_IN, SIGNED_IN),
        Resume: (_RESUME, Resumed(snapshot=False, sip_account=_SIP_ACCOUNT)),
        SignOut: (SignOut(), Done()),
        SetPresence: (SetPresence(PresenceStatus.BE_RIGHT_BACK, _at(10, 30)), Done()),
        Dial: (Dial("+41445550123"), Dialled("PJSIP/anna_muster-0000002b")),
        HangUp: (HangUp("PJSIP/anna_muster-0000002b"), Done()),
        SetDoNotDisturb: (SetDoNotDisturb(on=True), Done()),
        SetForwarding: (SetForwarding(_FORWARDING), Done()),
        EndForwarding: (EndForwarding(ForwardingCause.NO_ANSWER), Done()),
        ReadJournal: (
            ReadJournal(limit=1),
            Journal((JournalEntry(_at(10, 15), _PROFILE.user, _COFFEE, _PROFILE.user),)),
        ),
        Park: (Park(sip_call_id="9b1d0c7e5f"), Parked("703")),
        Move: (Move(_REGISTRATION.contact, sip_call_id="9b1d0c7e5f"), Moving("wwphone-5b0f3d")),
        Fetch: (Fetch("703", _REGISTRATION.call_id), Fetched("wwphone-5b0f3c")),
        SetSwitch: (SetSwitch("night", on=True), Done()),
        SetLoggedIn: (SetLoggedIn("300", logged_in=True), Done()),
        TakeNext: (TakeNext("310", _REGISTRATION.call_id), NextTaken(_MUELLER)),
        SetShownDefault: (SetShownDefault("+41445550123", Shown("+41442681204")), Done()),
        DeskDial: (
            DeskDial("+41445550123", _REGISTRATION.contact, shown=Shown("+41442681204")),
            Dialled("wwphone-5b0f3e"),
        ),
        DeskAnswer: (DeskAnswer(_LEG.leg_id), Done()),
        DeskHold: (DeskHold(_LEG.leg_id), Held(_HELD.held_id)),
        DeskResume: (DeskResume(_HELD.held_id), Done()),
        DeskHangUp: (DeskHangUp(_HELD.held_id), Done()),
        DeskTransfer: (DeskTransfer(_HELD.held_id, "207"), Done()),
        DeskMerge: (DeskMerge((_LEG.leg_id, _HELD.held_id)), Done()),
        DeskSplit: (DeskSplit(_HELD.held_id), Done()),
        DeskPark: (DeskPark(_HELD.held_id), Parked("703")),
        DeskJoin: (DeskJoin(_HELD.held_id, _LEG.leg_id), Done()),
        DeskDeflect: (DeskDeflect(_LEG.leg_id, "207"), Done()),
        DeskMute: (DeskMute(_LEG.leg_id, muted=True), Done()),
        DeskPress: (DeskPress(_LEG.leg_id, "1#"), Done()),
        SetMode: (SetMode(Mode.DESK_PHONE), ModeSet()),
        SearchSource: (SearchSource("customers", "müller"), SourceSearched(_ANSWER)),
        AskName: (AskName("+41445550123"), NameFound(_ANSWER)),
        ReadHistory: (
            ReadHistory(
                HistoryFilter(open_tasks=True), HistoryPlace(_at(10, 30), "1772442000.97-anna_muster")
            ),
            HistoryPage((_ENTRY,), more=False, total=1),
        ),
        SetTasks: (SetTasks((_ENTRY.entry_id,), done=True), Done()),
        DescribeCall: (DescribeCall(sip_call_id="9b1d0c7e5f", note="Calls again on Monday"), Done()),
        SetMissedMail: (SetMissedMail(on=True), Done()),
        **phonebook_examples.CONVERSATIONS,
        **recording_examples.CONVERSATIONS,
        **conference_examples.CONVERSATIONS,
        **mail_examples.CONVERSATIONS,
        Claim: (Claim(_RINGING.ringing_id, _REGISTRATION.call_id), Claimed(_MUELLER)),
    }
)
"""Every command with its answer when it succeeds."""

EVENTS: Mapping[type[Event], Event] = MappingProxyType(
    {
        ProfileChanged: ProfileChanged(_PROFILE),
        PresenceChanged: PresenceChanged(_BEAT.user, _COFFEE),
        ColleagueChanged: ColleagueChanged(_BEAT),
        ColleagueRemoved: ColleagueRemoved("carla_rossi"),
        GroupsChanged: GroupsChanged(_GROUPS),
        PhoneStateChanged: PhoneStateChanged(_BEAT.user, PhoneState.RINGING),
        LegChanged: LegChanged(_LEG),
        LegEnded: LegEnded(_LEG.leg_id, 16),
        PbxStateChanged: PbxStateChanged(connected=False),
        RegistrationsChanged: RegistrationsChanged((_REGISTRATION,)),
        ShownDefaultChanged: ShownDefaultChanged("+41445550123", Shown()),
        ReachabilityChanged: ReachabilityChanged(_REACHABILITY, (_OBSTACLE,)),
        ParkedCallChanged: ParkedCallChanged(_PARKED),
        ParkedCallEnded: ParkedCallEnded("703", ParkingEnd.FETCHED, _PROFILE.user),
        RingingCallChanged: RingingCallChanged(_RINGING),
        RingGroupsChanged: RingGroupsChanged(_RING_GROUPS),
        SwitchesChanged: SwitchesChanged(_SWITCHES),
        HeldCallChanged: HeldCallChanged(_HELD),
        HeldCallEnded: HeldCallEnded(_HELD.held_id, HeldEnd.RESUMED),
        HistoryChanged: HistoryChanged(4812, 1, (_ENTRY,)),
        MissedMailChanged: MissedMailChanged(on=True, possible=True),
        **phonebook_examples.EVENTS,
        **recording_examples.EVENTS,
        **conference_examples.EVENTS,
        RingingCallEnded: RingingCallEnded(_RINGING.ringing_id, "carla_rossi"),
    }
)
"""Every event."""

_ELSEWHERE = WireError(
    ErrorCode.SIGNED_IN_ELSEWHERE,
    "another softphone session of this user runs",
    sessions=(SessionInfo("RECEPTION-PC", _at(8, 12)),),
)

CLIENT_FRAMES: Mapping[type[ClientFrame], ClientFrame] = MappingProxyType(
    {
        RequestFrame: RequestFrame("7f3a90c1-9", CONVERSATIONS[SetPresence][0]),
        PingFrame: PingFrame(),
        PongFrame: PongFrame(),
    }
)
"""Every frame a client sends."""

SERVER_FRAMES: Mapping[type[ServerFrame], ServerFrame] = MappingProxyType(
    {
        HelloFrame: HelloFrame(PROTOCOL_VERSION, _SERVER_ID, "0.1.0", 15.0),
        ReplyFrame: ReplyFrame("7f3a90c1-9", Done()),
        FailureFrame: FailureFrame("7f3a90c1-1", _ELSEWHERE),
        SnapshotFrame: SNAPSHOT,
        EventsFrame: EventsFrame(4711, (EVENTS[PresenceChanged], EVENTS[PhoneStateChanged])),
        GoodbyeFrame: GoodbyeFrame(
            WireError(ErrorCode.SESSION_TAKEN_OVER, "this user signed in on LAPTOP-17")
        ),
        PingFrame: PingFrame(),
        PongFrame: PongFrame(),
    }
)
"""Every frame a server sends."""
