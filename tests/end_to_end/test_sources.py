"""A real directory and a real address book beside the phone book, and one that hangs: found, told, and a caller's name."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.helpers import radicale, slapd
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.ports import LOOPBACK
from tests.helpers.radicale import RadicaleServer
from tests.helpers.slapd import SlapdServer
from tests.helpers.waiting import SECONDS

pytestmark = pytest.mark.end_to_end

HANS = {
    "cn": "Hans Würgler",
    "sn": "Würgler",
    "givenName": "Hans",
    "o": "Holzbau",
    "telephoneNumber": "044 555 01 23",
}
GRETA = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g\r\nFN:Greta Würgler\r\nN:Würgler;Greta;;;\r\n"
    "TEL;TYPE=CELL:+41795556677\r\nEND:VCARD\r\n"
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """A company in Switzerland with three sources, the first of which takes connections and says nothing."""
    with SlapdServer() as directory, RadicaleServer() as book, socket.socket() as silent:
        directory.start({"hans": HANS})
        book.start({"greta": GRETA})
        silent.bind((LOOPBACK, 0))
        silent.listen()
        hanging: dict[str, str | float] = {
            "kind": "ldap", "name": "Silent", "url": f"ldap://{LOOPBACK}:{silent.getsockname()[1]}",
            "base": slapd.BASE, "time_limit_s": 3 * SECONDS,
        }  # fmt: skip
        customers: dict[str, str | float] = {
            "kind": "ldap", "name": "Customers", "url": f"ldap://{LOOPBACK}:{directory.port}", "base": slapd.BASE,
            "user": slapd.USER, "password": slapd.PASSWORD, "certificate_authority": str(directory.ca_file),
            "time_limit_s": 9 * SECONDS,
        }  # fmt: skip
        partners: dict[str, str | float] = {
            "kind": "carddav", "name": "Partners", "url": book.url, "user": radicale.USER,
            "password": radicale.PASSWORD, "certificate_authority": str(book.ca_file), "time_limit_s": 9 * SECONDS,
        }  # fmt: skip
        settings: dict[str, dict[str, str | float]] = {
            "numbers": {"country": "CH"},
            "sources.silent": hanging,
            "sources.customers": customers,
            "sources.partners": partners,
        }
        with RealCompany(tmp_path_factory.mktemp("company"), CompanyPlan(settings=settings)) as running:
            yield running


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla's window."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        yield client.wait_until_reachable()


def sources(client: Client) -> list[str]:
    """What the list of sources says."""
    panel = client.window().find("sources")
    return list(panel.rows) if panel else []


def test_each_source_shows_what_it_found_and_the_silent_one_its_word(carla: Client) -> None:
    carla.press("Phone book")
    carla.type_into("search", "wuergler")
    carla.wait_for(lambda: any("Hans" in row for row in sources(carla)), "what the directory found")
    carla.wait_for(lambda: any("Greta" in row for row in sources(carla)), "what the address book found")
    carla.wait_for(lambda: "Silent: does not answer" in sources(carla), "the word for the silent one")
    names = [row.split(",")[0] for row in sources(carla)]
    assert names == ["Silent: does not answer", "Customers", "Hans Würgler", "Partners", "Greta Würgler"]


def test_a_caller_whom_only_a_source_knows_is_named(company: RealCompany, carla: Client) -> None:
    company.call_from_outside(company.member("carla").number, "+41445550123")
    carla.wait_for_popup("Hans Würgler · Holzbau")
    carla.press("Decline")


def test_the_dial_field_finds_whom_only_a_source_knows(carla: Client) -> None:
    carla.type_into("dial_field", "wuergler hans")
    said = "Enter calls Hans Würgler · Holzbau, 044 555 01 23"
    carla.wait_for(lambda: said in carla.window().texts(), "whom Enter calls")
