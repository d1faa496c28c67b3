"""The call cards: one for each call in sight, always visible, whatever panel is open; merged ones in a frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.gui.context import Context
from wwphone.gui.dial import DialField
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.notes import last_note
from wwphone.gui.number_menu import NumberMenu
from wwphone.gui.phonebook_words import name_of
from wwphone.gui.widgets.call_card import CallCard
from wwphone.gui.widgets.merged_group import MergedGroup
from wwphone.gui.widgets.still_buttons import StillButtons

_TICK_MS = 1000


class Cards(QObject):
    """Keeps the cards equal to the calls; a timer runs only while somebody talks."""

    park_wanted = Signal(str)
    record_wanted = Signal(str)
    pause_wanted = Signal(str, bool)
    """Pause the recording of a call, or go on with it."""
    stop_wanted = Signal(str)
    """End the recording of a call."""
    transfer_wanted = Signal(str)
    deflect_wanted = Signal(str)

    def __init__(self, form: Ui_MainWindow, context: Context, dial: DialField, parent: QObject) -> None:
        super().__init__(parent)
        self._area = form.cards_area
        self._column = form.cards_column
        self._context = context
        self._dial = dial
        self._cards: dict[str, CallCard] = {}
        self.still = StillButtons(form.phone)
        """A press that was meant for something else hangs nobody up."""
        for part in (form.phone, form.cards_area, form.cards, form.waiting_area, form.parked_area):
            self.still.watch(part)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timeout)
        context.services.parking.changed.subscribe(self._on_parking_changed)
        context.services.conference.changed.subscribe(self._on_parking_changed)
        self._group = self._make_group()
        self.number_menu = NumberMenu(context, form.cards_area)
        """Of whoever a card is about."""
        self.number_menu.call_wanted.connect(dial.dial)
        calls, transfer = context.services.calls, context.services.transfer
        transfer.changed.subscribe(lambda _: self._offer())
        transfer.over.subscribe(lambda _: self._offer())
        calls.changed.subscribe(self._on_changed)
        calls.removed.subscribe(self._on_removed)
        context.services.recording.changed.subscribe(lambda _: self._show_recordings())
        context.services.notes.changed.subscribe(self._on_notes_changed)
        context.services.notes.failed.subscribe(self._on_note_failed)
        context.theme.changed.connect(self._on_theme_changed)
        self._area.hide()
        for call in calls.calls:
            self._on_changed(call)

    def card(self, call_id: str) -> CallCard | None:
        """The card of a call."""
        return self._cards.get(call_id)

    def current(self) -> CallSnapshot | None:
        """The call that the keyboard means: whom one talks to, or calls, then a held one, then one that rings."""
        return self._context.services.actions.current

    def reveal(self, call_id: str) -> None:
        """Scroll to the card of a call."""
        card = self._cards.get(call_id)
        if card:
            self._area.reveal(card)

    def retranslate(self) -> None:
        """Put every text anew."""
        self._group.retranslate()
        for card in self._cards.values():
            card.retranslate()
        self._show_last_notes()

    def _on_changed(self, call: CallSnapshot) -> None:
        card = self._cards.get(call.call_id)
        came_up = card is None or card.call.state is not call.state
        if card is None:
            card = self._add(call)
        else:
            was_member = _is_member(card.call)
            card.show_call(call)
            if _is_member(call) is not was_member:
                self._place(card)
        self._show_recording(card)
        self._group.show_calls(self._context.services.merging.merged)
        self._offer()
        if came_up and call.state in (CallState.INCOMING, CallState.ACTIVE, CallState.DIALING):
            self._area.reveal(card)
        self._keep_time()

    def _add(self, call: CallSnapshot) -> CallCard:
        calls = self._context.services.calls
        call_id = call.call_id
        card = CallCard(call, self._context.theme)
        card.hang_up_wanted.connect(lambda: calls.hang_up(call_id))
        card.answer_wanted.connect(lambda: calls.answer(call_id))
        card.hold_wanted.connect(lambda: calls.toggle_hold(call_id))
        card.mute_wanted.connect(lambda muted: calls.set_muted(call_id, muted=muted))
        card.digit_pressed.connect(lambda digit: calls.send_dtmf(call_id, digit))
        card.park_wanted.connect(lambda: self.park_wanted.emit(call_id))
        self._offer_parking(card)
        card.record_wanted.connect(lambda: self.record_wanted.emit(call_id))
        card.recording.pause_wanted.connect(lambda paused: self.pause_wanted.emit(call_id, paused))
        card.recording.stop_wanted.connect(lambda: self.stop_wanted.emit(call_id))
        card.transfer_wanted.connect(lambda: self.transfer_wanted.emit(call_id))
        card.deflect_wanted.connect(lambda: self.deflect_wanted.emit(call_id))
        card.voicemail_wanted.connect(lambda: self._context.services.transfer.send_to_voicemail(call_id))
        card.merge_wanted.connect(lambda: self._context.services.merging.merge(call_id))
        card.split_wanted.connect(lambda: self._context.services.merging.split(call_id))
        card.menu_wanted.connect(lambda at: self.number_menu.open(card.call.remote, at))
        card.dismiss_wanted.connect(lambda: calls.dismiss(call_id))
        card.call_again_wanted.connect(lambda: self._on_call_again(call_id))
        self._take_notes(card)
        for part in (card, *card.findChildren(QAbstractButton)):
            self.still.watch(part)
        self._cards[call_id] = card
        self._place(card)
        self._area.show()
        return card

    def _take_notes(self, card: CallCard) -> None:
        notes, calls, call_id = self._context.services.notes, self._context.services.calls, card.call.call_id
        card.note.show_text(notes.text(call_id))
        card.note.show_last(last_note(notes.last(card.call.remote.number, besides=call_id)))
        card.note.written.connect(lambda text: notes.write(call_id, text))
        card.note_opened.connect(lambda opened: calls.keep_in_sight(call_id, kept=opened))

    def _on_notes_changed(self, _: None) -> None:
        self._show_last_notes()

    def _show_last_notes(self) -> None:
        notes = self._context.services.notes
        for call_id, card in self._cards.items():
            card.note.show_last(last_note(notes.last(card.call.remote.number, besides=call_id)))

    def _on_note_failed(self, call_id: str) -> None:
        if call_id in self._cards:
            self._cards[call_id].note.tell_unstored()

    def _make_group(self) -> MergedGroup:
        group = MergedGroup(self._context.theme)
        group.mute_wanted.connect(self._on_group_mute_wanted)
        group.hold_wanted.connect(self._on_group_hold_wanted)
        group.hang_up_wanted.connect(self._context.services.merging.hang_up)
        self._column.addWidget(group)
        return group

    def _place(self, card: CallCard) -> None:
        if _is_member(card.call):
            self._group.add(card)
        else:
            self._column.addWidget(card)

    def _offer(self) -> None:
        """Show on each card what is possible with its call now."""
        services = self._context.services
        for card in self._cards.values():
            card.offer(
                transfer=services.transfer.may_begin(card.call),
                merge=bool(services.merging.partners(card.call)),
            )

    def _on_group_mute_wanted(self, muted: bool) -> None:
        for call in self._context.services.merging.merged[:1]:
            self._context.services.calls.set_muted(call.call_id, muted=muted)

    def _on_group_hold_wanted(self) -> None:
        for call in self._context.services.merging.merged[:1]:
            self._context.services.calls.toggle_hold(call.call_id)

    def _on_removed(self, call_id: str) -> None:
        card = self._cards.pop(call_id, None)
        if card:
            self._area.forget(card)
            card.hide()
            card.deleteLater()
        self._area.setVisible(bool(self._cards))
        self._keep_time()

    def _on_call_again(self, call_id: str) -> None:
        card = self._cards[call_id]
        self._context.services.calls.dismiss(call_id)
        self._dial.dial(card.call.remote.number)

    def _on_parking_changed(self, _: object) -> None:
        for card in self._cards.values():
            self._offer_parking(card)

    def _offer_parking(self, card: CallCard) -> None:
        """A conference is nobody who could be parked."""
        services = self._context.services
        inside = bool(services.conference.room_of(card.call))
        card.offer_parking(possible=services.parking.possible and not inside)

    def _show_recordings(self) -> None:
        for card in self._cards.values():
            self._show_recording(card)

    def _show_recording(self, card: CallCard) -> None:
        recording = self._context.services.recording
        runs, mine = recording.of_call(card.call), recording.mine(card.call)
        others = tuple(
            (name_of(self._context, one.by) if one.by else "", one.automatic)
            for one in runs
            if not recording.is_mine(one)
        )
        card.recording.show_runs(mine, others, steerable=mine is not None and recording.may_steer(mine))
        card.offer_recording(possible=recording.may_start(card.call))
        card.retranslate()

    def _keep_time(self) -> None:
        talking = any(card.call.established for card in self._cards.values())
        if talking and not self._timer.isActive():
            self._timer.start()
        elif not talking:
            self._timer.stop()

    def _on_timeout(self) -> None:
        for card in self._cards.values():
            card.tick()

    def _on_theme_changed(self) -> None:
        self._group.draw_anew()
        for card in self._cards.values():
            card.draw_anew()


def _is_member(call: CallSnapshot) -> bool:
    """Whether its card belongs into the frame of the merged calls."""
    return call.merged and call.state is not CallState.ENDED
