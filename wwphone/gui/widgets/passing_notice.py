"""A line that says what was done, and goes by itself when everybody had the time to read it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel

LASTS_MS = 12_000
"""Long enough to be read twice; what has to be known longer is no notice."""


class PassingNotice(QObject):
    """Says it on a label."""

    def __init__(self, label: QLabel, *, keeps_place: bool = False) -> None:
        """`keeps_place`: an empty label stays where it is, so that nothing beside it moves."""
        super().__init__(label)
        self._label = label
        self._keeps_place = keeps_place
        self._clock = QTimer(self, singleShot=True)
        self._clock.timeout.connect(lambda: self.say(""))
        self.say("")

    def say(self, text: str, *, stays: bool = False) -> None:
        """Say this instead of what stood there; `stays`: whoever says so takes it away when it is true no more."""
        self._label.setText(text)
        self._label.setVisible(self._keeps_place or bool(text))
        if text and not stays:
            self._clock.start(LASTS_MS)
        else:
            self._clock.stop()
