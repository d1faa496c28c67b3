"""The server's outgoing e-mail in the client: for whom, as of when, and one test at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.gui.world import ME, PASSWORD, SERVER, company
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, Credentials, ErrorCode, LinkState, WireError
from wwphone.domain.account import Profile, Right
from wwphone.domain.mail import MailEncryption, MailOutcome, MailOverview, MailRoute
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.mail import ReadMail, SendTestMail
from wwphone.services.mail import MailService, MailSnapshot

PLAIN = Profile(ME, "204", "Anna Muster", rights=frozenset({Right.CTI_ACCESS}))
MAY = replace(PLAIN, rights=PLAIN.rights | {Right.ADMINISTRATE})
OVERVIEW = MailOverview(
    MailRoute("mail.muster-ag.ch", 587, MailEncryption.STARTTLS, "telefon@muster-ag.ch"), waiting=2
)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Ground]:
    """Anna Muster may administrate and is signed in."""
    ground = Ground(company(profile=MAY))
    ground.link.mail.overview = OVERVIEW
    await ground.start()
    await ground.sign_in()
    await ground.settled()
    yield ground
    await ground.close()


def mail_of(ground: Ground) -> MailService:
    return ground.services.mail


async def test_it_is_read_when_asked_and_never_by_itself(office: Ground) -> None:
    mail = mail_of(office)
    assert (mail.snapshot.user, mail.snapshot.live, mail.snapshot.overview) == (ME, True, None)
    assert not [one for one in office.link.commands if isinstance(one, ReadMail)]
    told: list[MailSnapshot] = []
    mail.changed.subscribe(told.append)
    await mail.read()
    assert mail.snapshot.overview == OVERVIEW
    await mail.read()
    assert len(told) == 1, "what is as it was is not told again"


async def test_two_who_ask_at_once_ask_once(office: Ground) -> None:
    await asyncio.gather(mail_of(office).read(), mail_of(office).read())
    assert len([one for one in office.link.commands if isinstance(one, ReadMail)]) == 1


async def test_without_the_right_there_is_nothing(signed_in: Ground) -> None:
    assert mail_of(signed_in).snapshot == MailSnapshot()
    await mail_of(signed_in).read()
    assert not [one for one in signed_in.link.commands if isinstance(one, ReadMail)]


async def test_it_comes_and_goes_with_the_right(office: Ground) -> None:
    mail = mail_of(office)
    await mail.read()
    office.link.change(ProfileChanged(PLAIN))
    await office.settled()
    assert mail.snapshot == MailSnapshot()
    office.link.change(ProfileChanged(MAY))
    await office.settled()
    assert (mail.snapshot.user, mail.snapshot.overview) == (ME, None)


async def test_while_the_line_is_cut_it_stays_as_of_then(office: Ground) -> None:
    mail = mail_of(office)
    await mail.read()
    office.link.cut()
    await office.settled()
    assert (mail.snapshot.live, mail.snapshot.overview) == (False, OVERVIEW)
    assert mail.snapshot.as_of == office.link.state.since
    await mail.read()
    with pytest.raises(CommandRefusedError, match="not_executed"):
        await mail.test("anna@muster-ag.ch", "de")
    office.link.heal()
    await office.settled()
    assert mail.snapshot == MailSnapshot(ME, live=True, overview=OVERVIEW)


async def test_who_signs_in_next_sees_nothing_of_the_one_before(office: Ground) -> None:
    await mail_of(office).read()
    await office.services.account.sign_out()
    await office.settled()
    assert mail_of(office).snapshot == MailSnapshot()
    await office.services.account.sign_in(SERVER, Credentials(ME, PASSWORD), remember=True)
    await office.settled()
    assert office.link.state.state is LinkState.SIGNED_IN
    assert mail_of(office).snapshot.overview is None


async def test_a_test_is_under_way_until_it_is_answered(office: Ground) -> None:
    mail = mail_of(office)
    office.link.mail.hang()
    running = asyncio.ensure_future(mail.test("anna@muster-ag.ch", "de"))
    await office.settled()
    assert mail.snapshot.testing
    assert office.link.commands[-1] == SendTestMail("anna@muster-ag.ch", "de")
    office.link.mail.answer(MailOutcome.SIGN_IN, "535 no")
    test = await running
    assert (test.address, test.outcome, test.words) == ("anna@muster-ag.ch", MailOutcome.SIGN_IN, "535 no")
    assert not mail.snapshot.testing


async def test_a_refused_one_is_over_too(office: Ground) -> None:
    office.link.refuse(SendTestMail, WireError(ErrorCode.CONFLICT, "a test runs", taken_by="Beat Keller"))
    with pytest.raises(CommandRefusedError, match="conflict"):
        await mail_of(office).test("anna@muster-ag.ch", "de")
    assert not mail_of(office).snapshot.testing
