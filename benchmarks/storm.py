"""A CTI server whose 10,000 people change all the time: `python -m benchmarks.storm`, its order as JSON on the input.

No real company does this to a real CTI server; it is the far end for measuring the window, so it comes from the fakes of
the tests. It tells its port, waits for a line, changes, and writes in the end who is in which state.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.helpers.certificates import ServerCertificate
from tests.helpers.fake_cti_core import FakeCtiCore
from tests.helpers.fake_cti_server import FakeCtiServer
from wwphone.domain.account import Profile
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.frames import MirroredState
from wwphone.protocol.message import Event
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.presence import PresenceChanged

GROUPS = 50
FRAMES_PER_S = 50
"""As the CTI server does under load: what happened in 20 ms is one frame."""
_SINCE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Storm:
    """What to do."""

    certificate: str
    key: str
    people: int
    changes_per_s: int
    seconds: float
    truth: str
    """File for the state everybody is in at the end."""


def state_of(mirror: Mirror) -> dict[str, list[Any]]:
    """Presence, whether connected, and phone state, by user: what a line of the list shows."""
    return {
        user: [presence.status.value, presence.connected, mirror.phones[user].value]
        for user, presence in mirror.presences.items()
    }


def crowd(people: int) -> MirroredState:
    """Everybody available, in groups."""
    known = Presence(PresenceStatus.AVAILABLE, _SINCE, connected=True)
    users = [f"user{number}" for number in range(people)]
    return MirroredState(
        profile=Profile("user0", "10000", "Person 0", "Person", "0"),
        groups=tuple(PresenceGroup(f"Group {number:02}", number) for number in range(GROUPS)),
        colleagues=tuple(
            Colleague(user, str(10_000 + number), f"Person {number}", f"Group {number % GROUPS:02}")
            for number, user in enumerate(users)
        ),
        presences=tuple((user, known) for user in users),
        phones=tuple((user, PhoneState.FREE) for user in users),
        pbx_connected=True,
    )


def changes(people: int, count: int, chance: random.Random) -> list[Event]:
    """Half of them presence, half phones, of different people."""
    statuses = [status for status in PresenceStatus if status.selectable]
    events: list[Event] = []
    for number in chance.sample(range(people), count):
        user = f"user{number}"
        if chance.random() < 0.5:
            events.append(PresenceChanged(user, Presence(chance.choice(statuses), _SINCE, connected=True)))
        else:
            events.append(PhoneStateChanged(user, chance.choice(tuple(PhoneState))))
    return events


async def run(order: Storm) -> None:
    """Serve until told to end."""
    certificate = ServerCertificate(Path(order.certificate), Path(order.key), Path())
    core = FakeCtiCore(crowd(order.people))
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with FakeCtiServer(core, certificate) as server:
        print(json.dumps({"port": server.port}), flush=True)
        await reader.readline()
        chance = random.Random(3)
        began_s = loop.time()
        for number in range(int(order.seconds * FRAMES_PER_S)):
            core.change(
                *changes(order.people, order.changes_per_s // FRAMES_PER_S, chance), now_s=loop.time()
            )
            await asyncio.sleep(began_s + (number + 1) / FRAMES_PER_S - loop.time())
        took_s = loop.time() - began_s
        truth = json.dumps(state_of(core.truth))
        await asyncio.to_thread(Path(order.truth).write_text, truth, "utf-8")
        print(json.dumps({"seconds": took_s}), flush=True)
        await reader.readline()


if __name__ == "__main__":
    asyncio.run(run(Storm(**json.loads(sys.stdin.readline()))))
