"""One cause of forwarding in its dialog: on or off, where to, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from wwphone.domain.calls import Party
from wwphone.domain.numbers import EMERGENCY_NUMBERS, VOICEMAIL_NUMBER
from wwphone.domain.reachability import MAX_RING_S, MIN_RING_S, Forwarding, ForwardingCause
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.people_completer import PeopleCompleter
from wwphone.gui.reachability import target_text
from wwphone.gui.style import tokens
from wwphone.gui.widgets.fields import CheckBox, ComboBox
from wwphone.gui.words import QT_TRANSLATE_NOOP

_SECONDS = (MIN_RING_S, 10, 15, 20, 25, 30, 45, 60, 90, MAX_RING_S)
_USUAL_S = 20
_TITLES: Mapping[ForwardingCause, str] = MappingProxyType(
    {
        ForwardingCause.ALWAYS: QT_TRANSLATE_NOOP("ForwardingRow", "Always"),
        ForwardingCause.BUSY: QT_TRANSLATE_NOOP("ForwardingRow", "When you are busy"),
        ForwardingCause.NO_ANSWER: QT_TRANSLATE_NOOP("ForwardingRow", "When you do not answer"),
        ForwardingCause.NOT_REGISTERED: QT_TRANSLATE_NOOP(
            "ForwardingRow", "When no device of yours is registered"
        ),
    }
)


class ForwardingRow(QWidget):
    """Shows a forwarding, and says which one is wanted."""

    def __init__(self, cause: ForwardingCause, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cause = cause
        self._context = context
        self._shown: Forwarding | None = None
        self.check = CheckBox()
        """Whether calls are forwarded for this cause."""
        self.field = QLineEdit()
        """Name or number to forward to."""
        self.voicemail = QToolButton()
        """Takes the voicemail as the target."""
        self.after = ComboBox()
        """Seconds of ringing before; shown for `NO_ANSWER` only."""
        self.hint = QLabel()
        """Where calls will go, or why they cannot."""
        self._lay_out()
        self._completer = PeopleCompleter(self.field, context)
        self.check.toggled.connect(self._on_check_toggled)
        self.field.textChanged.connect(self._on_text_changed)
        self.voicemail.clicked.connect(self._on_voicemail_clicked)
        context.theme.changed.connect(self._draw)
        self._enable()
        self._draw()
        self.retranslate()

    @property
    def is_touched(self) -> bool:
        """Whether the person changed what was shown."""
        shown = self._shown
        if self.check.isChecked() is not (shown is not None):
            return True
        return shown is not None and (self.field.text().strip(), self.after.currentData()) != (
            shown.target,
            shown.after_s,
        )

    def show_forwarding(self, forwarding: Forwarding | None) -> None:
        """Show what is set for this cause; None: nothing."""
        self._shown = forwarding
        self.check.setChecked(forwarding is not None)
        self.field.setText(forwarding.target if forwarding else "")
        self._choose_seconds(forwarding.after_s if forwarding else _USUAL_S)
        self._enable()

    def wanted(self) -> Forwarding | None:
        """What the person wants for this cause; None: no forwarding. Raises ValueError with the reason in words."""
        if not self.check.isChecked():
            return None
        return Forwarding(self.cause, self._target(), int(self.after.currentData()))

    def fail(self, text: str) -> None:
        """Say why this cannot be, below the field, and let the person mend it."""
        self._say(text)
        self._mark(invalid=True)
        self.field.setFocus()

    def retranslate(self) -> None:
        """Put every text anew."""
        title = QCoreApplication.translate("ForwardingRow", _TITLES[self.cause])
        self.check.setText(title)
        self.field.setPlaceholderText(self.tr("Name or number …"))
        self.field.setAccessibleName(self.tr("{cause}: forward to").format(cause=title))
        text = self.tr("To my voicemail")
        self.voicemail.setToolTip(text)
        self.voicemail.setAccessibleName(f"{title}: {text}")
        self.after.setAccessibleName(self.tr("Seconds of ringing before"))
        self._choose_seconds(int(self.after.currentData() or _USUAL_S))
        self._show_target()

    # ------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self.field.setMaxLength(256)
        self.field.setClearButtonEnabled(True)
        self.voicemail.setProperty("role", "switch")
        self.voicemail.setProperty("square", True)
        self.voicemail.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.voicemail.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self.hint.setProperty("role", "muted")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self.field, 1)
        row.addWidget(self.after)
        row.addWidget(self.voicemail)
        self.after.setVisible(self.cause is ForwardingCause.NO_ANSWER)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_XS)
        column.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row)
        column.addWidget(self.hint)

    def _choose_seconds(self, seconds: int) -> None:
        """Offer the usual numbers of seconds, and this one."""
        self.after.clear()
        for each in sorted({*_SECONDS, seconds}):
            self.after.addItem(self.tr("after {seconds} s").format(seconds=each), each)
        self.after.setCurrentIndex(self.after.findData(seconds))

    # ------------------------------------------------------------ what a person does

    def _on_check_toggled(self, on: bool) -> None:
        self._enable()
        if on and self.isVisible():
            self.field.setFocus()

    def _on_voicemail_clicked(self) -> None:
        self.field.setText(VOICEMAIL_NUMBER)

    def _on_text_changed(self, _: str) -> None:
        self._show_target()

    def _target(self) -> str:
        text = self.field.text()
        if (
            text.strip().casefold()
            == target_text(VOICEMAIL_NUMBER, self._context.services.presence).casefold()
        ):
            return VOICEMAIL_NUMBER
        number = self._context.services.calls.preview(text).address
        if not text.strip():
            raise ValueError(self.tr("Say where your calls go: a name, a number, or the voicemail."))
        if not number:
            raise ValueError(self.tr("Neither a number nor a name that is known."))
        if "@" in number:
            raise ValueError(self.tr("Calls can be forwarded to numbers only."))
        if number in EMERGENCY_NUMBERS:
            raise ValueError(self.tr("Calls cannot be forwarded to an emergency number."))
        profile = self._context.services.account.snapshot.profile
        if profile and number == profile.number:
            raise ValueError(self.tr("This is your own number."))
        return number

    # ------------------------------------------------------------ what is shown

    def _show_target(self) -> None:
        """Say where calls will go while somebody types."""
        self._mark(invalid=False)
        if not self.check.isChecked() or not self.field.text().strip():
            self._say("")
            return
        try:
            number = self._target()
        except ValueError as reason:
            self._say(str(reason))
            return
        services = self._context.services
        name = services.calls.named(Party(number)).name or target_text(number, services.presence)
        said = self.tr("Calls go to {target}").format(target=name)
        self._say(
            said if written(number) == name or number == VOICEMAIL_NUMBER else f"{said}, {written(number)}"
        )

    def _say(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.field.setAccessibleDescription(text)

    def _enable(self) -> None:
        on = self.check.isChecked()
        for part in (self.field, self.after, self.voicemail):
            part.setVisible(on and (part is not self.after or self.cause is ForwardingCause.NO_ANSWER))
        self._show_target()

    def _mark(self, *, invalid: bool) -> None:
        if bool(self.field.property("invalid")) is not invalid:
            self.field.setProperty("invalid", invalid)
            self.hint.setProperty("role", "problem" if invalid else "muted")
            for part in (self.field, self.hint):
                part.style().unpolish(part)
                part.style().polish(part)

    def _draw(self) -> None:
        self.voicemail.setIcon(icon(Icon.VOICEMAIL, self._context.theme.colours.text))
