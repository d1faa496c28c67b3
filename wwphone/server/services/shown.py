"""What is shown to whom: each user's defaults for numbers outside, kept so that they count on every PC."""

from __future__ import annotations

from collections.abc import Mapping

from wwphone.domain.numbers import NotDiallableError, dial_target
from wwphone.domain.shown import MAX_DEFAULTS, Shown, ShownDefault, is_outside
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.shown import SetShownDefault, ShownDefaultChanged
from wwphone.server.api import Store
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService, profile_of
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import KeyedLocks


class ShownService:
    """Everybody's defaults. What may not be shown any more stays: clients ask their profile before they use it."""

    def __init__(self, store: Store, directory: DirectoryService, log: EventLog) -> None:
        self._store = store
        self._directory = directory
        self._log = log
        self._defaults: dict[str, dict[str, Shown]] = {}
        self._locks = KeyedLocks()

    async def start(self) -> None:
        """Load what was chosen before. Raises StoreError."""
        self._defaults = await self._store.shown_defaults()
        self._directory.on_change(self._on_directory_change)

    def of(self, user: str) -> tuple[ShownDefault, ...]:
        """A user's defaults, by the number called."""
        own = self._defaults.get(user, {})
        return tuple(ShownDefault(called, own[called]) for called in sorted(own))

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetShownDefault: self._on_set_default}

    async def set_default(self, user: str, called: str, shown: Shown | None) -> None:
        """Remember what is shown to a number, or forget it. Raises CommandRefusedError, StoreError."""
        called = _checked_number(called)
        async with self._locks.of(user):
            own = self._defaults.get(user, {})
            if own.get(called) == shown:
                return
            if shown is not None:
                self._must_be_possible(user, shown, own, called)
            await self._store.save_shown_default(user, called, shown)
            own = self._defaults.setdefault(user, {})
            if shown is None:
                own.pop(called, None)
            else:
                own[called] = shown
            self._log.publish(ShownDefaultChanged(called, shown), only=user)

    async def _on_set_default(self, session: Session, command: SetShownDefault) -> Result:
        await self.set_default(session.user, command.called, command.shown)
        return Done()

    def _must_be_possible(self, user: str, shown: Shown, own: Mapping[str, Shown], called: str) -> None:
        if shown.number and shown.number not in profile_of(self._directory.users[user]).shown_numbers:
            raise _refused(ErrorCode.INVALID, "this number may not be shown")
        if called not in own and len(own) >= MAX_DEFAULTS:
            raise _refused(ErrorCode.CONFLICT, f"there are {MAX_DEFAULTS} numbers already")

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._defaults.pop(record.user, None)


def _checked_number(called: str) -> str:
    try:
        target = dial_target(called)
    except NotDiallableError as error:
        raise _refused(ErrorCode.INVALID, str(error)) from error
    if not is_outside(target):
        raise _refused(ErrorCode.INVALID, "a number outside is needed")
    return target.address


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
