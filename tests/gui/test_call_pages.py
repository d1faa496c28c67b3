"""Pages that calls open: from the settings to the desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_settings_window import pick
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import PAGE_ON_ANSWER, PAGE_ON_RING, PAGES_FOR
from wwphone.domain.call_pages import CallMoment, TemplateProblem
from wwphone.domain.calls import Party
from wwphone.gui import call_pages as pages_module
from wwphone.gui.settings_window import SettingsPage, SettingsWindow
from wwphone.gui.words import sentence

CRM = "https://crm.example.ch/find?n=<number>&who=<name>"
HOSTILE = Party("+41442681212", "x&admin=1#\n https://evil.example/ <script>")


class Desktop(QObject):
    """Takes what would be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Note an address as a browser would get it."""
        self.opened.append(bytes(url.toEncoded().data()).decode())


@pytest.fixture
def desktop(qapp: object) -> Iterator[Desktop]:
    made = Desktop()
    for scheme in ("https", "mailto"):
        QDesktopServices.setUrlHandler(scheme, made, "take")  # type: ignore[arg-type]  # wrong in its stub
    yield made
    for scheme in ("https", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)


async def opened(stage: Stage) -> SettingsWindow:
    stage.shell.open_settings(SettingsPage.PAGES)
    await stage.settled()
    window = stage.shell.settings_window
    assert window is not None
    return window


async def test_from_the_field_to_the_browser(signed_in: Stage, desktop: Desktop) -> None:
    window = await opened(signed_in)
    row = window.call_pages.rows[CallMoment.RING]
    row.field.setFocus()
    eyes.type_into(row.field, CRM)
    assert row.says.text().replace("\u200b", "") == (
        "https://crm.example.ch/find?n=%2B41442681212&who=M%C3%BCller%20%26%20S%C3%B6hne%20AG"
    )
    eyes.press(row.field, Qt.Key.Key_Return)
    assert signed_in.world.settings.text(PAGE_ON_RING) == CRM
    assert window.isVisible(), "Enter closes nothing"
    assert desktop.opened == []

    await signed_in.incoming(HOSTILE)
    assert signed_in.shell.popups.shown
    await wait_until_async(lambda: desktop.opened, "the page")
    [address] = desktop.opened
    assert address == (
        "https://crm.example.ch/find?n=%2B41442681212"
        "&who=x%26admin%3D1%23%20https%3A%2F%2Fevil.example%2F%20%3Cscript%3E"
    )


async def test_try_it_shows_the_example(signed_in: Stage, desktop: Desktop) -> None:
    window = await opened(signed_in)
    row = window.call_pages.rows[CallMoment.ANSWER]
    assert not row.try_it.isEnabled()
    row.field.setText("mailto:desk@example.ch?subject=<name>")
    row.try_it.click()
    assert desktop.opened == ["mailto:desk@example.ch?subject=M%C3%BCller%20%26%20S%C3%B6hne%20AG"]
    assert signed_in.world.settings.text(PAGE_ON_ANSWER), "what was tried counts"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("crm.example.ch", TemplateProblem.NO_ADDRESS),
        ("file:///etc/passwd", TemplateProblem.SCHEME),
        ("https://<name>/", TemplateProblem.PLACE),
        ("https://crm.example.ch/<phone>", TemplateProblem.PLACEHOLDER),
    ],
)
async def test_what_cannot_be_used_says_why_and_does_not_count(
    signed_in: Stage, text: str, problem: TemplateProblem
) -> None:
    signed_in.world.settings.set(PAGE_ON_RING, CRM)
    window = await opened(signed_in)
    row = window.call_pages.rows[CallMoment.RING]
    assert row.field.text() == CRM
    row.field.setText(text)
    assert row.says.text() == sentence(problem)
    assert row.field.accessibleDescription() == sentence(problem)
    assert row.field.property("invalid") is True
    assert not row.try_it.isEnabled()
    window.close()
    assert signed_in.world.settings.text(PAGE_ON_RING) == CRM


async def test_closing_the_window_keeps_what_is_right_and_emptying_ends_it(signed_in: Stage) -> None:
    window = await opened(signed_in)
    row = window.call_pages.rows[CallMoment.RING]
    row.field.setText(f" {CRM} ")
    window.close()
    assert signed_in.world.settings.text(PAGE_ON_RING) == CRM
    await opened(signed_in)
    row.field.clear()
    assert row.says.text() == "Opens nothing."
    window.close()
    assert signed_in.world.settings.text(PAGE_ON_RING) == ""


async def test_for_all_calls_if_one_wants(signed_in: Stage) -> None:
    window = await opened(signed_in)
    assert window._form.pages_for.currentText() == "Calls that come in"
    pick(window._form.pages_for, "All calls")
    assert signed_in.world.settings.text(PAGES_FOR) == "all"


async def test_a_desktop_without_a_browser_is_no_trouble(
    signed_in: Stage, monkeypatch: pytest.MonkeyPatch, expected_logs: Callable[..., object]
) -> None:
    asked: list[str] = []

    def refuse(address: str) -> bool:
        asked.append(address)
        return False

    monkeypatch.setattr(pages_module, "open_page", refuse)
    expected_logs("no program that opens the page", logger="wwphone.gui")
    signed_in.world.settings.set(PAGE_ON_RING, CRM)
    call_id = await signed_in.incoming(HOSTILE)
    await wait_until_async(lambda: asked, "the attempt")
    assert signed_in.calls.call(call_id) is not None
