"""Parking in the window: the button and its key, the list, fetching by mouse and keyboard, what is said when it fails."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.gui import eyes
from tests.gui.scenes_parking import waiting
from tests.gui.stage import MUELLER, Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import CallKind, CallState, EndReason, Party
from wwphone.domain.conference import ConferenceRoom, Participant
from wwphone.domain.parking import ParkingEnd
from wwphone.gui.parking import _TICK_MS
from wwphone.gui.widgets.call_card import CallCard
from wwphone.gui.widgets.carried_call import carried
from wwphone.gui.widgets.parked_call_row import ParkedCallRow
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.parking import Fetch, Park, ParkedCallEnded

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def rows(stage: Stage) -> list[ParkedCallRow]:
    """The visible rows, from top to bottom."""
    return sorted(eyes.visible(ParkedCallRow, stage.window), key=lambda row: row.y())


def card(stage: Stage) -> CallCard:
    [found] = eyes.visible(CallCard, stage.window)
    return found


async def parked(stage: Stage) -> None:
    """Two calls wait, the one at 703 longer."""
    stage.world.link.change(waiting(701, Party("205"), "", 12), waiting(703, MUELLER, "carla", 83))
    await stage.settled()


async def test_without_parked_calls_there_is_no_list_and_no_gap(signed_in: Stage) -> None:
    assert rows(signed_in) == []
    assert not signed_in.window._form.parked_area.isVisible()


async def test_park_by_button_says_where_and_the_list_shows_it(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    signed_in.world.link.callers[signed_in.engine.call(call_id).sip_call_id] = Party("207", "Beat Keller")

    eyes.click("Park the call", card(signed_in))
    await signed_in.settled()

    assert card(signed_in).accessibleName() == "Beat Keller, 207, Parked at 701"
    assert not eyes.has_button("Call again", card(signed_in))
    [row] = rows(signed_in)
    assert row.accessibleName() == "Beat Keller, parked at 701, parked by Anna Muster, 207"


async def test_a_card_dropped_among_the_parked_calls_is_parked_too(signed_in: Stage) -> None:
    await parked(signed_in)
    call_id = await signed_in.talking("Beat")
    viewport = signed_in.window._form.parked_area.viewport()
    data, button = carried(call_id), Qt.MouseButton.LeftButton
    move, none = Qt.DropAction.MoveAction, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(QPoint(5, 5), move, data, button, none),
        QDropEvent(QPointF(5, 5), move, data, button, none),
    ):
        QApplication.sendEvent(viewport, event)
        assert event.isAccepted()
    await signed_in.settled()
    sip_call_id = signed_in.engine.call(call_id).sip_call_id
    assert [one for one in signed_in.world.link.commands if isinstance(one, Park)] == [
        Park(sip_call_id=sip_call_id)
    ]


async def test_park_by_key_means_the_active_call(signed_in: Stage) -> None:
    signed_in.world.settings.set(*signed_in.busy_from(3))
    held = await signed_in.talking("Eva")
    active = await signed_in.talking("Beat")
    eyes.press(signed_in.window, Qt.Key.Key_P, CTRL)
    await signed_in.settled()
    end = signed_in.engine.call(active).end
    assert end is not None
    assert end.reason is EndReason.PARKED
    assert signed_in.engine.call(held).state is CallState.HELD


async def test_what_rings_cannot_be_parked(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    assert not eyes.has_button("Park", card(signed_in))
    eyes.press(signed_in.window, Qt.Key.Key_P, CTRL)
    await signed_in.settled()
    assert signed_in.world.link.commands == []
    assert signed_in.engine.call(call_id).state is CallState.INCOMING


async def test_ones_own_call_into_a_conference_is_not_parked_and_that_is_said(signed_in: Stage) -> None:
    signed_in.world.link.conference.set_rooms(ConferenceRoom("870", "Sales", dial_in="870", may_control=True))
    call_id = await signed_in.talking("870")
    assert not eyes.has_button("Park the call", card(signed_in))
    eyes.press(signed_in.window, Qt.Key.Key_P, CTRL)
    await signed_in.settled()
    said = "A conference cannot be parked. Hold the call, or hang up: the conference goes on."
    assert said in eyes.texts(signed_in.window._form.banners)
    assert not [one for one in signed_in.world.link.commands if isinstance(one, Park)]
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE


async def test_a_call_that_is_found_in_a_conference_is_offered_for_parking_no_more(signed_in: Stage) -> None:
    link = signed_in.world.link
    call_id = await signed_in.talking("902")  # asks where one wants to go
    assert eyes.has_button("Park the call", card(signed_in))
    sip_call_id = signed_in.engine.call(call_id).sip_call_id
    link.conference.set_rooms(ConferenceRoom("870", "Sales", dial_in="870"))
    me = link.mirror.profile
    assert me is not None
    link.conference.come(
        Participant("p1", "870", Party("204"), datetime.now(UTC), me.user, sip_call_id=sip_call_id)
    )
    await signed_in.settled()
    assert not eyes.has_button("Park the call", card(signed_in))


async def test_refused_the_banner_says_why_and_the_call_goes_on(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    signed_in.world.link.refuse(Park, WireError(ErrorCode.PBX_REFUSED, "no place is free"))
    eyes.click("Park the call", card(signed_in))
    await signed_in.settled()
    assert "The PBX refused." in eyes.texts(signed_in.window._form.banners)
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE


async def test_the_list_says_who_waits_where_how_long_and_who_parked_them(signed_in: Stage) -> None:
    await parked(signed_in)
    first, second = rows(signed_in)
    assert (
        first.accessibleName() == f"{MUELLER.name}, parked at 703, parked by Carla Brändli, {MUELLER.number}"
    )
    assert second.accessibleName() == "Eva Schönenberger, parked at 701, 205"
    assert eyes.texts(first)[:2] == ["703", MUELLER.name]
    line = eyes.texts(first)[2]
    assert line.startswith("1:2"), line
    await wait_until_async(lambda: eyes.texts(first)[2] != line, "the seconds to go on", 10 * _TICK_MS / 1000)

    signed_in.world.link.change(ParkedCallEnded("703", ParkingEnd.FETCHED, "beat"))
    await signed_in.settled()
    assert rows(signed_in) == [second]
    signed_in.world.link.change(ParkedCallEnded("701", ParkingEnd.GAVE_UP))
    await signed_in.settled()
    assert not signed_in.window._form.parked_area.isVisible()


async def test_one_click_fetches_it_to_this_pc(signed_in: Stage) -> None:
    await parked(signed_in)
    eyes.click("Fetch", rows(signed_in)[1])
    await signed_in.settled()
    assert signed_in.world.link.commands == [Fetch("701", "fake-register")]
    assert len(rows(signed_in)) == 1


async def test_the_keyboard_leads_through_the_list_and_enter_fetches(signed_in: Stage) -> None:
    await parked(signed_in)
    eyes.press(signed_in.window, Qt.Key.Key_P, CTRL | SHIFT)
    await signed_in.settled()
    first, second = rows(signed_in)
    assert _focused() is eyes.button("Fetch", first)
    for key, row in ((Qt.Key.Key_Up, first), (Qt.Key.Key_Down, second), (Qt.Key.Key_Down, second)):
        QTest.keyClick(_focused(), key)
        assert _focused() is eyes.button("Fetch", row)

    QTest.keyClick(_focused(), Qt.Key.Key_Return)
    await signed_in.settled()

    assert signed_in.world.link.commands == [Fetch("701", "fake-register")]
    assert eyes.button("Fetch", first).accessibleName() == f"Fetch {MUELLER.name} from 703"


def _focused() -> QPushButton:
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    return focused


async def test_who_was_faster_is_said(signed_in: Stage) -> None:
    await parked(signed_in)
    signed_in.world.link.refuse(Fetch, WireError(ErrorCode.CONFLICT, "taken", taken_by="Carla Brändli"))
    eyes.click("Fetch", rows(signed_in)[0])
    await signed_in.settled()
    assert "Carla Brändli was faster." in eyes.texts(signed_in.window._form.banners)
    assert len(rows(signed_in)) == 2


async def test_without_the_pbx_nothing_is_offered(signed_in: Stage) -> None:
    await signed_in.talking("Beat")
    await parked(signed_in)
    signed_in.world.link.change(PbxStateChanged(connected=False))
    await signed_in.settled()
    assert not eyes.has_button("Park", card(signed_in))
    assert not eyes.button("Fetch", rows(signed_in)[0]).isEnabled()
    eyes.press(signed_in.window, Qt.Key.Key_P, CTRL)
    await signed_in.settled()
    assert signed_in.world.link.commands == []


async def test_a_call_that_comes_back_says_so(signed_in: Stage) -> None:
    signed_in.engine.incoming(MUELLER.number, MUELLER.name, CallKind.INTERNAL, parked_slot="703")
    await signed_in.settled()
    [popup] = signed_in.shell.popups.shown
    assert "back from place 703" in eyes.texts(popup)
    assert "back from 703: nobody fetched it" in card(signed_in).accessibleName()


async def test_the_list_follows_the_language(signed_in: Stage) -> None:
    await parked(signed_in)
    signed_in.shell.context.language.choose("de")
    await signed_in.settled()
    assert eyes.has_button("Holen", rows(signed_in)[0])
    assert "geparkt von Carla Brändli" in rows(signed_in)[0].accessibleName()
