"""Recorded calls between real phones while the CTI server, or Asterisk, is killed: how much of what was said is lost.

Everything Beat talks is recorded by rule. What was lost of a recording is what was talked between its beginning, as written down
before Asterisk was asked, and the end of the call, less what is kept.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.recording import RecordingEntry, RecordingState
from wwphone.server.store.sql_store import SqlStore

CALLER, RECORDED = "anna", "beat"
ANNA_HZ, BEAT_HZ = 440, 660


@dataclass(frozen=True)
class Round:
    """One call, and what was killed during it."""

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
    """Calls one after the other; `losses` tells what is left of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Make a company; use it as `company`."""
        self.company = RealCompany(folder, CompanyPlan(recorded=frozenset({RECORDED})))
        self.rounds: list[Round] = []
        self._store = f"sqlite:///{folder / 'store.sqlite'}"
        self._spool = folder / "spool"
        self._random = random.Random(seed)

    def run(self, server_kills: int, asterisk_kills: int) -> None:
        """Call, kill and bring back, in random order."""
        company = self.company
        kills = ["server"] * server_kills + ["asterisk"] * asterisk_kills
        self._random.shuffle(kills)
        anna = company.phone(CALLER, PhoneSound(ANNA_HZ))
        beat = company.phone(RECORDED, PhoneSound(BEAT_HZ), answers_itself=True)
        with anna, beat:
            for phone in (anna, beat):
                phone.register()
            for what in kills:
                self._one(anna, beat, what)

    def _one(self, anna: Baresip, beat: Baresip, what: str) -> None:
        company = self.company
        after_s = self._random.uniform(0, 2.5)
        away = what == "server" and self._random.random() < 0.5
        began_at = datetime.now(UTC)
        anna.dial(company.member(RECORDED).number)
        anna.wait_for(EventKind.CALL_ESTABLISHED)
        _pass(after_s)  # the kill is to come at any moment
        if what == "asterisk":
            ended_at = datetime.now(UTC)
            company.asterisk.kill()
            company.asterisk.start(30 * SECONDS)
            for phone in (anna, beat):
                phone.stop()  # takes its registration back: of three Asterisk would refuse a fourth
                phone.start()
                phone.register()
        else:
            company.kill_server()
            if not away:
                company.start_server()
                _pass(self._random.uniform(0.5, 1.5))
            ended_at = datetime.now(UTC)
            anna.hang_up()
            beat.wait_for(EventKind.CALL_CLOSED)
            if away:
                company.start_server()
        self.rounds.append(Round(began_at, ended_at, after_s, what, away))
        wait_until(self._connected, "the server and Asterisk to know each other again", 30 * SECONDS)

    def _connected(self) -> bool:
        try:
            return self.company.figure("wwphone_pbx_connected") == 1.0
        except OSError:
            return False

    def losses(self) -> tuple[list[Loss], list[Round]]:
        """What is kept, with its round, when all is put away; and rounds of which nothing was begun.

        Raises AssertionError when anything is left over, twice there or not put away.
        """
        wait_until(lambda: self._left() == [], "everything to be put away", 60 * SECONDS)
        entries = asyncio.run(self._entries())
        unready = [one for one in entries if one.state is not RecordingState.READY]
        assert len(unready) == len(list(self._spool.glob("*-mine.*"))), str(unready)
        kept, without = [], []
        for one in self.rounds:
            own = [entry for entry in entries if one.began_at <= entry.started_at <= one.ended_at]
            assert len(own) <= 1, str(own)
            if own:
                kept.append(Loss(one, own[0]))
            else:
                without.append(one)
        assert len(kept) == len(entries)
        return kept, without

    def _left(self) -> list[str]:
        """Raw files that wait. Not those without a byte, of a kill right after the beginning: the archive waits long for more."""
        return [file.name for file in self._spool.iterdir() if file.stat().st_size]

    async def _entries(self) -> tuple[RecordingEntry, ...]:
        store = SqlStore(self._store)
        await store.open()
        try:
            return await store.all_recordings(RECORDED)
        finally:
            await store.close()


def _pass(seconds: float) -> None:
    """Let people talk so long."""
    until_s = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until_s, "people to have talked", seconds + SECONDS)
