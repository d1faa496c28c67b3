"""Do not disturb and forwarding in the header, and the sentence that says why calls do not ring."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui import eyes
from tests.gui.scenes_reachability import CONDITIONAL, EVERY_REASON, TO_BEAT
from tests.gui.stage import WIDE, Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallKind
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.domain.presence import PresenceStatus
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    ObstacleKind,
    Reachability,
)
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.gui.reach_controls import UNDO_OFFERED_MS
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.words import clock
from wwphone.protocol.presence import SetPresence
from wwphone.protocol.reachability import EndForwarding, SetDoNotDisturb, SetForwarding
from wwphone.protocol.ring_groups import RingGroupsChanged
from wwphone.sip.api import RegistrationState

SINCE = today(11, 42)
ALL = tuple(CallKind)


def sentence(stage: Stage) -> Banner:
    return stage.window.banners.reach


async def set_elsewhere(stage: Stage, own: Reachability, *obstacles: Obstacle) -> None:
    """Another device of mine set this."""
    stage.reachability(own, obstacles)
    await stage.settled()


# ---------------------------------------------------------------- do not disturb


async def test_nothing_to_switch_before_sign_in(stage: Stage) -> None:
    await stage.show()
    assert not stage.window._form.reach.isVisible()
    await stage.world.sign_in()
    await stage.settled()
    assert stage.window._form.reach.isVisible()


async def test_the_switch_by_mouse(signed_in: Stage) -> None:
    button = signed_in.window._form.disturb_button
    off = (button.text(), button.icon().pixmap(24).toImage().createAlphaMask())
    eyes.click("Do not disturb", signed_in.window)
    await signed_in.settled()
    assert signed_in.world.link.commands == [SetDoNotDisturb(on=True)]
    assert button.isChecked()
    assert button.text() == "Do not disturb: on"
    assert (button.text(), button.icon().pixmap(24).toImage().createAlphaMask()) != off
    assert button.icon().pixmap(24).toImage().createAlphaMask() != off[1], "the shape tells it too"
    assert sentence(signed_in).text.startswith("Calls do not reach you: Do not disturb since ")

    eyes.click("Do not disturb: on", signed_in.window)
    await signed_in.settled()
    assert not button.isChecked()
    assert sentence(signed_in).text == ""


async def test_the_switch_by_keyboard(signed_in: Stage) -> None:
    eyes.press(signed_in.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await signed_in.settled()
    assert signed_in.world.link.commands == [SetDoNotDisturb(on=True)]
    button = signed_in.window._form.disturb_button
    button.setFocus()
    eyes.press(button, Qt.Key.Key_Space)
    await signed_in.settled()
    assert signed_in.world.link.commands[1:] == [SetDoNotDisturb(on=False)]
    assert button.hasFocus(), "the keyboard stays where it was"


async def test_it_shows_what_is_until_the_server_says_otherwise(signed_in: Stage) -> None:
    signed_in.world.link.refuse(SetDoNotDisturb, WireError(ErrorCode.PBX_UNAVAILABLE, "no"))
    button = signed_in.window._form.disturb_button
    eyes.click("Do not disturb", signed_in.window)
    assert not button.isChecked()
    eyes.click("Do not disturb", signed_in.window)
    await signed_in.settled()
    assert len(signed_in.world.link.commands) == 1, "a second click while the first is under way is none"
    assert not button.isChecked()
    assert signed_in.window.banners.problem.text == SENTENCES_OF[ErrorCode.PBX_UNAVAILABLE]

    signed_in.world.link.refuse(SetDoNotDisturb, None)
    eyes.click("Do not disturb", signed_in.window)
    await signed_in.settled()
    assert button.isChecked()
    assert signed_in.window.banners.problem.text == ""


async def test_set_on_another_device_it_appears_here(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(True, SINCE, "iPhone"), EVERY_REASON[0])
    assert signed_in.window._form.disturb_button.isChecked()
    assert sentence(signed_in).text == (
        f"Calls do not reach you: Do not disturb since {clock(SINCE)} (set on LAPTOP-17)."
    )


async def test_without_a_line_it_is_grey_and_as_of_the_cut(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(True, SINCE, "", (TO_BEAT,)), EVERY_REASON[0])
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    form = signed_in.window._form
    as_of = f"as of {clock(signed_in.world.link.state.since)}"
    for button in (form.disturb_button, form.forward_button, form.end_forwarding_button):
        assert button.isVisible()
        assert not button.isEnabled()
    assert as_of in form.disturb_button.toolTip()
    assert as_of in form.forward_button.accessibleDescription()
    assert form.disturb_button.isChecked()
    assert not sentence(signed_in).button.isEnabled(), "it could not be mended now"

    signed_in.world.link.heal()
    await signed_in.settled()
    assert form.disturb_button.isEnabled()
    assert sentence(signed_in).button.isEnabled()


# ---------------------------------------------------------------- forwarding in the header


async def test_where_calls_go_in_few_words(signed_in: Stage) -> None:
    form = signed_in.window._form
    for forwardings, said in (
        ((TO_BEAT,), "Beat Keller"),
        ((Forwarding(ForwardingCause.ALWAYS, VOICEMAIL_NUMBER),), "voicemail"),
        ((Forwarding(ForwardingCause.BUSY, "+41795550104"),), "Busy: +41795550104"),
        ((Forwarding(ForwardingCause.NO_ANSWER, "207", 15),), "No answer: Beat Keller"),
        ((TO_BEAT, *CONDITIONAL), "Beat Keller"),
        (CONDITIONAL, "3 forwardings"),
        ((), "Forward calls …"),
    ):
        await set_elsewhere(signed_in, Reachability(forwardings=forwardings))
        assert form.forward_button.accessibleName() == said
        assert form.end_forwarding_button.isVisible() is bool(forwardings), said


async def test_the_whole_truth_is_in_the_tooltip(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(forwardings=CONDITIONAL))
    assert signed_in.window._form.forward_button.accessibleDescription().split("\n") == [
        "No device: +41795550104",
        "Busy: voicemail",
        "No answer: Beat Keller, 207 (after 15 s)",
        "Press to change it.",
    ]


async def test_one_click_ends_it_and_one_takes_that_back(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(forwardings=CONDITIONAL))
    eyes.click("End forwarding", signed_in.window)
    await signed_in.settled()
    assert signed_in.world.link.commands == [EndForwarding()]
    assert signed_in.window._form.forward_button.accessibleName() == "Ended"

    eyes.click("Forward again", signed_in.window)
    await signed_in.settled()
    assert signed_in.world.link.commands[1:] == [SetForwarding(each) for each in CONDITIONAL]
    assert signed_in.world.link.mirror.reachability.forwardings == CONDITIONAL
    assert signed_in.window._form.forward_button.accessibleName() == "3 forwardings"


async def test_taking_back_is_offered_for_a_while(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(forwardings=(TO_BEAT,)))
    eyes.click("End forwarding", signed_in.window)
    await signed_in.settled()
    timer = signed_in.window.header.reach._undo_timer
    assert timer.isActive()
    assert timer.interval() == UNDO_OFFERED_MS
    timer.timeout.emit()
    await signed_in.settled()
    assert signed_in.window._form.forward_button.accessibleName() == "Forward calls …"
    assert not signed_in.window._form.end_forwarding_button.isVisible()
    assert not timer.isActive()


async def test_a_refused_end_changes_nothing(signed_in: Stage) -> None:
    await set_elsewhere(signed_in, Reachability(forwardings=(TO_BEAT,)))
    signed_in.world.link.refuse(EndForwarding, WireError(ErrorCode.UNKNOWN_OUTCOME, "cut"))
    eyes.click("End forwarding", signed_in.window)
    await signed_in.settled()
    assert signed_in.window.banners.problem.text == SENTENCES_OF[ErrorCode.UNKNOWN_OUTCOME]
    assert signed_in.window._form.forward_button.accessibleName() == "Beat Keller"


async def test_in_a_wide_window_all_stand_in_one_line(signed_in: Stage) -> None:
    form = signed_in.window._form
    assert form.disturb_button.mapTo(form.header, form.disturb_button.rect().center()).y() > (
        form.presence_button.geometry().bottom()
    )
    form.disturb_button.setFocus()
    signed_in.window.resize(*WIDE)
    await signed_in.settled()
    centre = form.disturb_button.mapTo(form.header, form.disturb_button.rect().center()).y()
    assert abs(centre - form.presence_button.geometry().center().y()) <= 2
    assert form.disturb_button.hasFocus(), "moving a widget takes the keyboard from nobody"


# ---------------------------------------------------------------- the sentence


REASONS = (
    (
        Obstacle(ObstacleKind.FORWARDED, (CallKind.INTERNAL, CallKind.DIRECT), target="207"),
        "Internal and direct calls do not reach you: forwarded to Beat Keller.",
        "End forwarding",
    ),
    (
        Obstacle(ObstacleKind.FORWARDED, ALL, target=VOICEMAIL_NUMBER),
        "Calls do not reach you: forwarded to voicemail.",
        "End forwarding",
    ),
    (
        Obstacle(ObstacleKind.NOT_REGISTERED, ALL),
        "Calls do not reach you: no device of yours is registered.",
        "Try now",
    ),
    (
        Obstacle(ObstacleKind.NOT_ANSWERING, ALL, SINCE),
        "Calls do not reach you: no device of yours answers since {}.",
        "Try now",
    ),
    (
        Obstacle(ObstacleKind.GROUP_LOGGED_OUT, (CallKind.GROUP,), SINCE, "", "310"),
        "You are logged out of the group Sales since {}.",
        "Log in",
    ),
    (Obstacle(ObstacleKind.BUSY, ALL), "Calls do not reach you: busy with a call.", ""),
    (
        Obstacle(ObstacleKind.DO_NOT_DISTURB, ALL, SINCE, platform.node()),
        "Calls do not reach you: Do not disturb since {} (set on this PC).",
        "Switch off",
    ),
)
"""Each reason, the sentence for it, and the button that mends it."""


async def test_each_reason_in_words_with_what_mends_it(signed_in: Stage) -> None:
    for reason, said, button in REASONS:
        signed_in.world.link.change(RingGroupsChanged((RingGroupMembership("310", "Sales"),)))
        await set_elsewhere(signed_in, NOTHING_SET, reason)
        assert sentence(signed_in).text == said.format(clock(SINCE))
        assert sentence(signed_in).accessibleName() == sentence(signed_in).text
        assert sentence(signed_in).button.text() == button
        assert sentence(signed_in).button.isVisible() is bool(button), said
        assert not sentence(signed_in).more.isVisible(), said


async def test_a_presence_that_keeps_calls_away_is_told_with_its_origin(signed_in: Stage) -> None:
    status, here = PresenceStatus, platform.node()
    for chosen, set_from, said in (
        (status.UNAVAILABLE, "Yealink", "Calls do not reach you: Unavailable since {} (set on Yealink)."),
        (
            status.INTERNAL_ONLY,
            "LAPTOP-17",
            "External calls do not reach you: Internal only since {} (set on LAPTOP-17).",
        ),
        (status.DIRECT_ONLY, "", "Group calls do not reach you: Direct number only since {}."),
        (
            status.DIRECT_ONLY,
            here,
            "Group calls do not reach you: Direct number only since {} (set on this PC).",
        ),
        (status.AVAILABLE, "x", ""),
        (status.TELEPHONE_SERVICE, "x", ""),
        (status.BE_RIGHT_BACK, "x", ""),
    ):
        signed_in.own_presence(chosen, SINCE, set_from)
        await signed_in.settled()
        assert sentence(signed_in).text == said.format(clock(SINCE)), chosen


async def test_one_button_makes_me_available_again(signed_in: Stage) -> None:
    signed_in.own_presence(PresenceStatus.UNAVAILABLE, SINCE)
    await signed_in.settled()
    eyes.click("Be available", sentence(signed_in))
    await signed_in.settled()
    assert sentence(signed_in).text == ""
    assert signed_in.window._form.presence_button.text() == "Available"


async def test_if_that_is_refused_it_says_so(signed_in: Stage) -> None:
    signed_in.own_presence(PresenceStatus.UNAVAILABLE, SINCE)
    await signed_in.settled()
    signed_in.world.link.refuse(SetPresence, WireError(ErrorCode.UNKNOWN_OUTCOME, "cut"))
    eyes.click("Be available", sentence(signed_in))
    await signed_in.settled()
    assert signed_in.window.banners.problem.text == SENTENCES_OF[ErrorCode.UNKNOWN_OUTCOME]
    assert sentence(signed_in).text != ""


async def test_several_reasons_are_mended_one_by_one_by_keyboard(signed_in: Stage) -> None:
    await signed_in.world.services.reachability.set_forwarding(TO_BEAT)
    await signed_in.world.services.reachability.set_do_not_disturb(on=True)
    signed_in.own_presence(PresenceStatus.INTERNAL_ONLY, SINCE, "LAPTOP-17")
    await signed_in.settled()
    assert sentence(signed_in).more.text() == "and 2 more"

    sentence(signed_in).more.setFocus()
    eyes.press(sentence(signed_in).more, Qt.Key.Key_Space)
    rest = sentence(signed_in).accessibleDescription()
    assert "forwarded to Beat Keller" in rest
    assert "Internal only since" in rest
    assert any("forwarded to Beat Keller" in text for text in eyes.texts(sentence(signed_in)))

    for text, more in (("Switch off", "and 1 more"), ("End forwarding", "")):
        assert sentence(signed_in).button.text() == text
        sentence(signed_in).button.setFocus()
        eyes.press(sentence(signed_in).button, Qt.Key.Key_Space)
        await signed_in.settled()
        assert sentence(signed_in).more.text() == more
    assert sentence(signed_in).button.text() == "Be available"
    assert not any("forwarded" in text for text in eyes.texts(sentence(signed_in))), "the list is closed"


async def test_a_lost_registration_is_said_once(stage: Stage) -> None:
    stage.engine.answer_registrations_with(RegistrationState.REFUSED)
    await stage.signed_in()
    await set_elsewhere(stage, NOTHING_SET, Obstacle(ObstacleKind.NOT_REGISTERED, ALL))
    assert sentence(stage).text == SENTENCES_OF[RegistrationState.REFUSED]
    assert not sentence(stage).more.isVisible()
    texts = [banner.text for banner in stage.window.banners.all if banner.text]
    assert texts == [SENTENCES_OF[RegistrationState.REFUSED]]


async def test_do_not_disturb_weighs_more_than_a_lost_registration(stage: Stage) -> None:
    stage.engine.answer_registrations_with(RegistrationState.UNREACHABLE)
    await stage.signed_in()
    await set_elsewhere(stage, Reachability(do_not_disturb=True), EVERY_REASON[0])
    assert sentence(stage).button.text() == "Switch off"
    assert sentence(stage).more.text() == "and 1 more"
    assert sentence(stage).accessibleDescription() == SENTENCES_OF[RegistrationState.UNREACHABLE]


async def test_in_german(qapp: object) -> None:
    async with Stage("de", "dark") as stage:
        await stage.signed_in()
        stage.own_presence(PresenceStatus.INTERNAL_ONLY, SINCE, "LAPTOP-17")
        await stage.settled()
        assert sentence(stage).text == (
            f"Externe Anrufe erreichen Sie nicht: Nur intern seit {clock(SINCE)} (gewählt auf LAPTOP-17)."
        )
        QTest.keyClick(stage.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        await stage.settled()
        assert stage.window._form.disturb_button.text() == "Nicht stören: ein"
        assert sentence(stage).button.text() == "Ausschalten"
        assert sentence(stage).more.text() == "und 1 weitere"
