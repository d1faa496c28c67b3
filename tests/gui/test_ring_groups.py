"""Ring groups in the header: logged in and out by mouse and keyboard, one or many, and the sentence that mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.scenes_ring_groups import HOTLINE, MANY, SALES, in_groups
from tests.gui.stage import Stage
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.protocol.ring_groups import RingGroupsChanged, SetLoggedIn


def staged(*groups: RingGroupMembership) -> Stage:
    """A stage on which Anna is a member of these groups."""
    return Stage("en", "light", in_groups(*groups))


def shown(stage: Stage) -> list[str]:
    """The buttons of the row, as they are read out."""
    return [one.accessibleName() for one in eyes.visible(ElidedButton, stage.window._form.duty)]


def button(stage: Stage, name: str) -> ElidedButton:
    buttons = eyes.visible(ElidedButton, stage.window._form.duty)
    return next(one for one in buttons if one.accessibleName() == name)


def shape(one: ElidedButton) -> object:
    return one.icon().pixmap(24).toImage().createAlphaMask()


async def test_who_is_in_no_group_has_no_row() -> None:
    async with staged() as stage:
        await stage.signed_in()
        assert not stage.window._form.duty.isVisible()
        stage.world.link.change(RingGroupsChanged((HOTLINE,)))
        await stage.settled()
        assert shown(stage) == ["Hotline: logged in"]
        stage.world.link.change(RingGroupsChanged(()))
        await stage.settled()
        assert not stage.window._form.duty.isVisible()


async def test_one_click_logs_out_and_one_logs_in() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await stage.signed_in()
        assert shown(stage) == ["Hotline: logged in", "Verkauf: logged out"]
        first = button(stage, "Hotline: logged in")
        inside = shape(first)
        first.click()
        first.click()  # while the first one is under way
        await stage.settled()
        assert stage.world.link.commands == [SetLoggedIn("300", logged_in=False)]
        assert shown(stage) == ["Hotline: logged out", "Verkauf: logged out"]
        assert shape(first) != inside, "the shape tells it too"
        assert stage.window.banners.reach.text.startswith("You are logged out of the group Hotline since ")

        eyes.click("Log in", stage.window)
        await stage.settled()
        assert stage.world.link.commands[-1] == SetLoggedIn("300", logged_in=True)
        assert shown(stage)[0] == "Hotline: logged in"


async def test_by_keyboard() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await stage.signed_in()
        eyes.press(stage.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        await stage.settled()
        assert button(stage, "Hotline: logged in").hasFocus()
        eyes.press(button(stage, "Hotline: logged in"), Qt.Key.Key_Tab)
        eyes.press(button(stage, "Verkauf: logged out"), Qt.Key.Key_Space)
        await stage.settled()
        assert stage.world.link.commands == [SetLoggedIn("310", logged_in=True)]


async def test_hints_say_what_it_does_and_what_a_desk_phone_dials() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await stage.signed_in()
        hints = [button(stage, name).accessibleDescription() for name in shown(stage)]
        assert hints == [
            "Calls to Hotline (300) ring at yours. Press to log out.\nAt a desk phone: *42300",
            "Calls to Verkauf (310) do not ring at yours. Press to log in.\nAt a desk phone: *41310",
        ]


async def test_many_are_in_a_list() -> None:
    async with staged(*MANY) as stage:
        await stage.signed_in()
        assert shown(stage) == ["Groups: logged in to 3 of 5"]
        groups = stage.window.header.ring_groups
        assert [(one.text(), one.isChecked()) for one in groups.menu.actions()] == [
            ("Hotline", True),
            ("Verkauf", False),
            ("Kundendienst && Reparaturen", True),
            ("Notfall Wochenende", False),
            ("Bestellungen", True),
        ]
        eyes.choose(groups.menu, "Verkauf")
        await stage.settled()
        assert stage.world.link.commands == [SetLoggedIn("310", logged_in=True)]
        assert shown(stage) == ["Groups: logged in to 4 of 5"]

        stage.world.link.change(RingGroupsChanged(MANY[:2]))
        await stage.settled()
        assert shown(stage) == ["Hotline: logged in", "Verkauf: logged out"]


async def test_what_is_refused_is_said_and_nothing_changes() -> None:
    async with staged(HOTLINE) as stage:
        await stage.signed_in()
        stage.world.link.refuse(SetLoggedIn, WireError(ErrorCode.NOT_FOUND, "gone"))
        button(stage, "Hotline: logged in").click()
        await stage.settled()
        assert stage.window.banners.problem.text == "It is not there any more."
        assert shown(stage) == ["Hotline: logged in"]
        stage.world.link.refuse(SetLoggedIn, None)
        button(stage, "Hotline: logged in").click()
        await stage.settled()
        assert shown(stage) == ["Hotline: logged out"]
        assert not stage.window.banners.problem.isVisible()


async def test_without_a_line_it_is_grey_and_says_of_when() -> None:
    async with staged(HOTLINE) as stage:
        await stage.signed_in()
        stage.world.link.cut(LinkProblem.LINE_LOST)
        await stage.settled()
        found = button(stage, "Hotline: logged in")
        assert not found.isEnabled()
        assert "\nas of " in found.accessibleDescription()


async def test_it_follows_the_language() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await stage.signed_in()
        stage.shell.context.language.choose("de")
        await stage.settled()
        assert shown(stage) == ["Hotline: angemeldet", "Verkauf: abgemeldet"]


async def test_who_waits_is_counted_and_timed() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await stage.signed_in()
        now = datetime.now(UTC)
        since = (now - timedelta(seconds=65), now)
        stage.world.link.change(RingGroupsChanged((replace(HOTLINE, waiting=since), SALES)))
        await stage.settled()
        name = shown(stage)[0]
        assert name.startswith("Hotline: logged in, 2 waiting, longest 1:0")
        first = eyes.visible(ElidedButton, stage.window._form.duty)[0]
        assert first.text().startswith("Hotline: 2 (1:0")
        assert "2 waiting, longest 1:0" in first.toolTip()
        assert stage.window.header.ring_groups._timer.isActive()
        stage.world.link.change(RingGroupsChanged((HOTLINE, SALES)))
        await stage.settled()
        assert shown(stage)[0] == "Hotline: logged in"
        assert not stage.window.header.ring_groups._timer.isActive()
