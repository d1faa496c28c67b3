"""An entry that one person writes names a caller in everybody's window, is found, called, and gone again for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.seen import Part
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


def write(client: Client, **fields: str) -> None:
    """Add an entry for everybody."""
    client.press("Phone book")
    client.press("New entry")
    for field, text in fields.items():
        client.type_into(field, text)
    client.select("whose", "Everybody")
    client.press("Save")
    client.wait_for(
        lambda: not any(one.kind == "ContactEditor" for one in client.windows()), "a closed editor"
    )


def doubles(client: Client, part: str) -> Part | None:
    """A part of the window of doubles."""
    window = next((one for one in client.windows() if one.kind == "DoublesDialog"), None)
    return window.find(part) if window else None


def test_what_one_writes_names_the_caller_at_the_other(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    write(carla, first_name="Regula", surname="Würgler", company="Würgler & Töchter", office=WRITTEN)

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


def test_doubles_become_one_entry_for_everybody_and_two_again(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    """The double's number names a caller as the merged entry does, its favourite follows, and both come back."""
    write(carla, first_name="Vreni", surname="Zumsteg", company="Zumsteg AG", office="044 555 02 01")
    write(carla, surname="Zumsteg", office="+41 44 555 02 01", mobile="079 555 02 02")
    beat.wait_for(lambda: len(found(beat, "zumst")) == 2, "both entries")
    beat.select("contacts", "Zumsteg")
    beat.press("Add to my favourites")
    beat.wait_for(lambda: found(beat, "zumst 5550202")[0].endswith("favourite"), "the mark")

    carla.choose("Import, export and doubles", "Find doubles …")
    carla.wait_for(lambda: (part := doubles(carla, "groups")) and len(part.rows) == 1, "the doubles")
    carla.press("Merge")
    carla.wait_for(
        lambda: (part := doubles(carla, "told")) and "2 entries are one now" in part.says,
        "that they are merged",
    )
    beat.wait_for(lambda: len(found(beat, "zumst")) == 1, "one entry")
    (row,) = found(beat, "vreni 5550202")
    assert row.startswith("Vreni Zumsteg")
    assert row.endswith("favourite")
    company.call_from_outside(company.member("beat").number, "+41795550202")
    beat.wait_for_popup("Vreni Zumsteg · Zumsteg AG")
    beat.press("Decline")

    carla.press("Undo the last merging")
    beat.wait_for(lambda: len(found(beat, "zumst")) == 2, "both entries again")
    assert found(beat, "vreni 5550202") == []
    assert found(beat, "zumst 5550202")[0].endswith("favourite")


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
