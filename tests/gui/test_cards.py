"""Call cards: what they show of a call, and what their buttons do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.gui import eyes
from tests.gui.stage import FAIR, GOOD, MUELLER, POOR, Stage
from tests.gui.test_words import SENTENCES_OF
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import BUSY_FROM
from wwphone.domain.calls import CallDirection, CallKind, CallQuality, CallState, EndReason, Party
from wwphone.gui.widgets.call_card import CallCard


def cards(stage: Stage) -> list[CallCard]:
    """The visible cards, from top to bottom."""
    return sorted(eyes.visible(CallCard, stage.window), key=lambda card: card.y())


def only_card(stage: Stage) -> CallCard:
    [card] = cards(stage)
    return card


def state(stage: Stage, call_id: str) -> CallState:
    return stage.engine.call(call_id).state


async def test_without_calls_there_is_no_card_and_no_gap(signed_in: Stage) -> None:
    assert cards(signed_in) == []
    assert not signed_in.window._form.cards_area.isVisible()


async def test_a_call_from_dialling_to_its_end(signed_in: Stage) -> None:
    call_id = await signed_in.outgoing("Beat")
    card = only_card(signed_in)
    assert card.accessibleName() == "Beat Keller, 207, dialling …"
    assert not eyes.has_button("Mute", card)

    signed_in.engine.far_end_rings(call_id)
    await signed_in.settled()
    assert card.accessibleName() == "Beat Keller, 207, rings there"
    assert eyes.has_button("Keypad", card), "early menus want keys"

    signed_in.engine.far_end_answers(call_id)
    await signed_in.settled()
    assert card.accessibleName() == "Beat Keller, 207, talking"
    assert "0:00" in eyes.texts(card)
    assert "Encrypted" in eyes.texts(card)

    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    assert card.accessibleName() == f"Beat Keller, 207, {SENTENCES_OF[EndReason.HUNG_UP_THERE]}"
    assert not eyes.has_button("Hang up", card)
    eyes.click("Close", card)
    await signed_in.settled()
    assert cards(signed_in) == []


async def test_hang_up_by_button_and_by_key(signed_in: Stage) -> None:
    first = await signed_in.talking("Beat")
    eyes.click("Hang up", only_card(signed_in))
    await signed_in.settled()
    assert signed_in.engine.call(first).end is not None

    second = await signed_in.outgoing("Eva")
    eyes.press(signed_in.window, Qt.Key.Key_F6)
    await signed_in.settled()
    end = signed_in.engine.call(second).end
    assert end is not None
    assert end.reason is EndReason.CANCELLED


async def test_hold_and_resume_by_button_and_by_key(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    card = only_card(signed_in)
    eyes.click("Hold the call", card)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.HELD
    assert "on hold" in card.accessibleName()

    eyes.click("Resume the call", card)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE

    eyes.press(signed_in.window, Qt.Key.Key_F7)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.HELD
    eyes.press(signed_in.window, Qt.Key.Key_F7)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE


async def test_mute_by_button_and_by_key(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    card = only_card(signed_in)
    eyes.click("Mute the microphone", card)
    await signed_in.settled()
    assert signed_in.engine.call(call_id).muted
    assert "muted" in card.accessibleName()
    assert eyes.button("Microphone on", card).isChecked()

    eyes.press(signed_in.window, Qt.Key.Key_F8)
    await signed_in.settled()
    assert not signed_in.engine.call(call_id).muted
    assert "muted" not in card.accessibleName()


async def test_keys_of_pad_and_keyboard_are_sent(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    card = only_card(signed_in)
    eyes.click("Keypad", card)
    await signed_in.settled()
    for key in "12#":
        eyes.click(key, card)
    focus = signed_in.window.focusWidget()
    assert focus is not None
    eyes.type_into(focus, "x9*")
    assert signed_in.engine.dtmf_sent[call_id] == "12#9*"

    eyes.click("Hold the call", card)
    await signed_in.settled()
    assert not eyes.has_button("1", card), "nobody hears keys while the call is held"


@pytest.mark.parametrize(("quality", "said"), [(GOOD, "good line"), (FAIR, "fair line"), (POOR, "poor line")])
async def test_the_quality_of_the_line_in_a_word(signed_in: Stage, quality: CallQuality, said: str) -> None:
    await signed_in.talking("Beat", quality=quality)
    assert said in only_card(signed_in).accessibleName()
    assert any(said in text for text in eyes.texts(only_card(signed_in)))


async def test_being_held_by_the_other_side_is_told(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    signed_in.engine.far_end_holds(call_id)
    await signed_in.settled()
    assert "holds you" in only_card(signed_in).accessibleName()


async def test_the_time_runs_while_somebody_talks_and_the_timer_only_then(signed_in: Stage) -> None:
    timer = signed_in.window.cards._timer
    call_id = await signed_in.outgoing("Beat")
    assert not timer.isActive()
    signed_in.engine.far_end_answers(call_id)
    await signed_in.settled()
    assert timer.isActive()

    signed_in.engine._change(call_id, answered_at=datetime.now(UTC) - timedelta(seconds=3754))
    await signed_in.settled()
    card = only_card(signed_in)
    assert "1:02:34" in eyes.texts(card)
    await wait_until_async(lambda: "1:02:35" in eyes.texts(card), "the next second")

    await signed_in.end(call_id, EndReason.HUNG_UP_THERE)
    assert not timer.isActive()
    assert any(text.startswith("1:02:3") for text in eyes.texts(card)), "the length stays to be read"


async def test_a_second_call_puts_the_first_on_hold(signed_in: Stage) -> None:
    first = await signed_in.talking("Beat")
    second = await signed_in.talking("Eva")
    assert state(signed_in, first) is CallState.HELD
    assert [card.call.call_id for card in cards(signed_in)] == [first, second]

    eyes.click("Resume the call", cards(signed_in)[0])
    await signed_in.settled()
    assert state(signed_in, first) is CallState.ACTIVE
    assert state(signed_in, second) is CallState.HELD


async def test_with_many_calls_the_cards_scroll_to_the_one_that_matters(signed_in: Stage) -> None:
    for name in ("Eva", "Carla", "Reto", "Maja", "Yves"):
        await signed_in.talking(name)
    area = signed_in.window._form.cards_area
    assert area.height() <= signed_in.window.height() / 2 + 1
    newest = cards(signed_in)[-1]
    assert newest.call.state is CallState.ACTIVE
    seen = QRect(newest.mapTo(area, newest.rect().topLeft()), newest.size())
    assert area.rect().contains(seen)

    eyes.click("Resume the call", cards(signed_in)[0])
    await signed_in.settled()
    oldest = cards(signed_in)[0]
    assert area.rect().contains(QRect(oldest.mapTo(area, oldest.rect().topLeft()), oldest.size()))


@pytest.mark.parametrize("reason", list(EndReason), ids=str)
async def test_each_end_is_explained_in_full(signed_in: Stage, reason: EndReason) -> None:
    call_id = await signed_in.outgoing("207")
    await signed_in.end(call_id, reason)
    card = only_card(signed_in)
    assert card.accessibleName().endswith(SENTENCES_OF[reason])
    assert any(text.endswith(SENTENCES_OF[reason]) for text in eyes.texts(card)), "shortened"


async def test_call_again_from_an_ended_card(signed_in: Stage) -> None:
    call_id = await signed_in.outgoing("Beat")
    signed_in.engine.far_end_refuses(call_id, 486)
    await signed_in.settled()
    assert SENTENCES_OF[EndReason.BUSY] in only_card(signed_in).accessibleName()

    eyes.click("Call again", only_card(signed_in))
    await signed_in.settled()
    assert [address for address, _ in signed_in.engine.dialled] == ["207", "207"]
    assert only_card(signed_in).call.state is CallState.DIALING


async def test_an_unknown_number_keeps_the_number_in_sight(signed_in: Stage) -> None:
    call_id = await signed_in.outgoing("0441234567")
    signed_in.engine.far_end_refuses(call_id, 404)
    await signed_in.settled()
    assert only_card(signed_in).accessibleName().startswith("0441234567, This number does not exist")


async def test_a_colleague_is_shown_by_nickname_whatever_the_phone_says(signed_in: Stage) -> None:
    await signed_in.incoming(Party("205", "SIP 205"), CallKind.INTERNAL, "")
    assert only_card(signed_in).accessibleName() == "Eva Schönenberger, 205, calls you"


async def test_names_from_outside_are_never_taken_for_markup(signed_in: Stage) -> None:
    wicked = "<b>Bank</b><img src=file:///etc/passwd>"
    await signed_in.incoming(Party("+41 44 1", wicked))
    [name] = [
        label for label in eyes.visible(QLabel, only_card(signed_in)) if label.accessibleName() == wicked
    ]
    assert name.textFormat() is Qt.TextFormat.PlainText
    assert "<b>" not in name.toolTip()


async def test_a_call_without_a_number_is_unknown(signed_in: Stage) -> None:
    call_id = await signed_in.incoming(Party(""))
    card = only_card(signed_in)
    assert card.accessibleName() == "Unknown caller, calls you"
    await signed_in.end(call_id, EndReason.MISSED)
    assert not eyes.has_button("Call again", card)


async def test_the_keyboard_takes_the_call_that_rings_and_hangs_up_the_one_that_talks(
    signed_in: Stage,
) -> None:
    signed_in.world.settings.set(BUSY_FROM, 0)
    talking = await signed_in.talking("Beat")
    ringing = await signed_in.incoming(MUELLER)
    signed_in.window.activateWindow()  # the screen in memory gives every new window the keyboard
    await signed_in.settled()
    eyes.press(signed_in.window, Qt.Key.Key_F5)
    await signed_in.settled()
    assert state(signed_in, ringing) is CallState.ACTIVE
    assert state(signed_in, talking) is CallState.HELD
    eyes.press(signed_in.window, Qt.Key.Key_F6)
    await signed_in.settled()
    assert state(signed_in, ringing) is CallState.ENDED
    assert state(signed_in, talking) is CallState.HELD, "only one call is hung up"


async def test_keys_without_a_call_do_nothing(signed_in: Stage) -> None:
    for key in (Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8):
        eyes.press(signed_in.window, key)
    await signed_in.settled()
    assert signed_in.engine.calls == ()


async def test_a_failed_command_is_told_while_the_call_goes_on(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    signed_in.engine.fail_next("hold", "488 Not Acceptable Here")
    eyes.click("Hold the call", only_card(signed_in))
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    banner = signed_in.window.banners.problem
    assert "488 Not Acceptable Here" in banner.text
    assert not eyes.button("Hold the call", only_card(signed_in)).isChecked(), "it is not held"
    eyes.click("OK", banner)
    assert banner.text == ""


async def test_a_press_of_the_mouse_leaves_the_keyboard_where_it_was(signed_in: Stage) -> None:
    await signed_in.talking("Beat")
    signed_in.window.dial_field.focus()
    QTest.mouseClick(eyes.button("Mute the microphone", only_card(signed_in)), Qt.MouseButton.LeftButton)
    assert signed_in.window.focusWidget() is signed_in.window._form.dial_field


async def test_an_incoming_call_has_its_arrow(signed_in: Stage) -> None:
    call_id = await signed_in.incoming(MUELLER)
    assert signed_in.calls.call(call_id) is not None
    card = only_card(signed_in)
    assert card.call.direction is CallDirection.INCOMING
    assert card.property("state") == "ringing"
    eyes.click("Answer", card)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert card.property("state") == "active"
