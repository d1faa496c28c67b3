"""Who waits for one's ring groups, below the call cards: hidden while nobody does; takes the next, and says what came of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.widgets.waiting_row import WaitingRow
from wwphone.gui.words import refusal
from wwphone.services.ring_groups import RingGroupsSnapshot

_TICK_MS = 1000
_NO_LINE = WireError(ErrorCode.NOT_EXECUTED, "the line to the server is down")


class Waiting(QObject):
    """A row for each group for which somebody waits, by number; grey while the line is down."""

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._area = form.waiting_area
        self._column = form.waiting_column
        self._context = context
        self._banners = banners
        self._rows: dict[str, WaitingRow] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._service = context.services.ring_groups
        self._service.changed.subscribe(self._on_changed)
        self._on_changed(self._service.snapshot)

    @property
    def rows(self) -> tuple[WaitingRow, ...]:
        """The rows, from top to bottom."""
        return tuple(self._rows.values())

    def take_longest(self) -> None:
        """Take whoever waits longest, for whichever group; does nothing where nobody waits."""
        number = self._service.longest
        if number:
            self._take(number)
        elif self._rows and not self._service.snapshot.live:
            self._banners.say_problem(refusal(_NO_LINE))

    def retranslate(self) -> None:
        """Put every text anew."""
        for row in self._rows.values():
            row.retranslate()

    # ------------------------------------------------------------ what the service tells

    def _on_changed(self, snapshot: RingGroupsSnapshot) -> None:
        groups = [one for one in snapshot.ring_groups if one.waiting]
        for number in self._rows.keys() - {one.number for one in groups}:
            self._remove(number)
        longest = self._service.longest
        for place, group in enumerate(groups):
            row = self._rows.get(group.number) or self._add(group.number)
            row.show_group(group, live=snapshot.live, first=group.number == longest)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
        self._rows = {one.number: self._rows[one.number] for one in groups}
        self._area.setVisible(bool(groups))
        if groups and snapshot.live and not self._timer.isActive():
            self._timer.start()
        elif not groups or not snapshot.live:
            self._timer.stop()

    # ------------------------------------------------------------ inside

    def _add(self, number: str) -> WaitingRow:
        row = self._rows[number] = WaitingRow()
        row.take_wanted.connect(lambda: self._take(number))
        row.step_wanted.connect(lambda step: self._step(number, step))
        return row

    def _remove(self, number: str) -> None:
        row = self._rows.pop(number)
        self._area.forget(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _step(self, number: str, step: int) -> None:
        place = list(self._rows).index(number) + step
        if 0 <= place < len(self._rows):
            row = self.rows[place]
            row.take_focus()
            self._area.reveal(row)

    def _take(self, number: str) -> None:
        self._banners.say_problem("")
        self._context.run(self._take_next(number))

    async def _take_next(self, number: str) -> None:
        try:
            await self._service.take_next(number)
        except CommandRefusedError as error:
            self._banners.say_problem(self._sentence(error.error))

    def _sentence(self, error: WireError) -> str:
        if error.code is ErrorCode.CONFLICT:
            name = error.taken_by or self.tr("Somebody else")
            return self.tr("{name} was faster.").format(name=name)
        if error.code is ErrorCode.NOT_FOUND:
            return self.tr("Nobody waits there any more.")
        if error.code is ErrorCode.PBX_REFUSED:
            return self.tr("None of your phones took the call. The caller still waits.")
        return refusal(error)

    def _on_timeout(self) -> None:
        for row in self._rows.values():
            row.tick()
