"""The forwarding dialog: for each cause, whether and where calls go. Every refusal appears below its field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.reachability import Forwarding, ForwardingCause
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_forwarding import Ui_Forwarding
from wwphone.gui.forwarding_row import ForwardingRow
from wwphone.gui.icons import Icon
from wwphone.gui.reachability import forwarding_refusal
from wwphone.services.reachability import ReachabilitySnapshot

_WIDTH = 440
_ORDER = (
    ForwardingCause.ALWAYS,
    ForwardingCause.BUSY,
    ForwardingCause.NO_ANSWER,
    ForwardingCause.NOT_REGISTERED,
)
"""As people think of them."""


class ForwardingDialog(QDialog):
    """Shows what is set, and sets what the person wants when they save."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._service = context.services.reachability
        self._is_busy = False
        form = self._form = Ui_Forwarding()
        form.setupUi(self)
        self.rows = {cause: ForwardingRow(cause, context) for cause in _ORDER}
        """The row of each cause."""
        for row in self.rows.values():
            form.rows_column.addWidget(row)
            row.check.toggled.connect(self._on_touched)
            row.field.textChanged.connect(self._on_touched)
        form.cancel.clicked.connect(self.reject)
        form.save.clicked.connect(self._on_save_clicked)
        self._service.changed.subscribe(self._on_changed)
        context.theme.changed.connect(self._draw)
        self._draw()

    def begin(self) -> None:
        """Open it with what is set now."""
        for cause, row in self.rows.items():
            row.show_forwarding(self._service.snapshot.own.forwarding(cause))
        self._show_state(self._service.snapshot)
        self.open()
        self.rows[ForwardingCause.ALWAYS].check.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            for row in self.rows.values():
                row.retranslate()
            self._show_state(self._service.snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts are known now."""
        super().showEvent(event)
        self._fit()

    # ------------------------------------------------------------ saving

    def _on_save_clicked(self) -> None:
        if self._is_busy:
            return
        changes: list[tuple[ForwardingRow, Forwarding | None]] = []
        failed: list[tuple[ForwardingRow, str]] = []
        for row in self.rows.values():
            try:
                wanted = row.wanted()
            except ValueError as reason:
                failed.append((row, str(reason)))
                continue
            if wanted != self._service.snapshot.own.forwarding(row.cause):
                changes.append((row, wanted))
        if failed:
            self._show_failed(failed)
        else:
            self._set_busy(busy=True)
            self._context.run(self._save(changes))

    async def _save(self, changes: Sequence[tuple[ForwardingRow, Forwarding | None]]) -> None:
        failed: list[tuple[ForwardingRow, str]] = []
        try:
            for row, wanted in changes:
                try:
                    await self._set(row.cause, wanted)
                except CommandRefusedError as error:
                    failed.append((row, forwarding_refusal(error.error)))
        finally:
            self._set_busy(busy=False)
        if failed:
            self._show_failed(failed)
        else:
            self.accept()

    async def _set(self, cause: ForwardingCause, wanted: Forwarding | None) -> None:
        if wanted is None:
            await self._service.end_forwarding(cause)
        else:
            await self._service.set_forwarding(wanted)

    def _show_failed(self, failed: Sequence[tuple[ForwardingRow, str]]) -> None:
        for row, reason in reversed(failed):  # the first one gets the keyboard
            row.fail(reason)
        self._fit()

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        self._form.progress.setText(self.tr("Saving …") if busy else "")
        self._show_state(self._service.snapshot)

    # ------------------------------------------------------------ what is shown

    def _on_changed(self, snapshot: ReachabilitySnapshot) -> None:
        if not self.isVisible():
            return
        if not snapshot.signed_in:
            self.reject()
            return
        if not self._is_busy:
            # Set on another device meanwhile; what the person is typing stays.
            for cause, row in self.rows.items():
                if not row.is_touched:
                    row.show_forwarding(snapshot.own.forwarding(cause))
        self._show_state(snapshot)

    def _on_touched(self) -> None:
        self._show_state(self._service.snapshot)

    def _show_state(self, snapshot: ReachabilitySnapshot) -> None:
        self._form.save.setEnabled(snapshot.live and not self._is_busy)
        text = self._note(snapshot)
        self._form.note_text.setText(text)
        self._form.note.setAccessibleName(text)
        self._form.note.setVisible(bool(text))
        self._fit()

    def _note(self, snapshot: ReachabilitySnapshot) -> str:
        """What a person must know beside the rows; the weightiest."""
        if not snapshot.live:
            return self.tr("No line to the server: nothing can be changed at the moment.")
        if snapshot.own.do_not_disturb:
            return self.tr(
                "Do not disturb is on: nothing is forwarded, except to an outside number that colleagues share."
            )
        others = any(
            row.check.isChecked() for cause, row in self.rows.items() if cause is not ForwardingCause.ALWAYS
        )
        if self.rows[ForwardingCause.ALWAYS].check.isChecked() and others:
            return self.tr("While calls are always forwarded, the rest has no effect.")
        return ""

    def _fit(self) -> None:
        """Always the same width, and as tall as the texts need."""
        layout = self.layout()
        assert layout is not None
        # What a row shows and hides reaches the layouts around it by an event only, which comes too late here.
        self._form.rows_column.invalidate()
        layout.invalidate()
        layout.activate()
        self.setFixedSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))

    def _draw(self) -> None:
        self._form.note_symbol.show_icon(Icon.WARNING, self._context.theme.colours.on_caution_ground)
