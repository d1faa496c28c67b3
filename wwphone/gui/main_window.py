"""The main window: header, banners, the dial field, call cards, and the panels that the rail chooses from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QToolButton, QWidget

from wwphone.cti.api import LinkState
from wwphone.domain.calls import CallState
from wwphone.gui.cards import Cards
from wwphone.gui.context import Context
from wwphone.gui.dial import DialField
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.header import Header
from wwphone.gui.icons import Icon, icon
from wwphone.gui.panels.colleagues import ColleaguesPanel
from wwphone.gui.panels.devices import DevicesPanel
from wwphone.gui.style import tokens
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.words import clock, sentence
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.calls import CallProblem
from wwphone.services.sound import SoundSnapshot
from wwphone.sip.api import RegistrationState, SoundState

WIDE_FROM = 900
"""From this width on the panels stand side by side."""

_RING_STATES_WITH_BANNER = (
    RegistrationState.REFUSED,
    RegistrationState.UNREACHABLE,
    RegistrationState.CERTIFICATE_REJECTED,
    RegistrationState.TOO_MANY_DEVICES,
)


class MainWindow(QMainWindow):
    """Composes the parts; each part follows its service by itself."""

    def __init__(
        self, context: Context, open_settings: Callable[[], None], sign_in: Callable[[], None]
    ) -> None:
        super().__init__()
        self._context = context
        self._sign_in = sign_in
        self.on_closed: Callable[[], bool] = lambda: True
        """Asked when the person closes the window; False keeps the program running without it."""
        form = self._form = Ui_MainWindow()
        form.setupUi(self)
        form.central.setProperty("role", "page")
        self.line_banner, self.sound_banner = Banner(parent=form.banners), Banner(parent=form.banners)
        self.problem_banner = Banner("banner-error", form.banners)
        for banner in (self.problem_banner, self.line_banner, self.sound_banner):
            form.banners_column.addWidget(banner)
        self.header = Header(form, context, self.problem_banner, self)
        self.dial_field = DialField(form.dial_field, form.dial_hint, context, self)
        self.cards = Cards(form.cards, context, self.dial_field, self)
        self.colleagues = ColleaguesPanel(context)
        self.devices = DevicesPanel(context)
        self._panels: tuple[tuple[QToolButton, QWidget], ...] = (
            (form.colleagues_button, self.colleagues),
            (form.devices_button, self.devices),
        )
        for button, panel in self._panels:
            form.panels_row.addWidget(panel, 1)
            button.toggled.connect(self._arrange)
        self.colleagues.dial_wanted.connect(self.dial_field.dial)
        form.settings_button.clicked.connect(open_settings)
        self._add_shortcuts()
        services = context.services
        services.account.changed.subscribe(self._on_account_changed)
        services.sound.changed.subscribe(self._on_sound_changed)
        services.calls.problems.subscribe(self._on_call_problem)
        context.theme.changed.connect(self._draw)
        self._draw()
        self._arrange()
        self._on_account_changed(services.account.snapshot)

    @property
    def wide(self) -> bool:
        """Whether the panels stand side by side."""
        return self.width() >= WIDE_FROM

    # ------------------------------------------------------------ Qt's side

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.header.retranslate()
            self.cards.retranslate()
            self._on_account_changed(self._context.services.account.snapshot)
            self._on_sound_changed(self._context.services.sound.snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing hides the window where an icon can bring it back, and ends the program elsewhere."""
        if not self.on_closed():
            event.ignore()
            self.hide()
            return
        super().closeEvent(event)

    # ------------------------------------------------------------ inside

    def _arrange(self) -> None:
        for button, panel in self._panels:
            panel.setVisible(self.wide or button.isChecked())

    def _draw(self) -> None:
        colour = self._context.theme.colours.text
        for button, which in (
            (self._form.colleagues_button, Icon.COLLEAGUES),
            (self._form.devices_button, Icon.DEVICES),
            (self._form.settings_button, Icon.SETTINGS),
        ):
            button.setIcon(icon(which, colour))
            button.setIconSize(QSize(tokens.SPACE_XL, tokens.SPACE_XL))
        self.setWindowIcon(icon(Icon.CALL, self._context.theme.colours.accent))

    def _add_shortcuts(self) -> None:
        calls = self._context.services.calls
        for keys, action in (
            ("Ctrl+L", self.dial_field.focus),
            ("F5", lambda: self._with_current(calls.answer)),
            ("F6", lambda: self._with_current(calls.hang_up)),
            ("F7", lambda: self._with_current(calls.toggle_hold)),
            ("F8", self._toggle_mute),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _with_current(self, act: Callable[[str], None]) -> None:
        call = self.cards.current()
        if call:
            act(call.call_id)

    def _toggle_mute(self) -> None:
        call = self.cards.current()
        if call and call.state is CallState.ACTIVE:
            self._context.services.calls.set_muted(call.call_id, muted=not call.muted)

    # ------------------------------------------------------------ banners

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        link = snapshot.link
        if snapshot.stage is Stage.SIGNED_OUT:
            reason = sentence(link.error.code) if link.error else self.tr("You are signed out.")
            self.line_banner.say(reason, self.tr("Sign in"), self._sign_in)
        elif snapshot.registration.state in _RING_STATES_WITH_BANNER:
            self.line_banner.say(sentence(snapshot.registration.state))
        elif link.state is LinkState.INTERRUPTED:
            text = self.tr(
                "No line to the server since {time}; colleagues are shown as of then. Calls go on."
            )
            self.line_banner.say(text.format(time=clock(link.since)))
        elif link.state is LinkState.CONNECTING and link.problem is not None:
            self.line_banner.say(sentence(link.problem))
        elif snapshot.live and not snapshot.pbx_connected:
            self.line_banner.say(
                self.tr("The CTI server does not reach the PBX: states of phones may be old.")
            )
        else:
            self.line_banner.say("")
        self._show_banners()

    def _on_sound_changed(self, snapshot: SoundSnapshot) -> None:
        if snapshot.state is SoundState.READY:
            self.sound_banner.say("")
        else:
            self.sound_banner.say(
                sentence(snapshot.state), self.tr("Look again"), self._context.services.sound.look_again
            )
        self._show_banners()

    def _on_call_problem(self, problem: CallProblem) -> None:
        text = self.tr("That did not work ({detail}). The call goes on.").format(detail=problem.detail)
        self.problem_banner.say(text, self.tr("OK"), self._dismiss_problem)
        self._show_banners()

    def _dismiss_problem(self) -> None:
        self.problem_banner.say("")
        self._show_banners()

    def _show_banners(self) -> None:
        banners = (self.problem_banner, self.line_banner, self.sound_banner)
        self._form.banners.setVisible(any(not banner.isHidden() for banner in banners))

    def activate(self) -> None:
        """Come to the front."""
        self.show()
        if self.windowState() & Qt.WindowState.WindowMinimized:
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
