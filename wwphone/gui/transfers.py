"""Transfers in the window: a bar in the card of each call that is to go, and what its buttons and keys do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.transfer import Transfer, TransferStage
from wwphone.gui.banners import Banners
from wwphone.gui.cards import Cards
from wwphone.gui.context import Context
from wwphone.gui.numbers import written
from wwphone.gui.transfer_bar import TransferBar
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError
from wwphone.services.transfer import TransferFailure


class Transfers(QObject):
    """Keeps the bars equal to the transfers."""

    def __init__(
        self, context: Context, cards: Cards, banners: Banners, home: Callable[[], None], parent: QObject
    ) -> None:
        """`home` takes the keyboard when there is nothing more to press here."""
        super().__init__(parent)
        self._home = home
        self._context = context
        self._cards = cards
        self._banners = banners
        self._service = context.services.transfer
        self._bars: dict[str, TransferBar] = {}
        self._service.changed.subscribe(self._on_changed)
        self._service.over.subscribe(self._remove)
        self._service.failures.subscribe(self._on_failure)
        context.services.calls.changed.subscribe(self._on_call_changed)
        context.services.calls.removed.subscribe(self._remove)
        cards.transfer_wanted.connect(self.press)
        cards.deflect_wanted.connect(self.deflect)

    def press(self, call_id: str) -> None:
        """The transfer key: begin; while one talks to whom it goes to, complete; a caller who rings is sent on."""
        call = self._context.services.calls.call(call_id)
        found = self._service.transfer(call_id)
        if call is None:
            return
        if call.state is CallState.INCOMING:
            self.deflect(call_id)
        elif found is not None and found.stage is TransferStage.CONSULTING:
            self._service.complete(found.call_id)
        elif found is None:
            self._service.begin(call_id)
        self._focus(found.call_id if found else call_id)

    def begin_with(self, call_id: str, number: str) -> None:
        """Begin with somebody chosen already: whether to call them first is still asked."""
        self._service.begin(call_id)
        bar = self._bars.get(call_id)
        if bar is not None and bar.stage is TransferStage.CHOOSING:
            bar.field.put(number)
            self._focus(call_id)

    def dropped(self, call_id: str, number: str, talk_first: bool) -> None:
        """A card was dropped onto somebody: hand the call over at once, or call them first."""
        self.begin_with(call_id, number)
        bar = self._bars.get(call_id)
        if bar is not None and bar.stage is TransferStage.CHOOSING:
            self._try(call_id, number, self._service.consult if talk_first else self._service.transfer_now)

    def deflect(self, call_id: str) -> None:
        """Ask whom a caller who rings here is sent to."""
        call = self._context.services.calls.call(call_id)
        if call is None or call.state is not CallState.INCOMING:
            return
        if call_id not in self._bars:
            bar = self._add(call_id, TransferBar(self._context, deflects=True))
            bar.entered.connect(lambda text: self._try(call_id, text, self._service.deflect))
            bar.cancelled.connect(lambda: self._remove(call_id))
        self._focus(call_id)

    def swap(self, call_id: str) -> None:
        """The key for talking to the other one."""
        found = self._service.transfer(call_id)
        if found is not None:
            self._service.swap(found.call_id)

    def back(self, call_id: str) -> None:
        """The key for ending the talk before."""
        found = self._service.transfer(call_id)
        if found is not None:
            self._service.back(found.call_id)

    # ------------------------------------------------------------ what the services tell

    def _on_changed(self, transfer: Transfer) -> None:
        bar = self._bars.get(transfer.call_id)
        if bar is None:
            bar = self._add_for(transfer.call_id)
        consultation = self._context.services.calls.call(transfer.consultation_id)
        bar.show_transfer(transfer, swappable=consultation is not None and consultation.established)

    def _on_call_changed(self, call: CallSnapshot) -> None:
        bar = self._bars.get(call.call_id)
        if bar is not None and bar.deflects and call.state is not CallState.INCOMING:
            self._remove(call.call_id)

    def _on_failure(self, failure: TransferFailure) -> None:
        name = failure.target.name or written(failure.target.number)
        text = self.tr("{name} did not get the call: it is with you again. {why}")
        self._banners.say_problem(text.format(name=name, why=sentence(failure.reason)))

    # ------------------------------------------------------------ inside

    def _add_for(self, call_id: str) -> TransferBar:
        service = self._service
        bar = self._add(call_id, TransferBar(self._context))
        bar.entered.connect(lambda text: self._try(call_id, text, service.consult))
        bar.now_wanted.connect(lambda text: self._try(call_id, text, service.transfer_now))
        bar.cancelled.connect(lambda: service.cancel(call_id))
        bar.complete_wanted.connect(lambda: service.complete(call_id))
        bar.swap_wanted.connect(lambda: service.swap(call_id))
        bar.back_wanted.connect(lambda: service.back(call_id))
        return bar

    def _add(self, call_id: str, bar: TransferBar) -> TransferBar:
        self._bars[call_id] = bar
        bar.left.connect(self._home)
        card = self._cards.card(call_id)
        if card is not None:
            card.show_bar(bar)
            self._cards.reveal(call_id)
        return bar

    def _remove(self, call_id: str) -> None:
        bar = self._bars.pop(call_id, None)
        if bar is not None:
            if bar.has_keyboard:
                self._home()
            bar.hide()
            bar.deleteLater()

    def _focus(self, call_id: str) -> None:
        bar = self._bars.get(call_id)
        if bar is not None and bar.stage is TransferStage.CHOOSING:
            bar.field.focus()

    def _try(self, call_id: str, text: str, act: Callable[[str, str], None]) -> None:
        """Do it, or say below the field why not."""
        bar = self._bars[call_id]
        try:
            act(call_id, text)
        except NotDiallableError:
            bar.field.fail(text, self.tr("Neither a number nor a name that is known."))
        except CannotDialError as error:
            bar.field.fail(text, sentence(error.reason))
