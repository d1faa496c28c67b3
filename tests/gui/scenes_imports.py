"""Scenes of importing and exporting: each step of an import, what is refused, the list of imports, the export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QWidget

from tests.gui.contacts import ANITA, HANS, book_world, phone_book
from tests.gui.scene import Scene
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.formats import ExportFormat, written
from wwphone.domain.imports import values_of
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui.exports import ExportDialog
from wwphone.gui.imports import ImportDialog, Step, Way
from wwphone.gui.past_imports import PastImportsDialog

Shown = Sequence[QWidget]
NEW = (
    ContactDetails("Ladina", "Caflisch", "Caflisch Metallbau", office="+41812502020"),
    ContactDetails(company="Bäckerei Rüegg", office="+41449301515"),
)
CHANGED = ContactDetails("Hans", "Brändli", "Brändli Haustechnik GmbH", "+41523334455", "+41799999999")
WRONG = 'Kurt;Bieri;;"";wie früher;\r\nRita;Frei;Frei AG\r\n'


def csv_of(*entries: ContactDetails, more: str = "") -> bytes:
    """A file of the PBX with these entries, and perhaps lines behind them."""
    return b"".join(written([values_of(one) for one in entries], ExportFormat.CSV)) + more.encode()


async def at(dialog: ImportDialog, step: Step) -> None:
    """Wait until the import stands at a step."""
    await wait_until_async(lambda: dialog._step is step, f"the step {step.name}")


async def importing(stage: Stage, data: bytes, name: str = "Kunden 2026.csv") -> ImportDialog:
    """Read a file that lies somewhere, and wait for what it would do."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        stage.window.phonebook_files.bring_in(path)
        dialogs = stage.window.phonebook_files.dialogs
        dialog = next(one for one in dialogs if isinstance(one, ImportDialog))
        dialog._form.go.click()
        await wait_until_async(
            lambda: dialog._step in (Step.PREVIEW, Step.FILE) and not busy(dialog), "an answer"
        )
    await stage.settled()
    return dialog


def busy(dialog: ImportDialog) -> bool:
    """Whether something is under way."""
    return dialog._task is not None and not dialog._task.done()


async def _menu(stage: Stage) -> Shown:
    await phone_book(stage)
    files = stage.window.phonebook_files
    stage.menu(files.menu, stage.window.phonebook.more_button)
    await stage.settled()
    return [stage.window, files.menu]


async def _file(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook_files.bring_in()
    await stage.settled()
    return stage.window.phonebook_files.dialogs


async def _file_refused(stage: Stage) -> Shown:
    await phone_book(stage)
    return [await importing(stage, b"Name,Vorname,Telefon\r\nMuster,Anna,044 123 45 67\r\n")]


async def _sending(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook_files.bring_in(Path("Kunden 2026.csv"))
    [dialog] = stage.window.phonebook_files.dialogs
    assert isinstance(dialog, ImportDialog)
    dialog._work(dialog.tr("Checking the entries …"))
    dialog._on_progress(40, 100)
    await stage.settled()
    return [dialog]


async def _preview(stage: Stage) -> Shown:
    await phone_book(stage)
    return [await importing(stage, csv_of(*NEW, CHANGED, ANITA, NEW[0], more=WRONG))]


async def _replacing(stage: Stage) -> Shown:
    [dialog] = await _preview(stage)
    assert isinstance(dialog, ImportDialog)
    dialog._form.mode.setCurrentIndex(Way.REPLACE)
    dialog._form.mode.activated.emit(Way.REPLACE)
    await wait_until_async(lambda: not busy(dialog), "the counts")
    await stage.settled()
    return [dialog]


async def _sure(stage: Stage) -> Shown:
    [dialog] = await _replacing(stage)
    assert isinstance(dialog, ImportDialog)
    dialog._form.go.click()
    await stage.settled()
    return [dialog]


async def _result(stage: Stage) -> Shown:
    [dialog] = await _sure(stage)
    assert isinstance(dialog, ImportDialog)
    dialog._form.go.click()
    await at(dialog, Step.RESULT)
    await stage.settled()
    return [dialog]


async def _imports(stage: Stage) -> Shown:
    await phone_book(stage)
    for data, name in ((csv_of(*NEW), "Kunden 2026.csv"), (csv_of(HANS), "Lieferanten.csv")):
        dialog = await importing(stage, data, name)
        if dialog._form.go.isEnabled():
            dialog._form.go.click()
            await at(dialog, Step.RESULT)
        dialog.close()
    link = stage.world.link
    await stage.world.services.imports.undo(link.imports.done[0].import_id)
    dialog = await importing(stage, csv_of(CHANGED), "Änderungen Brändli.csv")
    dialog._form.go.click()
    await at(dialog, Step.RESULT)
    dialog.close()
    return await _no_imports(stage)


async def _no_imports(stage: Stage) -> Shown:
    if not stage.window.phonebook.isVisible():
        await phone_book(stage)
    stage.window.phonebook_files.show_imports()
    await stage.settled()
    dialog = stage.window.phonebook_files.dialogs[-1]
    assert isinstance(dialog, PastImportsDialog)
    await stage.settled()
    return [dialog]


async def _export(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook._form.search.setText("brä")
    stage.window.phonebook_files.take_out()
    await stage.settled()
    [dialog] = stage.window.phonebook_files.dialogs
    assert isinstance(dialog, ExportDialog)
    return [dialog]


IMPORT_SCENES = (
    Scene("import-menu", _menu, world=book_world),
    Scene("import-file", _file, everywhere=True, world=book_world),
    Scene("import-file-no-right", _file, world=lambda: book_world(manages=False)),
    Scene("import-file-refused", _file_refused, world=book_world),
    Scene("import-sending", _sending, world=book_world),
    Scene("import-preview", _preview, everywhere=True, world=book_world),
    Scene("import-replacing", _replacing, world=book_world),
    Scene("import-sure", _sure, everywhere=True, world=book_world),
    Scene("import-result", _result, world=book_world),
    Scene("imports", _imports, everywhere=True, world=book_world),
    Scene("imports-none", _no_imports, world=book_world),
    Scene("export", _export, everywhere=True, world=book_world),
)
