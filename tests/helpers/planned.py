"""Planned conferences for tests of what is written about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wwphone.domain.conference_plans import ConferencePlan, Invitee, PlannedConference
from wwphone.server.conference_api import Organizer
from wwphone.server.mail.conference_letters import ConferenceLetterWriter

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
CONFERENCE_ID = "7e1c9a40b2"
UID = f"{CONFERENCE_ID}@conferences.wwphone"
ORGANIZER = Organizer("Anna Müller", "answers@muster.example", "anna@muster.example")
ANNA = Invitee("anna@muster.example", "Anna Müller", pin="731904")
HANS = Invitee("hans.mueller@mueller.example", 'Hans "HM" Müller, Größenwahn', pin="482917")
DESCRIPTION = (
    "Grüezi\n\nBitte wählen Sie <number> und geben Sie <pin> ein; danke, «Größe» – 你好.\n" + 40 * "äöü "
)


def writer() -> ConferenceLetterWriter:
    return ConferenceLetterWriter(lambda number: f"{number[:3]} {number[3:]}", lambda: NOW)


def plan(at: str = "2026-03-02 10:00", zone: str = "Europe/Zurich", **others: Any) -> ConferencePlan:
    """At a time on the clock of its zone."""
    values = {
        "room": "204", "starts_at": datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), "zone": zone, "duration_min": 90,
        "title": "Offerte für Müller & Söhne", "description": DESCRIPTION, "place": "Zürich, Sitzungszimmer «Ägeri»",
        "addresses": ("anna@muster.example", "Hans Müller <hans.mueller@mueller.example>"), "language": "de",
    }  # fmt: skip
    return ConferencePlan(**{**values, **others})


def planned(made: ConferencePlan | None = None, **others: Any) -> PlannedConference:
    made = made or plan()
    values = {
        "conference_id": CONFERENCE_ID, "owner": "anna", "plan": made, "number": "+41445550180", "sequence": 0,
        "opens_at": made.starts_at - timedelta(minutes=made.lead_min), "starts_at": made.starts_at,
        "ends_at": made.starts_at + timedelta(minutes=made.duration_min), "invitees": (ANNA, HANS),
    }  # fmt: skip
    return PlannedConference(**{**values, **others})


def many(number: int) -> PlannedConference:
    """With so many invited."""
    addresses = tuple(f"Person Nümmer {one} <p{one}@müller{one}.example>" for one in range(number))
    made = planned(plan(addresses=addresses))
    return replace(made, invitees=writer().invitees(made.plan))
