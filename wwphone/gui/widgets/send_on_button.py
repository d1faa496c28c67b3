"""The small menu beside *Decline*: what else can be done with a caller without answering."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours


class SendOnButton(QToolButton):
    """Send the caller to somebody else, or to one's own voicemail."""

    deflect_wanted = Signal()
    voicemail_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._deflect, self._voicemail = QAction(self), QAction(self)
        self._deflect.triggered.connect(lambda _=False: self.deflect_wanted.emit())
        self._voicemail.triggered.connect(lambda _=False: self.voicemail_wanted.emit())
        menu = QMenu(self)
        menu.addActions((self._deflect, self._voicemail))
        self.setMenu(menu)

    def retranslate(self) -> None:
        """Put every text into the language of the window."""
        text = self.tr("Send the caller on")
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._deflect.setText(self.tr("To somebody else … (Ctrl+Shift+T)"))
        self._voicemail.setText(self.tr("To my voicemail (Shift+F6)"))

    def draw(self, colours: Colours) -> None:
        """Paint the icons in the theme's colours."""
        self.setIcon(icon(Icon.OPEN, colours.text))
        self._deflect.setIcon(icon(Icon.FORWARD, colours.text))
        self._voicemail.setIcon(icon(Icon.VOICEMAIL, colours.text))
