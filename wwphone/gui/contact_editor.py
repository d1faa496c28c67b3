"""One entry of the phone book in a window of its own: all its fields, who sees it, who changed it last."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from wwphone.cti.api import CommandRefusedError, ErrorCode
from wwphone.domain.phonebook import MAX_CONTACT_NOTE, Contact, ContactDetails
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_contact_editor import Ui_ContactEditor
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import change_refused, contact_refusal, name_of
from wwphone.gui.words import clock

_FIELDS = ("first_name", "surname", "company", "office", "mobile", "private", "email")
"""The fields of one line."""


class Whose(IntEnum):
    """Who sees an entry, in the order of the list."""

    EVERYBODY = 0
    ME = 1


class ContactEditor(QDialog):
    """Keeps what was typed until it is saved or given up, whatever line and server do meanwhile."""

    written_over = Signal(str, str)
    """Whose change of meanwhile was written over, by user, and the name of the entry."""
    added = Signal(object)
    """A new entry is in the phone book: the `Contact`."""
    delete_wanted = Signal(object)
    """With the `Contact`."""

    def __init__(
        self, context: Context, contact: Contact | None, draft: ContactDetails | None, parent: QWidget
    ) -> None:
        """`contact`: the entry to change; None: a new one, which begins with `draft`."""
        super().__init__(parent)
        self._context = context
        self._contact = contact
        self._is_gone = self._is_busy = False
        form = self._form = Ui_ContactEditor()
        form.setupUi(self)
        self._lines: dict[str, QLineEdit] = {
            name: getattr(form, "private_number" if name == "private" else name) for name in _FIELDS
        }
        self._kept: dict[tuple[str, str], str] = {}
        """What a field held as it is kept, by field and as it is written there: a number, for instance."""
        form.whose.addItems(["" for _ in Whose])
        everybodys = contact is not None and not contact.personal
        form.whose.setCurrentIndex(Whose.EVERYBODY if everybodys else Whose.ME)
        self._begun = contact.details if contact else ContactDetails()
        self._put(contact.details if contact else draft or ContactDetails())
        self._connect()
        self.retranslate()

    @property
    def contact_id(self) -> str:
        """Which entry is changed; empty for a new one."""
        return self._contact.contact_id if self._contact else ""

    @property
    def details(self) -> ContactDetails:
        """What is typed."""
        typed = {name: " ".join(line.text().split()) for name, line in self._lines.items()}
        lines = {name: self._kept.get((name, text), text) for name, text in typed.items()}
        return ContactDetails(**lines, note=self._form.note.toPlainText().strip())

    def begin(self) -> None:
        """Come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()
        if self._lines["first_name"].isReadOnly():
            self._form.cancel.setFocus()
        else:
            self._lines["first_name"].setFocus()

    def close_down(self) -> None:
        """Follow the phone book no longer."""
        self._unsubscribe()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        title = self._begun.name if self._contact else self.tr("New entry")
        self.setWindowTitle(title)
        self._form.title.set_whole(title)
        self._form.whose.setItemText(Whose.EVERYBODY, self.tr("Everybody"))
        self._form.whose.setItemText(Whose.ME, self.tr("Only me"))
        self._form.changed.setText(self._changed_text())
        self._form.changed.setVisible(self._contact is not None)
        self._say("")
        self._show_state()

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form, context = self._form, self._context
        for line in self._lines.values():
            line.textEdited.connect(lambda _, line=line: self._on_edited(line))
        form.note.textChanged.connect(self._show_state)
        form.whose.activated.connect(lambda _: self._show_state())
        form.cancel.clicked.connect(self.reject)
        form.save.clicked.connect(self._on_save_clicked)
        form.delete_button.clicked.connect(self._on_delete_clicked)
        self._unsubscribe = context.services.phonebook.changed.subscribe(lambda _: self._on_changed())
        context.theme.changed.connect(self._draw)
        self._draw()

    def _put(self, details: ContactDetails) -> None:
        for name, line in self._lines.items():
            value = getattr(details, name)
            self._kept[name, written(value)] = value
            line.setText(written(value))
            line.setCursorPosition(0)
        self._form.note.setPlainText(details.note)

    @property
    def _personal(self) -> bool:
        return self._form.whose.currentIndex() == Whose.ME

    @property
    def _is_touched(self) -> bool:
        return self.details != self._begun or self._personal is not (
            self._contact is None or self._contact.personal
        )

    def _on_edited(self, line: QLineEdit) -> None:
        _mark(line, invalid=False)
        self._show_state()

    def _on_delete_clicked(self) -> None:
        if self._contact:
            self.delete_wanted.emit(self._contact)

    # ------------------------------------------------------------ saving

    def _on_save_clicked(self) -> None:
        details = self.details
        if not any(getattr(details, name) for name in _FIELDS):
            self._say(self.tr("Write a name, a company, a number or an e-mail address."))
            _mark(self._lines["first_name"], invalid=True)
            self._lines["first_name"].setFocus()
        elif len(details.note) > MAX_CONTACT_NOTE:
            text = self.tr("The note is too long: it has {length} characters, {most} have room.")
            self._say(text.format(length=len(details.note), most=MAX_CONTACT_NOTE))
            self._form.note.setFocus()
        elif not self._is_busy:
            self._say("")
            self._set_busy(busy=True)
            self._context.run(self._save(details))

    async def _save(self, details: ContactDetails) -> None:
        former = None if self._is_gone else self._contact
        try:
            saved = await self._context.services.phonebook.save(
                details, personal=self._personal, former=former
            )
        except CommandRefusedError as error:
            self._is_gone = self._is_gone or error.error.code is ErrorCode.NOT_FOUND
            self._say(contact_refusal(error.error))
            self._mark_refused(error)
        else:
            self.accept()
            if former is None:
                self.added.emit(saved.contact)
            if saved.overwritten:
                self.written_over.emit(saved.overwritten, saved.contact.details.name)
        finally:
            self._set_busy(busy=False)

    def _mark_refused(self, error: CommandRefusedError) -> None:
        """Lead the eye to the field that the server refuses."""
        line = self._lines.get(error.error.field)
        if line is not None:
            _mark(line, invalid=True)
            line.setFocus()

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        self._show_state()

    # ------------------------------------------------------------ what is shown

    def _on_changed(self) -> None:
        """Somebody may have changed this entry; what the person is typing stays."""
        phonebook = self._context.services.phonebook
        if self._contact is not None and not self._is_busy and not phonebook.filling:
            now = phonebook.contact(self._contact.contact_id)
            self._is_gone = now is None and phonebook.may_change(personal=True)
            if now is not None and now.revision != self._contact.revision and not self._is_touched:
                self._contact, self._begun = now, now.details
                self._put(now.details)
                self.retranslate()
        self._show_state()

    def _show_state(self) -> None:
        form = self._form
        refused = change_refused(self._context, personal=self._personal)
        read_only = self._contact is not None and bool(
            change_refused(self._context, personal=self._contact.personal)
        )
        for line in self._lines.values():
            line.setReadOnly(read_only)
        form.note.setReadOnly(read_only)
        form.whose.setEnabled(not read_only)
        self._offer_everybody(may=not change_refused(self._context, personal=False))
        form.save.setVisible(not read_only)
        form.save.setEnabled(not refused and not self._is_busy)
        form.delete_button.setVisible(self._contact is not None and not read_only and not self._is_gone)
        form.cancel.setText(self.tr("Close") if read_only else self.tr("Cancel"))
        form.progress.setText(self.tr("Saving …") if self._is_busy else "")
        text = refused or (self._meanwhile() if not self._is_busy else "")
        form.note_text.setText(text)
        form.note_frame.setAccessibleName(text)
        form.note_frame.setVisible(bool(text))
        self._fit()

    def _offer_everybody(self, *, may: bool) -> None:
        """Without the right, new entries are one's own."""
        model = self._form.whose.model()
        assert isinstance(model, QStandardItemModel)
        model.item(Whose.EVERYBODY).setEnabled(may)

    def _meanwhile(self) -> str:
        """What happened to the entry since it was opened."""
        if self._contact is None:
            return ""
        if self._is_gone:
            return self.tr("Somebody has deleted this entry meanwhile. Saving adds it anew.")
        now = self._context.services.phonebook.contact(self._contact.contact_id)
        if now is None or now.revision == self._contact.revision:
            return ""
        text = self.tr("{person} has changed this entry meanwhile. Saving writes over that.")
        return text.format(person=name_of(self._context, now.changed_by))

    def _changed_text(self) -> str:
        if self._contact is None:
            return ""
        text = self.tr("Changed by {person}, {time}")
        person = name_of(self._context, self._contact.changed_by)
        return text.format(person=person or self.tr("the server"), time=clock(self._contact.changed_at))

    def _say(self, text: str) -> None:
        self._form.problem.setText(text)
        self._form.problem.setVisible(bool(text))
        self._fit()
        if not text:
            for line in self._lines.values():
                _mark(line, invalid=False)

    def _fit(self) -> None:
        """As tall as the texts need, or taller if the person made it so."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        by_width = layout.hasHeightForWidth()  # not while every text that wraps is hidden
        needed = layout.totalHeightForWidth(self.width()) if by_width else layout.totalMinimumSize().height()
        self.setMinimumHeight(needed)
        self.resize(self.width(), max(self.height(), needed))

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts are known now."""
        super().showEvent(event)
        self._fit()

    def _draw(self) -> None:
        self._form.note_symbol.show_icon(Icon.WARNING, self._context.theme.colours.on_caution_ground)


def _mark(line: QLineEdit, *, invalid: bool) -> None:
    if bool(line.property("invalid")) is not invalid:
        line.setProperty("invalid", invalid)
        line.style().unpolish(line)
        line.style().polish(line)
