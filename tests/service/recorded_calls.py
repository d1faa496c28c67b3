"""Recorded calls between real phones while the CTI server, or Asterisk, is killed: how much of what was said is lost.

Everything the called ones talk is recorded by rule. What was lost of a recording is what was talked between its beginning, as written
down before Asterisk was asked, and the end of the call, less what is kept.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.recording import RecordingEntry, RecordingState
from wwphone.server.store.sql_store import SqlStore

PAIRS = (("anna", "beat"), ("carla", "dario"), ("ursula", "eva"))
"""Who calls, and who is recorded."""
CALLER_HZ, RECORDED_HZ = 440, 660
_LONGEST_S = 2.5
_Pair = tuple[Baresip, Baresip]


@dataclass(frozen=True)
class Round:
    """One call, and what was killed during it."""

    recorded: str
    began_at: datetime
    ended_at: datetime
    killed_after_s: float
    what: str
    ended_while_away: bool


@dataclass(frozen=True)
class Loss:
    """A round and the recording that was kept of it."""

    round: Round
    entry: RecordingEntry

    @property
    def lost_s(self) -> float:
        """What is not in the recording."""
        talked = (self.round.ended_at - self.entry.started_at).total_seconds()
        kept_ms = self.entry.length_ms if self.entry.state is RecordingState.READY else 0
        return talked - kept_ms / 1000


class RecordedCalls:
    """Calls, as many at once as there are pairs; `losses` tells what is left of them."""

    def __init__(self, folder: Path, seed: int, at_once: int = 1) -> None:
        """Make a company; use it as `company`."""
        self._pairs = PAIRS[:at_once]
        recorded = frozenset(recorded for _, recorded in self._pairs)
        self.company = RealCompany(folder, CompanyPlan(recorded=recorded))
        self.rounds: list[Round] = []
        self._store = f"sqlite:///{folder / 'store.sqlite'}"
        self._spool = folder / "spool"
        self._random = random.Random(seed)
        self._threads: ThreadPoolExecutor | None = None

    def run(self, server_kills: int, asterisk_kills: int) -> None:
        """Call, kill and bring back, in random order."""
        company = self.company
        kills = ["server"] * server_kills + ["asterisk"] * asterisk_kills
        self._random.shuffle(kills)
        with ExitStack() as running:
            # A phone dies with the thread that started it.
            self._threads = running.enter_context(ThreadPoolExecutor(2 * len(self._pairs)))
            pairs = [
                (
                    running.enter_context(company.phone(caller, PhoneSound(CALLER_HZ))),
                    running.enter_context(
                        company.phone(recorded, PhoneSound(RECORDED_HZ), answers_itself=True)
                    ),
                )
                for caller, recorded in self._pairs
            ]
            for phone in _phones(pairs):
                phone.register()
            for what in kills:
                self._one(pairs, what)

    def _one(self, pairs: Sequence[_Pair], what: str) -> None:
        began = [self._begin(pair) for pair in pairs]
        _pass(self._random.uniform(0, _LONGEST_S / len(pairs)))  # the kill is to come at any moment
        killed_s = time.monotonic()
        away = what == "server" and self._random.random() < 0.5
        ends = self._kill_asterisk(pairs) if what == "asterisk" else self._kill_server(pairs, away)
        for (_, recorded), (began_at, talked_s), ended_at in zip(pairs, began, ends, strict=True):
            user = recorded.account.user
            self.rounds.append(Round(user, began_at, ended_at, killed_s - talked_s, what, away))
        wait_until(self._connected, "the server and Asterisk to know each other again", 30 * SECONDS)

    def _begin(self, pair: _Pair) -> tuple[datetime, float]:
        """When a call was made, and since when it is talked."""
        caller, recorded = pair
        began_at = datetime.now(UTC)
        caller.dial(self.company.member(recorded.account.user).number)
        caller.wait_for(EventKind.CALL_ESTABLISHED)
        talked_s = time.monotonic()
        if len(self._pairs) > 1:
            _pass(self._random.uniform(0, _LONGEST_S / len(self._pairs)))
        return began_at, talked_s

    def _kill_asterisk(self, pairs: Sequence[_Pair]) -> list[datetime]:
        """When each call ended."""
        ended_at = datetime.now(UTC)
        self.company.asterisk.kill()
        self.company.asterisk.start(30 * SECONDS)
        assert self._threads is not None
        for _ in self._threads.map(_restart, _phones(pairs)):
            pass
        return [ended_at] * len(pairs)

    def _kill_server(self, pairs: Sequence[_Pair], away: bool) -> list[datetime]:
        """When each call ended."""
        company = self.company
        company.kill_server()
        if not away:
            company.start_server()
            _pass(self._random.uniform(0.5, 1.5))
        ends = []
        for caller, recorded in pairs:
            ends.append(datetime.now(UTC))
            caller.hang_up()
            recorded.wait_for(EventKind.CALL_CLOSED)
        if away:
            company.start_server()
        return ends

    def _connected(self) -> bool:
        try:
            return self.company.figure("wwphone_pbx_connected") == 1.0
        except OSError:
            return False

    def losses(self) -> tuple[list[Loss], list[Round]]:
        """What is kept, with its round, when all is put away; and rounds of which nothing was begun.

        Raises AssertionError when anything is left over, twice there or not put away.
        """
        wait_until(self._all_told, "everything to be put away", 60 * SECONDS)
        entries = asyncio.run(self._entries())
        unready = [one for one in entries if one.state is not RecordingState.READY]
        assert len(unready) == len(list(self._spool.glob("*-mine.*"))), str(unready)
        kept, without = [], []
        for one in self.rounds:
            own = [
                entry
                for entry in entries
                if entry.user == one.recorded and one.began_at <= entry.started_at <= one.ended_at
            ]
            assert len(own) <= 1, str(own)
            if own:
                kept.append(Loss(one, own[0]))
            else:
                without.append(one)
        assert len(kept) == len(entries)
        return kept, without

    def _all_told(self) -> bool:
        """Of each recording its owner knows what became of it, and no raw file with a byte in it is left."""
        entries = asyncio.run(self._entries())
        working = any(one.state is RecordingState.WORKING for one in entries)
        return not working and not any(file.stat().st_size for file in self._spool.iterdir())

    async def _entries(self) -> tuple[RecordingEntry, ...]:
        store = SqlStore(self._store)
        await store.open()
        try:
            found = [await store.all_recordings(recorded) for _, recorded in self._pairs]
            return tuple(entry for entries in found for entry in entries)
        finally:
            await store.close()


def _phones(pairs: Sequence[_Pair]) -> list[Baresip]:
    return [phone for pair in pairs for phone in pair]


def _restart(phone: Baresip) -> None:
    """Its registration is taken back: of three Asterisk would refuse a fourth."""
    phone.stop()
    phone.start()
    phone.register()


def _pass(seconds: float) -> None:
    """Let people talk so long."""
    until_s = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until_s, "people to have talked", seconds + SECONDS)
