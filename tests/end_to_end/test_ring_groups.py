"""Ring groups and switches in real windows.

Who logs out of a group does not ring for it, and rings again when logged in; phones do it by a code. Who waits for a group is
seen by its members, who take the next. A switch operated in one window sends calls elsewhere and is seen in the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.server.demo_company import RING_GROUPS
from wwphone.server.ring_group_api import PbxRingGroup, PbxWaiting
from wwphone.server.switch_api import PbxRoute, PbxSwitch

pytestmark = pytest.mark.end_to_end

SALES, HOTLINE = "310", "320"
QUEUE = PbxRingGroup(HOTLINE, "Hotline", ("anna", "dario"), 1, PbxWaiting(5, 300))
NIGHT = PbxSwitch("night", "Night", "1", routes=(PbxRoute(SALES, to_number="207"),))
BEAT = "Beat Keller"
EVA = "Eva Schönenberger"
CARLA = "Carla Brändli"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """The company with its ring groups."""
    plan = CompanyPlan(ring_groups=(*RING_GROUPS, QUEUE), switches=(NIGHT,))
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def anna(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(seat_in(company, "anna", pc="LAPTOP-17"), tmp_path_factory.mktemp("anna")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def dario(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The other window: he answers the hotline, too, and may operate switches."""
    with Client(seat_in(company, "dario"), tmp_path_factory.mktemp("dario")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def beat(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentPhone]:
    """Works at night."""
    with AgentPhone("beat", tmp_path_factory.mktemp("beat")) as phone:
        phone.register(company.sip_account("beat"))
        yield phone


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
    company.wait_until_nobody_talks()
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
    company.wait_until_nobody_talks()
    anna.press("Log in")
    anna.wait_for(lambda: not any("logged out" in text for text in anna.banners()), "no such sentence")


def waiting(client: Client) -> list[str]:
    """What the rows of the groups say for which somebody waits."""
    return [part.says for part in client.window().walk() if part.kind == "WaitingRow"]


def both_see(count: int, clients: tuple[Client, Client], name: str, company: RealCompany) -> None:
    """Wait until so many wait for the hotline in both windows, and who is next."""
    eva = company.member("eva").number
    rows = [f"Hotline, {count} waiting, Next: {name} · {eva}"] if count else []
    wait_until(
        lambda: all(waiting(client) == rows for client in clients),
        f"{rows} instead of {[waiting(client) for client in clients]}",
        20 * SECONDS,
    )


def peer(company: RealCompany, user: str) -> str:
    """With whose device somebody's only channel is connected."""
    channels = company.channels_of(user)
    values = [company.channel_value(one, "BRIDGEPEER") for one in channels]
    return values[0].removeprefix("PJSIP/").rpartition("-")[0] if len(values) == 1 else ""


def test_two_members_take_who_waits_at_once_and_each_gets_another_caller(
    company: RealCompany, anna: Client, dario: Client, eva: AgentPhone, carla: AgentPhone, beat: AgentPhone
) -> None:
    first = carla.dial(HOTLINE)
    anna.wait_for_popup(CARLA)
    dario.wait_for_popup(CARLA)
    dario.press("Answer", within=CARLA)
    dario.wait_until_talking(CARLA)
    assert waiting(anna) == []

    second = eva.dial(HOTLINE)
    both_see(1, (anna, dario), EVA, company)
    third = beat.dial(HOTLINE)
    both_see(2, (anna, dario), EVA, company)

    for client in (anna, dario):
        client.press("Take next")
    wait_until(lambda: {peer(company, "eva"), peer(company, "beat")} == {"anna", "dario"}, "both to talk")
    taken = {"anna": EVA, "dario": BEAT}
    if peer(company, "eva") == "dario":
        taken = {"anna": BEAT, "dario": EVA}
    anna.wait_until_talking(taken["anna"])
    dario.wait_until_talking(taken["dario"])
    dario.wait_until_held(CARLA)
    both_see(0, (anna, dario), "", company)

    for phone, call_id in ((carla, first), (eva, second), (beat, third)):
        phone.send("hang_up", call_id=call_id)
        phone.wait_for_end(call_id)
    company.wait_until_nobody_talks()


def test_a_switch_operated_in_one_window_sends_calls_elsewhere_and_is_seen_in_the_other(
    company: RealCompany, anna: Client, dario: Client, eva: AgentPhone, carla: AgentPhone, beat: AgentPhone
) -> None:
    calls_sales(company, carla, eva, anna, rings=True)

    dario.choose("Switches: all off", "Night")
    dario.wait_for(lambda: dario.text_of("switches_button") == "On: Night", "the switch on")
    anna.wait_for(lambda: anna.text_of("switches_button") == "On: Night", "the switch on")
    hint = anna.window().find("switches_button")
    assert hint is not None
    assert "by Dario Lüthi" in hint.hint
    painted = len(anna.painted())
    call_id = carla.dial(SALES)
    beat.wait_for_incoming()
    carla.send("hang_up", call_id=call_id)
    carla.wait_for_end(call_id)
    company.wait_until_nobody_talks()
    assert not [note for note in anna.painted(painted) if note.says == CARLA], "it rang at Beat's alone"

    anna.choose("On: Night", "Night")
    dario.wait_for(lambda: dario.text_of("switches_button") == "Switches: all off", "the switch off")
    calls_sales(company, carla, eva, anna, rings=True)
