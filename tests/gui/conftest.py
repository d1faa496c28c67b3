"""What the window's tests get: Qt's loop under asyncio, a stage of their own, and nothing left of the one before."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
import qasync
from PySide6.QtWidgets import QApplication

from tests.gui.conferences import chairwoman
from tests.gui.stage import Stage
from wwphone.gui.numbers import write_as_in

_HERE = Path(__file__).parent


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run coroutines as the program does."""
    del config, item
    return {"qt": _qt_loop}


def _qt_loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(QApplication.instance() or QApplication([]))
    return loop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """That the screen in memory lacks a function of real ones is no news; every other word of Qt fails a test."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support ", extend=True))


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Nothing of a test is left for the collector.

    WORKAROUND: a loop's QObjects hang in a cycle; collected later, on a thread of another test, they take Qt down.
    """
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def no_home_country() -> Iterator[None]:
    """Numbers are written as they are, until a server says otherwise."""
    yield
    write_as_in("")


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """The window in English, before anybody signed in."""
    async with Stage("en", "light") as made:
        yield made


@pytest_asyncio.fixture
async def signed_in(stage: Stage) -> Stage:
    """The window, signed in as Anna Muster."""
    await stage.signed_in()
    return stage


@pytest_asyncio.fixture
async def chair(qapp: object) -> AsyncIterator[Stage]:
    """The window of somebody who may hold conferences, in her room and in that of the sales people."""
    async with Stage("en", "light", chairwoman()) as made:
        yield made
