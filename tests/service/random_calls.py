"""People who call each other at random through a real Asterisk, while the CTI server is killed again and again.

A kill happens only while people talk, and the server comes back only after calls have ended without it, with one caller talking on
all the time: so each kill leaves calls that began with the server and ended without it, and such as go on when it reads again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.company import CompanyPlan, RealCompany, Settings
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from tests.service.two_records import (
    Disagreement,
    History,
    Outcome,
    cdr_of,
    compare,
    history_of,
    keep_cdr_as_text,
)
from wwphone.server.demo_company import PEOPLE
from wwphone.server.ring_group_api import PbxRingGroup

USERS = tuple(person.user for person in PEOPLE)
GROUP = PbxRingGroup("390", "Hotline", USERS[1:4])
ECHO_TEST = "801"
RING_TIMEOUT_S = 2.0
"""Asterisk counts in whole seconds."""
_TALKS_AT_A_KILL = 3
"""One of them talks on until the server is back, so two calls end without it."""
_LONG, _VERY_LONG = 60 * SECONDS, 3600 * SECONDS


@dataclass(frozen=True)
class Kill:
    """What was going on when the server was killed."""

    talks: int
    """Answered calls that went on."""
    ended_without_it: int
    """Calls that ended before it was started again."""
    outlasted_it: int
    """Calls that went on all the time until it was there again."""
    twice: bool
    """It was killed once more within half a second of being back."""


class RandomCalls:
    """An office in which everybody makes one call at a time, and takes any number; what happens in it is counted."""

    def __init__(self, folder: Path, seed: int, most_at_once: int) -> None:
        # The phones are plain ones: with TLS offered to everybody, nobody could be reached at them.
        settings: Settings = {
            "sip": {"transport": "udp"},
            "pbx": {"ring_timeout_s": RING_TIMEOUT_S * SECONDS},
        }
        self.company = RealCompany(folder, CompanyPlan(settings=settings, ring_groups=(GROUP,)))
        keep_cdr_as_text(self.company.asterisk)
        self.kills: list[Kill] = []
        self.made = 0
        self.answered = 0
        """Calls that were answered, as the phones of those who called saw it."""
        self.given_up = 0
        """Calls that their callers cancelled, whether or not an answer crossed that."""
        self._over = 0
        self.most_at_once = most_at_once
        self._random = random.Random(seed)
        self._phones: dict[str, ScriptedPhone] = {}
        self._going_on: set[asyncio.Task[None]] = set()
        self._calling: set[str] = set()
        self._talking: set[str] = set()
        """Those of them who were answered."""
        self._ending: set[str] = set()
        """Those of them whose talk one of the two is about to end."""
        self._kill_is_due = False
        self._talks_on = ""
        """Whose call lasts until the server is back."""
        self._group_is_called = False
        self._group_rings: set[str] = set()

    async def run(self, calls: int, kills: int) -> None:
        """Make so many calls, with the server killed meanwhile, and return when everything is over."""
        between_kills = calls // (kills + 1)
        try:
            async with asyncio.TaskGroup() as office:
                callees = [office.create_task(self._answer(office, one)) for one in await self._open()]
                killer = office.create_task(self._kill_again_and_again(between_kills, kills))
                await self._make(office, calls - 1, between_kills)
                await killer
                await wait_until_async(lambda: not self._going_on, "all calls to be over", _LONG)
                # The last line of the log: when its row is there, no more can come of those before.
                await self._call_number(USERS[0], ECHO_TEST, gives_up=False)
                for callee in callees:
                    callee.cancel()
        finally:
            for phone in self._phones.values():
                phone.stop()

    async def settled(self, timeout_s: float) -> Disagreement:
        """Wait until both records have all calls and agree; return what differs when they do not in time."""
        await wait_until_async(lambda: not self.company.channels(), "all channels to be gone", timeout_s)

        def agree() -> bool:
            ours = self.history()
            return ours.count("outgoing") == self.made and not compare(ours.rows, self._cdr())

        with suppress(AssertionError):
            await wait_until_async(agree, "both records to agree", timeout_s)
        return compare(self.history().rows, self._cdr())

    def history(self) -> History:
        """The server's record as it is now."""
        return history_of(self.company.folder / "store.sqlite")

    def doubts(self) -> list[str]:
        """Why a run in which both records agree would yet show nothing; nothing when it does show it."""
        ours = self.history()
        out, answered = ours.count("outgoing"), ours.count("outgoing", answered=True)
        taken, in_group = ours.count("incoming", answered=True), len(ours.answered_in_group)
        said = {
            f"{out} rows of who called for {self.made} calls": out == self.made,
            f"{answered} calls recorded as answered, {self.answered} were": (
                self.answered <= answered <= self.answered + self.given_up
            ),
            f"only {answered} of {out} calls answered": 3 * answered >= out,
            f"only {taken} of {out} calls taken": 4 * taken >= out,
            f"only {in_group} of {out} calls taken in the group": in_group >= max(3, out // 50),
        }
        for number, kill in enumerate(self.kills, 1):
            said[f"kill {number} disturbed little: {kill}"] = (
                kill.talks >= _TALKS_AT_A_KILL
                and kill.ended_without_it >= _TALKS_AT_A_KILL - 1
                and kill.outlasted_it >= 1
            )
        return [sentence for sentence, holds in said.items() if not holds]

    def _cdr(self) -> dict[str, Outcome]:
        return cdr_of(self.company.asterisk)

    # -- those who call

    async def _open(self) -> list[ScriptedPhone]:
        for user in USERS:
            member = self.company.member(user)
            phone = await ScriptedPhone(self.company.asterisk.ports.sip, user, member.sip_password).start()
            self._phones[user] = phone
            assert await phone.register(7200) == 200
        return list(self._phones.values())

    async def _make(self, office: asyncio.TaskGroup, calls: int, between_kills: int) -> None:
        slots = asyncio.Semaphore(self.most_at_once)
        for number in range(calls):
            await self._until_killed(number // between_kills - 1)
            await slots.acquire()
            task = self._keep(office, self._call())
            task.add_done_callback(lambda _: slots.release())

    async def _until_killed(self, times: int) -> None:
        """Let no calls be made that the kills to come will need, however slowly the server starts."""
        await wait_until_async(lambda: len(self.kills) >= times, f"kill {times}", _VERY_LONG)

    def _keep(self, office: asyncio.TaskGroup, doing: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = office.create_task(doing)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        return task

    async def _call(self) -> None:
        choose = self._random
        what = choose.choices(["colleague", "group", "echo test"], [7, 3, 1])[0]
        gives_up = choose.random() < 0.2
        free = [user for user in USERS if user not in self._calling]
        outside = [user for user in free if user not in GROUP.members]
        if what == "group" and not self._group_is_called and outside:
            self._group_is_called = True
            self._group_rings.clear()
            await self._call_number(choose.choice(outside), GROUP.number, gives_up=gives_up)
            self._group_is_called = False
        elif what == "echo test":
            await self._call_number(choose.choice(free), ECHO_TEST, gives_up=False)
        else:
            caller = choose.choice(free)
            callee = choose.choice([user for user in USERS if user != caller])
            await self._call_number(caller, self.company.member(callee).number, gives_up=gives_up)
        self._over += 1

    async def _call_number(self, caller: str, number: str, *, gives_up: bool) -> None:
        self._calling.add(caller)
        call = await self._phones[caller].dial(number)
        self.made += 1
        if gives_up:
            await self._give_up(call, number)
        if await call.final_status(_LONG) == 200:
            self.answered += 1
            self._talking.add(caller)
            alone = number in (ECHO_TEST, GROUP.number)
            await self._talk(call, caller, hangs_up=alone or self._random.random() < 0.5)
        for those in (self._calling, self._talking, self._ending):
            those.discard(caller)
        _forget(call)

    async def _give_up(self, call: PhoneCall, number: str) -> None:
        def latest() -> int:
            return max(call.statuses, default=0)

        def rings() -> bool:
            return latest() >= 180 and (number != GROUP.number or self._all_ring())

        await wait_until_async(lambda: rings() or latest() >= 200, "ringing, or an end", _LONG)
        if latest() < 200:
            self.given_up += 1
            call.cancel()

    async def _talk(self, call: PhoneCall, caller: str, *, hangs_up: bool) -> None:
        await _some_time(self._random.uniform(0.1, 1.0))

        def may_end() -> bool:
            return not self._kill_is_due and caller != self._talks_on

        await wait_until_async(lambda: call.over or may_end(), "the kill", _LONG)
        if hangs_up and not call.over:
            self._ending.add(caller)
            call.hang_up()
        await call.wait_until_over(_LONG)

    # -- those who are called

    async def _answer(self, office: asyncio.TaskGroup, phone: ScriptedPhone) -> None:
        while True:
            await wait_until_async(phone.has_incoming, "a call", _VERY_LONG)
            self._keep(office, self._be_called(await phone.incoming()))

    async def _be_called(self, call: PhoneCall) -> None:
        call.ring()
        what = self._random.choices(["answer", "busy", "decline", "wait"], [6, 1, 1, 1])[0]
        if self._kill_is_due:
            what = "answer"
        if call.invite.get("X-Wwphone-Called") == GROUP.number:
            # The CDR does not know a member whose device did not ring yet when another one took the call.
            self._group_rings.add(call.phone.user)
            await wait_until_async(lambda: call.over or self._all_ring(), "the other members' devices", _LONG)
        await _some_time(self._random.uniform(0.0, 0.2))
        if call.over:
            pass
        elif what == "answer":
            call.answer()
            await self._talk(call, self._caller_of(call), hangs_up=True)
        elif what == "wait":
            await call.wait_until_over(_LONG)
        else:
            call.refuse(486 if what == "busy" else 603)
        _forget(call)

    def _caller_of(self, call: PhoneCall) -> str:
        return next(
            user for user in USERS if f"<sip:{self.company.member(user).number}@" in call.invite.get("From")
        )

    def _all_ring(self) -> bool:
        return len(self._group_rings) == len(GROUP.members)

    # -- who kills

    async def _kill_again_and_again(self, between_kills: int, kills: int) -> None:
        for number in range(1, kills + 1):
            await self._until_made(between_kills * number)
            await self._kill(between_kills * (number + 1), twice=number % 2 == 0)

    async def _until_made(self, calls: int) -> None:
        await wait_until_async(lambda: self.made >= calls, f"call {calls}", _VERY_LONG)

    async def _kill(self, most: int, *, twice: bool) -> None:
        """Kill the server when there are talks, start it when some are over; until then at most so many calls are made in all."""
        self._kill_is_due = True
        await wait_until_async(lambda: len(self._held()) >= _TALKS_AT_A_KILL, "talks", _LONG)
        await _some_time(self._random.uniform(0.0, 0.4))
        await asyncio.to_thread(self.company.kill_server)
        talks, over = self._held(), self._over
        self._talks_on = self._random.choice(sorted(talks))
        self._kill_is_due = False
        wanted = over + _TALKS_AT_A_KILL - 1 + self._random.randint(0, (most - self.made) // 2)
        await wait_until_async(lambda: self._over >= wanted, "calls to end without the server", _VERY_LONG)
        ended = self._over - over
        await asyncio.to_thread(self.company.start_server)
        if twice:
            await _some_time(self._random.uniform(0.0, 0.4))
            await asyncio.to_thread(self.company.kill_server)
            await asyncio.to_thread(self.company.start_server)
        self.kills.append(Kill(len(talks), ended, len(self._held() & {self._talks_on}), twice))
        self._talks_on = ""

    def _held(self) -> set[str]:
        """Who made a call that was answered and will not end while a kill is due."""
        return self._talking - self._ending


def _forget(call: PhoneCall) -> None:
    if call in call.phone.calls and call.over and len(call.phone.calls) > 50:
        call.phone.calls.remove(call)


async def _some_time(seconds: float) -> None:
    """How long a person takes: part of what is played, nothing is waited for."""
    person_takes_s = seconds
    await asyncio.sleep(person_takes_s)
