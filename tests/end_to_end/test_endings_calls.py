"""Every way in which a call of ours comes to nothing, and the sentence the window gives for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.baresip import Baresip
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import wait_until
from wwphone.domain.calls import EndReason
from wwphone.gui.words import SENTENCES

pytestmark = pytest.mark.end_to_end

BEAT, EVA = "Beat Keller", "Eva Schönenberger"
NOBODYS_NUMBER = "299"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """A company whose phones ring for two seconds only."""
    plan = CompanyPlan(settings={"pbx": {"ring_timeout_s": 2.0}})
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def anna(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(seat_in(company, "anna"), tmp_path_factory.mktemp("anna")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def beat(company: RealCompany) -> Iterator[Baresip]:
    with company.phone("beat") as phone:
        phone.register()
        yield phone


@pytest.fixture(autouse=True)
def nothing_is_left(company: RealCompany, anna: Client) -> Iterator[None]:
    """After each test: no channel, no pop-up, no running call, and an empty window."""
    yield
    for card in anna.cards():
        assert card.button("Hang up") is None, f"still there: {card.heading}"
        anna.press("Close", within=card.heading)
    assert anna.wait_for(lambda: not anna.cards(), "an empty window")
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")


def ended(anna: Client, who: str, reason: EndReason) -> None:
    """Wait for the sentence of this ending on somebody's card."""
    anna.wait_for_heading(who, SENTENCES[reason])


def test_busy(anna: Client, beat: Baresip) -> None:
    anna.dial("207")
    beat.wait_for(EventKind.CALL_INCOMING)

    beat.hang_up()  # a phone that rings says 486 to it

    ended(anna, BEAT, EndReason.BUSY)


def test_nobody_answers(anna: Client, beat: Baresip) -> None:
    anna.dial("207")
    beat.wait_for(EventKind.CALL_INCOMING)

    ended(anna, BEAT, EndReason.NO_ANSWER)
    beat.wait_for(EventKind.CALL_CLOSED)


def test_we_give_up_before_anybody_answers(anna: Client, beat: Baresip) -> None:
    anna.dial("207")
    beat.wait_for(EventKind.CALL_INCOMING)

    anna.press("Hang up", within=BEAT)

    ended(anna, BEAT, EndReason.CANCELLED)
    beat.wait_for(EventKind.CALL_CLOSED)


def test_the_call_is_declined(company: RealCompany, anna: Client, tmp_path: Path) -> None:
    with AgentPhone("eva", tmp_path) as eva:
        eva.register(company.sip_account("eva"))
        anna.dial("205")
        incoming = eva.wait_for_incoming()

        eva.send("hang_up", call_id=incoming["call_id"], reason=EndReason.DECLINED_HERE.value)

        ended(anna, EVA, EndReason.DECLINED_THERE)


def test_a_number_that_nobody_has(anna: Client) -> None:
    anna.dial(NOBODYS_NUMBER)

    ended(anna, NOBODYS_NUMBER, EndReason.UNKNOWN_NUMBER)


def test_a_colleague_none_of_whose_phones_is_registered(anna: Client) -> None:
    anna.dial("Carla")

    ended(anna, "Carla Brändli", EndReason.UNREACHABLE)


def test_neither_a_number_nor_a_name(anna: Client) -> None:
    anna.dial("xyzzy")

    assert "Neither a number nor a name" in anna.text_of("dial_hint")
    assert anna.cards() == []
    assert anna.window().find("dial_field") is not None
    assert anna.text_of("dial_field") == "xyzzy"


def test_a_call_that_ended_can_be_made_again_with_one_click(anna: Client, beat: Baresip) -> None:
    anna.dial("207")
    beat.wait_for(EventKind.CALL_INCOMING)
    beat.hang_up()
    ended(anna, BEAT, EndReason.BUSY)

    anna.press("Call again", within=BEAT)

    beat.wait_for(EventKind.CALL_INCOMING)
    beat.answer()
    anna.wait_until_talking(BEAT)
    anna.press("Hang up", within=BEAT)
    ended(anna, BEAT, EndReason.HUNG_UP_HERE)
