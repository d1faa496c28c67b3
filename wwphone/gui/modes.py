"""The mode at the left edge: where one's voice is, which desk phone is steered, and what has to be done at it by hand."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.account import Mode
from wwphone.domain.devices import Registration
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.words import refusal, sentence, word
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.desk_phone import DeskProblem
from wwphone.services.modes import ModeSnapshot, NotIdleError

logger = logging.getLogger(__name__)


def device_name(registration: Registration) -> str:
    """What a device calls itself, else where it is."""
    return registration.user_agent or registration.address


def desk_refusal(error: WireError) -> str:
    """Why the server did not do something with the desk phone."""
    if error.code is ErrorCode.CONFLICT:
        return QCoreApplication.translate("Modes", "That does not work with this call at the moment.")
    if error.code is ErrorCode.INVALID:
        return QCoreApplication.translate("Modes", "This number does not exist. Check what you dialled.")
    return refusal(error)


class ModeChoice(QObject):
    """A button above the settings; its menu is filled when it opens."""

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._banners = banners
        self._modes = context.services.modes
        self.button = self._make_button(form)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self.fill)
        self.button.setMenu(self.menu)
        self._modes.changed.subscribe(self._on_changed)
        context.services.account.changed.subscribe(self._on_account_changed)
        context.services.desk_phone.problems.subscribe(self._on_problem)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put icon and texts anew."""
        snapshot = self._modes.snapshot
        self.button.setVisible(self._context.services.account.snapshot.stage is Stage.SIGNED_IN)
        which = Icon.THIS_PC if snapshot.voice else Icon.DESK_PHONE
        self.button.setIcon(icon(which, self._context.theme.colours.text))
        text = self.tr("Mode: {mode}").format(mode=self._now(snapshot))
        self.button.setToolTip(text)
        self.button.setAccessibleName(text)

    def fill(self) -> None:
        """Show what can be chosen now."""
        self.menu.clear()
        snapshot, idle = self._modes.snapshot, self._modes.idle
        if not idle:
            self.menu.addAction(self.tr("While a call runs, it stays as it is.")).setEnabled(False)
        for mode, help_text in (
            (Mode.SOFTPHONE, self.tr("Softphone: you speak and hear at this PC")),
            (Mode.DESK_PHONE, self.tr("Desk phone: this PC steers it, and needs no sound")),
            (
                Mode.FLEXIBLE,
                self.tr("Flexible: this PC while the headset is plugged in, else the desk phone"),
            ),
        ):
            action = self._add(help_text, checked=mode is snapshot.chosen, enabled=idle)
            action.triggered.connect(lambda _=False, mode=mode: self._run(self._choose(mode)))
        if len(snapshot.choices) > 1 and snapshot.chosen is not Mode.SOFTPHONE:
            self.menu.addSeparator()
            self.menu.addAction(self.tr("Which desk phone:")).setEnabled(False)
            for device in snapshot.choices:
                chosen = snapshot.device is not None and device.contact == snapshot.device.contact
                action = self._add(device_name(device), checked=chosen, enabled=idle and device.reachable)
                action.triggered.connect(lambda _=False, device=device: self._choose_device(device))

    # ------------------------------------------------------------ inside

    def _make_button(self, form: Ui_MainWindow) -> QToolButton:
        button = QToolButton(form.rail)
        button.setProperty("role", "rail")
        button.setObjectName("mode_button")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIconSize(QSize(tokens.SPACE_XL, tokens.SPACE_XL))
        form.rail_column.insertWidget(form.rail_column.indexOf(form.settings_button), button)
        return button

    def _now(self, snapshot: ModeSnapshot) -> str:
        """The mode in a few words, and in flexible mode what it means at the moment."""
        if snapshot.voice:
            where = self.tr("this PC")
        else:
            where = device_name(snapshot.device) if snapshot.device else self.tr("none is registered")
        return self.tr("{mode} ({where})").format(mode=word(snapshot.chosen), where=where)

    def _add(self, text: str, *, checked: bool, enabled: bool) -> QAction:
        action = self.menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.setEnabled(enabled)
        return action

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._context.run(coroutine)

    async def _choose(self, mode: Mode) -> None:
        try:
            await self._modes.choose(mode)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))
        except NotIdleError:
            self._banners.say_problem(self.tr("While a call runs, it stays as it is."))
        except OSError as error:
            logger.warning("the mode is not remembered: %s", error)

    def _choose_device(self, device: Registration) -> None:
        try:
            self._modes.choose_device(device)
        except NotIdleError:
            self._banners.say_problem(self.tr("While a call runs, it stays as it is."))
        except OSError as error:
            logger.warning("the desk phone is not remembered: %s", error)

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self.retranslate()

    def _on_changed(self, _: ModeSnapshot) -> None:
        self.retranslate()

    def _on_problem(self, problem: DeskProblem | WireError) -> None:
        said = sentence(problem) if isinstance(problem, DeskProblem) else desk_refusal(problem)
        self._banners.say_problem(said)
