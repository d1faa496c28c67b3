"""The choice beside the dial field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from tests.gui import eyes
from tests.gui.stage import COMPACT, WIDE, Stage
from tests.gui.world import ME
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.account import Profile
from wwphone.domain.shown import SHOWN_HEADER, Shown
from wwphone.gui.shown import ShownChoice
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.shown import SetShownDefault

PROFILE = Profile(
    ME, "204", "Anna Muster", displayed_number="+41442681200", shown_numbers=("+41442681204", "204")
)


def entries(choice: ShownChoice) -> list[str]:
    return [action.text() for action in choice.menu.actions()]


async def test_it_is_not_there_without_numbers_to_choose_from(signed_in: Stage) -> None:
    assert not signed_in.window._form.shown_button.isVisible()


async def test_a_number_is_chosen_for_the_next_call(signed_in: Stage) -> None:
    signed_in.world.link.change(ProfileChanged(PROFILE))
    await signed_in.settled()
    button, choice = signed_in.window._form.shown_button, signed_in.window.shown_choice
    assert button.isVisible()
    assert button.text() == "from …1200"
    assert button.accessibleName() == "Number shown to the next person you call: +41442681200 (usual)"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, "by keyboard too"
    texts = [action.text() for action in choice.menu.actions() if action.text()]
    assert texts == ["+41442681200 (usual)", "+41442681204", "204", "Show no number"]

    eyes.choose(choice.menu, "+41442681204")
    assert button.text() == "from …1204"
    signed_in.window.dial_field.dial("0442681212")
    await signed_in.settled()
    assert signed_in.engine.dialled == [("*31*0442681212", {SHOWN_HEADER: "+41442681204"})]
    assert button.text() == "from …1200", "the usual one again"
    assert "0442681212" in eyes.texts(signed_in.window.cards._area)


async def test_no_number(signed_in: Stage) -> None:
    signed_in.world.link.change(ProfileChanged(PROFILE))
    await signed_in.settled()
    eyes.choose(signed_in.window.shown_choice.menu, "Show no number")
    assert signed_in.window._form.shown_button.text() == "no number"
    signed_in.window.dial_field.dial("0442681212")
    assert signed_in.engine.dialled == [("*31*0442681212", {})]


async def test_a_default_is_set_and_seen_before_dialling_and_another_choice_is_possible(
    signed_in: Stage,
) -> None:
    signed_in.world.link.change(ProfileChanged(PROFILE))
    await signed_in.settled()
    form, choice = signed_in.window._form, signed_in.window.shown_choice
    always = "Always show this to 0442681212"
    assert always not in entries(choice)
    eyes.type_into(form.dial_field, "044 268 12 12")
    assert form.dial_hint.text() == "Enter calls 0442681212"
    assert always not in entries(choice), "the usual number is no default"
    eyes.choose(choice.menu, "+41442681204")
    assert form.dial_hint.text() == "Enter calls 0442681212 and shows +41442681204"
    eyes.choose(choice.menu, always)
    await signed_in.settled()
    assert signed_in.world.link.commands == [SetShownDefault("0442681212", Shown("+41442681204"))]
    eyes.press(form.dial_field, Qt.Key.Key_Return)
    await signed_in.settled()
    assert form.shown_button.text() == "from …1200"

    eyes.type_into(form.dial_field, "0442681212")
    assert form.shown_button.text() == "from …1204", "as it was remembered"
    assert form.dial_hint.text() == "Enter calls 0442681212 and shows +41442681204"
    eyes.choose(choice.menu, "Show no number")
    assert form.dial_hint.text() == "Enter calls 0442681212 and shows no number"
    eyes.choose(choice.menu, "+41442681200 (usual)")
    assert form.dial_hint.text() == "Enter calls 0442681212"
    eyes.choose(choice.menu, "Always show the usual number to 0442681212")
    await signed_in.settled()
    assert signed_in.world.link.commands[-1] == SetShownDefault("0442681212", None)
    form.dial_field.clear()
    eyes.type_into(form.dial_field, "207")
    assert not [text for text in entries(choice) if text.startswith("Always")], (
        "colleagues see the internal one"
    )


async def test_what_the_server_refuses_to_remember_is_told(signed_in: Stage) -> None:
    signed_in.world.link.change(ProfileChanged(PROFILE))
    await signed_in.settled()
    signed_in.world.link.refuse(SetShownDefault, WireError(ErrorCode.INTERNAL, "no"))
    eyes.type_into(signed_in.window._form.dial_field, "0442681212")
    choice = signed_in.window.shown_choice
    eyes.choose(choice.menu, "Show no number")
    eyes.choose(choice.menu, "Always show this to 0442681212")
    await signed_in.settled()
    assert signed_in.window.banners.problem.text
    [always] = [action for action in choice.menu.actions() if action.text().startswith("Always")]
    assert not always.isChecked()


@pytest.mark.parametrize("size", [COMPACT, (900, 700), WIDE], ids=["compact", "just-wide", "wide"])
async def test_beside_the_shown_number_the_field_still_asks_its_whole_question(
    qapp: object, size: tuple[int, int]
) -> None:
    async with Stage("de", "light") as stage:
        await stage.signed_in(size)
        stage.world.link.change(ProfileChanged(PROFILE))
        stage.world.services.shown.choose(Shown("+41442681204"))
        field = stage.window._form.dial_field
        field.setFont(QFont("DejaVu Sans"))  # wider than the one of most desktops
        field.clearFocus()
        await stage.settled()
        seen = field.grab().toImage()
        field.resize(field.width() + 200, field.height())
        whole = field.grab().toImage()
        beside_frame = seen.rect().adjusted(0, 0, -12, 0)
        assert seen.copy(beside_frame) == whole.copy(beside_frame)
        assert stage.window._form.shown_button.accessibleName().endswith("+41442681204")
