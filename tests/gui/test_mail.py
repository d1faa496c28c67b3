"""The settings page on the server's e-mail: who sees it, what it says, and the test."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.gui import eyes
from tests.gui.scenes_mail import BUSY, NO_SUCH_PERSON, QUIET, ROUTE, administrator, opened, send
from tests.gui.stage import Stage
from tests.gui.test_settings_window import pick
from tests.gui.world import ME, today
from wwphone.config.options import LANGUAGE
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.account import Profile, Right
from wwphone.domain.mail import MailEncryption, MailFailure, MailOutcome, MailOverview, MailTest
from wwphone.gui.mail_words import (
    breakable,
    encryption_text,
    failed_text,
    failure_text,
    outcome_text,
    outcome_words,
    refused_text,
    sender_text,
    user_text,
    waiting_text,
)
from wwphone.gui.settings_window import SettingsPage, SettingsWindow
from wwphone.gui.words import clock, refusal, sentence
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.mail import ReadMail, SendTestMail

PLAIN = Profile(ME, "204", "Anna Muster", "Anna", "Muster", frozenset({Right.CTI_ACCESS}))
MAY = replace(PLAIN, rights=PLAIN.rights | {Right.ADMINISTRATE})
ADDRESS = "anna.muster@muster-ag.ch"


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Stage]:
    async with Stage("en", "light", administrator(BUSY)) as stage:
        yield stage


def plain(text: str) -> str:
    """A text without the places where it may break."""
    return text.replace("\u200b", "")


def write(field: QLineEdit, text: str) -> None:
    """Type over what stands in a field."""
    field.selectAll()
    eyes.type_into(field, text)


def sent(stage: Stage) -> list[SendTestMail]:
    return [one for one in stage.world.link.commands if isinstance(one, SendTestMail)]


def read(stage: Stage) -> int:
    return sum(isinstance(one, ReadMail) for one in stage.world.link.commands)


def is_offered(window: SettingsWindow) -> bool:
    return not window._form.pages.item(SettingsPage.MAIL).isHidden()


# ---------------------------------------------------------------- who sees it


async def test_nobody_sees_it_without_the_right(signed_in: Stage) -> None:
    signed_in.shell.open_settings(SettingsPage.MAIL)
    await signed_in.settled()
    window = signed_in.shell.settings_window
    assert window is not None
    assert not is_offered(window)
    assert window._form.pages.currentRow() == SettingsPage.SOUND
    assert read(signed_in) == 0


async def test_it_comes_and_goes_with_the_right(office: Stage) -> None:
    window = await opened(office)
    assert is_offered(window)
    assert window._form.pages.currentItem().text() == "E-mail"
    assert window._form.mail_page.isVisible()
    office.world.link.change(ProfileChanged(PLAIN))
    await office.settled()
    assert not is_offered(window)
    assert window._form.sound_page.isVisible()
    office.world.link.change(ProfileChanged(MAY))
    await office.settled()
    assert is_offered(window)
    assert window._form.sound_page.isVisible(), "nothing jumps"


# ---------------------------------------------------------------- what it says


async def test_how_e_mails_are_sent_and_what_waits(office: Stage) -> None:
    form = (await opened(office))._form
    failure = BUSY.last_failure
    assert failure is not None
    assert form.mail_server.text() == "mail.muster-ag.ch, port 587"
    assert form.mail_encryption.text() == "TLS after a greeting (STARTTLS), certificate verified"
    assert plain(form.mail_sender.text()) == "wwphone <telefon@muster-ag.ch>"
    assert form.mail_user.text() == "telefon"
    assert form.mail_waiting.text() == f"3 e-mails, next try {clock(today(10, 52))}"
    assert form.mail_failed.text() == "1 e-mail: “wwphone-server mail queue” names it"
    assert plain(form.mail_last.text()) == f"{clock(failure.at)}: {failure.words} (it is tried again)"
    assert "settings file" in form.mail_where.text()
    assert not form.mail_state.isVisible()


async def test_it_is_looked_at_while_somebody_does(office: Stage) -> None:
    await office.signed_in()
    office.shell.open_settings(SettingsPage.SOUND)
    await office.settled()
    window = office.shell.settings_window
    assert window is not None
    assert read(office) == 0
    window._form.pages.setCurrentRow(SettingsPage.MAIL)
    await office.settled()
    assert read(office) == 1
    office.world.link.mail.overview = replace(BUSY, waiting=1)
    window.mail._timer.timeout.emit()
    await office.settled()
    assert window._form.mail_waiting.text().startswith("1 e-mail, ")
    assert window.mail._timer.isActive()
    window._form.pages.setCurrentRow(SettingsPage.GENERAL)
    assert not window.mail._timer.isActive()
    window._form.pages.setCurrentRow(SettingsPage.MAIL)
    assert window.mail._timer.isActive()
    window.close()
    assert not window.mail._timer.isActive()


async def test_without_a_mail_server_there_is_nothing_to_test(office: Stage) -> None:
    office.world.link.mail.overview = MailOverview()
    form = (await opened(office))._form
    assert form.mail_state.text().startswith("This server sends no e-mails: no mail server is named.")
    for part in (form.mail_facts, form.mail_where, form.mail_test):
        assert not part.isVisible()


async def test_without_a_line_it_is_as_of_then_and_comes_back(office: Stage) -> None:
    form = (await opened(office))._form
    office.world.link.cut()
    await office.settled()
    assert form.mail_state.text() == f"No line to the server. As of {clock(office.world.link.state.since)}."
    assert form.mail_facts.isVisible()
    assert not form.mail_send.isEnabled()
    office.world.link.mail.overview = QUIET
    office.world.link.heal()
    await office.settled()
    assert not form.mail_state.isVisible()
    assert form.mail_send.isEnabled()
    assert form.mail_waiting.text() == "None"


async def test_what_cannot_be_read_says_why(office: Stage) -> None:
    office.world.link.refuse(ReadMail, WireError(ErrorCode.INTERNAL, "the database failed"))
    window = await opened(office)
    assert window._form.mail_state.text() == sentence(ErrorCode.INTERNAL)
    office.world.link.refuse(ReadMail, None)
    window.mail._timer.timeout.emit()
    await office.settled()
    assert not window._form.mail_state.isVisible()


async def test_it_follows_the_language(office: Stage) -> None:
    window = await opened(office)
    office.world.link.mail.answer(MailOutcome.RECIPIENT, NO_SUCH_PERSON)
    await send(office, window)
    pick(window.general.field(LANGUAGE), "Deutsch")  # type: ignore[arg-type]  # it is a box
    await office.settled()
    form = window._form
    assert form.pages.item(SettingsPage.MAIL).text() == "E-Mail"
    assert form.mail_waiting.text().startswith("3 E-Mails, nächster Versuch ")
    assert plain(form.mail_result.text()) == f"Der Mailserver nimmt für {ADDRESS} nichts an."
    assert plain(form.mail_result_words.text()) == f"Er sagte: {NO_SUCH_PERSON}"


# ---------------------------------------------------------------- the test


async def test_one_s_own_address_is_proposed_and_what_is_typed_stays(office: Stage) -> None:
    window = await opened(office)
    field = window._form.mail_address
    assert field.text() == ADDRESS
    write(field, "customer@example.com")
    window.mail._timer.timeout.emit()
    await office.settled()
    assert field.text() == "customer@example.com"
    field.clear()
    assert not window._form.mail_send.isEnabled()
    eyes.press(field, Qt.Key.Key_Return)
    await office.settled()
    assert sent(office) == []


async def test_a_test_shows_that_it_is_under_way_and_what_came_of_it(office: Stage) -> None:
    window = await opened(office)
    form = window._form
    office.world.link.mail.hang()
    write(form.mail_address, " customer@example.com ")
    await send(office, window)
    assert sent(office) == [SendTestMail("customer@example.com", "en")]
    assert form.mail_progress.isVisible()
    assert form.mail_progress_text.isVisible()
    assert not form.mail_send.isEnabled()
    assert form.mail_address.hasFocus(), "the keyboard is not lost"
    eyes.press(form.mail_address, Qt.Key.Key_Return)
    await office.settled()
    assert len(sent(office)) == 1, "one at a time"
    before = read(office)
    office.world.link.mail.answer(MailOutcome.TAKEN, "250 OK")
    await office.settled()
    assert not form.mail_progress.isVisible()
    assert form.mail_send.isEnabled()
    assert plain(form.mail_result.text()) == (
        "The mail server has taken the test for customer@example.com. Look there whether it arrives."
    )
    assert form.mail_result_words.text() == "It said: 250 OK"
    assert read(office) == before + 1
    assert window.isVisible(), "Enter closes nothing"


async def test_enter_sends_and_the_next_test_hides_what_came_of_the_last(office: Stage) -> None:
    window = await opened(office)
    form = window._form
    office.world.link.mail.answer(MailOutcome.RECIPIENT, NO_SUCH_PERSON)
    eyes.press(form.mail_address, Qt.Key.Key_Return)
    await office.settled()
    assert form.mail_result.isVisible()
    assert form.mail_result_words.textFormat() is Qt.TextFormat.PlainText
    office.world.link.mail.hang()
    await send(office, window)
    assert not form.mail_result.isVisible()
    assert not form.mail_result_words.isVisible()
    assert not form.mail_result_symbol.isVisible()
    office.world.link.mail.answer(MailOutcome.TAKEN, "")
    await office.settled()


async def test_what_the_server_refuses_is_said_and_can_be_mended(office: Stage) -> None:
    window = await opened(office)
    form = window._form
    write(form.mail_address, "anna")
    await send(office, window)
    assert form.mail_result.text() == "This is no e-mail address, such as name@example.com."
    assert not form.mail_result_words.isVisible()
    busy = WireError(ErrorCode.CONFLICT, "a test runs", taken_by="Beat Keller")
    office.world.link.refuse(SendTestMail, busy)
    await send(office, window)
    assert form.mail_result.text() == "Beat Keller is sending a test just now. Try again in a minute."
    assert form.mail_send.isEnabled()


async def test_who_loses_the_right_or_signs_out_leaves_nothing_behind(office: Stage) -> None:
    window = await opened(office)
    form = window._form
    write(form.mail_address, "customer@example.com")
    office.world.link.mail.hang()
    await send(office, window)
    office.world.link.change(ProfileChanged(PLAIN))
    await office.settled()
    office.world.link.mail.answer(MailOutcome.RECIPIENT, NO_SUCH_PERSON)
    await office.settled()
    office.world.link.change(ProfileChanged(MAY))
    await office.settled()
    office.shell.open_settings(SettingsPage.MAIL)
    await office.settled()
    assert form.mail_address.text() == ADDRESS
    assert not form.mail_result.isVisible()
    assert form.mail_send.isEnabled()


# ---------------------------------------------------------------- the words


@pytest.mark.parametrize("outcome", MailOutcome, ids=lambda one: one.value)
def test_every_outcome_has_a_sentence_of_its_own(qapp: object, outcome: MailOutcome) -> None:
    texts = {one: outcome_text(MailTest(ADDRESS, one, "", today(10, 0))) for one in MailOutcome}
    assert list(texts.values()).count(texts[outcome]) == 1
    assert "{" not in texts[outcome]
    words = outcome_words(MailTest(ADDRESS, outcome, "<b>no</b> {address}", today(10, 0)))
    assert words.endswith(": <b>no</b> {address}")
    assert outcome_words(MailTest(ADDRESS, outcome, "", today(10, 0))) == ""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (WireError(ErrorCode.CONFLICT, "", 61.0), "The next one can be sent in 2 min."),
        (WireError(ErrorCode.CONFLICT, "", 0.5), "The next one can be sent in 1 min."),
        (WireError(ErrorCode.CONFLICT, ""), "A test is being sent just now. Try again in a minute."),
        (WireError(ErrorCode.NOT_FOUND, ""), "This server sends no e-mails"),
    ],
    ids=["many", "many-soon", "somebody-hidden", "no-server"],
)
def test_every_refusal_is_told(qapp: object, error: WireError, text: str) -> None:
    assert text in refused_text(error)


def test_other_refusals_are_told_as_everywhere(qapp: object) -> None:
    for code in (ErrorCode.NOT_PERMITTED, ErrorCode.UNKNOWN_OUTCOME, ErrorCode.NOT_EXECUTED):
        error = WireError(code, "")
        assert refused_text(error) == refusal(error)


def test_each_way_has_its_words(qapp: object) -> None:
    assert len({encryption_text(one) for one in MailEncryption}) == len(MailEncryption)
    assert sender_text(replace(ROUTE, sender_name="")) == plain(breakable(ROUTE.sender))
    assert user_text(replace(ROUTE, user="")) == "Nobody: the mail server asks for no password"
    assert (waiting_text(QUIET), failed_text(QUIET), failure_text(None)) == ("None", "None", "None so far")
    assert failed_text(replace(QUIET, failed=2)).startswith("2 e-mails: ")
    assert failure_text(MailFailure(today(9, 0), "550 no", waits=False)).endswith("550 no (it was not sent)")


def test_whatever_is_said_can_be_broken_and_is_not_changed(qapp: object) -> None:
    said = f"554 {'x' * 200} {html.escape('<b>')}"
    assert max(len(part) for part in breakable(said).replace("\u200b", " ").split()) <= 32
    assert plain(breakable(said)) == said
