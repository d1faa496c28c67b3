"""Carries out what the conference window wants of the server, and says what became of it."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.calls import Party
from wwphone.gui.conference_words import Deed, conference_refusal
from wwphone.gui.context import Context


class ConferenceDeeds(QObject):
    """One place for all that can be refused: the reason stands in the window until something else was done."""

    problem_told = Signal(str)
    """Why something was not done; empty: it was."""
    noticed = Signal(str)
    """What was done where one would not see it."""
    invite_failed = Signal(object)
    """Numbers and names of whom nobody called."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def ask(self, deed: Deed, asked: Coroutine[Any, Any, Any], done: str = "") -> None:
        """Ask the server; `done` is said when it did."""
        self._context.run(self._ask(deed, asked, done))

    def invite(self, room: str, people: Sequence[tuple[str, str]]) -> None:
        """Call people in, each by number and name."""
        if people:
            self._context.run(self._invite(room, tuple(people)))

    # ------------------------------------------------------------ inside

    async def _ask(self, deed: Deed, asked: Coroutine[Any, Any, Any], done: str) -> bool:
        try:
            await asked
        except CommandRefusedError as error:
            self.problem_told.emit(conference_refusal(deed, error.error))
            return False
        self.problem_told.emit("")
        if done:
            self.noticed.emit(done)
        return True

    async def _invite(self, room: str, people: tuple[tuple[str, str], ...]) -> None:
        parties = [Party(number, name) for number, name in people]
        service = self._context.services.conference
        if not await self._ask(Deed.INVITE, service.invite(room, parties), ""):
            self.invite_failed.emit(people)
