"""Rooms and conferences for tests and pictures of the window, and short ways to bring them into a state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.contacts import book_world, filled
from tests.gui.stage import Stage
from tests.gui.world import ME, World
from wwphone.domain.account import Right
from wwphone.domain.calls import Party
from wwphone.domain.conference import ConferenceRoom, InvitationState, Participant, RunningConference
from wwphone.domain.conference_plans import Answer, ConferencePlan, InvitationMail, Invitee, PlannedConference
from wwphone.gui.conference_window import ConferenceWindow
from wwphone.protocol.conference import ConferenceChanged
from wwphone.protocol.conference_plans import PlannedConferenceChanged

OWN = ConferenceRoom("204", "Anna Muster", ME, "901", "+41445550180", may_control=True, pin="739154")
SALES = ConferenceRoom("870", "Sales", dial_in="870", may_control=True)
BEATS = ConferenceRoom("207", "Beat Keller", "beat", "902")
"""A colleague's, which one sees while one is there."""
CTRL = Qt.KeyboardModifier.ControlModifier
HANS = "hans@braendli.ch"
ANITA = "anita.oberholzer@wetzikon.ch"


def ago(**since: float) -> datetime:
    """A moment that is over."""
    return datetime.now(UTC) - timedelta(**since)


def chairwoman(rooms: Iterable[ConferenceRoom] = (OWN, SALES)) -> World:
    """A company in which Anna Muster may hold conferences, and record."""
    world = book_world()
    truth = world.link._truth.state()
    rights = truth.profile.rights | {Right.CONFERENCE_ROOM, Right.RECORD_CALLS}
    world.link._truth.replace(1, replace(truth, profile=replace(truth.profile, rights=rights)))
    world.link.recording.open([])
    world.link.conference.set_rooms(*rooms)
    return world


def one(participant_id: str, number: str, name: str = "", **fields: Any) -> Participant:
    """Somebody who is in Anna's room, for a while."""
    usual: dict[str, Any] = {"room": OWN.number, "since": ago(minutes=12, seconds=41)}
    return Participant(participant_id, party=Party(number, name), **{**usual, **fields})


def invitee(address: str, name: str = "", **fields: Any) -> Invitee:
    """Somebody invited by e-mail."""
    usual: dict[str, Any] = {
        "mail": InvitationMail.SENT,
        "link": "tel:+41445550180,,482917%23",
        "pin": "482917",
    }
    return Invitee(address, name, **{**usual, **fields})


INVITEES = (
    invitee("anna@muster-ag.ch", "Anna", number="204", answer=Answer.ACCEPTED),
    invitee(HANS, "Hans Brändli", number="+41523334455", answer=Answer.ACCEPTED, answered_at=ago(days=1)),
    invitee(
        ANITA, "Anita Oberholzer", number="+41449312345", answer=Answer.ACCEPTED, answered_at=ago(hours=2)
    ),
    invitee(
        "reto.ammann@ammann-gartenbau.ch", "Reto Ammann", answer=Answer.DECLINED, answered_at=ago(hours=3)
    ),
    invitee("silvia@druckerei-egli.ch", "Silvia Egli", answer=Answer.TENTATIVE, answered_at=ago(hours=3)),
    invitee("p.dupont@example.fr", "", mail=InvitationMail.QUEUED),
    invitee(
        "hohenstein@verwaltung.example",
        "Maximilian-Alexander Freiherr von Hohenstein-Wartenburg",
        mail=InvitationMail.FAILED,
        mail_words="550 5.1.1 <hohenstein@verwaltung.example>: user unknown",
    ),
    invitee("barbara@urkb.example", "Barbara Zgraggen"),
)


def planned(invitees: Iterable[Invitee] = INVITEES, **fields: Any) -> PlannedConference:
    """A conference of Anna's that goes on, in her room."""
    invitees = tuple(invitees)
    plan = ConferencePlan(
        OWN.number,
        ago(minutes=15),
        "Europe/Zurich",
        60,
        title="Offer for Müller AG",
        description="Please dial <number> and enter <pin>.",
        place="Telephone",
        addresses=tuple(one.address for one in invitees),
    )
    usual: dict[str, Any] = {
        "opens_at": ago(minutes=25),
        "starts_at": ago(minutes=15),
        "ends_at": ago(minutes=-45),
        "invitees": invitees,
    }
    return PlannedConference("plan-1", ME, plan, "+41445550180", 0, **{**usual, **fields})


async def opened(stage: Stage, *, phonebook: bool = True) -> ConferenceWindow:
    """Sign in, and open the window from the rail."""
    await stage.signed_in()
    if phonebook:
        await filled(stage)
    stage.window._form.conference_button.click()
    await stage.settled()
    window = stage.shell.conference_window
    assert window is not None
    return window


async def followed(stage: Stage, window: ConferenceWindow) -> None:
    """Let the window follow at once what happened."""
    await stage.settled()
    window.follow()
    await stage.settled()


def begin(stage: Stage, *people: Participant, conference_id: str = "", locked: bool = False) -> None:
    """A conference runs in Anna's room."""
    running = RunningConference(OWN.number, ago(minutes=14), locked, conference_id)
    stage.world.link.change(ConferenceChanged(running))
    for person in people:
        stage.world.link.conference.come(person)


def plan(stage: Stage, conference: PlannedConference) -> None:
    """Anna has planned this."""
    stage.world.link.change(PlannedConferenceChanged(conference))


async def invite(stage: Stage, people: Mapping[str, InvitationState]) -> None:
    """Anna has called these numbers into her room, and this became of it."""
    service = stage.world.services.conference
    ids = await service.invite(OWN.number, [Party(number) for number in people])
    for invitation_id, (number, state) in zip(ids, people.items(), strict=True):
        if state is InvitationState.CONNECTED:
            stage.world.link.conference.come(
                one(f"called-{number}", number, since=ago(minutes=3), invitation_id=invitation_id)
            )
        elif state is not InvitationState.CALLING:
            stage.world.link.conference.become(invitation_id, state)
    await stage.settled()


ANNA = one("anna-1", "204", "Anna", user=ME, chair=True)
HERS = one("hans-1", "+41523334455", since=ago(minutes=11))
CARLA = one("carla-1", "201", user="carla", since=ago(minutes=9))


def of(stage: Stage) -> ConferenceWindow:
    """The window, which was opened."""
    window = stage.shell.conference_window
    assert window is not None
    return window


def asked_for(stage: Stage) -> list[object]:
    """What the window asked the server for about conferences."""
    return [each for each in stage.world.link.commands if type(each).wire_name.startswith("conference.")]


async def call_in(stage: Stage, text: str) -> None:
    """Type into the field and press Enter."""
    window = of(stage)
    window.inviting.focus()
    window._form.invite.setText("")
    eyes.type_into(window._form.invite, text)
    await stage.settled()
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(stage, window)


def names(window: ConferenceWindow) -> tuple[list[str], list[str]]:
    """Who stands in the two lists."""
    return [row.name for row in window.there.model.rows], [row.name for row in window.invited.model.rows]
