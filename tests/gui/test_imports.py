"""Importing and exporting from the window: each step, what is refused, cancelling, replacing all, undoing, dropped files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from tests.gui import eyes
from tests.gui.contacts import ANITA, EVERYBODYS, HANS, OWN, book_world, phone_book
from tests.gui.scenes_imports import CHANGED, NEW, WRONG, at, busy, csv_of, importing
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.formats import ExportFormat, read_contacts
from wwphone.domain.imports import values_of
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui.exports import ExportDialog
from wwphone.gui.imports import ImportDialog, Step, Way, Whose
from wwphone.gui.past_imports import PastImportsDialog
from wwphone.protocol.imports import CarryOutImport, DropImport, SendRows, UndoImport


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with the phone book in front."""
    async with Stage("en", "light", book_world()) as made:
        await phone_book(made)
        yield made


def everybodys(stage: Stage) -> set[ContactDetails]:
    return {one.details for one in stage.world.link.phonebook.contacts.values() if not one.personal}


def own(stage: Stage) -> set[ContactDetails]:
    return {one.details for one in stage.world.link.phonebook.contacts.values() if one.personal}


def counts(dialog: ImportDialog) -> dict[str, str]:
    """What the preview shows, by the words before it."""
    form = dialog._form
    return {
        label.text(): shown.text()
        for label, shown in (
            (form.new_label, form.new),
            (form.changed_label, form.changed),
            (form.gone_label, form.gone),
            (form.same_label, form.same),
            (form.refused_label, form.refused),
        )
        if shown.isVisible()
    }


def step(dialog: ImportDialog) -> Step:
    return dialog._step


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def choose(dialog: ImportDialog, way: Way) -> None:
    dialog._form.mode.setCurrentIndex(way)
    dialog._form.mode.activated.emit(way)
    await wait_until_async(lambda: not busy(dialog), "the counts")


async def test_a_file_is_added_step_by_step(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW, CHANGED, ANITA, NEW[0], more=WRONG))
    assert counts(dialog) == {"New": "2", "Changed": "1", "The same as now": "1", "Refused": "3"}
    assert dialog._form.new.accessibleName() == "New: 2"
    assert dialog._form.refused_list.toPlainText().splitlines() == [
        "Line 6: the same entry stands in line 2 already",
        "Line 7: “wie früher” is no number that can be dialled (office number)",
        "Line 8: 3 columns instead of six",
    ]
    assert everybodys(book) == set(EVERYBODYS), "nothing is written before one says so"
    eyes.click("Import", dialog)
    await at(dialog, Step.RESULT)
    assert dialog._form.result.text() == "Imported from Kunden 2026.csv. New: 2. Changed: 1. Deleted: 0."
    assert everybodys(book) >= {*NEW, ANITA}
    assert len(everybodys(book)) == len(EVERYBODYS) + 2
    service = book.world.services.phonebook
    await wait_until_async(lambda: bool(service.find("caflisch")), "the new entry here")
    eyes.click("Undo", dialog)
    await wait_until_async(lambda: not eyes.has_button("Undo", dialog), "the undoing")
    assert dialog._form.result.text() == "The import is undone."
    assert everybodys(book) == set(EVERYBODYS)
    eyes.click("Close", dialog)
    assert book.window.phonebook_files.dialogs == []


async def test_replacing_all_asks_once_more_and_back_is_a_way_out(book: Stage) -> None:
    dialog = await importing(book, csv_of(HANS, *NEW))
    await choose(dialog, Way.REPLACE)
    gone = len(EVERYBODYS) - 1
    assert counts(dialog)["Deleted"] == f"{gone}"
    eyes.click("Import", dialog)
    assert step(dialog) is Step.SURE
    assert f"{gone}" in dialog._form.sure.text()
    assert dialog._form.cancel.hasFocus(), "Enter does not delete"
    eyes.click("Back", dialog)
    assert step(dialog) is Step.PREVIEW
    eyes.click("Import", dialog)
    eyes.click(f"Delete {gone} and import", dialog)
    await at(dialog, Step.RESULT)
    assert len(everybodys(book)) == 3
    assert own(book) == set(OWN), "one's own stay"


async def test_the_keyboard_is_enough(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW))
    eyes.press(dialog, Qt.Key.Key_Return)
    await at(dialog, Step.RESULT)
    eyes.press(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    dialog = await importing(book, csv_of(*NEW))
    assert not dialog._form.go.isEnabled(), "there is nothing to import twice"
    eyes.press(dialog, Qt.Key.Key_Escape)
    assert book.window.phonebook_files.dialogs == []
    await wait_until_async(lambda: not book.world.link.imports.staged, "it to be dropped")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There are no entries in this file."),
        (b"Name;Telefon\r\n", "The first line of a CSV file must be"),
        (b"PK\x03\x04xxx", "This is a workbook."),
        (b"First name,Last name,Company,Number Private,Number Office,Number Mobile\r\n", "semicolons"),
    ],
    ids=["empty", "head", "workbook", "commas"],
)
async def test_a_wrong_file_says_why_and_another_can_be_chosen(book: Stage, data: bytes, said: str) -> None:
    dialog = await importing(book, data)
    assert dialog._step is Step.FILE
    assert said in dialog._form.problem.text()
    assert book.world.link.imports.staged == {}


async def test_a_file_that_is_gone_says_so_and_none_at_all_too(book: Stage, tmp_path: Path) -> None:
    book.window.phonebook_files.bring_in()
    [dialog] = book.window.phonebook_files.dialogs
    assert isinstance(dialog, ImportDialog)
    eyes.click("Continue", dialog)
    assert dialog._form.problem.text() == "Choose a file first."
    dialog.take(tmp_path / "gone.csv")
    eyes.click("Continue", dialog)
    await wait_until_async(lambda: "cannot be read" in dialog._form.problem.text(), "a sentence")


async def test_cancelling_half_way_leaves_nothing(book: Stage, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv_of(*(ContactDetails("Hans", f"Nummer {at}") for at in range(1000))))
    link = book.world.link
    waits = asyncio.Event()
    request = link.request

    async def slow(command: object) -> object:
        if isinstance(command, SendRows) and command.first:
            await waits.wait()
        return await request(command)  # type: ignore[arg-type]

    link.request = slow  # type: ignore[method-assign,assignment]
    book.window.phonebook_files.bring_in(file)
    [dialog] = book.window.phonebook_files.dialogs
    assert isinstance(dialog, ImportDialog)
    eyes.click("Continue", dialog)
    await wait_until_async(lambda: dialog._form.progress.value() > 0, "some progress")
    eyes.click("Cancel", dialog)
    await wait_until_async(
        lambda: any(isinstance(one, DropImport) for one in link.commands), "it to be dropped"
    )
    assert dialog._step is Step.FILE
    assert link.imports.staged == {}
    assert everybodys(book) == set(EVERYBODYS)


async def test_a_cut_line_while_sending_says_that_nothing_was_imported(book: Stage) -> None:
    book.world.link.refuse(SendRows, WireError(ErrorCode.NOT_EXECUTED, "the line broke"))
    dialog = await importing(book, csv_of(*NEW))
    assert dialog._step is Step.FILE
    assert dialog._form.problem.text().endswith("Nothing was imported.")
    book.world.link.refuse(SendRows, None)
    eyes.click("Continue", dialog)
    assert not dialog._form.problem.isVisible()


async def test_a_lost_answer_may_be_asked_for_again(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW))
    book.world.link.refuse(CarryOutImport, WireError(ErrorCode.UNKNOWN_OUTCOME, "?"))
    eyes.click("Import", dialog)
    await wait_until_async(lambda: "nothing is imported twice" in dialog._form.problem.text(), "a sentence")
    book.world.link.refuse(CarryOutImport, None)
    eyes.click("Import", dialog)
    await at(dialog, Step.RESULT)


async def test_a_change_of_meanwhile_is_counted_anew(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW))
    book.world.link.phonebook.write(NEW[0], by="beat")
    eyes.click("Import", dialog)
    await wait_until_async(
        lambda: "changed the phone book meanwhile" in dialog._form.problem.text(), "a sentence"
    )
    assert counts(dialog) == {"New": "1", "Changed": "0", "The same as now": "1", "Refused": "0"}
    eyes.click("Import", dialog)
    await at(dialog, Step.RESULT)


async def test_without_the_right_one_imports_into_ones_own() -> None:
    async with Stage("en", "light", book_world(manages=False)) as stage:
        await phone_book(stage)
        dialog = await importing(stage, csv_of(*NEW))
        assert dialog._form.whose.currentIndex() == Whose.ME
        eyes.click("Import", dialog)
        await at(dialog, Step.RESULT)
        assert own(stage) == {*OWN, *NEW}
        assert everybodys(stage) == set(EVERYBODYS)


async def test_whoever_signs_out_leaves_no_window_behind(book: Stage) -> None:
    await importing(book, csv_of(*NEW))
    book.window.phonebook_files.show_imports()
    book.window.phonebook_files.take_out()
    assert len(book.window.phonebook_files.dialogs) == 3
    await book.world.services.account.sign_out()
    await wait_until_async(lambda: not book.window.phonebook_files.dialogs, "closed windows")


async def test_refused_lines_are_saved(book: Stage, tmp_path: Path) -> None:
    dialog = await importing(book, csv_of(NEW[0], more=WRONG))
    assert eyes.has_button("Save the refused lines", dialog)
    file = tmp_path / "refused.txt"
    dialog.save_refused(file)
    await wait_until_async(lambda: file.exists() and file.read_text("utf-8").count("\n") == 2, "the list")
    dialog.save_refused(tmp_path / "none" / "refused.txt")
    await wait_until_async(lambda: "cannot be written" in dialog._form.problem.text(), "a sentence")


# ---------------------------------------------------------------- past imports


async def past(stage: Stage) -> PastImportsDialog:
    stage.window.phonebook_files.show_imports()
    dialog = stage.window.phonebook_files.dialogs[-1]
    assert isinstance(dialog, PastImportsDialog)
    await stage.settled()
    return dialog


async def test_an_import_is_undone_later(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW))
    eyes.click("Import", dialog)
    await at(dialog, Step.RESULT)
    dialog.close()
    listed = await past(book)
    row = [listed.model.index(0, column).data() for column in range(1, 8)]
    assert row == ["Anna Muster", "Kunden 2026.csv", "Everybody's", "2", "0", "0", ""]
    eyes.click("Undo this import", listed)
    await wait_until_async(lambda: everybodys(book) == set(EVERYBODYS), "the undoing")
    await wait_until_async(lambda: "Undone. Taken away: 2." in listed._form.told.text(), "a sentence")
    await wait_until_async(lambda: "undone" in listed.model.index(0, 7).data(), "the state")
    assert not listed._form.undo.isEnabled()


async def test_no_imports_say_so_and_a_refusal_too(book: Stage) -> None:
    listed = await past(book)
    assert listed.empty.text == "Nothing was imported in the last 30 days."
    dialog = await importing(book, csv_of(*NEW))
    eyes.click("Import", dialog)
    await at(dialog, Step.RESULT)
    dialog.close()
    await past(book)
    await wait_until_async(lambda: listed.model.rowCount() == 1, "the new one")
    book.world.link.refuse(UndoImport, WireError(ErrorCode.NOT_FOUND, "none"))
    eyes.click("Undo this import", listed)
    await wait_until_async(lambda: bool(listed._form.problem.text()), "a sentence")
    assert everybodys(book) > set(NEW)


# ---------------------------------------------------------------- export


async def exported(stage: Stage, file: Path, which: int, kind: int) -> ExportDialog:
    stage.window.phonebook_files.take_out()
    [dialog] = stage.window.phonebook_files.dialogs
    assert isinstance(dialog, ExportDialog)
    dialog._form.which.setCurrentIndex(which)
    dialog._form.kind.setCurrentIndex(kind)
    dialog.export(file)
    await wait_until_async(lambda: dialog._task is None, "the end")
    return dialog


@pytest.mark.parametrize(
    ("which", "wanted"),
    [(0, {*EVERYBODYS, *OWN}), (1, set(EVERYBODYS)), (2, set(OWN))],
    ids=["all", "all's", "mine"],
)
async def test_entries_are_exported(
    book: Stage, tmp_path: Path, which: int, wanted: set[ContactDetails]
) -> None:
    file = tmp_path / "a.vcf"
    dialog = await exported(book, file, which, 1)
    assert dialog._form.told.text() == f"Entries written to a.vcf: {len(wanted)}"
    assert set(read_contacts(file.read_bytes(), "a").rows) == {values_of(one) for one in wanted}
    assert names_in(tmp_path) == ["a.vcf"]


async def test_what_the_search_shows_is_exported_as_the_pbx_reads_it(book: Stage, tmp_path: Path) -> None:
    book.window.phonebook._form.search.setText("brändli")
    file = tmp_path / "a.csv"
    file.write_text("former")
    dialog = await exported(book, file, 3, 0)
    assert dialog._form.which.currentText() == "What the search shows: “brändli”"
    assert file.read_bytes().decode("utf-8-sig").splitlines()[1:] == [
        "Hans;Brändli;Brändli Haustechnik GmbH;;+41523334455;+41791234567"
    ]


async def test_what_cannot_be_written_says_so_and_leaves_nothing(book: Stage, tmp_path: Path) -> None:
    dialog = await exported(book, tmp_path / "none" / "a.csv", 0, 0)
    assert "cannot be written" in dialog._form.problem.text()
    assert names_in(tmp_path) == []
    assert ExportFormat.CSV.suffix == ".csv"


# ---------------------------------------------------------------- menu and dropped files


async def test_the_menu_says_what_needs_the_server(book: Stage) -> None:
    files = book.window.phonebook_files
    files.menu.aboutToShow.emit()
    assert [action.text() for action in files.menu.actions()] == [
        "Import …",
        "Export …",
        "Past imports …",
        "Find doubles …",
    ]
    eyes.choose(files.menu, "Past imports …")
    assert len(files.dialogs) == 1
    book.world.link.cut(LinkProblem.LINE_LOST)
    files.menu.aboutToShow.emit()
    assert [action.isEnabled() for action in files.menu.actions()] == [False, True, False, False]
    assert "No line to the server" in files.menu.actions()[0].toolTip()


def drop(stage: Stage, *files: Path, onto: int = 0) -> bool:
    """Drop files onto a part of the panel; whether they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    where = stage.window.phonebook.drop_places[onto]
    left = Qt.MouseButton.LeftButton
    event = QDropEvent(
        QPoint(5, 5).toPointF(), Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    return stage.window.phonebook_files.eventFilter(where, event)


async def test_a_dropped_file_begins_an_import(book: Stage, tmp_path: Path) -> None:
    file = tmp_path / "Kunden.VCF"
    file.write_text("BEGIN:VCARD\nVERSION:4.0\nFN:Ladina Caflisch\nEND:VCARD\n")
    assert not drop(book, tmp_path / "picture.png")
    assert not drop(book, file, file)
    assert book.window.phonebook_files.dialogs == []
    assert drop(book, file, onto=2)
    [dialog] = book.window.phonebook_files.dialogs
    assert isinstance(dialog, ImportDialog)
    assert dialog._form.file.text() == "Kunden.VCF"
    eyes.click("Continue", dialog)
    await at(dialog, Step.PREVIEW)
    assert counts(dialog)["New"] == "1"


async def test_the_language_changes_in_every_step(book: Stage) -> None:
    dialog = await importing(book, csv_of(*NEW))
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog._step is Step.PREVIEW
    assert counts(dialog)["New"] == "2"
