"""The PIN of one's own conference room: set, changed and removed (requirement 002)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.conference import ROOM_PIN_DIGITS, ConferenceRoom
from wwphone.gui.conference_words import Deed, conference_refusal
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference_pin import Ui_ConferencePin
from wwphone.gui.widgets.enter_dialog import EnterDialog

_WIDTH = 440


class ConferencePinDialog(EnterDialog):
    """Keeps what was typed until the server has taken it, and goes with the room."""

    changed = Signal(bool)
    """The room has another PIN; false: it has none any more."""

    def __init__(self, context: Context, room: ConferenceRoom, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._service = context.services.conference
        self._number, self._owner = room.number, room.owner
        self._is_busy = self._is_closed = False
        form = self._form = Ui_ConferencePin()
        form.setupUi(self)
        form.pin.setText(room.pin)
        form.pin.selectAll()
        form.pin.textEdited.connect(lambda _: self._say(""))
        form.pin.returnPressed.connect(self._save)
        form.save.clicked.connect(lambda _=False: self._save())
        form.remove.clicked.connect(lambda _=False: self._ask(""))
        form.cancel.clicked.connect(self.reject)
        self._unsubscribe = self._service.changed.subscribe(lambda _: self._on_changed())
        self.finished.connect(lambda _: self._close_down())
        self._say("")
        self._retranslate()
        form.pin.setFocus()

    def reject(self) -> None:
        """Not while the server is asked: what it refuses has to be somewhere."""
        if not self._is_busy:
            super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts are known now."""
        super().showEvent(event)
        self._fit()

    # ------------------------------------------------------------ inside

    @property
    def _room(self) -> ConferenceRoom | None:
        """One's own room as it is now; None: it is gone, or somebody else is signed in."""
        found = self._service.room(self._number)
        return found if found is not None and found.owner == self._owner else None

    def _save(self) -> None:
        pin = "".join(self._form.pin.text().split())
        if pin.isascii() and pin.isdigit() and len(pin) in ROOM_PIN_DIGITS:
            self._ask(pin)
        else:
            self._say(self._digits_text(self.tr("A PIN has {least} to {most} digits, and nothing else.")))
            self._form.pin.setFocus()

    def _ask(self, pin: str) -> None:
        if not self._is_busy and self._context.services.conference_plans.live:
            self._is_busy = True
            self._say("")
            self._show_state()
            self._context.run(self._set(pin))

    async def _set(self, pin: str) -> None:
        problem = ""
        try:
            await self._service.set_pin(self._number, pin)
        except CommandRefusedError as error:
            problem = conference_refusal(Deed.PIN, error.error)
        finally:
            self._is_busy = False
        if self._is_closed:
            return
        if problem:
            self._say(problem)
            self._show_state()
            self._form.pin.setFocus()
        else:
            self.accept()
            self.changed.emit(bool(pin))

    def _on_changed(self) -> None:
        if self._is_closed:
            return
        if self._room is None:
            self._is_busy = False
            self.reject()
        else:
            self._show_state()

    def _close_down(self) -> None:
        self._is_closed = True
        self._unsubscribe()

    # ------------------------------------------------------------ what is shown

    def _retranslate(self) -> None:
        self._form.explained.setText(
            self.tr(
                "Whoever dials into your room keys it in. Without one, colleagues need the room's number only, "
                "and from outside nobody gets in but by invitation."
            )
        )
        self._form.pin.setPlaceholderText(self._digits_text(self.tr("{least} to {most} digits")))
        self._show_state()
        self._fit()

    def _show_state(self) -> None:
        form, room = self._form, self._room
        may = self._context.services.conference_plans.live and not self._is_busy
        form.pin.setReadOnly(self._is_busy)
        form.save.setEnabled(may)
        form.remove.setEnabled(may and room is not None and bool(room.pin))
        form.cancel.setEnabled(not self._is_busy)

    def _say(self, text: str) -> None:
        self._form.problem.setText(text)
        self._form.problem.setVisible(bool(text))
        self._form.pin.setAccessibleDescription(text)
        self._fit()

    def _fit(self) -> None:
        """Always the same width, and as tall as the texts need."""
        if not self.isVisible():
            return  # showEvent does it
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        layout.activate()
        self.setFixedSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))

    @staticmethod
    def _digits_text(text: str) -> str:
        least, most = str(ROOM_PIN_DIGITS[0]), str(ROOM_PIN_DIGITS[-1])
        return text.replace("{least}", least).replace("{most}", most)
