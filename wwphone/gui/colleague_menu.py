"""What can be done with a colleague, as the menu of their line: call, pick up, transfer there, set their presence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.context import Context
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.presence_choices import PresenceChoices
from wwphone.gui.words import refusal
from wwphone.services.presence import ColleagueLine


class ColleagueMenu(QObject):
    """Holds what is possible at the moment it is opened; each entry names its key."""

    call_wanted = Signal(str)
    """With the number."""
    pick_up_wanted = Signal(str, str)
    """With user and name."""
    transfer_wanted = Signal(str)
    """With the number."""
    problem_told = Signal(str)
    """Why a presence could not be set; empty: it could."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._line: ColleagueLine | None = None
        self.menu = QMenu(parent)
        self.presence_menu = QMenu(parent)
        self._choices = PresenceChoices(context, self._on_chosen, self)

    def open(self, line: ColleagueLine, at: QPoint) -> None:
        """Show everything that can be done, at a place on the screen."""
        self._fill(line)
        if not self.menu.isEmpty():
            self.menu.popup(at)

    def open_presence(self, line: ColleagueLine, at: QPoint) -> bool:
        """Show only the states to choose from; False: one may not choose."""
        if not self._may_set(line):
            return False
        self._fill(line)
        self.presence_menu.popup(at)
        return True

    # ------------------------------------------------------------ inside

    def _fill(self, line: ColleagueLine) -> None:
        self._line = line
        services, person = self._context.services, line.colleague
        self.menu.clear()
        self.presence_menu.clear()
        self.menu.setAccessibleName(person.nickname)
        if person.user != self._own_user():
            self._add(
                Icon.CALL, self.tr("Call"), self.tr("Enter"), lambda: self.call_wanted.emit(person.number)
            )
            if services.pickup.at(person.user) is not None:
                self._add(
                    Icon.RINGING,
                    self.tr("Pick up"),
                    "P",
                    lambda: self.pick_up_wanted.emit(person.user, person.nickname),
                )
            if any(services.transfer.may_begin(call) for call in services.calls.running):
                self._add(
                    Icon.FORWARD,
                    self.tr("Transfer the call here …"),
                    "T",
                    lambda: self.transfer_wanted.emit(person.number),
                )
        if self._may_set(line):
            self._choices.add_to(self.presence_menu)
            self.presence_menu.setTitle(self.tr("Set presence (Ctrl+S)"))
            self.presence_menu.setAccessibleName(self.tr("Presence of {name}").format(name=person.nickname))
            self.presence_menu.setIcon(icon(STATUS_ICONS[PresenceStatus.BE_RIGHT_BACK], self._shade()))
            self.menu.addMenu(self.presence_menu)

    def _add(self, which: Icon, text: str, key: str, act: Callable[[], None]) -> None:
        action = QAction(icon(which, self._shade()), _with_key(text, key), self.menu)
        action.triggered.connect(lambda _=False: act())
        self.menu.addAction(action)

    def _shade(self) -> str:
        return self._context.theme.colours.text

    def _own_user(self) -> str:
        profile = self._context.services.account.snapshot.profile
        return profile.user if profile else ""

    def _may_set(self, line: ColleagueLine) -> bool:
        if line.colleague.user == self._own_user():
            return self._context.services.account.snapshot.live
        return self._context.services.presence.may_set_others

    def _on_chosen(self, status: PresenceStatus, back_at: datetime | None) -> None:
        if self._line is not None:
            user = self._line.colleague.user
            whose = "" if user == self._own_user() else user
            self._context.run(self._set(status, back_at, whose))

    async def _set(self, status: PresenceStatus, back_at: datetime | None, user: str) -> None:
        try:
            await self._context.services.presence.set(status, back_at, user)
        except CommandRefusedError as error:
            self.problem_told.emit(refusal(error.error))
        else:
            self.problem_told.emit("")


def _with_key(text: str, key: str) -> str:
    """An entry with the key that does the same, where menus show it; the key acts in the list, not in the menu."""
    return f"{text}\t{key}"
