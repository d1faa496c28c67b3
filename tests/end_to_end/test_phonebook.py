"""An entry that one person writes names a caller in everybody's window, is found, called, and gone again for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import SECONDS

pytestmark = pytest.mark.end_to_end

NUMBER = "+41445550123"
WRITTEN = "044 555 01 23"
REGULA = "Regula Würgler"
SHOWN = f"{REGULA} · Würgler & Töchter"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """A company in Switzerland."""
    plan = CompanyPlan(settings={"numbers": {"country": "CH"}})
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla may change everybody's entries."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        yield client.wait_until_reachable()


@pytest.fixture(scope="module")
def beat(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Beat may not."""
    with Client(seat_in(company, "beat"), tmp_path_factory.mktemp("beat")) as client:
        yield client.wait_until_reachable()


def found(client: Client, text: str) -> list[str]:
    """What the phone book's panel lists for a text."""
    client.press("Phone book")
    client.type_into("search", text)
    panel = client.window().find("contacts")
    return list(panel.rows) if panel else []


def test_what_one_writes_names_the_caller_at_the_other(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    carla.press("Phone book")
    carla.press("New entry")
    for field, text in (
        ("first_name", "Regula"),
        ("surname", "Würgler"),
        ("company", "Würgler & Töchter"),
        ("office", WRITTEN),
    ):
        carla.type_into(field, text)
    carla.select("whose", "Everybody")
    carla.press("Save")
    carla.wait_for(lambda: not any(one.kind == "ContactEditor" for one in carla.windows()), "a closed editor")

    beat.wait_for(lambda: any(REGULA in row for row in found(beat, "wuergler 5550")), "the new entry")
    company.call_from_outside(company.member("beat").number, NUMBER)
    beat.wait_for_popup(SHOWN)
    beat.press("Decline")


def test_it_is_found_and_called_by_part_of_its_name(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    beat.wait_for(lambda: any(REGULA in row for row in found(beat, "wurg")), "the entry")
    beat.dial("regu toch")
    card = beat.wait_for(lambda: beat.card(REGULA), "a call of Regula")
    assert NUMBER in card.heading or WRITTEN in card.heading


def test_a_favourite_is_marked_for_oneself_alone(carla: Client, beat: Client) -> None:
    beat.wait_for(lambda: any(REGULA in row for row in found(beat, "wurg")), "the entry")
    beat.select("contacts", REGULA)
    beat.press("Add to my favourites")
    beat.wait_for(lambda: found(beat, "wurg")[0].endswith("favourite"), "the mark")
    assert not found(carla, "wurg")[0].endswith("favourite")


def test_it_is_there_without_a_server_and_right_again_with_one(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    beat.wait_for(lambda: any(REGULA in row for row in found(beat, "wurg")), "the entry")
    usual = carla.banners()
    company.kill_server()
    try:
        carla.wait_for(lambda: carla.banners() != usual, "that the line is down")
        assert any(REGULA in row for row in found(beat, "wurg"))
    finally:
        company.start_server()
    carla.wait_for(lambda: carla.banners() == usual, "the line again", 30 * SECONDS)
    carla.wait_for(lambda: any(REGULA in row for row in found(carla, "wurg")), "the entry at Carla's")
    carla.select("contacts", REGULA)
    carla.press("Delete")
    beat.wait_for(lambda: not found(beat, "wurg"), "an empty list")
    carla.press("Undo")
    beat.wait_for(lambda: any(REGULA in row for row in found(beat, "wurg")), "the entry again")
    assert found(beat, "wurg")[0].endswith("favourite"), "a mark outlives the server and the deletion"
