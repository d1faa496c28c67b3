"""What a person sets in the window is what callers meet, and the sentence in the window mends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.waiting import wait_until
from wwphone.domain.calls import EndReason

pytestmark = pytest.mark.end_to_end

BEAT = "Beat Keller"


@pytest.fixture(scope="module")
def anna(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(seat_in(company, "anna", pc="LAPTOP-17"), tmp_path_factory.mktemp("anna")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def beat(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentPhone]:
    with AgentPhone("beat", tmp_path_factory.mktemp("beat")) as phone:
        phone.register(company.sip_account("beat"))
        yield phone


def no_sentence(anna: Client) -> None:
    """Wait until nothing is said to keep calls away."""
    anna.wait_for(lambda: not any("do not reach you" in text for text in anna.banners()), "no such sentence")


def rings_at_annas(company: RealCompany, anna: Client, beat: AgentPhone) -> None:
    """Beat calls, the pop-up comes, and he gives up."""
    call_id = beat.dial(company.member("anna").number)
    anna.wait_for_popup(BEAT)
    beat.send("hang_up", call_id=call_id)
    beat.wait_for_end(call_id)
    anna.wait_for(lambda: not anna.popups(), "no pop-up any more")
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")


def test_do_not_disturb_is_heard_by_the_caller_and_mended_by_the_sentence(
    company: RealCompany, anna: Client, beat: AgentPhone
) -> None:
    no_sentence(anna)
    anna.press("Do not disturb")
    said = anna.wait_for_banner("Calls do not reach you: Do not disturb since ")
    assert said.endswith("(set on LAPTOP-17).")
    anna.wait_for(lambda: anna.text_of("disturb_button") == "Do not disturb: on", "the switch to be on")

    painted = len(anna.painted())
    call_id = beat.dial(company.member("anna").number)
    assert beat.wait_for_end(call_id)["reason"] == EndReason.BUSY.value
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")
    assert not anna.popups()
    assert not [note for note in anna.painted(painted) if "calls you" in note.says or note.says == BEAT]

    anna.press("Switch off")
    no_sentence(anna)
    assert anna.text_of("disturb_button") == "Do not disturb"
    rings_at_annas(company, anna, beat)


def test_calls_are_forwarded_and_one_click_in_the_header_ends_that(
    company: RealCompany, anna: Client, beat: AgentPhone, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with AgentPhone("eva", tmp_path_factory.mktemp("eva")) as eva:
        eva.register(company.sip_account("eva"))
        anna.press("forward_button")
        anna.press("Always", within="Forward calls")
        anna.type_into("Always: forward to", company.member("eva").number, enter=True)
        anna.press("Save", within="Forward calls")
        anna.wait_for_banner("do not reach you: forwarded to Eva Schönenberger")
        assert "Eva" in anna.text_of("forward_button")

        call_id = beat.dial(company.member("anna").number)
        eva.wait_for_incoming()
        assert not anna.popups()
        beat.send("hang_up", call_id=call_id)
        beat.wait_for_end(call_id)

        anna.press("end_forwarding_button")
        no_sentence(anna)
        rings_at_annas(company, anna, beat)
