"""Switches of the PBX in the header: what is on, for everybody; a list to operate them, for who may."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.presence import BY_ADMINISTRATOR
from wwphone.domain.switches import SWITCH_OFF_CODE, SWITCH_ON_CODE, Switch
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.gui.words import clock, refusal
from wwphone.services.switches import SwitchesSnapshot


class Switches(QObject):
    """One button with a list; hidden where there is nothing to see, grey while the line is down."""

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._banners = banners
        self._service = context.services.switches
        self._area = form.circuits
        self._is_busy = False
        self.button = ElidedButton(form.circuits)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        button = self.button
        button.setObjectName("switches_button")
        button.setProperty("role", "menu")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self.menu)
        form.circuits_row.insertWidget(0, button)
        self._service.changed.subscribe(self._on_changed)
        context.services.presence.replaced.subscribe(self._on_people_replaced)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text and icon anew."""
        self._on_changed(self._service.snapshot)

    def focus(self) -> None:
        """Open the list for the keyboard."""
        if self.button.isVisible() and self.button.isEnabled():
            self.button.open_menu()

    # ------------------------------------------------------------ what services tell

    def _on_changed(self, snapshot: SwitchesSnapshot) -> None:
        on = [switch for switch in snapshot.switches if switch.state.on]
        colours = self._context.theme.colours
        which, colour = (Icon.SWITCH_ON, colours.status_yellow) if on else (Icon.SWITCH_OFF, colours.text)
        self.button.setIcon(icon(which, colour))
        self.button.set_whole(self._text(on), self._hint(snapshot))
        self.button.setEnabled(snapshot.live)
        self.menu.clear()
        for switch in snapshot.switches:
            action = self.menu.addAction(self._line(switch).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(switch.state.on)
            action.setEnabled(snapshot.may_operate)
            action.setToolTip(self._code(switch) if snapshot.may_operate else "")
            action.triggered.connect(lambda _=False, switch=switch: self._toggle(switch))
        # Who may only look needs to know what is on; that nothing is, is no news.
        self._area.setVisible(bool(snapshot.switches) and (snapshot.may_operate or bool(on)))

    def _on_people_replaced(self, _: None) -> None:
        self.retranslate()

    # ------------------------------------------------------------ what a person does

    def _toggle(self, switch: Switch) -> None:
        if not self._is_busy:
            self._is_busy = True
            self._context.run(self._set(switch.name, on=not switch.state.on))

    async def _set(self, name: str, *, on: bool) -> None:
        try:
            await self._service.set(name, on=on)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))
        else:
            self._banners.say_problem("")
        finally:
            self._is_busy = False
            self.retranslate()

    # ------------------------------------------------------------ words

    def _text(self, on: list[Switch]) -> str:
        if not on:
            return self.tr("Switches: all off")
        return self.tr("On: {switches}").format(switches=", ".join(switch.title for switch in on))

    def _hint(self, snapshot: SwitchesSnapshot) -> str:
        lines = [self._line(switch) for switch in snapshot.switches if switch.state.on]
        if snapshot.may_operate:
            lines.append(self.tr("Press to switch something on or off (Ctrl+Shift+G)."))
        if snapshot.as_of is not None:
            lines.append(self.tr("as of {time}").format(time=clock(snapshot.as_of)))
        return "\n".join(lines)

    def _line(self, switch: Switch) -> str:
        """Title, and for one that is on, since when and by whom."""
        state = switch.state
        if not state.on or state.since is None:
            return switch.title
        text = self.tr("{switch}: on since {time}, by {name}")
        return text.format(switch=switch.title, time=clock(state.since), name=self._name(state.set_by))

    def _code(self, switch: Switch) -> str:
        code = SWITCH_OFF_CODE if switch.state.on else SWITCH_ON_CODE
        return self.tr("At a desk phone: {code}").format(code=f"{code}{switch.code}")

    def _name(self, user: str) -> str:
        if user == BY_ADMINISTRATOR:
            return self.tr("the administrator")
        line = self._context.services.presence.line(user)
        return line.colleague.nickname if line else user
