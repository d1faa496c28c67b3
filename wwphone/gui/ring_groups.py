"""Ring groups in the header: logged in or out is seen at a glance, and changed by one click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QToolButton

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.ring_groups import LOG_IN_CODE, LOG_OUT_CODE, RingGroupMembership
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.gui.words import clock, duration, refusal
from wwphone.services.ring_groups import RingGroupsSnapshot

_TICK_MS = 1000
_MOST_BUTTONS = 2
"""With more groups than that, one button opens a list of them."""


class RingGroups(QObject):
    """A button for each group, or one for all; hidden for who is in none, grey while the line is down."""

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._row = form.duty_row
        self._area = form.duty
        self._context = context
        self._banners = banners
        self._service = context.services.ring_groups
        self._buttons: dict[str, ElidedButton] = {}
        self.button = ElidedButton(self._area)
        """Stands for all of them, where there are many."""
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self._busy: set[str] = set()
        """Groups of which a change is under way: a second click meanwhile is none."""
        self._set_up(self.button)
        self.button.setProperty("role", "menu")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self.menu)
        self._row.insertWidget(0, self.button)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.retranslate)
        self._service.changed.subscribe(self._on_changed)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text and icon anew."""
        self._on_changed(self._service.snapshot)

    def focus(self) -> None:
        """Let the keyboard choose: the first group, or the list of all."""
        if self.button.isVisible() and self.button.isEnabled():
            self.button.open_menu()
        elif self._buttons:
            next(iter(self._buttons.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)

    # ------------------------------------------------------------ what services tell

    def _on_changed(self, snapshot: RingGroupsSnapshot) -> None:
        groups = snapshot.ring_groups
        as_list = len(groups) > _MOST_BUTTONS
        shown = () if as_list else groups
        for number in self._buttons.keys() - {group.number for group in shown}:
            self._buttons.pop(number).deleteLater()
        for place, group in enumerate(shown):
            button = self._buttons.get(group.number) or self._add(group.number)
            if self._row.indexOf(button) != place:
                self._row.insertWidget(place, button)
            self._show_group(button, group, snapshot)
        self.button.setVisible(as_list)
        if as_list:
            self._show_list(snapshot)
        self._area.setVisible(bool(groups))
        somebody_waits = snapshot.live and any(group.waiting for group in groups)
        if somebody_waits and not self._timer.isActive():
            self._timer.start()
        elif not somebody_waits:
            self._timer.stop()

    # ------------------------------------------------------------ what a person does

    def _toggle(self, number: str) -> None:
        group = next((one for one in self._service.snapshot.ring_groups if one.number == number), None)
        if group is not None and number not in self._busy:
            self._busy.add(number)
            self._context.run(self._set(number, logged_in=not group.login.logged_in))

    async def _set(self, number: str, *, logged_in: bool) -> None:
        try:
            await self._service.set_logged_in(number, logged_in=logged_in)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))
        else:
            self._banners.say_problem("")
        finally:
            self._busy.discard(number)

    # ------------------------------------------------------------ what is shown

    def _add(self, number: str) -> ElidedButton:
        button = ElidedButton(self._area)
        self._set_up(button)
        button.setObjectName(f"group_{number}")
        button.setProperty("role", "switch")
        button.clicked.connect(lambda: self._toggle(number))
        self._buttons[number] = button
        return button

    def _set_up(self, button: ElidedButton) -> None:
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))

    def _show_group(
        self, button: ElidedButton, group: RingGroupMembership, snapshot: RingGroupsSnapshot
    ) -> None:
        logged_in = group.login.logged_in
        button.setIcon(self._icon_of(logged_in=logged_in))
        text = self.tr("{group}: logged in") if logged_in else self.tr("{group}: logged out")
        text = text.format(group=group.name)
        short = group.name if logged_in else text
        if waiting := self._waiting_text(group.waiting):
            # In words it would not fit; the tooltip and the screen reader have them.
            short = f"{group.name}: {len(group.waiting)} ({_longest(group.waiting)})"
            text = f"{text}, {waiting}"
        # Where there is little room, that one is logged out must not be what is cut off.
        button.set_whole(short, self._hint(group, snapshot))
        button.setAccessibleName(text)
        button.setEnabled(snapshot.live)

    def _show_list(self, snapshot: RingGroupsSnapshot) -> None:
        groups = snapshot.ring_groups
        inside = sum(group.login.logged_in for group in groups)
        text = self.tr("Groups: logged in to {count} of {all}").format(count=inside, all=len(groups))
        if waiting := self._waiting_text([one for group in groups for one in group.waiting]):
            text = f"{text}, {waiting}"
        hint = self.tr("Choose a group to log in to it, or out of it (Ctrl+G).")
        self.button.set_whole(text, self._with_as_of(hint, snapshot))
        self.button.setIcon(self._icon_of(logged_in=inside == len(groups)))
        self.button.setEnabled(snapshot.live)
        self.menu.clear()
        for group in groups:
            action = self.menu.addAction(group.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(group.login.logged_in)
            action.setToolTip(plain(self._hint(group, snapshot)))
            action.triggered.connect(lambda _=False, number=group.number: self._toggle(number))

    def _waiting_text(self, since: Sequence[datetime]) -> str:
        """How many wait, and how long the first of them does; empty for nobody."""
        if not since:
            return ""
        text = self.tr("{count} waiting, longest {time}")
        return text.format(count=len(since), time=_longest(since))

    def _icon_of(self, *, logged_in: bool) -> QIcon:
        colours = self._context.theme.colours
        if logged_in:
            return icon(Icon.LOGGED_IN, colours.text)
        return icon(Icon.LOGGED_OUT, colours.status_yellow)

    def _hint(self, group: RingGroupMembership, snapshot: RingGroupsSnapshot) -> str:
        if group.login.logged_in:
            said = self.tr("Calls to {group} ({number}) ring at yours. Press to log out.")
        else:
            said = self.tr("Calls to {group} ({number}) do not ring at yours. Press to log in.")
        code = LOG_OUT_CODE if group.login.logged_in else LOG_IN_CODE
        phone = self.tr("At a desk phone: {code}").format(code=f"{code}{group.number}")
        hint = said.format(group=group.name, number=group.number)
        lines = [self._waiting_text(group.waiting), hint, phone]
        return self._with_as_of("\n".join(filter(None, lines)), snapshot)

    def _with_as_of(self, hint: str, snapshot: RingGroupsSnapshot) -> str:
        if snapshot.as_of is None:
            return hint
        as_of = self.tr("as of {time}").format(time=clock(snapshot.as_of))
        return f"{hint}\n{as_of}"


def _longest(since: Sequence[datetime]) -> str:
    return duration((datetime.now(UTC) - min(since)).total_seconds())
