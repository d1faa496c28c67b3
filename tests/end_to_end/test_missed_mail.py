"""A call through Asterisk that nobody takes arrives as an e-mail, over TLS and signed in, also when the CTI server was away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.agent import AgentPhone
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.mail_server import USER, MailServer
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.server.demo_company import RING_GROUPS

pytestmark = pytest.mark.end_to_end

RECEPTION = "300"
SWITCHED_ON = 'wwphone_command_seconds_count{command="history.set_missed_mail",outcome="ok"}'


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[RealCompany]:
    """The company with its ring groups; everybody at the reception has an address."""
    folder = tmp_path_factory.mktemp("company")
    plan = CompanyPlan(
        settings={"mail": mail.lines(folder)},
        ring_groups=RING_GROUPS,
        with_email=frozenset({"carla", "dario", "ursula"}),
    )
    with RealCompany(folder, plan) as running:
        yield running


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla, who wants e-mails."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def juerg(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentPhone]:
    """Jürg, who calls her."""
    with AgentPhone("juerg", tmp_path_factory.mktemp("juerg")) as phone:
        phone.register(company.sip_account("juerg"))
        yield phone


def miss(carla: Client, juerg: AgentPhone, number: str) -> None:
    """Jürg calls and gives up."""
    call_id = juerg.dial(number)
    carla.wait_for_popup("Jürg Zürcher")
    juerg.send("hang_up", call_id=call_id)
    carla.wait_for(lambda: not carla.popups(), "silence")


def test_who_switched_it_on_gets_an_e_mail_for_each_missed_call(
    company: RealCompany, carla: Client, juerg: AgentPhone, mail: MailServer
) -> None:
    miss(carla, juerg, company.member("carla").number)
    carla.wait_for(lambda: carla.text_of("history_button") == "History, 1 missed call", "the first call")
    carla.press("settings_button")
    carla.select("pages", "General")
    carla.wait_for(
        lambda: "You get an e-mail" in carla.text_of("missed_mail_help"), "that it can be switched on"
    )
    carla.press("missed_mail")
    carla.wait_for(lambda: company.figure(SWITCHED_ON) == 1.0, "the server to have it")
    miss(carla, juerg, company.member("carla").number)
    wait_until(lambda: mail.letters, "the e-mail", 20 * SECONDS)
    (letter,) = mail.letters
    assert (letter.encrypted, letter.user, letter.recipients) == (True, USER, ("carla@example.net",))
    assert str(letter.message["To"]) == "Carla Brändli <carla@example.net>"
    assert letter.message["Subject"] == "Missed call from Jürg Zürcher, 208"
    lines = letter.text.splitlines()
    assert "Caller:   Jürg Zürcher" in lines
    assert "Number:   208" in lines
    assert "Called:   201, your number" in lines


def test_a_group_s_call_that_was_missed_while_the_server_was_away_is_told_once(
    company: RealCompany, carla: Client, juerg: AgentPhone, mail: MailServer
) -> None:
    before = len(mail.letters)
    company.kill_server()
    try:
        miss(carla, juerg, RECEPTION)
    finally:
        company.start_server()
    wait_until(lambda: len(mail.letters) > before, "the e-mail", 30 * SECONDS)
    company.kill_server()
    company.start_server()
    carla.wait_for(
        lambda: carla.text_of("history_button") == "History, 3 missed calls", "the calls", 30 * SECONDS
    )
    miss(carla, juerg, company.member("carla").number)
    wait_until(lambda: len(mail.letters) > before + 1, "the next e-mail", 20 * SECONDS)
    subjects = [letter.message["Subject"] for letter in mail.letters[before:]]
    assert subjects == [
        "Missed call for Reception from Jürg Zürcher, 208",
        "Missed call from Jürg Zürcher, 208",
    ]
    assert "Called:   300, Reception" in mail.letters[before].text
    assert "This call was for everybody in Reception" in mail.letters[before].text
    assert len({letter.message["Message-ID"] for letter in mail.letters}) == len(mail.letters)
