"""A window lower than everything it has to show: calls stay whole, what rings can be read, nothing lies on anything else."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.scenes_low import LOW, receptionist, show_low
from tests.gui.scenes_ring_groups import HOTLINE, SALES
from tests.gui.stage import Stage
from wwphone.domain.calls import EndReason
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.gui.style import tokens
from wwphone.gui.widgets.call_card import CallCard
from wwphone.gui.widgets.ringing_row import RingingRow
from wwphone.protocol.pickup import RingingCallEnded
from wwphone.protocol.ring_groups import RingGroupsChanged

LOWEST = (360, 480)


def in_sight(part: QWidget) -> bool:
    """Whether all of a part is to be seen, and nothing of it cut off by what it lies in."""
    return part.isVisible() and part.visibleRegion().boundingRect() == part.rect()


def places(parts: Sequence[QWidget], within: QWidget) -> list[QRect]:
    """Where parts lie in the window."""
    return [QRect(part.mapTo(within, QPoint(0, 0)), part.size()) for part in parts]


@pytest.mark.parametrize("size", [LOW, LOWEST], ids=["low", "lowest"])
@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_call_and_the_header_stay_whole(language: str, size: tuple[int, int]) -> None:
    async with Stage(language, "light", receptionist()) as stage:
        await show_low(stage, size)
        form = stage.window._form
        [card] = eyes.visible(CallCard, stage.window)
        assert in_sight(card)
        header = [
            form.presence_button,
            form.disturb_button,
            form.forward_button,
            stage.window.header.switches.button,
        ]
        for button in header:
            assert in_sight(button)
            assert button.height() >= button.sizeHint().height(), button.text()


@pytest.mark.parametrize("size", [LOW, (400, 560), LOWEST], ids=["low", "lower", "lowest"])
async def test_what_rings_elsewhere_can_be_read(size: tuple[int, int]) -> None:
    async with Stage("de", "light", receptionist()) as stage:
        await show_low(stage, size)
        [row] = eyes.visible(RingingRow, stage.window)
        assert in_sight(row)
        assert in_sight(eyes.button("Holen", row))


async def test_the_window_does_not_get_lower_than_what_it_needs() -> None:
    async with Stage("de", "light", receptionist()) as stage:
        await show_low(stage, (LOWEST[0], 300))
        assert stage.window.size().toTuple() == LOWEST
        [row] = eyes.visible(RingingRow, stage.window)
        assert in_sight(row)


async def test_filter_and_list_are_back_when_nothing_rings_any_more() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await show_low(stage, LOWEST)
        panel = stage.window.colleagues
        assert not panel._filter.isVisible()
        assert not panel.list.isVisible()
        [line] = stage.world.services.pickup.lines
        stage.world.link.change(RingingCallEnded(line.call.ringing_id))
        await stage.settled()
        assert panel._filter.isVisible()
        assert panel.list.isVisible()


async def test_whoever_types_in_the_filter_keeps_it_while_something_rings() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await show_low(stage, LOWEST)
        panel = stage.window.colleagues
        eyes.press(stage.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        await stage.settled()
        assert stage.window.focusWidget() is panel._filter
        eyes.type_into(panel._filter, "bea")
        await stage.settled()
        assert panel._filter.isVisible()
        assert panel.list.isVisible()
        stage.window.dial_field.focus()
        await stage.settled()
        assert not panel._filter.isVisible()
        [row] = eyes.visible(RingingRow, stage.window)
        assert in_sight(row)


@pytest.mark.parametrize("higher", [True, False], ids=["growing", "shrinking"])
async def test_it_comes_to_rest_at_every_height_and_shows_more_the_higher_it_is(higher: bool) -> None:
    async with Stage("de", "light", receptionist()) as stage:
        await show_low(stage, LOWEST)
        panel = stage.window.colleagues

        def arranged() -> tuple[object, ...]:
            shown = [part.isVisible() for part in (panel._top, panel.list, panel.ringing._head)]
            return *shown, panel.height(), stage.window._form.cards_area.height()

        looks: dict[int, tuple[object, ...]] = {}
        heights = range(LOWEST[1], 760, 4)
        for height in heights if higher else reversed(heights):
            stage.window.resize(LOWEST[0], height)
            await stage.settled()
            looks[height] = arranged()
            await stage.settled()
            assert arranged() == looks[height], height
        last = [looks[height][:3] for height in heights]
        assert all(sum(a) <= sum(b) for a, b in itertools.pairwise(last)), "more room shows more"  # type: ignore[arg-type]
        assert (last[0], last[-1]) == ((False, False, False), (True, True, True))


async def test_a_call_that_comes_while_others_run_is_the_one_to_be_seen() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        stage.world.settings.set(*stage.busy_from(4))
        await show_low(stage, (400, 560))
        call_id = await stage.incoming()
        card = stage.window.cards.card(call_id)
        assert card is not None
        assert in_sight(eyes.button("Answer", card))
        assert in_sight(eyes.button("Decline", card))


async def test_the_buttons_at_the_left_scroll_instead_of_lying_on_each_other() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await show_low(stage, LOWEST)
        form = stage.window._form
        buttons = [form.colleagues_button, form.phonebook_button, form.history_button, form.devices_button]
        rects = places(buttons, form.rail)
        assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
        assert not in_sight(form.settings_button)
        form.settings_button.setFocus()
        assert in_sight(form.settings_button)
        assert not in_sight(form.colleagues_button)
        form.phonebook_button.click()
        form.colleagues_button.click()
        assert in_sight(form.colleagues_button)


async def test_a_button_that_appears_at_the_left_gets_its_room() -> None:
    async with Stage("en", "light") as stage:
        await stage.signed_in((400, 700))
        form = stage.window._form
        form.recordings_button.hide()
        await stage.settled()
        area = form.rail_area
        assert area.minimumHeight() == form.rail.sizeHint().height()
        before = area.minimumHeight()
        form.recordings_button.show()
        await stage.settled()
        assert before < area.minimumHeight() == form.rail.sizeHint().height()


async def test_cards_of_other_calls_scroll_before_the_buttons_at_the_left_do() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await show_low(stage, (400, 700))
        await stage.end(stage.calls.calls[0].call_id, EndReason.HUNG_UP_THERE)
        call_id = await stage.incoming()
        card = stage.window.cards.card(call_id)
        assert card is not None
        assert in_sight(card)
        assert len(eyes.visible(CallCard, stage.window)) == 2
        assert in_sight(stage.window._form.settings_button)
        panel = stage.window.colleagues
        layout = panel.layout()
        assert layout is not None
        assert panel.height() >= layout.totalMinimumSize().height(), "nothing in it is squeezed"


async def test_groups_and_switches_share_a_line_where_they_fit() -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await stage.signed_in()

        async def tops(*groups: RingGroupMembership) -> tuple[int, int]:
            stage.world.link.change(RingGroupsChanged(groups))
            await stage.settled()
            form = stage.window._form
            group, switch = places([form.duty, form.circuits], stage.window)
            assert not group.intersects(switch)
            return group.top(), switch.top()

        group, switch = await tops(HOTLINE)
        assert group == switch
        group, switch = await tops(HOTLINE, SALES)
        assert group < switch, "three do not fit into 400 pixels"
        stage.window.resize(800, 760)
        await stage.settled()
        group, switch = await tops(HOTLINE, SALES)
        assert group == switch
        stage.world.link.change(RingGroupsChanged(()))
        await stage.settled()
        assert not stage.window._form.duty.isVisible()
        assert stage.window._form.circuits.isVisible()


@pytest.mark.parametrize("language", ["en", "de"])
async def test_a_list_that_is_shown_shows_somebody(language: str) -> None:
    async with Stage(language, "light", receptionist()) as stage:
        await show_low(stage, (400, 560))
        panel = stage.window.colleagues
        assert panel.list.isVisible()
        first = panel.list.visualRect(panel.model.first()).adjusted(0, 0, 0, -tokens.SPACE_XS)
        assert panel.list.viewport().rect().contains(first)
        [row] = eyes.visible(RingingRow, stage.window)
        assert in_sight(row)
