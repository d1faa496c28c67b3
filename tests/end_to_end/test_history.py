"""Calls through Asterisk stand in the window: missed ones as tasks until somebody calls back, with notes that survive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.waiting import SECONDS

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def carla(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Carla, whose history is looked at."""
    with Client(seat_in(company, "carla"), tmp_path_factory.mktemp("carla")) as client:
        client.wait_until_reachable().press("history_button")
        yield client


@pytest.fixture(scope="module")
def beat(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Beat, who calls her."""
    with Client(seat_in(company, "beat"), tmp_path_factory.mktemp("beat")) as client:
        yield client.wait_until_reachable()


def calls(client: Client) -> list[str]:
    """What the list says, newest first."""
    found = client.window().find("calls")
    return list(found.rows) if found else []


def newest(client: Client) -> str:
    """What the newest row says; empty while there is none."""
    return next(iter(calls(client)), "")


def rail(client: Client) -> str:
    """What the button in the rail says."""
    return client.text_of("history_button")


def miss(company: RealCompany, beat: Client, carla: Client) -> None:
    """Beat calls Carla and gives up."""
    beat.dial(company.member("carla").number)
    carla.wait_for_popup("Beat Keller")
    beat.press("Hang up", within=company.member("carla").nickname)
    carla.wait_for(lambda: not carla.popups(), "silence")


def test_a_missed_call_is_a_task_until_it_is_ticked(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    miss(company, beat, carla)
    carla.wait_for(lambda: "missed, " in newest(carla), "the missed call")
    assert newest(carla).startswith("Beat Keller, 207, internal, missed, ")
    carla.wait_for(lambda: rail(carla) == "History, 1 missed call", "the count")
    carla.select("calls", "Beat Keller")
    carla.press("Mark as done")
    carla.wait_for(lambda: rail(carla) == "History", "no count")
    carla.wait_for(lambda: "done" in newest(carla), "the tick")


def test_calling_back_ticks_it_and_the_talk_stands_at_both(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    miss(company, beat, carla)
    carla.wait_for(lambda: rail(carla) == "History, 1 missed call", "the count")
    carla.wait_for(lambda: newest(carla).endswith("to be called back"), "the missed call")
    carla.select("calls", "Beat Keller")
    carla.press("Call back")
    beat.wait_for(beat.popups, "the call back")
    beat.press("Answer")
    carla.wait_until_talking("Beat Keller")
    carla.press("Hang up", within="Beat Keller")
    carla.wait_for(lambda: "outgoing, answered, " in newest(carla), "the talk")
    carla.wait_for(lambda: rail(carla) == "History", "no count")
    beat.press("history_button")
    beat.wait_for(lambda: "internal, answered, " in newest(beat), "the talk at Beat's")


def test_a_note_written_without_a_server_reaches_it_and_everything_is_there_again(
    company: RealCompany, carla: Client, beat: Client
) -> None:
    miss(company, beat, carla)
    carla.wait_for(lambda: newest(carla).endswith("to be called back"), "the missed call")
    known = calls(carla)
    usual = carla.banners()
    carla.select("calls", "Beat Keller")
    carla.press("Details")
    company.kill_server()
    try:
        carla.wait_for(lambda: carla.banners() != usual, "that the line is down")
        assert calls(carla) == known
        carla.wait_for(lambda: "as of" in carla.text_of("note_line"), "the sentence")
        carla.type_into("note", "call back on Monday")
        carla.wait_for(lambda: "Kept on this computer" in carla.text_of("note_state"), "that it is kept here")
    finally:
        company.start_server()
    carla.wait_for(lambda: carla.banners() == usual, "the line again", 30 * SECONDS)
    carla.wait_for(lambda: not carla.text_of("note_state"), "that the server has the note", 30 * SECONDS)
    carla.type_into("search", "monday")
    carla.wait_for(lambda: len(calls(carla)) == 1, "the note to be found by the server")
    assert newest(carla).endswith("with a note")
    carla.wait_for(lambda: rail(carla) == "History, 1 missed call", "the count")
