"""Recordings for tests and pictures of the window, and the waiting until the panel shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.gui.contacts import filled
from tests.gui.recorded_calls import ANITA, BEAT, HANS, STRANGER, ago, history_world
from tests.gui.stage import COMPACT, Stage
from tests.gui.world import ME, World
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingNote,
    RecordingPurpose,
    RecordingsState,
    RecordingState,
    RunningRecording,
    Waveform,
)
from wwphone.gui.player import PlayerState
from wwphone.services.recording_sound import ArrivingSound

SOUND = bytes(range(256)) * 2400
"""No sound at all, but as many bytes as one; some parts long."""


def kept(
    number: int, party: Party, started_at: datetime, length_s: float, **fields: object
) -> RecordingEntry:
    """A recording."""
    usual: dict[str, object] = {
        "recording_id": f"rec-{number:03}",
        "user": ME,
        "call_id": f"1772442000.{number}",
        "direction": CallDirection.INCOMING,
        "kind": CallKind.DIRECT,
        "party": party,
        "called": "204",
        "started_at": started_at,
        "length_ms": round(length_s * 1000),
        "end": RecordingEnd.CALL_ENDED,
        "state": RecordingState.READY,
        "revision": number,
        "size": len(SOUND),
    }
    return RecordingEntry(**{**usual, **fields})  # type: ignore[arg-type]


def some() -> list[RecordingEntry]:
    """Recordings of some days of Anna Muster's, newest first."""
    notes = (
        RecordingNote(12_300, "names the delivery date"),
        RecordingNote(74_000, "wants a second offer, with and without the heat pump"),
        RecordingNote(131_500, "promises to call on Friday"),
    )
    out = {"direction": CallDirection.OUTGOING}
    return [
        kept(9, HANS, ago(0, 10, 42), 163.4, notes=notes, pauses=((88_000, 104_000),)),
        kept(8, STRANGER, ago(0, 10, 5), 38, automatic=True),
        kept(7, ANITA, ago(0, 9, 41), 0, state=RecordingState.WORKING),
        kept(6, BEAT, ago(1, 15, 1), 612, kind=CallKind.INTERNAL, **out),
        kept(5, Party("+498912345678"), ago(1, 9, 30), 71, end=RecordingEnd.DISK_FULL, automatic=True, **out),
        kept(4, Party(""), ago(2, 11, 15), 25.2, notes=notes[:1]),
        kept(3, Party("+41418756000"), ago(3, 10, 0), 3761, state=RecordingState.CHANGED),
        kept(2, Party("+41449111111"), ago(40, 10, 0), 94, state=RecordingState.MISSING),
        kept(1, Party("+41449111111"), ago(4, 10, 0), 12, deleted_at=ago(0, 9, 0)),
    ]


def waveform() -> Waveform:
    """Two people who talk in turn."""
    left = [abs(math.sin(step / 3)) * 70 * (math.sin(step / 40) > 0.1) + 3 for step in range(400)]
    right = [abs(math.cos(step / 2.3)) * 85 * (math.sin(step / 40) < 0) + 2 for step in range(400)]
    return Waveform(tuple(map(round, left)), tuple(map(round, right)))


def recorder_world(entries: Iterable[RecordingEntry] | None = None, *, may_record: bool = True) -> World:
    """A company whose server records, and Anna Muster may."""
    world = history_world()
    truth = world.link._truth.state()
    if may_record:
        profile = replace(truth.profile, rights=frozenset({Right.RECORD_CALLS}))
        world.link._truth.replace(1, replace(truth, profile=profile))
    world.link.recording.open(some() if entries is None else entries)
    for entry in world.link.recording.entries.values():
        world.link.recording.sounds[entry.recording_id] = SOUND
        world.link.recording.waveforms[entry.recording_id] = waveform()
    world.link.recording.accesses["rec-009"] = [
        RecordingAccess(ago(0, 11, 2), ME, "PC-EMPFANG", RecordingPurpose.PLAY),
        RecordingAccess(ago(0, 10, 50), ME, "LAPTOP-ANNA", RecordingPurpose.EXPORT),
    ]
    return world


def running(stage: Stage, call_id: str, by: str = ME, **fields: object) -> RunningRecording:
    """Somebody records a call since three quarters of a minute."""
    sip_call_id = stage.engine.call(call_id).sip_call_id
    since = datetime.now(UTC) - timedelta(seconds=42)
    one = RunningRecording(f"run-{by}", f"PJSIP/{ME}-0001", sip_call_id, by, since)
    return replace(one, **fields)  # type: ignore[arg-type]


async def read(stage: Stage) -> None:
    """Wait until the panel shows what the server has."""
    recordings = stage.world.services.recordings
    await wait_until_async(lambda: recordings.was_read and not recordings.reading, "the recordings")
    await stage.settled()


def without_sound(stage: Stage) -> None:
    """The player takes a sound and stands still where it is: for pictures and tests that hear nothing."""
    player = stage.window.recordings.listening.player

    async def load(sound: ArrivingSound, *, at_ms: int = 0) -> None:
        del sound, at_ms
        player.state = PlayerState.PLAYING
        player.changed.emit()

    player.load = load  # type: ignore[method-assign]


async def recordings(stage: Stage, size: tuple[int, int] = COMPACT) -> None:
    """Sign in and show the panel."""
    await stage.signed_in(size)
    await filled(stage)
    without_sound(stage)
    stage.window._form.recordings_button.click()
    await read(stage)


def nothing_possible() -> World:
    """A server that is not set up to record."""
    world = recorder_world(())
    world.link._truth.recordings = RecordingsState()
    return world
