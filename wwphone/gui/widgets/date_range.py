"""From one day to another, both included: two fields that never cross."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QWidget

from wwphone.gui.style import tokens


class DateRange(QWidget):
    """Both fields begin with today."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._since_label, self._until_label = QLabel(self), QLabel(self)
        self.since, self.until = QDateEdit(self), QDateEdit(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_S)
        for label, field in ((self._since_label, self.since), (self._until_label, self.until)):
            label.setBuddy(field)
            field.setCalendarPopup(True)
            field.setDate(QDate.currentDate())
            field.dateChanged.connect(self._on_date_changed)
            row.addWidget(label)
            row.addWidget(field, 1)
        self.retranslate()

    @property
    def first(self) -> date:
        """The first day."""
        return _python(self.since.date())

    @property
    def last(self) -> date:
        """The last day, which belongs to it."""
        return _python(self.until.date())

    def begin(self) -> None:
        """Let the person choose: the keyboard goes to the first day."""
        self.since.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Put every text anew, and write days as the language does."""
        self._since_label.setText(self.tr("From"))
        self._until_label.setText(self.tr("to"))
        self.since.setAccessibleName(self.tr("First day"))
        self.until.setAccessibleName(self.tr("Last day"))
        # Qt's own short format writes the year with two digits.
        day = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
        wide = day if "yyyy" in day else day.replace("yy", "yyyy")
        for field in (self.since, self.until):
            field.setLocale(QLocale())
            field.setDisplayFormat(wide)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _on_date_changed(self, _: QDate) -> None:
        since, until = self.since, self.until
        if until.date() < since.date():
            other: QDateEdit = until if self.sender() is since else since
            other.setDate(since.date() if other is until else until.date())  # comes here again
        else:
            self.changed.emit()


def _python(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
