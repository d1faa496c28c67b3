"""Parked calls below the call cards: hidden while there are none; parks and fetches, and says what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QDropEvent

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.parking import ParkingEnd
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.widgets.carried_call import call_in
from wwphone.gui.widgets.parked_call_row import ParkedCallRow
from wwphone.gui.words import refusal
from wwphone.services.parking import Missed

_TICK_MS = 1000


class Parking(QObject):
    """Keeps the rows equal to what is parked; a timer runs only while anything is."""

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._area = form.parked_area
        self._column = form.parked_column
        self._context = context
        self._banners = banners
        self._rows: dict[str, ParkedCallRow] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._service = context.services.parking
        self._service.changed.subscribe(self._on_changed)
        self._service.missed.subscribe(self._on_missed)
        context.services.presence.replaced.subscribe(self._on_changed)
        viewport = self._area.viewport()
        viewport.setAcceptDrops(True)
        viewport.installEventFilter(self)
        self._on_changed(None)

    @property
    def rows(self) -> tuple[ParkedCallRow, ...]:
        """The rows, from top to bottom."""
        return tuple(self._rows.values())

    def park(self, call_id: str) -> None:
        """Park whom a call is with; of one's own call into a conference say that it cannot be."""
        call = self._context.services.calls.call(call_id)
        if call is not None and self._context.services.conference.room_of(call):
            self._banners.say_problem(
                self.tr("A conference cannot be parked. Hold the call, or hang up: the conference goes on.")
            )
        elif self._service.possible:
            self._context.run(self._park(call_id))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A call's card dropped among the parked calls is parked, too."""
        del watched
        if not isinstance(event, QDropEvent):
            return False
        call_id = call_in(event.mimeData())
        if not call_id or not self._service.possible:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.park(call_id)
        return True

    def focus(self) -> None:
        """Let the keyboard fetch: Enter takes the one that waits longest."""
        if self._rows:
            self.rows[0].take_focus()

    def retranslate(self) -> None:
        """Put every text anew."""
        for row in self._rows.values():
            row.retranslate()

    # ------------------------------------------------------------ what services tell

    def _on_changed(self, _: None) -> None:
        parked = self._service.parked
        for slot in self._rows.keys() - {call.slot for call in parked}:
            self._remove(slot)
        for place, call in enumerate(parked):
            row = self._rows.get(call.slot) or self._add(call.slot)
            line = self._context.services.presence.line(call.parked_by)
            row.show_call(call, line.colleague.nickname if line else "", possible=self._service.possible)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
        self._rows = {call.slot: self._rows[call.slot] for call in parked}
        self._area.setVisible(bool(parked))
        if parked and not self._timer.isActive():
            self._timer.start()
        elif not parked:
            self._timer.stop()

    def _on_missed(self, missed: Missed) -> None:
        line = self._context.services.presence.line(missed.user)
        if missed.end is ParkingEnd.GAVE_UP:
            self._banners.say_problem(self.tr("The caller has hung up."))
        elif line is not None:
            name = line.colleague.nickname
            self._banners.say_problem(self.tr("{name} was faster.").format(name=name))
        else:
            self._banners.say_problem(self.tr("Somebody was faster."))

    # ------------------------------------------------------------ inside

    def _add(self, slot: str) -> ParkedCallRow:
        call = next(call for call in self._service.parked if call.slot == slot)
        row = self._rows[slot] = ParkedCallRow(call)
        row.fetch_wanted.connect(lambda: self._context.run(self._fetch(slot)))
        row.step_wanted.connect(lambda step: self._step(slot, step))
        return row

    def _remove(self, slot: str) -> None:
        row = self._rows.pop(slot)
        self._area.forget(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _step(self, slot: str, step: int) -> None:
        place = list(self._rows).index(slot) + step
        if 0 <= place < len(self._rows):
            row = self.rows[place]
            row.take_focus()
            self._area.reveal(row)

    async def _park(self, call_id: str) -> None:
        try:
            await self._service.park(call_id)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))

    async def _fetch(self, slot: str) -> None:
        try:
            await self._service.fetch(slot)
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))

    def _on_timeout(self) -> None:
        for row in self._rows.values():
            row.tick()
