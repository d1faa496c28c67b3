"""Recordings in words: whom with, what became of them, who listened."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from wwphone.domain.calls import CallDirection, Party
from wwphone.domain.recording import (
    AutomaticRecording,
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingPurpose,
    RecordingsState,
    RecordingState,
)
from wwphone.gui.context import Context
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import name_of
from wwphone.gui.words import QT_TRANSLATE_NOOP, clock, duration

_STATES: Mapping[RecordingState, str] = MappingProxyType(
    {
        RecordingState.WORKING: QT_TRANSLATE_NOOP("Recordings", "is being put away"),
        RecordingState.READY: "",
        RecordingState.MISSING: QT_TRANSLATE_NOOP("Recordings", "its file is missing"),
        RecordingState.CHANGED: QT_TRANSLATE_NOOP("Recordings", "was changed: not as it was recorded"),
    }
)
_ENDS: Mapping[RecordingEnd, str] = MappingProxyType(
    {
        RecordingEnd.STOPPED: "",
        RecordingEnd.CALL_ENDED: "",
        RecordingEnd.RIGHT_WITHDRAWN: QT_TRANSLATE_NOOP("Recordings", "ended, since the right was withdrawn"),
        RecordingEnd.DISK_FULL: QT_TRANSLATE_NOOP("Recordings", "ended, since the disk was full"),
        RecordingEnd.INTERRUPTED: QT_TRANSLATE_NOOP("Recordings", "interrupted"),
    }
)
_AUTOMATIC: Mapping[AutomaticRecording, str] = MappingProxyType(
    {
        AutomaticRecording.NONE: QT_TRANSLATE_NOOP(
            "Recordings", "None of your calls is recorded automatically."
        ),
        AutomaticRecording.INCOMING: QT_TRANSLATE_NOOP(
            "Recordings", "Your incoming calls are recorded automatically."
        ),
        AutomaticRecording.OUTGOING: QT_TRANSLATE_NOOP(
            "Recordings", "Your outgoing calls are recorded automatically."
        ),
        AutomaticRecording.EXTERNAL: QT_TRANSLATE_NOOP(
            "Recordings", "Your calls from and to outside are recorded automatically."
        ),
        AutomaticRecording.ALL: QT_TRANSLATE_NOOP("Recordings", "All your calls are recorded automatically."),
    }
)


def rules_text(state: RecordingsState, *, has_right: bool) -> str:
    """How one's calls are recorded, as an administrator decided."""
    if not state.possible:
        return QCoreApplication.translate("Recordings", "This server is not set up to record calls.")
    parts = [QCoreApplication.translate("Recordings", _AUTOMATIC[state.automatic])]
    if has_right:
        parts.append(QCoreApplication.translate("Recordings", "You may record calls yourself."))
    if state.tone:
        parts.append(QCoreApplication.translate("Recordings", "Everybody in a recorded call hears a tone."))
    else:
        parts.append(
            QCoreApplication.translate("Recordings", "No tone tells the others that a call is recorded.")
        )
    return " ".join(parts)


def other_side(context: Context, entry: RecordingEntry) -> Party:
    """Whom one talked with, named as the window names them."""
    party = context.services.names.named(entry.party)
    if party.number or party.name:
        return Party(party.number, party.name or party.number)
    return Party("", QCoreApplication.translate("Recordings", "Number withheld"))


def state_text(entry: RecordingEntry) -> str:
    """Why it cannot be played; empty when it can."""
    if entry.state is RecordingState.MISSING and not entry.size:
        return QCoreApplication.translate("Recordings", "nothing of it was recorded")
    text = _STATES[entry.state]
    return QCoreApplication.translate("Recordings", text) if text else ""


def end_text(entry: RecordingEntry) -> str:
    """How it ended, where that is worth a word."""
    text = _ENDS[entry.end]
    return QCoreApplication.translate("Recordings", text) if text else ""


def direction_text(entry: RecordingEntry) -> str:
    """Which way the call went."""
    if entry.direction is CallDirection.INCOMING:
        return QCoreApplication.translate("Recordings", "incoming")
    return QCoreApplication.translate("Recordings", "outgoing")


def below_text(context: Context, entry: RecordingEntry) -> str:
    """The second line of a row: number, what is special about it, and how it stands."""
    party = other_side(context, entry)
    automatic = QCoreApplication.translate("Recordings", "automatic") if entry.automatic else ""
    parts = (
        state_text(entry),
        written(party.number) if party.number != party.name else "",
        automatic,
        end_text(entry),
    )
    return " · ".join(part for part in parts if part)


def described(context: Context, entry: RecordingEntry) -> str:
    """A row in one sentence, for tooltips and screen readers."""
    count = len(entry.notes)
    noted = ""
    if count == 1:
        noted = QCoreApplication.translate("Recordings", "1 note")
    elif count:
        noted = QCoreApplication.translate("Recordings", "{count} notes").replace("{count}", str(count))
    parts = (
        written(other_side(context, entry).name),
        direction_text(entry),
        below_text(context, entry),
        duration(entry.length_ms / 1000),
        moment_text(entry),
        noted,
    )
    return ", ".join(part for part in parts if part)


def moment_text(entry: RecordingEntry) -> str:
    """When it began, by day and time."""
    moment = QDateTime.fromSecsSinceEpoch(int(entry.started_at.timestamp()))
    day = QLocale().toString(moment.date(), QCoreApplication.translate("Recordings", "ddd d MMM yyyy"))
    return f"{day}, {QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)}"


def recordings_count(count: int) -> str:
    """So many recordings."""
    if count == 1:
        return QCoreApplication.translate("Recordings", "1 recording")
    text = QCoreApplication.translate("Recordings", "{count} recordings")
    return text.replace("{count}", QLocale().toString(count))


def access_text(context: Context, access: RecordingAccess) -> str:
    """Who got the sound, when, where and what for."""
    played = access.purpose is RecordingPurpose.PLAY
    what = (
        QCoreApplication.translate("Recordings", "played")
        if played
        else QCoreApplication.translate("Recordings", "exported")
    )
    where = f" ({access.host_name})" if access.host_name else ""
    return f"{clock(access.at)} · {name_of(context, access.user)}{where} · {what}"


def file_name(context: Context, entry: RecordingEntry, suffix: str) -> str:
    """What an exported file is called: moment and other side, without what no file system takes."""
    local = entry.started_at.astimezone().strftime("%Y-%m-%d %H.%M")
    name = written(other_side(context, entry).name)
    kept = "".join(letter for letter in name if letter.isalnum() or letter in " -_.&+()").strip(" .")
    return f"{local} {kept[:60]}".strip() + suffix
