"""The record of calls as a CSV file: what the filter shows, harmless, complete or not at all."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gui import eyes
from tests.gui.recorded_calls import history, history_world
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.csv_cells import harmless
from wwphone.gui.panels.history import HistoryPanel
from wwphone.protocol.history import ReadHistory
from wwphone.protocol.message import Command, Result


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Stage]:
    """The window with the panel in front, and some days' calls in it."""
    async with Stage("en", "light", history_world()) as made:
        await history(made)
        yield made


def listed(folder: Path) -> list[str]:
    """What is in a folder."""
    return [path.name for path in folder.iterdir()]


def panel(stage: Stage) -> HistoryPanel:
    return stage.window.history


@pytest.mark.parametrize("cell", ["=1+1", "+41", "-2", "@x", "\tx", "\rx"], ids=repr)
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("a" + cell) == "a" + cell


async def test_what_the_filter_shows_is_exported(office: Stage, tmp_path: Path) -> None:
    record = office.world.services.history
    first = record.rows[0]
    office.world.link.history.write(replace(first, note="=cmd|' /C calc'!A0; \"quoted\"\nsecond line"))
    eyes.click("Missed", panel(office))
    await wait_until_async(lambda: len(record.rows) == 4 and not record.reading, "the missed calls")
    file = tmp_path / "calls.csv"
    panel(office).exporting.write(panel(office).filters.wanted, file)
    assert panel(office)._form.export_frame.isVisible()
    await wait_until_async(lambda: bool(office.window.banners.notice.text), "the end of it")
    assert office.window.banners.notice.text == "Exported to calls.csv: 4 calls."
    assert not panel(office)._form.export_frame.isVisible()
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    assert len(table) == 5
    assert table[1][4:6] == ["Hans Brändli · Brändli Haustechnik GmbH", "'+41523334455"]
    assert table[1][-1].startswith("'=cmd|")
    assert table[1][-1].endswith('"quoted"\nsecond line')
    assert listed(tmp_path) == ["calls.csv"]


async def test_an_export_that_is_cancelled_or_refused_leaves_nothing(
    office: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("kept")
    exporting = panel(office).exporting
    asked = asyncio.Event()

    async def never_answers(command: Command) -> Result:
        asked.set()
        await asyncio.Event().wait()
        return await link.request(command)

    link = office.world.link
    for under_way in (False, True):
        with monkeypatch.context() as patch:
            patch.setattr(link, "request", never_answers)
            exporting.write(panel(office).filters.wanted, file)
            if under_way:
                await asked.wait()
            eyes.click("Cancel", panel(office)._form.export_frame)
            await wait_until_async(lambda: not panel(office)._form.export_frame.isVisible(), "the end of it")
    office.world.link.refuse(ReadHistory, WireError(ErrorCode.INTERNAL, "disk full"))
    exporting.write(panel(office).filters.wanted, file)
    await wait_until_async(lambda: bool(office.window.banners.problem.text), "the reason")
    assert office.window.banners.problem.text.startswith("The history was not exported: ")
    assert file.read_text() == "kept"
    assert listed(tmp_path) == ["calls.csv"]
    exporting.write(panel(office).filters.wanted, tmp_path / "no such folder" / "calls.csv")
    await wait_until_async(
        lambda: office.window.banners.problem.text.endswith("calls.csv cannot be written."), "the reason"
    )
