"""The strip "Ringing now": what it shows, how it is taken by key and mouse, and what it says when that fails."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from tests.gui import eyes
from tests.gui.stage import MUELLER, Stage
from tests.gui.world import World, company
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallKind, Party, PhoneState
from wwphone.domain.presence import Colleague
from wwphone.gui import words
from wwphone.gui.panels.ringing import RingingStrip
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.pickup import Claim, RingingCallChanged, RingingCallEnded
from wwphone.services import pickup


def strip(stage: Stage) -> RingingStrip:
    return stage.window.colleagues.ringing


def says(stage: Stage) -> list[str]:
    """What a screen reader says of each line."""
    return [row.accessibleName() for row in strip(stage).rows]


def claims(stage: Stage) -> list[str]:
    return [command.ringing_id for command in stage.world.link.commands if isinstance(command, Claim)]


async def test_without_anything_that_rings_there_is_no_strip(signed_in: Stage) -> None:
    assert not strip(signed_in).isVisible()
    call = signed_in.rings("carla")
    await signed_in.settled()
    assert strip(signed_in).isVisible()
    signed_in.world.link.change(RingingCallEnded(call.ringing_id))
    await signed_in.settled()
    assert not strip(signed_in).isVisible()
    assert not strip(signed_in)._timer.isActive(), "no clock without a line"


async def test_a_line_tells_everything_in_words(signed_in: Stage) -> None:
    signed_in.rings("dario")
    signed_in.rings("eva", None, seconds=1)
    signed_in.world.link.change(PhoneStateChanged("eva", PhoneState.BUSY))
    group = {
        "user": "",
        "members": ("carla", "ursula"),
        "called": Party("300", "Hotline"),
        "kind": CallKind.GROUP,
    }
    signed_in.rings("carla", Party("079"), seconds=2, **group)
    await signed_in.settled()
    assert says(signed_in) == [
        "Müller & Söhne AG, Winterthur, +41 44 268 12 12, for Dario Lüthi 202, back at 10:30, call from outside, 0:00",
        "Caller not shown, for Eva Schönenberger 205, is in a call, call from outside, 0:00",
        "079, for Hotline 300, Carla Brändli, Ursula Grünenfelder, group call, 0:00",
    ]
    (first, *_) = strip(signed_in).rows
    assert first.button.accessibleName() == f"Pick up: {first.accessibleName()}"
    assert {"Ringing now", "Pick up", "F9 takes the first"} <= set(eyes.texts(signed_in.window))


async def test_the_seconds_count(signed_in: Stage) -> None:
    signed_in.rings("dario")
    await signed_in.settled()
    signed_in.world.services.pickup._clock_s = lambda: time.monotonic() + 71
    strip(signed_in)._on_timeout()
    assert "1:11 ·" in eyes.texts(strip(signed_in))
    assert says(signed_in)[0].endswith("1:10"), "in steps: a screen reader shall not read all the time"
    assert strip(signed_in)._timer.isActive()


async def test_f9_takes_the_longest_wherever_the_keyboard_is(signed_in: Stage) -> None:
    signed_in.rings("eva", seconds=5)
    longest = signed_in.rings("dario", seconds=0)
    signed_in.window._form.devices_button.click()
    signed_in.window.dial_field.focus()
    await signed_in.settled()
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    await wait_until_async(lambda: claims(signed_in), "the claim")
    assert claims(signed_in) == [longest.ringing_id]
    await wait_until_async(lambda: len(says(signed_in)) == 1, "the line to go")
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    await wait_until_async(lambda: not says(signed_in), "the other one, too")
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    await signed_in.settled()
    assert len(claims(signed_in)) == 2, "with nothing left it does nothing"


async def test_the_mouse_takes_the_line_it_points_at(signed_in: Stage) -> None:
    signed_in.rings("dario", seconds=0)
    second = signed_in.rings("eva", seconds=5)
    await signed_in.settled()
    eyes.click("Pick up", strip(signed_in).rows[1])
    await wait_until_async(lambda: claims(signed_in) == [second.ringing_id], "the claim")


async def test_tab_reaches_every_button_and_space_presses_it(signed_in: Stage) -> None:
    call = signed_in.rings("dario")
    await signed_in.settled()
    button = strip(signed_in).rows[0].button
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert signed_in.window.focusWidget() is button
    eyes.press(button, Qt.Key.Key_Space)
    await wait_until_async(lambda: claims(signed_in) == [call.ringing_id], "the claim")


async def test_p_on_a_colleague_takes_what_rings_there_and_is_a_letter_elsewhere(signed_in: Stage) -> None:
    panel = signed_in.window.colleagues
    call = signed_in.rings("dario")
    await signed_in.settled()
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index_of("beat"))
    eyes.type_into(panel.list, "p")
    assert panel._filter.text() == "p"
    panel._filter.clear()
    panel.list.setCurrentIndex(panel.model.index_of("dario"))
    eyes.press(panel.list, Qt.Key.Key_P)
    await wait_until_async(lambda: claims(signed_in) == [call.ringing_id], "the claim")
    assert panel._filter.text() == ""


async def test_p_where_one_has_no_right_says_so(signed_in: Stage) -> None:
    panel = signed_in.window.colleagues
    panel.list.setCurrentIndex(panel.model.index_of("carla"))
    eyes.press(panel.list, Qt.Key.Key_P)
    assert strip(signed_in).notice == "You cannot pick up calls of Carla Brändli."
    assert strip(signed_in).isVisible()
    eyes.click("Close", strip(signed_in))
    assert not strip(signed_in).isVisible()


async def test_who_was_faster_is_shown_on_the_line_for_a_moment(
    signed_in: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickup, "TAKEN_SHOWN_S", 0.2 * SECONDS)
    call = signed_in.rings("dario")
    signed_in.world.link.change(RingingCallChanged(replace(call, claimed_by="ursula")))
    await signed_in.settled()
    assert says(signed_in)[0].endswith("Ursula Grünenfelder takes it …")
    assert not eyes.has_button("Pick up", strip(signed_in))
    signed_in.world.link.refuse(Claim, WireError(ErrorCode.CONFLICT, "taken", taken_by="Ursula Grünenfelder"))
    strip(signed_in).take(call.ringing_id)
    signed_in.world.link.change(RingingCallEnded(call.ringing_id, "ursula"))
    await signed_in.settled()
    assert says(signed_in)[0].endswith("taken by Ursula Grünenfelder")
    assert strip(signed_in).notice == "", "the line says it already"
    await wait_until_async(lambda: not strip(signed_in).isVisible(), "the line to go")


async def test_who_answers_their_own_call_has_taken_it_from_nobody(signed_in: Stage) -> None:
    call = signed_in.rings("dario")
    await signed_in.settled()
    signed_in.world.link.change(RingingCallEnded(call.ringing_id, "dario"))
    await signed_in.settled()
    assert says(signed_in)[0].endswith("Dario Lüthi has answered")


@pytest.mark.parametrize(
    ("language", "answered", "taken"),
    [
        ("en", "Somebody in the team has answered", "taken by somebody in the team"),
        ("de", "Jemand im Team hat angenommen", "übernommen von jemandem im Team"),
    ],
)
async def test_who_has_no_name_here_is_somebody_in_the_team(
    qapp: object, language: str, answered: str, taken: str
) -> None:
    hidden = "heidi"
    async with Stage(language, "light") as stage:
        await stage.signed_in()
        own = stage.rings("dario", user=hidden)
        others = stage.rings("eva", seconds=1)
        stage.world.link.change(
            RingingCallEnded(own.ringing_id, hidden), RingingCallEnded(others.ringing_id, hidden)
        )
        await stage.settled()
        assert says(stage)[0].endswith(answered)
        assert says(stage)[1].endswith(taken)


async def test_nobody_moves_away_under_the_pointer_while_something_rings(signed_in: Stage) -> None:
    people = signed_in.window.colleagues.list
    at_rest = people.mapToGlobal(people.visualRect(people.model().index(3, 0)).center())
    whom = people.model().index(3, 0).data()

    def under_pointer() -> object:
        return people.indexAt(people.viewport().mapFromGlobal(at_rest)).data()

    QCursor.setPos(at_rest)
    assert under_pointer() == whom
    call = signed_in.rings("dario")
    await signed_in.settled()
    assert strip(signed_in).isVisible()
    assert under_pointer() == whom
    signed_in.world.link.change(RingingCallEnded(call.ringing_id))
    await signed_in.settled()
    assert under_pointer() == whom
    assert people.verticalScrollBar().value() == 0, "and the list begins at its beginning again"

    signed_in.window.banners.say_notice("What moves all of the panel moves its list too.")
    await signed_in.settled()
    assert people.verticalScrollBar().value() == 0

    QCursor.setPos(signed_in.window.mapToGlobal(QPoint(5, 5)))
    signed_in.rings("dario")
    await signed_in.settled()
    assert people.verticalScrollBar().value() == 0, "nobody points at anybody: all are to be seen"


@pytest.mark.parametrize("size", [(400, 720), (1000, 720)], ids=["narrow", "wide"])
async def test_nobody_moves_either_in_a_list_that_needs_no_scrolling_or_was_hidden(
    size: tuple[int, int],
) -> None:
    state = company()
    async with Stage("en", "light", World(replace(state, colleagues=state.colleagues[:4]))) as stage:
        await stage.signed_in(size)
        people = stage.window.colleagues.list
        bar = people.verticalScrollBar()
        assert bar.maximum() == 0
        people.hide()
        people.show()
        await stage.settled()
        last = people.model().index(people.model().rowCount() - 1, 0)
        at_rest = people.mapToGlobal(people.visualRect(last).center())
        whom = last.data()

        def under_pointer() -> object:
            return people.indexAt(people.viewport().mapFromGlobal(at_rest)).data()

        QCursor.setPos(at_rest)
        assert under_pointer() == whom
        calls = [stage.rings("dario")]
        await stage.settled()
        assert strip(stage).isVisible()
        assert under_pointer() == whom
        people.doItemsLayout()
        calls.append(stage.rings("carla", seconds=1))
        await stage.settled()
        assert under_pointer() == whom
        for call in calls:
            stage.world.link.change(RingingCallEnded(call.ringing_id))
            await stage.settled()
            assert under_pointer() == whom
        assert (bar.value(), bar.maximum()) == (0, 0), "and the list needs no scrolling again"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            WireError(ErrorCode.CONFLICT, "", taken_by="Ursula Grünenfelder"),
            "Ursula Grünenfelder was faster.",
        ),
        (WireError(ErrorCode.CONFLICT, ""), "Somebody else was faster."),
        (WireError(ErrorCode.NOT_FOUND, ""), "It does not ring any more."),
        (WireError(ErrorCode.PBX_REFUSED, ""), "None of your phones took the call. It still rings there."),
        (
            WireError(ErrorCode.UNKNOWN_OUTCOME, ""),
            "The line broke at this moment: perhaps it was done, perhaps not. Please look before you try again.",
        ),
    ],
)
async def test_what_went_wrong_stands_where_one_looks(
    signed_in: Stage, error: WireError, sentence: str
) -> None:
    signed_in.rings("dario")
    signed_in.world.link.refuse(Claim, error)
    signed_in.window._form.devices_button.click()
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    await wait_until_async(lambda: strip(signed_in).notice == sentence, f"{sentence!r}")
    assert strip(signed_in).isVisible(), "also where another panel was chosen"
    assert eyes.has_button("Pick up", strip(signed_in)), "it may be tried again"


async def test_with_the_line_down_it_stays_grey_as_of_then_and_nothing_can_be_taken(signed_in: Stage) -> None:
    call = signed_in.rings("dario")
    await signed_in.settled()
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    (row,) = strip(signed_in).rows
    as_of = signed_in.world.services.presence.as_of
    assert as_of is not None
    said = f"as of {words.clock(as_of)}"
    assert strip(signed_in).isVisible()
    assert said in eyes.texts(strip(signed_in))
    assert says(signed_in)[0].endswith(f"0:00, {said}")
    assert row.property("state") == "ended", "grey"
    assert not eyes.has_button("Pick up", strip(signed_in))
    assert not strip(signed_in)._timer.isActive(), "nobody knows for how long it has been ringing"
    no_line = "There is no line to the server; nothing was done."
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    assert strip(signed_in).notice == no_line
    eyes.click("Close", strip(signed_in))
    panel = signed_in.window.colleagues
    panel.list.setCurrentIndex(panel.model.index_of("dario"))
    eyes.press(panel.list, Qt.Key.Key_P)
    assert strip(signed_in).notice == no_line
    assert claims(signed_in) == []
    signed_in.world.link.heal()
    await signed_in.settled()
    assert eyes.has_button("Pick up", strip(signed_in))
    eyes.press(signed_in.window, Qt.Key.Key_F9)
    await wait_until_async(lambda: claims(signed_in) == [call.ringing_id], "the claim")


async def test_what_ended_while_the_line_was_down_is_gone_with_it(signed_in: Stage) -> None:
    call = signed_in.rings("dario")
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    signed_in.world.link.change(RingingCallEnded(call.ringing_id))
    await signed_in.settled()
    assert strip(signed_in).isVisible()
    signed_in.world.link.heal()
    await signed_in.settled()
    assert not strip(signed_in).isVisible()


async def test_the_language_changes_while_it_rings(signed_in: Stage) -> None:
    signed_in.rings("dario")
    await signed_in.settled()
    signed_in.shell.context.language.choose("de")
    await signed_in.settled()
    assert {"Läutet gerade", "Holen", "F9 holt den ersten"} <= set(eyes.texts(strip(signed_in)))
    assert "zurück um 10:30" in says(signed_in)[0]


async def test_many_lines_scroll_and_leave_the_colleagues_their_place(signed_in: Stage) -> None:
    for number, user in enumerate(("carla", "dario", "eva", "beat", "simone", "stefan", "verena", "ulrike")):
        signed_in.rings(user, seconds=number)
    await signed_in.settled()
    assert len(says(signed_in)) == 8
    assert strip(signed_in).height() < signed_in.window.height() / 2
    assert strip(signed_in)._area.verticalScrollBar().maximum() > 0
    assert signed_in.window.colleagues.list.height() > 100


async def test_two_thousand_colleagues_and_fifty_lines_cost_no_frame() -> None:
    people = tuple(Colleague(f"u{n}", str(10_000 + n), f"Person {n}", "Sales") for n in range(2_000))
    state = company()
    async with Stage("en", "light", World(replace(state, colleagues=(*state.colleagues, *people)))) as stage:
        await stage.signed_in((1000, 720))
        calls = [stage.rings("carla", MUELLER, seconds=n, ringing_id=str(n)) for n in range(50)]
        await stage.settled()
        QApplication.processEvents()
        took_s = []
        for number in range(20):
            changed = replace(calls[number], claimed_by="ursula")
            began_s = time.process_time()
            stage.world.link.change(RingingCallChanged(changed))
            took_s.append(time.process_time() - began_s)
        assert min(took_s) < 0.0167 * SECONDS
