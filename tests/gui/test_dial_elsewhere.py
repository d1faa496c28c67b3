"""Whom other sources find is offered below the others in the dial field: later, and without moving anything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from tests.gui import eyes
from tests.gui.contacts import DENTIST, filled
from tests.gui.scenes_sources import BEATRICE, KELLER_AG, URS, sources_world
from tests.gui.stage import Stage
from tests.gui.test_dial import completion, field, hint
from tests.helpers.waiting import wait_until_async
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import SourceAnswer, SourceState
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.hits import hit_name, hit_number
from wwphone.protocol.sources import SearchSource

Key = Qt.Key

OWN = ["Beat Keller", "Zahnarzt Keller"]
CUSTOMERS = ["Keller Metallbau AG"] + ["Béatrice Keller · Weinkeller am See GmbH"] * 2
PARTNER = "Urs Kellerhals · Kellerhals AG"


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """The window with three sources, of which the last two have not answered yet."""
    async with Stage("en", "light", sources_world()) as made:
        await made.signed_in()
        await filled(made)
        made.window.activateWindow()
        made.window.dial_field.focus()
        for source_id in ("partners", "remote"):
            made.world.link.sources.hang(source_id)
        yield made


def offered(stage: Stage) -> list[str]:
    """Whom the list below the field offers; nobody while it is hidden."""
    model = completion(stage).model()
    if not completion(stage).isVisible():
        return []
    return [hit_name(model.index(row, 0).data(Role.ROW)) for row in range(model.rowCount())]


async def until_offered(stage: Stage, *names: str) -> None:
    await wait_until_async(lambda: offered(stage) == list(names), f"{names} to be offered")
    await stage.settled()


def answer(stage: Stage, source_id: str, *found: ContactDetails) -> None:
    stage.world.link.sources.give_up(source_id, SourceAnswer(SourceState.ANSWERED, found))


def asked(stage: Stage) -> list[SearchSource]:
    return [one for one in stage.world.link.commands if isinstance(one, SearchSource)]


async def test_they_come_below_the_others_as_each_source_answers_and_the_cursor_stays(stage: Stage) -> None:
    eyes.type_into(field(stage), "keller")
    assert offered(stage) == OWN, "those of this house are there at once"
    eyes.press(field(stage), Key.Key_Down)
    eyes.press(field(stage), Key.Key_Down)
    assert field(stage).text() == "Zahnarzt Keller"
    for names in (CUSTOMERS, [*CUSTOMERS, PARTNER]):
        if PARTNER in names:
            answer(stage, "partners", URS)
        await until_offered(stage, *OWN, *names)
        popup = completion(stage)
        assert popup.currentIndex().row() == 1
        assert popup.selectionModel().isRowSelected(1)
        assert field(stage).text() == "Zahnarzt Keller"
        assert hint(stage).startswith("Enter calls Zahnarzt Keller, ")
    eyes.press(field(stage), Key.Key_Down)
    assert hint(stage) == "Enter calls Keller Metallbau AG, 044 300 22 11"
    told = completion(stage).currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "Keller Metallbau AG, Office, 044 300 22 11, Kunden (Abacus)"
    eyes.press(field(stage), Key.Key_Return)
    await stage.settled()
    assert [address for address, _ in stage.engine.dialled] == [KELLER_AG.office]
    assert field(stage).text() == ""


async def test_enter_calls_the_first_of_them_where_nobody_of_this_house_is_meant(stage: Stage) -> None:
    eyes.type_into(field(stage), "kellerhals")
    await stage.settled()
    eyes.press(field(stage), Key.Key_Return)
    assert hint(stage) == "Neither a number nor a name that is known."
    answer(stage, "partners", URS)
    await until_offered(stage, PARTNER)
    assert hint(stage) == "Enter calls Urs Kellerhals · Kellerhals AG, 079 222 33 44"
    assert field(stage).property("invalid") is False
    answer(stage, "remote", BEATRICE)
    await until_offered(stage, PARTNER, *CUSTOMERS[1:])
    assert hint(stage).startswith("Enter calls Urs Kellerhals"), "who came first stays first"
    eyes.press(field(stage), Key.Key_Return)
    await stage.settled()
    assert [address for address, _ in stage.engine.dialled] == [URS.mobile]


async def test_only_what_was_typed_last_is_asked_after_a_pause_and_numbers_never(stage: Stage) -> None:
    eyes.type_into(field(stage), "0443002211")
    eyes.press(field(stage), Key.Key_Escape)
    eyes.press(field(stage), Key.Key_Escape)
    eyes.type_into(field(stage), "kell")
    eyes.type_into(field(stage), "er")
    await until_offered(stage, *OWN, *CUSTOMERS)
    assert [(one.text, one.dialling) for one in asked(stage)] == [("keller", True)] * 3
    eyes.type_into(field(stage), " ")
    await stage.settled()
    assert offered(stage) == [*OWN, *CUSTOMERS], "the same words find the same"
    assert len(asked(stage)) == 3


async def test_a_list_that_was_closed_stays_closed_and_an_old_answer_is_not_shown(stage: Stage) -> None:
    eyes.type_into(field(stage), "keller")
    eyes.press(field(stage), Key.Key_Escape)
    assert offered(stage) == []
    await wait_until_async(
        lambda: bool(stage.world.services.sources.dialling.found), "the first source to have answered"
    )
    await stage.settled()
    assert offered(stage) == []
    assert field(stage).text() == "keller"
    eyes.press(field(stage), Key.Key_Escape)
    assert field(stage).text() == ""
    answer(stage, "partners", URS)
    await stage.settled()
    assert offered(stage) == []
    assert not stage.world.services.sources.dialling.found


async def test_no_number_is_offered_twice_and_not_more_than_one_can_look_through(stage: Stage) -> None:
    many = [ContactDetails(f"Karl{count}", "Keller", office=f"+4144300{count:04}") for count in range(30)]
    same = ContactDetails("Zahnarzt", "Keller-Meier", private=DENTIST.private)
    stage.world.link.sources.fill("customers", same, KELLER_AG)
    eyes.type_into(field(stage), "keller")
    await until_offered(stage, *OWN, KELLER_AG.company)
    answer(stage, "partners", KELLER_AG, *many)
    await until_offered(stage, *OWN, KELLER_AG.company, *(one.name for one in many[:7]))
    numbers = [hit_number(completion(stage).model().index(row, 0).data(Role.ROW)) for row in range(10)]
    assert len(set(numbers)) == 10
    popup = completion(stage)
    assert isinstance(popup, QListView)
    assert popup.verticalScrollBar().maximum() > 0


async def test_the_phone_book_is_searched_besides(stage: Stage) -> None:
    stage.window._form.phonebook_button.click()
    panel = stage.window.phonebook
    eyes.type_into(panel._form.search, "metallbau")
    stage.window.dial_field.focus()
    eyes.type_into(field(stage), "béatrice")
    await until_offered(stage, *CUSTOMERS[1:])
    browsing = stage.world.services.sources.browsing
    await wait_until_async(
        lambda: [details for _, details in browsing.found] == [KELLER_AG], "what the panel searches"
    )
    assert [(one.text, one.dialling) for one in asked(stage) if one.source_id == "customers"] == [
        ("metallbau", False),
        ("béatrice", True),
    ]
