"""The history panel: filtered, searched, called back, noted, ticked, exported; what it says when there is nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import pytest_asyncio
from PySide6.QtCore import QDate, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from tests.gui import eyes
from tests.gui.recorded_calls import HANS, STRANGER, ago, history, history_world, morning, read
from tests.gui.scenes_history import choose
from tests.gui.stage import Stage
from tests.helpers.records import call, missed
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import LANGUAGE
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.domain.history import HistoryEntry, TaskState
from wwphone.gui.history_filter import Whose
from wwphone.gui.history_mail import mail_address
from wwphone.gui.panels.history import HistoryPanel
from wwphone.gui.periods import Period
from wwphone.gui.settings_window import SettingsPage
from wwphone.gui.widgets.history_delegate import task_box
from wwphone.protocol.history import ReadHistory, SetTasks
from wwphone.services import descriptions as descriptions_module
from wwphone.services import history as history_module

EVERY = len(morning())


@pytest_asyncio.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """The window with the panel in front, and some days' calls in it; nobody waits for a next letter."""
    monkeypatch.setattr(history_module, "TYPED_S", 0.0)
    monkeypatch.setattr(descriptions_module, "TOLD_AFTER_S", 0.0)
    async with Stage("en", "light", history_world()) as made:
        await history(made)
        yield made


def panel(stage: Stage) -> HistoryPanel:
    return stage.window.history


def rows(stage: Stage) -> list[HistoryEntry]:
    return list(stage.world.services.history.rows) if panel(stage).list.isVisible() else []


def names(stage: Stage) -> list[str]:
    model = panel(stage).model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


async def shows(stage: Stage, count: int) -> None:
    record = stage.world.services.history
    await wait_until_async(lambda: not record.reading and len(rows(stage)) == count, f"{count} calls")
    await stage.settled()


def server_row(stage: Stage, entry: HistoryEntry) -> HistoryEntry:
    return stage.world.link.history.entries[entry.entry_id]


def _is_in(stage: Stage, entry: HistoryEntry, state: TaskState) -> bool:
    return server_row(stage, entry).task is state


def dialled(stage: Stage) -> list[str]:
    return [each.remote.number for each in stage.calls.running]


# ---------------------------------------------------------------- what is shown


async def test_every_call_stands_there_by_name_newest_first(office: Stage) -> None:
    assert names(office)[:4] == [
        "Hans Brändli · Brändli Haustechnik GmbH",
        "+41617008090",
        "Anita Oberholzer · Gemeinde Wetzikon",
        "Beat Keller",
    ]
    assert "Number withheld" in names(office)
    assert len(rows(office)) == EVERY


async def test_a_screen_reader_hears_all_that_shape_and_colour_say(office: Stage) -> None:
    model = panel(office).model
    heard = [str(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(EVERY)]
    assert heard[0].startswith(
        "Hans Brändli · Brändli Haustechnik GmbH, 052 333 44 55, from outside, missed, "
    )
    assert heard[0].endswith(", to be called back")
    assert heard[1].endswith("to be called back, with a note")
    assert "+49 89 12345678, Sales, taken by Beat Keller" in heard[4]
    assert "missed" in heard[5]
    assert "done by Carla" in heard[5]
    assert "outgoing, no answer" in heard[6]


@pytest.mark.parametrize(("button", "count"), [("Missed", 4), ("In", 9), ("Out", 3), ("All", EVERY)], ids=str)
async def test_the_buttons_filter(office: Stage, button: str, count: int) -> None:
    panel(office)._form.out_button.click()
    await shows(office, 3)
    eyes.click(button, panel(office))
    await shows(office, count)


async def test_the_menu_filters_and_a_line_says_so(office: Stage) -> None:
    filters = panel(office).filters
    filters._whose_actions[Whose.GROUPS].trigger()
    await shows(office, 3)
    assert "Only my groups’ calls · 3 calls" in eyes.texts(panel(office))
    filters._open_only.trigger()
    await shows(office, 1)
    eyes.click("Remove these filters", panel(office))
    await shows(office, EVERY)
    filters._whose_actions[Whose.MINE].trigger()
    await shows(office, EVERY - 3)


@pytest.mark.parametrize(("period", "count"), [(Period.TODAY, 5), (Period.ALWAYS, EVERY)], ids=str)
async def test_a_period_filters(office: Stage, period: Period, count: int) -> None:
    panel(office).filters._period_actions[Period.MONTH].trigger()
    await read(office)
    assert 5 <= len(rows(office)) < EVERY
    panel(office).filters._period_actions[period].trigger()
    await shows(office, count)


async def test_days_filter_both_ends_included(office: Stage) -> None:
    form = panel(office)._form.dates
    panel(office).filters._period_actions[Period.DAYS].trigger()
    await shows(office, 5)
    yesterday = QDate.currentDate().addDays(-1)
    form.until.setDate(yesterday)
    assert form.since.date() == yesterday, "the first day never follows the last one"
    await shows(office, 3)
    form.until.setDate(QDate.currentDate())
    await shows(office, 8)


async def test_only_the_calls_with_somebody(office: Stage) -> None:
    office.world.link.history.write(call(500, party=Party("0523334455"), started_at=ago(5, 9, 0)))
    await office.settled()
    choose(office, 0)
    panel(office).menu.open(rows(office)[0], QPoint(0, 0))
    eyes.choose(panel(office).menu.menu, "Only calls with Hans Brändli · Brändli Haustechnik GmbH")
    panel(office).menu.menu.close()
    await shows(office, 2)
    assert any(text.startswith("Only calls with Hans Brändli") for text in eyes.texts(panel(office)))


async def test_typing_in_the_list_searches_and_escape_leads_back(office: Stage) -> None:
    choose(office, 0)
    eyes.type_into(panel(office).list, "off")
    eyes.type_into(panel(office)._form.search, "er fri")
    await shows(office, 1)
    assert rows(office)[0].party.number == "+41449312345"
    eyes.press(panel(office)._form.search, Qt.Key.Key_Escape)
    await shows(office, EVERY)


async def test_what_fits_nothing_says_so_and_leads_back(office: Stage) -> None:
    eyes.type_into(panel(office)._form.search, "Wilhelm Tell")
    await wait_until_async(lambda: "No call fits." in eyes.texts(panel(office)), "the sentence")
    eyes.click("Show everything", panel(office))
    await shows(office, EVERY)


async def test_a_new_call_appears_and_the_cursor_stays_on_its_own(office: Stage) -> None:
    chosen = choose(office, 2)
    office.world.link.history.write(missed(900, started_at=ago(0, 11, 0), party=HANS))
    await office.settled()
    assert len(rows(office)) == EVERY + 1
    assert panel(office)._current() == chosen
    assert panel(office).list.currentIndex().row() == 3


# ---------------------------------------------------------------- what can be done


async def test_enter_calls_back_and_so_does_the_button(office: Stage) -> None:
    choose(office, 0)
    eyes.press(panel(office).list, Qt.Key.Key_Return)
    await office.settled()
    assert dialled(office) == [HANS.number]
    choose(office, 1)
    eyes.click("Call back", panel(office))
    await office.settled()
    assert dialled(office) == [HANS.number, STRANGER.number]


async def test_without_a_number_nobody_is_called(office: Stage) -> None:
    choose(office, names(office).index("Number withheld"))
    eyes.press(panel(office).list, Qt.Key.Key_Return)
    await office.settled()
    assert dialled(office) == []
    for name in ("Call back", "Copy the number", "Add to the phone book"):
        assert not eyes.button(name, panel(office)).isEnabled()


async def test_a_number_is_copied(office: Stage) -> None:
    choose(office, 1)
    eyes.press(panel(office).list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == STRANGER.number


async def test_a_stranger_goes_into_the_phone_book_and_a_known_one_is_shown_there(office: Stage) -> None:
    choose(office, 1)
    eyes.click("Add to the phone book", panel(office))
    [editor] = office.window.phonebook_changes.editors
    assert editor.details.office == STRANGER.number
    editor.reject()
    choose(office, 0)
    eyes.click("Show in the phone book", panel(office))
    [editor] = office.window.phonebook_changes.editors
    assert editor.windowTitle() == "Hans Brändli"


async def test_space_ticks_a_missed_call_and_opens_it_again(office: Stage) -> None:
    entry = choose(office, 0)
    for state in (TaskState.DONE, TaskState.OPEN):
        eyes.press(panel(office).list, Qt.Key.Key_Space)
        await wait_until_async(partial(_is_in, office, entry, state), "the tick")
        await office.settled()
    choose(office, 2)
    eyes.press(panel(office).list, Qt.Key.Key_Space)
    await office.settled()
    ticks = [command for command in office.world.link.commands if isinstance(command, SetTasks)]
    assert len(ticks) == 2, "other calls are no tasks"


async def test_the_box_of_a_row_is_ticked_by_the_mouse_and_calls_nobody(office: Stage) -> None:
    view, model = panel(office).list, panel(office).model
    entry = rows(office)[0]
    box = task_box(view.visualRect(model.index(0))).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    await wait_until_async(lambda: server_row(office, entry).task is TaskState.DONE, "the tick")
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box)
    await office.settled()
    assert dialled(office) == []


async def test_what_is_ticked_out_of_sight_can_be_brought_back(office: Stage) -> None:
    panel(office).filters._open_only.trigger()
    await shows(office, 3)
    choose(office, 1)
    eyes.click("Mark as done", panel(office))
    await shows(office, 2)
    await wait_until_async(lambda: bool(office.window.banners.notice.text), "the notice")
    assert office.window.banners.notice.text == "The call of 061 700 80 90 is done."
    eyes.click("Undo", office.window)
    await shows(office, 3)


async def test_a_tick_that_is_refused_says_why(office: Stage) -> None:
    office.world.link.refuse(SetTasks, WireError(ErrorCode.NOT_FOUND, "no such row"))
    choose(office, 0)
    eyes.click("Mark as done", panel(office))
    await wait_until_async(lambda: bool(office.window.banners.problem.text), "the reason")
    assert office.window.banners.problem.text == "It is not there any more."


async def test_details_say_everything_and_the_note_is_kept_as_one_types(office: Stage) -> None:
    entry = choose(office, 2)
    eyes.press(panel(office).list, Qt.Key.Key_F2)
    await office.settled()
    said = eyes.texts(panel(office)._form.detail_area)
    for text in ("Anita Oberholzer · Gemeinde Wetzikon", "incoming, from outside, answered", "2:41", "0:06"):
        assert text in said
    note = panel(office)._form.note
    note.setFocus()
    note.setPlainText("sent on Monday")
    await wait_until_async(lambda: server_row(office, entry).note == "sent on Monday", "the note")
    choose(office, 3)
    assert note.toPlainText() == ""
    eyes.press(panel(office).list, Qt.Key.Key_Escape)
    assert not panel(office)._form.detail_area.isVisible()


async def test_done_by_somebody_else_stands_in_the_details(office: Stage) -> None:
    choose(office, 5)
    eyes.click("Details", panel(office))
    await office.settled()
    assert any(text.startswith("done by Carla") for text in eyes.texts(panel(office)._form.detail_area))


async def test_a_call_is_sent_as_e_mail(office: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []

    def note(url: QUrl) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    choose(office, 1)
    eyes.click("Send as e-mail", panel(office))
    [url] = opened
    fields = parse_qs(urlsplit(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)).query)
    assert url.path() == ""
    assert fields["subject"][0].startswith("Call from +41617008090, ")
    assert "Number: +41617008090\r\n" in fields["body"][0]
    assert fields["body"][0].endswith("Rang twice this morning")


def test_a_strangers_name_adds_no_recipient_and_no_field() -> None:
    bad = "Eve\r\nBcc: x@y.ch&bcc=x@y.ch?to=\u202eevil\x00"
    link = mail_address(bad, [("Name", bad), ("Empty", "")], "one\ntwo&cc=a@b.ch")
    assert link.startswith("mailto:?subject=")
    assert link.count("?") == 1
    assert [part.split("=")[0] for part in link.split("?", 1)[1].split("&")] == ["subject", "body"]
    assert "\n" not in unquote(link.split("&body=")[0])
    assert "\u202e" not in unquote(link)
    assert unquote(link).endswith("one\r\ntwo&cc=a@b.ch")


# ---------------------------------------------------------------- badge, line, server


async def test_the_rail_and_the_icon_beside_the_clock_tell_how_many_were_missed(office: Stage) -> None:
    button = office.window._form.history_button
    assert (button.count, button.accessibleName()) == (3, "History, 3 missed calls")
    assert button.toolTip() == "History, 3 missed calls (Ctrl+3)"
    assert office.shell.tray.icon.toolTip() == "wwphone · Available · 3 missed calls"
    office.world.link.history.write(*(replace(entry, task=TaskState.DONE) for entry in rows(office)[:2]))
    office.world.link.history.write(replace(rows(office)[8], task=TaskState.DONE))
    await office.settled()
    assert (button.count, button.accessibleName()) == (0, "History")
    assert office.shell.tray.icon.toolTip() == "wwphone · Available"


async def test_the_line_breaks_and_one_still_reads_and_writes_notes(office: Stage) -> None:
    entry = choose(office, 2)
    eyes.click("Details", panel(office))
    office.world.link.cut(LinkProblem.LINE_LOST)
    await office.settled()
    assert len(rows(office)) == EVERY
    assert any(
        text.startswith("No line to the server: these calls are as of ") for text in eyes.texts(panel(office))
    )
    assert not panel(office)._form.search.isEnabled()
    assert not eyes.button("Mark as done", panel(office)).isEnabled()
    panel(office)._form.note.setPlainText("in the dark")
    await office.settled()
    kept = "Kept on this computer; the server gets it when the line is back."
    assert kept in eyes.texts(panel(office))
    office.world.link.heal()
    await wait_until_async(lambda: server_row(office, entry).note == "in the dark", "the note at the server")
    await office.settled()
    assert panel(office)._form.search.isEnabled()
    assert kept not in eyes.texts(panel(office))


async def test_a_refusal_says_why_and_can_be_tried_again(office: Stage) -> None:
    office.world.link.refuse(ReadHistory, WireError(ErrorCode.INTERNAL, "disk full"))
    eyes.click("Out", panel(office))
    text = "The server made a mistake. Its log says more."
    await wait_until_async(lambda: text in eyes.texts(panel(office)), "the reason")
    assert rows(office) == [], "they answer another question"
    office.world.link.refuse(ReadHistory, None)
    eyes.click("Try again", panel(office))
    await shows(office, 3)


async def test_before_a_sign_in_it_offers_one(stage: Stage) -> None:
    await stage.show()
    stage.window._form.history_button.click()
    assert "Your calls appear here as soon as you are signed in." in eyes.texts(panel(stage))
    eyes.click("Sign in", panel(stage))
    assert stage.shell.sign_in_dialog is not None


async def test_an_older_server_is_named(signed_in: Stage) -> None:
    signed_in.window._form.history_button.click()
    text = "This server keeps no record of calls. Your administrator brings it up to date."
    await wait_until_async(lambda: text in eyes.texts(panel(signed_in)), "the sentence")
    assert signed_in.window._form.history_button.count == 0


async def test_missed_calls_by_e_mail_are_switched_in_the_settings(office: Stage) -> None:
    office.shell.open_settings(SettingsPage.GENERAL)
    window = office.shell.settings_window
    assert window is not None
    box = window._form.missed_mail
    assert box.isEnabled()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(9, box.height() // 2))
    await wait_until_async(lambda: office.world.services.history.state.mail_missed, "the switch")
    assert box.isChecked()
    assert office.world.link.history.mail_language == "en"
    office.world.link.cut()
    await office.settled()
    assert not box.isEnabled()
    assert "No line to the server" in window._form.missed_mail_help.text()


async def test_missed_calls_by_e_mail_need_a_server_that_can(qapp: object) -> None:
    async with Stage("en", "light", history_world(mail_possible=False)) as stage:
        await stage.signed_in()
        stage.shell.open_settings(SettingsPage.GENERAL)
        window = stage.shell.settings_window
        assert window is not None
        assert not window._form.missed_mail.isEnabled()
        assert "no address of yours" in window._form.missed_mail_help.text()


async def test_missed_calls_by_e_mail_follow_the_language_and_can_always_be_switched_off(
    office: Stage,
) -> None:
    office.shell.open_settings(SettingsPage.GENERAL)
    window = office.shell.settings_window
    assert window is not None
    box, history = window._form.missed_mail, office.world.link.history
    box.click()
    await wait_until_async(lambda: office.world.services.history.state.mail_missed, "the switch")
    language = window.general.field(LANGUAGE)
    assert isinstance(language, QComboBox)
    language.setCurrentIndex(language.findData("de"))
    language.activated.emit(language.currentIndex())
    await wait_until_async(lambda: history.mail_language == "de", "the language to be told")
    history.lose_mail()
    await office.settled()
    assert box.isEnabled()
    assert "Der Server kann" in window._form.missed_mail_help.text()
    box.click()
    await wait_until_async(lambda: not office.world.services.history.state.mail_missed, "the switch")
    await wait_until_async(lambda: not box.isEnabled(), "that nothing can be done here")
