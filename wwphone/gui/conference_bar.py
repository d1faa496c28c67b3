"""The upper part of the conference window: which room, oneself in it, lock, recording, and how others get in."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.calls import CallSnapshot
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.numbers import NotDiallableError
from wwphone.gui.conference_deeds import ConferenceDeeds
from wwphone.gui.conference_pin import ConferencePinDialog
from wwphone.gui.conference_rows import plan_on
from wwphone.gui.conference_words import EXTENSION_MIN, Deed, room_title, room_way_in
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference import Ui_Conference
from wwphone.gui.icons import Icon, put_icon
from wwphone.gui.recording import recording_refusal
from wwphone.gui.style import tokens
from wwphone.gui.words import clock, sentence
from wwphone.services.calls import CannotDialError


class ConferenceBar(QObject):
    """Follows what it is told to follow; the room that is chosen stays chosen while it is there."""

    room_chosen = Signal(str)

    def __init__(
        self, form: Ui_Conference, context: Context, deeds: ConferenceDeeds, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self.pin_dialog: ConferencePinDialog | None = None
        """The PIN that is being changed."""
        self._form = form
        self._context = context
        self._service = context.services.conference
        self._deeds = deeds
        self.room = ""
        self._turned_s = -math.inf
        """When one dialled in or hung up by a button, by the clock that only goes forward."""
        self._shown: tuple[tuple[ConferenceRoom, ...], str] = ((), "")
        """The rooms that can be chosen, and to whom: an administrator sees thousands, and follows ten times a second."""
        form.room.activated.connect(self._on_room_activated)
        form.dial_button.clicked.connect(lambda _=False: self._on_turn_clicked(self.dial_in))
        form.hang_up_button.clicked.connect(lambda _=False: self._on_turn_clicked(self.leave))
        form.lock_button.clicked.connect(lambda _=False: self.press_lock())
        form.record_button.clicked.connect(lambda _=False: self.press_record())
        form.extend_button.clicked.connect(lambda _=False: self._extend())
        form.room_link_button.clicked.connect(lambda _=False: self._copy())
        form.pin_button.clicked.connect(lambda _=False: self.change_pin())
        self.draw()

    def choose(self, room: str) -> None:
        """Show this room from now on."""
        if room != self.room:
            self.room = room
            self.room_chosen.emit(room)

    def follow(self) -> None:
        """Show everything as it is now."""
        self._show_rooms()
        found = self._service.room(self.room)
        self._show_oneself(found)
        self._show_recording()
        running = self._service.running.get(self.room)
        steer = self._service.may_control(self.room)
        lock = self._form.lock_button
        lock.setChecked(running is not None and running.locked)
        lock.setEnabled(running is not None and steer and not self._service.is_asked(self.room))
        lock.setVisible(found is not None and found.may_control)
        lock.setText(self.tr("Locked") if lock.isChecked() else self.tr("Lock"))
        lock.setAccessibleName(lock.text())
        self._form.state_line.setText(self._state_text())
        self._form.dial_in_line.setText(self._way_in_text(found))
        self._form.dial_in_line.setVisible(found is not None and bool(found.dial_in))
        self._form.room_link_button.setVisible(found is not None and bool(found.dial_in))
        self._form.pin_button.setVisible(self._is_mine(found))
        self._form.pin_button.setEnabled(self._context.services.conference_plans.live)
        self._form.extend_button.setVisible(plan_on(self._context, self.room) is not None)
        self._form.extend_button.setEnabled(self._context.services.conference_plans.live)
        self.draw()

    def retranslate(self) -> None:
        """Put every text anew."""
        form = self._form
        form.dial_button.setToolTip("F5")
        form.hang_up_button.setToolTip("F6")
        form.room_link_button.setToolTip(self.tr("Copy how one gets into this room"))
        form.room_link_button.setAccessibleDescription(form.room_link_button.toolTip())
        form.pin_button.setToolTip(self.tr("Set, change or remove the PIN of your room (Ctrl+P)"))
        form.pin_button.setAccessibleDescription(form.pin_button.toolTip())
        self._shown = (), ""
        self.follow()

    def draw(self) -> None:
        """Follow the colours."""
        form, colours = self._form, self._context.theme.colours
        gap = QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON)
        put_icon(form.dial_button, Icon.CALL, colours.on_positive)
        put_icon(form.hang_up_button, Icon.HANG_UP, colours.on_negative)
        locked, recorded = form.lock_button.isChecked(), form.record_button.isChecked()
        put_icon(
            form.lock_button,
            Icon.LOCK if locked else Icon.LOCK_OPEN,
            colours.on_negative_ground if locked else colours.text,
        )
        put_icon(
            form.record_button,
            Icon.RECORD,
            colours.status_red if not recorded else colours.on_negative_ground,
        )
        put_icon(form.room_link_button, Icon.LINK, colours.text)
        put_icon(form.pin_button, Icon.PIN, colours.text)
        put_icon(form.extend_button, Icon.LONGER, colours.text)
        put_icon(form.plan_button, Icon.CALENDAR, colours.text)
        for button in (
            *(form.dial_button, form.hang_up_button, form.lock_button, form.record_button),
            *(form.room_link_button, form.pin_button, form.extend_button, form.plan_button),
        ):
            button.setIconSize(gap)

    # ------------------------------------------------------------ what one does

    def dial_in(self) -> None:
        """Enter the room with a call of one's own; nothing while one is there."""
        if self._call is not None or self._service.my_participant(self.room) is not None:
            return
        try:
            self._service.dial_in(self.room)
        except NotDiallableError:
            self._deeds.problem_told.emit(self.tr("There is no number by which you could dial in."))
        except CannotDialError as error:
            self._deeds.problem_told.emit(sentence(error.reason))
        else:
            self._deeds.problem_told.emit("")

    def leave(self) -> None:
        """Hang up oneself, at whatever device; the conference goes on."""
        me = self._service.my_participant(self.room)
        if self._call is not None:
            self._service.leave(self.room)
        elif me is not None and self._service.may_control(self.room):
            self._deeds.ask(Deed.STEER, self._service.hang_up(me.participant_id))

    def mute_oneself(self) -> None:
        """Not be heard there, or be heard again."""
        me = self._service.my_participant(self.room)
        if me is not None:
            self._deeds.ask(Deed.STEER, self._service.set_muted((me.participant_id,), muted=not me.muted))

    def press_lock(self) -> None:
        """Let nobody dial in any more, or again; the button shows what is, not what one wants."""
        running = self._service.running.get(self.room)
        self._form.lock_button.setChecked(running is not None and running.locked)
        if running is not None and self._service.may_control(self.room):
            self._deeds.ask(Deed.LOCK, self._service.set_locked(self.room, locked=not running.locked))

    def press_record(self) -> None:
        """Record one's own leg, that is everybody; or end that."""
        recording, call = self._context.services.recording, self._call
        mine = recording.mine(call) if call is not None else None
        self._form.record_button.setChecked(mine is not None)
        if call is not None and (mine is not None or recording.may_start(call)):
            asked = recording.stop(call.call_id) if mine is not None else recording.start(call.call_id)
            self._context.run(self._record(asked))

    def change_pin(self) -> None:
        """Open the PIN of one's own room; nothing in other rooms, and while nobody could be asked."""
        found = self._service.room(self.room)
        if found is None or not self._is_mine(found) or not self._context.services.conference_plans.live:
            return
        if self.pin_dialog is None:
            self.pin_dialog = ConferencePinDialog(self._context, found, self._window)
            self.pin_dialog.changed.connect(self._on_pin_changed)
            self.pin_dialog.finished.connect(lambda _: self._forget_pin_dialog())
        self.pin_dialog.open()

    # ------------------------------------------------------------ inside

    @property
    def _call(self) -> CallSnapshot | None:
        return self._service.my_call(self.room)

    async def _record(self, asked: Coroutine[Any, Any, None]) -> None:
        try:
            await asked
        except CommandRefusedError as error:
            self._deeds.problem_told.emit(recording_refusal(error.error))
        else:
            self._deeds.problem_told.emit("")

    def _extend(self) -> None:
        plan = plan_on(self._context, self.room)
        if plan is not None:
            plans = self._context.services.conference_plans
            self._deeds.ask(Deed.EXTEND, plans.extend(plan.conference_id, EXTENSION_MIN))

    def _copy(self) -> None:
        found = self._service.room(self.room)
        if found is not None:
            QGuiApplication.clipboard().setText(room_way_in(found))
            self._deeds.noticed.emit(
                self.tr("The dial-in of this room is copied; paste it wherever you want to send it.")
            )

    def _on_pin_changed(self, there_is_one: bool) -> None:
        self._deeds.problem_told.emit("")
        self._deeds.noticed.emit(
            self.tr("Your room has a new PIN.") if there_is_one else self.tr("Your room has no PIN any more.")
        )

    def _forget_pin_dialog(self) -> None:
        if self.pin_dialog is not None:
            self.pin_dialog.deleteLater()
            self.pin_dialog = None

    def _is_mine(self, room: ConferenceRoom | None) -> bool:
        profile = self._context.services.account.snapshot.profile
        return room is not None and profile is not None and room.owner == profile.user

    def _on_turn_clicked(self, act: Callable[[], None]) -> None:
        """The other button appears at the same place: the second half of a double click must not undo the first."""
        now_s = time.monotonic()
        if now_s - self._turned_s >= QApplication.doubleClickInterval() / 1000:
            self._turned_s = now_s
            act()

    def _on_room_activated(self, place: int) -> None:
        self.choose(str(self._form.room.itemData(place)))

    # ------------------------------------------------------------ what is shown

    def _show_rooms(self) -> None:
        """The choice as it is now; what is chosen stays, as long as it can be seen."""
        rooms, box = self._service.rooms, self._form.room
        if self.room not in {room.number for room in rooms}:
            mine = (room.number for room in rooms if self._service.my_participant(room.number))
            self.choose(next(mine, rooms[0].number if rooms else ""))
        profile = self._context.services.account.snapshot.profile
        shown = rooms, profile.user if profile is not None else ""
        if shown != self._shown:
            self._shown = shown
            box.clear()
            for room in rooms:
                box.addItem(room_title(room, own=bool(shown[1]) and room.owner == shown[1]), room.number)
        box.setCurrentIndex(box.findData(self.room))
        box.setEnabled(len(rooms) > 0)

    def _show_oneself(self, found: ConferenceRoom | None) -> None:
        call, me = self._call, self._service.my_participant(self.room)
        there = call is not None or me is not None
        may_dial = not there and found is not None and bool(found.dial_in)
        may_leave = there and (call is not None or self._service.may_control(self.room))
        turns = (self._form.dial_button, may_dial), (self._form.hang_up_button, may_leave)
        for button, shown in sorted(turns, key=lambda turn: not turn[1]):
            button.setVisible(shown)  # first the one that comes: the other one hands its focus on

    def _show_recording(self) -> None:
        recording, call = self._context.services.recording, self._call
        mine = recording.mine(call) if call is not None else None
        button = self._form.record_button
        button.setVisible(recording.has_right)
        button.setChecked(mine is not None)
        can = call is not None and (recording.may_start(call) if mine is None else recording.may_steer(mine))
        button.setEnabled(can)
        button.setText(self.tr("Recording") if mine is not None else self.tr("Record"))
        button.setAccessibleName(button.text())
        if mine is not None:
            button.setToolTip(self.tr("End the recording (Ctrl+R)"))
        elif call is None:
            button.setToolTip(self.tr("Dial in, then you can record the conference (Ctrl+R)"))
        else:
            button.setToolTip(self.tr("Record the conference (Ctrl+R)"))

    def _state_text(self) -> str:
        if not self._service.rooms:
            return self.tr("There is no conference room for you. Your administrator can make one.")
        parts = []
        running, plan = self._service.running.get(self.room), plan_on(self._context, self.room)
        if plan is not None:
            text = self.tr("{title}, until {time}").replace("{time}", clock(plan.ends_at))
            parts.append(text.replace("{title}", plan.plan.title))
        if running is None or not self._service.count(self.room):
            dialling = self._call is not None  # answering, announcements and entering take a moment
            parts.append(self.tr("Dialling in …") if dialling else self.tr("Nobody is there."))
        else:
            text = self.tr("since {time}") if parts else self.tr("Since {time}")
            parts.append(text.replace("{time}", clock(running.since)))
        if running is not None and running.locked:
            parts.append(self.tr("locked: nobody else can dial in"))
        return " · ".join(parts)

    def _way_in_text(self, found: ConferenceRoom | None) -> str:
        if found is None:
            return ""
        return self.tr("Dial-in: {how}").replace("{how}", room_way_in(found))
