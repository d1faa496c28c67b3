"""The one field: a number, a name, pasted text, a link."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit

from tests.gui import eyes
from tests.gui.contacts import book_world, filled
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import Party
from wwphone.domain.reachability import ForwardingCause
from wwphone.gui.models.colleagues import Role
from wwphone.services.calls import CannotDial


def field(stage: Stage) -> QLineEdit:
    return stage.window._form.dial_field


def hint(stage: Stage) -> str:
    label = stage.window._form.dial_hint
    return label.text() if label.isVisible() else ""


def offered(stage: Stage) -> list[str]:
    """Whom the list below the field offers; nobody while it is hidden."""
    popup = completion(stage)
    model = popup.model()
    if not popup.isVisible():
        return []
    return [model.index(row, 0).data(Role.ROW).colleague.nickname for row in range(model.rowCount())]


def completion(stage: Stage) -> QAbstractItemView:
    popup = field(stage).completer().popup()
    assert popup is not None
    return popup


async def enter(stage: Stage, text: str) -> None:
    stage.window.dial_field.focus()
    eyes.type_into(field(stage), text)
    await stage.settled()
    eyes.press(field(stage), Qt.Key.Key_Return)
    await stage.settled()


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("207", "207"),
        ("+41 (0)44 268-12 12", "+41442681212"),
        ("tel:+41-44-268-12-12", "+41442681212"),
        ("sip:echo@example.net", "echo@example.net"),
        ("callto:0800 FLUG 24", "0800358424"),
        ("Beat", "207"),
        ("kell", "207"),
        ("zuercher", "208"),
        ("Größle", "210"),
        ("groessle", "210"),
        ("yildiz", "224"),
        ("rüe kä", "209"),
    ],
)
async def test_enter_dials_what_was_meant(signed_in: Stage, typed: str, dialled: str) -> None:
    await enter(signed_in, typed)

    assert [address for address, _ in signed_in.engine.dialled] == [dialled]
    assert field(signed_in).text() == ""
    assert hint(signed_in) == ""
    assert len(signed_in.calls.running) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kell", "Enter calls Beat Keller, 207"),
        ("044 268 12 12", "Enter calls 0442681212"),
        ("117", "Emergency call: Enter calls 117"),
        ("Wilhelm Tell", "Nobody of this name, and no number."),
        ("   ", ""),
    ],
)
async def test_the_line_below_says_what_enter_will_do(signed_in: Stage, typed: str, said: str) -> None:
    eyes.type_into(field(signed_in), typed)
    await signed_in.settled()

    assert hint(signed_in) == said
    assert field(signed_in).accessibleDescription() == said
    assert not signed_in.engine.dialled


async def test_what_can_be_chosen_is_offered_while_one_types(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "e")
    await signed_in.settled()
    assert len(offered(signed_in)) == 8, "no more than one can look through"
    eyes.press(field(signed_in), Qt.Key.Key_Backspace)
    eyes.type_into(field(signed_in), "ke")
    await signed_in.settled()
    assert offered(signed_in) == ["Beat Keller", "Simone Ackermann", "Ulrike Jäger"], (
        "beginnings of a name come first"
    )


async def test_nobody_is_offered_to_call_themselves(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "muster")
    await signed_in.settled()
    assert offered(signed_in) == []
    assert hint(signed_in) == "Nobody of this name, and no number."


async def test_the_arrow_keys_choose_another_than_the_first(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "re")
    await signed_in.settled()
    eyes.press(field(signed_in), Qt.Key.Key_Down)
    eyes.press(field(signed_in), Qt.Key.Key_Down)
    await signed_in.settled()
    assert hint(signed_in) == "Enter calls Reto Caduff, 218"
    assert field(signed_in).text() == "Reto Caduff"

    eyes.press(field(signed_in), Qt.Key.Key_Return)
    await signed_in.settled()

    assert [address for address, _ in signed_in.engine.dialled] == ["218"]
    assert field(signed_in).text() == ""


async def test_a_click_chooses_too(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "re")
    await signed_in.settled()
    popup = completion(signed_in)
    place = popup.visualRect(popup.model().index(1, 0)).center()

    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await signed_in.settled()

    assert [address for address, _ in signed_in.engine.dialled] == ["218"]


async def test_the_first_offer_is_drawn_as_chosen_because_enter_means_it(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "re")
    await signed_in.settled()
    popup = completion(signed_in)
    selected = signed_in.shell.context.theme.colours.selected
    first, second = (popup.visualRect(popup.model().index(row, 0)).center() for row in (0, 1))
    picture = popup.viewport().grab().toImage()
    assert picture.pixelColor(first).name() == selected
    assert picture.pixelColor(second).name() != selected

    eyes.press(field(signed_in), Qt.Key.Key_Escape)
    eyes.press(field(signed_in), Qt.Key.Key_Escape)
    eyes.type_into(field(signed_in), "20")
    await signed_in.settled()
    assert offered(signed_in), "numbers that begin like this are offered as well"
    picture = popup.viewport().grab().toImage()
    assert picture.pixelColor(first).name() != selected, "Enter dials the number as typed"


async def test_escape_empties_the_field(signed_in: Stage) -> None:
    eyes.type_into(field(signed_in), "Wilhelm")
    await signed_in.settled()
    eyes.press(field(signed_in), Qt.Key.Key_Escape)
    assert field(signed_in).text() == ""
    assert hint(signed_in) == ""


async def test_what_cannot_be_dialled_stays_with_the_reason(signed_in: Stage) -> None:
    await enter(signed_in, "Wilhelm Tell")

    assert field(signed_in).text() == "Wilhelm Tell"
    assert field(signed_in).property("invalid") is True
    assert hint(signed_in) == "Neither a number nor a name that is known."
    assert not signed_in.engine.dialled

    eyes.press(field(signed_in), Qt.Key.Key_Backspace)
    assert field(signed_in).property("invalid") is False


async def test_without_a_registration_the_field_says_so_and_emergencies_go_on(stage: Stage) -> None:
    await stage.show()
    await enter(stage, "207")
    assert hint(stage) == SENTENCES_OF[CannotDial.NOT_REGISTERED]
    assert not stage.engine.dialled

    await enter(stage, "112")
    assert [address for address, _ in stage.engine.dialled] == ["112"]


async def test_too_many_calls_are_refused_in_words(signed_in: Stage) -> None:
    for _ in range(8):
        await signed_in.talking("207")
    await enter(signed_in, "205")
    assert hint(signed_in) == SENTENCES_OF[CannotDial.TOO_MANY_CALLS]
    assert len(signed_in.engine.dialled) == 8


async def test_a_text_that_waits_for_the_registration_says_so(stage: Stage) -> None:
    await stage.show()
    stage.shell.dial_later("tel:207")
    assert field(stage).text() == "tel:207"
    assert hint(stage) == "Dialled as soon as this PC is registered …"


# ---------------------------------------------------------------- the phone book


async def test_contacts_stand_below_the_colleagues_with_each_number(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        eyes.type_into(field(stage), "brä")
        await stage.settled()
        model = completion(stage).model()

        def offered() -> list[str]:
            rows = [model.index(row, 0) for row in range(model.rowCount())]
            return [str(row.data(Qt.ItemDataRole.AccessibleTextRole)) for row in rows][1:]

        # The numbering plans are loaded on a thread when they are needed for the first time.
        await wait_until_async(
            lambda: not any("+41" in text for text in offered()), "numbers as written here"
        )
        assert offered() == [
            "Hans Brändli · Brändli Haustechnik GmbH, Office, 052 333 44 55",
            "Hans Brändli · Brändli Haustechnik GmbH, Mobile, 079 123 45 67",
        ]
        assert hint(stage) == "Enter calls Carla Brändli, 201"
        for _ in range(3):
            eyes.press(field(stage), Qt.Key.Key_Down)
        assert hint(stage) == "Enter calls Hans Brändli · Brändli Haustechnik GmbH, 079 123 45 67"
        eyes.press(field(stage), Qt.Key.Key_Return)
        await stage.settled()
        [call] = stage.calls.running
        assert (call.remote.number, call.remote.name) == (
            "+41791234567", "Hans Brändli · Brändli Haustechnik GmbH",
        )  # fmt: skip
        assert field(stage).text() == ""


async def test_enter_calls_the_first_contact_when_no_colleague_fits(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        eyes.type_into(field(stage), "wetzikon")
        await stage.settled()
        assert hint(stage) == "Enter calls Anita Oberholzer · Gemeinde Wetzikon, 044 931 23 45"
        eyes.press(field(stage), Qt.Key.Key_Return)
        await stage.settled()
        assert [call.remote.number for call in stage.calls.running] == ["+41449312345"]


async def test_a_call_goes_on_to_a_contact_by_name(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        call_id = await stage.talking("Beat")
        stage.window.transfers.press(call_id)
        await stage.settled()
        line = stage.window.findChild(QLineEdit, "transfer_field")
        assert line is not None
        eyes.type_into(line, "oberholzer")
        await stage.settled()
        assert "Enter calls Anita Oberholzer · Gemeinde Wetzikon, 044 931 23 45 first" in eyes.texts(
            stage.window
        )


async def test_calls_are_forwarded_to_a_contact_by_name(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        stage.shell.open_forwarding()
        assert stage.shell.forwarding_dialog is not None
        row = stage.shell.forwarding_dialog.rows[ForwardingCause.ALWAYS]
        row.check.setChecked(True)
        eyes.type_into(row.field, "wetzikon")
        await stage.settled()
        assert row.hint.text() == "Calls go to Anita Oberholzer · Gemeinde Wetzikon, 044 931 23 45"
        wanted = row.wanted()
        assert wanted is not None
        assert wanted.target == "+41449312345"


# ---------------------------------------------------------------- the number in a card


async def test_a_strangers_number_is_copied_called_and_added(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        call_id = await stage.incoming(Party("+41617008090", "Vreni Ösch"))
        card = stage.window.cards.card(call_id)
        assert card is not None
        menu = stage.window.cards.number_menu.menu
        card.menu_wanted.emit(card.mapToGlobal(card.rect().center()))
        menu.close()
        eyes.choose(menu, "Copy 061 700 80 90")
        assert QGuiApplication.clipboard().text() == "+41617008090"
        eyes.choose(menu, "Add to the phone book …")
        [editor] = stage.window.phonebook_changes.editors
        assert (editor.details.first_name, editor.details.surname, editor.details.office) == (
            "Vreni", "Ösch", "+41617008090",
        )  # fmt: skip
        eyes.click("Save", editor)
        await wait_until_async(lambda: not stage.window.phonebook_changes.editors, "the entry to be saved")
        names = stage.world.services.names
        await wait_until_async(
            lambda: names.contact("+41617008090") is not None, "the entry to be known here"
        )
        card.menu_wanted.emit(card.mapToGlobal(card.rect().center()))
        menu.close()
        eyes.choose(menu, "Show in the phone book …")
        assert stage.window.phonebook_changes.editors[0].windowTitle() == "Vreni Ösch"


async def test_a_colleagues_number_is_not_added(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in()
        await filled(stage)
        card = stage.window.cards.card(await stage.talking("Beat"))
        assert card is not None
        menu = stage.window.cards.number_menu.menu
        QApplication.sendEvent(
            card,
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(9, 9), card.mapToGlobal(QPoint(9, 9))),
        )
        menu.close()
        assert [action.text() for action in menu.actions()] == ["Call 207", "Copy 207"]
