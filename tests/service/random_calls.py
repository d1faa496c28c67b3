"""Random calls through a real Asterisk while the CTI server is killed again and again, and what must agree afterwards.

What the server's record must say is worked out from Asterisk's *other* record, the CDR table, which the server never reads.
"""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.server.demo_company import PEOPLE
from wwphone.server.ring_group_api import PbxRingGroup

USERS = tuple(person.user for person in PEOPLE[:8])
GROUP = PbxRingGroup("390", "Hotline", USERS[1:4])
ECHO_TEST = "801"
_USER_IN = re.compile(r"PJSIP/([A-Za-z0-9_-]+)-[0-9a-f]{8}")
_TOLERANCE_S = 1.5
"""CDR counts whole seconds, and from the moment when the caller is answered."""

RowId = str


@dataclass(frozen=True)
class Outcome:
    """What both records tell of one call of one person."""

    direction: str
    answered: bool
    talk_s: float
    started_at: float


@dataclass
class Disagreement:
    """What differs; nothing does when all is empty."""

    missing: set[RowId] = field(default_factory=set)
    """In Asterisk's record and not in ours."""
    invented: set[RowId] = field(default_factory=set)
    """In ours and not in Asterisk's."""
    different: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"missing {sorted(self.missing)[:5]}", f"invented {sorted(self.invented)[:5]}"]
        return "; ".join([*parts, *self.different[:5]])

    @property
    def none(self) -> bool:
        """Whether the two agree."""
        return not (self.missing or self.invented or self.different)


class RandomCalls:
    """People who call each other at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.company = RealCompany(folder, CompanyPlan(ring_groups=(GROUP,)))
        self.kills = 0
        self.made = 0
        self.most_at_once = 8
        self._random = random.Random(seed)
        self._phones: dict[str, ScriptedPhone] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, calls: int, kills: int) -> None:
        """Make so many calls, with the server killed meanwhile, and return when everything is over."""
        for user in USERS:
            member = self.company.member(user)
            phone = await ScriptedPhone(self.company.asterisk.ports.sip, user, member.sip_password).start()
            assert await phone.register(3600) == 200
            self._phones[user] = phone
        callees = [asyncio.create_task(self._answer_calls(phone)) for phone in self._phones.values()]
        killer = asyncio.create_task(self._kill(calls, kills))
        slots = asyncio.Semaphore(self.most_at_once)
        for _ in range(calls):
            await slots.acquire()
            task = asyncio.create_task(self._call())
            self._keep(task)
            task.add_done_callback(lambda _: slots.release())
        await wait_until_async(lambda: not self._tasks, "all calls to be over", 60 * SECONDS)
        await killer
        for callee in callees:
            callee.cancel()
        await asyncio.gather(*callees, return_exceptions=True)
        for phone in self._phones.values():
            phone.stop()

    async def settled(self, timeout_s: float) -> Disagreement:
        """Wait until both records agree, and return the last difference when they do not in time."""
        last = compare(self.company)

        def agree() -> bool:
            nonlocal last
            last = compare(self.company)
            return last.none

        try:
            await wait_until_async(agree, "both records to agree", timeout_s)
        except AssertionError:
            return last
        return last

    # -- inside

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _kill(self, calls: int, kills: int) -> None:
        for number in range(kills):
            await self._until_made(calls * (number + 1) // (kills + 1))
            await asyncio.to_thread(self.company.kill_server)
            self.kills += 1
            await self._until_made(
                min(self.made + self._random.randint(1, max(2, calls // (6 * kills))), calls)
            )
            await asyncio.to_thread(self.company.start_server)

    async def _until_made(self, calls: int) -> None:
        await wait_until_async(lambda: self.made >= calls, f"call {calls}", 3600 * SECONDS)

    async def _call(self) -> None:
        choose = self._random
        caller = choose.choice(USERS)
        others = [self.company.member(user).number for user in USERS if user != caller]
        number = choose.choices([choose.choice(others), GROUP.number, ECHO_TEST], [8, 2, 1])[0]
        gives_up = number != ECHO_TEST and choose.random() < 0.2
        call = await self._phones[caller].dial(number)
        self.made += 1
        if gives_up:
            await wait_until_async(
                lambda: max(call.statuses, default=0) >= 180, "ringing, or an end", 60 * SECONDS
            )
            if not any(status >= 200 for status in call.statuses):
                call.cancel()
        if await call.final_status(60 * SECONDS) == 200:
            await self._talk(call)
        self._forget(call)

    async def _talk(self, call: PhoneCall) -> None:
        if (
            call.invite.request_uri.startswith((f"sip:{ECHO_TEST}@", f"sip:{GROUP.number}@"))
            or self._random.random() < 0.5
        ):
            await _some_time(self._random.uniform(0.0, 0.4))
            if not call.over:
                call.hang_up()
        await wait_until_async(lambda: call.over, "the end of the talk", 60 * SECONDS)

    async def _answer_calls(self, phone: ScriptedPhone) -> None:
        while True:
            await wait_until_async(phone.has_incoming, "a call", 7200 * SECONDS)
            self._keep(asyncio.create_task(self._be_called(await phone.incoming())))

    async def _be_called(self, call: PhoneCall) -> None:
        call.ring()
        what = self._random.choices(["answer", "busy", "decline", "wait"], [6, 1, 1, 1])[0]
        await _some_time(self._random.uniform(0.0, 0.2))
        if call.over:
            pass
        elif what == "answer":
            call.answer()
            await _some_time(self._random.uniform(0.1, 0.5))
            if not call.over:
                call.hang_up()
        elif what != "wait":
            call.refuse(486 if what == "busy" else 603)
        else:
            await wait_until_async(lambda: call.over, "its end", 120 * SECONDS)
        self._forget(call)

    def _forget(self, call: PhoneCall) -> None:
        if call in call.phone.calls and call.over and len(call.phone.calls) > 200:
            call.phone.calls.remove(call)


async def _some_time(seconds: float) -> None:
    """How long a person takes: part of what is played, nothing is waited for."""
    person_takes_s = seconds
    await asyncio.sleep(person_takes_s)


def compare(company: RealCompany) -> Disagreement:
    """What the server's record and Asterisk's CDR tell differently."""
    ours, theirs = _of_the_server(company.folder / "store.sqlite"), _of_asterisk(company)
    found = Disagreement(theirs.keys() - ours.keys(), ours.keys() - theirs.keys())
    for row_id in sorted(ours.keys() & theirs.keys()):
        mine, other = ours[row_id], theirs[row_id]
        same = (mine.direction, mine.answered) == (other.direction, other.answered)
        close = max(abs(mine.talk_s - other.talk_s), abs(mine.started_at - other.started_at)) <= _TOLERANCE_S
        if not (same and close):
            found.different.append(f"{row_id}: {mine} instead of {other}")
    return found


def recorded(company: RealCompany) -> set[RowId]:
    """The ids of all rows of the server's record: with a plus sign, of those who called."""
    return set(_of_the_server(company.folder / "store.sqlite"))


def rows(database: Path, query: str) -> list[Any]:
    """Ask an SQLite file that somebody else writes."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _of_the_server(store: Path) -> dict[RowId, Outcome]:
    found = rows(store, "SELECT entry_id, direction, result, talk_ms, started_at FROM history")
    return {
        entry_id: Outcome(direction, result == "answered", talk_ms / 1000, _seconds(started_at))
        for entry_id, direction, result, talk_ms, started_at in found
    }


def _of_asterisk(company: RealCompany) -> dict[RowId, Outcome]:
    """One row for who calls by the channel's uniqueid, one for each who was rung by Linkedid and user."""
    parts: defaultdict[RowId, list[tuple[str, bool, float, float]]] = defaultdict(list)
    query = "SELECT channel, dstchannel, uniqueid, linkedid, disposition, billsec, start FROM cdr"
    log = company.asterisk.call_records.parents[1] / "master.db"
    for channel, rung, uniqueid, linkedid, disposition, billsec, start in rows(log, query):
        answered, at = disposition == "ANSWERED", _seconds(start)
        caller, callee = _user_in(channel), _user_in(rung)
        if caller:
            parts[f"{uniqueid}+{caller}"].append(("outgoing", answered, float(billsec), at))
        if callee:
            parts[f"{linkedid}-{callee}"].append(("incoming", answered, float(billsec), at))
    return {row_id: _joined(several) for row_id, several in parts.items()}


def _joined(parts: Sequence[tuple[str, bool, float, float]]) -> Outcome:
    talked = [talk for _, answered, talk, _ in parts if answered]
    return Outcome(parts[0][0], bool(talked), max(talked, default=0.0), min(at for *_, at in parts))


def _user_in(channel: str | None) -> str:
    match = _USER_IN.fullmatch(channel or "")
    return match[1] if match else ""


def _seconds(text: str) -> float:
    """A moment in UTC, as both databases write it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
