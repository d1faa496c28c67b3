"""A record of calls for tests and pictures of the window, and the waiting until the panel shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.gui.contacts import book_world, filled
from tests.gui.stage import COMPACT, Stage
from tests.gui.world import World
from tests.helpers.records import call, missed, outgoing
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import CallKind, Party, QualityWord
from wwphone.domain.history import CallResult, HistoryEntry, TaskState

HANS = Party("+41523334455", "")
ANITA = Party("+41449312345", "")
STRANGER = Party("+41617008090", "")
BEAT = Party("207", "Beat Keller")


def ago(days: int, hour: int, minute: int) -> datetime:
    """A time of some day before this one, local; of today as much of what is over as of a working day until then."""
    now = datetime.now().astimezone()
    at = (now - timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    if days == 0:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + (now - midnight) * ((hour * 60 + minute) / (12 * 60))
    return at.astimezone(UTC)


_SALES: dict[str, Any] = {"kind": CallKind.GROUP, "group": "Sales", "called": "300"}
_INTERNAL: dict[str, Any] = {"kind": CallKind.INTERNAL}
_UNANSWERED: dict[str, Any] = {"talk_s": 0.0}


def morning() -> list[HistoryEntry]:
    """The calls of some days of Anna Muster's, newest first."""
    return [*_today(), *_before()]


def _today() -> list[HistoryEntry]:
    offer = "Wants the offer by Friday; send it to the council, too."
    good = {"quality": QualityWord.GOOD, "device": "wwphone/0.1.0", "note": offer}
    taken = {"result": CallResult.TAKEN, "taken_by": "beat", "party": Party("+498912345678")}
    return [
        missed(90, started_at=ago(0, 10, 42), party=HANS, ring_s=24.0),
        missed(89, started_at=ago(0, 10, 5), party=STRANGER, note="Rang twice this morning", **_SALES),
        call(88, started_at=ago(0, 9, 41), party=ANITA, talk_s=161.0, ring_s=6.0, **good),
        outgoing(87, started_at=ago(0, 9, 12), party=BEAT, called="207", talk_s=38.0, **_INTERNAL),
        call(86, started_at=ago(0, 8, 30), **taken, **_SALES, **_UNANSWERED),
    ]


def _before() -> list[HistoryEntry]:
    by_carla = {"task": TaskState.DONE, "done_by": "carla", "done_at": ago(1, 17, 20)}
    no_answer, busy = {"result": CallResult.NOT_REACHED}, {"result": CallResult.BUSY}
    ursula = {"party": Party("212", "Ursula Frei"), "result": CallResult.DECLINED}
    forwarded = {"result": CallResult.FORWARDED}
    return [
        missed(85, started_at=ago(1, 17, 2), party=Party("+41444500000"), **by_carla, **_SALES),
        outgoing(84, started_at=ago(1, 16, 40), party=Party("+33612345678"), **no_answer, **_UNANSWERED),
        outgoing(83, started_at=ago(1, 15, 1), party=Party("+41552401010"), **busy, **_UNANSWERED),
        missed(82, started_at=ago(2, 11, 15), party=Party(""), result=CallResult.VOICEMAIL),
        call(81, started_at=ago(3, 14, 9), **ursula, **_INTERNAL, **_UNANSWERED),
        call(80, started_at=ago(3, 10, 0), party=Party("+41418756000"), talk_s=3761.0),
        call(79, started_at=ago(40, 10, 0), party=Party("+41449111111"), **forwarded, **_UNANSWERED),
    ]


def history_world(entries: Iterable[HistoryEntry] | None = None, *, mail_possible: bool = True) -> World:
    """A company with a phone book and a record of calls."""
    world = book_world()
    world.link.history.open(morning() if entries is None else entries, mail_possible=mail_possible)
    return world


async def read(stage: Stage) -> None:
    """Wait until the panel shows what the server has."""
    history = stage.world.services.history
    await wait_until_async(lambda: history.was_read and not history.reading, "the calls to be there")
    await stage.settled()


async def history(stage: Stage, size: tuple[int, int] = COMPACT) -> None:
    """Sign in and show the panel."""
    await stage.signed_in(size)
    await filled(stage)
    stage.window._form.history_button.click()
    await read(stage)
