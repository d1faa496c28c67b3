"""The presence history: one's own, and others' with the right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.scenes_reachability import administrator, journal
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import today
from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.presence import JournalEntry, PresenceStatus
from wwphone.gui.journal import JournalDialog, Whose
from wwphone.gui.models.journal import Column
from wwphone.gui.settings_window import SettingsPage
from wwphone.gui.words import clock
from wwphone.protocol.reachability import ReadJournal
from wwphone.services.reachability import EVERYBODY, JOURNAL_LENGTH


@pytest_asyncio.fixture
async def boss(qapp: object) -> AsyncIterator[Stage]:
    """The window of an administrator."""
    async with Stage("en", "light", administrator()) as stage:
        await stage.signed_in()
        stage.world.link.reachability.journal = journal()
        yield stage


async def opened(stage: Stage) -> JournalDialog:
    eyes.choose(stage.window._form.presence_button.menu(), "My presence history")
    await stage.settled()
    dialog = stage.shell.journal_dialog
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def row(dialog: JournalDialog, place: int) -> list[str]:
    """What one reads in a row, hidden columns left out."""
    table = dialog._form.entries
    assert table.isVisible()
    shown = [column for column in Column if not table.isColumnHidden(column)]
    return [str(dialog.model.data(dialog.model.index(place, column))) for column in shown]


async def choose(stage: Stage, dialog: JournalDialog, whose: Whose) -> None:
    dialog._form.whose.setCurrentIndex(whose)
    dialog._form.whose.activated.emit(whose)
    await stage.settled()


async def scroll_to_end(stage: Stage, dialog: JournalDialog) -> None:
    bar = dialog._form.entries.verticalScrollBar()
    bar.setValue(bar.minimum())
    bar.setValue(bar.maximum())
    await stage.settled()


async def test_my_own_newest_first(signed_in: Stage) -> None:
    signed_in.world.link.reachability.journal = journal()
    dialog = await opened(signed_in)
    assert signed_in.world.link.commands == [ReadJournal(None, JOURNAL_LENGTH)]
    assert dialog.model.rowCount() == 7
    assert row(dialog, 0) == [clock(today(11, 42)), "Internal only", "on", "", "Anna Muster", "LAPTOP-17"]
    assert row(dialog, 1)[3:] == ["Hotline: logged out", "the administrator", "wwphone-server"]
    assert row(dialog, 2)[3] == "Holiday: on"
    assert row(dialog, 4) == [clock(today(9, 30)), "Available", "off", "", "by itself", ""]
    assert row(dialog, 5) == [
        clock(today(9, 5)), f"back at {clock(today(9, 30))}", "off", "", "Anna Muster", "PC-EMPFANG"
    ]  # fmt: skip
    assert not dialog._form.choice.isVisible(), "others' is not for everybody"
    assert dialog._form.remark.text() == ""


async def test_an_entry_is_read_out_whole(signed_in: Stage) -> None:
    signed_in.world.link.reachability.journal = journal()
    dialog = await opened(signed_in)
    said = dialog.model.data(dialog.model.index(0, Column.AT), Qt.ItemDataRole.AccessibleTextRole)
    assert said == (
        f"When: {clock(today(11, 42))}, Person: Anna Muster, Presence: Internal only, Do not disturb: on, "
        "By: Anna Muster, Device: LAPTOP-17"
    )


async def test_it_is_reached_from_the_settings_and_walked_by_keyboard(signed_in: Stage) -> None:
    signed_in.world.link.reachability.journal = journal()
    signed_in.shell.open_settings(SettingsPage.GENERAL)
    await signed_in.settled()
    assert signed_in.shell.settings_window is not None
    eyes.click("My presence history", signed_in.shell.settings_window)
    await signed_in.settled()
    dialog = signed_in.shell.journal_dialog
    assert dialog is not None
    table = dialog._form.entries
    assert table.hasFocus()
    eyes.press(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 1
    eyes.press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


async def test_a_change_while_it_is_open_appears(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    assert dialog.empty.text == "No change yet. Each one will stand here."
    signed_in.window.header.choose(PresenceStatus.UNAVAILABLE)
    await signed_in.settled()
    assert row(dialog, 0)[1] == "Unavailable"
    eyes.click("Do not disturb", signed_in.window)
    await signed_in.settled()
    assert row(dialog, 0)[1:3] == ["Unavailable", "on"]
    assert dialog.model.rowCount() == 2


async def test_a_refusal_is_said_and_can_be_tried_again(signed_in: Stage) -> None:
    signed_in.world.link.reachability.journal = journal()
    signed_in.world.link.refuse(ReadJournal, WireError(ErrorCode.INTERNAL, "a mistake"))
    dialog = await opened(signed_in)
    assert dialog.empty.text == SENTENCES_OF[ErrorCode.INTERNAL]
    assert not dialog._form.entries.isVisible()
    signed_in.world.link.refuse(ReadJournal, None)
    eyes.click("Try again", dialog)
    await signed_in.settled()
    assert dialog.model.rowCount() == 7


async def test_that_there_may_be_more_is_said(signed_in: Stage) -> None:
    own = [entry for entry in journal() if entry.user == "anna"]
    many = 2 * JOURNAL_LENGTH + 7
    everything = [replace(own[0], entry_id=many - place) for place in range(many)]
    signed_in.world.link.reachability.journal = everything
    dialog = await opened(signed_in)
    assert dialog.model.rowCount() == JOURNAL_LENGTH
    said = "These are the latest {} changes. Older ones come when you scroll to the end."
    assert dialog._form.remark.text() == said.format(JOURNAL_LENGTH)

    await scroll_to_end(signed_in, dialog)
    assert dialog.model.rowCount() == 2 * JOURNAL_LENGTH
    assert signed_in.world.link.commands[-1] == ReadJournal(None, JOURNAL_LENGTH, before=JOURNAL_LENGTH + 8)
    signed_in.window.header.choose(PresenceStatus.UNAVAILABLE)
    await signed_in.settled()
    assert dialog.model.rowCount() == 2 * JOURNAL_LENGTH + 1, "a new one does not take the older ones away"

    await scroll_to_end(signed_in, dialog)
    assert dialog.model.rowCount() == many + 1
    assert dialog._form.remark.text() == ""


async def test_older_ones_that_cannot_be_had_are_asked_for_again(signed_in: Stage) -> None:
    (first, *_) = journal()
    everything = [replace(first, entry_id=JOURNAL_LENGTH + 5 - place) for place in range(JOURNAL_LENGTH + 5)]
    signed_in.world.link.reachability.journal = everything
    dialog = await opened(signed_in)
    signed_in.world.link.refuse(ReadJournal, WireError(ErrorCode.INTERNAL, "a mistake"))
    await scroll_to_end(signed_in, dialog)
    assert dialog.model.rowCount() == JOURNAL_LENGTH
    assert dialog._form.remark.text() == SENTENCES_OF[ErrorCode.INTERNAL]
    signed_in.world.link.refuse(ReadJournal, None)
    await scroll_to_end(signed_in, dialog)
    assert dialog.model.rowCount() == JOURNAL_LENGTH + 5


async def test_a_late_refusal_says_nothing_under_another_persons_entries(
    boss: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *_) = journal()
    many = [replace(first, entry_id=JOURNAL_LENGTH + 5 - place) for place in range(JOURNAL_LENGTH + 5)]
    boss.world.link.reachability.journal = many
    dialog = await opened(boss)
    service = boss.world.services.reachability
    read, refused = service.read_journal, asyncio.Event()

    async def late(user: str | None, before: int = 0) -> tuple[JournalEntry, ...]:
        if not before:
            return await read(user, before)
        await refused.wait()
        raise CommandRefusedError(WireError(ErrorCode.INTERNAL, "a mistake"))

    monkeypatch.setattr(service, "read_journal", late)
    await scroll_to_end(boss, dialog)
    await choose(boss, dialog, Whose.EVERYBODY)
    remark, shown = dialog._form.remark.text(), dialog.model.rowCount()
    assert remark.startswith("These are the latest")
    refused.set()
    await boss.settled()
    assert dialog._form.remark.text() == remark
    assert dialog.model.rowCount() == shown
    assert dialog.model.more, "older ones of this list can still be had"


async def test_an_administrator_sees_everybody(boss: Stage) -> None:
    dialog = await opened(boss)
    assert dialog._form.choice.isVisible()
    assert not dialog._form.person.isVisible()
    await choose(boss, dialog, Whose.EVERYBODY)
    assert boss.world.link.commands[-1] == ReadJournal(EVERYBODY, JOURNAL_LENGTH)
    assert dialog.model.rowCount() == 9
    assert row(dialog, 4)[:3] == [clock(today(10, 30)), "Dario Lüthi", "Available"]


async def test_an_administrator_finds_one_person(boss: Stage) -> None:
    dialog = await opened(boss)
    await choose(boss, dialog, Whose.PERSON)
    assert dialog.empty.text == "Type whose history you want to see."
    field = dialog._form.person
    assert field.hasFocus()
    eyes.type_into(field, "dari")
    await boss.settled()
    eyes.press(field, Qt.Key.Key_Down)
    eyes.press(field, Qt.Key.Key_Return)
    await boss.settled()
    assert boss.world.link.commands[-1] == ReadJournal("dario", JOURNAL_LENGTH)
    assert [row(dialog, place)[1] for place in range(dialog.model.rowCount())] == ["Dario Lüthi"] * 2

    field.setText("Wilhelm Tell")
    eyes.press(field, Qt.Key.Key_Return)
    await boss.settled()
    assert dialog.isVisible(), "Enter in a field closes nothing"
    assert dialog.empty.text == "Nobody of this name or number."


async def test_a_right_withdrawn_meanwhile_is_said(boss: Stage) -> None:
    dialog = await opened(boss)
    boss.world.link.refuse(ReadJournal, WireError(ErrorCode.NOT_PERMITTED, "no"))
    await choose(boss, dialog, Whose.EVERYBODY)
    assert dialog.empty.text == SENTENCES_OF[ErrorCode.NOT_PERMITTED]
    assert not dialog._form.entries.isVisible()


async def test_it_closes_with_the_session(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    await signed_in.world.services.account.sign_out()
    await signed_in.settled()
    assert not dialog.isVisible()
