"""The conference window: one's room, on the left who is there, on the right who is invited (requirement 002)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from wwphone.config.options import CONFERENCE_GEOMETRY
from wwphone.gui import geometry
from wwphone.gui.conference_bar import ConferenceBar
from wwphone.gui.conference_deeds import ConferenceDeeds
from wwphone.gui.conference_inviting import ConferenceInviting
from wwphone.gui.conference_people import InvitedPane, ParticipantsPane
from wwphone.gui.conference_plan_words import no_room_text
from wwphone.gui.conference_rows import plan_on
from wwphone.gui.conference_words import Deed
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference import Ui_Conference
from wwphone.gui.icons import Icon, icon, put_icon
from wwphone.gui.shortcuts import add_shortcut
from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.enter_dialog import EnterDialog
from wwphone.gui.widgets.kept_focus import KeptFocus
from wwphone.gui.widgets.passing_notice import PassingNotice
from wwphone.gui.words import clock
from wwphone.services.conference import ConferenceNews

logger = logging.getLogger(__name__)

_LOOK_MS = 1000
"""How often the time of planned conferences is looked at."""
_AT_MOST_EACH_S = 0.1
"""The lists follow at once, but not more often than this: many may talk at the same time."""

_MAY_REPEAT = frozenset({"Ctrl+I", "Ctrl+1", "Ctrl+2"})
"""Keys that lead to a place: held, they stay there. All others act, and do so once."""


class ConferenceWindow(EnterDialog):
    """Closing it closes nothing but itself: conference and invitations go on, and opened again it shows them."""

    plan_wanted = Signal()
    """The person wants to plan a conference, or see what is planned."""
    withdrawn = Signal()
    """It, or what is planned, had to close: the person may hold conferences no more."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._context = context
        self._service = context.services.conference
        self._followed_s = 0.0
        form = self._form = Ui_Conference()
        form.setupUi(self)
        self.deeds = ConferenceDeeds(context, self)
        self._line, self._problem = Banner(context.theme), Banner(context.theme, error=True, closable=True)
        self._question = Banner(context.theme, closable=True)
        self._notice = PassingNotice(form.note_line, keeps_place=True)
        for banner in (self._line, self._problem, self._question):
            form.banners.addWidget(banner)
        self.bar = ConferenceBar(form, context, self.deeds, self)
        self.inviting = ConferenceInviting(form, context, self.deeds, self)
        self.there = ParticipantsPane(form, context, self.deeds)
        self.invited = InvitedPane(form, context, self.deeds)
        self._nobody_there = EmptyState(Icon.CONFERENCE, context.theme)
        self._nobody_invited = EmptyState(Icon.OUTGOING, context.theme)
        form.there_empty.addWidget(self._nobody_there)
        form.called_empty.addWidget(self._nobody_invited)
        for title in (form.there_title, form.called_title):
            title.setMinimumHeight(tokens.CONTROL_HEIGHT)  # so that both lists begin at one height
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.follow)
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._on_clock)
        self._plan_id = ""
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the field calls people, and presses nothing else
        self._connect()
        self._add_shortcuts()
        self._order_tabs()
        self._keep_focus()
        self._on_room_chosen("")
        self._retranslate()
        geometry.restore(self, context.settings, CONFERENCE_GEOMETRY)

    def open_at(self, room: str = "") -> None:
        """Come to the front; with a room: show that one."""
        if not self._service.can_open:
            return
        if room and self._service.room(room) is not None:
            self.bar.choose(room)
        self.follow()
        if not self.isVisible():
            self.inviting.focus()
        self.show()
        self.raise_()
        self.activateWindow()

    def follow(self) -> None:
        """Show everything as it is now."""
        self._soon.stop()
        self._followed_s = time.monotonic()
        self.bar.follow()
        there = self._service.participants(self.bar.room)  # once for all: eighty names are no trifle
        self.there.follow(there)
        self.invited.follow(there)
        self.inviting.follow()
        self._show_state()

    # ------------------------------------------------------------ Qt's side

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Times run only while somebody looks."""
        super().showEvent(event)
        self._clock.start()
        self.there.tick(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """See showEvent; its place is remembered."""
        super().hideEvent(event)
        self._clock.stop()
        self._soon.stop()
        self.there.tick(on=False)
        self._question.say("")
        try:
            geometry.remember(self, self._context.settings, CONFERENCE_GEOMETRY)
        except OSError as error:
            logger.warning("the conference window's place is not remembered: %s", error)

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        form.close_button.clicked.connect(self.reject)
        form.plan_button.clicked.connect(lambda _=False: self._plan())
        form.mute_all_button.clicked.connect(lambda _=False: self._mute_all())
        form.end_button.clicked.connect(lambda _=False: self._ask_to_end())
        form.call_accepted_button.clicked.connect(lambda _=False: self.invited.call(self.invited.accepted))
        form.call_dropped_button.clicked.connect(lambda _=False: self.invited.call(self.invited.dropped))
        self._problem.close_button.clicked.connect(lambda _=False: self._problem.say(""))
        self._question.close_button.clicked.connect(lambda _=False: self._question.say(""))
        self.deeds.problem_told.connect(self._problem.say)
        self.deeds.noticed.connect(self._notice.say)
        self.bar.room_chosen.connect(self._on_room_chosen)
        self._service.changed.subscribe(self._on_changed)
        self._service.withdrawn.subscribe(self._on_withdrawn)
        for listeners in (services.account.changed, services.conference_plans.changed):
            listeners.subscribe(lambda _: self._follow_soon())
        services.calls.changed.subscribe(lambda _: self._follow_soon())
        services.calls.removed.subscribe(lambda _: self._follow_soon())
        services.recording.changed.subscribe(lambda _: self._follow_soon())
        self._context.theme.changed.connect(self._draw)

    def _add_shortcuts(self) -> None:
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("F5", self.bar.dial_in),
            ("F6", self.bar.leave),
            ("F8", self.bar.mute_oneself),
            ("Ctrl+L", self.bar.press_lock),
            ("Ctrl+R", self.bar.press_record),
            ("Ctrl+I", self.inviting.focus),
            ("Ctrl+1", self.there.focus),
            ("Ctrl+2", self.invited.focus),
            ("Ctrl+N", self._plan),
            ("Ctrl+P", self.bar.change_pin),
            ("Ctrl+Shift+M", self._form.mute_all_button.click),
            ("Ctrl+Shift+E", self._form.end_button.click),
        )
        for keys, act in acts:
            add_shortcut(keys, self, act, repeats=keys in _MAY_REPEAT)
        for view in (self.there.list, self.invited.list):
            add_shortcut("L", view, self.bar.press_lock, Qt.ShortcutContext.WidgetShortcut)

    def _order_tabs(self) -> None:
        """From above to below, the left half first."""
        form = self._form
        for pane in (self.there, self.invited):
            pane.show_deeds()  # makes the buttons
        chain: tuple[QWidget, ...] = (
            *(form.room, form.dial_button, form.hang_up_button, form.lock_button, form.record_button),
            *(form.plan_button, form.extend_button, form.room_link_button, form.pin_button),
            *(form.end_button, form.participants, *self.there.buttons, form.mute_all_button),
            *(form.invite, form.invite_button, form.invited, *self.invited.buttons),
            *(form.call_accepted_button, form.call_dropped_button, form.close_button),
        )
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _keep_focus(self) -> None:
        """Who has just dialled in wants to call people in; nobody wants to press the next button by the same key."""
        form, kept = self._form, KeptFocus(self)
        kept.watch((form.invite, form.lock_button, form.record_button, form.extend_button, form.pin_button))
        kept.watch((form.dial_button,), (form.invite, form.hang_up_button))
        kept.watch((form.hang_up_button,), (form.dial_button,))
        kept.watch((form.mute_all_button, form.end_button), (form.invite, form.dial_button))
        kept.watch(
            (form.call_accepted_button, form.call_dropped_button, self._question.button), (form.invite,)
        )

    def _plan(self) -> None:
        """The key says why it does nothing: the button that cannot be pressed says so to the mouse only."""
        hindrance = self._plan_hindrance()
        if hindrance:
            self._problem.say(hindrance)
        else:
            self.plan_wanted.emit()

    def _plan_hindrance(self) -> str:
        """Why there is nothing to plan and nothing planned to be seen; empty: there is."""
        plans = self._context.services.conference_plans
        return "" if plans.rooms or plans.planned or plans.feed else no_room_text()

    def _mute_all(self) -> None:
        if self._service.may_control(self.bar.room):
            muted = not self._all_muted()
            self.deeds.ask(Deed.STEER, self._service.mute_all(self.bar.room, muted=muted))

    def _all_muted(self) -> bool:
        """Whether everybody but the chairs is muted: then the button undoes it."""
        others = [row.participant for row in self.there.model.rows if not row.participant.chair]
        return bool(others) and all(one.muted for one in others)

    def _ask_to_end(self) -> None:
        text = self.tr("End the conference for everybody? All are hung up, and whoever is being called, too.")
        self._question.say(text, self.tr("End for all"), self._end)
        self._question.button.setFocus()

    def _end(self) -> None:
        self._question.say("")
        self.deeds.ask(Deed.STEER, self._service.end(self.bar.room))

    # ------------------------------------------------------------ following

    def _on_room_chosen(self, room: str) -> None:
        for part in (self.there, self.invited, self.inviting):
            part.room = room
        self.there.model.clear()
        self.invited.model.clear()
        self._question.say("")
        self._problem.say("")
        self._notice.say("")
        self._follow_soon()

    def _on_changed(self, news: ConferenceNews) -> None:
        if news.everything and not self._context.services.conference_plans.user:
            self.hide()  # with the session
        elif news.everything or self.bar.room in news.rooms:
            self._follow_soon()

    def _follow_soon(self) -> None:
        """In this turn of the loop, or a moment later where it has just been done."""
        if self.isVisible() and not self._soon.isActive():
            rest_s = max(0.0, self._followed_s + _AT_MOST_EACH_S - time.monotonic())
            self._soon.start(round(rest_s * 1000))

    def _on_clock(self) -> None:
        """Planned conferences begin and end by themselves."""
        plan = plan_on(self._context, self.bar.room)
        plan_id = plan.conference_id if plan is not None else ""
        if plan_id != self._plan_id:
            self._plan_id = plan_id
            self.follow()

    def _on_withdrawn(self, _: None) -> None:
        if self.isVisible() or any(dialog.isVisible() for dialog in self.findChildren(QDialog)):
            self.hide()
            self.withdrawn.emit()

    # ------------------------------------------------------------ what is shown

    def _show_state(self) -> None:
        form, room = self._form, self.bar.room
        steer, found = self._service.may_control(room), self._service.room(room)
        running = room in self._service.running
        many, invited = self.there.model.rowCount(), self.invited.model.rowCount()
        form.there_title.setText(self._counted(self.tr("In the conference"), many))
        form.called_title.setText(self._counted(self.tr("Invited"), invited))
        controlled = found is not None and found.may_control
        for button, shown in ((form.mute_all_button, many > 0), (form.end_button, running)):
            button.setVisible(controlled and shown)  # its key does nothing then, either
            button.setEnabled(shown and steer and not self._service.is_asked(room))
        muted = self._all_muted()
        form.mute_all_button.setText(self.tr("Unmute all") if muted else self.tr("Mute all"))
        icon_of_all = Icon.MICROPHONE if muted else Icon.MUTE
        put_icon(form.mute_all_button, icon_of_all, self._context.theme.colours.text)
        if not running:
            self._question.say("")
        form.participants.setVisible(many > 0)
        form.there_tools.setVisible(many > 0)
        self._nobody_there.setVisible(many == 0)
        form.invited.setVisible(invited > 0)
        form.called_tools.setVisible(invited > 0)
        self._nobody_invited.setVisible(invited == 0)
        form.invite.setVisible(controlled)
        form.invite_button.setVisible(controlled)
        self._show_bulk(steer=steer)
        self._show_plan()
        self._say_line()
        self._say_empty(controlled=controlled)

    def _show_bulk(self, *, steer: bool) -> None:
        """Whom one may want to call, all of them at once."""
        form, accepted, dropped = self._form, self.invited.accepted, self.invited.dropped
        form.call_accepted_button.setText(self.tr("Call who accepted (%n)", "", len(accepted)))
        form.call_accepted_button.setToolTip(plain(", ".join(row.name for row in accepted)))
        form.call_dropped_button.setText(self.tr("Call again (%n)", "", len(dropped)))
        form.call_dropped_button.setToolTip(plain(", ".join(row.name for row in dropped)))
        form.call_accepted_button.setVisible(bool(accepted))
        form.call_dropped_button.setVisible(bool(dropped))
        for button in (form.call_accepted_button, form.call_dropped_button):
            button.setEnabled(steer and not self._service.is_asked(self.bar.room))

    def _show_plan(self) -> None:
        button, hindrance = self._form.plan_button, self._plan_hindrance()
        button.setEnabled(not hindrance)
        button.setToolTip(hindrance or self.tr("Plan a conference, and see what is planned (Ctrl+N)"))
        button.setAccessibleDescription(button.toolTip())

    def _say_line(self) -> None:
        account = self._context.services.account.snapshot
        if self._service.live:
            self._line.say("")
        elif account.live:
            self._line.say(self.tr("The server does not reach the PBX: who is there may be old."))
        else:
            text = self.tr("No line to the server: all is as of {time}. The conference goes on.")
            self._line.say(text.replace("{time}", clock(account.link.since)))

    def _say_empty(self, *, controlled: bool) -> None:
        room = self._service.room(self.bar.room)
        if not self.there.model.rowCount():
            text = self.tr("Nobody is there yet. Dial in, or call people in: that is all it takes.")
            guest = self.tr("Nobody is there yet. The conference begins as soon as you dial in.")
            self._nobody_there.say(text if controlled else guest)
        if room is None:
            self._nobody_there.say(self.tr("Who is in a conference appears here."))
        if not self.invited.model.rowCount():
            self._nobody_invited.say(
                self.tr("Whom you call in, and whom you invite by e-mail, appears here with the answer.")
                if controlled or room is None
                else self.tr("Only whose room it is, administrators and chairs can invite here.")
            )

    @staticmethod
    def _counted(text: str, count: int) -> str:
        return f"{text} ({count})" if count else text

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self.setWindowIcon(icon(Icon.CONFERENCE, colours.accent))
        for button, which, colour in (
            (self._form.end_button, Icon.HANG_UP, colours.status_red),
            (self._form.invite_button, Icon.CALL, colours.text),
        ):
            put_icon(button, which, colour)
            button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        self._form.mute_all_button.setIconSize(self._form.end_button.iconSize())
        for view in (self.there.list, self.invited.list):
            view.viewport().update()
        self.bar.draw()
        self._show_state()

    def _retranslate(self) -> None:
        form = self._form
        form.mute_all_button.setToolTip(self.tr("Everybody but the chairs (Ctrl+Shift+M)"))
        form.end_button.setToolTip(self.tr("Hang up all (Ctrl+Shift+E)"))
        form.close_button.setToolTip(self.tr("The conference goes on (Esc)"))
        form.participants.setToolTip("")
        for button in (self._problem.close_button, self._question.close_button):
            button.setToolTip(self.tr("Close"))
            button.setAccessibleName(self.tr("Close"))
        self.inviting.retranslate()
        self.bar.retranslate()
        for pane in (self.there, self.invited):
            pane.model.refresh()
            pane.show_deeds()
        self._draw()
