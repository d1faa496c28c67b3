"""Whom one invites by e-mail: the addresses of a plan, and the field by which they are found."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor

from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference_plan import Ui_ConferencePlan
from wwphone.gui.mail_addresses import MailAddressCompleter, separate_addresses


class PlanAddresses(QObject):
    """Takes one address a line, or several as mail programs copy them; nothing typed into the field gets lost."""

    problem_told = Signal(str)
    """Why what stands in the field invites nobody."""

    def __init__(self, form: Ui_ConferencePlan, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._list, self._field = form.addresses, form.add_address
        self._completer = MailAddressCompleter(self._field, context)
        self._completer.chosen.connect(self._add)
        self._field.returnPressed.connect(self._on_return_pressed)

    @property
    def all(self) -> tuple[str, ...]:
        """Everybody, as written."""
        lines = self._list.toPlainText().splitlines()
        return tuple(one for line in lines for one in separate_addresses(line))

    def put(self, lines: Iterable[str]) -> None:
        """Write these; who comes there by the keyboard goes on below them."""
        self._list.setPlainText("".join(f"{line}\n" for line in lines))
        self._list.moveCursor(QTextCursor.MoveOperation.End)

    def take_in(self) -> bool:
        """Move what stands in the field to the others; false, with the reason told: it is no address."""
        text = self._field.text().strip()
        if "@" in text:
            self._add(text)
        elif text:
            problem = self.tr(
                "“{text}” is not invited: choose an entry of the list, or write an e-mail address."
            )
            self.problem_told.emit(problem.replace("{text}", text))
            self._field.setFocus()
            return False
        return True

    # ------------------------------------------------------------ inside

    def _add(self, text: str) -> None:
        """Further lines, unless they stand there already."""
        known = self.all
        added = [one for one in separate_addresses(text) if one not in known]
        if added:
            self.put(line for line in (*self._list.toPlainText().splitlines(), *added) if line.strip())
        self._field.clear()

    def _on_return_pressed(self) -> None:
        """Enter takes the first that was found, where the cursor is at none of them."""
        if self._completer.is_choosing:
            return  # it tells by itself
        if "@" not in self._field.text() and self._completer.first:
            self._add(self._completer.first)
            self._completer.hide()
        else:
            self.take_in()
