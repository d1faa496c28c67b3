"""Doubles of the phone book in a window of their own: group by group, with what they become, merged and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QListWidgetItem, QWidget

from wwphone.cti.api import CommandRefusedError, ErrorCode
from wwphone.domain.doubles import choices, merged
from wwphone.domain.phonebook import MAX_FIELD, Contact, ContactDetails
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_doubles import Ui_Doubles
from wwphone.gui.icons import Icon
from wwphone.gui.models.phonebook import described
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import change_refused, contact_refusal
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.tick_delegate import TickDelegate
from wwphone.services.account import AccountSnapshot
from wwphone.services.doubles import Merged

MOST_GROUPS = 300
"""Groups that are listed at once; when these are done, the next ones are found."""
_LINES: Mapping[str, str] = MappingProxyType(
    {name: "private_number" if name == "private" else name for name in (
        "first_name", "surname", "company", "office", "mobile", "private", "email",
    )}
)  # fmt: skip
"""The fields of one line, and what they are called in the form."""
_IDS = Qt.ItemDataRole.UserRole


class DoublesDialog(QDialog):
    """Finds them each time it comes to the front. Whatever others change meanwhile is shown before anything is merged."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[Contact, ...] = ()
        """The entries of the group that is looked at."""
        self._last: Merged | None = None
        self._more = 0
        self._is_busy = self._is_closed = False
        self._kept: dict[tuple[str, str], str] = {}
        """What a field holds, by field and as it is written there: a number, for instance."""
        profile = context.services.account.snapshot.profile
        self._user = profile.user if profile else ""
        form = self._form = Ui_Doubles()
        form.setupUi(self)
        self._lines: dict[str, QComboBox] = {name: getattr(form, line) for name, line in _LINES.items()}
        self.empty = EmptyState(Icon.MERGE_ENTRIES, context.theme)
        form.empty_column.addWidget(self.empty)
        form.entries.setItemDelegate(TickDelegate(context.theme, self))
        self._connect()
        self._say()
        self._show_state()

    def begin(self) -> None:
        """Come to the front, and look for doubles."""
        self.show()
        self.raise_()
        self.activateWindow()
        if not self._is_busy:
            self._look()

    def close_down(self) -> None:
        """Follow nothing any more; answers that come later find nobody."""
        self._is_closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._say()
            self._show_state()

    @property
    def details(self) -> ContactDetails:
        """What the entries become, as it stands in the fields."""
        typed = {name: " ".join(line.currentText().split()) for name, line in self._lines.items()}
        lines = {name: self._kept.get((name, text), text) for name, text in typed.items()}
        return ContactDetails(**lines, note=self._form.note.toPlainText().strip())

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        for line in self._lines.values():
            field = line.lineEdit()
            assert field is not None
            field.setMaxLength(MAX_FIELD)
        form.groups.currentItemChanged.connect(lambda *_: self._show_group())
        form.entries.itemChanged.connect(lambda _: self._propose())
        form.undo.clicked.connect(lambda _=False: self._context.run(self._undo()))
        form.skip.clicked.connect(lambda _=False: self._leave())
        form.merge.clicked.connect(lambda _=False: self._context.run(self._merge()))
        form.close_button.clicked.connect(self.reject)
        self._unsubscribe = (
            services.account.changed.subscribe(self._on_account_changed),
            services.phonebook.changed.subscribe(lambda _: self._on_book_changed()),
        )

    def _look(self) -> None:
        self._is_busy = True
        self._show_state()
        self._context.run(self._find())

    async def _find(self) -> None:
        found = await self._context.services.doubles.find()
        if self._is_gone():
            return
        self._more = max(0, len(found) - MOST_GROUPS)
        groups = self._form.groups
        groups.blockSignals(True)
        groups.clear()
        for ids in found[:MOST_GROUPS]:
            entries = self._context.services.doubles.entries(ids)
            if len(entries) > 1:
                item = QListWidgetItem(f"{entries[0].details.name} ({len(entries)})")
                item.setData(_IDS, ids)
                groups.addItem(item)
            await asyncio.sleep(0)  # a group takes a moment each, and there are many
            if self._is_gone():
                return
        groups.blockSignals(False)
        groups.setCurrentRow(0)
        self._is_busy = False
        self._show_group()
        groups.setFocus()

    def _is_gone(self) -> bool:
        """Asked again after each wait, during which it may have been closed."""
        return self._is_closed

    # ------------------------------------------------------------ one group

    def _entries_now(self) -> tuple[Contact, ...]:
        groups = self._form.groups
        if groups.currentRow() < 0:
            return ()
        return self._context.services.doubles.entries(groups.currentItem().data(_IDS))

    def _show_group(self) -> None:
        self._shown = self._entries_now()
        entries = self._form.entries
        entries.blockSignals(True)
        entries.clear()
        for contact in self._shown:
            item = QListWidgetItem(described(contact))
            item.setToolTip(plain(described(contact)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            entries.addItem(item)
        entries.blockSignals(False)
        self._propose()

    def _chosen(self) -> tuple[Contact, ...]:
        entries = self._form.entries
        ticked = (entries.item(row).checkState() is Qt.CheckState.Checked for row in range(entries.count()))
        return tuple(contact for contact, on in zip(self._shown, ticked, strict=True) if on)

    def _propose(self) -> None:
        """Fill the fields with what the ticked entries would become; each offers what any of them holds."""
        chosen = [contact.details for contact in self._chosen()]
        proposed = merged(chosen) if chosen else ContactDetails()
        self._kept.clear()
        for name, line in self._lines.items():
            values = dict.fromkeys((getattr(proposed, name), *choices(chosen, name), ""))
            line.clear()
            for value in values:
                self._kept[name, written(value)] = value
                line.addItem(written(value))
            line.setCurrentIndex(0)
        self._form.note.setPlainText(proposed.note)
        self._show_state()

    def _leave(self) -> None:
        """The group that is looked at is none, or done."""
        groups = self._form.groups
        groups.takeItem(groups.currentRow())
        if not groups.count() and self._more:
            self._look()
        else:
            self._show_group()

    # ------------------------------------------------------------ merging

    async def _merge(self) -> None:
        chosen, details = self._chosen(), self.details
        if len(chosen) < 2 or self._is_busy:
            return
        await self._wait_for(self._carry_out(chosen, details))

    async def _carry_out(self, chosen: tuple[Contact, ...], details: ContactDetails) -> None:
        self._last = await self._context.services.doubles.merge(chosen, details)
        text = self.tr("{count} entries are one now: “{name}”.")
        self._say(text.format(count=len(chosen), name=details.name))
        if not self._is_closed:
            self._leave()

    async def _undo(self) -> None:
        if self._last is not None and not self._is_busy:
            await self._wait_for(self._take_back(self._last))

    async def _take_back(self, last: Merged) -> None:
        self._last = None  # done, or in vain: somebody has changed the entry since
        await self._context.services.doubles.undo(last)
        self._say(self.tr("“{name}” is as before.").format(name=last.former.name))

    async def _wait_for(self, act: Coroutine[None, None, None]) -> None:
        self._is_busy = True
        self._say()
        self._show_state()
        try:
            await act
        except CommandRefusedError as error:
            self._say(problem=self._refusal(error))
        self._is_busy = False
        if not self._is_closed:
            self._show_state()
            self._on_book_changed()

    def _refusal(self, error: CommandRefusedError) -> str:
        if error.error.code is ErrorCode.CONFLICT:
            return self.tr("Somebody has changed one of these entries meanwhile, so nothing was done.")
        return contact_refusal(error.error)

    # ------------------------------------------------------------ following

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        if (snapshot.profile.user if snapshot.profile else "") != self._user:
            self.reject()
        else:
            self._show_state()

    def _on_book_changed(self) -> None:
        if self._is_busy or self._is_closed or not self._shown:
            return
        now, problem = self._entries_now(), self._form.problem.text()
        if now == self._shown:
            return
        if len(now) < 2:
            self._say(self.tr("Somebody has deleted or merged these entries meanwhile."), problem)
            self._leave()
        else:
            text = self.tr("Somebody has changed these entries meanwhile; this is how they are now.")
            self._say(text, problem)
            self._show_group()

    # ------------------------------------------------------------ what is shown

    def _say(self, told: str = "", problem: str = "") -> None:
        for label, text in ((self._form.told, told), (self._form.problem, problem)):
            label.setText(text)
            label.setVisible(bool(text))

    def _show_state(self) -> None:
        form = self._form
        there = form.groups.count() > 0
        personal = all(contact.personal for contact in self._shown)
        refused = change_refused(self._context, personal=personal)
        form.work.setVisible(there)
        form.explained.setVisible(there)
        self.empty.setVisible(not there)
        for button in (form.merge, form.skip):
            button.setVisible(there)
        form.merge.setEnabled(not self._is_busy and not refused and len(self._chosen()) > 1)
        form.merge.setToolTip(refused)
        form.skip.setEnabled(not self._is_busy)
        form.undo.setVisible(self._last is not None)
        form.undo.setEnabled(not self._is_busy and not refused)
        if not there:
            searching = self.tr("Looking for doubles …")
            self.empty.say(searching if self._is_busy else refused or self.tr("There are no doubles."))
