"""The record of calls in words: what became of a call, when it was, what it is called in a file and in a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.history import TASK_RESULTS, CallResult, HistoryEntry, TaskState
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import name_of
from wwphone.gui.words import QT_TRANSLATE_NOOP, clock, duration

_RESULTS: Mapping[CallResult, str] = MappingProxyType(
    {
        CallResult.ANSWERED: QT_TRANSLATE_NOOP("History", "answered"),
        CallResult.MISSED: QT_TRANSLATE_NOOP("History", "missed"),
        CallResult.TAKEN: QT_TRANSLATE_NOOP("History", "taken by others"),
        CallResult.VOICEMAIL: QT_TRANSLATE_NOOP("History", "voicemail"),
        CallResult.FORWARDED: QT_TRANSLATE_NOOP("History", "forwarded"),
        CallResult.DECLINED: QT_TRANSLATE_NOOP("History", "declined"),
        CallResult.CANCELLED: QT_TRANSLATE_NOOP("History", "given up"),
        CallResult.BUSY: QT_TRANSLATE_NOOP("History", "busy"),
        CallResult.NOT_REACHED: QT_TRANSLATE_NOOP("History", "no answer"),
        CallResult.FAILED: QT_TRANSLATE_NOOP("History", "failed"),
    }
)

_KINDS: Mapping[CallKind, str] = MappingProxyType(
    {
        CallKind.INTERNAL: QT_TRANSLATE_NOOP("History", "internal"),
        CallKind.DIRECT: QT_TRANSLATE_NOOP("History", "from outside"),
        CallKind.GROUP: QT_TRANSLATE_NOOP("History", "group"),
    }
)

_ICONS: Mapping[CallResult, Icon] = MappingProxyType(
    {
        CallResult.MISSED: Icon.MISSED,
        CallResult.TAKEN: Icon.TAKEN,
        CallResult.VOICEMAIL: Icon.VOICEMAIL,
        CallResult.FORWARDED: Icon.FORWARD,
        CallResult.DECLINED: Icon.DECLINED,
        CallResult.CANCELLED: Icon.GIVEN_UP,
        CallResult.BUSY: Icon.ENGAGED,
        CallResult.NOT_REACHED: Icon.NO_PHONE,
        CallResult.FAILED: Icon.HALF_CONNECTED,
    }
)
"""Each result has a shape of its own; an answered call that of its direction."""


def result_word(result: CallResult) -> str:
    """What became of a call, in a word."""
    return QCoreApplication.translate("History", _RESULTS[result])


def kind_word(kind: CallKind) -> str:
    """Whom a call was for, in as short a word as a row has room for."""
    return QCoreApplication.translate("History", _KINDS[kind])


def row_icon(entry: HistoryEntry) -> Icon:
    """The shape that tells direction and result."""
    usual = Icon.OUTGOING if entry.direction is CallDirection.OUTGOING else Icon.INCOMING
    return _ICONS.get(entry.result, usual)


def is_missed(entry: HistoryEntry) -> bool:
    """Whether nobody took it."""
    return entry.result in TASK_RESULTS


def caller(context: Context, entry: HistoryEntry) -> Party:
    """The other side by the name we know it by; the name is its number, or says that there is none."""
    party = context.services.names.named(entry.party)
    withheld = QCoreApplication.translate("History", "Number withheld")
    return Party(party.number, party.name or party.number or withheld)


def way(entry: HistoryEntry) -> str:
    """Outgoing, the group's name, or the kind of an incoming call."""
    if entry.direction is CallDirection.OUTGOING:
        return QCoreApplication.translate("History", "outgoing")
    return entry.group or kind_word(entry.kind)


def outcome(context: Context, entry: HistoryEntry) -> str:
    """How long one talked, or why one did not; with who took it."""
    if entry.result is CallResult.ANSWERED:
        return duration(entry.talk_s)
    if entry.result is CallResult.TAKEN and entry.taken_by:
        text = QCoreApplication.translate("History", "taken by {name}")
        return text.replace("{name}", name_of(context, entry.taken_by))
    return result_word(entry.result)


def when(moment: datetime) -> str:
    """A time of today as a clock shows it, else the day; with the year where it is another one."""
    local, now = QDateTime.fromSecsSinceEpoch(int(moment.timestamp())), QDateTime.currentDateTime()
    locale = QLocale()
    if local.date() == now.date():
        return locale.toString(local.time(), QLocale.FormatType.ShortFormat)
    if local.date() == now.date().addDays(-1):
        return QCoreApplication.translate("History", "yesterday")
    if local.date().year() == now.date().year():
        return locale.toString(local.date(), QCoreApplication.translate("History", "d MMM"))
    return locale.toString(local.date(), QLocale.FormatType.ShortFormat)


def missed_count(count: int) -> str:
    """So many missed calls wait."""
    if count == 1:
        return QCoreApplication.translate("History", "1 missed call")
    return QCoreApplication.translate("History", "{count} missed calls").replace("{count}", str(count))


def calls_count(count: int) -> str:
    """So many calls."""
    if count == 1:
        return QCoreApplication.translate("History", "1 call")
    text = QCoreApplication.translate("History", "{count} calls")
    return text.replace("{count}", QLocale().toString(count))


def task_text(context: Context, entry: HistoryEntry) -> str:
    """Where the task stands, and who did it; empty where there is none."""
    if entry.task is TaskState.NONE:
        return ""
    if entry.task is TaskState.OPEN:
        return QCoreApplication.translate("History", "to be called back")
    own = entry.done_by in ("", entry.user)
    if own or entry.done_at is None:
        text = QCoreApplication.translate("History", "done")
        return f"{text}, {clock(entry.done_at)}" if entry.done_at else text
    text = QCoreApplication.translate("History", "done by {name}, {time}")
    return text.replace("{name}", name_of(context, entry.done_by)).replace("{time}", clock(entry.done_at))


def described(context: Context, entry: HistoryEntry) -> str:
    """A row in one sentence, for tooltips and screen readers."""
    party = caller(context, entry)
    note = context.services.descriptions.note(entry)
    parts = [
        written(party.name),
        written(party.number) if party.number != party.name else "",
        way(entry),
        result_word(entry.result) if entry.result is CallResult.ANSWERED else "",
        outcome(context, entry),
        clock(entry.started_at),
        task_text(context, entry),
        QCoreApplication.translate("History", "with a note") if note else "",
        QCoreApplication.translate("History", "recorded") if entry.recording_id else "",
    ]
    return ", ".join(part for part in parts if part)
