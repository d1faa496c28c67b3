"""An administrator tests the e-mails in the window: through a real server to a mail server, over TLS and signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.mail_server import FROM, HOST, PASSWORD, USER, MailServer
from tests.helpers.waiting import SECONDS, wait_until

pytestmark = pytest.mark.end_to_end

ADMINISTRATOR, OTHER = "guenther", "carla"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[RealCompany]:
    """The company, whose server may send e-mails."""
    folder = tmp_path_factory.mktemp("company")
    plan = CompanyPlan(settings={"mail": mail.lines(folder)}, with_email=frozenset({ADMINISTRATOR}))
    with RealCompany(folder, plan) as running:
        yield running


@pytest.fixture
def administrator(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Somebody with the right to administrate, who looks at the page."""
    with Client(seat_in(company, ADMINISTRATOR), tmp_path_factory.mktemp(ADMINISTRATOR)) as client:
        client.wait_until_reachable()
        client.press("settings_button")
        client.select("pages", "E-mail")
        yield client


def plain(text: str) -> str:
    """A text without the places where it may break."""
    return text.replace("\u200b", "")


def test_a_test_sent_in_the_window_arrives_and_what_is_refused_is_told(
    company: RealCompany, administrator: Client, mail: MailServer
) -> None:
    address = f"{ADMINISTRATOR}@example.net"
    server = f"{HOST}, port {mail.port}"
    administrator.wait_for(lambda: administrator.text_of("mail_server") == server, "how e-mails are sent")
    assert administrator.text_of("mail_sender") == f"wwphone <{FROM}>"
    assert administrator.text_of("mail_user") == USER
    assert administrator.text_of("mail_address") == address

    administrator.press("mail_send")
    taken = f"The mail server has taken the test for {address}. Look there whether it arrives."
    administrator.wait_for(lambda: plain(administrator.text_of("mail_result")) == taken, "the outcome")
    assert administrator.text_of("mail_result_words") == "It said: 250 2.0.0 OK: queued as 1"
    wait_until(lambda: mail.letters, "the e-mail", 10 * SECONDS)
    (letter,) = mail.letters
    assert (letter.encrypted, letter.user, letter.recipients) == (True, USER, (address,))
    assert letter.message["Subject"] == "Test of wwphone's e-mails"
    nickname = company.member(ADMINISTRATOR).nickname
    assert letter.text.splitlines()[0] == f"This is a test, sent from wwphone by {nickname}."

    mail.recipient_answer = "550 5.1.1 no such person"
    administrator.type_into("mail_address", "nobody@example.org", enter=True)
    refused = "The mail server takes nothing for nobody@example.org."
    administrator.wait_for(lambda: administrator.text_of("mail_result") == refused, "the refusal")
    assert administrator.text_of("mail_result_words") == "It said: 550 5.1.1 no such person"
    mail.recipient_answer = ""

    mail.knows_password = False
    administrator.press("mail_send")
    refused = "The mail server refused the sign-in. Check user name and password."
    administrator.wait_for(lambda: administrator.text_of("mail_result") == refused, "the refusal")
    mail.knows_password = True

    mail.stop()
    try:
        administrator.press("mail_send")
        away = "The mail server cannot be reached. Check its name, its port and the firewall."
        administrator.wait_for(lambda: administrator.text_of("mail_result") == away, "that it is away")
    finally:
        mail.start()
    assert len(mail.letters) == 1

    said = [line for line in company.server_log().splitlines() if "sent a test e-mail" in line]
    assert [line.rpartition(": ")[2] for line in said] == ["taken", "recipient", "sign_in", "unreachable"]
    assert all(f"{ADMINISTRATOR} on PC-{ADMINISTRATOR}" in line for line in said)
    for secret in (PASSWORD, "nobody@example.org"):
        assert secret not in company.server_log() + administrator.log_text()


def test_who_may_not_administrate_has_no_such_page(
    company: RealCompany, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Client(seat_in(company, OTHER), tmp_path_factory.mktemp(OTHER)) as client:
        client.wait_until_reachable()
        client.press("settings_button")
        client.select("pages", "Pages")
        with pytest.raises(AssertionError, match="there is no entry 'E-mail'"):
            client.ask("select", into="pages", entry="E-mail")
