"""Scenes of reachability: do not disturb, forwarding, why calls do not ring, and the presence history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import ME, World, company, today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Profile, Right
from wwphone.domain.calls import CallKind
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.domain.presence import BY_ADMINISTRATOR, JournalEntry, JournalSubject, Presence, PresenceStatus
from wwphone.domain.reachability import (
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.gui.forwarding import ForwardingDialog
from wwphone.gui.journal import JournalDialog, Whose
from wwphone.protocol.reachability import ReadJournal, SetForwarding
from wwphone.services.reachability import mendable

Shown = Sequence[QWidget]

ALL = tuple(CallKind)
TO_BEAT = Forwarding(ForwardingCause.ALWAYS, "207")
CONDITIONAL = (
    Forwarding(ForwardingCause.NOT_REGISTERED, "+41795550104"),
    Forwarding(ForwardingCause.BUSY, VOICEMAIL_NUMBER),
    Forwarding(ForwardingCause.NO_ANSWER, "207", 15),
)
EVERY_REASON = (
    Obstacle(ObstacleKind.DO_NOT_DISTURB, ALL, today(11, 42), "LAPTOP-17"),
    Obstacle(ObstacleKind.FORWARDED, (CallKind.INTERNAL, CallKind.DIRECT), target="207"),
    Obstacle(ObstacleKind.NOT_ANSWERING, ALL, today(11, 40)),
    Obstacle(ObstacleKind.PRESENCE, (CallKind.DIRECT, CallKind.GROUP), today(9, 5), "LAPTOP-17"),
    Obstacle(ObstacleKind.GROUP_LOGGED_OUT, (CallKind.GROUP,), today(8, 1), target="310"),
    Obstacle(ObstacleKind.BUSY, ALL),
)


def administrator() -> World:
    """Anna Muster may see everybody's history."""
    rights = frozenset({Right.CTI_ACCESS, Right.ADMINISTRATE})
    return World(company(profile=Profile(ME, "204", "Anna Muster", "Anna", "Muster", rights)))


def journal() -> list[JournalEntry]:
    """A morning of two people, newest first."""
    status = PresenceStatus
    return [
        replace(_entry(11, 42, ME, status.INTERNAL_ONLY, "LAPTOP-17"), do_not_disturb=True),
        replace(
            _entry(10, 40, ME, status.INTERNAL_ONLY, "wwphone-server", by=BY_ADMINISTRATOR),
            subject=JournalSubject.RING_GROUP,
            subject_name="Hotline",
        ),
        replace(
            _entry(10, 35, ME, status.INTERNAL_ONLY, "LAPTOP-17"),
            subject=JournalSubject.SWITCH,
            subject_name="Holiday",
            subject_on=True,
        ),
        _entry(10, 31, ME, status.INTERNAL_ONLY, "LAPTOP-17"),
        _entry(10, 30, "dario", status.AVAILABLE, "", by="(clock)"),
        _entry(10, 12, "dario", status.BE_RIGHT_BACK, "PC-VERKAUF", back=18),
        _entry(9, 30, ME, status.AVAILABLE, "", by="(clock)"),
        _entry(9, 5, ME, status.BE_RIGHT_BACK, "PC-EMPFANG", back=25),
        _entry(8, 12, ME, status.AVAILABLE, "PC-EMPFANG"),
    ]


def _entry(
    hour: int,
    minute: int,
    user: str,
    status: PresenceStatus,
    pc: str,
    *,
    by: str = "",
    back: int = 0,
) -> JournalEntry:
    at = today(hour, minute)
    back_at = at + timedelta(minutes=back) if back else None
    presence = Presence(status, at, back_at, pc, connected=True)
    return JournalEntry(at, user, presence, by or user)


# ---------------------------------------------------------------- header and sentence


async def disturb_on(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(True, today(11, 42), "LAPTOP-17"), EVERY_REASON[:1])
    await stage.settled()
    return [stage.window]


async def forwarded(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=(TO_BEAT,)), EVERY_REASON[1:2])
    await stage.settled()
    return [stage.window]


async def forwarded_far(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=CONDITIONAL[:1]))
    await stage.settled()
    return [stage.window]


async def forwarded_wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    stage.reachability(Reachability(True, today(11, 42), "", (TO_BEAT,)), EVERY_REASON[:2])
    await stage.settled()
    return [stage.window]


async def forwardings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=CONDITIONAL))
    await stage.settled()
    return [stage.window]


async def forwarding_ended(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=(TO_BEAT,)))
    await stage.settled()
    stage.window._form.end_forwarding_button.click()
    await stage.settled()
    return [stage.window]


async def many_reasons(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(True, today(11, 42), "LAPTOP-17", (TO_BEAT,)), EVERY_REASON)
    await stage.settled()
    return [stage.window]


async def many_reasons_open(stage: Stage) -> Shown:
    shown = await many_reasons(stage)
    stage.window.banners.reach.more.click()
    await stage.settled()
    return shown


async def interrupted(stage: Stage) -> Shown:
    shown = await many_reasons(stage)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return shown


def _reason(reason: Obstacle) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        stage.reachability(Reachability(), (reason,))
        await stage.settled()
        return [stage.window]

    return Scene(f"reason-{reason.kind.value.replace('_', '-')}", play)


# ---------------------------------------------------------------- dialogs


async def _forwarding(stage: Stage) -> ForwardingDialog:
    stage.shell.open_forwarding()
    await stage.settled()
    dialog = stage.shell.forwarding_dialog
    assert dialog is not None
    return dialog


async def forwarding_nothing(stage: Stage) -> Shown:
    await stage.signed_in()
    return [await _forwarding(stage)]


async def forwarding_everything(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=(TO_BEAT, *CONDITIONAL)))
    return [await _forwarding(stage)]


async def forwarding_refused(stage: Stage) -> Shown:
    await stage.signed_in()
    dialog = await _forwarding(stage)
    stage.world.link.refuse(SetForwarding, WireError(ErrorCode.CONFLICT, "a loop"))
    dialog.rows[ForwardingCause.ALWAYS].check.setChecked(True)
    dialog.rows[ForwardingCause.ALWAYS].field.setText("207")
    dialog.rows[ForwardingCause.NO_ANSWER].check.setChecked(True)
    dialog.rows[ForwardingCause.NO_ANSWER].field.setText("117")
    dialog._form.save.click()
    dialog.rows[ForwardingCause.NO_ANSWER].field.setText("+41 79 555 01 04")
    dialog._form.save.click()
    await stage.settled()
    return [dialog]


async def forwarding_invalid(stage: Stage) -> Shown:
    await stage.signed_in()
    dialog = await _forwarding(stage)
    for cause, text in zip(ForwardingCause, ("117", "", "Wilhelm Tell", "204"), strict=True):
        dialog.rows[cause].check.setChecked(True)
        dialog.rows[cause].field.setText(text)
    dialog._form.save.click()
    await stage.settled()
    return [dialog]


async def forwarding_interrupted(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.reachability(Reachability(forwardings=CONDITIONAL[1:]))
    dialog = await _forwarding(stage)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [dialog]


async def _journal(stage: Stage) -> JournalDialog:
    await stage.signed_in()
    stage.shell.open_journal()
    await stage.settled()
    dialog = stage.shell.journal_dialog
    assert dialog is not None
    return dialog


async def history(stage: Stage) -> Shown:
    stage.world.link.reachability.journal = journal()
    return [await _journal(stage)]


async def history_of_everybody(stage: Stage) -> Shown:
    stage.world.link.reachability.journal = journal()
    dialog = await _journal(stage)
    dialog._form.whose.setCurrentIndex(Whose.EVERYBODY)
    dialog._form.whose.activated.emit(Whose.EVERYBODY)
    await stage.settled()
    return [dialog]


async def history_of_one(stage: Stage) -> Shown:
    dialog = await _journal(stage)
    dialog._form.whose.setCurrentIndex(Whose.PERSON)
    dialog._form.whose.activated.emit(Whose.PERSON)
    await stage.settled()
    return [dialog]


async def history_refused(stage: Stage) -> Shown:
    stage.world.link.refuse(ReadJournal, WireError(ErrorCode.INTERNAL, "a mistake"))
    return [await _journal(stage)]


async def history_empty(stage: Stage) -> Shown:
    return [await _journal(stage)]


REACHABILITY_SCENES = (
    Scene("disturb-on", disturb_on, everywhere=True),
    Scene("forwarded", forwarded, everywhere=True),
    Scene("forwarded-long", forwarded_far),
    Scene("forwarded-main-wide", forwarded_wide),
    Scene("forwardings", forwardings),
    Scene("forwarding-ended", forwarding_ended),
    Scene("reasons-open", many_reasons_open, everywhere=True),
    Scene("reasons-interrupted", interrupted),
    *(_reason(reason) for reason in EVERY_REASON if not mendable(reason)),
    Scene("forwarding-nothing", forwarding_nothing),
    Scene("forwarding-everything", forwarding_everything, everywhere=True),
    Scene("forwarding-refused", forwarding_refused),
    Scene("forwarding-invalid", forwarding_invalid),
    Scene("forwarding-interrupted", forwarding_interrupted),
    Scene("history", history, everywhere=True),
    Scene("history-empty", history_empty),
    Scene("history-refused", history_refused),
    Scene("history-everybody", history_of_everybody, world=administrator),
    Scene("history-person", history_of_one, world=administrator),
)
