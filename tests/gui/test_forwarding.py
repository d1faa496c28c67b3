"""The forwarding dialog, by mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.gui import eyes
from tests.gui.scenes_reachability import CONDITIONAL, TO_BEAT
from tests.gui.stage import Stage
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.domain.reachability import Forwarding, ForwardingCause, Reachability
from wwphone.gui.forwarding import ForwardingDialog
from wwphone.gui.forwarding_row import ForwardingRow
from wwphone.gui.settings_window import SettingsPage
from wwphone.protocol.reachability import EndForwarding, SetForwarding

CAUSE = ForwardingCause


async def opened(stage: Stage, *forwardings: Forwarding) -> ForwardingDialog:
    """The dialog, opened from the header, with this set already."""
    if forwardings:
        stage.reachability(Reachability(forwardings=forwardings))
        await stage.settled()
    stage.window._form.forward_button.click()
    await stage.settled()
    dialog = stage.shell.forwarding_dialog
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def set_in(stage: Stage) -> tuple[Forwarding, ...]:
    """What the server has."""
    return stage.world.link.mirror.reachability.forwardings


async def save(stage: Stage) -> None:
    dialog = stage.shell.forwarding_dialog
    assert dialog is not None
    eyes.click("Save", dialog)
    await stage.settled()


def ask(row: ForwardingRow, text: str) -> None:
    """Switch a cause on and type where to."""
    if not row.check.isChecked():
        row.check.click()
    row.field.setText("")
    eyes.type_into(row.field, text)
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.hide()


# ---------------------------------------------------------------- ways to it


async def test_it_opens_from_header_menu_and_settings(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    dialog.reject()
    eyes.choose(signed_in.window._form.presence_button.menu(), "Forward calls …")
    assert dialog.isVisible()
    dialog.reject()
    signed_in.shell.open_settings(SettingsPage.GENERAL)
    await signed_in.settled()
    assert signed_in.shell.settings_window is not None
    eyes.click("Forward calls …", signed_in.shell.settings_window)
    assert dialog.isVisible()


async def test_it_shows_what_is_set(signed_in: Stage) -> None:
    dialog = await opened(signed_in, *CONDITIONAL)
    shown = {cause: row.field.text() for cause, row in dialog.rows.items() if row.check.isChecked()}
    assert shown == {
        CAUSE.BUSY: VOICEMAIL_NUMBER,
        CAUSE.NO_ANSWER: "207",
        CAUSE.NOT_REGISTERED: "+41795550104",
    }
    assert dialog.rows[CAUSE.NO_ANSWER].after.currentText() == "after 15 s"
    assert dialog.rows[CAUSE.BUSY].hint.text() == "Calls go to voicemail"
    assert dialog.rows[CAUSE.NO_ANSWER].hint.text() == "Calls go to Beat Keller, 207"
    assert not dialog.rows[CAUSE.ALWAYS].field.isVisible()
    dialog.reject()
    assert set_in(signed_in) == CONDITIONAL, "looking changes nothing"
    assert signed_in.world.link.commands == []


# ---------------------------------------------------------------- setting


async def test_a_name_by_keyboard_alone(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    focus = dialog.focusWidget()
    assert focus is dialog.rows[CAUSE.ALWAYS].check
    eyes.press(focus, Qt.Key.Key_Space)
    field = dialog.focusWidget()
    assert isinstance(field, QLineEdit), "the keyboard is where one types next"
    eyes.type_into(field, "kell")
    await signed_in.settled()
    eyes.press(field, Qt.Key.Key_Down)
    eyes.press(field, Qt.Key.Key_Return)
    await signed_in.settled()
    assert QApplication.activePopupWidget() is None
    assert field.text() == "207"
    assert dialog.rows[CAUSE.ALWAYS].hint.text() == "Calls go to Beat Keller, 207"
    eyes.press(dialog, Qt.Key.Key_Return)
    await signed_in.settled()
    assert not dialog.isVisible()
    assert set_in(signed_in) == (TO_BEAT,)
    assert signed_in.window._form.forward_button.accessibleName() == "Beat Keller"


async def test_whatever_can_be_dialled_can_be_typed(signed_in: Stage) -> None:
    for text, target in (
        ("+41 (0)79 555 01 04", "+41795550104"),
        ("beat kel", "207"),
        ("208", "208"),
        ("voicemail", VOICEMAIL_NUMBER),
        ("tel:+41795550105", "+41795550105"),
    ):
        dialog = await opened(signed_in)
        ask(dialog.rows[CAUSE.BUSY], text)
        await save(signed_in)
        assert set_in(signed_in) == (Forwarding(CAUSE.BUSY, target),), text


async def test_no_answer_after_some_seconds_to_the_voicemail(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    row = dialog.rows[CAUSE.NO_ANSWER]
    row.check.click()
    eyes.click("When you do not answer: To my voicemail", dialog)
    row.after.setCurrentIndex(row.after.findText("after 45 s"))
    await save(signed_in)
    assert set_in(signed_in) == (Forwarding(CAUSE.NO_ANSWER, VOICEMAIL_NUMBER, 45),)


async def test_seconds_of_another_client_are_kept(signed_in: Stage) -> None:
    odd = Forwarding(CAUSE.NO_ANSWER, "207", 17)
    dialog = await opened(signed_in, odd)
    assert dialog.rows[CAUSE.NO_ANSWER].after.currentText() == "after 17 s"
    await save(signed_in)
    assert signed_in.world.link.commands == []
    assert set_in(signed_in) == (odd,)


async def test_only_what_changed_is_sent(signed_in: Stage) -> None:
    dialog = await opened(signed_in, TO_BEAT, *CONDITIONAL)
    dialog.rows[CAUSE.ALWAYS].check.click()
    ask(dialog.rows[CAUSE.BUSY], "208")
    await save(signed_in)
    assert signed_in.world.link.commands == [
        EndForwarding(CAUSE.ALWAYS),
        SetForwarding(Forwarding(CAUSE.BUSY, "208")),
    ]
    assert not dialog.isVisible()


# ---------------------------------------------------------------- what cannot be


async def test_what_cannot_be_is_said_below_its_field(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    row = dialog.rows[CAUSE.NOT_REGISTERED]
    for text, reason in (
        ("", "Say where your calls go: a name, a number, or the voicemail."),
        ("Wilhelm Tell", "Neither a number nor a name that is known."),
        ("117", "Calls cannot be forwarded to an emergency number."),
        ("204", "This is your own number."),
        ("sip:anna@example.com", "Calls can be forwarded to numbers only."),
    ):
        ask(row, text)
        assert not row.field.property("invalid"), "not while one types"
        await save(signed_in)
        assert row.hint.text() == reason
        assert row.field.property("invalid")
        assert row.field.accessibleDescription() == reason
        assert dialog.focusWidget() is row.field
    assert signed_in.world.link.commands == []

    ask(row, "207")
    await save(signed_in)
    assert set_in(signed_in) == (Forwarding(CAUSE.NOT_REGISTERED, "207"),)


async def test_what_the_server_refuses_is_said_there_too(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    row = dialog.rows[CAUSE.ALWAYS]
    ask(row, "207")
    for code, reason in (
        (ErrorCode.CONFLICT, "Calls would come back in a loop: this number forwards to you."),
        (ErrorCode.INVALID, "Calls cannot be forwarded to this number."),
        (ErrorCode.PBX_UNAVAILABLE, "The server does not reach the PBX at the moment."),
    ):
        signed_in.world.link.refuse(SetForwarding, WireError(code, "no"))
        await save(signed_in)
        assert dialog.isVisible()
        assert row.hint.text() == reason
        assert dialog.focusWidget() is row.field

    signed_in.world.link.refuse(SetForwarding, None)
    await save(signed_in)
    assert not dialog.isVisible()
    assert set_in(signed_in) == (TO_BEAT,)


async def test_notes_beside_the_rows(signed_in: Stage) -> None:
    dialog = await opened(signed_in, *CONDITIONAL)
    assert not dialog._form.note.isVisible()
    dialog.rows[CAUSE.ALWAYS].check.click()
    assert dialog._form.note_text.text().startswith("While calls are always forwarded")
    signed_in.reachability(Reachability(do_not_disturb=True, forwardings=CONDITIONAL))
    await signed_in.settled()
    assert dialog._form.note_text.text().startswith("Do not disturb is on")
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    assert dialog._form.note_text.text().startswith("No line to the server")
    assert not dialog._form.save.isEnabled()
    signed_in.world.link.heal()
    await signed_in.settled()
    assert dialog._form.save.isEnabled()


async def test_a_change_elsewhere_appears_but_not_over_what_is_being_typed(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    ask(dialog.rows[CAUSE.BUSY], "20")
    signed_in.reachability(Reachability(forwardings=(TO_BEAT, Forwarding(CAUSE.BUSY, "209"))))
    await signed_in.settled()
    assert dialog.rows[CAUSE.ALWAYS].field.text() == "207"
    assert dialog.rows[CAUSE.BUSY].field.text() == "20"


async def test_it_closes_with_the_session(signed_in: Stage) -> None:
    dialog = await opened(signed_in)
    await signed_in.world.services.account.sign_out()
    await signed_in.settled()
    assert not dialog.isVisible()
