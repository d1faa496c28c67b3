"""The lists of a conference as models: they follow without resetting, and say in words what they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest_asyncio
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView

from tests.gui import eyes
from tests.gui.conferences import (
    ANITA,
    HANS,
    INVITEES,
    OWN,
    ago,
    begin,
    invite,
    invitee,
    of,
    one,
    plan,
    planned,
)
from tests.gui.contacts import filled
from tests.gui.stage import Stage
from tests.gui.world import ME
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState
from wwphone.domain.conference_plans import Answer, InvitationMail, TimeAnswer
from wwphone.gui.conference_rows import (
    InvitedRow,
    ParticipantRow,
    Standing,
    invited_rows,
    participant_rows,
)
from wwphone.gui.conference_words import (
    STANDING_ICONS,
    STANDINGS,
    invited_below,
    invited_described,
    participant_below,
    participant_described,
)
from wwphone.gui.icons import icon
from wwphone.gui.models.conference import ConferenceModel
from wwphone.gui.numbers import written
from wwphone.gui.words import clock

_SINCE = ago(minutes=10)


@pytest_asyncio.fixture
async def chair(chair: Stage) -> Stage:
    """With the phone book at hand."""
    await chair.signed_in()
    await filled(chair)
    return chair


def invited(stage: Stage, been: tuple[str, ...] = ()) -> dict[str, InvitedRow]:
    """The rows of the right list, by name."""
    return {row.name: row for row in invited_rows(stage.shell.context, OWN.number, been)}


def row_of(number: int, *, talking: bool = False, muted: bool = False) -> ParticipantRow:
    """Somebody of a crowd."""
    participant = one(f"one-{number}", f"2{number:02}", talking=talking, muted=muted, since=_SINCE)
    return ParticipantRow(participant, f"Person {number}", f"2{number:02}")


# ---------------------------------------------------------------- following


def test_a_change_touches_one_row_and_resets_nothing(qapp: object) -> None:
    model: ConferenceModel[ParticipantRow] = ConferenceModel(participant_described)
    rows = [row_of(number) for number in range(80)]
    model.show(rows)
    resets, changes = eyes.recorded(model.modelReset), []
    model.dataChanged.connect(lambda first, last, *_: changes.append((first.row(), last.row())))
    model.show([*rows[:7], row_of(7, talking=True), *rows[8:]])
    assert changes == [(7, 7)]
    model.show([*rows[:7], row_of(7, talking=True), *rows[8:]])
    assert changes == [(7, 7)], "what stays is not told again"
    assert resets == []


def test_the_cursor_stays_on_its_person_while_others_come_and_go(qapp: object) -> None:
    model: ConferenceModel[ParticipantRow] = ConferenceModel(participant_described)
    view = QListView()
    view.setModel(model)
    rows = [row_of(number) for number in range(10)]
    model.show(rows)
    view.setCurrentIndex(model.index(5))
    view.selectionModel().select(model.index(5), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    chosen = QPersistentModelIndex(model.index(5))
    model.show([*rows[3:], row_of(20)])
    assert model.rowCount() == 8
    assert view.currentIndex().row() == chosen.row() == 2
    assert view.currentIndex().data() == "Person 5"
    assert view.selectionModel().isSelected(view.currentIndex())
    model.show([row_of(30), *rows[3:]])
    assert [row.name for row in model.rows][-1] == "Person 30", "who is new stands below"
    view.deleteLater()


async def test_eighty_who_talk_five_times_a_second_cost_one_row_each(chair: Stage) -> None:
    crowd = [one(f"one-{number}", f"+4144268{1200 + number}") for number in range(80)]
    begin(chair, *crowd)
    # Numbers are written otherwise as soon as the numbering plans are loaded, which changes every row.
    await wait_until_async(lambda: written("+41442681200") == "044 268 12 00", "the numbering plans")
    chair.window._form.conference_button.click()
    await chair.settled()
    window = chair.shell.conference_window
    assert window is not None
    assert window.there.model.rowCount() == 80
    window.there.list.setCurrentIndex(window.there.model.index(40))
    resets, changes = eyes.recorded(window.there.model.modelReset), []
    window.there.model.dataChanged.connect(lambda first, last, *_: changes.append((first.row(), last.row())))
    for turn in range(5):
        for person in crowd[turn * 10 : turn * 10 + 10]:
            chair.world.link.conference.come(replace(person, talking=True))
        window.follow()
    assert sorted(changes) == [(place, place) for place in range(50)]
    assert resets == []
    assert window.there.current is not None
    assert window.there.current.key == "one-40"


# ---------------------------------------------------------------- who, and what is said of them


async def test_who_is_there_with_names_and_states(chair: Stage) -> None:
    begin(
        chair,
        one("a", "204", "Anna", user=ME, chair=True, since=ago(minutes=12)),
        one("h", "+41523334455", talking=True, since=ago(minutes=11)),
        one("c", "201", user="carla", muted=True, talking=True, since=ago(minutes=10)),
        one("x", "", since=ago(minutes=9)),
    )
    rows = participant_rows(chair.shell.context, OWN.number)
    said = [participant_described(row) for row in rows]
    times = [clock(row.participant.since) for row in rows]
    assert said == [
        f"Anna Muster (you), 204, listening, chair, since {times[0]}",
        f"Hans Brändli · Brändli Haustechnik GmbH, 052 333 44 55, talking, since {times[1]}",
        f"Carla Brändli, 201, muted, since {times[2]}",
        f"Somebody, listening, since {times[3]}",
    ]
    assert participant_below(rows[1]) == "052 333 44 55 · talking"
    assert participant_below(rows[3]) == "listening"


async def test_who_came_with_a_pin_is_named_by_their_invitation(chair: Stage) -> None:
    plan(chair, planned([invitee("p.dupont@example.fr", "Pierre Dupont")]))
    begin(chair, one("p", "", invitee="p.dupont@example.fr"), conference_id="plan-1")
    [row] = participant_rows(chair.shell.context, OWN.number)
    assert row.name == "Pierre Dupont"
    assert row.link == "tel:+41445550180,,482917%23"


async def test_who_was_here_by_mail_has_left_only_the_time_they_came(chair: Stage) -> None:
    daily = planned([invitee(HANS, "Hans Brändli", number="+41523334455")])
    plan(chair, daily)
    begin(chair, one("h", "", invitee=HANS), conference_id="plan-1")
    chair.shell.open_conference(OWN.number)
    window = of(chair)
    chair.world.link.conference.go("h")
    await chair.settled()
    window.follow()
    assert [row.dropped for row in window.invited.model.rows] == [True]
    plan(chair, replace(daily, starts_at=daily.starts_at + timedelta(minutes=1)))
    window.follow()
    assert [row.dropped for row in window.invited.model.rows] == [False], "the next time is another one"


async def test_every_state_of_a_call_has_a_word(chair: Stage) -> None:
    states = dict(zip(("205", "206", "207", "208", "209", "210", "211", "212"), InvitationState, strict=True))
    await invite(chair, states)
    rows = {row.number: row for row in invited(chair).values()}
    assert {number: invited_below(row) for number, row in rows.items()} == {
        "205": "is being called · 205",
        "206": "rings · 206",
        "207": "is there · 207",
        "208": "busy · 208",
        "209": "no answer · 209",
        "210": "declined the call · 210",
        "211": "cannot be reached · 211",
        "212": "has left · 212",
    }
    assert {number for number, row in rows.items() if row.can_be_called} == {
        "208",
        "209",
        "210",
        "211",
        "212",
    }
    assert {number for number, row in rows.items() if row.under_way} == {"205", "206"}


async def test_who_handed_their_call_on_is_not_said_to_be_there(chair: Stage) -> None:
    [first, second] = await chair.world.services.conference.invite(
        OWN.number, [Party("206"), Party("0523334455")]
    )
    come = chair.world.link.conference.come
    come(one("one", "208", "Jürg Zürcher", invitation_id=first))
    come(one("two", "+41523334455", "Hans Brändli", invitation_id=second))
    await chair.settled()
    assert [invited_below(row) for row in invited(chair).values()] == [
        "is there · 052 333 44 55",
        "Jürg Zürcher is there instead · 206",
    ], "a number is the same however it is written"


async def test_every_state_of_an_e_mail_has_a_word(chair: Stage) -> None:
    plan(chair, planned((*INVITEES, invitee("u@example.org", "Ursula", mail=InvitationMail.UNCERTAIN))))
    said = [invited_described(row) for row in invited(chair).values()]
    assert said[0] == "Anna (you), anna@muster-ag.ch, accepted"
    assert said[3].startswith("Reto Ammann, reto.ammann@ammann-gartenbau.ch, declined, ")
    assert said[4].startswith("Silvia Egli, silvia@druckerei-egli.ch, accepted tentatively, ")
    assert said[5] == "p.dupont@example.fr, invitation is being sent"
    assert said[6].endswith(
        "invitation not delivered: 550 5.1.1 <hohenstein@verwaltung.example>: user unknown"
    )
    assert said[7] == "Barbara Zgraggen, barbara@urkb.example, invitation sent"
    assert said[8] == "Ursula, u@example.org, invitation perhaps not delivered"


async def test_somebody_invited_both_ways_is_one_row(chair: Stage) -> None:
    plan(chair, planned())
    await invite(chair, {"+41523334455": InvitationState.NO_ANSWER, "207": InvitationState.RINGING})
    rows = invited(chair)
    assert len(rows) == len(INVITEES) + 1
    assert invited_below(rows["Hans Brändli"]) == f"no answer · accepted · {HANS}"
    assert rows["Hans Brändli"].dropped
    assert not rows["Hans Brändli"].accepted_only
    assert rows["Anita Oberholzer"].accepted_only


async def test_who_came_is_there_by_pin_call_or_number(chair: Stage) -> None:
    plan(chair, planned())
    begin(chair, one("h", "", invitee=HANS), one("a", "+41449312345"), conference_id="plan-1")
    rows = invited(chair)
    assert (rows["Hans Brändli"].here_as, rows["Anita Oberholzer"].here_as) == ("h", "a")
    assert rows["Hans Brändli"].standing is Standing.HERE
    assert not any(row.accepted_only for row in rows.values()), "and oneself need not be called"
    chair.world.link.conference.go("h")
    rows = invited(chair, (HANS,))
    assert rows["Hans Brändli"].standing is Standing.LEFT
    assert rows["Hans Brändli"].dropped


async def test_a_conference_of_another_time_shows_nobody(chair: Stage) -> None:
    plan(chair, planned(opens_at=ago(minutes=-60), starts_at=ago(minutes=-70), ends_at=ago(minutes=-90)))
    assert invited(chair) == {}
    plan(chair, planned(cancelled=True))
    assert invited(chair) == {}


async def test_two_calls_of_one_number_are_two_rows(chair: Stage) -> None:
    await invite(chair, {"207": InvitationState.RINGING})
    await invite(chair, {"207": InvitationState.RINGING})
    keys = [row.key for row in invited_rows(chair.shell.context, OWN.number)]
    assert len(keys) == len(set(keys)) == 2


def test_states_differ_in_shape_and_word(qapp: object) -> None:
    assert set(STANDINGS) == set(STANDING_ICONS) == set(Standing)
    assert len(set(STANDINGS.values())) == len(Standing)
    shapes = [icon(which, "#000000").pixmap(24).toImage() for which in STANDING_ICONS.values()]
    assert all(shapes[i] != shapes[j] for i in range(len(shapes)) for j in range(i))


async def test_addresses_and_links_show_in_no_repr(chair: Stage) -> None:
    plan(chair, planned())
    begin(chair, one("h", "+41523334455", invitee=HANS), conference_id="plan-1")
    told = repr(invited_rows(chair.shell.context, OWN.number)) + repr(
        participant_rows(chair.shell.context, OWN.number)
    )
    assert not any(secret in told for secret in (HANS, ANITA, "482917", "+41523334455", "Brändli"))


async def test_what_was_answered_for_the_time_that_goes_on_is_what_counts(chair: Stage) -> None:
    now = planned()
    times = (TimeAnswer(now.starts_at, Answer.DECLINED, now.starts_at - timedelta(hours=1)),)
    hans = invitee(HANS, "Hans", number="202", answer=Answer.ACCEPTED, times=times)
    plan(chair, replace(now, invitees=(hans,)))
    (row,) = invited(chair).values()
    assert row.standing is Standing.DECLINED
    assert not row.accepted_only


async def test_a_cell_is_read_out_whole(chair: Stage) -> None:
    plan(chair, planned([invitee(HANS, "Hans", answer=Answer.ACCEPTED)]))
    chair.window._form.conference_button.click()
    await chair.settled()
    window = chair.shell.conference_window
    assert window is not None
    index = window.invited.model.index(0)
    for role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
        assert index.data(role) == f"Hans, {HANS}, accepted"
    assert index.data() == "Hans"
