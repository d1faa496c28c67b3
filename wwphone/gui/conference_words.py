"""Conferences in words: who is in which state, how one gets into a room, and why something did not work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.numbers import CONFERENCE_ENTRY_NUMBER
from wwphone.gui.conference_rows import InvitedRow, ParticipantRow, Standing
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.style.tokens import Colours
from wwphone.gui.words import QT_TRANSLATE_NOOP, clock, duration, refusal

STANDINGS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.HERE: QT_TRANSLATE_NOOP("Conference", "is there"),
        Standing.CALLING: QT_TRANSLATE_NOOP("Conference", "is being called"),
        Standing.RINGING: QT_TRANSLATE_NOOP("Conference", "rings"),
        Standing.BUSY: QT_TRANSLATE_NOOP("Conference", "busy"),
        Standing.NO_ANSWER: QT_TRANSLATE_NOOP("Conference", "no answer"),
        Standing.REFUSED: QT_TRANSLATE_NOOP("Conference", "declined the call"),
        Standing.FAILED: QT_TRANSLATE_NOOP("Conference", "cannot be reached"),
        Standing.LEFT: QT_TRANSLATE_NOOP("Conference", "has left"),
        Standing.MAIL_FAILED: QT_TRANSLATE_NOOP("Conference", "invitation not delivered"),
        Standing.ACCEPTED: QT_TRANSLATE_NOOP("Conference", "accepted"),
        Standing.TENTATIVE: QT_TRANSLATE_NOOP("Conference", "accepted tentatively"),
        Standing.DECLINED: QT_TRANSLATE_NOOP("Conference", "declined"),
        Standing.MAIL_UNCERTAIN: QT_TRANSLATE_NOOP("Conference", "invitation perhaps not delivered"),
        Standing.MAIL_QUEUED: QT_TRANSLATE_NOOP("Conference", "invitation is being sent"),
        Standing.MAIL_SENT: QT_TRANSLATE_NOOP("Conference", "invitation sent"),
    }
)

STANDING_ICONS: Mapping[Standing, Icon] = MappingProxyType(
    {
        Standing.HERE: Icon.IN_CALL,
        Standing.CALLING: Icon.DIALLING,
        Standing.RINGING: Icon.RINGING,
        Standing.BUSY: Icon.ENGAGED,
        Standing.NO_ANSWER: Icon.MISSED,
        Standing.REFUSED: Icon.DECLINED,
        Standing.FAILED: Icon.NO_PHONE,
        Standing.LEFT: Icon.GIVEN_UP,
        Standing.MAIL_FAILED: Icon.MAIL_FAILED,
        Standing.ACCEPTED: Icon.AVAILABLE,
        Standing.TENTATIVE: Icon.TENTATIVE,
        Standing.DECLINED: Icon.DECLINED_THERE,
        Standing.MAIL_UNCERTAIN: Icon.WARNING,
        Standing.MAIL_QUEUED: Icon.MAIL_UNDER_WAY,
        Standing.MAIL_SENT: Icon.MAIL_SENT,
    }
)
"""Each has a shape of its own: nothing is told by colour alone."""

_GOOD = frozenset({Standing.HERE, Standing.ACCEPTED})
_UNDER_WAY = frozenset({Standing.CALLING, Standing.RINGING, Standing.MAIL_QUEUED, Standing.TENTATIVE})
_BAD = frozenset(
    {
        *(Standing.BUSY, Standing.NO_ANSWER, Standing.REFUSED, Standing.FAILED),
        *(Standing.MAIL_FAILED, Standing.DECLINED, Standing.MAIL_UNCERTAIN),
    }
)


class Deed(Enum):
    """What one wanted of the server: its refusals mean something else with each."""

    STEER = "steer"
    INVITE = "invite"
    LOCK = "lock"
    PIN = "pin"
    MAIL = "mail"
    EXTEND = "extend"
    PLAN = "plan"
    CHANGE = "change"
    CANCEL = "cancel"
    FEED = "feed"


EXTENSION_MIN = 15
"""So much longer a planned conference lasts with each press."""

_OF_PLANS = frozenset({Deed.MAIL, Deed.EXTEND, Deed.PLAN, Deed.CHANGE, Deed.CANCEL, Deed.FEED})
"""With one's own planned conferences: whose room it is does not matter."""


_REFUSALS: Mapping[tuple[Deed | None, ErrorCode], str] = MappingProxyType(
    {
        (None, ErrorCode.NOT_PERMITTED): QT_TRANSLATE_NOOP(
            "Conference", "Only whose room it is, administrators and chairs may do this."
        ),
        (None, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP("Conference", "They are not there any more."),
        (Deed.INVITE, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP(
            "Conference", "This room is not there any more."
        ),
        (Deed.INVITE, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "The room is full: nobody else can be called in."
        ),
        (Deed.INVITE, ErrorCode.INVALID): QT_TRANSLATE_NOOP(
            "Conference", "One of these numbers cannot be dialled. Nobody was called."
        ),
        (Deed.STEER, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "Whoever was called has just answered."
        ),
        (Deed.LOCK, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "Nobody is there, so there is nothing to lock."
        ),
        (Deed.PIN, ErrorCode.INVALID): QT_TRANSLATE_NOOP(
            "Conference",
            "This PIN is easily guessed. Take no digits in a row or over and over again, no year, and not your number.",
        ),
        (Deed.PIN, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP("Conference", "This room is not there any more."),
        (Deed.MAIL, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference",
            "Nothing was sent: this conference is over, or it was sent again less than a minute ago.",
        ),
        (Deed.MAIL, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP(
            "Conference", "This conference is planned no more: nothing was sent."
        ),
        (Deed.PLAN, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "You have planned as much as one may: cancel a conference first."
        ),
        (Deed.CHANGE, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "It was changed or cancelled meanwhile, or is over: nothing was sent."
        ),
        (Deed.CHANGE, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP(
            "Conference", "This conference is planned no more: nothing was sent."
        ),
        (Deed.CANCEL, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "This conference is over: nothing was sent."
        ),
        (Deed.CANCEL, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP(
            "Conference", "This conference is planned no more: nothing was sent."
        ),
        (Deed.EXTEND, ErrorCode.NOT_FOUND): QT_TRANSLATE_NOOP(
            "Conference", "It does not go on any more, so it cannot be made longer."
        ),
        (Deed.EXTEND, ErrorCode.CONFLICT): QT_TRANSLATE_NOOP(
            "Conference", "It does not go on any more, so it cannot be made longer."
        ),
        (Deed.EXTEND, ErrorCode.INVALID): QT_TRANSLATE_NOOP(
            "Conference", "It cannot be made any longer: another one follows, or it is as long as it may be."
        ),
    }
)


def conference_refusal(deed: Deed, error: WireError) -> str:
    """Why the server did not do it."""
    text = _REFUSALS.get((deed, error.code))
    if text is None and deed not in _OF_PLANS:
        text = _REFUSALS.get((None, error.code))
    return QCoreApplication.translate("Conference", text) if text else refusal(error)


def standing_word(standing: Standing) -> str:
    """What became of an invitation, in a word."""
    return QCoreApplication.translate("Conference", STANDINGS[standing])


def standing_colour(colours: Colours, standing: Standing) -> str:
    """The colour beside shape and word."""
    if standing in _GOOD:
        return colours.status_green
    if standing in _UNDER_WAY:
        return colours.status_yellow
    return colours.status_red if standing in _BAD else colours.status_grey


def shown_name(row: ParticipantRow | InvitedRow) -> str:
    """A name, and whether that is oneself."""
    if not row.mine:
        return row.name
    return QCoreApplication.translate("Conference", "{name} (you)").replace("{name}", row.name)


def participant_states(row: ParticipantRow) -> list[str]:
    """In words what the icons say."""
    one = row.participant
    if one.muted:
        words = [QCoreApplication.translate("Conference", "muted")]
    elif one.talking:
        words = [QCoreApplication.translate("Conference", "talking")]
    else:
        words = [QCoreApplication.translate("Conference", "listening")]
    if one.chair:
        words.append(QCoreApplication.translate("Conference", "chair"))
    return words


def lasts(row: ParticipantRow, now: datetime | None = None) -> str:
    """How long somebody is there."""
    return duration(((now or datetime.now(UTC)) - row.participant.since).total_seconds())


def participant_below(row: ParticipantRow) -> str:
    """What stands below a participant's name."""
    return " · ".join((*filter(None, (row.number,)), *participant_states(row)))


def participant_described(row: ParticipantRow) -> str:
    """All of it, for who does not see it."""
    since = QCoreApplication.translate("Conference", "since {time}")
    told = since.replace("{time}", clock(row.participant.since))
    return ", ".join((shown_name(row), *filter(None, (row.number,)), *participant_states(row), told))


def invited_states(row: InvitedRow) -> list[str]:
    """What became of the call, and of the e-mail."""
    words = [standing_word(row.standing)]
    if row.instead:
        text = QCoreApplication.translate("Conference", "{name} is there instead")
        words = [text.replace("{name}", row.instead)]
    if row.invitee is not None and row.mail_standing is not row.standing:
        words.append(standing_word(row.mail_standing))
    if row.invitee is not None and row.invitee.mail_words:
        words[-1] += f": {row.invitee.mail_words}"
    return words


def invited_below(row: InvitedRow) -> str:
    """What stands below the name: the state first, since the rest is cut where there is no room."""
    return " · ".join((*invited_states(row), *_whereby(row)))


def invited_described(row: InvitedRow) -> str:
    """All of it, for who does not see it."""
    at = (clock(row.at),) if row.at is not None else ()
    return ", ".join((shown_name(row), *_whereby(row), *invited_states(row), *at))


def room_title(room: ConferenceRoom, *, own: bool) -> str:
    """A room as one chooses it."""
    if own:
        return " · ".join((room.number, QCoreApplication.translate("Conference", "my room")))
    return f"{room.number} · {room.name}" if room.name else room.number


def room_way_in(room: ConferenceRoom) -> str:
    """How one gets into a room, in a line for the window and to be sent; the PIN for whom may know it.

    Without a PIN the PBX lets nobody in from outside, so there is nothing to be told of it.
    """
    parts, has_pin = [], bool(room.pin) or not room.may_control
    if room.external_number and has_pin:
        text = QCoreApplication.translate("Conference", "from outside {number}")
        parts.append(text.replace("{number}", written(room.external_number)))
    text = QCoreApplication.translate("Conference", "from inside {number}")
    parts.append(text.replace("{number}", CONFERENCE_ENTRY_NUMBER))
    text = QCoreApplication.translate("Conference", "room {number}")
    parts.append(text.replace("{number}", room.number))
    if room.pin:
        parts.append(QCoreApplication.translate("Conference", "PIN {pin}").replace("{pin}", room.pin))
    return " · ".join(parts)


def _whereby(row: InvitedRow) -> tuple[str, ...]:
    """Number or address, where the name is not it."""
    if row.invitee is not None:
        return (row.invitee.address,) if row.invitee.address != row.name else ()
    number = written(row.number)
    return (number,) if number and number != row.name else ()
