"""Conferences in the main window: the way to their window where one may hold some, and the sign on the call one is in by."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from wwphone.domain.calls import CallSnapshot
from wwphone.gui.banners import Banners
from wwphone.gui.cards import Cards
from wwphone.gui.conference_words import room_title
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.widgets.conference_strip import ConferenceStrip
from wwphone.services.conference import ConferenceNews


class Conference(QObject):
    """Shows the button in the rail only while the administrator lets one hold conferences."""

    window_wanted = Signal(str)
    """With the number of the room to be shown; empty: whichever it was."""

    def __init__(
        self, form: Ui_MainWindow, context: Context, cards: Cards, banners: Banners, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._cards = cards
        self._banners = banners
        self._service = context.services.conference
        self._strips: dict[str, ConferenceStrip] = {}
        form.conference_button.clicked.connect(lambda _=False: self.window_wanted.emit(""))
        self._service.changed.subscribe(self._on_changed)
        context.services.calls.changed.subscribe(self._show_call)  # after the cards, which are made then
        context.services.calls.removed.subscribe(self._on_call_removed)
        self._show_button()

    def strip(self, call_id: str) -> ConferenceStrip | None:
        """The sign on a call's card, where there is one."""
        return self._strips.get(call_id)

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show_calls()

    def say_withdrawn(self) -> None:
        """Say why the window is gone."""
        self._banners.say_problem(
            self.tr(
                "The conference window was closed: your administrator lets you hold conferences no more. "
                "A conference that runs goes on."
            )
        )

    # ------------------------------------------------------------ inside

    def _on_changed(self, news: ConferenceNews) -> None:
        if news.everything:
            self._show_button()
        self._show_calls()

    def _on_call_removed(self, call_id: str) -> None:
        self._strips.pop(call_id, None)  # the card takes it along

    def _show_button(self) -> None:
        self._form.conference_button.setVisible(self._service.can_open)

    def _show_calls(self) -> None:
        for call in self._context.services.calls.running:
            self._show_call(call)

    def _show_call(self, call: CallSnapshot) -> None:
        number, strip = self._service.room_of(call), self._strips.get(call.call_id)
        if strip is None:
            card = self._cards.card(call.call_id)
            if not number or card is None:
                return
            strip = self._strips[call.call_id] = ConferenceStrip(self._context.theme)
            call_id = call.call_id
            strip.window_wanted.connect(lambda: self._on_window_wanted(call_id))
            card.show_bar(strip)
        room = self._service.room(number)
        profile = self._context.services.account.snapshot.profile
        own = room is not None and profile is not None and room.owner == profile.user
        strip.show_room(
            room_title(room, own=own) if room is not None else number, can_open=self._service.can_open
        )

    def _on_window_wanted(self, call_id: str) -> None:
        call = self._context.services.calls.call(call_id)
        self.window_wanted.emit(self._service.room_of(call) if call is not None else "")
