"""Imports into the phone book: who may, what of a file is taken, what it would do, carrying it out and taking it back.

What was sent rests in the store under the import's id and is nobody's business before it is carried out. Numbers are
brought to E.164 here, in slices of a few milliseconds, so that everybody else is served meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import TypeVar

from wwphone.domain.contact_text import clean_line
from wwphone.domain.imports import (
    FIELDS,
    KEPT_DAYS,
    MAX_FILE_NAME,
    MAX_IMPORTED,
    RefusalReason,
    RefusedLine,
    Values,
    values_of,
)
from wwphone.domain.phonebook import MAX_PERSONAL_CONTACTS
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.imports import (
    MAX_ROWS,
    BeginImport,
    CarryOutImport,
    DropImport,
    ImportBegun,
    ImportDone,
    ImportPreview,
    ImportRow,
    ImportsRead,
    ImportUndone,
    PreviewImport,
    ReadImports,
    RowsTaken,
    SendRows,
    UndoImport,
)
from wwphone.protocol.message import Command, Done
from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.imports_api import BookMovedError, ImportOrder, OutOfStepError, StagedImport, StagedPage
from wwphone.server.phonebook_api import GLOBAL, TooManyContactsError
from wwphone.server.phonebook_rules import DetailsRefusedError
from wwphone.server.services.commands import Handler
from wwphone.server.services.phonebook import PhoneBookService
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

STAGED_S = 3600.0
"""For so long what was sent waits to be carried out."""
_FORGET_EVERY_S = 600.0
_SLICE_S = 0.004
_ID_BYTES = 8
_T = TypeVar("_T")


class ImportService:
    """Answers whoever imports."""

    def __init__(self, store: Store, phonebook: PhoneBookService, clock: Clock) -> None:
        self._store = store
        self._phonebook = phonebook
        self._clock = clock
        self._tasks = TaskOwner("imports")

    async def start(self) -> None:
        """Begin to forget what is old."""
        self._tasks.start(self._keep_house())

    async def shutdown(self) -> None:
        """Stop."""
        await self._tasks.shutdown()

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            BeginImport: self._on_begin,
            SendRows: self._on_send,
            PreviewImport: self._on_preview,
            CarryOutImport: self._on_carry_out,
            DropImport: self._on_drop,
            ReadImports: self._on_read,
            UndoImport: self._on_undo,
        }

    async def forget(self) -> None:
        """Forget what was sent long ago, and what cannot be undone any more. Raises StoreError."""
        now = self._clock()
        before = now - timedelta(seconds=STAGED_S), now - timedelta(days=KEPT_DAYS)
        forgotten = await self._store.forget_imports(*before)
        if forgotten:
            logger.info("%d imports are forgotten", forgotten)

    # ------------------------------------------------------------ sending

    async def _on_begin(self, session: Session, command: BeginImport) -> ImportBegun:
        owner = session.user if command.personal else GLOBAL
        self._must_be_allowed(session.user, owner)
        known = tuple(dict.fromkeys(command.known))
        if not known or not set(known) <= set(FIELDS):
            raise _refused(ErrorCode.INVALID, "an entry has no such fields")
        import_id = secrets.token_hex(_ID_BYTES)
        name = clean_line(command.file_name)[:MAX_FILE_NAME]
        staged = StagedImport(import_id, owner, session.user, name, known)
        await self._store.begin_import(staged, self._clock())
        return ImportBegun(import_id)

    async def _on_send(self, session: Session, command: SendRows) -> RowsTaken:
        await self._own(session.user, command.import_id)
        if len(command.rows) > MAX_ROWS or command.first + len(command.rows) > MAX_IMPORTED:
            sentence = f"a page has at most {MAX_ROWS} entries, an import at most {MAX_IMPORTED}"
            raise _refused(ErrorCode.INVALID, sentence)
        taken, refused = await self._checked(command.rows)
        page = StagedPage(command.import_id, command.first, taken, self._clock())
        try:
            await self._store.stage_import(page)
        except KeyError as error:
            raise _unknown() from error
        except OutOfStepError as error:
            raise _refused(ErrorCode.CONFLICT, "these entries do not follow the last ones") from error
        return RowsTaken(len(taken), tuple(refused))

    async def _checked(
        self, rows: tuple[ImportRow, ...]
    ) -> tuple[list[tuple[int, Values]], list[RefusedLine]]:
        taken: list[tuple[int, Values]] = []
        refused: list[RefusedLine] = []
        until_s = time.perf_counter() + _SLICE_S
        for row in rows:
            if time.perf_counter() > until_s:
                await asyncio.sleep(0)
                until_s = time.perf_counter() + _SLICE_S
            try:
                taken.append((row.line, values_of(self._phonebook.checked(row.details))))
            except DetailsRefusedError as error:
                refused.append(RefusedLine(row.line, error.reason, error.field, error.text))
        return taken, refused

    # ------------------------------------------------------------ carrying out

    async def _on_preview(self, session: Session, command: PreviewImport) -> ImportPreview:
        staged = await self._own(session.user, command.import_id)
        found = await _known(
            self._store.forecast_import(command.import_id, replaces_all=command.replaces_all)
        )
        doubles = tuple(
            RefusedLine(line, RefusalReason.DOUBLE, text=str(before)) for line, before in found.doubles
        )
        too_many = max(found.afterwards - MAX_PERSONAL_CONTACTS, 0) if staged.owner != GLOBAL else 0
        return ImportPreview(found.counts, found.revision, doubles, found.doubles_count, too_many)

    async def _on_carry_out(self, session: Session, command: CarryOutImport) -> ImportDone:
        await self._own(session.user, command.import_id)
        order = ImportOrder(
            command.import_id,
            self._clock(),
            command.replaces_all,
            command.revision,
            MAX_PERSONAL_CONTACTS,
        )
        try:
            record = await _known(self._store.carry_out_import(order))
        except BookMovedError as error:
            raise _refused(ErrorCode.CONFLICT, "the phone book was changed meanwhile") from error
        except TooManyContactsError as error:
            sentence = f"nobody may have more than {MAX_PERSONAL_CONTACTS} personal entries"
            raise _refused(ErrorCode.INVALID, sentence) from error
        logger.info("%s imported %s: %s", session.user, record.import_id, record.counts)
        await self._phonebook.told()
        return ImportDone(record)

    async def _on_drop(self, session: Session, command: DropImport) -> Done:
        staged = await self._store.import_of(command.import_id)
        if staged is not None and staged.by == session.user:
            await self._store.drop_import(command.import_id)
        return Done()

    # ------------------------------------------------------------ taking back

    async def _on_read(self, session: Session, command: ReadImports) -> ImportsRead:
        del command
        owners = [session.user]
        if self._phonebook.may_manage(session.user):
            owners.append(GLOBAL)
        return ImportsRead(await self._store.imports(owners, self._clock() - timedelta(days=KEPT_DAYS)))

    async def _on_undo(self, session: Session, command: UndoImport) -> ImportUndone:
        found = await self._store.import_of(command.import_id)
        if found is None or found.owner not in (GLOBAL, session.user):
            raise _unknown()
        self._must_be_allowed(session.user, found.owner)
        since = self._clock() - timedelta(days=KEPT_DAYS)
        recent = await self._store.imports([found.owner], since)
        if all(one.import_id != found.import_id for one in recent):
            raise _unknown()
        counts = await _known(self._store.undo_import(command.import_id, session.user, self._clock()))
        logger.info("%s has undone the import %s: %s", session.user, command.import_id, counts)
        await self._phonebook.told()
        return ImportUndone(counts)

    # ------------------------------------------------------------ inside

    async def _own(self, user: str, import_id: str) -> StagedImport:
        """What this user is importing under an id. Raises CommandRefusedError, StoreError."""
        staged = await self._store.import_of(import_id)
        if staged is None or staged.by != user:
            raise _unknown()
        self._must_be_allowed(user, staged.owner)
        return staged

    def _must_be_allowed(self, user: str, owner: str) -> None:
        if owner == GLOBAL:
            self._phonebook.must_manage(user)

    async def _keep_house(self) -> None:
        while True:
            try:
                await self.forget()
            except StoreError as error:
                logger.warning("old imports could not be forgotten: %s", error)
            await asyncio.sleep(_FORGET_EVERY_S)


async def _known(asked: Awaitable[_T]) -> _T:
    try:
        return await asked
    except KeyError as error:
        raise _unknown() from error


def _unknown() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such import, or no longer")


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
