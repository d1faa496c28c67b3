"""Recording calls from their cards: begun, paused, stopped by mouse and keyboard; the sign, also of what others record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.kept_recordings import recorder_world, running
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.recording import AutomaticRecording, RecordingEnd
from wwphone.gui.settings_window import SettingsPage
from wwphone.gui.widgets.call_card import CallCard
from wwphone.protocol.recording import PauseRecording, StartRecording, StopRecording

CTRL, CTRL_SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Stage]:
    """The window of somebody who may record, signed in."""
    async with Stage("en", "light", recorder_world()) as made:
        await made.signed_in()
        yield made


def card(stage: Stage, call_id: str) -> CallCard:
    found = stage.window.cards.card(call_id)
    assert found is not None
    return found


async def says(stage: Stage, call_id: str, text: str) -> None:
    await wait_until_async(lambda: card(stage, call_id).recording.text.startswith(text), text or "nothing")
    await stage.settled()


async def test_the_button_begins_pauses_goes_on_and_ends(office: Stage) -> None:
    call_id = await office.talking("Beat")
    shown = card(office, call_id)
    eyes.click("Record the call", shown)
    await says(office, call_id, "Recording · 0:0")
    assert not eyes.has_button("Record the call", shown)
    assert "Recording · 0:0" in shown.accessibleName()
    eyes.click("Pause the recording", shown)
    await says(office, call_id, "Recording paused")
    eyes.click("Go on recording", shown)
    await says(office, call_id, "Recording · 0:0")
    eyes.click("Stop recording", shown)
    await says(office, call_id, "")
    assert eyes.has_button("Record the call", shown)
    asked = [type(each) for each in office.world.link.commands]
    assert [each for each in asked if each in (StartRecording, PauseRecording, StopRecording)] == [
        StartRecording,
        PauseRecording,
        PauseRecording,
        StopRecording,
    ]


async def test_the_keys_do_the_same(office: Stage) -> None:
    call_id = await office.talking("Beat")
    eyes.press(office.window, Qt.Key.Key_R, CTRL)
    await says(office, call_id, "Recording · ")
    eyes.press(office.window, Qt.Key.Key_R, CTRL_SHIFT)
    await says(office, call_id, "Recording paused")
    eyes.press(office.window, Qt.Key.Key_R, CTRL)
    await says(office, call_id, "")


async def test_who_is_recorded_sees_by_whom_and_cannot_end_it(office: Stage) -> None:
    call_id = await office.talking("Beat")
    fake = office.world.link.recording
    fake.begin(running(office, call_id, "beat", automatic=True))
    await says(office, call_id, "Beat Keller records this call (automatically)")
    assert not eyes.has_button("Stop recording", card(office, call_id))
    fake.begin(running(office, call_id, "", recording_id="run-hidden"))
    fake.end("run-beat")
    await says(office, call_id, "This call is being recorded")
    assert "a call is being recorded" in office.shell.tray.icon.toolTip()


async def test_only_who_may_and_only_with_somebody_there_sees_the_button() -> None:
    async with Stage("en", "light", recorder_world(may_record=False)) as stage:
        await stage.signed_in()
        assert not eyes.has_button("Record the call", card(stage, await stage.talking("Beat")))
    async with Stage("en", "light", recorder_world()) as stage:
        await stage.signed_in()
        call_id = await stage.outgoing("Beat", rings=True)
        assert not eyes.has_button("Record the call", card(stage, call_id))
        stage.engine.far_end_answers(call_id)
        await stage.settled()
        assert eyes.has_button("Record the call", card(stage, call_id))
        stage.world.link.cut(LinkProblem.LINE_LOST)
        await stage.settled()
        assert not eyes.has_button("Record the call", card(stage, call_id))


async def test_a_refusal_is_told_and_the_call_goes_on(office: Stage) -> None:
    call_id = await office.talking("Beat")
    office.world.link.refuse(StartRecording, WireError(ErrorCode.NO_SPACE, "full"))
    eyes.click("Record the call", card(office, call_id))
    await wait_until_async(lambda: office.window.banners.problem.text != "", "the reason")
    assert office.window.banners.problem.text == "The server's disk is full: nothing can be recorded."
    assert office.calls.call(call_id) is not None


async def test_an_end_that_one_did_not_ask_for_is_told(office: Stage) -> None:
    call_id = await office.talking("Beat")
    fake = office.world.link.recording
    fake.begin(running(office, call_id))
    await says(office, call_id, "Recording · 0:4")
    fake.end("run-anna", RecordingEnd.RIGHT_WITHDRAWN)
    await says(office, call_id, "")
    assert office.window.banners.problem.text.startswith("Recording has ended: you lack the right now.")


async def test_settings_say_what_is_recorded_by_itself(office: Stage) -> None:
    office.shell.open_settings(SettingsPage.GENERAL)
    settings = office.shell.settings_window
    assert settings is not None
    text = settings._form.recording_text
    assert text.text().startswith("None of your calls is recorded automatically. You may record calls")
    office.world.link.recording.set_rules(AutomaticRecording.ALL, tone=True)
    await office.settled()
    assert text.text().startswith("All your calls are recorded automatically.")
    assert text.text().endswith("Everybody in a recorded call hears a tone.")
    profile = office.world.link.mirror.profile
    assert profile is not None
    office.world.link.replace(
        replace(office.world.link._truth.state(), profile=replace(profile, rights=frozenset()))
    )
    await office.settled()
    assert "You may record" not in text.text()
