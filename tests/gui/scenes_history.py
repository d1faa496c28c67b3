"""Scenes of the history: the panel in each of its states, details, filters, menus, what it says without a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.contacts import filled
from tests.gui.recorded_calls import history, history_world, morning, read
from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import World
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.domain.history import HistoryEntry
from wwphone.gui.history_filter import Whose
from wwphone.gui.periods import Period
from wwphone.gui.settings_window import SettingsPage
from wwphone.protocol.history import ReadHistory

Shown = Sequence[QWidget]


def choose(stage: Stage, row: int) -> HistoryEntry:
    """Put the cursor on a row."""
    panel = stage.window.history
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(row))
    entry = panel.model.entry(panel.list.currentIndex())
    assert entry is not None
    return entry


async def _list(stage: Stage) -> Shown:
    await history(stage)
    choose(stage, 1)
    await stage.settled()
    return [stage.window]


async def _wide(stage: Stage) -> Shown:
    await history(stage, WIDE)
    choose(stage, 2)
    stage.window.history._details.click()
    await stage.settled()
    return [stage.window]


async def _detail(stage: Stage) -> Shown:
    await history(stage)
    choose(stage, 2)
    stage.window.history._details.click()
    await stage.settled()
    return [stage.window]


async def _detail_by_key(stage: Stage) -> Shown:
    """F2: the details, and the keyboard in the note."""
    await history(stage)
    choose(stage, 2)
    eyes.press(stage.window.history.list, Qt.Key.Key_F2)
    await stage.settled()
    return [stage.window]


async def _detail_group(stage: Stage) -> Shown:
    await history(stage)
    choose(stage, 5)
    stage.window.history._details.click()
    await stage.settled()
    return [stage.window]


async def _filtered(stage: Stage) -> Shown:
    await history(stage)
    panel = stage.window.history
    panel._form.missed_button.click()
    panel.filters._whose_actions[Whose.GROUPS].trigger()
    panel.filters._period_actions[Period.MONTH].trigger()
    await read(stage)
    return [stage.window]


async def _person(stage: Stage) -> Shown:
    await history(stage)
    stage.window.history.filters.only_with(Party("+41523334455", "Hans Brändli"))
    await read(stage)
    return [stage.window]


async def _days(stage: Stage) -> Shown:
    await history(stage)
    stage.window.history.filters._period_actions[Period.DAYS].trigger()
    await read(stage)
    return [stage.window]


async def _filter_menu(stage: Stage) -> Shown:
    await history(stage)
    panel = stage.window.history
    stage.menu(panel.filters.menu, panel._form.more_button)
    await stage.settled()
    return [stage.window, panel.filters.menu]


async def _menu(stage: Stage) -> Shown:
    await history(stage)
    panel = stage.window.history
    panel.menu.open(choose(stage, 1), panel.list.below(panel.list.currentIndex()))
    await stage.settled()
    return [stage.window, panel.menu.menu]


async def _nothing_fits(stage: Stage) -> Shown:
    await history(stage)
    eyes.type_into(stage.window.history._form.search, "Wilhelm Tell")
    await wait_until_async(lambda: stage.world.services.history.total == 0, "an empty answer")
    await read(stage)
    return [stage.window]


async def _empty(stage: Stage) -> Shown:
    await history(stage)
    return [stage.window]


async def _line_down(stage: Stage) -> Shown:
    await history(stage)
    choose(stage, 2)
    stage.window.history._details.click()
    stage.world.link.cut(LinkProblem.LINE_LOST)
    stage.window.history._form.note.setPlainText("Wants the offer by Thursday")
    await stage.settled()
    return [stage.window]


async def _never_read(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    stage.window._form.history_button.click()
    await stage.settled()
    return [stage.window]


async def _no_record(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window._form.history_button.click()
    await wait_until_async(lambda: not stage.world.services.history.supported, "the server's answer")
    await stage.settled()
    return [stage.window]


async def _refused(stage: Stage) -> Shown:
    await history(stage)
    stage.world.link.refuse(ReadHistory, WireError(ErrorCode.INTERNAL, "disk full"))
    stage.window.history._form.out_button.click()
    await wait_until_async(lambda: stage.world.services.history.trouble is not None, "the refusal")
    await stage.settled()
    return [stage.window]


async def _exporting(stage: Stage) -> Shown:
    await history(stage)
    panel = stage.window.history
    panel.exporting._show(12_500, 48_200)
    panel._form.export_frame.show()
    await stage.settled()
    return [stage.window]


async def _signed_out(stage: Stage) -> Shown:
    await stage.show()
    stage.window._form.history_button.click()
    await stage.settled()
    return [stage.window]


async def _mail_switch(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    stage.shell.open_settings(SettingsPage.GENERAL)
    await stage.settled()
    assert stage.shell.settings_window is not None
    return [stage.shell.settings_window]


async def _mail_lost(stage: Stage) -> Shown:
    """It is on, and the server cannot send any more: one can still switch it off."""
    shown = await _mail_switch(stage)
    stage.world.link.history.mail_on()
    stage.world.link.history.lose_mail()
    await stage.settled()
    return shown


def _many_missed() -> World:
    entries = [entry for entry in morning() if entry.task.value == "open"]
    return history_world(
        [*morning(), *(replace_id(entries[0], number) for number in range(120))], mail_possible=False
    )


def replace_id(entry: HistoryEntry, number: int) -> HistoryEntry:
    """The same call as another row."""
    return HistoryEntry(**{**vars(entry), "entry_id": f"more-{number}"})


HISTORY_SCENES = (
    Scene("record", _list, everywhere=True, world=history_world),
    Scene("record-wide", _wide, world=history_world),
    Scene("record-detail", _detail, everywhere=True, world=history_world),
    Scene("record-detail-by-key", _detail_by_key, world=history_world),
    Scene("record-detail-group", _detail_group, world=history_world),
    Scene("record-filtered", _filtered, everywhere=True, world=history_world),
    Scene("record-person", _person, world=history_world),
    Scene("record-days", _days, everywhere=True, world=history_world),
    Scene("record-filter-menu", _filter_menu, everywhere=True, world=history_world),
    Scene("record-menu", _menu, everywhere=True, world=history_world),
    Scene("record-nothing-fits", _nothing_fits, world=history_world),
    Scene("record-empty", _empty, world=lambda: history_world(())),
    Scene("record-line-down", _line_down, everywhere=True, world=history_world),
    Scene("record-line-down-unread", _never_read, world=history_world),
    Scene("record-none-on-server", _no_record, world=World),
    Scene("record-refused", _refused, world=history_world),
    Scene("record-exporting", _exporting, everywhere=True, world=history_world),
    Scene("record-many-missed", _list, world=_many_missed),
    Scene("record-signed-out", _signed_out, world=World),
    Scene("record-mail-switch", _mail_switch, everywhere=True, world=history_world),
    Scene("record-mail-lost", _mail_lost, world=history_world),
    Scene("record-mail-impossible", _mail_switch, world=lambda: history_world(mail_possible=False)),
)
