"""The recordings' panel: found, listened to, noted on, exported, deleted and taken back; what it says when there is nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui import eyes
from tests.gui.kept_recordings import SOUND, kept, nothing_possible, read, recorder_world, recordings, some
from tests.gui.recorded_calls import HANS, ago, history
from tests.gui.scenes_recordings import _history_world, choose, listen
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.recording import RecordingEntry, RecordingPurpose
from wwphone.gui import periods as periods_module
from wwphone.gui.panels.recordings import RecordingsPanel
from wwphone.gui.periods import Period
from wwphone.gui.player import PlayerState
from wwphone.gui.recordings_filter import Begun
from wwphone.gui.widgets.history_delegate import task_box
from wwphone.protocol.recording import DeleteRecordings, OpenRecording
from wwphone.services import recordings as recordings_module

KEPT = len(some()) - 1


@pytest_asyncio.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """The window with the panel in front; nobody waits for a next letter."""
    monkeypatch.setattr(recordings_module, "TYPED_S", 0.0)
    async with Stage("en", "light", recorder_world()) as made:
        await recordings(made)
        yield made


def panel(stage: Stage) -> RecordingsPanel:
    return stage.window.recordings


def names(stage: Stage) -> list[str]:
    model = panel(stage).model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


async def shows(stage: Stage, count: int) -> None:
    service = stage.world.services.recordings
    await wait_until_async(
        lambda: not service.reading and panel(stage).model.rowCount() == count, f"{count} recordings"
    )
    await stage.settled()


async def test_they_stand_there_by_name_newest_first_and_are_heard_whole(office: Stage) -> None:
    assert names(office)[:2] == ["Hans Brändli · Brändli Haustechnik GmbH", "+41617008090"]
    assert len(names(office)) == KEPT
    model = panel(office).model
    heard = [str(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(KEPT)]
    assert heard[0].startswith("Hans Brändli · Brändli Haustechnik GmbH, incoming, 052 333 44 55, 2:43, ")
    assert heard[0].endswith(", 3 notes")
    assert "automatic" in heard[1]
    assert "is being put away" in heard[2]
    assert "ended, since the disk was full" in heard[4]
    assert "was changed: not as it was recorded" in heard[6]


@pytest.mark.parametrize(("button", "count"), [("In", 6), ("Out", 2), ("Recently deleted", 1)], ids=str)
async def test_the_buttons_filter(office: Stage, button: str, count: int) -> None:
    form = panel(office)._form
    {"In": form.in_button, "Out": form.out_button, "Recently deleted": form.deleted_button}[button].click()
    await shows(office, count)
    eyes.click("All", panel(office))
    await shows(office, KEPT)


async def test_search_menu_and_person_filter_and_a_line_says_so(office: Stage) -> None:
    eyes.type_into(panel(office)._form.search, "heat pump")
    await shows(office, 1)
    panel(office)._form.search.clear()
    panel(office).filters._begun_actions[Begun.AUTOMATIC].trigger()
    await shows(office, 2)
    assert "Only automatic · 2 recordings" in eyes.texts(panel(office))
    eyes.click("Remove these filters", panel(office))
    await shows(office, KEPT)
    panel(office).filters.only_with(HANS)
    await shows(office, 1)


async def test_days_are_chosen_by_the_keyboard_and_filter_with_both_ends(office: Stage) -> None:
    filters, dates = panel(office).filters, panel(office)._form.dates
    assert not dates.isVisible()
    eyes.choose(filters.menu, "From … to …")
    await shows(office, sum(is_on(one, 0) for one in some()))
    assert dates.since.hasFocus()
    eyes.press(dates.since, Qt.Key.Key_Down)  # the part that has the cursor, one less
    assert dates.since.date() < dates.until.date()
    yesterday = QDate.currentDate().addDays(-1)
    dates.until.setDate(yesterday)
    dates.since.setDate(yesterday)
    await shows(office, sum(is_on(one, 1) for one in some()))
    dates.until.setDate(yesterday.addDays(-1))
    assert dates.since.date() == dates.until.date(), "the first day never follows the last one"
    eyes.click("Remove these filters", panel(office))
    await shows(office, KEPT)
    assert not dates.isVisible()


def is_on(entry: RecordingEntry, days_ago: int) -> bool:
    began = entry.started_at.astimezone().date()
    return entry.deleted_at is None and began == date.today() - timedelta(days=days_ago)  # noqa: DTZ011


async def test_today_is_another_day_after_midnight(office: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    panel(office).filters._period_actions[Period.TODAY].trigger()
    await shows(office, sum(is_on(one, 0) for one in some()))
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011
    monkeypatch.setattr(periods_module, "_today", lambda: tomorrow)
    panel(office)._midnight.look()
    await shows(office, 0)


async def test_enter_and_the_mark_in_a_row_play_it_and_the_server_knows_who(office: Stage) -> None:
    choose(office, 0)
    eyes.press(panel(office).list, Qt.Key.Key_Return)
    listening = panel(office).listening
    await wait_until_async(lambda: listening.player.state is PlayerState.PLAYING, "the player")
    fake = office.world.link.recording
    assert fake.accesses["rec-009"][0].purpose is RecordingPurpose.PLAY
    await wait_until_async(lambda: sum(size for _, _, size in fake.reads) == len(SOUND), "all of the sound")
    panel(office).list.scrollToTop()
    second = panel(office).list.visualRect(panel(office).model.index(1))
    viewport = panel(office).list.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=task_box(second).center())
    await wait_until_async(lambda: listening.entry and listening.entry.recording_id == "rec-008", "the other")


async def test_what_cannot_be_played_is_not_played(office: Stage) -> None:
    for row in (2, 6, 7):
        choose(office, row)
        assert not panel(office)._play.isEnabled()
        eyes.press(panel(office).list, Qt.Key.Key_Return)
        await office.settled()
        assert panel(office).listening.entry is None


async def test_keys_and_waveform_go_to_a_moment(office: Stage) -> None:
    await listen(office)
    listening = panel(office).listening
    wave, player = listening.waveform, listening.player
    player._source = object()  # type: ignore[assignment]  # as if it played
    eyes.press(wave, Qt.Key.Key_Right)
    assert player.position_ms == 66_000
    eyes.press(wave, Qt.Key.Key_Home)
    assert player.position_ms == 0
    eyes.press(panel(office), Qt.Key.Key_L)
    assert player.position_ms == 10_000
    eyes.press(panel(office), Qt.Key.Key_J)
    assert player.position_ms == 0
    QTest.mouseClick(wave, Qt.MouseButton.LeftButton, pos=QPoint(wave.width() // 2, 20))
    assert player.position_ms == pytest.approx(163_400 / 2, abs=1_000)
    assert wave.accessibleName() == "Waveform: 1:21 of 2:43"
    player._source = None


async def test_notes_are_put_at_the_moment_edited_and_taken_away(office: Stage) -> None:
    await listen(office)
    fake, form = office.world.link.recording, panel(office)._form
    eyes.type_into(form.note_field, "asks for a discount")
    panel(office).listening.player.position_ms = 70_000  # the voices go on meanwhile
    eyes.press(form.note_field, Qt.Key.Key_Return)
    await wait_until_async(lambda: len(fake.entries["rec-009"].notes) == 4, "the note at the server")
    assert fake.entries["rec-009"].notes[1].at_ms == 61_000
    await wait_until_async(lambda: form.notes.count() == 4, "the note in the list")
    form.notes.setCurrentRow(1)
    eyes.press(form.notes, Qt.Key.Key_F2)
    assert form.note_field.text() == "asks for a discount"
    form.note_field.setText("gets a discount")
    eyes.press(form.note_field, Qt.Key.Key_Return)
    await wait_until_async(
        lambda: fake.entries["rec-009"].notes[1].text == "gets a discount", "the other text"
    )
    await wait_until_async(lambda: form.notes.item(1).text().endswith("gets a discount"), "it in the list")
    form.notes.setCurrentRow(1)
    eyes.press(form.notes, Qt.Key.Key_Delete)
    await wait_until_async(lambda: len(fake.entries["rec-009"].notes) == 3, "it is gone")


async def test_deleting_offers_to_take_it_back(office: Stage) -> None:
    choose(office, 0)
    await listen(office)
    panel(office).list.setFocus()
    eyes.press(panel(office).list, Qt.Key.Key_Delete)
    await shows(office, KEPT - 1)
    notice = office.window.banners.notice
    assert "is deleted" in notice.text
    await wait_until_async(lambda: panel(office).listening.entry is None, "the end of listening")
    eyes.click("Undo", notice)
    await shows(office, KEPT)
    assert not notice.text


async def test_a_refusal_is_told_and_nothing_is_lost(office: Stage) -> None:
    office.world.link.refuse(DeleteRecordings, WireError(ErrorCode.NOT_FOUND, "gone"))
    choose(office, 0)
    panel(office)._delete.click()
    await wait_until_async(lambda: office.window.banners.problem.text != "", "the reason")
    assert office.window.banners.problem.text == "This recording is not there any more."
    office.world.link.refuse(OpenRecording, WireError(ErrorCode.CONFLICT, "changed"))
    panel(office)._play.click()
    await wait_until_async(lambda: "cannot be played" in office.window.banners.problem.text, "the reason")
    assert panel(office).listening.entry is None


async def test_exporting_writes_the_sound_whole_and_the_server_knows(office: Stage, tmp_path: Path) -> None:
    entry = choose(office, 0)
    panel(office).doing.write(entry, tmp_path / "talk.flac")
    await wait_until_async(lambda: office.window.banners.notice.text != "", "the end")
    assert (tmp_path / "talk.flac").read_bytes() == SOUND
    assert os.listdir(tmp_path) == ["talk.flac"]  # noqa: PTH208 - nothing half is left beside it
    assert office.world.link.recording.accesses["rec-009"][0].purpose is RecordingPurpose.EXPORT
    panel(office).doing.write(entry, tmp_path / "no such folder" / "talk.flac")
    await wait_until_async(lambda: office.window.banners.problem.text != "", "the reason")
    assert "talk.flac cannot be written" in office.window.banners.problem.text


async def test_who_has_listened_is_shown(office: Stage) -> None:
    choose(office, 0)
    panel(office)._who.click()
    await wait_until_async(panel(office)._form.accesses_frame.isVisible, "who")
    said = panel(office)._form.accesses_text.text()
    assert "Anna Muster (PC-EMPFANG) · played" in said
    assert "Anna Muster (LAPTOP-ANNA) · exported" in said
    choose(office, 1)
    assert not panel(office)._form.accesses_frame.isVisible()


async def test_a_new_one_comes_by_itself_and_the_cursor_stays(office: Stage) -> None:
    choose(office, 1)
    office.world.link.recording.write(kept(10, HANS, ago(0, 11, 30), 60))
    await shows(office, KEPT + 1)
    current = panel(office).model.entry(panel(office).list.currentIndex())
    assert current is not None
    assert current.recording_id == "rec-008"


async def test_without_a_line_they_stay_and_say_so_and_are_read_again(office: Stage) -> None:
    office.world.link.cut(LinkProblem.LINE_LOST)
    await office.settled()
    assert any(text.startswith("No line to the server") for text in eyes.texts(panel(office)))
    assert len(names(office)) == KEPT
    assert not panel(office)._play.isEnabled()
    office.world.link.recording.write(kept(10, HANS, ago(0, 11, 30), 60))
    office.world.link.heal()
    await shows(office, KEPT + 1)


async def test_a_call_that_comes_in_pauses_the_player(office: Stage) -> None:
    await listen(office)
    states = [panel(office).listening.player.state]
    await office.incoming()
    states.append(panel(office).listening.player.state)
    assert states == [PlayerState.PLAYING, PlayerState.PAUSED]


async def test_signing_out_ends_listening(office: Stage) -> None:
    await listen(office)
    await office.world.services.account.sign_out()
    await office.settled()
    assert panel(office).listening.entry is None
    assert panel(office).model.rowCount() == 0


async def test_a_recorded_call_of_the_history_is_marked_and_played_from_there() -> None:
    async with Stage("en", "light", _history_world()) as stage:
        await recordings(stage)
        await history(stage)
        record = stage.window.history
        row = next(
            row for row in range(record.model.rowCount())
            if (entry := record.model.entry(record.model.index(row))) and entry.recording_id == "rec-006"
        )  # fmt: skip
        heard = str(record.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole))
        assert heard.endswith("recorded")
        record.list.setFocus()
        record.list.setCurrentIndex(record.model.index(row))
        record._listen.click()
        listening = stage.window.recordings.listening
        await wait_until_async(
            lambda: listening.entry is not None and listening.entry.recording_id == "rec-006", "it plays"
        )
        assert stage.window.recordings.isVisible()
        stage.window._form.history_button.click()
        record.filters._recorded_only.trigger()
        await wait_until_async(lambda: record.model.rowCount() == 3, "only recorded calls")


async def test_an_empty_panel_says_why() -> None:
    for world, said in (
        (recorder_world(()), "No recordings yet."),
        (recorder_world((), may_record=False), "You lack the right to record calls."),
        (nothing_possible(), "This server is not set up to record calls."),
    ):
        async with Stage("en", "light", world) as stage:
            await recordings(stage)
            await read(stage)
            assert any(text.startswith(said) for text in eyes.texts(panel(stage)))
