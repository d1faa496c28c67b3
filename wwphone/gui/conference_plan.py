"""Planning a conference, or changing one: what is sent, to whom, and how it will arrive (requirement 002, "Konferenz planen")."""

from __future__ import annotations

from collections.abc import Coroutine

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QLineEdit, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.conference_plans import (
    WARNINGS,
    ConferencePlan,
    InvitationPreview,
    PlannedConference,
    PlanRemark,
    Repeat,
)
from wwphone.gui.conference_plan_addresses import PlanAddresses
from wwphone.gui.conference_plan_marks import PlanMarks
from wwphone.gui.conference_plan_time import PlanTime
from wwphone.gui.conference_plan_words import remark_text, repeat_word
from wwphone.gui.conference_words import Deed, conference_refusal
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference_plan import Ui_ConferencePlan
from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.enter_dialog import EnterDialog
from wwphone.gui.widgets.kept_focus import KeptFocus

_LANGUAGES = (("de", "Deutsch"), ("en", "English"))
_EDITING, _PREVIEW = range(2)
_MOST_REMARKS = 6
"""That are shown: five hundred bad addresses must not fill the screen."""


class ConferencePlanDialog(EnterDialog):
    """Keeps what was typed until it is sent or given up, whatever line and server do meanwhile."""

    sent = Signal(object)
    """With the `PlannedConference`."""

    def __init__(self, context: Context, former: PlannedConference | None, parent: QWidget) -> None:
        """`former`: the one to change; None: a new one, which begins as the last one was."""
        super().__init__(parent)
        self._context = context
        self._former = former
        self._user = context.services.conference_plans.user
        self._is_busy = self._is_closed = self._is_asking = False
        self._rooms: tuple[ConferenceRoom, ...] | None = None
        self._warned: tuple[PlanRemark, ...] = ()
        """Warnings that were shown: pressed again, it is sent all the same."""
        form = self._form = Ui_ConferencePlan()
        form.setupUi(self)
        form.repeat.addItems(["" for _ in Repeat])
        for code, name in _LANGUAGES:
            form.language.addItem(name, code)
        self._time = PlanTime(form)
        self._marks = PlanMarks(form)
        self._addresses = PlanAddresses(form, context, self)
        self._connect()
        self._fill_rooms()
        if former:
            self._put(former.plan)
        else:
            self._put_remembered()
        self._begun = self.plan
        self._draw()
        self._retranslate()

    @property
    def conference_id(self) -> str:
        """Which one is changed; empty for a new one."""
        return self._former.conference_id if self._former else ""

    @property
    def plan(self) -> ConferencePlan:
        """What is typed."""
        form = self._form
        repeat = list(Repeat)[max(0, form.repeat.currentIndex())]
        return ConferencePlan(
            room=form.room.currentData() or "",
            starts_at=self._time.starts_at,
            zone=self._time.zone,
            duration_min=form.duration.value(),
            title=" ".join(form.plan_title.text().split()),
            description=form.description.toPlainText().strip(),
            place=" ".join(form.place.text().split()),
            lead_min=form.lead.value(),
            repeat=repeat,
            times=1 if repeat is Repeat.NONE else form.times.value(),
            reply_to=form.reply_to.text().strip(),
            addresses=self._addresses.all,
            language=form.language.currentData(),
        )

    def begin(self) -> None:
        """Come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._form.plan_title.setFocus()
        if self._former is None:
            self._form.plan_title.selectAll()  # the former one's: the next letter begins another

    def close_down(self) -> None:
        """Follow nothing any more; answers that come later find nobody."""
        self._is_closed = True
        self._unsubscribe()

    def reject(self) -> None:
        """Ask once before what was typed is given up."""
        if self._is_busy:
            return  # what the server refuses has to be somewhere
        if self._form.pages.currentIndex() == _PREVIEW:
            self._show_page(_EDITING)
        elif self.plan != self._begun and not self._is_asking:
            self._is_asking = True
            self._say(self.tr("Nothing was sent yet. Press once more to give up what you typed."))
            self._show_state()
        else:
            super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form = self._form
        form.cancel.clicked.connect(lambda _=False: self.reject())
        form.preview_button.clicked.connect(lambda _=False: self._on_preview_clicked())
        form.send.clicked.connect(lambda _=False: self._ask_server(self._send()))
        form.repeat.currentIndexChanged.connect(lambda _: self._on_edited())
        for edited in (
            form.plan_title.textEdited,
            form.description.textChanged,
            form.addresses.textChanged,
            form.add_address.textEdited,
            form.place.textEdited,
            form.reply_to.textEdited,
            form.zone.editTextChanged,
            form.room.activated,
            form.day.dateChanged,
            form.time.timeChanged,
            form.duration.valueChanged,
            form.lead.valueChanged,
            form.times.valueChanged,
        ):
            edited.connect(lambda *_: self._on_edited())
        for box in (form.time, form.duration, form.lead, form.times):
            for line in box.findChildren(QLineEdit):
                line.setTextMargins(tokens.SPACE_S - 2, 0, 0, 0)  # a style sheet's padding does not get there
        form.description.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._addresses.problem_told.connect(self._say)
        KeptFocus(self).watch((form.send, form.preview_button, form.cancel))
        self._unsubscribe = self._context.services.conference_plans.changed.subscribe(
            lambda _: self._on_changed()
        )
        self._context.theme.changed.connect(self._draw)

    def _draw(self) -> None:
        self._form.banner_symbol.show_icon(Icon.WARNING, self._context.theme.colours.on_caution_ground)

    def _retranslate(self) -> None:
        title = self.tr("Change the conference") if self._former else self.tr("Plan a conference")
        self.setWindowTitle(title)
        form = self._form
        form.heading.setText(title)
        for index, repeat in enumerate(Repeat):
            form.repeat.setItemText(index, repeat_word(repeat))
        for box, text in ((form.duration, self.tr("{minutes} min")), (form.lead, self.tr("{minutes} min"))):
            box.setSuffix(text.replace("{minutes}", ""))
        form.times.setSuffix(self.tr("{times} times").replace("{times}", ""))
        for line in form.zone.findChildren(QLineEdit):
            line.setAccessibleName(form.zone.accessibleName())
        form.times.setAccessibleName(self.tr("How many times"))
        self._show_state()

    # ------------------------------------------------------------ fields

    def _fill_rooms(self) -> None:
        """One's own number first, as requirement 002 advises; what is chosen stays, also where it cannot be used now."""
        room = self._form.room
        chosen = room.currentData() or (self._former.plan.room if self._former else None)
        rooms = self._context.services.conference_plans.rooms
        if rooms == self._rooms:
            return
        self._rooms = rooms
        room.clear()
        for one in rooms:
            room.addItem(f"{one.number} · {one.name}" if one.name else one.number, one.number)
        if chosen and room.findData(chosen) < 0:
            room.addItem(chosen, chosen)  # nobody is moved to another room unasked
        room.setCurrentIndex(max(0, room.findData(chosen)))

    def _put(self, plan: ConferencePlan) -> None:
        form = self._form
        form.plan_title.setText(plan.title)
        form.description.setPlainText(plan.description)
        form.place.setText(plan.place)
        form.reply_to.setText(plan.reply_to)
        self._addresses.put(plan.addresses)
        form.duration.setValue(plan.duration_min)
        form.lead.setValue(plan.lead_min)
        form.repeat.setCurrentIndex(list(Repeat).index(plan.repeat))
        form.times.setValue(max(2, plan.times))
        form.language.setCurrentIndex(max(0, form.language.findData(plan.language)))
        self._time.put(plan.starts_at, plan.zone)

    def _put_remembered(self) -> None:
        form, remembered = self._form, self._context.services.conference_plans.remembered
        language = remembered.language or self._context.language.code
        form.language.setCurrentIndex(max(0, form.language.findData(language)))
        form.plan_title.setText(remembered.title or self.tr("Telephone conference"))
        form.place.setText(remembered.place or self.tr("Telephone conference"))
        form.description.setPlainText(remembered.description or self._first_description())
        form.reply_to.setText(remembered.reply_to)
        self._addresses.put(filter(None, [remembered.first_address]))
        form.duration.setValue(remembered.duration_min)
        form.lead.setValue(remembered.lead_min)
        self._time.put_next()

    def _first_description(self) -> str:
        return self.tr(
            "You are invited to a telephone conference.\n\n"
            "Please dial <number> and enter the PIN <pin>, followed by the hash key.\n"
        )

    def _on_edited(self) -> None:
        self._is_asking = False
        self._warned = ()
        self._say("")
        self._marks.put(())
        self._show_state()

    # ------------------------------------------------------------ asking the server

    def _on_preview_clicked(self) -> None:
        if self._form.pages.currentIndex() == _PREVIEW:
            self._show_page(_EDITING)
        else:
            self._ask_server(self._preview())

    def _ask_server(self, act: Coroutine[None, None, None]) -> None:
        if not self._time.is_known:
            act.close()
            self._say(self.tr("This PC does not know this time zone. Choose one of the list."))
            return
        if self._is_busy or not self._addresses.take_in():
            act.close()
            return
        self._is_busy = True
        self._is_asking = False
        self._show_state()
        self._context.run(self._wait_for(act))

    async def _wait_for(self, act: Coroutine[None, None, None]) -> None:
        deed = Deed.CHANGE if self._former else Deed.PLAN
        try:
            await act
        except CommandRefusedError as error:
            if not self._is_closed:
                self._say(conference_refusal(deed, error.error))
        finally:
            self._is_busy = False
            if not self._is_closed:
                self._show_state()

    async def _preview(self) -> None:
        plans = self._context.services.conference_plans
        preview, remarks = await plans.preview(self.plan, self.conference_id)
        if self._is_closed:
            return
        self._remark(remarks)
        if not self._keeping(remarks):
            self._warned = remarks
            self._show_preview(preview)

    async def _send(self) -> None:
        plans, plan = self._context.services.conference_plans, self.plan
        _, remarks = await plans.preview(plan, self.conference_id)
        if self._is_closed:
            return
        if self._keeping(remarks) or (remarks and remarks != self._warned):
            self._remark(remarks)
            self._warned = remarks
            return
        if self._former:
            conference = await plans.change(self._former, plan)
        else:
            conference = await plans.plan(plan)
        if not self._is_closed:
            self.accept()
            self.sent.emit(conference)

    def _keeping(self, remarks: tuple[PlanRemark, ...]) -> bool:
        return any(one.problem not in WARNINGS for one in remarks)

    def _remark(self, remarks: tuple[PlanRemark, ...]) -> None:
        texts = [remark_text(one) for one in remarks[:_MOST_REMARKS]]
        if len(remarks) > _MOST_REMARKS:
            texts.append(self.tr("and %n more", "", len(remarks) - _MOST_REMARKS))
        if remarks and not self._keeping(remarks):
            texts.append(self.tr("Send it all the same?"))
        self._say("\n".join(texts))
        self._marks.put(remarks)

    def _show_preview(self, preview: InvitationPreview) -> None:
        form = self._form
        form.subject.set_whole(preview.subject)
        form.preview_text.setPlainText(preview.text)
        form.preview_html.setHtml(preview.html)
        form.preview_calendar.setPlainText(preview.calendar.replace("\r\n", "\n"))
        self._show_page(_PREVIEW)

    # ------------------------------------------------------------ what is shown

    def _show_page(self, page: int) -> None:
        self._form.pages.setCurrentIndex(page)
        self._show_state()
        if page == _PREVIEW:
            self._form.preview_text.setFocus()
        else:
            self._form.plan_title.setFocus()

    def _on_changed(self) -> None:
        if not self._context.services.conference_plans.is_for(self._user):
            self.close_down()
            super().reject()
            return
        self._fill_rooms()
        self._show_state()

    def _show_state(self) -> None:
        form, plans = self._form, self._context.services.conference_plans
        form.times.setVisible(form.repeat.currentIndex() > 0)
        previewing = form.pages.currentIndex() == _PREVIEW
        form.preview_button.setText(self.tr("&Back") if previewing else self.tr("Pre&view"))
        form.cancel.setText(self.tr("Give up") if self._is_asking else self.tr("Cancel"))
        form.send.setText(self.tr("Send the c&hange") if self._former else self.tr("Se&nd invitation"))
        form.send.setEnabled(plans.live and plans.mail_possible and not self._is_busy)
        form.cancel.setEnabled(not self._is_busy)
        form.preview_button.setEnabled(previewing or (plans.live and not self._is_busy))
        form.progress.setText(self.tr("Asking the server …") if self._is_busy else "")
        banner = self._hindrance()
        form.banner_text.setText(banner)
        form.banner.setAccessibleName(banner)
        form.banner.setVisible(bool(banner))

    def _hindrance(self) -> str:
        plans = self._context.services.conference_plans
        if not plans.live:
            return self.tr("There is no connection to the server. What you type stays here.")
        if not plans.mail_possible:
            return self.tr("The server cannot send e-mail. Ask your administrator to set it up.")
        if self._former is None:
            return ""
        now = plans.conference(self._former.conference_id)
        if now is None or now.cancelled:
            return self.tr("This conference was cancelled meanwhile.")
        if now.sequence != self._former.sequence:
            return self.tr("This conference was changed meanwhile, for instance on another PC.")
        return ""

    def _say(self, text: str) -> None:
        self._form.remarks.setText(text)
        self._form.remarks.setVisible(bool(text))
