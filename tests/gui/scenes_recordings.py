"""Scenes of recording: the sign on the call card, the panel in each of its states, listening, what history and settings say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from tests.gui.kept_recordings import nothing_possible, read, recorder_world, recordings, running
from tests.gui.recorded_calls import history, morning
from tests.gui.scene import Scene
from tests.gui.stage import COMPACT, WIDE, Stage
from tests.gui.world import World
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import LinkProblem
from wwphone.domain.recording import AutomaticRecording, RecordingEntry
from wwphone.gui.periods import Period
from wwphone.gui.player import PlayerState
from wwphone.gui.settings_window import SettingsPage

Shown = Sequence[QWidget]


def choose(stage: Stage, row: int) -> RecordingEntry:
    """Put the cursor on a row."""
    panel = stage.window.recordings
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(row))
    entry = panel.model.entry(panel.list.currentIndex())
    assert entry is not None
    return entry


async def listen(stage: Stage, row: int = 0) -> None:
    """Play a row, and stand somewhere in it."""
    panel = stage.window.recordings
    entry = choose(stage, row)
    panel._play.click()
    fetched = stage.world.link.recording.reads
    size = stage.world.link.recording.sounds[entry.recording_id]
    await wait_until_async(
        lambda: panel.listening._arrived == 1, f"{len(size)} bytes after {len(fetched)} parts"
    )
    panel.listening.player.position_ms = 61_000
    panel.listening.player.moved.emit(61_000)
    await stage.settled()


async def _can_record(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.talking("Beat")
    return [stage.window]


async def _runs(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking("Beat")
    stage.world.link.recording.begin(running(stage, call_id))
    await stage.settled()
    return [stage.window]


async def _paused(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking("Beat")
    stage.world.link.recording.begin(running(stage, call_id, paused=True))
    await stage.settled()
    return [stage.window]


async def _by_others(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking("Beat")
    stage.world.link.recording.begin(running(stage, call_id, "beat", automatic=True))
    await stage.settled()
    return [stage.window]


async def _by_both(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    call_id = await stage.talking("Beat")
    stage.world.link.recording.begin(running(stage, call_id, automatic=True))
    stage.world.link.recording.begin(running(stage, call_id, "beat"))
    await stage.settled()
    return [stage.window]


async def _list(stage: Stage) -> Shown:
    await recordings(stage)
    choose(stage, 1)
    await stage.settled()
    return [stage.window]


async def _listening(stage: Stage) -> Shown:
    await recordings(stage)
    await listen(stage)
    return [stage.window]


async def _listening_wide(stage: Stage) -> Shown:
    await recordings(stage, WIDE)
    await listen(stage)
    return [stage.window]


async def _arriving(stage: Stage) -> Shown:
    await recordings(stage)
    await listen(stage, 5)
    stage.window.recordings.listening._on_arrived(0.4)
    await stage.settled()
    return [stage.window]


async def _unplayable(stage: Stage) -> Shown:
    await recordings(stage)
    await listen(stage, 3)
    player = stage.window.recordings.listening.player
    player.state = PlayerState.FAILED
    player.changed.emit()
    await stage.settled()
    return [stage.window]


async def _accesses(stage: Stage) -> Shown:
    await recordings(stage)
    choose(stage, 0)
    panel = stage.window.recordings
    panel._who.click()
    await wait_until_async(panel._form.accesses_frame.isVisible, "who has listened")
    await stage.settled()
    return [stage.window]


async def _menu(stage: Stage) -> Shown:
    await recordings(stage)
    panel = stage.window.recordings
    panel.menu.open(choose(stage, 0), panel.list.below(panel.list.currentIndex()))
    await stage.settled()
    return [stage.window, panel.menu.menu]


async def _filter_menu(stage: Stage) -> Shown:
    await recordings(stage)
    panel = stage.window.recordings
    stage.menu(panel.filters.menu, panel._form.more_button)
    await stage.settled()
    return [stage.window, panel.filters.menu]


async def _days(stage: Stage) -> Shown:
    await recordings(stage)
    stage.window.recordings.filters._period_actions[Period.DAYS].trigger()
    await read(stage)
    return [stage.window]


async def _deleted(stage: Stage) -> Shown:
    await recordings(stage)
    stage.window.recordings._form.deleted_button.click()
    await read(stage)
    choose(stage, 0)
    await stage.settled()
    return [stage.window]


async def _undo(stage: Stage) -> Shown:
    await recordings(stage)
    choose(stage, 1)
    stage.window.recordings._delete.click()
    await wait_until_async(stage.window.banners.notice.isVisible, "the banner")
    await read(stage)
    return [stage.window]


async def _exporting(stage: Stage) -> Shown:
    await recordings(stage)
    stage.window.recordings.doing._show(0.6)
    stage.window.recordings._form.export_frame.show()
    await stage.settled()
    return [stage.window]


async def _line_down(stage: Stage) -> Shown:
    await recordings(stage)
    await listen(stage)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


async def _empty(stage: Stage) -> Shown:
    await recordings(stage, COMPACT)
    return [stage.window]


async def _older_server(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window._form.recordings_button.click()
    await wait_until_async(lambda: not stage.world.services.recordings.supported, "the server's answer")
    await stage.settled()
    return [stage.window]


async def _signed_out(stage: Stage) -> Shown:
    await stage.show()
    stage.window._form.recordings_button.click()
    await stage.settled()
    return [stage.window]


async def _history(stage: Stage) -> Shown:
    await history(stage)
    panel = stage.window.history
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(2))
    await stage.settled()
    return [stage.window]


def _history_world() -> World:
    world = recorder_world()
    recorded = {88: "rec-007", 87: "rec-006", 85: "rec-005"}
    rows = [replace(entry, recording_id=recorded.get(entry.revision, "")) for entry in morning()]
    world.link.history.open(rows, mail_possible=True)
    return world


async def _settings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.recording.set_rules(AutomaticRecording.EXTERNAL, tone=True)
    stage.shell.open_settings(SettingsPage.GENERAL)
    await stage.settled()
    assert stage.shell.settings_window is not None
    return [stage.shell.settings_window]


def _nobodys() -> World:
    return recorder_world(())


def _without_right() -> World:
    return recorder_world((), may_record=False)


RECORDING_SCENES = (
    Scene("recording-possible", _can_record, everywhere=True, world=recorder_world),
    Scene("recording-runs", _runs, everywhere=True, world=recorder_world),
    Scene("recording-paused", _paused, everywhere=True, world=recorder_world),
    Scene("recording-by-others", _by_others, everywhere=True, world=recorder_world),
    Scene("recording-by-both-wide", _by_both, world=recorder_world),
    Scene("recordings", _list, everywhere=True, world=recorder_world),
    Scene("recordings-listening", _listening, everywhere=True, world=recorder_world),
    Scene("recordings-listening-wide", _listening_wide, world=recorder_world),
    Scene("recordings-arriving", _arriving, world=recorder_world),
    Scene("recordings-unplayable", _unplayable, world=recorder_world),
    Scene("recordings-accesses", _accesses, everywhere=True, world=recorder_world),
    Scene("recordings-menu", _menu, everywhere=True, world=recorder_world),
    Scene("recordings-filter-menu", _filter_menu, world=recorder_world),
    Scene("recordings-days", _days, everywhere=True, world=recorder_world),
    Scene("recordings-deleted", _deleted, everywhere=True, world=recorder_world),
    Scene("recordings-undo", _undo, everywhere=True, world=recorder_world),
    Scene("recordings-exporting", _exporting, world=recorder_world),
    Scene("recordings-line-down", _line_down, everywhere=True, world=recorder_world),
    Scene("recordings-none", _empty, world=_nobodys),
    Scene("recordings-without-right", _empty, world=_without_right),
    Scene("recordings-impossible", _empty, world=nothing_possible),
    Scene("recordings-older-server", _older_server),
    Scene("recordings-signed-out", _signed_out),
    Scene("recordings-in-history", _history, everywhere=True, world=_history_world),
    Scene("recordings-settings", _settings, everywhere=True, world=recorder_world),
)
