"""Who logs out of a ring group in the window does not ring for it, and rings again when logged in; phones do it by a code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import wait_until
from wwphone.server.demo_company import RING_GROUPS

pytestmark = pytest.mark.end_to_end

SALES = "310"
CARLA = "Carla Brändli"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """The company with its ring groups."""
    plan = CompanyPlan(ring_groups=RING_GROUPS)
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def anna(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(seat_in(company, "anna", pc="LAPTOP-17"), tmp_path_factory.mktemp("anna")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def eva(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentPhone]:
    """The other member of Sales who is there."""
    with AgentPhone("eva", tmp_path_factory.mktemp("eva")) as phone:
        phone.register(company.sip_account("eva"))
        yield phone


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentPhone]:
    """Calls Sales."""
    with AgentPhone("carla", tmp_path_factory.mktemp("carla")) as phone:
        phone.register(company.sip_account("carla"))
        yield phone


def calls_sales(
    company: RealCompany, carla: AgentPhone, eva: AgentPhone, anna: Client, *, rings: bool
) -> None:
    """Carla calls Sales, it rings at Eva's and perhaps at Anna's, and Carla gives up."""
    painted = len(anna.painted())
    call_id = carla.dial(SALES)
    eva.wait_for_incoming()
    if rings:
        anna.wait_for_popup(CARLA)
    carla.send("hang_up", call_id=call_id)
    carla.wait_for_end(call_id)
    anna.wait_for(lambda: not anna.popups(), "no pop-up any more")
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")
    if not rings:
        assert not [note for note in anna.painted(painted) if "calls you" in note.says or note.says == CARLA]


def test_logged_out_in_the_window_the_group_rings_at_the_other_only(
    company: RealCompany, anna: Client, eva: AgentPhone, carla: AgentPhone
) -> None:
    calls_sales(company, carla, eva, anna, rings=True)

    anna.press("group_310")
    said = anna.wait_for_banner("You are logged out of the group Sales since ")
    assert said.endswith("(set on LAPTOP-17).")
    calls_sales(company, carla, eva, anna, rings=False)

    anna.press("Log in")
    anna.wait_for(lambda: not any("logged out" in text for text in anna.banners()), "no such sentence")
    calls_sales(company, carla, eva, anna, rings=True)


def test_what_a_phone_keys_in_is_seen_in_the_window(company: RealCompany, anna: Client) -> None:
    anna.dial(f"*42{SALES}")
    said = anna.wait_for_banner("You are logged out of the group Sales since ")
    assert "wwphone" in said, "the phone says what it is"
    wait_until(lambda: not company.channels(), "the end of all channels of Asterisk")
    anna.press("Log in")
    anna.wait_for(lambda: not any("logged out" in text for text in anna.banners()), "no such sentence")
