"""`wwphone-server phonebook import|export|imports|undo-import`: whole files, as the window does it."""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from wwphone.domain.contact_files import (
    MAX_FILE_BYTES,
    ContactFile,
    FileRefusal,
    FileRefusedError,
    shortened,
)
from wwphone.domain.formats import ExportFormat, known_fields, read_contacts, written
from wwphone.domain.imports import (
    KEPT_DAYS,
    MAX_FILE_NAME,
    RefusalReason,
    RefusedLine,
    Values,
    details_of,
    values_of,
)
from wwphone.domain.phonebook import MAX_PERSONAL_CONTACTS
from wwphone.domain.presence import BY_ADMINISTRATOR
from wwphone.server.api import Store
from wwphone.server.clock import utc_now
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.imports_api import BookMovedError, ImportForecast, ImportOrder, StagedImport, StagedPage
from wwphone.server.phonebook_api import GLOBAL
from wwphone.server.phonebook_rules import DetailsRefusedError, checked_details
from wwphone.server.services.phone_numbers import PhoneNumbers, internal_numbers
from wwphone.server.settings import ServerSettings, SettingsError

_PAGE = 500
_FILES: Mapping[FileRefusal, str] = MappingProxyType(
    {
        FileRefusal.UNREADABLE: "it cannot be read: {text}",
        FileRefusal.TOO_LARGE: "it is larger than 64 MB",
        FileRefusal.WORKBOOK: "this is a workbook, no CSV",
        FileRefusal.UTF_16: "it is in UTF-16; save it as UTF-8",
        FileRefusal.NO_TEXT: "this is no text",
        FileRefusal.NOTHING: "there are no entries in it",
        FileRefusal.COMMAS: "its columns are not separated by semicolons",
        FileRefusal.HEAD: "its first line is not the head of the PBX's CSV but “{text}”",
        FileRefusal.TOO_MANY: "there are more than 100,000 entries in it",
        FileRefusal.TOO_MANY_REFUSED: "more than 10,000 of its lines cannot be read",
    }
)
_LINES: Mapping[RefusalReason, str] = MappingProxyType(
    {
        RefusalReason.COLUMNS: "{text} columns instead of six",
        RefusalReason.QUOTE: "a quotation mark is not closed, or stands in the wrong place",
        RefusalReason.TOO_LONG: "too long ({field})",
        RefusalReason.NOT_DIALLABLE: "“{text}” cannot be dialled ({field})",
        RefusalReason.BAD_EMAIL: "“{text}” is no e-mail address",
        RefusalReason.EMPTY: "without name, company, number and e-mail address",
        RefusalReason.DOUBLE: "the same entry stands in line {text} already",
        RefusalReason.OUTSIDE: "“{text}” belongs to no card",
        RefusalReason.NOT_ENDED: "this card has no end",
        RefusalReason.VERSION: "a card of an unknown version (“{text}”)",
        RefusalReason.GROUP: "a card of a group, not of one person",
        RefusalReason.ENCODING: "a text in this card cannot be read (“{text}”)",
    }
)


class PhoneBookFileCommands:
    """The commands that bring files into the phone book that everybody sees, and out of it."""

    def __init__(self, store: Store, settings: ServerSettings, console: Console) -> None:
        self._store = store
        self._settings = settings
        self._console = console

    async def bring_in(self, options: argparse.Namespace) -> None:
        """Import a file."""
        file = _read(options.file)
        import_id, refused = await self._stage(file)
        done = False
        try:
            forecast = await self._store.forecast_import(import_id, replaces_all=options.replace_all)
            self._tell(forecast, refused)
            if not options.dry_run and self._agreed(options, forecast):
                await self._carry_out(import_id, options, forecast)
                done = True
        finally:
            await self._store.drop_import(import_id)
        if not done:
            self._console.say("nothing was changed")

    async def take_out(self, options: argparse.Namespace) -> None:
        """Export everybody's entries; the file is there whole or not at all."""
        rows = [values async for values in self._all()]
        path: Path = options.file
        try:
            _write(path, written(rows, ExportFormat(options.format)))
        except OSError as error:
            raise CommandFailedError(f"{path} cannot be written: {error.strerror or error}") from error
        self._console.say(f"{len(rows)} entries written to {path}")

    async def imports(self, options: argparse.Namespace) -> None:
        """Show the imports that can be undone."""
        del options
        found = await self._store.imports([GLOBAL], utc_now() - timedelta(days=KEPT_DAYS))
        cells = [
            (
                one.import_id,
                one.at.astimezone().isoformat(" ", "minutes"),
                one.by,
                f"+{one.counts.new} ~{one.counts.changed} -{one.counts.gone}",
                "undone" if one.undone_at else "",
                one.file_name,
            )
            for one in found
        ]
        self._console.table(("id", "time", "by", "entries", "state", "file"), cells)

    async def undo(self, options: argparse.Namespace) -> None:
        """Take an import back."""
        found = await self._store.imports([GLOBAL], utc_now() - timedelta(days=KEPT_DAYS))
        if all(one.import_id != options.id for one in found):
            raise CommandFailedError(f"there is no import {options.id} to undo; nothing was changed")
        try:
            counts = await self._store.undo_import(options.id, BY_ADMINISTRATOR, utc_now())
        except KeyError as error:
            raise CommandFailedError(f"{options.id} was undone already; nothing was changed") from error
        self._console.say(
            f"taken away: {counts.removed}, put back: {counts.reverted + counts.restored},"
            f" changed since and left: {counts.kept}"
        )

    # ------------------------------------------------------------ inside

    async def _stage(self, file: ContactFile) -> tuple[str, list[RefusedLine]]:
        import_id = secrets.token_hex(8)
        known = known_fields(file.kind)
        staged = StagedImport(import_id, GLOBAL, BY_ADMINISTRATOR, file.name[:MAX_FILE_NAME], known)
        await self._store.begin_import(staged, utc_now())
        refused = list(file.refused)
        rows: list[tuple[int, Values]] = []
        numbers = self._numbers()
        internal = internal_numbers(
            await self._store.users(), await self._store.ring_groups(), await self._store.rooms()
        )
        for line, values in zip(file.lines, file.rows, strict=True):
            try:
                details = checked_details(details_of(values), lambda text: numbers.normal(text, internal))
            except DetailsRefusedError as error:
                refused.append(RefusedLine(line, error.reason, error.field, error.text))
            else:
                rows.append((line, values_of(details)))
        for first in range(0, len(rows), _PAGE):
            page = StagedPage(import_id, first, rows[first : first + _PAGE], utc_now())
            await self._store.stage_import(page)
        return import_id, refused

    def _tell(self, forecast: ImportForecast, refused: Sequence[RefusedLine]) -> None:
        doubles = [
            RefusedLine(line, RefusalReason.DOUBLE, text=str(before)) for line, before in forecast.doubles
        ]
        for one in sorted((*refused, *doubles), key=lambda one: one.line):
            text = _LINES[one.reason].format(text=shortened(one.text), field=one.field or "the whole entry")
            self._console.say(f"line {one.line}: {text}")
        counts = forecast.counts
        count = len(refused) + forecast.doubles_count
        self._console.say(
            f"new: {counts.new}, changed: {counts.changed}, deleted: {counts.gone},"
            f" the same: {counts.same}, refused: {count}"
        )

    def _agreed(self, options: argparse.Namespace, forecast: ImportForecast) -> bool:
        if not forecast.counts.gone or options.yes:
            return True
        asked = f"{forecast.counts.gone} entries are not in the file and will be deleted. Go on? [y/N] "
        return self._console.ask(asked).lower() in ("y", "yes")

    async def _carry_out(self, import_id: str, options: argparse.Namespace, forecast: ImportForecast) -> None:
        order = ImportOrder(
            import_id, utc_now(), options.replace_all, forecast.revision, MAX_PERSONAL_CONTACTS
        )
        try:
            await self._store.carry_out_import(order)
        except BookMovedError as error:
            moved = "the phone book was changed meanwhile; try again"
            raise CommandFailedError(moved) from error
        self._console.say(f"imported; for {KEPT_DAYS} days `undo-import {import_id}` takes it back")

    async def _all(self) -> AsyncIterator[Values]:
        after = 0
        while page := await self._store.contacts_seen(GLOBAL, after, _PAGE):
            for one in page:
                if not one.removed:
                    yield values_of(one.details)
            after = page[-1].revision

    def _numbers(self) -> PhoneNumbers:
        try:
            return PhoneNumbers(self._settings.numbers_country, self._settings.pbx_trunk_prefix)
        except ValueError as error:
            raise SettingsError(f"numbers.country: {error}") from error


def _read(path: Path) -> ContactFile:
    try:
        with path.open("rb") as file:
            return read_contacts(file.read(MAX_FILE_BYTES + 1), path.name)
    except OSError as error:
        raise CommandFailedError(f"{path} cannot be read: {error.strerror or error}") from error
    except FileRefusedError as error:
        reason = _FILES[error.refusal].format(text=shortened(error.text))
        raise CommandFailedError(f"{path}: {reason}; nothing was changed") from error


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
