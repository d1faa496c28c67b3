"""A running server whose people plan conferences, with a real mail server and a PBX in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.mail_server import MailServer
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_history import code_of
from wwphone.domain.account import Right
from wwphone.server.api import PbxRoom
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import PbxDoor
from wwphone.server.services import conference_plans as service
from wwphone.server.store.sql_store import SqlStore

HOLDERS = frozenset({Right.CTI_ACCESS, Right.CONFERENCE_ROOM})
ANNA, BEAT, CARLA = (
    replace(one, email=f"{one.user}@example.net", rights=HOLDERS)
    for one in PEOPLE
    if one.user in ("anna", "beat", "carla")
)
CARLA = replace(CARLA, rights=frozenset({Right.CTI_ACCESS}))
SALES = PbxRoom("870", "Sales", pin="739154")
OUTSIDE = "+41445550180"
HANS, LENA = "hans@mueller.example", "lena@mueller.example"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


class SetClock:
    """The wall clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


class Office:
    """A running server with two who may hold conferences, and one who may not."""

    def __init__(self, server: CtiServerUnderTest, mail: MailServer) -> None:
        self.server, self.mail = server, mail
        self.clock = SetClock()
        server.clock = self.clock

    @property
    def service(self) -> service.ConferencePlansService:
        return self.server.running.conferences.plans

    @property
    def doors(self) -> tuple[PbxDoor, ...]:
        return self.server.pbx.conference.doors

    def at(self, ahead: timedelta) -> datetime:
        """So long from now, to the minute, as plans are."""
        return (self.clock() + ahead).replace(second=0, microsecond=0)

    def put_forward(self, by: timedelta) -> None:
        self.clock.ahead += by
        self.service.look()

    def plan(self, *addresses: str, **fields: Any) -> dict[str, Any]:
        start = fields.pop("start", None) or self.at(2 * AN_HOUR)
        return {
            "room": "201",
            "starts_at": start.isoformat().replace("+00:00", "Z"),
            "zone": "Europe/Zurich",
            "duration_min": 60,
            "title": "Grüsse",
            "description": "Bitte <number> wählen, dann <pin>.",
            "place": "Telefon",
            "lead_min": 10,
            "addresses": list(addresses or ("anna@example.net", f"Hans Größle <{HANS}>")),
            **fields,
        }

    async def planned(self, client: RawCtiClient, *addresses: str, **fields: Any) -> dict[str, Any]:
        reply = await client.request("conference.plan", {"plan": self.plan(*addresses, **fields)})
        assert code_of(reply) == "conference.planned", reply
        return dict(reply["body"]["conference"])

    async def changed(
        self, client: RawCtiClient, before: dict[str, Any], *addresses: str, **fields: Any
    ) -> dict[str, Any]:
        plan = {**before["plan"], **fields}
        if addresses:
            plan["addresses"] = list(addresses)
        body = {"conference_id": before["conference_id"], "sequence": before.get("sequence", 0), "plan": plan}
        reply = await client.request("conference.change", body)
        assert code_of(reply) == "conference.planned", reply
        return dict(reply["body"]["conference"])

    async def letters(self, number: int) -> list[tuple[str, str, str]]:
        """Wait for so many, and no more; each with whom it is to, what calendars are to do, and its text."""
        await wait_until_async(lambda: len(self.mail.letters) >= number, f"{number} letters")
        await wait_until_async(self._nothing_waits, "the end of the queue")
        assert len(self.mail.letters) == number
        return sorted((one.recipients[0], _method(one.message), one.text) for one in self.mail.letters)

    async def kinds(self, number: int) -> list[tuple[str, str]]:
        return [(to, method) for to, method, _ in await self.letters(number)]

    async def states(self, client: RawCtiClient, *states: str) -> dict[str, Any]:
        """Wait until the invited of the only conference stand so; return it."""

        def there() -> dict[str, Any] | None:
            told = client.event_bodies("conference.plan_changed")
            stand = [one.get("mail", "queued") for one in told[-1]["conference"]["invitees"]] if told else []
            return told[-1]["conference"] if stand == list(states) else None

        return dict(await wait_until_async(there, f"the states {states}"))

    async def opened(self, *conference_ids: str) -> tuple[PbxDoor, ...]:
        """Wait until the PBX has the doors of these, and no others."""
        wanted = sorted(conference_ids)
        await wait_until_async(
            lambda: sorted(one.conference_id for one in self.doors) == wanted, f"doors of {wanted}"
        )
        return self.doors

    async def with_store(self) -> SqlStore:
        store = SqlStore(self.server.store_url)
        await store.open()
        return store

    def _nothing_waits(self) -> bool:
        mail = self.server.running.mail
        return not mail._handing and not mail._unwritten


def _method(message: Any) -> str:
    (part,) = (one for one in message.walk() if one.get_content_type() == "text/calendar")
    method = str(part.get_param("method"))
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["UID"])
    return f"{method} {event.get('SEQUENCE', 0)}"


def pins_of(conference: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["pin"] for one in conference["invitees"]}


def problems(reply: dict[str, Any]) -> list[str]:
    assert code_of(reply) == "conference.previewed", reply
    return [one["problem"] for one in reply["body"].get("remarks", [])]


@pytest.fixture(scope="module")
def shared_mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def mail(shared_mail: MailServer) -> MailServer:
    shared_mail.letters.clear()
    shared_mail.recipient_answer = ""
    return shared_mail


@pytest.fixture
async def office(tmp_path: Path, tls_files: IssuedFiles, mail: MailServer) -> AsyncIterator[Office]:
    server = CtiServerUnderTest(
        tmp_path, tls_files, numbers_country="CH", conferences_number=OUTSIDE, **mail.settings()
    )
    office = Office(server, mail)
    await server.populate((ANNA, BEAT, CARLA))
    store = await office.with_store()
    await store.replace_room(SALES)
    await store.close()
    await server.start()
    yield office
    await server.stop()
