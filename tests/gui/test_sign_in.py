"""The sign-in dialog: every refusal in words, what to do, and no password left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import ME, PASSWORD, SERVER, today
from wwphone.config.options import LANGUAGE, SERVER_AUTHORITY, SERVER_HOST, SERVER_PORT, USER
from wwphone.cti.api import (
    DEFAULT_PORT,
    CommandRefusedError,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    ServerAddress,
    WireError,
)
from wwphone.domain.account import SessionInfo
from wwphone.gui.sign_in import SignInDialog, server_address
from wwphone.services.account import Stage as AccountStage


async def opened(stage: Stage, error: CommandRefusedError | LinkFailedError | None = None) -> SignInDialog:
    await stage.show()
    stage.shell.ask_to_sign_in(error)
    await stage.settled()
    dialog = stage.shell.sign_in_dialog
    assert dialog is not None
    return dialog


def fill(dialog: SignInDialog, password: str = PASSWORD, server: str = SERVER.host, user: str = ME) -> None:
    for field, text in (
        (dialog._form.server, server),
        (dialog._form.user, user),
        (dialog._form.password, password),
    ):
        field.setFocus()
        field.selectAll()
        eyes.press(field, Qt.Key.Key_Delete)
        eyes.type_into(field, text)


def problem(dialog: SignInDialog) -> str:
    return dialog._form.problem_text.text() if dialog._form.problem.isVisible() else ""


async def test_signing_in_closes_the_dialog_and_remembers(stage: Stage) -> None:
    dialog = await opened(stage)
    signed_in = eyes.recorded(dialog.signed_in)
    assert not eyes.button("Sign in", dialog).isEnabled(), "nothing is filled in"
    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()

    assert not dialog.isVisible()
    assert len(signed_in) == 1
    assert stage.world.services.account.snapshot.stage is AccountStage.SIGNED_IN
    assert stage.world.settings.text(SERVER_HOST) == SERVER.host
    assert stage.world.settings.text(USER) == ME
    assert stage.world.secrets.secrets[f"{ME}@{SERVER.host}"] == PASSWORD


async def test_the_password_rests_in_the_key_store_alone(stage: Stage) -> None:
    dialog = await opened(stage)
    fill(dialog)
    assert dialog._form.password.echoMode() is QLineEdit.EchoMode.Password
    eyes.press(dialog._form.password, Qt.Key.Key_Return)
    await stage.settled()
    assert dialog._form.password.text() == ""
    assert PASSWORD not in repr(stage.world.settings.__dict__)
    assert PASSWORD not in repr(stage.world.services.account.snapshot)
    assert PASSWORD not in repr(stage.world.link.sign_ins)


async def test_whoever_wishes_is_not_remembered(stage: Stage) -> None:
    dialog = await opened(stage)
    fill(dialog)
    eyes.click("Stay signed in on this PC", dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert stage.world.services.account.snapshot.stage is AccountStage.SIGNED_IN
    assert stage.world.secrets.secrets == {}


async def test_a_wrong_password_can_be_typed_again(stage: Stage) -> None:
    dialog = await opened(stage)
    fill(dialog, "guess")
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert dialog.isVisible()
    assert problem(dialog) == SENTENCES_OF[ErrorCode.WRONG_PASSWORD]
    assert len(stage.world.link.sign_ins) == 1, "never tried again by itself"

    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.CTI_ACCESS_OFF,
        ErrorCode.UNSUPPORTED_VERSION,
        ErrorCode.SERVER_STOPPING,
        ErrorCode.INTERNAL,
        ErrorCode.ADDRESS_BLOCKED,
    ],
    ids=str,
)
async def test_each_refusal_of_the_server_in_words(stage: Stage, code: ErrorCode) -> None:
    stage.world.link.refuse_sign_in(WireError(code, "no"))
    dialog = await opened(stage)
    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert problem(dialog) == SENTENCES_OF[code]
    assert not eyes.has_button("Move here", dialog)


async def test_a_blocked_address_learns_how_long(stage: Stage) -> None:
    error = WireError(ErrorCode.ADDRESS_BLOCKED, "blocked", retry_after_s=540.0)
    dialog = await opened(stage, CommandRefusedError(error))
    assert problem(dialog).endswith("Wait 9 min.")


@pytest.mark.parametrize(
    "trouble", [trouble for trouble in LinkProblem if trouble is not LinkProblem.SAID_NO], ids=str
)
async def test_each_way_of_having_no_connection_in_words(stage: Stage, trouble: LinkProblem) -> None:
    stage.world.link.cut(trouble)
    dialog = await opened(stage)
    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert problem(dialog) == SENTENCES_OF[trouble]
    assert eyes.button("Sign in", dialog).isEnabled(), "it can be tried again"
    about_authority = trouble in (
        LinkProblem.CERTIFICATE_UNTRUSTED,
        LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE,
    )
    assert dialog._form.authority.isVisible() is about_authority, "where it can be mended"


async def test_move_here(stage: Stage) -> None:
    elsewhere = SessionInfo("PC-EMPFANG", today(8, 12))
    stage.world.link.refuse_sign_in(WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "x", sessions=(elsewhere,)))
    dialog = await opened(stage)
    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert problem(dialog) == "You are signed in on PC-EMPFANG since 08:12. Move here?"

    eyes.click("Move here", dialog)
    await stage.settled()
    assert not dialog.isVisible()
    assert [take_over for *_, take_over in stage.world.link.sign_ins] == [False, True]


async def test_a_try_that_takes_long_can_be_cancelled(stage: Stage) -> None:
    dialog = await opened(stage)
    fill(dialog)
    stage.world.link.quick.clear()
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert "Signing in …" in eyes.texts(dialog)
    assert not dialog._form.server.isEnabled()
    assert not eyes.button("Sign in", dialog).isEnabled()

    eyes.click("Cancel", dialog)
    await stage.settled()
    assert dialog.isVisible(), "only the try is given up"
    assert problem(dialog) == ""
    assert eyes.button("Sign in", dialog).isEnabled()
    assert dialog._form.password.text() == PASSWORD, "nobody has to type it twice"
    assert stage.world.services.account.snapshot.stage is AccountStage.SIGNED_OUT

    eyes.click("Cancel", dialog)
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("server", "user", "said"),
    [
        ("pbx.example.ch:port", ME, "A server is a name"),
        ("https://pbx.example.ch", ME, "A server is a name"),
        ("pbx example", ME, "A server is a name"),
        ("pbx.example.ch:0", ME, "A server is a name"),
        ("pbx.example.ch", "anna.muster", "A user name holds"),
        ("pbx.example.ch", "jürg", "A user name holds"),
    ],
)
async def test_what_cannot_be_right_is_said_before_anything_is_sent(
    stage: Stage, server: str, user: str, said: str
) -> None:
    dialog = await opened(stage)
    fill(dialog, server=server, user=user)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert problem(dialog).startswith(said)
    assert stage.world.link.sign_ins == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("pbx.example.ch", ServerAddress("pbx.example.ch", DEFAULT_PORT)),
        (" pbx.example.ch:9443 ", ServerAddress("pbx.example.ch", 9443)),
        ("192.0.2.7:9443", ServerAddress("192.0.2.7", 9443)),
        ("2001:db8::1", ServerAddress("2001:db8::1", DEFAULT_PORT)),
        ("[2001:db8::1]", ServerAddress("2001:db8::1", DEFAULT_PORT)),
        ("[2001:db8::1]:9443", ServerAddress("2001:db8::1", 9443)),
    ],
)
def test_how_a_server_may_be_written(text: str, address: ServerAddress) -> None:
    assert server_address(text) == address


@pytest.mark.parametrize("text", ["", "a b", "x:y", "x:70000", "[2001:db8::1", "[::1]9443", "a/b", "me@host"])
def test_how_it_may_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        server_address(text)


async def test_who_was_here_last_finds_it_filled_in(stage: Stage) -> None:
    for option, value in (
        (SERVER_HOST, "2001:db8::1"),
        (SERVER_PORT, 9443),
        (USER, "beat"),
        (SERVER_AUTHORITY, "/etc/ca.pem"),
    ):
        stage.world.settings.set(option, value)
    dialog = await opened(stage)
    form = dialog._form
    assert (form.server.text(), form.user.text(), form.authority.text()) == (
        "[2001:db8::1]:9443",
        "beat",
        "/etc/ca.pem",
    )
    assert dialog.focusWidget() is form.password


async def test_an_own_authority_goes_along(stage: Stage) -> None:
    dialog = await opened(stage)
    fill(dialog)
    assert not dialog._form.authority.isVisible()
    eyes.click("Advanced", dialog)
    eyes.type_into(dialog._form.authority, "/etc/ca.pem")
    eyes.click("Sign in", dialog)
    await stage.settled()
    [(server, *_)] = stage.world.link.sign_ins
    assert server.certificate_authority_file == "/etc/ca.pem"


async def test_it_follows_the_language_with_the_reason(stage: Stage) -> None:
    dialog = await opened(stage, LinkFailedError(LinkProblem.TIMEOUT, ""))
    stage.world.settings.set(LANGUAGE, "de")
    stage.shell.context.language.choose("de")
    await stage.settled()
    assert problem(dialog) == "Der Server hat nicht rechtzeitig geantwortet."
    assert dialog.windowTitle() == "Anmelden"


async def test_a_locked_key_store_does_not_keep_one_out(
    stage: Stage, expected_logs: Callable[..., object]
) -> None:
    expected_logs("password is not remembered", logger="wwphone.services")
    stage.world.secrets.locked = True
    dialog = await opened(stage)
    fill(dialog)
    eyes.click("Sign in", dialog)
    await stage.settled()
    assert not dialog.isVisible()
    assert stage.world.services.account.snapshot.stage is AccountStage.SIGNED_IN
