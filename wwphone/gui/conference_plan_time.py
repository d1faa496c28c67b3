"""When a planned conference begins: day, time and time zone in the fields of its window."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, Qt, QTime, QTimeZone
from PySide6.QtWidgets import QComboBox, QCompleter

from wwphone.gui.forms.ui_conference_plan import Ui_ConferencePlan

_SLOT_MIN = 30
"""A new conference begins at the next half hour but one."""


class PlanTime:
    """A moment by the clock on the wall of a zone, which may be another one than this PC's."""

    def __init__(self, form: Ui_ConferencePlan) -> None:
        self._form = form
        _fill_zones(form.zone)

    @property
    def zone(self) -> str:
        """What is typed or chosen: IANA's name of a zone, if it is one."""
        return self._form.zone.currentText().strip()

    @property
    def is_known(self) -> bool:
        """Whether this system knows the zone; else nobody can say which moment is meant."""
        return QTimeZone(self.zone.encode()).isValid()

    @property
    def starts_at(self) -> datetime:
        """The moment, UTC; in a zone that is not known as if it were UTC."""
        form = self._form
        zone = QTimeZone(self.zone.encode()) if self.is_known else QTimeZone.utc()
        return datetime.fromtimestamp(
            QDateTime(form.day.date(), form.time.time(), zone).toSecsSinceEpoch(), UTC
        )

    def put(self, starts_at: datetime, zone: str) -> None:
        """Show a moment as a zone has it; as this system's own has it where that zone is not known here."""
        form, known = self._form, QTimeZone(zone.encode())
        if not known.isValid():
            zone, known = _system_zone(), QTimeZone.systemTimeZone()
        form.zone.setCurrentText(zone)
        there = QDateTime.fromSecsSinceEpoch(int(starts_at.timestamp()), known)
        form.day.setDate(there.date())
        form.time.setTime(there.time())

    def put_next(self) -> None:
        """Show when a new conference may begin."""
        now = QDateTime.currentDateTime().addSecs(60 * _SLOT_MIN)
        minutes = -(-(now.time().hour() * 60 + now.time().minute()) // _SLOT_MIN) * _SLOT_MIN
        self._form.day.setDate(now.date().addDays(minutes // (24 * 60)))
        self._form.time.setTime(QTime(minutes // 60 % 24, minutes % 60))


def _fill_zones(zone: QComboBox) -> None:
    """Offer every zone, the system's own first chosen; typing any part of a name finds it."""
    every = (bytes(raw.data()).decode() for raw in QTimeZone.availableTimeZoneIds())
    names = sorted(name for name in every if "/" in name)
    zone.addItems(names)
    zone.setCurrentText(_system_zone())
    completer = QCompleter(names, zone)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    zone.setCompleter(completer)


def _system_zone() -> str:
    return bytes(QTimeZone.systemTimeZoneId().data()).decode()
