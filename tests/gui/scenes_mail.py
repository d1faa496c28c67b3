"""Scenes of the settings page on the server's e-mail, as an administrator sees it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Play, Scene
from tests.gui.stage import Stage
from tests.gui.world import ME, World, company, today
from wwphone.domain.account import Profile, Right
from wwphone.domain.mail import MailEncryption, MailFailure, MailOutcome, MailOverview, MailRoute
from wwphone.gui.settings_window import SettingsPage, SettingsWindow

Shown = Sequence[QWidget]

ROUTE = MailRoute(
    "mail.muster-ag.ch", 587, MailEncryption.STARTTLS, "telefon@muster-ag.ch", "wwphone", "telefon"
)
QUIET = MailOverview(ROUTE, own_address="anna.muster@muster-ag.ch")
BUSY = MailOverview(
    ROUTE,
    waiting=3,
    next_at=today(10, 52),
    failed=1,
    last_failure=MailFailure(
        today(10, 42),
        "451 4.7.1 <carla.braendli@muster-ag.ch>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/muster-ag.ch.html",
        waits=True,
    ),
    own_address="anna.muster@muster-ag.ch",
)
NO_SUCH_PERSON = (
    "550 5.1.1 <anna.muster@muster-ag.ch>: Recipient address rejected: User unknown in virtual mailbox table"
)
WRONG_PASSWORD = "535 5.7.8 Error: authentication failed: authentication failure"


def administrator(overview: MailOverview) -> World:
    """Anna Muster may administrate, and her server sends e-mails so."""
    rights = frozenset({Right.CTI_ACCESS, Right.ADMINISTRATE})
    world = World(company(profile=Profile(ME, "204", "Anna Muster", "Anna", "Muster", rights)))
    world.link.mail.overview = overview
    return world


async def opened(stage: Stage) -> SettingsWindow:
    """The page, with what the server says."""
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.MAIL)
    await stage.settled()
    window = stage.shell.settings_window
    assert window is not None
    return window


async def send(stage: Stage, window: SettingsWindow) -> None:
    """Press the button, and let what the server says come."""
    window._form.mail_send.click()
    await stage.settled()


async def as_it_is(stage: Stage) -> Shown:
    return [await opened(stage)]


async def testing(stage: Stage) -> Shown:
    stage.world.link.mail.hang()
    window = await opened(stage)
    await send(stage, window)
    return [window]


def _ended(outcome: MailOutcome, words: str) -> Play:
    async def play(stage: Stage) -> Shown:
        stage.world.link.mail.answer(outcome, words)
        window = await opened(stage)
        await send(stage, window)
        return [window]

    return play


async def not_an_address(stage: Stage) -> Shown:
    window = await opened(stage)
    window._form.mail_address.setText("anna.muster")
    await send(stage, window)
    return [window]


async def without_a_line(stage: Stage) -> Shown:
    window = await opened(stage)
    stage.world.link.cut()
    await stage.settled()
    return [window]


MAIL_SCENES = (
    Scene("mail", as_it_is, world=lambda: administrator(QUIET)),
    Scene("mail-waiting", as_it_is, everywhere=True, world=lambda: administrator(BUSY)),
    Scene("mail-none", as_it_is, world=lambda: administrator(MailOverview())),
    Scene("mail-testing", testing, world=lambda: administrator(QUIET)),
    Scene(
        "mail-taken",
        _ended(MailOutcome.TAKEN, "250 2.0.0 Ok: queued as 4bXyz2k1QzC"),
        everywhere=True,
        world=lambda: administrator(QUIET),
    ),
    Scene(
        "mail-refused",
        _ended(MailOutcome.RECIPIENT, NO_SUCH_PERSON),
        everywhere=True,
        world=lambda: administrator(BUSY),
    ),
    Scene(
        "mail-not-signed-in",
        _ended(MailOutcome.SIGN_IN, WRONG_PASSWORD),
        world=lambda: administrator(QUIET),
    ),
    Scene(
        "mail-hostile-words",
        _ended(MailOutcome.TEXT, f"554 {'<b>x</b>' * 30}"),
        world=lambda: administrator(QUIET),
    ),
    Scene("mail-no-address", not_an_address, world=lambda: administrator(QUIET)),
    Scene("mail-offline", without_a_line, world=lambda: administrator(BUSY)),
)
