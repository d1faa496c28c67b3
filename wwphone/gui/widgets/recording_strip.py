"""The sign on a call card that the call is recorded, by whom and since when; one's own recording is paused and ended there."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from wwphone.domain.recording import RunningRecording
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import duration


class RecordingStrip(QFrame):
    """Hidden while nobody records. What it shows by a red dot it says in words, too."""

    pause_wanted = Signal(bool)
    """Whether to pause, or to go on."""
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mine: RunningRecording | None = None
        self._others: tuple[tuple[str, bool], ...] = ()
        self.setProperty("role", "recording")
        self._symbol = Symbol(size=tokens.ICON_SMALL)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._pause = self._tool()
        self._pause.clicked.connect(self._on_pause_clicked)
        self._stop = self._tool()
        self._stop.clicked.connect(lambda _=False: self.stop_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_S, 0, tokens.SPACE_XS, 0)
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self._symbol)
        row.addWidget(self._text, 1)
        row.addWidget(self._pause)
        row.addWidget(self._stop)
        self.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def show_runs(
        self, mine: RunningRecording | None, others: tuple[tuple[str, bool], ...], *, steerable: bool
    ) -> None:
        """Show one's own recording, and the names of others who record, each with whether a rule does it."""
        self._mine, self._others = mine, others
        self._pause.setVisible(mine is not None)
        self._stop.setVisible(mine is not None)
        self._pause.setEnabled(steerable)
        self._stop.setEnabled(steerable)
        self.setVisible(mine is not None or bool(others))
        self.retranslate()

    def tick(self) -> None:
        """Show how long it runs."""
        text = "\n".join(self._lines())
        if text != self._text.text():
            self._text.setText(text)

    def retranslate(self) -> None:
        """Put every text anew."""
        paused = self._mine is not None and self._mine.paused
        _explain(
            self._pause,
            self.tr("Go on recording (Ctrl+Shift+R)")
            if paused
            else self.tr("Pause the recording (Ctrl+Shift+R)"),
        )
        _explain(self._stop, self.tr("Stop recording (Ctrl+R)"))
        self.tick()
        self.draw()

    def draw(self) -> None:
        """Follow the colours."""
        colours = self._theme.colours
        paused = self._mine is not None and self._mine.paused
        only_paused = paused and not self._others
        self._symbol.show_icon(
            Icon.RECORD_PAUSED if only_paused else Icon.RECORD,
            colours.status_grey if only_paused else colours.status_red,
        )
        self._pause.setIcon(icon(Icon.RESUME if paused else Icon.HOLD, colours.text))
        self._stop.setIcon(icon(Icon.RECORD_STOP, colours.text))

    # ------------------------------------------------------------ inside

    def _lines(self) -> list[str]:
        lines = []
        if self._mine is not None:
            lasts = duration(max(0.0, (datetime.now(UTC) - self._mine.since).total_seconds()))
            if self._mine.paused:
                lines.append(self.tr("Recording paused · {time}").replace("{time}", lasts))
            elif self._mine.automatic:
                lines.append(self.tr("Recorded automatically · {time}").replace("{time}", lasts))
            else:
                lines.append(self.tr("Recording · {time}").replace("{time}", lasts))
        for name, automatic in self._others:
            if not name:
                lines.append(self.tr("This call is being recorded"))
            elif automatic:
                lines.append(self.tr("{name} records this call (automatically)").replace("{name}", name))
            else:
                lines.append(self.tr("{name} records this call").replace("{name}", name))
        return lines

    @staticmethod
    def _tool() -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        return button

    def _on_pause_clicked(self) -> None:
        if self._mine is not None:
            self.pause_wanted.emit(not self._mine.paused)


def _explain(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)
