"""The fake link behaves as the real one does, where tests lean on it."""

from __future__ import annotations

import asyncio

import pytest

from tests.service.cti_link.ear import Ear
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    CtiLink,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    LinkState,
    MirrorChanged,
    MirrorReplaced,
    SaidGoodbye,
    ServerAddress,
    SipAccountChanged,
    WireError,
)
from wwphone.cti.fake import FakeCtiLink
from wwphone.domain.account import Mode
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.calls import Dial, Dialled, HangUp, PhoneStateChanged
from wwphone.protocol.examples import SIGNED_IN, SNAPSHOT
from wwphone.protocol.message import Done
from wwphone.protocol.presence import SetPresence

SERVER = ServerAddress("cti.example.com")
ANNA = Credentials("anna_muster", "right")
RINGING = PhoneStateChanged("beat_keller", PhoneState.RINGING)


@pytest.fixture
def link() -> FakeCtiLink:
    return FakeCtiLink(SNAPSHOT.state, sip_account=SIGNED_IN.sip_account, password="right")


@pytest.fixture
def ear(link: FakeCtiLink) -> Ear:
    checked: CtiLink = link  # it fulfils the protocol
    return Ear(checked)


async def test_it_signs_in_as_the_real_one_does(link: FakeCtiLink, ear: Ear) -> None:
    assert link.mirror.profile is None
    answer = await link.sign_in(SERVER, ANNA, mode=Mode.FLEXIBLE)
    assert (answer.profile, answer.sip_account) == (SNAPSHOT.state.profile, SIGNED_IN.sip_account)
    assert ear.states() == [LinkState.CONNECTING, LinkState.SIGNED_IN]
    assert ear.heard[1:3] == [MirrorReplaced(), SipAccountChanged(SIGNED_IN.sip_account)]
    assert link.mirror.state() == SNAPSHOT.state
    assert link.sign_ins == [(SERVER, ANNA, Mode.FLEXIBLE, False)]


async def test_a_wrong_password(link: FakeCtiLink) -> None:
    with pytest.raises(CommandRefusedError) as caught:
        await link.sign_in(SERVER, Credentials("anna_muster", "other"))
    assert caught.value.error.code is ErrorCode.WRONG_PASSWORD
    assert link.state.state is LinkState.REFUSED


async def test_refusals_and_taking_over(link: FakeCtiLink) -> None:
    link.refuse_sign_in(WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "on PC X"))
    with pytest.raises(CommandRefusedError):
        await link.sign_in(SERVER, ANNA)
    await link.sign_in(SERVER, ANNA, take_over=True)
    link.refuse_sign_in(None)
    await link.sign_in(SERVER, ANNA)
    assert link.state.state is LinkState.SIGNED_IN


async def test_without_a_line(link: FakeCtiLink, ear: Ear) -> None:
    link.cut(LinkProblem.CERTIFICATE_EXPIRED)
    with pytest.raises(LinkFailedError) as caught:
        await link.sign_in(SERVER, ANNA)
    assert caught.value.problem is LinkProblem.CERTIFICATE_EXPIRED
    signing_in = asyncio.create_task(link.sign_in(SERVER, ANNA, keep_trying=True))
    ear.forget()
    assert (await ear.hears(LinkState.CONNECTING)).problem is None
    assert (await ear.hears(LinkState.CONNECTING)).problem is LinkProblem.CERTIFICATE_EXPIRED
    link.heal()
    assert (await signing_in).profile == SNAPSHOT.state.profile


async def test_giving_up(link: FakeCtiLink, ear: Ear) -> None:
    link.cut()
    signing_in = asyncio.create_task(link.sign_in(SERVER, ANNA, keep_trying=True))
    await ear.hears(LinkState.CONNECTING)
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    assert link.state.state is LinkState.SIGNED_OUT


async def test_what_others_do_shows_at_once_or_after_the_cut(link: FakeCtiLink, ear: Ear) -> None:
    await link.sign_in(SERVER, ANNA)
    link.cut(retry_in_s=12.0)
    assert (link.state.state, link.state.retry_in_s) == (LinkState.INTERRUPTED, 12.0)
    link.change(RINGING)
    assert link.mirror.phones["beat_keller"] == SNAPSHOT.state.phones[1][1]
    with pytest.raises(CommandRefusedError) as caught:
        await link.request(Dial("207"))
    assert caught.value.error.code is ErrorCode.NOT_EXECUTED
    link.heal()
    assert link.mirror.phones["beat_keller"] is PhoneState.RINGING
    assert ear.heard[-1] == MirrorChanged((RINGING,))
    assert link.commands == []


async def test_commands_are_recorded_and_plausibly_answered(link: FakeCtiLink) -> None:
    await link.sign_in(SERVER, ANNA)
    assert await link.request(SetPresence(PresenceStatus.UNAVAILABLE)) == Done()
    assert link.mirror.presences["anna_muster"].status is PresenceStatus.UNAVAILABLE
    dialled = await link.request(Dial("207"))
    assert isinstance(dialled, Dialled)
    assert link.mirror.legs[dialled.leg_id].remote.number == "207"
    assert await link.request(HangUp(dialled.leg_id)) == Done()
    assert dict(link.mirror.legs) == {}
    with pytest.raises(CommandRefusedError):
        await link.request(HangUp(dialled.leg_id))
    assert [type(command) for command in link.commands] == [SetPresence, Dial, HangUp, HangUp]


async def test_commands_can_be_refused(link: FakeCtiLink) -> None:
    await link.sign_in(SERVER, ANNA)
    link.refuse(Dial, WireError(ErrorCode.UNKNOWN_OUTCOME, "who knows"))
    with pytest.raises(CommandRefusedError):
        await link.request(Dial("207"))
    link.refuse(Dial, None)
    assert isinstance(await link.request(Dial("207")), Dialled)


async def test_goodbye_sign_out_and_shutdown_empty_the_mirror(link: FakeCtiLink, ear: Ear) -> None:
    gone = WireError(ErrorCode.SESSION_TAKEN_OVER, "on PC X")
    await link.sign_in(SERVER, ANNA)
    link.say_goodbye(gone)
    assert SaidGoodbye(gone) in ear.heard
    assert (link.state.state, link.state.error) == (LinkState.REFUSED, gone)
    for leave in (link.sign_out, link.shutdown):
        await link.sign_in(SERVER, ANNA)
        await leave()
        assert link.mirror.profile is None
        assert link.state.state is LinkState.SIGNED_OUT


async def test_checks_are_counted(link: FakeCtiLink) -> None:
    link.check_now()
    assert link.checks == 1
