"""A conference planned in the window: the invitation arrives, its PIN opens the room by telephone, and the window shows who came."""

from __future__ import annotations

import re
from collections.abc import Iterator

import icalendar
import pytest

from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.mail_server import MailServer, Received
from tests.helpers.waiting import SECONDS, wait_until

pytestmark = pytest.mark.end_to_end

ENTRY = "902"
CARLA, JUERG = "carla@example.net", "juerg.zuercher@example.com"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[RealCompany]:
    """Everybody may hold conferences, and e-mails are sent."""
    folder = tmp_path_factory.mktemp("company")
    with RealCompany(folder, CompanyPlan(settings={"mail": mail.lines(folder)})) as running:
        yield running


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla, who plans."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        yield client.wait_until_reachable()


def letter_to(mail: MailServer, address: str, *, after: int = 0) -> Received:
    """The one letter to somebody."""
    wait_until(
        lambda: any(one.recipients == (address,) for one in mail.letters[after:]),
        f"the e-mail to {address}",
        20 * SECONDS,
    )
    (letter,) = [one for one in mail.letters[after:] if one.recipients == (address,)]
    return letter


def event_of(letter: Received) -> tuple[str, icalendar.Component]:
    """The method of its calendar part, and the event."""
    (part,) = [one for one in letter.message.walk() if one.get_content_type() == "text/calendar"][:1]
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_a_planned_conference_is_entered_by_the_pin_of_the_invitation(
    company: RealCompany, carla: Client, mail: MailServer
) -> None:
    carla.press("conference_button")
    carla.wait_for(lambda: carla.text_of("plan_button") != "", "the conference window")
    carla.press("plan_button")
    carla.type_into("plan_title", "Offerte für Müller")
    carla.type_into("lead", "1440")
    carla.type_into("addresses", f"{CARLA}\nJürg Zürcher <{JUERG}>")
    carla.press("send")
    letter = letter_to(mail, JUERG)
    assert letter.message["Subject"] == "Offerte für Müller"
    method, event = event_of(letter)
    assert (method, str(event["SUMMARY"])) == ("REQUEST", "Offerte für Müller")
    (pin,) = set(re.findall(r"PIN (\d{6,})", letter.text))
    assert pin not in letter_to(mail, CARLA).text, "everybody has a PIN of their own"
    carla.wait_for(
        lambda: any("Jürg Zürcher" in row and "sent" in row for row in _rows(carla, "invitees")),
        "the list to say that it was sent",
        20 * SECONDS,
    )

    with company.phone("juerg") as phone:
        phone.register()
        phone.dial(ENTRY)
        phone.wait_for(EventKind.CALL_ESTABLISHED)
        phone.send_dtmf("".join(str((int(digit) + 1) % 10) for digit in pin) + "#")
        phone.send_dtmf(f"{pin}#")
        carla.wait_for(
            lambda: any("Jürg Zürcher" in row for row in _rows(carla, "participants")),
            "the window to show who came",
            30 * SECONDS,
        )

    carla.press("Cancel the conference …")
    carla.press("Cancel and tell everybody")
    cancelled, gone = event_of(letter_to(mail, JUERG, after=2))
    assert (cancelled, str(gone["UID"]), gone.to_ical().decode().split("SEQUENCE:")[1].split()[0]) == (
        "CANCEL",
        str(event["UID"]),
        "1",
    )


def _rows(client: Client, name: str) -> list[str]:
    return [
        row for window in client.windows() for part in window.walk() if part.name == name for row in part.rows
    ]
