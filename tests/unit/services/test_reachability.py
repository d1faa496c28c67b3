"""One's own reachability: settings, reasons in their order, what mends them, the journal."""

from __future__ import annotations

import pytest

from tests.gui.world import company, today
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Profile, Right
from wwphone.domain.calls import CallKind
from wwphone.domain.presence import JournalEntry, PresenceStatus
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.reachability import EndForwarding, ReachabilityChanged, SetForwarding
from wwphone.protocol.ring_groups import RingGroupsChanged
from wwphone.services.reachability import (
    EVERYBODY,
    ReachabilityService,
    ReachabilitySnapshot,
    mendable,
    mended_by_server,
)
from wwphone.sip.api import RegistrationState

ALL = tuple(CallKind)
DISTURB = Obstacle(ObstacleKind.DO_NOT_DISTURB, ALL, today(11, 42), "LAPTOP-17")
FORWARDED = Obstacle(ObstacleKind.FORWARDED, ALL, target="207")
NOT_REGISTERED = Obstacle(ObstacleKind.NOT_REGISTERED, ALL)
NOT_ANSWERING = Obstacle(ObstacleKind.NOT_ANSWERING, ALL)
PRESENCE = Obstacle(ObstacleKind.PRESENCE, (CallKind.DIRECT, CallKind.GROUP), today(9, 5), "LAPTOP-17")
BUSY = Obstacle(ObstacleKind.BUSY, ALL)
LOGGED_OUT = Obstacle(ObstacleKind.GROUP_LOGGED_OUT, (CallKind.GROUP,), target="Sales")
TO_BEAT = Forwarding(ForwardingCause.ALWAYS, "207")
TO_MOBILE = Forwarding(ForwardingCause.NO_ANSWER, "+41795550104", 15)


def service(ground: Ground) -> ReachabilityService:
    return ground.services.reachability


async def tell(ground: Ground, *obstacles: Obstacle, own: Reachability = NOTHING_SET) -> None:
    """The server says what keeps calls from ringing."""
    ground.link.change(ReachabilityChanged(own, obstacles))
    await ground.settled()


# ---------------------------------------------------------------- what is set


async def test_before_sign_in_there_is_nothing(ground: Ground) -> None:
    assert service(ground).snapshot == ReachabilitySnapshot()


async def test_do_not_disturb_is_set_and_told(signed_in: Ground) -> None:
    told: list[ReachabilitySnapshot] = []
    service(signed_in).changed.subscribe(told.append)
    await service(signed_in).set_do_not_disturb(on=True)
    await signed_in.settled()
    assert [each.own.do_not_disturb for each in told] == [True]
    [reason] = told[-1].reasons
    assert isinstance(reason, Obstacle)
    assert reason.kind is ObstacleKind.DO_NOT_DISTURB

    await service(signed_in).set_do_not_disturb(on=False)
    assert not service(signed_in).snapshot.own.do_not_disturb
    assert service(signed_in).snapshot.reasons == ()


async def test_a_forwarding_replaces_the_one_of_its_cause(signed_in: Ground) -> None:
    await service(signed_in).set_forwarding(TO_MOBILE)
    await service(signed_in).set_forwarding(Forwarding(ForwardingCause.NO_ANSWER, "207", 30))
    await service(signed_in).set_forwarding(TO_BEAT)
    assert service(signed_in).snapshot.own.forwardings == (
        TO_BEAT,
        Forwarding(ForwardingCause.NO_ANSWER, "207", 30),
    )


async def test_ended_forwardings_can_be_restored(signed_in: Ground) -> None:
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT, TO_MOBILE)))
    await service(signed_in).end_forwarding()
    assert service(signed_in).snapshot.own.forwardings == ()
    assert service(signed_in).snapshot.ended == (TO_BEAT, TO_MOBILE)

    await service(signed_in).restore_forwarding()
    assert service(signed_in).snapshot.own.forwardings == (TO_BEAT, TO_MOBILE)
    assert service(signed_in).snapshot.ended == ()


async def test_one_cause_alone_can_be_ended(signed_in: Ground) -> None:
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT, TO_MOBILE)))
    await service(signed_in).end_forwarding(ForwardingCause.ALWAYS)
    assert service(signed_in).snapshot.own.forwardings == (TO_MOBILE,)
    assert service(signed_in).snapshot.ended == (TO_BEAT,)
    service(signed_in).forget_ended()
    assert service(signed_in).snapshot.ended == ()


async def test_a_new_forwarding_is_not_undone(signed_in: Ground) -> None:
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT,)))
    await service(signed_in).end_forwarding()
    await service(signed_in).set_forwarding(TO_MOBILE)
    assert service(signed_in).snapshot.ended == ()


async def test_what_was_set_again_elsewhere_is_not_offered(signed_in: Ground) -> None:
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT,)))
    await service(signed_in).end_forwarding()
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT,)))
    assert service(signed_in).snapshot.ended == ()


async def test_a_refusal_is_raised_and_nothing_is_ended(signed_in: Ground) -> None:
    await tell(signed_in, own=Reachability(forwardings=(TO_BEAT,)))
    signed_in.link.refuse(EndForwarding, WireError(ErrorCode.PBX_UNAVAILABLE, "no"))
    signed_in.link.refuse(SetForwarding, WireError(ErrorCode.CONFLICT, "a loop"))
    with pytest.raises(CommandRefusedError):
        await service(signed_in).end_forwarding()
    with pytest.raises(CommandRefusedError):
        await service(signed_in).set_forwarding(TO_MOBILE)
    assert service(signed_in).snapshot.own.forwardings == (TO_BEAT,)
    assert service(signed_in).snapshot.ended == ()


async def test_while_the_line_is_down_it_stays_as_of_the_cut(signed_in: Ground) -> None:
    await tell(signed_in, DISTURB, own=Reachability(do_not_disturb=True))
    signed_in.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    snapshot = service(signed_in).snapshot
    assert (snapshot.signed_in, snapshot.live, snapshot.reasons) == (True, False, (DISTURB,))
    assert snapshot.as_of == signed_in.link.state.since
    with pytest.raises(CommandRefusedError):
        await service(signed_in).set_do_not_disturb(on=False)

    signed_in.link.heal()
    await signed_in.settled()
    assert service(signed_in).snapshot.live
    assert service(signed_in).snapshot.as_of is None


async def test_signing_out_forgets(signed_in: Ground) -> None:
    await tell(signed_in, DISTURB, own=Reachability(do_not_disturb=True, forwardings=(TO_BEAT,)))
    await service(signed_in).end_forwarding()
    await signed_in.services.account.sign_out()
    await signed_in.settled()
    assert service(signed_in).snapshot == ReachabilitySnapshot()


# ---------------------------------------------------------------- reasons


@pytest.mark.parametrize("state", list(RegistrationState))
async def test_why_this_pc_is_not_registered_is_said_once_and_in_its_place(
    ground: Ground, state: RegistrationState
) -> None:
    ground.engine.answer_registrations_with(state)
    await ground.sign_in()
    await ground.settled()
    await tell(ground, DISTURB, FORWARDED, NOT_REGISTERED, PRESENCE)
    reasons = service(ground).snapshot.reasons
    match state:
        case RegistrationState.REGISTERED:
            assert reasons == (DISTURB, FORWARDED, NOT_REGISTERED, PRESENCE), "the PBX lost it"
        case RegistrationState.REGISTERING:
            assert reasons == (DISTURB, FORWARDED, PRESENCE), "it will be in a moment"
        case _:
            assert reasons == (DISTURB, FORWARDED, state, PRESENCE)


async def test_what_was_said_before_this_pc_was_registered_is_not_believed(ground: Ground) -> None:
    ground.engine.answer_registrations_with(RegistrationState.REGISTERING)
    await ground.sign_in()
    ground.link.change(RegistrationsChanged(()), ReachabilityChanged(NOTHING_SET, (NOT_REGISTERED,)))
    await ground.settled()
    told: list[ReachabilitySnapshot] = []
    service(ground).changed.subscribe(told.append)
    ground.engine.answer_registrations_with(RegistrationState.REGISTERED)
    ground.engine.register_again()
    await ground.settled()
    assert service(ground).snapshot.reasons == (), "the server's news is on its way"
    await tell(ground)
    await tell(ground, NOT_REGISTERED)
    assert [each.reasons for each in told] == [(NOT_REGISTERED,)], "no sentence came and went"


async def test_signed_out_nothing_stands_in_the_way_of_calls_nobody_expects(ground: Ground) -> None:
    assert ground.services.account.snapshot.registration.state is RegistrationState.UNREGISTERED
    assert service(ground).snapshot.reasons == ()


async def test_a_presence_keeps_away_what_the_server_says(signed_in: Ground) -> None:
    await signed_in.services.presence.set(PresenceStatus.INTERNAL_ONLY)
    [reason] = service(signed_in).snapshot.reasons
    assert isinstance(reason, Obstacle)
    assert (reason.kind, reason.affected) == (ObstacleKind.PRESENCE, (CallKind.DIRECT, CallKind.GROUP))


# ---------------------------------------------------------------- mending


async def test_do_not_disturb_forwarding_and_presence_are_mended_on_the_server(signed_in: Ground) -> None:
    await signed_in.services.presence.set(PresenceStatus.UNAVAILABLE)
    await service(signed_in).set_forwarding(TO_MOBILE)
    await service(signed_in).set_forwarding(TO_BEAT)
    await service(signed_in).set_do_not_disturb(on=True)
    kinds = []
    while service(signed_in).snapshot.reasons:
        first = service(signed_in).snapshot.reasons[0]
        assert mendable(first)
        assert mended_by_server(first)
        assert isinstance(first, Obstacle)
        kinds.append(first.kind)
        await service(signed_in).mend(first)
    assert kinds == [ObstacleKind.DO_NOT_DISTURB, ObstacleKind.FORWARDED, ObstacleKind.PRESENCE]
    assert service(signed_in).snapshot.own.forwardings == (TO_MOBILE,), "which takes no call from ringing"


@pytest.mark.parametrize("reason", [RegistrationState.UNREACHABLE, NOT_REGISTERED, NOT_ANSWERING], ids=str)
async def test_a_lost_registration_is_tried_again_also_without_a_line(
    signed_in: Ground, reason: Obstacle | RegistrationState
) -> None:
    signed_in.link.cut(LinkProblem.LINE_LOST)
    assert mendable(reason)
    assert not mended_by_server(reason)
    await service(signed_in).mend(reason)
    assert signed_in.link.checks == 1


async def test_a_log_out_of_a_ring_group_is_mended_by_logging_in(signed_in: Ground) -> None:
    signed_in.link.change(RingGroupsChanged((RingGroupMembership("310", "Sales"),)))
    await signed_in.services.ring_groups.set_logged_in("310", logged_in=False)
    await signed_in.settled()
    [reason] = service(signed_in).snapshot.reasons
    assert isinstance(reason, Obstacle)
    assert (reason.kind, reason.target) == (ObstacleKind.GROUP_LOGGED_OUT, "310")
    assert mendable(reason)
    assert mended_by_server(reason)
    await service(signed_in).mend(reason)
    await signed_in.settled()
    assert service(signed_in).snapshot.reasons == ()
    assert signed_in.services.ring_groups.snapshot.ring_groups[0].login.logged_in


async def test_what_cannot_be_mended_here(signed_in: Ground) -> None:
    assert not mendable(BUSY)
    with pytest.raises(ValueError, match="not mended here"):
        await service(signed_in).mend(BUSY)


# ---------------------------------------------------------------- journal


async def test_the_journal_tells_ones_own_changes_newest_first(signed_in: Ground) -> None:
    await signed_in.services.presence.set(PresenceStatus.UNAVAILABLE)
    await service(signed_in).set_do_not_disturb(on=True)
    entries = await service(signed_in).read_journal()
    assert [(each.presence.status, each.do_not_disturb) for each in entries] == [
        (PresenceStatus.UNAVAILABLE, True),
        (PresenceStatus.UNAVAILABLE, False),
    ]


async def test_others_need_the_right_to_administrate(signed_in: Ground) -> None:
    with pytest.raises(CommandRefusedError) as refused:
        await service(signed_in).read_journal("beat")
    assert refused.value.error.code is ErrorCode.NOT_PERMITTED


async def test_an_administrator_reads_everybodys() -> None:
    rights = frozenset({Right.ADMINISTRATE})
    ground = Ground(company(profile=Profile("anna", "204", "Anna Muster", rights=rights)))
    await ground.start()
    await ground.sign_in()
    own = ground.services.presence.own
    assert own is not None
    ground.link.reachability.journal = [
        JournalEntry(today(9, 0), user, own, user) for user in ("beat", "anna")
    ]
    everybody = await service(ground).read_journal(EVERYBODY)
    beats = await service(ground).read_journal("beat")
    assert [each.user for each in everybody] == ["beat", "anna"]
    assert [each.user for each in beats] == ["beat"]
    await ground.close()
