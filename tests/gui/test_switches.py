"""Switches of the PBX in the header: operated by who may, seen by the others while one is on."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.scenes_switches import BOTH_ON, HOLIDAY, NIGHT, NIGHT_ON, onlooker, operator
from tests.gui.stage import Stage
from tests.gui.world import World, today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.gui.switches import Switches
from wwphone.gui.words import clock
from wwphone.protocol.switches import SetSwitch, SwitchesChanged


def staged(world: World) -> Stage:
    return Stage("en", "light", world)


def part(stage: Stage) -> Switches:
    return stage.window.header.switches


def entries(stage: Stage) -> list[tuple[str, bool, bool]]:
    """Text, whether it is on, and whether it can be chosen."""
    actions = part(stage).menu.actions()
    return [(one.text(), one.isChecked(), one.isEnabled()) for one in actions]


async def test_without_switches_there_is_nothing(signed_in: Stage) -> None:
    assert not part(signed_in).button.isVisible()


async def test_who_may_operates_it_by_the_list() -> None:
    async with staged(operator(HOLIDAY, NIGHT)) as stage:
        await stage.signed_in()
        button = part(stage).button
        assert button.accessibleName() == "Switches: all off"
        off = button.icon().pixmap(24).toImage().createAlphaMask()
        assert entries(stage) == [("Feiertag", False, True), ("Nacht && Wochenende", False, True)]
        assert part(stage).menu.actions()[0].toolTip() == "At a desk phone: *512"

        eyes.choose(part(stage).menu, "Nacht && Wochenende")
        await stage.settled()
        assert stage.world.link.commands == [SetSwitch("night", on=True)]
        assert button.accessibleName() == "On: Nacht & Wochenende"
        assert button.icon().pixmap(24).toImage().createAlphaMask() != off, "the shape tells it too"
        text, on, _ = entries(stage)[1]
        assert on
        assert text.startswith("Nacht && Wochenende: on since ")
        assert text.endswith(", by Anna Muster")

        part(stage).menu.actions()[1].trigger()
        await stage.settled()
        assert stage.world.link.commands[-1] == SetSwitch("night", on=False)
        assert button.accessibleName() == "Switches: all off"


async def test_by_keyboard() -> None:
    async with staged(operator(HOLIDAY, NIGHT)) as stage:
        await stage.signed_in()
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        eyes.press(stage.window, Qt.Key.Key_G, both)
        await stage.settled()
        assert part(stage).menu.isVisible()
        eyes.press(part(stage).menu, Qt.Key.Key_Down)
        eyes.press(part(stage).menu, Qt.Key.Key_Return)
        await stage.settled()
        assert stage.world.link.commands == [SetSwitch("night", on=True)]


async def test_others_see_what_is_on_and_by_whom() -> None:
    async with staged(onlooker(HOLIDAY, NIGHT)) as stage:
        await stage.signed_in()
        assert not part(stage).button.isVisible(), "that nothing is on is no news"
        stage.world.link.change(SwitchesChanged(BOTH_ON))
        await stage.settled()
        assert part(stage).button.isVisible()
        assert part(stage).button.accessibleName() == "On: Feiertag, Nacht & Wochenende"
        since = clock(today(8, 0)), clock(today(17, 30))
        assert entries(stage) == [
            (f"Feiertag: on since {since[0]}, by the administrator", True, False),
            (f"Nacht && Wochenende: on since {since[1]}, by Beat Keller", True, False),
        ]


async def test_a_refusal_is_said_and_the_list_tells_the_truth() -> None:
    async with staged(operator(HOLIDAY, NIGHT_ON)) as stage:
        await stage.signed_in()
        stage.world.link.refuse(SetSwitch, WireError(ErrorCode.NOT_PERMITTED, "no more"))
        part(stage).menu.actions()[1].trigger()
        await stage.settled()
        assert stage.window.banners.problem.text == "You do not have the right to do this."
        assert [on for _, on, _ in entries(stage)] == [False, True]


async def test_without_a_line_it_is_grey_and_says_of_when() -> None:
    async with staged(operator(HOLIDAY, NIGHT_ON)) as stage:
        await stage.signed_in()
        stage.world.link.cut(LinkProblem.LINE_LOST)
        await stage.settled()
        assert not part(stage).button.isEnabled()
        assert "\nas of " in part(stage).button.accessibleDescription()


async def test_it_follows_the_language() -> None:
    async with staged(operator(HOLIDAY, NIGHT_ON)) as stage:
        await stage.signed_in()
        stage.shell.context.language.choose("de")
        await stage.settled()
        assert part(stage).button.accessibleName() == "Ein: Nacht & Wochenende"
