"""The pop-up of a call that rings here."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.gui import eyes
from tests.gui.stage import MUELLER, Stage
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import BUSY_FROM
from wwphone.domain.calls import CallKind, CallState, EndReason, Party
from wwphone.gui.incoming_popup import IncomingPopup
from wwphone.gui.style import tokens


def only_popup(stage: Stage) -> IncomingPopup:
    [popup] = stage.shell.popups.shown
    return popup


@pytest.mark.parametrize(
    ("kind", "said", "sound"),
    [
        (CallKind.INTERNAL, "internal call", "ring_internal.wav"),
        (CallKind.DIRECT, "call from outside", "ring_direct.wav"),
        (CallKind.GROUP, "group call", "ring_group.wav"),
    ],
)
async def test_it_says_who_calls_whom_and_how_and_rings(
    signed_in: Stage, kind: CallKind, said: str, sound: str
) -> None:
    call_id = await signed_in.incoming(MUELLER, kind, "Verkauf 220")
    popup = only_popup(signed_in)
    assert popup.isVisible()
    seen = eyes.texts(popup)
    assert {MUELLER.name, MUELLER.number, said, "for Verkauf 220", "Answer", "Decline"} <= set(seen)
    assert popup.accessibleName() == f"Incoming call: {MUELLER.name}, {said}"
    assert signed_in.engine.ringing is not None
    assert signed_in.engine.ringing.name == sound
    assert call_id in signed_in.engine.rung, "the caller hears that it rings"


async def test_a_call_into_a_conference_says_so_from_its_first_frame_and_on_the_card_at_once(
    signed_in: Stage,
) -> None:
    call_id = signed_in.engine.called_into_conference("870", "207", "Konferenz: Beat")
    await wait_until_async(lambda: bool(signed_in.shell.popups.shown), "the pop-up")
    popup = only_popup(signed_in)
    assert popup.isVisible()
    seen = eyes.texts(popup)
    assert {"Beat Keller", "call into a conference", "room 870"} <= set(seen)
    assert "internal call" not in seen
    await signed_in.settled()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    assert any("calls you into a conference" in text for text in eyes.texts(card))
    assert signed_in.window.conference.strip(call_id) is None, "one is not there yet"
    eyes.click("Answer", popup)
    await signed_in.settled()
    strip = signed_in.window.conference.strip(call_id)
    assert strip is not None
    assert strip.text == "In the conference 870"


async def test_answer(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    eyes.click("Answer", only_popup(signed_in))
    await signed_in.settled()
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE
    assert signed_in.shell.popups.shown == ()
    assert signed_in.engine.ringing is None


async def test_decline(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    eyes.click("Decline", only_popup(signed_in))
    await signed_in.settled()
    end = signed_in.engine.call(call_id).end
    assert end is not None
    assert end.reason is EndReason.DECLINED_HERE
    assert end.sip_status == 603
    assert signed_in.shell.popups.shown == ()
    assert signed_in.engine.ringing is None


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_it_goes_when_the_caller_gives_up_or_another_device_answers(
    signed_in: Stage, elsewhere: bool
) -> None:
    call_id = await signed_in.incoming()
    signed_in.engine.caller_gives_up(call_id, answered_elsewhere=elsewhere)
    await signed_in.settled()
    assert signed_in.shell.popups.shown == ()
    assert signed_in.engine.ringing is None


async def test_it_never_asks_for_the_keyboard(signed_in: Stage) -> None:
    await signed_in.incoming()
    popup = only_popup(signed_in)
    flags = popup.windowFlags()
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert popup.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not [button for button in (popup.answer, popup.decline) if button.focusPolicy()]


async def test_answer_is_left_and_green_decline_right_and_red_and_both_are_large(signed_in: Stage) -> None:
    await signed_in.incoming()
    popup = only_popup(signed_in)
    answer, decline = eyes.button("Answer", popup), eyes.button("Decline", popup)
    assert answer.x() < decline.x()
    assert answer.height() >= 44
    assert decline.height() >= 44
    colours = signed_in.shell.context.theme.colours
    for each, ground in ((answer, colours.positive), (decline, colours.negative)):
        assert each.grab().toImage().pixelColor(each.width() // 2, 4).name() == ground


async def test_it_stands_at_the_top_right_and_the_next_one_below(signed_in: Stage) -> None:
    signed_in.world.settings.set(BUSY_FROM, 0)
    first_id = await signed_in.incoming()
    second_id = await signed_in.incoming(Party("205"), CallKind.INTERNAL, "")
    first, second = signed_in.shell.popups.shown
    area = QGuiApplication.primaryScreen().availableGeometry()
    for popup in (first, second):
        assert popup.geometry().right() == area.right() - tokens.SPACE_L - 1
    assert first.y() == area.top() + tokens.SPACE_L
    assert second.y() >= first.y() + first.height()

    await signed_in.end(first_id, EndReason.MISSED)
    assert [popup.call.call_id for popup in signed_in.shell.popups.shown] == [second_id]
    assert second.y() == area.top() + tokens.SPACE_L, "it moves up"


async def test_busy_from_one_call_on_the_next_caller_hears_busy(signed_in: Stage) -> None:
    await signed_in.talking("Beat")
    call_id = await signed_in.incoming()
    end = signed_in.engine.call(call_id).end
    assert end is not None
    assert end.reason is EndReason.BUSY
    assert signed_in.shell.popups.shown == ()
    assert signed_in.calls.call(call_id) is None, "it leaves no trace in the window"


async def test_while_one_talks_it_shows_but_does_not_ring(signed_in: Stage) -> None:
    signed_in.world.settings.set(BUSY_FROM, 2)
    await signed_in.talking("Beat")
    await signed_in.incoming()
    assert only_popup(signed_in).isVisible()
    assert signed_in.engine.ringing is None


async def test_a_very_long_name_takes_two_lines_and_no_more_room(signed_in: Stage) -> None:
    signed_in.world.settings.set(BUSY_FROM, 0)
    await signed_in.incoming(Party("205"), CallKind.INTERNAL, "")
    name = "Donaudampfschifffahrtsgesellschaft mbH & Co. KG, Zweigniederlassung Konstanz am Bodensee"
    await signed_in.incoming(Party("+49 7531 1", name))
    short, long = signed_in.shell.popups.shown
    assert (long.width(), long.height()) == (short.width(), short.height())
    _, lines = long._name.lines()
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert long._name.accessibleName() == name
