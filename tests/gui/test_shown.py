"""The choice beside the dial field."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.world import ME
from wwphone.domain.account import Profile
from wwphone.domain.shown import SHOWN_HEADER
from wwphone.protocol.account import ProfileChanged

PROFILE = Profile(
    ME, "204", "Anna Muster", displayed_number="+41442681200", shown_numbers=("+41442681204", "204")
)


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
