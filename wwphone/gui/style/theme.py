"""The theme in force: chosen by the person or followed from the system, put on the whole application."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from wwphone.gui.style import tokens
from wwphone.gui.style.sheet import style_sheet
from wwphone.gui.style.tokens import DARK, LIGHT, Colours


class Theme(QObject):
    """Puts font size, palette and style sheet on the application, and tells who paints by hand."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__()
        self._application = application
        self._choice = choice
        self.colours: Colours = LIGHT
        application.setStyle("Fusion")
        font = application.font()
        font.setPixelSize(tokens.TYPE_BODY)
        application.setFont(font)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self.choose(choice)

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self.colours is DARK

    def choose(self, choice: str) -> None:
        """Take `light`, `dark` or `system` from now on."""
        self._choice = choice
        follows_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = choice == "dark" or (choice == "system" and follows_dark)
        self.colours = DARK if dark else LIGHT
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(style_sheet(self.colours))
        self.changed.emit()

    def _on_color_scheme_changed(self) -> None:
        if self._choice == "system":
            self.choose("system")


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.text_muted),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.Mid, colours.outline),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
    ):
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(colours.text_muted))
    return palette
