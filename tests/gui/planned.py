"""Planned conferences for tests and pictures of the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.gui.contacts import EVERYBODYS, OWN
from tests.gui.world import World, company
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationMail,
    Invitee,
    PlannedConference,
    RememberedPlan,
    Repeat,
    TimeAnswer,
)
from wwphone.protocol.conference import ConferencesState

OWN_ROOM = ConferenceRoom("204", "Anna Muster", "anna", "901", "+41445550180", may_control=True)
SALES_ROOM = ConferenceRoom("870", "Verkauf", dial_in="870", may_control=True)
OTHERS_ROOM = ConferenceRoom("207", "Beat Keller", "beat", "207")
DESCRIPTION = "Guten Tag\n\nBitte wählen Sie <number> und geben Sie die PIN <pin> ein.\n\nFreundliche Grüsse\nAnna Muster"
WORDS = "550 5.1.1 <h.zgraggen@ukb.example>: Recipient address rejected: User unknown"


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """A time of day so many days from now, UTC."""
    day = datetime.now(UTC) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def planned(conference_id: str, title: str, starts_at: datetime, *invitees: Invitee) -> PlannedConference:
    """A conference of an hour in one's own room."""
    plan = ConferencePlan(
        room="204",
        starts_at=starts_at,
        zone="Europe/Zurich",
        duration_min=60,
        title=title,
        description=DESCRIPTION,
        place="Telefonkonferenz",
        reply_to="anna.muster@muster-ag.ch",
        addresses=tuple(f"{one.name} <{one.address}>" for one in invitees),
        language="de",
    )
    return PlannedConference(
        conference_id,
        "anna",
        plan,
        "+41445550180",
        0,
        starts_at - timedelta(minutes=10),
        starts_at,
        starts_at + timedelta(hours=1),
        invitees,
    )


def invitee(address: str, name: str, answer: Answer = Answer.NONE) -> Invitee:
    """Somebody whose mail was sent."""
    link = "tel:+41445550180,,482917%23"
    return Invitee(address, name, InvitationMail.SENT, answer=answer, link=link, pin="482917")


OFFER = planned(
    "offer",
    "Offerte Umbau Schulhaus Wetzikon",
    at(2, 9),
    invitee("anna.muster@muster-ag.ch", "Anna Muster", Answer.ACCEPTED),
    invitee("hans@braendli.ch", "Hans Brändli", Answer.ACCEPTED),
    invitee("a.oberholzer@wetzikon.example", "Anita Oberholzer", Answer.TENTATIVE),
    invitee("egli@druckerei-egli.ch", "Silvia Egli", Answer.DECLINED),
    replace(
        invitee("h.zgraggen@ukb.example", "Hansjörg Zgraggen"), mail=InvitationMail.FAILED, mail_words=WORDS
    ),
    replace(invitee("info@mueller-soehne.ch", ""), mail=InvitationMail.QUEUED),
)
_BEAT = replace(
    invitee("beat.keller@muster-ag.ch", "Beat Keller", Answer.ACCEPTED),
    times=(
        TimeAnswer(at(11, 7), Answer.DECLINED, at(-1, 9)),
        TimeAnswer(at(18, 7), Answer.TENTATIVE, at(-1, 9)),
    ),
)
_CARLA = replace(
    invitee("carla.rossi@muster-ag.ch", "Carla Rossi", Answer.ACCEPTED),
    times=(TimeAnswer(at(4, 7), Answer.DECLINED, at(-1, 10)),),
)
"""She cannot come to the next one."""
_WEEKLY = planned("weekly", "Wochensitzung", at(4, 7), _BEAT, _CARLA)
WEEKLY = replace(_WEEKLY, plan=replace(_WEEKLY.plan, repeat=Repeat.WEEKLY, times=12))
CANCELLED = replace(
    planned("cancelled", "Budget 2027", at(1, 13), invitee("eva@muster-ag.ch", "Eva Frei")), cancelled=True
)
REMEMBERED = RememberedPlan(
    "Besprechung",
    DESCRIPTION,
    "Telefonkonferenz",
    "anna.muster@muster-ag.ch",
    "anna.muster@muster-ag.ch",
    language="de",
)


def planning_world(**changes: object) -> World:
    """Anna Muster may hold conferences and has planned three."""
    state: dict[str, object] = {
        "released": True,
        "mail_possible": True,
        "rooms": (OWN_ROOM, SALES_ROOM, OTHERS_ROOM),
        "plans": (OFFER, WEEKLY, CANCELLED),
        "remembered": REMEMBERED,
    }
    conferences = ConferencesState(**{**state, **changes})  # type: ignore[arg-type]
    world = World(company(conferences=conferences))
    world.link.phonebook.open(EVERYBODYS, OWN)
    return world
