"""Reachability in words: why calls do not ring, since when and by whom, what mends it, and where calls go instead."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import CallKind
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.domain.reachability import Forwarding, ForwardingCause, Obstacle, ObstacleKind
from wwphone.gui.numbers import written
from wwphone.gui.words import QT_TRANSLATE_NOOP, clock, refusal, sentence, word
from wwphone.services.presence import PresenceService
from wwphone.services.reachability import Reason
from wwphone.services.ring_groups import RingGroupsSnapshot
from wwphone.sip.api import RegistrationState

_EFFECTS: Mapping[frozenset[CallKind], str] = MappingProxyType(
    {
        frozenset(CallKind): QT_TRANSLATE_NOOP("Reachability", "Calls do not reach you"),
        frozenset({CallKind.DIRECT, CallKind.GROUP}): QT_TRANSLATE_NOOP(
            "Reachability", "External calls do not reach you"
        ),
        frozenset({CallKind.INTERNAL, CallKind.DIRECT}): QT_TRANSLATE_NOOP(
            "Reachability", "Internal and direct calls do not reach you"
        ),
        frozenset({CallKind.INTERNAL, CallKind.GROUP}): QT_TRANSLATE_NOOP(
            "Reachability", "Internal and group calls do not reach you"
        ),
        frozenset({CallKind.INTERNAL}): QT_TRANSLATE_NOOP("Reachability", "Internal calls do not reach you"),
        frozenset({CallKind.DIRECT}): QT_TRANSLATE_NOOP("Reachability", "Direct calls do not reach you"),
        frozenset({CallKind.GROUP}): QT_TRANSLATE_NOOP("Reachability", "Group calls do not reach you"),
    }
)
_CAUSES: Mapping[ObstacleKind, str] = MappingProxyType(
    {
        # A presence has a word of its own, being logged out a sentence.
        ObstacleKind.DO_NOT_DISTURB: QT_TRANSLATE_NOOP("Reachability", "Do not disturb"),
        ObstacleKind.FORWARDED: QT_TRANSLATE_NOOP("Reachability", "forwarded to {target}"),
        ObstacleKind.NOT_REGISTERED: QT_TRANSLATE_NOOP("Reachability", "no device of yours is registered"),
        ObstacleKind.NOT_ANSWERING: QT_TRANSLATE_NOOP("Reachability", "no device of yours answers"),
        ObstacleKind.BUSY: QT_TRANSLATE_NOOP("Reachability", "busy with a call"),
    }
)
_MENDING: Mapping[ObstacleKind, str] = MappingProxyType(
    {
        ObstacleKind.DO_NOT_DISTURB: QT_TRANSLATE_NOOP("Reachability", "Switch off"),
        ObstacleKind.FORWARDED: QT_TRANSLATE_NOOP("Reachability", "End forwarding"),
        ObstacleKind.NOT_REGISTERED: QT_TRANSLATE_NOOP("Reachability", "Try now"),
        ObstacleKind.NOT_ANSWERING: QT_TRANSLATE_NOOP("Reachability", "Try now"),
        ObstacleKind.PRESENCE: QT_TRANSLATE_NOOP("Reachability", "Be available"),
        ObstacleKind.GROUP_LOGGED_OUT: QT_TRANSLATE_NOOP("Reachability", "Log in"),
    }
)


def reason_text(reason: Reason, presence: PresenceService, ring_groups: RingGroupsSnapshot) -> str:
    """Why calls do not ring, as a sentence."""
    if isinstance(reason, RegistrationState):
        return sentence(reason)
    effect = QCoreApplication.translate(
        "Reachability", _EFFECTS.get(frozenset(reason.affected), _EFFECTS[frozenset(CallKind)])
    )
    said = f"{effect}: {_cause(reason, presence)}"
    if reason.kind is ObstacleKind.GROUP_LOGGED_OUT:
        said = QCoreApplication.translate("Reachability", "You are logged out of the group {group}")
        said = said.format(group=ring_groups.named(reason.target))
    if reason.since is not None:
        since = QCoreApplication.translate("Reachability", "since {time}")
        said = f"{said} {since.format(time=clock(reason.since))}"
    setter = _setter(reason, presence)
    if setter:
        by = QCoreApplication.translate("Reachability", "set by {name}")
        said = f"{said} ({by.format(name=setter)})"
    elif reason.set_from:
        here = QCoreApplication.translate("Reachability", "set on this PC")
        there = QCoreApplication.translate("Reachability", "set on {device}")
        where = here if reason.set_from == platform.node() else there.format(device=reason.set_from)
        said = f"{said} ({where})"
    return f"{said}."


def mending_text(reason: Reason) -> str:
    """What the button is called that takes a reason away; empty where there is none."""
    if reason is RegistrationState.TOO_MANY_DEVICES:
        return QCoreApplication.translate("Reachability", "My devices")
    kind = reason.kind if isinstance(reason, Obstacle) else ObstacleKind.NOT_REGISTERED
    text = _MENDING.get(kind, "")
    return QCoreApplication.translate("Reachability", text) if text else ""


def target_text(number: str, presence: PresenceService) -> str:
    """Where calls go, in few words: a colleague's name, the voicemail, or a number."""
    if number == VOICEMAIL_NUMBER:
        return QCoreApplication.translate("Reachability", "voicemail")
    colleague = presence.with_number(number)
    return colleague.nickname if colleague else written(number)


def forwarding_text(forwarding: Forwarding, presence: PresenceService) -> str:
    """A forwarding in few words, for the header; of all calls, where they go says it all."""
    if forwarding.cause is ForwardingCause.ALWAYS:
        return target_text(forwarding.target, presence)
    return f"{word(forwarding.cause)}: {target_text(forwarding.target, presence)}"


def forwardings_text(forwardings: Iterable[Forwarding], presence: PresenceService) -> str:
    """All forwardings whole, a line each, for tooltips and screen readers."""
    return "\n".join(_whole(each, presence) for each in forwardings)


def forwarding_refusal(error: WireError) -> str:
    """Why the server did not take a forwarding."""
    if error.code is ErrorCode.CONFLICT:
        return QCoreApplication.translate(
            "Reachability", "Calls would come back in a loop: this number forwards to you."
        )
    if error.code is ErrorCode.INVALID:
        return QCoreApplication.translate("Reachability", "Calls cannot be forwarded to this number.")
    return refusal(error)


def _cause(reason: Obstacle, presence: PresenceService) -> str:
    if reason.kind is ObstacleKind.GROUP_LOGGED_OUT:
        return ""
    if reason.kind is ObstacleKind.PRESENCE:
        return word(presence.own.status) if presence.own else ""
    text = QCoreApplication.translate("Reachability", _CAUSES[reason.kind])
    return text.format(target=target_text(reason.target, presence))


def _setter(reason: Obstacle, presence: PresenceService) -> str:
    """Who chose the presence that keeps calls away, when it was somebody else."""
    return presence.own_set_by if reason.kind is ObstacleKind.PRESENCE else ""


def _whole(forwarding: Forwarding, presence: PresenceService) -> str:
    text = f"{word(forwarding.cause)}: {target_text(forwarding.target, presence)}"
    if presence.with_number(forwarding.target):
        text = f"{text}, {forwarding.target}"
    if forwarding.cause is not ForwardingCause.NO_ANSWER:
        return text
    after = QCoreApplication.translate("Reachability", "after {seconds} s")
    return f"{text} ({after.format(seconds=forwarding.after_s)})"
