"""The calendar feed of planned conferences over HTTP: what stands in it, and who does not get it."""

from __future__ import annotations

import asyncio
import re
import ssl
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from tests.helpers.waiting import wait_until_async
from tests.service.conference_office import (
    ANNA,
    HANS,
    Office,
    pins_of,
)
from tests.service.conference_office import mail as mail  # noqa: PLC0414 - a fixture
from tests.service.conference_office import office as office  # noqa: PLC0414 - a fixture
from tests.service.conference_office import shared_mail as shared_mail  # noqa: PLC0414 - a fixture
from tests.service.line_kinds import line_processes as line_processes  # noqa: PLC0414 - a fixture
from tests.service.test_server_history import code_of
from wwphone.domain.account import Right


def get(office: Office, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, Any]:
    url = f"https://127.0.0.1:{office.server.running.listener.port}{path}"
    context: ssl.SSLContext | None = office.server.context()
    try:
        request = urllib.request.Request(url, headers=headers or {})
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


async def fetch(office: Office, path: str, **headers: str) -> tuple[int, bytes, Any]:
    return await asyncio.to_thread(
        get, office, path, {name.replace("_", "-"): value for name, value in headers.items()}
    )


async def test_one_s_conferences_are_a_calendar_behind_a_secret_address(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    assert not anna.snapshot["conferences"]["feed"]
    planned = await office.planned(anna, HANS, "anna@example.net", repeat="weekly", times=4)
    path = (await anna.request("conference.renew_feed"))["body"]["path"]
    assert re.fullmatch(r"/conferences/[A-Za-z0-9_-]{43}\.ics", path)
    assert await anna.wait_for_event("conference.feed_changed", feed=True)
    status, body, headers = await fetch(office, path)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    event: Any = Calendar.from_ical(body).walk("VEVENT")[0]
    start = datetime.fromisoformat(planned["plan"]["starts_at"])
    assert event["DTSTART"].dt.astimezone(UTC) == start
    assert event["DTSTART"].dt.tzinfo is not None
    assert planned["conference_id"] in event["UID"]
    text = body.replace(b"\r\n ", b"").decode()
    assert pins_of(planned)["anna@example.net"] in text
    assert pins_of(planned)[HANS] not in text
    assert "BEGIN:VTIMEZONE" in text
    assert (await fetch(office, path, If_None_Match=headers["ETag"]))[:2] == (304, b"")
    cancelled = await anna.request("conference.cancel", {"conference_id": planned["conference_id"]})
    assert code_of(cancelled) == "done"
    status, body, other = await fetch(office, path, If_None_Match=headers["ETag"])
    assert (status, other["ETag"] != headers["ETag"]) == (200, True)
    assert b"STATUS:CANCELLED" in body


async def test_a_feed_outlives_a_restart_and_no_other_address_leads_there(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    former = (await anna.request("conference.renew_feed"))["body"]["path"]
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    assert anna.snapshot["conferences"]["feed"]
    assert (await fetch(office, former))[0] == 200, "also without any conference"
    path = (await anna.request("conference.renew_feed"))["body"]["path"]
    for wrong in (
        former,
        "/conferences/.ics",
        "/conferences/x.ics",
        "/conferences/",
        path[:-5],
        f"{path}/../x",
    ):
        assert (await fetch(office, wrong))[0] == 404, wrong
    assert (await fetch(office, path, Origin="https://example.net"))[0] == 403
    store = await office.with_store()
    digests = await store.feed_digests()
    await store.close()
    assert all(digest not in path for digest in digests.values())
    await office.server.edit(replace(ANNA, rights=frozenset({Right.CTI_ACCESS})))
    await wait_until_async(
        lambda: Right.CONFERENCE_ROOM not in office.server.running.directory.users["anna"].rights, "no right"
    )
    assert (await fetch(office, path))[0] == 404
    await office.server.edit(ANNA)
    await wait_until_async(
        lambda: Right.CONFERENCE_ROOM in office.server.running.directory.users["anna"].rights, "the right"
    )
    assert (await fetch(office, path))[0] == 200
    assert code_of(await anna.request("conference.end_feed")) == "done"
    assert await anna.wait_for_event("conference.feed_changed", feed=False)
    assert (await fetch(office, path))[0] == 404
