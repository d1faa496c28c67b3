"""Rows that wrap: no width at which the window cannot make up its mind, and heights that are asked for in one place."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from tests.gui.scenes_low import receptionist
from tests.gui.scenes_ring_groups import HOTLINE, SALES
from tests.gui.stage import Stage
from wwphone.gui.widgets.heights import least_height, needed_height
from wwphone.gui.widgets.wrapping_row import WrappingRow
from wwphone.protocol.ring_groups import RingGroupsChanged

WIDTHS = ((60, 90, 40), (100, 100), (30, 30, 30, 30, 30), (250, 20, 20), (80,))
_TURNS = 12


class Part(QWidget):
    """A part that is so wide."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._size = QSize(width, 24)

    def sizeHint(self) -> QSize:
        """So wide."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """It gives way."""
        return QSize(10, 24)


def row_of(widths: Sequence[int], parent: QWidget | None = None) -> WrappingRow:
    row = WrappingRow(parent)
    row.set_parts([Part(width) for width in widths])
    return row


def lines(row: WrappingRow) -> tuple[int, ...]:
    """In which line each part is to be seen, by its place in the row."""
    tops = sorted({part.mapTo(row, QPoint(0, 0)).y() for part in row._parts})
    return tuple(tops.index(part.mapTo(row, QPoint(0, 0)).y()) for part in row._parts)


async def rest() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@pytest.mark.parametrize("widths", WIDTHS, ids=lambda widths: "-".join(map(str, widths)))
async def test_a_wider_row_never_has_more_lines(qapp: object, widths: Sequence[int]) -> None:
    """So a scroll bar that comes makes more lines, which need it, and one that goes fewer, which do not."""
    row = row_of(widths)
    counts = [len(set(row._places_at(width))) for width in range(1, 400)]
    assert all(wider <= narrower for narrower, wider in itertools.pairwise(counts))
    assert counts[-1] == 1
    row.deleteLater()


@pytest.mark.parametrize("widths", WIDTHS, ids=lambda widths: "-".join(map(str, widths)))
@pytest.mark.parametrize("wider", [True, False], ids=["growing", "shrinking"])
async def test_beside_a_scroll_bar_that_comes_and_goes_the_lines_come_to_rest(
    qapp: QApplication, widths: Sequence[int], wider: bool
) -> None:
    """At every width, and with just so much height that the bar is needed for two lines and not for one."""
    area, inside = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    row = row_of(widths, inside)
    column.addWidget(row)
    column.addWidget(QLabel("below"))
    area.setWidget(inside)
    area.resize(300, 60)
    area.show()
    try:
        everything = range(60, 340)
        for width in everything if wider else reversed(everything):
            area.resize(width, 60)
            await rest()
            seen = lines(row), row.width(), area.verticalScrollBar().isVisible()
            for _ in range(3):
                await rest()
                assert (lines(row), row.width(), area.verticalScrollBar().isVisible()) == seen, width
            assert row._places == row._places_at(row.width()), width
    finally:
        area.close()
        area.deleteLater()


@pytest.mark.parametrize("wider", [True, False], ids=["growing", "shrinking"])
async def test_the_window_comes_to_rest_at_every_width(wider: bool) -> None:
    """As low as it may be, so that the cards scroll; the header's row wraps at one of the widths."""
    async with Stage("de", "light", receptionist()) as stage:
        form = stage.window._form
        row, cards = form.duties, form.cards_area
        narrowest = form.central.window().minimumWidth()
        await stage.signed_in((narrowest, 560))
        stage.world.link.change(RingGroupsChanged((HOTLINE, SALES)))
        stage.world.settings.set(*stage.busy_from(3))
        await stage.talking()
        await stage.incoming()

        def arranged() -> tuple[object, ...]:
            heights = [part.height() for part in (form.header, row, cards, form.phone)]
            return row._places, cards.verticalScrollBar().isVisible(), *heights

        seen_lines = set()
        everything = range(narrowest, 960)
        for width in everything if wider else reversed(everything):
            stage.window.resize(width, 560)
            await stage.settled()
            assert stage.window.width() == width, "the lines of now keep it from getting narrower"
            before = arranged()
            assert row._places == row._places_at(row.width()), width
            await stage.settled()
            assert arranged() == before, width
            seen_lines.add(row._places)
        assert seen_lines == {(0, 0), (0, 1)}, "both arrangements were seen"


async def test_a_text_that_grows_begins_a_line(qapp: object) -> None:
    async with Stage("en", "light", receptionist()) as stage:
        await stage.signed_in((400, 700))
        stage.world.link.change(RingGroupsChanged((HOTLINE,)))
        await stage.settled()
        assert stage.window._form.duties._places == (0, 0)
        stage.window.header.switches.button.set_whole("A text that needs a line for itself alone", "")
        await stage.settled()
        assert stage.window._form.duties._places == (0, 1)


def test_what_wraps_needs_more_height_where_it_is_narrow(qapp: object) -> None:
    label = QLabel("some words that do not all fit into one line")
    label.setWordWrap(True)
    holder = QWidget()
    QVBoxLayout(holder).addWidget(label)
    for height_of in (needed_height, least_height):
        assert height_of(holder, 80) > height_of(holder, 600) > 0
    assert needed_height(holder, 0) == holder.sizeHint().height(), "its width is not known yet"
    holder.setMinimumHeight(500)
    assert least_height(holder, 600) == 500
    holder.deleteLater()
