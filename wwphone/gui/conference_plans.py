"""One's planned conferences in a window: who answered what, changed, cancelled, extended; and the feed for one's calendar."""

from __future__ import annotations

from collections.abc import Coroutine

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidgetItem, QMenu, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.conference_plans import InvitationMail, Invitee, PlannedConference
from wwphone.gui.conference_invitees import ConferenceInvitees
from wwphone.gui.conference_plan import ConferencePlanDialog
from wwphone.gui.conference_plan_words import (
    answers_text,
    invitee_name,
    no_room_text,
    state_text,
    when_text,
)
from wwphone.gui.conference_words import EXTENSION_MIN, Deed, conference_refusal
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference_plans import Ui_ConferencePlans
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.enter_dialog import EnterDialog
from wwphone.gui.widgets.kept_focus import KeptFocus
from wwphone.gui.widgets.passing_notice import PassingNotice
from wwphone.services.conference_plans import goes_on, is_past

_ID = Qt.ItemDataRole.UserRole
_LOOK_MS = 1000
"""How often is looked at which conferences go on: they begin and end by themselves."""


class ConferencePlansDialog(EnterDialog):
    """Follows the server: mails and answers show while one looks at them."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._plans = context.services.conference_plans
        self._is_busy = self._is_closed = False
        self._user = self._plans.user
        self._asked_id = ""
        """Which one the question about cancelling is about."""
        self._told_of: dict[str, tuple[PlannedConference, bool]] = {}
        """What the lists show: of hundreds only what has changed is put into words anew."""
        self._on_their_way = ""
        """The conference of which is said that its invitations are on their way."""
        self._going_on: frozenset[str] = frozenset()
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self.editor: ConferencePlanDialog | None = None
        """The conference that is being planned or changed."""
        form = self._form = Ui_ConferencePlans()
        form.setupUi(self)
        self._told = PassingNotice(form.told)
        self.empty = EmptyState(Icon.CALENDAR, context.theme)
        form.empty_column.addWidget(self.empty)
        self._feed_menu = QMenu(self)
        self._new_feed = self._feed_menu.addAction("")
        self._end_feed = self._feed_menu.addAction("")
        form.feed_button.setMenu(self._feed_menu)
        self._invitees = ConferenceInvitees(form.invitees, context)
        form.ask.hide()
        kept = KeptFocus(self)
        kept.watch((form.feed_button, form.change, form.cancel_conference, form.extend, form.send_again))
        kept.watch((form.ask_yes, form.ask_no), (form.conferences,))
        self._connect()
        self._say()
        self._retranslate()
        self._fill()

    def begin(self) -> None:
        """Come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._form.conferences.setFocus()

    def plan(self, conference: PlannedConference | None = None) -> None:
        """Plan a conference, or change one; what is being planned comes to the front."""
        if self.editor is None:
            self.editor = ConferencePlanDialog(self._context, conference, self)
            self.editor.sent.connect(self._on_sent)
            self.editor.finished.connect(lambda _: self._forget_editor())
        self.editor.begin()

    def close_down(self) -> None:
        """Follow nothing any more; answers that come later find nobody."""
        self._is_closed = True
        self._clock.stop()
        self._unsubscribe()
        if self.editor is not None:
            self.editor.close_down()

    def reject(self) -> None:
        """What is being planned is given up first, and asks if something was typed."""
        if self.editor is not None:
            self.editor.begin()
            self.editor.reject()
        if self.editor is None:
            super().reject()

    def give_up(self) -> None:
        """Close without asking, whatever is being planned."""
        super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()
            self._fill_anew()

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form = self._form
        form.plan_button.clicked.connect(lambda _=False: self.plan())
        form.close_button.clicked.connect(self.reject)
        form.conferences.currentItemChanged.connect(lambda *_: self._on_conference_chosen())
        form.conferences.itemActivated.connect(lambda _: self._change())
        form.invitees.itemSelectionChanged.connect(self._show_state)
        form.copy_link.clicked.connect(lambda _=False: self._copy_link())
        form.send_again.clicked.connect(lambda _=False: self._send_again())
        form.extend.clicked.connect(lambda _=False: self._extend())
        form.change.clicked.connect(lambda _=False: self._change())
        form.cancel_conference.clicked.connect(lambda _=False: self._ask_to_cancel())
        form.ask_no.clicked.connect(lambda _=False: self._stop_asking())
        form.ask_yes.clicked.connect(lambda _=False: self._cancel())
        self._new_feed.triggered.connect(lambda _=False: self._ask(self._renew_feed(), Deed.FEED))
        self._end_feed.triggered.connect(lambda _=False: self._ask(self._give_up_feed(), Deed.FEED))
        self._context.theme.changed.connect(self._fill_anew)
        self._clock.timeout.connect(self._on_clock)
        self._clock.start()
        self._unsubscribe = self._plans.changed.subscribe(lambda _: self._on_changed())

    def _retranslate(self) -> None:
        self._invitees.retranslate()
        self._new_feed.setText(self.tr("Copy a new secret address"))
        self._end_feed.setText(self.tr("No feed any more"))
        text = self.tr("Conferences that you plan will be here, with what everybody answered.")
        self.empty.say(text)

    def _chosen(self) -> PlannedConference | None:
        return self._plans.conference(self._chosen_id())

    def _chosen_id(self) -> str:
        conferences = self._form.conferences
        return conferences.currentItem().data(_ID) if conferences.currentRow() >= 0 else ""

    def _chosen_invitees(self) -> tuple[Invitee, ...]:
        conference, addresses = self._chosen(), self._invitees.chosen
        return tuple(one for one in conference.invitees if one.address in addresses) if conference else ()

    # ------------------------------------------------------------ what is shown

    def _on_changed(self) -> None:
        if self._plans.is_for(self._user):
            self._fill()
        else:
            self.give_up()

    def _on_clock(self) -> None:
        if self._going_on != self._which_go_on():
            self._fill()

    def _which_go_on(self) -> frozenset[str]:
        return frozenset(one.conference_id for one in self._plans.planned if goes_on(one))

    def _told_now(self, one: PlannedConference) -> tuple[PlannedConference, bool]:
        return one, one.conference_id in self._going_on

    def _fill_anew(self) -> None:
        """Also what has not changed looks different now."""
        self._invitees.show_anew()
        self._told_of = {}
        self._fill()

    def _fill(self) -> None:
        """Show what is planned; the chosen one stays chosen, and what one looks at where it is."""
        conferences, planned = self._form.conferences, self._plans.planned
        chosen, place = self._chosen_id(), conferences.verticalScrollBar().value()
        shown = [conferences.item(row).data(_ID) for row in range(conferences.count())]
        conferences.blockSignals(True)
        if shown != [one.conference_id for one in planned]:
            conferences.clear()
            for one in planned:
                item = QListWidgetItem()
                item.setData(_ID, one.conference_id)
                conferences.addItem(item)
                if one.conference_id == chosen:
                    conferences.setCurrentItem(item)
        self._going_on = self._which_go_on()
        known, self._told_of = self._told_of, {one.conference_id: self._told_now(one) for one in planned}
        for row, one in enumerate(planned):
            item = conferences.item(row)
            if not item.text() or known.get(one.conference_id) != self._told_of[one.conference_id]:
                item.setText(_lines(one))
        if conferences.currentRow() < 0:
            conferences.setCurrentRow(0)
        conferences.verticalScrollBar().setValue(place)
        conferences.blockSignals(False)
        if self._chosen_id() != chosen:
            self._stop_asking()  # it was asked about another one
        self._follow_mails()
        self._show_conference()

    def _on_conference_chosen(self) -> None:
        self._stop_asking()
        self._say()
        self._show_conference()

    def _show_conference(self) -> None:
        conference, form = self._chosen(), self._form
        if conference is not None:
            form.conference_title.set_whole(conference.plan.title)
            form.conference_when.setText(when_text(conference, whole=True))
            dial = self.tr("Room {room}, to be dialled: {number}")
            form.conference_dial.setText(
                dial.format(room=conference.plan.room, number=written(conference.number))
            )
            self._invitees.show(conference)
        self._show_state()

    def _show_state(self) -> None:
        form, conference = self._form, self._chosen()
        form.work.setVisible(conference is not None)
        form.empty_place.setVisible(conference is None)
        may = self._plans.live and not self._is_busy
        coming = conference is not None and not is_past(conference)
        invitees = self._chosen_invitees()
        form.plan_button.setEnabled(bool(self._plans.rooms))
        form.plan_button.setToolTip("" if self._plans.rooms else no_room_text())
        form.plan_button.setAccessibleDescription(form.plan_button.toolTip())
        form.feed_button.setEnabled(may)
        self._end_feed.setEnabled(self._plans.feed)
        form.change.setEnabled(may and coming)
        form.cancel_conference.setEnabled(may and coming)
        form.extend.setVisible(conference is not None and goes_on(conference))
        form.extend.setEnabled(may)
        form.copy_link.setEnabled(len(invitees) == 1 and bool(invitees[0].link))
        form.send_again.setEnabled(may and coming and bool(invitees) and self._plans.mail_possible)
        words = invitees[0].mail_words if len(invitees) == 1 else ""
        failed = (
            [one for one in conference.invitees if one.mail is InvitationMail.FAILED] if conference else []
        )
        if not words and failed and not invitees:
            words = self.tr("Choose somebody whose mail failed to read why.")
        form.invitee_words.setText(words)
        form.invitee_words.setVisible(bool(words))

    def _say(self, told: str = "", problem: str = "") -> None:
        if self._is_closed:
            return  # the answer came after the window had gone
        self._on_their_way = ""
        self._told.say(told)
        self._form.problem.setText(problem)
        self._form.problem.setVisible(bool(problem))

    def _say_on_their_way(self, conference_id: str) -> None:
        """As long as that is so: mails may wait for a mail server."""
        self._say()
        self._on_their_way = conference_id
        self._told.say(self.tr("The invitations are on their way."), stays=True)
        self._follow_mails()

    def _follow_mails(self) -> None:
        if self._on_their_way:
            conference = self._plans.conference(self._on_their_way)
            invitees = conference.invitees if conference is not None else ()
            if all(one.mail is not InvitationMail.QUEUED for one in invitees):
                self._say()

    # ------------------------------------------------------------ acting

    def _change(self) -> None:
        conference = self._chosen()
        if conference is not None and not is_past(conference):
            self.plan(conference)

    def _on_sent(self, conference: PlannedConference) -> None:
        self._fill()
        for row in range(self._form.conferences.count()):
            if self._form.conferences.item(row).data(_ID) == conference.conference_id:
                self._form.conferences.setCurrentRow(row)
        self._form.conferences.setFocus()  # where Enter changes it; not at Close, where it closes all this
        self._say_on_their_way(conference.conference_id)

    def _forget_editor(self) -> None:
        if self.editor is not None:
            self.editor.close_down()
            self.editor.deleteLater()
            self.editor = None

    def _copy_link(self) -> None:
        invitees = self._chosen_invitees()
        if len(invitees) == 1:
            QGuiApplication.clipboard().setText(invitees[0].link)
            self._say(self.tr("{name}’s dial-in is copied.").format(name=invitee_name(invitees[0])))

    def _send_again(self) -> None:
        conference, invitees = self._chosen(), self._chosen_invitees()
        if conference and invitees:
            addresses = tuple(one.address for one in invitees)
            sent = self.tr("The invitation is sent once more.")
            self._ask(
                self._done(self._plans.send_again(conference.conference_id, addresses), sent), Deed.MAIL
            )

    def _extend(self) -> None:
        conference = self._chosen()
        if conference:
            told = self.tr("The conference can go on for {minutes} minutes more.")
            extended = self._plans.extend(conference.conference_id, EXTENSION_MIN)
            self._ask(self._done(extended, told.format(minutes=EXTENSION_MIN)), Deed.EXTEND)

    def _ask_to_cancel(self) -> None:
        conference = self._chosen()
        if conference:
            text = self.tr("Cancel “{title}”? All {count} invited people get a cancellation.")
            self._form.ask_text.setText(
                text.format(title=conference.plan.title, count=len(conference.invitees))
            )
            self._asked_id = conference.conference_id
            self._form.ask.show()
            self._form.ask_no.setFocus()

    def _stop_asking(self) -> None:
        self._form.ask.hide()

    def _cancel(self) -> None:
        cancelled = self._plans.cancel(self._asked_id)
        self._stop_asking()
        self._ask(self._done(cancelled, self.tr("The conference is cancelled.")), Deed.CANCEL)

    async def _renew_feed(self) -> None:
        address = await self._plans.renew_feed()
        QGuiApplication.clipboard().setText(address)
        self._say(
            self.tr(
                "The secret address is copied; a former one is worth nothing any more. Put it into your calendar program."
            )
        )

    async def _give_up_feed(self) -> None:
        await self._plans.end_feed()
        self._say(self.tr("There is no calendar feed any more."))

    async def _done(self, act: Coroutine[None, None, None], text: str) -> None:
        await act
        self._say(text)

    def _ask(self, act: Coroutine[None, None, None], deed: Deed) -> None:
        if self._is_busy:
            act.close()
            return
        self._is_busy = True
        self._say()
        self._show_state()
        self._context.run(self._wait_for(act, deed))

    async def _wait_for(self, act: Coroutine[None, None, None], deed: Deed) -> None:
        try:
            await act
        except CommandRefusedError as error:
            self._say(problem=conference_refusal(deed, error.error))
        finally:
            self._is_busy = False
            if not self._is_closed:
                self._show_state()


def _lines(conference: PlannedConference) -> str:
    """A conference in the list: its title, where it stands and when it is, and how many answered what."""
    state, when = state_text(conference), when_text(conference)
    return "\n".join((conference.plan.title, f"{state}: {when}" if state else when, answers_text(conference)))
