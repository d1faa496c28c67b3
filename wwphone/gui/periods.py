"""From when on calls and recordings are shown: always, today, this week or month, or from one day to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTimer, Signal

from wwphone.gui.widgets.date_range import DateRange
from wwphone.gui.words import QT_TRANSLATE_NOOP

_LOOK_EVERY_MS = 60_000


class Period(Enum):
    """From when on calls are shown."""

    ALWAYS = "always"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    DAYS = "days"
    """From one day to another."""


_PERIODS: Mapping[Period, str] = MappingProxyType(
    {
        Period.ALWAYS: QT_TRANSLATE_NOOP("History", "Any time"),
        Period.TODAY: QT_TRANSLATE_NOOP("History", "Today"),
        Period.WEEK: QT_TRANSLATE_NOOP("History", "This week"),
        Period.MONTH: QT_TRANSLATE_NOOP("History", "This month"),
        Period.DAYS: QT_TRANSLATE_NOOP("History", "From … to …"),
    }
)


def period_word(period: Period) -> str:
    """A period in a word."""
    return QCoreApplication.translate("History", _PERIODS[period])


def moves_at_midnight(period: Period) -> bool:
    """Whether it is another period tomorrow."""
    return period not in (Period.ALWAYS, Period.DAYS)


def limits(period: Period, days: DateRange) -> tuple[datetime | None, datetime | None]:
    """From when on, and before when; None: no limit. `days` counts for `Period.DAYS` alone."""
    today = _today()
    match period:
        case Period.TODAY:
            return _midnight(today), None
        case Period.WEEK:
            first = QLocale().firstDayOfWeek().value
            return _midnight(today - timedelta(days=(today.isoweekday() - first) % 7)), None
        case Period.MONTH:
            return _midnight(today.replace(day=1)), None
        case Period.DAYS:
            return _midnight(days.first), _midnight(days.last + timedelta(days=1))
        case Period.ALWAYS:
            return None, None


class Midnight(QObject):
    """Tells that today is another day, from the first `look` on; the computer may have slept."""

    passed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._day = _today()
        self._clock = QTimer(self, interval=_LOOK_EVERY_MS)
        self._clock.timeout.connect(self.look)

    def look(self) -> None:
        """Look now, and each minute from now on."""
        if not self._clock.isActive():
            self._clock.start()
        today = _today()
        if today != self._day:
            self._day = today
            self.passed.emit()


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the person's own day


def _midnight(day: date) -> datetime:
    """When a day begins here."""
    return datetime.combine(day, time()).astimezone(UTC)
