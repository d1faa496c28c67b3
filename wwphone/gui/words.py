"""Every state in words, and every failure as a sentence: what happened, what it means, what to do.

The tables hold English source texts marked for translation; `word` and `sentence` translate them at the moment of use,
so that the language can change while the program runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Mode
from wwphone.domain.call_pages import TemplateProblem
from wwphone.domain.calls import CallEnd, CallKind, CallState, EndReason, PhoneState, QualityWord
from wwphone.domain.hotkeys import HotkeyProblem
from wwphone.domain.phonebook import NumberKind
from wwphone.domain.pickup import Unanswered
from wwphone.domain.presence import PresenceStatus
from wwphone.domain.reachability import ForwardingCause
from wwphone.hotkeys.api import HotkeySupport
from wwphone.services.calls import CannotDial
from wwphone.services.desk_phone import DeskProblem
from wwphone.sip.api import RegistrationState, SoundState


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for lupdate, which knows this name; Qt's own is not typed."""
    del context
    return text


WORDS: Mapping[Enum, str] = MappingProxyType(
    {
        PresenceStatus.TELEPHONE_SERVICE: QT_TRANSLATE_NOOP("Words", "Telephone service"),
        PresenceStatus.AVAILABLE: QT_TRANSLATE_NOOP("Words", "Available"),
        PresenceStatus.BE_RIGHT_BACK: QT_TRANSLATE_NOOP("Words", "Be right back"),
        PresenceStatus.DIRECT_ONLY: QT_TRANSLATE_NOOP("Words", "Direct number only"),
        PresenceStatus.INTERNAL_ONLY: QT_TRANSLATE_NOOP("Words", "Internal only"),
        PresenceStatus.UNAVAILABLE: QT_TRANSLATE_NOOP("Words", "Unavailable"),
        PresenceStatus.OFFLINE: QT_TRANSLATE_NOOP("Words", "Offline"),
        PhoneState.OFFLINE: QT_TRANSLATE_NOOP("Words", "no phone"),
        PhoneState.FREE: QT_TRANSLATE_NOOP("Words", "free"),
        PhoneState.RINGING: QT_TRANSLATE_NOOP("Words", "ringing"),
        PhoneState.BUSY: QT_TRANSLATE_NOOP("Words", "busy"),
        CallState.DIALING: QT_TRANSLATE_NOOP("Words", "dialling …"),
        CallState.RINGING: QT_TRANSLATE_NOOP("Words", "rings there"),
        CallState.INCOMING: QT_TRANSLATE_NOOP("Words", "calls you"),
        CallState.ACTIVE: QT_TRANSLATE_NOOP("Words", "talking"),
        CallState.HELD: QT_TRANSLATE_NOOP("Words", "on hold"),
        CallState.ENDED: QT_TRANSLATE_NOOP("Words", "ended"),
        CallKind.INTERNAL: QT_TRANSLATE_NOOP("Words", "internal call"),
        CallKind.DIRECT: QT_TRANSLATE_NOOP("Words", "call from outside"),
        CallKind.GROUP: QT_TRANSLATE_NOOP("Words", "group call"),
        ForwardingCause.ALWAYS: QT_TRANSLATE_NOOP("Words", "Always"),
        ForwardingCause.NOT_REGISTERED: QT_TRANSLATE_NOOP("Words", "No device"),
        ForwardingCause.BUSY: QT_TRANSLATE_NOOP("Words", "Busy"),
        ForwardingCause.NO_ANSWER: QT_TRANSLATE_NOOP("Words", "No answer"),
        NumberKind.OFFICE: QT_TRANSLATE_NOOP("Words", "Office"),
        NumberKind.MOBILE: QT_TRANSLATE_NOOP("Words", "Mobile"),
        NumberKind.PRIVATE: QT_TRANSLATE_NOOP("Words", "Private"),
        Mode.SOFTPHONE: QT_TRANSLATE_NOOP("Words", "Softphone"),
        Mode.DESK_PHONE: QT_TRANSLATE_NOOP("Words", "Desk phone"),
        Mode.FLEXIBLE: QT_TRANSLATE_NOOP("Words", "Flexible"),
        QualityWord.GOOD: QT_TRANSLATE_NOOP("Words", "good line"),
        QualityWord.FAIR: QT_TRANSLATE_NOOP("Words", "fair line"),
        QualityWord.POOR: QT_TRANSLATE_NOOP("Words", "poor line"),
        Unanswered.RINGS: QT_TRANSLATE_NOOP("Words", "does not answer yet"),
        Unanswered.IN_CALL: QT_TRANSLATE_NOOP("Words", "is in a call"),
        Unanswered.DO_NOT_DISTURB: QT_TRANSLATE_NOOP("Words", "Do not disturb"),
        Unanswered.BE_RIGHT_BACK: QT_TRANSLATE_NOOP("Words", "Be right back"),
        Unanswered.NOT_WANTED: QT_TRANSLATE_NOOP("Words", "asks not to be called"),
        Unanswered.NOT_CONNECTED: QT_TRANSLATE_NOOP("Words", "is offline"),
    }
)
"""A short word for each state, as it stands in a list."""

_EFFECTS: Mapping[frozenset[CallKind], str] = MappingProxyType(
    {
        frozenset(): QT_TRANSLATE_NOOP("Words", "No calls ring."),
        frozenset(CallKind): QT_TRANSLATE_NOOP("Words", "All calls ring."),
        frozenset({CallKind.INTERNAL}): QT_TRANSLATE_NOOP("Words", "Only internal calls ring."),
        frozenset({CallKind.DIRECT}): QT_TRANSLATE_NOOP("Words", "Only direct calls ring."),
        frozenset({CallKind.GROUP}): QT_TRANSLATE_NOOP("Words", "Only group calls ring."),
        frozenset({CallKind.INTERNAL, CallKind.DIRECT}): QT_TRANSLATE_NOOP(
            "Words", "Internal and direct calls ring, group calls do not."
        ),
        frozenset({CallKind.INTERNAL, CallKind.GROUP}): QT_TRANSLATE_NOOP(
            "Words", "Internal and group calls ring, direct calls do not."
        ),
        frozenset({CallKind.DIRECT, CallKind.GROUP}): QT_TRANSLATE_NOOP(
            "Words", "Direct and group calls ring, internal calls do not."
        ),
    }
)
"""What a presence does, by the kinds of call that ring."""

SENTENCES: Mapping[Enum, str] = MappingProxyType(
    {
        EndReason.HUNG_UP_HERE: QT_TRANSLATE_NOOP("Words", "You hung up."),
        EndReason.HUNG_UP_THERE: QT_TRANSLATE_NOOP("Words", "The other side hung up."),
        EndReason.CANCELLED: QT_TRANSLATE_NOOP("Words", "You ended the call before anybody answered."),
        EndReason.MISSED: QT_TRANSLATE_NOOP("Words", "Missed: the caller hung up."),
        EndReason.DECLINED_HERE: QT_TRANSLATE_NOOP("Words", "You declined the call."),
        EndReason.DECLINED_THERE: QT_TRANSLATE_NOOP("Words", "The call was declined."),
        EndReason.ANSWERED_ELSEWHERE: QT_TRANSLATE_NOOP("Words", "Answered on another device."),
        EndReason.BUSY: QT_TRANSLATE_NOOP("Words", "Busy. Try again in a moment."),
        EndReason.NO_ANSWER: QT_TRANSLATE_NOOP("Words", "Nobody answered."),
        EndReason.UNKNOWN_NUMBER: QT_TRANSLATE_NOOP(
            "Words", "This number does not exist. Check what you dialled."
        ),
        EndReason.UNREACHABLE: QT_TRANSLATE_NOOP(
            "Words", "No phone of this number is switched on at the moment."
        ),
        EndReason.NOT_PERMITTED: QT_TRANSLATE_NOOP(
            "Words", "The PBX does not allow you to call this number."
        ),
        EndReason.NO_COMMON_CODEC: QT_TRANSLATE_NOOP(
            "Words", "The two phones have no way of speech in common."
        ),
        EndReason.CERTIFICATE_REJECTED: QT_TRANSLATE_NOOP(
            "Words", "The PBX's certificate is not trusted, so nothing was sent. Tell your administrator."
        ),
        EndReason.PBX_UNREACHABLE: QT_TRANSLATE_NOOP(
            "Words", "The PBX does not answer. It is tried again by itself."
        ),
        EndReason.PARKED: QT_TRANSLATE_NOOP("Words", "Parked."),
        EndReason.TRANSFERRED: QT_TRANSLATE_NOOP("Words", "You transferred the call."),
        EndReason.DEFLECTED: QT_TRANSLATE_NOOP("Words", "You sent the caller on."),
        EndReason.MOVED: QT_TRANSLATE_NOOP("Words", "Goes on at your other device."),
        EndReason.OVER: QT_TRANSLATE_NOOP("Words", "The call is over."),
        EndReason.LINE_LOST: QT_TRANSLATE_NOOP(
            "Words", "The line broke: nothing was heard of the other side any more."
        ),
        EndReason.FAILED: QT_TRANSLATE_NOOP("Words", "The call failed."),
        CannotDial.NOT_REGISTERED: QT_TRANSLATE_NOOP(
            "Words", "You cannot call yet: this PC is not registered with the PBX."
        ),
        CannotDial.NO_DESK_PHONE: QT_TRANSLATE_NOOP(
            "Words", "There is no desk phone of yours to call with. Switch it on, or choose another mode."
        ),
        CannotDial.NO_SERVER: QT_TRANSLATE_NOOP(
            "Words", "The desk phone cannot be steered at the moment. Dial at the phone itself."
        ),
        DeskProblem.LIFT_RECEIVER: QT_TRANSLATE_NOOP(
            "Words", "This desk phone does not answer when it is told to. Lift the receiver."
        ),
        DeskProblem.HELD_THERE: QT_TRANSLATE_NOOP(
            "Words", "The call was held with the key of the desk phone. Resume it there."
        ),
        CannotDial.TOO_MANY_CALLS: QT_TRANSLATE_NOOP(
            "Words", "There are too many calls. End one of them first."
        ),
        RegistrationState.UNREGISTERED: QT_TRANSLATE_NOOP(
            "Words", "This PC does not ring: it is not registered."
        ),
        RegistrationState.REGISTERING: QT_TRANSLATE_NOOP(
            "Words", "This PC is being registered with the PBX."
        ),
        RegistrationState.REGISTERED: QT_TRANSLATE_NOOP("Words", "Calls reach this PC."),
        RegistrationState.REFUSED: QT_TRANSLATE_NOOP(
            "Words",
            "The PBX refused to register this PC, so it does not ring. Sign in again or ask your administrator.",
        ),
        RegistrationState.UNREACHABLE: QT_TRANSLATE_NOOP(
            "Words", "The PBX does not answer, so this PC does not ring. It is tried again by itself."
        ),
        RegistrationState.CERTIFICATE_REJECTED: QT_TRANSLATE_NOOP(
            "Words",
            "The PBX's certificate is not trusted, so this PC was not registered. Tell your administrator.",
        ),
        RegistrationState.TOO_MANY_DEVICES: QT_TRANSLATE_NOOP(
            "Words",
            "Three devices are registered already, so this PC does not ring. Sign one of them out first.",
        ),
        TemplateProblem.NO_ADDRESS: QT_TRANSLATE_NOOP(
            "Words", "This is no address: it begins with https:// and holds no blanks."
        ),
        TemplateProblem.SCHEME: QT_TRANSLATE_NOOP("Words", "Only https, http and mailto can be opened."),
        TemplateProblem.HOST: QT_TRANSLATE_NOOP(
            "Words", "Between // and the next / stands a server's name, without user and password."
        ),
        TemplateProblem.PLACEHOLDER: QT_TRANSLATE_NOOP(
            "Words", "Between < and > stands something that is no placeholder."
        ),
        TemplateProblem.PLACE: QT_TRANSLATE_NOOP(
            "Words",
            "A placeholder cannot stand here: callers could choose where the address leads. "
            "Put it after the server's name, or in subject or body of a mail.",
        ),
        TemplateProblem.TOO_LONG: QT_TRANSLATE_NOOP("Words", "This address is too long."),
        HotkeyProblem.TAKEN: QT_TRANSLATE_NOOP(
            "Words", "Another program has these keys. Choose others, or free them there."
        ),
        HotkeyProblem.TWICE: QT_TRANSLATE_NOOP("Words", "These keys are chosen for another action already."),
        HotkeyProblem.NO_SUCH_KEY: QT_TRANSLATE_NOOP("Words", "This keyboard has no such key."),
        HotkeyProblem.NEEDS_MODIFIER: QT_TRANSLATE_NOOP(
            "Words", "This key is needed for writing. Press Ctrl, Alt or the Windows key with it."
        ),
        HotkeySupport.WAYLAND: QT_TRANSLATE_NOOP(
            "Words",
            "This desktop (Wayland) keeps hot-keys to itself. In its keyboard settings you can bind keys to "
            "the commands: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, "
            "wwphone dial-marked.",
        ),
        HotkeySupport.NOT_HERE: QT_TRANSLATE_NOOP(
            "Words",
            "On this system wwphone has no hot-keys of its own yet. Where the system can bind keys to commands, "
            "use: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, "
            "wwphone dial-marked.",
        ),
        SoundState.READY: QT_TRANSLATE_NOOP("Words", "Microphone and speaker are ready."),
        SoundState.NO_DEVICE: QT_TRANSLATE_NOOP(
            "Words", "This PC has no microphone or speaker: you can use everything but your own voice."
        ),
        SoundState.FAILED: QT_TRANSLATE_NOOP(
            "Words", "The sound could not be opened. Calls go on; choose another device in the settings."
        ),
        LinkProblem.NAME_UNKNOWN: QT_TRANSLATE_NOOP(
            "Words", "There is no server of this name. Check how it is written."
        ),
        LinkProblem.NO_ROUTE: QT_TRANSLATE_NOOP(
            "Words", "There is no way to the server. Is this PC on the network?"
        ),
        LinkProblem.CONNECTION_REFUSED: QT_TRANSLATE_NOOP(
            "Words", "The machine is there, but no wwphone server answers on this port."
        ),
        LinkProblem.TIMEOUT: QT_TRANSLATE_NOOP("Words", "The server did not answer in time."),
        LinkProblem.LINE_LOST: QT_TRANSLATE_NOOP("Words", "The line to the server broke."),
        LinkProblem.CERTIFICATE_UNTRUSTED: QT_TRANSLATE_NOOP(
            "Words",
            "The server's certificate comes from an authority that this PC does not trust. Nothing was sent.",
        ),
        LinkProblem.CERTIFICATE_WRONG_HOST: QT_TRANSLATE_NOOP(
            "Words", "The server's certificate is for another name. Nothing was sent."
        ),
        LinkProblem.CERTIFICATE_EXPIRED: QT_TRANSLATE_NOOP(
            "Words",
            "The server's certificate is not valid today. Check this PC's clock, or tell your administrator.",
        ),
        LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE: QT_TRANSLATE_NOOP(
            "Words", "The file with the certificate authority cannot be read."
        ),
        LinkProblem.TLS_FAILED: QT_TRANSLATE_NOOP(
            "Words", "No encrypted line came about. Is the port right?"
        ),
        LinkProblem.NO_CTI_SERVER: QT_TRANSLATE_NOOP(
            "Words", "Somebody answers there, but it is no wwphone server."
        ),
        LinkProblem.PROTOCOL: QT_TRANSLATE_NOOP("Words", "The server sent something that makes no sense."),
        LinkProblem.UNSUPPORTED_VERSION: QT_TRANSLATE_NOOP(
            "Words", "This program and the server do not fit together. One of them needs an update."
        ),
        LinkProblem.SERVER_STOPPING: QT_TRANSLATE_NOOP("Words", "The server is being restarted."),
        LinkProblem.SAID_NO: QT_TRANSLATE_NOOP("Words", "The server refused."),
        ErrorCode.BAD_MESSAGE: QT_TRANSLATE_NOOP("Words", "The server did not understand this program."),
        ErrorCode.UNKNOWN_TYPE: QT_TRANSLATE_NOOP("Words", "The server does not know this function yet."),
        ErrorCode.UNSUPPORTED_VERSION: QT_TRANSLATE_NOOP(
            "Words", "This program and the server do not fit together. One of them needs an update."
        ),
        ErrorCode.NOT_SIGNED_IN: QT_TRANSLATE_NOOP("Words", "You are not signed in."),
        ErrorCode.WRONG_PASSWORD: QT_TRANSLATE_NOOP("Words", "User name or password is wrong."),
        ErrorCode.CTI_ACCESS_OFF: QT_TRANSLATE_NOOP(
            "Words", "Your administrator has not allowed this user to sign in (CTI access)."
        ),
        ErrorCode.ADDRESS_BLOCKED: QT_TRANSLATE_NOOP(
            "Words", "Too many wrong passwords came from this PC. Try again later."
        ),
        ErrorCode.SIGNED_IN_ELSEWHERE: QT_TRANSLATE_NOOP("Words", "You are signed in on another PC."),
        ErrorCode.SESSION_TAKEN_OVER: QT_TRANSLATE_NOOP(
            "Words", "You signed in on another PC, so this one was signed out."
        ),
        ErrorCode.SESSION_EXPIRED: QT_TRANSLATE_NOOP("Words", "You were signed out. Please sign in again."),
        ErrorCode.NOT_PERMITTED: QT_TRANSLATE_NOOP("Words", "You do not have the right to do this."),
        ErrorCode.NOT_FOUND: QT_TRANSLATE_NOOP("Words", "It is not there any more."),
        ErrorCode.INVALID: QT_TRANSLATE_NOOP("Words", "The server cannot take this value."),
        ErrorCode.CONFLICT: QT_TRANSLATE_NOOP("Words", "Somebody else changed it meanwhile."),
        ErrorCode.NO_SPACE: QT_TRANSLATE_NOOP("Words", "The server's disk is full."),
        ErrorCode.PBX_UNAVAILABLE: QT_TRANSLATE_NOOP(
            "Words", "The server does not reach the PBX at the moment."
        ),
        ErrorCode.PBX_REFUSED: QT_TRANSLATE_NOOP("Words", "The PBX refused."),
        ErrorCode.NOT_EXECUTED: QT_TRANSLATE_NOOP(
            "Words", "There is no line to the server; nothing was done."
        ),
        ErrorCode.UNKNOWN_OUTCOME: QT_TRANSLATE_NOOP(
            "Words",
            "The line broke at this moment: perhaps it was done, perhaps not. Please look before you try again.",
        ),
        ErrorCode.TOO_SLOW: QT_TRANSLATE_NOOP(
            "Words", "This PC was too slow for the server and is connected anew."
        ),
        ErrorCode.SERVER_STOPPING: QT_TRANSLATE_NOOP("Words", "The server is being restarted."),
        ErrorCode.INTERNAL: QT_TRANSLATE_NOOP("Words", "The server made a mistake. Its log says more."),
    }
)
"""A sentence for each end, problem and refusal."""


def word(state: Enum) -> str:
    """A state in a word, in the language of the window. Raises KeyError for what has none."""
    return QCoreApplication.translate("Words", WORDS[state])


def sentence(reason: Enum) -> str:
    """A reason as a sentence, in the language of the window. Raises KeyError for what has none."""
    return QCoreApplication.translate("Words", SENTENCES[reason])


def ending(end: CallEnd) -> str:
    """How a call ended, with the parking place to announce where there is one."""
    if end.slot:
        return QCoreApplication.translate("Words", "Parked at {slot}").format(slot=end.slot)
    return sentence(end.reason)


def refusal(error: WireError) -> str:
    """What the server refused, with the time to wait or the other PC where it told them."""
    text = sentence(error.code)
    if error.retry_after_s is not None:
        wait = QCoreApplication.translate("Words", "Wait {minutes} min.")
        return f"{text} {wait.format(minutes=max(1, round(error.retry_after_s / 60)))}"
    if error.taken_by:
        taken = QCoreApplication.translate("Words", "{name} was faster.")
        return taken.format(name=error.taken_by)
    if error.code is ErrorCode.SIGNED_IN_ELSEWHERE and error.sessions:
        where = QCoreApplication.translate("Words", "You are signed in on {pc} since {time}. Move here?")
        session = error.sessions[0]
        return where.format(pc=session.host_name, time=clock(session.since))
    return text


def clock(moment: datetime) -> str:
    """A time of today as a clock shows it, another day's with its date; local time."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    locale = QLocale()
    time = locale.toString(local.time(), QLocale.FormatType.ShortFormat)
    if local.date() == QDateTime.currentDateTime().date():
        return time
    return f"{locale.toString(local.date(), QLocale.FormatType.ShortFormat)} {time}"


def duration(seconds: float) -> str:
    """How long a call runs: 2:41, 1:02:41."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def effect(status: PresenceStatus, reach: frozenset[CallKind]) -> str:
    """What a presence does to calls, for its tooltip; `reach` is what the server's matrix says of it."""
    if not status.selectable:
        return QCoreApplication.translate("Words", "The program is not connected.")
    return QCoreApplication.translate("Words", _EFFECTS[reach])
