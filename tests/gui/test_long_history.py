"""A hundred thousand calls: the list scrolls to its end without ever holding the window."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable

import pytest

from tests.gui.recorded_calls import history, history_world
from tests.gui.stage import Stage
from tests.helpers.records import call
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.domain.calls import Party
from wwphone.gui.models.history import HistoryModel
from wwphone.protocol.history import MAX_HISTORY_PAGE
from wwphone.services import history as history_module

CALLS = 100_000
BLOCKED_MS = 50.0
"""The window is never blocked for longer."""
_SCREENS = 25
"""So many pages are scrolled to and painted; the others are only taken in, as when somebody drags the handle down."""


class Meter:
    """What each step costs, in the processor's time: others use the machine, too."""

    def __init__(self) -> None:
        self.costs_ms: list[float] = []

    def measured(self, act: Callable[..., object], *values: object) -> None:
        """Do something and note its cost."""
        began_s = time.process_time()
        act(*values)
        self.costs_ms.append((time.process_time() - began_s) * 1000)


def _longer_than(model: HistoryModel, rows: int) -> bool:
    return model.rowCount() > rows


async def test_it_scrolls_to_the_end_without_a_stutter(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "PAGE", MAX_HISTORY_PAGE)  # the longest pages there can be
    rows = [call(number, party=Party(f"+4144{number:07}", f"Caller {number}")) for number in range(CALLS)]
    async with Stage("en", "light", history_world(rows)) as stage:
        await history(stage)
        panel, record, meter = stage.window.history, stage.world.services.history, Meter()
        taking = [functools.partial(meter.measured, each) for each in record.rows_changed._listeners]
        record.rows_changed._listeners = [*taking]
        bar, paint = panel.list.verticalScrollBar(), panel.list.viewport().repaint
        for page in range(CALLS):
            if not record.more:
                break
            known = panel.model.rowCount()
            if page < _SCREENS:
                # The bar grows when the rows are laid out, a little after they are there: until then nothing is to be scrolled.
                await wait_until_async(lambda: bar.value() < bar.maximum(), "the page before to be laid out")
                meter.measured(bar.setValue, bar.maximum())
                meter.measured(paint)
            else:
                record.read_on()
            await wait_until_async(functools.partial(_longer_than, panel.model, known), "the next page")
        assert panel.model.rowCount() == CALLS
        for value in (bar.maximum(), 0, bar.maximum() // 2):
            meter.measured(bar.setValue, value)
            meter.measured(paint)
        stage.world.link.history.write(call(CALLS + 1))
        await asyncio.sleep(0)
        assert panel.model.rowCount() == CALLS + 1
        meter.measured(paint)
        slowest = max(meter.costs_ms)
        print(f"{CALLS} calls: slowest of {len(meter.costs_ms)} steps {slowest:.1f} ms")
        assert slowest <= BLOCKED_MS * SECONDS
