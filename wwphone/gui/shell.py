"""The shell: everything one sees of the running program, and how its windows call each other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from wwphone.config.options import CLOSE_TO_TRAY, LANGUAGE, THEME
from wwphone.cti.api import CommandRefusedError, LinkFailedError
from wwphone.gui import geometry
from wwphone.gui.call_pages import PageOpener
from wwphone.gui.caret import RestingCaret
from wwphone.gui.conference_planning import ConferencePlanning
from wwphone.gui.conference_window import ConferenceWindow
from wwphone.gui.context import Context
from wwphone.gui.forwarding import ForwardingDialog
from wwphone.gui.incoming_popup import IncomingPopups
from wwphone.gui.journal import JournalDialog
from wwphone.gui.language import Language
from wwphone.gui.main_window import MainWindow
from wwphone.gui.settings_window import SettingsPage, SettingsWindow
from wwphone.gui.sign_in import SignInDialog
from wwphone.gui.style.theme import Theme
from wwphone.gui.tray import Tray
from wwphone.services.bundle import Services
from wwphone.services.tasks import TaskOwner

logger = logging.getLogger(__name__)


class Shell:
    """Main window, pop-ups, tray icon; dialogs are made when they are first needed."""

    def __init__(self, services: Services, end: Callable[[], None]) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        settings = services.settings
        self._end = end
        self.context = Context(
            services,
            Theme(application, settings.text(THEME)),
            Language(settings.text(LANGUAGE)),
            TaskOwner("window"),
        )
        self._caret = RestingCaret(application)
        self.window = MainWindow(self.context)
        self.window.on_closed = self._on_window_closed
        self.window.settings_wanted.connect(self._on_settings_wanted)
        self.window.sound_settings_wanted.connect(self._on_settings_wanted)
        self.window.sign_in_wanted.connect(lambda: self.ask_to_sign_in(None))
        self.window.forwarding_wanted.connect(self.open_forwarding)
        self.window.journal_wanted.connect(self.open_journal)
        self.window.conference.window_wanted.connect(self.open_conference)
        self._pages = PageOpener(services.call_pages)
        self.popups = IncomingPopups(self.context, self._on_deflect_wanted)
        self.tray = Tray(self.context, self.show, end, self.window)
        self.window.retranslated.connect(self.tray.retranslate)
        self.settings_window: SettingsWindow | None = None
        self.sign_in_dialog: SignInDialog | None = None
        self.forwarding_dialog: ForwardingDialog | None = None
        self.journal_dialog: JournalDialog | None = None
        self.conference_window: ConferenceWindow | None = None
        self.conference_planning: ConferencePlanning | None = None
        geometry.restore(self.window, settings)

    def show(self) -> None:
        """Bring the window to the front."""
        self.window.activate()

    def hide(self) -> None:
        """Take everything from the screen; the program is about to end."""
        try:
            geometry.remember(self.window, self.context.settings)
        except OSError as error:
            logger.warning("the window's place is not remembered: %s", error)
        for widget in (self.window, *self._dialogs()):
            widget.hide()
        self.popups.close()
        self.tray.close()

    async def close(self) -> None:
        """Let go of everything."""
        await self.context.tasks.shutdown()
        for widget in (*self._dialogs(), self.window):
            widget.deleteLater()
        self._pages.close()
        self.context.language.close()
        self._caret.close()

    def dial(self, address: str) -> None:
        """Dial; on failure the field says why."""
        self.window.dial_field.dial(address)

    def dial_later(self, address: str) -> None:
        """Show what will be dialled as soon as this PC is registered."""
        self.window.dial_field.wait_with(address)

    def open_settings(self, page: SettingsPage = SettingsPage.SOUND) -> None:
        """Show the settings."""
        if self.settings_window is None:
            self.settings_window = SettingsWindow(self.context, self.window)
            self.settings_window.forwarding_wanted.connect(self.open_forwarding)
            self.settings_window.journal_wanted.connect(self.open_journal)
            self.settings_window.conference_wanted.connect(self.open_conference)
        self.settings_window.show_page(page)

    def open_forwarding(self) -> None:
        """Show where calls are forwarded to."""
        if self.forwarding_dialog is None:
            self.forwarding_dialog = ForwardingDialog(self.context, self.window)
        self.forwarding_dialog.begin()

    def open_journal(self) -> None:
        """Show the presence history."""
        if self.journal_dialog is None:
            self.journal_dialog = JournalDialog(self.context, self.window)
        self.journal_dialog.begin()

    def open_conference(self, room: str = "") -> None:
        """Show the conference window, at this room."""
        if self.conference_window is None:
            window = self.conference_window = ConferenceWindow(self.context, self.window)
            planning = self.conference_planning = ConferencePlanning(self.context, window)
            window.plan_wanted.connect(planning.plan)
            window.withdrawn.connect(planning.close_down)
            window.withdrawn.connect(self.window.conference.say_withdrawn)
        self.conference_window.open_at(room)

    def ask_to_sign_in(self, error: CommandRefusedError | LinkFailedError | None) -> None:
        """Show the sign-in dialog, with the reason why it is needed."""
        if self.sign_in_dialog is None:
            self.sign_in_dialog = SignInDialog(self.context, self.window)
        self.sign_in_dialog.show_problem(error)
        self.sign_in_dialog.open()

    def _dialogs(self) -> tuple[QWidget, ...]:
        """Those that were needed so far."""
        made = (
            *(self.settings_window, self.sign_in_dialog, self.forwarding_dialog),
            *(self.conference_planning.windows if self.conference_planning else ()),
            *(self.journal_dialog, self.conference_window),
        )
        return tuple(dialog for dialog in made if dialog is not None)

    def _on_deflect_wanted(self, call_id: str) -> None:
        """The person asked for it in the pop-up: here the keyboard may be taken."""
        self.window.activate()
        self.window.transfers.deflect(call_id)

    def _on_settings_wanted(self) -> None:
        self.open_settings()

    def _on_window_closed(self) -> bool:
        if self.tray.visible and self.context.settings.value(CLOSE_TO_TRAY):
            return False
        self._end()
        return False  # the program's own ending takes the window away
