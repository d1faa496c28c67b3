"""Do not disturb and call forwarding in the header: seen at a glance, changed by one click."""

from __future__ import annotations

from collections.abc import Coroutine

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.reachability import ForwardingCause
from wwphone.gui.banners import Banners
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.icons import Icon, icon
from wwphone.gui.reachability import forwarding_text, forwardings_text
from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain
from wwphone.gui.words import clock, refusal
from wwphone.services.reachability import ReachabilitySnapshot

UNDO_OFFERED_MS = 60_000
"""How long an ended forwarding can be set again by one click."""


class ReachControls(QObject):
    """Keeps switch and indicator true; hidden while nobody is signed in, grey while the line is down."""

    forwarding_wanted = Signal()

    def __init__(self, form: Ui_MainWindow, context: Context, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._banners = banners
        self._service = context.services.reachability
        self._is_busy = False
        self._undo_timer = QTimer(self)
        self._undo_timer.setSingleShot(True)
        self._undo_timer.timeout.connect(self._service.forget_ended)
        form.disturb_button.clicked.connect(self._on_disturb_clicked)
        form.forward_button.clicked.connect(self.forwarding_wanted)
        form.end_forwarding_button.clicked.connect(self._on_end_clicked)
        self._service.changed.subscribe(self._on_changed)
        context.services.presence.replaced.subscribe(self._on_people_replaced)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text and icon anew."""
        snapshot = self._service.snapshot
        self._form.reach.setVisible(snapshot.signed_in)
        self._show_disturb(snapshot)
        self._show_forwarding(snapshot)

    # ------------------------------------------------------------ what services tell

    def _on_changed(self, snapshot: ReachabilitySnapshot) -> None:
        if not snapshot.ended:
            self._undo_timer.stop()
        elif not self._undo_timer.isActive():
            self._undo_timer.start(UNDO_OFFERED_MS)
        self.retranslate()

    def _on_people_replaced(self, _: None) -> None:
        self._show_forwarding(self._service.snapshot)

    # ------------------------------------------------------------ what a person does

    def _on_disturb_clicked(self, wanted: bool) -> None:
        # The button shows what is, so it waits for the server.
        self._form.disturb_button.setChecked(self._service.snapshot.own.do_not_disturb)
        self._run(self._service.set_do_not_disturb(on=wanted))

    def _on_end_clicked(self) -> None:
        if self._service.snapshot.own.forwardings:
            self._run(self._service.end_forwarding())
        else:
            self._run(self._service.restore_forwarding())

    def _run(self, command: Coroutine[object, object, None]) -> None:
        """One after the other: a second click while the first one is under way is none."""
        if self._is_busy:
            command.close()
            return
        self._is_busy = True
        self._context.run(self._carry_out(command))

    async def _carry_out(self, command: Coroutine[object, object, None]) -> None:
        try:
            await command
        except CommandRefusedError as error:
            self._banners.say_problem(refusal(error.error))
        else:
            self._banners.say_problem("")
        finally:
            self._is_busy = False

    # ------------------------------------------------------------ what is shown

    def _show_disturb(self, snapshot: ReachabilitySnapshot) -> None:
        button, on = self._form.disturb_button, snapshot.own.do_not_disturb
        colours = self._context.theme.colours
        shade = colours.on_negative_ground if on else colours.text
        button.setEnabled(snapshot.live)
        button.setChecked(on)
        button.setIcon(icon(Icon.DO_NOT_DISTURB if on else Icon.DISTURB, shade))
        button.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        text = self.tr("Do not disturb: on") if on else self.tr("Do not disturb")
        button.setText(text)
        button.setAccessibleName(text)
        button.setMinimumWidth(button.sizeHint().width())  # the forwarding gives way, not this
        hint = self._disturb_hint(on=on)
        button.setToolTip(plain(self._with_as_of(hint, snapshot)))
        button.setAccessibleDescription(self._with_as_of(hint, snapshot))

    def _disturb_hint(self, *, on: bool) -> str:
        if on:
            return self.tr("No device of yours rings. Press to let them ring again (Ctrl+D).")
        return self.tr("Silences all your devices and stops forwarding (Ctrl+D).")

    def _show_forwarding(self, snapshot: ReachabilitySnapshot) -> None:
        forwardings = snapshot.own.forwardings
        chip, end = self._form.forward_button, self._form.end_forwarding_button
        colours = self._context.theme.colours
        chip.setEnabled(snapshot.live)
        end.setEnabled(snapshot.live)
        chip.setIconSize(QSize(tokens.ICON + tokens.ICON_GAP, tokens.ICON))
        end.setIconSize(QSize(tokens.ICON, tokens.ICON))
        chip.setIcon(icon(Icon.FORWARD, colours.status_yellow if forwardings else colours.text))
        end.setVisible(bool(forwardings or snapshot.ended))
        chip.set_whole(self._chip_text(snapshot), self._with_as_of(self._chip_hint(snapshot), snapshot))
        text = self.tr("End forwarding") if forwardings else self.tr("Forward again")
        end.setIcon(icon(Icon.CLOSE if forwardings else Icon.UNDO, colours.text))
        end.setToolTip(text)
        end.setAccessibleName(text)

    def _chip_text(self, snapshot: ReachabilitySnapshot) -> str:
        own = snapshot.own
        shown = own.forwarding(ForwardingCause.ALWAYS) or next(iter(own.forwardings), None)
        if shown is None:
            return self.tr("Ended") if snapshot.ended else self.tr("Forward calls …")
        if shown.cause is ForwardingCause.ALWAYS or len(own.forwardings) == 1:
            return forwarding_text(shown, self._context.services.presence)
        return self.tr("{count} forwardings").format(count=len(own.forwardings))

    def _chip_hint(self, snapshot: ReachabilitySnapshot) -> str:
        if not snapshot.own.forwardings:
            return self.tr("Choose where your calls go when you do not answer them.")
        said = forwardings_text(snapshot.own.forwardings, self._context.services.presence)
        change = self.tr("Press to change it.")
        return f"{said}\n{change}"

    def _with_as_of(self, hint: str, snapshot: ReachabilitySnapshot) -> str:
        if snapshot.as_of is None:
            return hint
        as_of = self.tr("as of {time}").format(time=clock(snapshot.as_of))
        return f"{hint}\n{as_of}"
