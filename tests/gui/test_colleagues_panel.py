"""The colleagues panel: groups, states, filter, keyboard, densities."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.gui import eyes
from tests.gui.stage import WIDE, Stage
from tests.gui.world import World, company
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import COLLEAGUES_DENSITY
from wwphone.cti.api import LinkProblem
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.gui import states
from wwphone.gui.icons import Icon
from wwphone.gui.models.colleagues import Heading, Role
from wwphone.gui.panels.colleagues import ColleaguesPanel
from wwphone.gui.style import tokens
from wwphone.gui.words import clock
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.presence import ColleagueChanged, ColleagueRemoved, GroupsChanged, PresenceChanged
from wwphone.services.presence import ColleagueLine


def panel(stage: Stage) -> ColleaguesPanel:
    return stage.window.colleagues


def filter_field(stage: Stage) -> QLineEdit:
    return panel(stage)._filter


def rows(stage: Stage) -> list[str]:
    """What stands in the list: `# heading`, or a nickname."""
    model = panel(stage).model
    found = [model.index(row).data(Role.ROW) for row in range(model.rowCount())]
    return [f"# {row.name}" if isinstance(row, Heading) else row.colleague.nickname for row in found]


def says(stage: Stage, user: str) -> str:
    text = panel(stage).model.index_of(user).data(Qt.ItemDataRole.AccessibleTextRole)
    return str(text)


def drawn(stage: Stage, user: str) -> QImage:
    """The shape before somebody's name, without its colour."""
    view = panel(stage).list
    line = view.visualRect(panel(stage).model.index_of(user))
    place = QRect(line.left() + tokens.SPACE_M, line.top(), tokens.ICON, line.height())
    return view.viewport().grab(place).toImage().convertToFormat(QImage.Format.Format_Mono)


def current(stage: Stage) -> str:
    row = panel(stage).list.currentIndex().data(Role.ROW)
    return row.colleague.nickname if isinstance(row, ColleagueLine) else ""


async def test_people_stand_by_group_in_the_groups_order_and_by_name(signed_in: Stage) -> None:
    assert [row for row in rows(signed_in) if row.startswith("#")] == [
        "# Reception",
        "# Sales",
        "# Engineering",
        "# Management",
    ]
    assert rows(signed_in)[:4] == ["# Reception", "Carla Brändli", "Dario Lüthi", "Ursula Grünenfelder"]
    management = rows(signed_in).index("# Management")
    assert rows(signed_in)[management + 1 :] == ["Günther Lämmle", "Özlem Yıldız", "Verena Hürlimann"]


async def test_a_line_tells_everything_in_words(signed_in: Stage) -> None:
    assert says(signed_in, "carla") == "Carla Brändli, 201, Telephone service, ringing"
    assert says(signed_in, "dario") == "Dario Lüthi, 202, back at 10:30, free"
    assert says(signed_in, "juerg") == "Jürg Zürcher, 208, Offline, no phone"


async def test_a_colleague_on_do_not_disturb_does_not_look_available(signed_in: Stage) -> None:
    since = company().presences[0][1].since
    silent = Presence(PresenceStatus.AVAILABLE, since, connected=True, do_not_disturb=True)
    lines = signed_in.world.services.presence
    available = lines.line("eva")
    assert available is not None
    assert drawn(signed_in, "beat") == drawn(signed_in, "anna")
    signed_in.world.link.change(PresenceChanged("beat", silent), PhoneStateChanged("beat", PhoneState.FREE))
    await signed_in.settled()
    assert says(signed_in, "beat") == "Beat Keller, 207, Do not disturb, Available, free"
    line = lines.line("beat")
    assert line is not None
    assert states.status_text(line) == "Do not disturb"
    assert states.line_icon(line) is Icon.DO_NOT_DISTURB
    assert states.line_icon(available) is Icon.AVAILABLE, "the shapes differ, not the colours alone"
    assert drawn(signed_in, "beat") != drawn(signed_in, "anna")
    [hit] = signed_in.calls.preview("Keller").hits
    assert hit.user == "beat"

    back = replace(silent, status=PresenceStatus.BE_RIGHT_BACK, back_at=since + timedelta(hours=1))
    signed_in.world.link.change(PresenceChanged("beat", back))
    line = lines.line("beat")
    assert line is not None
    assert states.status_text(line).startswith("Do not disturb, back at ")
    signed_in.world.link.change(PresenceChanged("beat", replace(silent, do_not_disturb=False)))
    await signed_in.settled()
    assert says(signed_in, "beat") == "Beat Keller, 207, Available, free"


async def test_ones_own_line_follows_ones_own_switch(signed_in: Stage) -> None:
    signed_in.window._form.disturb_button.click()
    await signed_in.settled()
    assert says(signed_in, "anna").startswith("Anna Muster, 204, Do not disturb, ")
    signed_in.window._form.disturb_button.click()
    await signed_in.settled()
    assert "Do not disturb" not in says(signed_in, "anna")


async def test_changes_appear_at_once_and_move_nothing(signed_in: Stage) -> None:
    before = rows(signed_in)
    resets = eyes.recorded(panel(signed_in).model.modelReset)
    changes = eyes.recorded(panel(signed_in).model.dataChanged)
    since = company().presences[0][1].since
    signed_in.world.link.change(
        PhoneStateChanged("beat", PhoneState.BUSY),
        PresenceChanged("beat", Presence(PresenceStatus.UNAVAILABLE, since, connected=True)),
        PhoneStateChanged("eva", PhoneState.FREE),
    )
    await signed_in.settled()
    assert says(signed_in, "beat") == "Beat Keller, 207, Unavailable, busy"
    assert says(signed_in, "eva") == "Eva Schönenberger, 205, Available, free"
    assert rows(signed_in) == before
    assert resets == []
    assert len(changes) == 1, "neighbouring rows are told together"


async def test_people_and_groups_come_and_go_and_the_cursor_stays(signed_in: Stage) -> None:
    panel(signed_in).list.setCurrentIndex(panel(signed_in).model.index_of("eva"))
    signed_in.world.link.change(
        ColleagueChanged(Colleague("aaron", "299", "Aaron Abt", "Sales")), ColleagueRemoved("beat")
    )
    await signed_in.settled()
    assert "Beat Keller" not in rows(signed_in)
    assert rows(signed_in)[5:8] == ["Aaron Abt", "Anna Muster", "Eva Schönenberger"]
    assert current(signed_in) == "Eva Schönenberger"

    signed_in.world.link.change(GroupsChanged((PresenceGroup("Sales", 1), PresenceGroup("Reception", 2))))
    await signed_in.settled()
    assert rows(signed_in)[0] == "# Sales"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("luethi", ["# Reception", "Dario Lüthi"]),
        ("lüthi", ["# Reception", "Dario Lüthi"]),
        ("LUTHI", ["# Reception", "Dario Lüthi"]),
        ("22", ["# Engineering", "Maja Stöckli", "Yves Aebischer", "# Management", "Günther Lämmle",
                "Özlem Yıldız", "Verena Hürlimann"]),
        ("weiss sör", ["# Engineering", "Sören Weiß"]),
        ("Wilhelm", []),
    ],
)  # fmt: skip
async def test_the_filter_finds_by_part_of_name_or_number(
    signed_in: Stage, typed: str, found: list[str]
) -> None:
    eyes.type_into(filter_field(signed_in), typed)
    await signed_in.settled()
    assert sorted(rows(signed_in)) == sorted(found)


async def test_nobody_found_says_so_and_offers_everybody(signed_in: Stage) -> None:
    eyes.type_into(filter_field(signed_in), "Wilhelm")
    await signed_in.settled()
    assert "Nobody fits “Wilhelm”." in eyes.texts(panel(signed_in))
    assert not panel(signed_in).list.isVisible()
    eyes.click("Show everybody", panel(signed_in))
    await signed_in.settled()
    assert len(rows(signed_in)) == 28
    assert panel(signed_in).list.isVisible()


async def test_the_keyboard_alone_finds_and_calls(signed_in: Stage) -> None:
    eyes.press(signed_in.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    await wait_until_async(
        lambda: signed_in.window.focusWidget() is filter_field(signed_in), "the filter to have the keyboard"
    )
    eyes.type_into(filter_field(signed_in), "er")
    eyes.press(filter_field(signed_in), Qt.Key.Key_Down)
    assert current(signed_in) == "Ursula Grünenfelder"
    assert signed_in.window.focusWidget() is panel(signed_in).list
    eyes.press(panel(signed_in).list, Qt.Key.Key_Down)
    await signed_in.settled()
    assert current(signed_in) == "Anna Muster", "headings are passed over"
    eyes.press(panel(signed_in).list, Qt.Key.Key_Down)
    assert current(signed_in) == "Beat Keller"
    eyes.press(panel(signed_in).list, Qt.Key.Key_Return)
    await signed_in.settled()
    assert [address for address, _ in signed_in.engine.dialled] == ["207"]


async def test_enter_in_the_filter_calls_the_first(signed_in: Stage) -> None:
    panel(signed_in).begin()
    eyes.type_into(filter_field(signed_in), "kell")
    eyes.press(filter_field(signed_in), Qt.Key.Key_Return)
    await signed_in.settled()
    assert [address for address, _ in signed_in.engine.dialled] == ["207"]


async def test_letters_in_the_list_go_to_the_filter(signed_in: Stage) -> None:
    panel(signed_in).list.setFocus()
    eyes.type_into(panel(signed_in).list, "k")
    assert filter_field(signed_in).text() == "k"
    assert signed_in.window.focusWidget() is filter_field(signed_in)
    eyes.press(filter_field(signed_in), Qt.Key.Key_Escape)
    assert filter_field(signed_in).text() == ""


async def test_a_double_click_calls_but_never_oneself(signed_in: Stage) -> None:
    view = panel(signed_in).list
    for user in ("anna", "carla"):
        index = panel(signed_in).model.index_of(user)
        view.scrollTo(index)
        await signed_in.settled()
        place = view.visualRect(index).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await signed_in.settled()
    assert [address for address, _ in signed_in.engine.dialled] == ["201"]


async def test_without_a_line_everything_stays_grey_as_of_then(signed_in: Stage) -> None:
    view = panel(signed_in).list
    colours = signed_in.shell.context.theme.colours
    symbol = view.visualRect(panel(signed_in).model.index_of("ursula")).topLeft() + QPoint(22, 19)
    coloured = view.viewport().grab().toImage()
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    as_of = signed_in.world.services.presence.as_of
    assert as_of is not None
    assert f"as of {clock(as_of)}" in eyes.texts(panel(signed_in))
    assert len(rows(signed_in)) == 28
    grey = view.viewport().grab().toImage()
    assert _has_colour(coloured, symbol, colours.status_green)
    assert not _has_colour(grey, symbol, colours.status_green)

    signed_in.world.link.heal()
    await signed_in.settled()
    assert not [text for text in eyes.texts(panel(signed_in)) if text.startswith("as of")]


def _has_colour(picture: QImage, place: QPoint, colour: str) -> bool:
    """Whether a colour is near a place."""
    near = [(x, y) for x in range(-10, 11) for y in range(-12, 13)]
    return any(picture.pixelColor(place.x() + x, place.y() + y).name() == colour for x, y in near)


async def test_empty_panels_say_what_will_be_here(stage: Stage) -> None:
    await stage.show()
    wanted = eyes.recorded(stage.window.sign_in_wanted)
    assert "Your colleagues appear here as soon as you are signed in." in eyes.texts(panel(stage))
    eyes.click("Sign in", panel(stage))
    assert len(wanted) == 1


async def test_a_company_of_one(qapp: object) -> None:
    async with Stage("en", "light", World(company(groups=(), colleagues=()))) as stage:
        await stage.signed_in()
        assert any(text.startswith("You have no colleagues yet") for text in eyes.texts(panel(stage)))


async def test_tiles_stand_side_by_side_and_the_choice_is_remembered(signed_in: Stage) -> None:
    view = panel(signed_in).list
    model = panel(signed_in).model
    assert view.columns == 1
    eyes.click("Show as tiles", panel(signed_in))
    await signed_in.settled()
    assert view.columns == 2
    first, second = (view.visualRect(model.index(row)) for row in (1, 2))
    assert first.y() == second.y()
    assert first.right() < second.left()
    assert signed_in.world.settings.text(COLLEAGUES_DENSITY) == "tiles"
    heading = view.visualRect(model.index(0))
    assert heading.width() > 2 * first.width() - 2, "a heading has a row for itself"

    view.setCurrentIndex(model.index(1))
    eyes.press(view, Qt.Key.Key_Right)
    assert current(signed_in) == "Dario Lüthi"
    eyes.click("Show as a list", panel(signed_in))
    await signed_in.settled()
    assert view.columns == 1


async def test_wide_windows_show_the_phone_book_beside_the_colleagues(signed_in: Stage) -> None:
    window = signed_in.window
    assert not window.phonebook.isVisible()
    window.resize(*WIDE)
    await signed_in.settled()
    assert window.phonebook.isVisible()
    assert panel(signed_in).isVisible()
    assert window.phonebook.geometry().right() < panel(signed_in).geometry().left()
    assert window._form.phone.width() <= 400, "cards are not stretched"

    window.resize(400, 760)
    await signed_in.settled()
    assert not window.phonebook.isVisible()


async def test_the_focus_survives_another_width(signed_in: Stage) -> None:
    panel(signed_in).begin()
    eyes.type_into(filter_field(signed_in), "er")
    signed_in.window.resize(*WIDE)
    await signed_in.settled()
    assert signed_in.window.focusWidget() is filter_field(signed_in)
    assert filter_field(signed_in).text() == "er"


async def test_the_delegate_is_not_asked_about_what_is_not_there(signed_in: Stage) -> None:
    model = panel(signed_in).model
    assert model.row(QModelIndex()) is None
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0)) == 0
    assert model.index(0).data(Qt.ItemDataRole.DisplayRole) == "Reception"
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable
